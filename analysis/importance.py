"""How much each assumption matters, by the measure that a study's design allows, in one shape for the report."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from .caveats import lost_words
from .indices import sobol
from .sample import AnalysisError, SweepResults, factor_columns, independent_rows
from .screening import fast, main_effects, morris, pawn
from .tables import percent, plain

FEWEST_ROWS = 64
CELL = "cell"
VARIANCE_SHARE = "share of the variance"
UNSETTLED = 0.5


@dataclass(frozen=True, slots=True)
class Importance:
    """A measure of importance.

    Parameters
    ----------
    indices : Dataset
        `total` (factor, scenario, cell) and, where the method gives them, `first` and `total_confidence`.
    unit : str
        What `total` measures, as an axis says it.
    explanation : str
        What it means, in a sentence.
    rows : int
        Rows, or blocks of a Sobol design, that it stands on in the scenario that has most of them.
    """

    indices: xr.Dataset
    unit: str
    explanation: str
    rows: int


_VARIANCE = (
    "A bar is the total-order index: the share of the variance that would be left if every other assumption were "
    "known, interactions included. The white tick is the first-order index, the share that would go if this assumption "
    "alone were known; the whisker is the 95 % confidence interval."
)
_EFFECT = (
    "A bar is the mean absolute elementary effect: how far the result moves, on average, when this assumption alone "
    "goes across its range; the whisker is the 95 % confidence interval."
)
_DISTANCE = (
    "A bar is the median PAWN distance, between 0 and 1: how far the distribution of the result moves when this "
    "assumption alone is held in a part of its range; the whisker is the 95 % confidence interval."
)

_MAIN_EFFECT = (
    "A bar is the size of the main effect: how far the mean of the result moves when this assumption goes from the low "
    "end of its range to the high end, the others at both of theirs alike."
)
# How a design that ranks by PAWN gets enough rows.
_MORE_ROWS = {"grid": "raise `levels`", "latin": "raise `samples`", "csv": "add rows to the file"}
_NO_RANKING = "A quadrature gives means and standard deviations and ranks no assumption; a Sobol design does."


def importance(
    store: SweepResults, output: str, *, relative_to: str | None = None, select: Mapping[str, object] | None = None
) -> Importance:
    """Total-order Sobol indices, or the nearest thing that the design gives.

    Parameters
    ----------
    store : Store
        A sweep of any design.
    output : str
        The output to explain.
    relative_to : str, optional
        Explain the paired difference from this scenario.
    select : mapping of str to label, optional
        Only these labels of the output's dimensions.

    Raises
    ------
    AnalysisError
        If the design has too few rows to say anything.
    """
    method = store.study.design.method
    if method == "sobol":
        found = sobol(store, output, relative_to=relative_to, select=select)
        return _shaped(found, ("total", "first", "total_confidence"), VARIANCE_SHARE, _VARIANCE)
    if method == "fast":
        found = fast(store, output, relative_to=relative_to, select=select)
        return _shaped(found, ("total", "first", "total_confidence"), VARIANCE_SHARE, _VARIANCE)
    if method == "morris":
        found = morris(store, output, relative_to=relative_to, select=select)
        unit = f"mean absolute effect, {found.attrs['units']}".rstrip(", ")
        return _shaped(found, ("mean_absolute", "", "mean_absolute_confidence"), unit, _EFFECT)
    if method == "factorial":
        found = main_effects(store, output, relative_to=relative_to, select=select)
        return _shaped(found, ("size", "", ""), f"main effect, {found.attrs['units']}".rstrip(", "), _MAIN_EFFECT)
    if method == "quadrature":
        raise AnalysisError(_NO_RANKING)
    rows = len(independent_rows(store))
    if rows < FEWEST_ROWS:
        message = (
            f"The design {method!r} has {rows} rows; at least {FEWEST_ROWS} are needed to say which assumption "
            f"matters: {_MORE_ROWS[method]}."
        )
        raise AnalysisError(message)
    found = pawn(store, output, relative_to=relative_to, select=select)
    return _shaped(found, ("median", "", "median_confidence"), "median PAWN distance", _DISTANCE)


def in_cells(array: xr.DataArray, leading: tuple[str, ...]) -> xr.DataArray:
    """`array` with every dimension but the leading ones laid in one, `cell`, labelled in words."""
    inner = [str(name) for name in array.dims if name not in leading]
    lead = [name for name in leading if name in array.dims]
    if not inner:
        return array.transpose(*lead).expand_dims({CELL: [""]}, axis=len(lead))
    labels = [[str(label) for label in array[name].values] for name in inner]
    joined = [" ".join(parts) for parts in _product(labels)]
    values = array.transpose(*lead, *inner).values
    shape = (*values.shape[: len(lead)], len(joined))
    coords = {name: array[name].values for name in lead if name in array.coords}
    names = [plain(label) for label in joined]
    return xr.DataArray(values.reshape(shape), dims=[*lead, CELL], coords={**coords, CELL: names}, attrs=array.attrs)


def ranked(total: xr.DataArray, count: int) -> list[str]:
    """The `count` factors with the largest mean over everything else, largest first."""
    others = [name for name in total.dims if name != "factor"]
    mean = np.nan_to_num(total.mean(others).values, nan=-np.inf)
    order = np.argsort(-mean, kind="stable")[:count]
    return [str(total["factor"].values[place]) for place in order if np.isfinite(mean[place])]


def brief(description: str) -> str:
    """The start of a description that can stand for it as a name."""
    start = re.split(r" \(|[,;:.] | relative to ", description.strip().rstrip("."), maxsplit=1)[0]
    return start[:1].upper() + start[1:]


def share_words(share: float, half_width: float) -> str:
    """A share of the variance for a reader: at most all of it, and none that has not settled."""
    if not np.isfinite(share):
        return ""
    return "not settled" if half_width > UNSETTLED else percent(min(share, 1.0))


def unranked_words(store: SweepResults, found: Importance, output: str) -> str:
    """Why there is no index of an output at all, in a sentence."""
    if lost := lost_words(store):
        return lost
    if found.rows < 2:
        return (
            f"Fewer than two whole blocks of the design have solved, so that no assumption of {output} can be ranked."
        )
    return f"{output} does not vary over the draws that solved, so that no assumption carries it."


def settled(indices: xr.Dataset, unit: str) -> xr.Dataset:
    """The indices without those that say nothing: shares of a variance whose half-width is above `UNSETTLED`.

    A few extreme draws among the crossed rows are enough for it; measures in other units are left as they are.
    """
    if unit != VARIANCE_SHARE or "total_confidence" not in indices:
        return indices
    return indices.where(~(indices["total_confidence"] > UNSETTLED))


def assumption_names(store: SweepResults, descriptions: Mapping[str, str]) -> dict[str, str]:
    """A plain name for every factor and group of a study: a factor's description, else its name in words."""
    groups = factor_columns(store.study)
    names = {
        factor.name: brief(descriptions.get(factor.name, "")) or plain(factor.name) for factor in store.study.factors
    }
    return names | {name: plain(name) for name in groups if name not in names}


def _shaped(found: xr.Dataset, names: tuple[str, str, str], unit: str, explanation: str) -> Importance:
    wanted = dict(zip(("total", "first", "total_confidence"), names, strict=True))
    present = {name: in_cells(found[old], ("factor", "scenario")) for name, old in wanted.items() if old in found}
    used = found["blocks"] if "blocks" in found else found["rows"]
    return Importance(xr.Dataset(present), unit, explanation, int(used.max()))


def _product(labels: list[list[str]]) -> list[list[str]]:
    rows: list[list[str]] = [[]]
    for choices in labels:
        rows = [[*row, choice] for row in rows for choice in choices]
    return rows
