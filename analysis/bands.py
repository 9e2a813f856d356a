"""Uncertainty bands: quantiles and moments of outputs and of paired differences over the draws."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.special import ndtri

from .portion import by_portion
from .sample import Rows, SweepResults, independent_rows, output_sample, sampling_weights

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

# The good rows (draw, cell), at least one, and their weights in a quadrature, to (summary, cell).
Summary = Callable[[NDArray[np.float64], NDArray[np.float64] | None], NDArray[np.float64]]


def bands(
    store: SweepResults,
    output: str,
    *,
    relative_to: str | None = None,
    quantiles: Sequence[float] = QUANTILES,
    select: Mapping[str, object] | None = None,
) -> xr.DataArray:
    """Quantiles of an output, or of its paired difference from another scenario, over independent draws.

    The rows used are a sample of the factors' joint distribution: the A and the B row of every Saltelli block, the
    first row of every Morris trajectory, every row of the other designs. Draws that failed are left out, one by one.
    The points of a quadrature stand for moments, not for a sample: their quantiles are those of the normal law with
    the mean and standard deviation of `moments`, and are NaN if a point failed.

    Parameters
    ----------
    store : Store
        A sweep of any design.
    output : str
        The output.
    relative_to : str, optional
        Take the paired difference from this scenario, which is then left out of the result.
    quantiles : sequence of float
        Probabilities in [0, 1].
    select : mapping of str to label, optional
        Only these labels of the output's dimensions.

    Returns
    -------
    xarray.DataArray
        (quantile, scenario, ...) in the unit of the output; NaN where no draw has a number. The coordinate `rows`
        (scenario) counts the draws used, `failed` those left out; the attribute `law` is "sample", or "normal" of a
        quadrature.

    Raises
    ------
    AnalysisError
        If there is no such dimension or label.
    UnknownNameError
        If there is no such output or scenario.
    """
    levels = np.asarray(quantiles, dtype=np.float64)
    if levels.ndim != 1 or not np.all((levels >= 0) & (levels <= 1)):
        raise ValueError(f"Quantiles are {list(quantiles)}; each must lie between 0 and 1.")

    def summary(values: NDArray[np.float64], weights: NDArray[np.float64] | None) -> NDArray[np.float64]:
        return quantiles_of(values, levels, weights)

    found = _summaries(store, output, relative_to, select, ("quantile", levels.tolist()), summary)
    return found.assign_attrs(law="sample" if sampling_weights(store) is None else "normal")


def moments(
    store: SweepResults,
    output: str,
    *,
    relative_to: str | None = None,
    select: Mapping[str, object] | None = None,
) -> xr.DataArray:
    """Mean and standard deviation over the rows that `bands` uses: what a quadrature design is made to give.

    Returns
    -------
    xarray.DataArray
        (moment, scenario, ...) with `moment` "mean" and "standard_deviation", in the unit of the output.
    """

    dimension = ("moment", ["mean", "standard_deviation"])
    return _summaries(store, output, relative_to, select, dimension, moments_of)


def quantiles_of(
    values: NDArray[np.float64], levels: NDArray[np.float64], weights: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Quantiles of each column of a sample, (level, cell); with weights, of the normal law of the same moments.

    Parameters
    ----------
    values : (draw, cell) float
        At least one draw.
    levels : (level,) float
        Probabilities.
    weights : (draw,) float, optional
        Weights of a quadrature, of which some may be negative.
    """
    if weights is None:
        return np.quantile(values, levels, axis=0)
    mean, spread = moments_of(values, weights)
    return mean + ndtri(levels)[:, None] * spread


def moments_of(values: NDArray[np.float64], weights: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """Mean and standard deviation of each column, (2, cell)."""
    share = np.full(len(values), 1.0 / len(values)) if weights is None else weights
    mean = share @ values
    return np.stack([mean, np.sqrt(np.maximum(share @ (values - mean) ** 2, 0.0))])


def good_rows(store: SweepResults, rows: Rows) -> NDArray[np.intp]:
    """The independent rows that have a result; none of a quadrature that has lost a point."""
    used = independent_rows(store)
    good = used[rows.solved[used]]
    return good if len(good) == len(used) or sampling_weights(store) is None else good[:0]


def _summaries(
    store: SweepResults,
    output: str,
    relative_to: str | None,
    select: Mapping[str, object] | None,
    dimension: tuple[str, list[str] | list[float]],
    summary: Summary,
) -> xr.DataArray:
    """One summary of the good independent rows for every scenario, labelled."""
    sample = output_sample(store, output, relative_to, select)
    used, weights = independent_rows(store), sampling_weights(store)

    def measure(rows: Rows) -> dict[str, NDArray]:
        good = good_rows(store, rows)
        values = rows.values[good].astype(np.float64)
        empty = np.full((len(dimension[1]), values.shape[1]), np.nan)
        figures = summary(values, weights) if len(good) else empty
        return {"figures": figures, "rows": np.asarray(len(good)), "failed": np.asarray(rows.failed[used].sum())}

    found = by_portion(sample, measure)
    stacked = np.stack([part["figures"] for part in found], axis=1)
    counted = {name: ("scenario", [int(part[name]) for part in found]) for name in ("rows", "failed")}
    return xr.DataArray(
        stacked.reshape(*stacked.shape[:2], *sample.shape),
        dims=[dimension[0], "scenario", *sample.dims],
        coords={dimension[0]: dimension[1], "scenario": sample.scenarios, **sample.coords, **counted},
        name=output,
        attrs=sample.attrs,
    )
