"""What a chapter of the report is about: a store, its labels in plain words, and the outputs that it shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from ..engines import BASELINE, Engine
from ..sweeps.claim import Claim
from .importance import assumption_names
from .sample import SweepResults
from .tables import plain
from .vocabulary import Vocabulary, vocabulary

_MOST_CELLS = 6

# An output, and the labels of its dimensions at which somebody asks for it.
Question = tuple[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Subject:
    """A store and what the page calls its parts.

    Parameters
    ----------
    store : Store
        The sweep.
    slug : str
        Its name in anchors and files, unique on the page.
    scenarios : mapping of str to str
        Labels of the scenarios, the baseline first.
    factors : mapping of str to str
        Plain names of the factors and groups.
    paths : tuple of str
        The outputs that are shown over time: those that the study names for its report, else the first there is.
    key : str
        The output whose uncertainty is explained; empty if there is none.
    select : mapping of str to label
        The labels at which the key output is taken: the last year, where it has years; those that headlines and claims
        ask for, where it has many.
    levels : mapping of str to tuple of str
        What the values of a categorical factor stand for, in words.
    words : Vocabulary
        What the rows of the design are called.
    """

    store: SweepResults
    slug: str
    scenarios: Mapping[str, str]
    factors: Mapping[str, str]
    paths: tuple[str, ...]
    key: str
    select: Mapping[str, object]
    levels: Mapping[str, tuple[str, ...]]
    words: Vocabulary

    @property
    def policies(self) -> list[str]:
        """The scenarios other than the baseline."""
        return [name for name in self.scenarios if name != BASELINE]

    def array(self, output: str) -> xr.DataArray:
        """An output of the store, for its labels and attributes; its numbers are not read."""
        return self.store.output(output)


def subject_of(
    store: SweepResults, engine: Engine | None, slug: str, preferred: Iterable[str], asked: Iterable[Question] = ()
) -> Subject:
    """Choose what stands for the study: what it asks for itself, else what its headlines and claims are about.

    Parameters
    ----------
    store : Store
        The sweep.
    engine : Engine, optional
        For the descriptions of the factors.
    slug : str
        Unique on the page.
    preferred : iterable of str
        Outputs that headlines are about, the most frequent first.
    asked : iterable of Question
        Where in the outputs the headlines look.
    """
    study = store.study
    about = [*study.report.outputs, *preferred, *(name for claim in study.claims for name in claim.outputs_needed)]
    ordered = list(dict.fromkeys(name for name in [*about, *study.outputs] if name in study.outputs))
    arrays = {name: store.output(name) for name in ordered}
    paths = [name for name, array in arrays.items() if _is_path(array)]
    questions = [*asked, *(question for claim in study.claims for question in claim_questions(claim))]
    tables = {name: _narrowed(array, questions) for name, array in arrays.items() if not _years(array)}
    tables = {name: select for name, select in tables.items() if select is not None}
    key = next(iter(tables), paths[0] if paths else "")
    year = _years(arrays[key]) if key else None
    select = tables.get(key, {}) if not year else {year: arrays[key][year].values[-1].item()}
    known = {} if engine is None else engine.factors
    descriptions = {name: factor.description for name, factor in known.items()}
    return Subject(
        store=store,
        slug=slug,
        scenarios={BASELINE: "Baseline"} | {item.name: item.label or plain(item.name) for item in study.scenarios},
        factors=assumption_names(store, descriptions),
        paths=tuple(name for name in paths if name in study.report.outputs) or tuple(paths[:1]),
        key=key,
        select=select,
        levels={
            name: tuple(each.replace("_", " ") for each in factor.levels)
            for name, factor in known.items()
            if factor.levels
        },
        words=vocabulary(store),
    )


def level_words(values: Iterable[float], levels: Sequence[str]) -> str:
    """Values of a categorical factor as its levels, joined by "or"."""
    return " or ".join(levels[int(value)] for value in values)


def claim_questions(claim: Claim) -> list[Question]:
    """Where in which outputs a claim looks."""
    questions = []
    for part in claim.parts:
        for selection in (part.select, *(part.difference or ())):
            labels = {
                dim: [str(each) for each in (label if isinstance(label, tuple) else (label,))]
                for dim, label in selection
            }
            questions.append((part.output, labels))
    return questions


def _narrowed(array: xr.DataArray, questions: Iterable[Question]) -> dict[str, object] | None:
    """The labels at which an output is asked for, if it has too many cells to show all; None if those are too many."""
    if _cells(array) <= _MOST_CELLS:
        return {}
    wanted: dict[str, set[str]] = {}
    for output, labels in questions:
        for dim, chosen in labels.items() if output == array.name else ():
            wanted.setdefault(dim, set()).update(chosen)
    select: dict[str, object] = {}
    count = 1
    for dim in map(str, array.dims[2:]):
        kept = [label for label in array[dim].values.tolist() if str(label) in wanted.get(dim, ())]
        if kept:
            select[dim] = kept
        count *= len(kept) or array.sizes[dim]
    return select if count <= _MOST_CELLS else None


def _years(array: xr.DataArray) -> str | None:
    """The dimension that counts periods, if the output has one: whole numbers that rise."""
    for name in array.dims[2:]:
        labels = array[name].values
        if np.issubdtype(labels.dtype, np.integer) and len(labels) > 2 and (np.diff(labels) > 0).all():
            return str(name)
    return None


def _cells(array: xr.DataArray, without: str | None = None) -> int:
    return int(np.prod([array.sizes[name] for name in array.dims[2:] if name != without]))


def _is_path(array: xr.DataArray) -> bool:
    year = _years(array)
    return year is not None and _cells(array, year) <= _MOST_CELLS


def period_dimension(array: xr.DataArray) -> str:
    """The dimension of an output shown over time that counts its periods.

    Raises
    ------
    ValueError
        If it has none.
    """
    name = _years(array)
    if name is None:
        raise ValueError(f"The output {array.name!r} has no dimension of periods: {', '.join(map(str, array.dims))}.")
    return name
