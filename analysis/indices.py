"""Sobol indices of an output of a store, for every scenario and cell at once."""

from collections.abc import Mapping

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ..sweeps.factor import index_names
from .estimator import Indices, factor_count, sobol_indices
from .portion import by_portion
from .sample import AnalysisError, OutputSample, Rows, SweepResults, output_sample, whole_blocks

DEFAULT_SEED = 2010
# Relative to the size of the levels: below it a spread is the solver's rounding, not an effect.
_ROUNDING = {"f8": 1e-9, "f4": 1e-6}


def sobol(
    store: SweepResults,
    output: str,
    *,
    relative_to: str | None = None,
    select: Mapping[str, object] | None = None,
    resamples: int = 100,
    seed: int = DEFAULT_SEED,
    level: float = 0.95,
    blocks: int | None = None,
) -> xr.Dataset:
    """First-order, total-order and, where the design has its rows, second-order Sobol indices.

    A run that failed, under the scenario or under the one it is compared with, drops its whole block for that
    scenario and output; `dropped` counts them. A cell that does not vary has no indices: they are NaN.

    Parameters
    ----------
    store : Store
        A sweep with a Sobol (Saltelli) design.
    output : str
        The output to explain.
    relative_to : str, optional
        Explain the paired difference from this scenario, which is then left out of the result.
    select : mapping of str to label, optional
        Only these labels of the output's dimensions.
    resamples : int
        Bootstrap resamples of blocks; 0 makes none and leaves the confidence NaN.
    seed : int
        Seed of the resamples, not 0.
    level : float
        Level of the confidence half-widths.
    blocks : int, optional
        Use only the first so many blocks; all if left out.

    Returns
    -------
    xarray.Dataset
        `first`, `total`, `first_confidence`, `total_confidence` over (factor, scenario, ...), shares of the variance
        and their half-widths; `second`, `second_confidence` over (factor, factor_with, scenario, ...) where the design
        has second order; `variance` over (scenario, ...) in the squared unit of the output; `blocks` used, `dropped`
        for a failed run, and `missing` (not run yet) over (scenario). `factor` holds groups where there are some.

    Raises
    ------
    AnalysisError
        If the design is not a Sobol design, or there is no such dimension or label.
    UnknownNameError
        If there is no such output or scenario.
    """
    _need_sobol(store)
    sample = output_sample(store, output, relative_to, select)
    found = by_portion(sample, lambda rows: _scenario_indices(store, rows, resamples, seed, level, blocks))
    return _dataset(store, sample, found).assign_attrs(resamples=resamples, seed=seed, level=level)


def column_indices(
    store: SweepResults,
    values: NDArray[np.floating],
    good: NDArray[np.bool_],
    *,
    resamples: int = 100,
    seed: int = DEFAULT_SEED,
    level: float = 0.95,
) -> Indices:
    """Sobol indices of any number of columns computed from the draws, such as the indicator of a claim.

    Parameters
    ----------
    values : (draw, cell) float
        One value a draw of the design.
    good : (draw,) bool
        Draws that have a value; a block with any other is left out.
    """
    _need_sobol(store)
    kept = whole_blocks(store, good)
    rows = values.reshape(len(kept), store.block_rows, -1)[kept]
    if len(rows) < 2:
        return _nothing(store, rows.shape[-1])
    second_order = store.study.design.second_order
    return sobol_indices(rows, second_order=second_order, resamples=resamples, seed=seed, level=level)


def rounding(rows: Rows) -> NDArray[np.float64]:
    """The standard deviation in each cell below which a spread is the solver's rounding, (cell,)."""
    return _ROUNDING[rows.values.dtype.str[1:]] * rows.size


def moves(values: NDArray[np.floating], rows: Rows) -> NDArray[np.bool_]:
    """Which cells of `values` (draw, cell) vary by more than the rounding of the levels they come from, (cell,)."""
    if not len(values):
        return np.zeros(values.shape[1], dtype=bool)
    return values.std(axis=0, dtype=np.float64) > rounding(rows)


def _need_sobol(store: SweepResults) -> None:
    method = store.study.design.method
    if method != "sobol":
        other = {"morris": "morris", "fast": "fast", "factorial": "main_effects"}.get(method, "delta or pawn")
        message = (
            f'Sobol indices need a design with method = "sobol"; this study\'s is {method!r}. Use {other}, or run the '
            f"study again with a Sobol design."
        )
        raise AnalysisError(message)


def _scenario_indices(
    store: SweepResults, rows: Rows, resamples: int, seed: int, level: float, blocks: int | None
) -> dict[str, NDArray[np.float64]]:
    """Indices of one scenario, (factor, cell), with the number of blocks by what became of them."""
    solved, run = whole_blocks(store, rows.solved)[:blocks], whole_blocks(store, rows.run)[:blocks]
    values = rows.values[: len(solved) * store.block_rows].reshape(len(solved), store.block_rows, -1)
    if not solved.all():
        values = values[solved]
    counted = {"blocks": solved.sum(), "dropped": (run & ~solved).sum(), "missing": (~run).sum()}
    indices, variance = _nothing(store, values.shape[-1]), np.full(values.shape[-1], np.nan)
    if len(values) > 1:
        spread = values[:, [0, -1]].std(axis=(0, 1), dtype=np.float64)
        variance, second_order = spread**2, store.study.design.second_order
        # A cell without numbers is set to zero for the arithmetic and has no indices in the end.
        clean = np.where(np.isnan(spread), 0.0, values) if np.isnan(spread).any() else values
        indices = sobol_indices(clean, second_order=second_order, resamples=resamples, seed=seed, level=level)
        moving = spread > rounding(rows)
        indices = indices.map(lambda part: np.where(moving, part, np.nan))
    named = {name: part for name, part in indices._asdict().items() if part is not None}
    return {**named, "variance": variance, **{name: np.asarray(count) for name, count in counted.items()}}


def _nothing(store: SweepResults, count: int) -> Indices:
    factors = factor_count(store.block_rows, store.study.design.second_order)
    empty = np.full((factors, count), np.nan)
    second = np.full((factors, factors, count), np.nan) if store.study.design.second_order else None
    return Indices(empty, empty, empty, empty, second, second)


def _dataset(store: SweepResults, sample: OutputSample, found: list[dict[str, NDArray[np.float64]]]) -> xr.Dataset:
    """The scenarios' indices side by side, labelled."""
    names = list(index_names(store.study.factors))
    leading = {"variance": [], "second": ["factor", "factor_with"], "second_confidence": ["factor", "factor_with"]}
    variables = {}
    for name in found[0]:
        if name in ("blocks", "dropped", "missing"):
            variables[name] = (["scenario"], np.array([int(part[name]) for part in found]))
            continue
        lead = leading.get(name, ["factor"])
        stacked = np.stack([part[name] for part in found], axis=len(lead))
        variables[name] = ([*lead, "scenario", *sample.dims], stacked.reshape(*stacked.shape[:-1], *sample.shape))
    crossed = {"factor_with": names} if "second" in found[0] else {}
    coords = {"factor": names, **crossed, "scenario": sample.scenarios, **sample.coords}
    return xr.Dataset(variables, coords=coords, attrs=sample.attrs)
