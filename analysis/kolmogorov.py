"""PAWN: how far the distribution of an output moves when one factor is held to a slice of its range.

Pianosi and Wagener (2015, 2018). For each factor the Kolmogorov-Smirnov distance between the distribution of the output
in a slice of the factor and its whole distribution, then the median and the maximum over slices. SALib gives the same
statistics for one cell and no confidence; here they are found for all factors and resamples from one sorting.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri


class Distances(NamedTuple):
    """PAWN statistics, each (factor,): over slices, and the half-width of the median's confidence interval."""

    median: NDArray[np.float64]
    maximum: NDArray[np.float64]
    median_confidence: NDArray[np.float64]


def pawn_distances(
    unit: NDArray[np.float64],
    values: NDArray[np.float64],
    *,
    slices: int = 10,
    resamples: int = 100,
    seed: int = 1,
    level: float = 0.95,
) -> Distances:
    """PAWN statistics of one cell.

    Parameters
    ----------
    unit : (draw, factor) float
        Independent rows of the design; only their order within a column matters.
    values : (draw,) float
        The output, no NaN.
    slices : int
        Slices of equal count of each factor.
    resamples : int
        Bootstrap resamples of draws; below 2 the confidence is NaN.
    seed : int
        Seed of the resamples.
    level : float
        Confidence level of the half-width.

    Returns
    -------
    Distances
        Distances between 0 and 1.
    """
    slice_of = _slices(unit, slices)
    distance = _distances(slice_of, values, slices)
    generator = np.random.default_rng(seed)
    spread = np.full(unit.shape[1], np.nan)
    if resamples > 1:
        taken = generator.integers(len(values), size=(resamples, len(values)))
        medians = [np.nanmedian(_distances(slice_of[rows], values[rows], slices), axis=0) for rows in taken]
        spread = ndtri(0.5 + level / 2) * np.std(medians, axis=0, ddof=1)
    return Distances(np.nanmedian(distance, axis=0), np.nanmax(distance, axis=0), spread)


def _slices(unit: NDArray[np.float64], slices: int) -> NDArray[np.intp]:
    """The slice of each entry, `slices` for the largest of a column, which SALib's half-open slices leave out."""
    edges = np.quantile(unit, np.linspace(0.0, 1.0, slices + 1), axis=0)
    return np.stack([np.searchsorted(edges[:, i], unit[:, i], side="right") - 1 for i in range(unit.shape[1])], axis=1)


def _distances(slice_of: NDArray[np.intp], values: NDArray[np.float64], slices: int) -> NDArray[np.float64]:
    """Kolmogorov-Smirnov distance of each slice from the whole, (slice, factor); NaN for an empty slice."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    # Distribution functions step only after the last of equal values.
    last = np.append(ordered[1:] != ordered[:-1], True)
    whole = np.arange(1, len(values) + 1)[last] / len(values)
    inside = np.cumsum(slice_of[order][None] == np.arange(slices)[:, None, None], axis=1)
    count = inside[:, -1:]
    share = np.divide(
        inside[:, last], count, out=np.full((slices, last.sum(), slice_of.shape[1]), np.nan), where=count > 0
    )
    return np.abs(share - whole[None, :, None]).max(axis=1)
