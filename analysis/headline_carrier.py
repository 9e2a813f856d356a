"""Which assumption carries most of a headline, by the measure that a study's design allows."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from ..sweeps.factor import index_names
from .importance import VARIANCE_SHARE, Importance, importance
from .indices import column_indices, moves
from .sample import AnalysisError, Rows, SweepResults, sampling_weights

if TYPE_CHECKING:
    from .headline import Headline

_UNKNOWN = ("", math.nan, math.nan)


# A headline and its rows to the factor that matters most, the share that it carries and the half-width of that.
CarrierOf = Callable[["Headline", Rows], tuple[str, float, float]]


def headline_carriers(store: SweepResults, resamples: int, seed: int) -> CarrierOf:
    """What names the factor that matters most for a headline.

    Parameters
    ----------
    store : Store
        A sweep of any design. Of a Sobol or FAST design the factor is that with the largest total-order index, which
        comes with it; of a Morris design that with the largest mean absolute effect, of others that with the largest
        PAWN distance, both without a share. A quadrature, and a design of too few rows, name none.
    resamples, seed : int
        Of the confidence of total-order indices.
    """
    if store.study.design.method == "sobol":
        return lambda line, rows: _by_total_order(store, rows, resamples, seed)
    if sampling_weights(store) is not None:
        return lambda line, rows: _UNKNOWN
    measured: dict[tuple[str, str | None, str], Importance | None] = {}

    def by_importance(line: "Headline", rows: Rows) -> tuple[str, float, float]:
        asked = (line.output, line.relative_to, str(line.select))
        if asked not in measured:
            measured[asked] = _importance(store, line)
        found = measured[asked]
        if found is None or not moves(rows.values[rows.solved], rows).all():
            return _UNKNOWN
        at = found.indices.sel(scenario=line.scenario).isel(cell=0)
        if np.isnan(at["total"]).all():
            return _UNKNOWN
        first = at.isel(factor=int(np.nanargmax(at["total"].values)))
        name = str(first["factor"].values)
        if found.unit != VARIANCE_SHARE:
            return name, math.nan, math.nan
        return name, float(first["total"]), float(first["total_confidence"])

    return by_importance


def _importance(store: SweepResults, line: "Headline") -> Importance | None:
    try:
        return importance(store, line.output, relative_to=line.relative_to, select=line.select)
    except AnalysisError:
        return None


def _by_total_order(store: SweepResults, rows: Rows, resamples: int, seed: int) -> tuple[str, float, float]:
    """The factor with the largest total-order index of one cell, the index and its half-width."""
    if not moves(rows.values[rows.solved], rows).all():
        return _UNKNOWN
    found = column_indices(store, rows.values, rows.solved, resamples=resamples, seed=seed)
    total = found.total[:, 0]
    if np.isnan(total).all():
        return _UNKNOWN
    place = int(np.nanargmax(total))
    return index_names(store.study.factors)[place], float(total[place]), float(found.total_confidence[place, 0])
