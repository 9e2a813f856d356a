"""Whether the indices have settled: the same index over a quarter, half and all of the base points."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from .indices import DEFAULT_SEED, sobol
from .sample import SweepResults


def convergence(
    store: SweepResults,
    output: str,
    *,
    relative_to: str | None = None,
    select: Mapping[str, object] | None = None,
    resamples: int = 100,
    seed: int = DEFAULT_SEED,
) -> xr.Dataset:
    """Sobol indices over the first N/4, N/2 and N base points, each a nested design of its own.

    Returns
    -------
    xarray.Dataset
        As `sobol` returns it, with a leading dimension `samples`, base points.

    Raises
    ------
    AnalysisError
        If the design is not a Sobol design.
    """
    whole = store.samples
    counts = list(dict.fromkeys(count for count in (whole // 4, whole // 2, whole) if count > 1))
    steps = [
        sobol(store, output, relative_to=relative_to, select=select, resamples=resamples, seed=seed, blocks=count)
        for count in counts
    ]
    return xr.concat(steps, xr.IndexVariable("samples", counts), combine_attrs="override")


def widest_interval(
    store: SweepResults, outputs: Sequence[str] | None = None, *, resamples: int = 100, seed: int = DEFAULT_SEED
) -> float:
    """The widest half-width of any total-order index: what a study's `target_halfwidth` is held against.

    Parameters
    ----------
    store : Store
        A sweep with a Sobol design.
    outputs : sequence of str, optional
        Those kept in the store if left out.

    Returns
    -------
    float
        NaN if nothing varies.
    """
    widths = []
    for output in store.study.outputs if outputs is None else outputs:
        spread = sobol(store, output, resamples=resamples, seed=seed)["total_confidence"].values
        widths.append(float(np.nanmax(spread)) if np.isfinite(spread).any() else np.nan)
    return float(np.nanmax(widths)) if np.isfinite(widths).any() else float("nan")
