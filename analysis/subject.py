"""What a chapter of the report is about: a store, its labels in plain words, and the outputs that it shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from ..engines import BASELINE, Engine
from .importance import assumption_names
from .sample import SweepResults
from .tables import plain

_MOST_CELLS = 6


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
    path : str
        The output that is shown over time; empty if there is none.
    key : str
        The output whose uncertainty is explained; empty if there is none.
    select : mapping of str to label
        The labels at which the key output is taken (the last year, where it has years).
    """

    store: SweepResults
    slug: str
    scenarios: Mapping[str, str]
    factors: Mapping[str, str]
    path: str
    key: str
    select: Mapping[str, object]

    @property
    def policies(self) -> list[str]:
        """The scenarios other than the baseline."""
        return [name for name in self.scenarios if name != BASELINE]

    def array(self, output: str) -> xr.DataArray:
        """An output of the store, for its labels and attributes; its numbers are not read."""
        return self.store.output(output)


def subject_of(store: SweepResults, engine: Engine | None, slug: str, preferred: Iterable[str]) -> Subject:
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
    """
    study = store.study
    about = [*study.report.outputs, *preferred, *(name for claim in study.claims for name in claim.outputs_needed)]
    ordered = list(dict.fromkeys(name for name in [*about, *study.outputs] if name in study.outputs))
    arrays = {name: store.output(name) for name in ordered}
    paths = [name for name, array in arrays.items() if _is_path(array)]
    tables = [name for name, array in arrays.items() if not _years(array) and _cells(array) <= _MOST_CELLS]
    key = tables[0] if tables else (paths[0] if paths else "")
    year = _years(arrays[key]) if key else None
    select: dict[str, object] = {} if not year else {year: arrays[key][year].values[-1].item()}
    descriptions = {} if engine is None else {name: factor.description for name, factor in engine.factors.items()}
    return Subject(
        store=store,
        slug=slug,
        scenarios={BASELINE: "Baseline"} | {item.name: item.label or plain(item.name) for item in study.scenarios},
        factors=assumption_names(store, descriptions),
        path=paths[0] if paths else "",
        key=key,
        select=select,
    )


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
