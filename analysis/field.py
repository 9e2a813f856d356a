"""What the draws say of every cell of a map: its band, its sign, and the assumption that carries its uncertainty."""

from dataclasses import replace

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ..engines import Outcome
from ..sweeps.factor import index_names
from .bands import good_rows, quantiles_of
from .estimator import sobol_indices
from .importance import CELL, UNSETTLED
from .indices import DEFAULT_SEED, moves
from .portion import portions
from .sample import Rows, SweepResults, output_array, sample_of, sampling_weights, whole_blocks

Floats = NDArray[np.float64]

LEVELS = (0.05, 0.5, 0.95)
NOBODY = -1
# Enough for a half-width that is only held against a threshold.
_RESAMPLES = 50


def fields(
    store: SweepResults,
    output: str,
    *,
    relative_to: str | None = None,
    resamples: int = _RESAMPLES,
    seed: int = DEFAULT_SEED,
    cells_at_once: int | None = None,
) -> xr.Dataset:
    """Statistics of an output with one dimension of places, or of its paired difference from a scenario, by place.

    Failed draws are left out. A cell that lacks a number in any other draw has none at all, whichever cells are looked
    at together.

    Parameters
    ----------
    store : Store
        A sweep of any design; assumptions are named for Sobol designs only.
    output : str
        The output.
    relative_to : str, optional
        Take the paired difference from this scenario, which is then left out.
    resamples, seed : int
        Of the half-widths.
    cells_at_once : int, optional
        As many as memory has room for if left out.

    Returns
    -------
    xarray.Dataset
        Over (scenario, cell): `q05`, `median`, `q95` in the unit of the output; `share_positive` of the independent
        draws, NaN for a cell without any effect and for a quadrature; `leading`, the place of the factor with the
        largest total-order index among the names in the attribute `factors`, or `NOBODY`; `total` and `half_width` of
        that index; `indices` (scenario, factor, cell), those of all factors. `rows` (scenario) counts the draws used.

    Raises
    ------
    UnknownNameError
        If there is no such output or scenario.
    """
    array = output_array(store, output)
    array = array.rename({array.dims[-1]: CELL}).transpose("scenario", "draw", CELL)
    outcome = store.outcome()
    parts = [_part(store, part, outcome, relative_to, resamples, seed) for _, part in portions(array, cells_at_once)]
    found = parts[0] if len(parts) == 1 else xr.concat(parts, CELL, data_vars="minimal", coords="minimal")
    return found.assign_attrs(factors=index_names(store.study.factors))


def named(found: xr.Dataset) -> xr.DataArray:
    """Whether a cell's leading assumption can be named: its half-width is within `UNSETTLED`, (scenario, cell)."""
    return (found["leading"] != NOBODY) & (found["half_width"] <= UNSETTLED)


def _part(
    store: SweepResults, array: xr.DataArray, outcome: xr.DataArray, relative_to: str | None, resamples: int, seed: int
) -> xr.Dataset:
    """The statistics of a few cells, which have been read."""
    sample = sample_of(array, outcome, relative_to)
    rows_of = {}
    for scenario in sample.scenarios:
        solved = (outcome.sel(scenario=scenario) == Outcome.SOLVED).values
        if relative_to is not None:
            solved = solved & (outcome.sel(scenario=relative_to) == Outcome.SOLVED).values
        rows_of[scenario] = _whole_cells(replace(sample.rows(scenario), solved=solved))
    lines = [_line(store, rows, resamples, seed) for rows in rows_of.values()]
    used = [len(good_rows(store, rows)) for rows in rows_of.values()]
    dims = {1: ("scenario", CELL), 2: ("scenario", "factor", CELL)}
    return xr.Dataset(
        {name: (dims[first.ndim], np.stack([line[name] for line in lines])) for name, first in lines[0].items()}
        | {"rows": ("scenario", used)},
        coords={
            "scenario": sample.scenarios,
            "factor": list(index_names(store.study.factors)),
            CELL: array[CELL].values,
        },
        attrs=sample.attrs,
    )


def _whole_cells(rows: Rows) -> Rows:
    """The rows with NaN throughout in a cell that lacks a number in a solved row."""
    partial = ~np.isfinite(rows.values[rows.solved]).all(axis=0)
    return replace(rows, values=np.where(partial, np.nan, rows.values)) if partial.any() else rows


def _line(store: SweepResults, rows: Rows, resamples: int, seed: int) -> dict[str, NDArray]:
    """The statistics of one scenario, (cell,) each, `indices` (factor, cell)."""
    weights = sampling_weights(store)
    good = good_rows(store, rows)
    values = rows.values[good].astype(np.float64)
    cells = values.shape[1]
    levels = quantiles_of(values, np.array(LEVELS), weights) if len(good) else np.full((len(LEVELS), cells), np.nan)
    moving = moves(rows.values[rows.solved], rows)
    positive = np.full(cells, np.nan)
    if len(good) and weights is None:
        effect = moving | (np.abs(levels[1]) > 0)
        positive = np.where(effect & np.isfinite(levels[1]), (values > 0).mean(axis=0), np.nan)
    leading, total, half, indices = _leading(store, rows, moving, resamples, seed)
    return {
        "q05": levels[0],
        "median": levels[1],
        "q95": levels[2],
        "share_positive": positive,
        "leading": leading,
        "total": total,
        "half_width": half,
        "indices": indices,
    }


def _leading(
    store: SweepResults, rows: Rows, moving: NDArray[np.bool_], resamples: int, seed: int
) -> tuple[NDArray[np.intp], Floats, Floats, Floats]:
    """The factor with the largest total-order index in each cell that varies, that index, its half-width, and all."""
    leading = np.full(len(moving), NOBODY)
    total, half = np.full(len(moving), np.nan), np.full(len(moving), np.nan)
    indices = np.full((len(index_names(store.study.factors)), len(moving)), np.nan)
    if store.study.design.method != "sobol" or not moving.any():
        return leading, total, half, indices
    blocks = rows.values[:, moving].reshape(-1, store.block_rows, int(moving.sum()))
    blocks = blocks[whole_blocks(store, rows.solved)]
    if len(blocks) < 2:
        return leading, total, half, indices
    # Of a design of second order the rows that only it needs are left out.
    found = sobol_indices(blocks[:, [*range(len(indices) + 1), -1]], resamples=resamples, seed=seed)
    place = np.argmax(np.nan_to_num(found.total, nan=-np.inf), axis=0)
    columns = np.arange(len(place))
    leading[moving], total[moving] = place, found.total[place, columns]
    half[moving] = found.total_confidence[place, columns]
    indices[:, moving] = found.total
    return leading, total, half, indices
