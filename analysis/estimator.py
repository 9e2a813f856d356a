"""Variance shares of many cells at once, by the formulas that SALib uses for one.

    first   V_i  / V = mean( B (AB_i - A) ) / V          Saltelli et al. 2010, table 2 (b)
    total   VT_i / V = mean( (A - AB_i)^2 ) / (2 V)      Jansen 1999; Saltelli et al. 2010, table 2 (f)
    second  V_ij / V = mean( BA_i AB_j - A B ) / V - first_i - first_j      Saltelli 2002

A and B are the two independent rows of a block, AB_i is A with factor i taken from B, BA_i the reverse. Each cell is
first centred and scaled by the mean and the standard deviation of all its rows, the crossed ones too; V is the variance
of A and B together. Confidence is the normal quantile times the standard deviation over bootstrap resamples of blocks.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

# SALib takes a variance below this, after scaling, for none at all.
_NO_VARIANCE = np.finfo(np.float64).eps
_CELLS_AT_ONCE = 256


class Indices(NamedTuple):
    """Sobol indices with the half-width of their confidence interval.

    `first` and `total` are (factor, cell), `second` is (factor, factor, cell), filled above the diagonal and NaN
    elsewhere, or None where the design has no rows for it.
    """

    first: NDArray[np.float64]
    first_confidence: NDArray[np.float64]
    total: NDArray[np.float64]
    total_confidence: NDArray[np.float64]
    second: NDArray[np.float64] | None = None
    second_confidence: NDArray[np.float64] | None = None

    def map(self, change: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> "Indices":
        """The same indices with every array changed alike."""
        first, first_confidence, total, total_confidence = (change(part) for part in self[:4])
        if self.second is None or self.second_confidence is None:
            return Indices(first, first_confidence, total, total_confidence)
        second, second_confidence = change(self.second), change(self.second_confidence)
        return Indices(first, first_confidence, total, total_confidence, second, second_confidence)


def resample_counts(blocks: int, resamples: int, seed: int) -> NDArray[np.float64]:
    """How often each block is taken in each bootstrap resample, (resample, block); the draws of SALib for this seed."""
    # Drawn in SALib's shape and order, so that the same seed has the same resamples there and here.
    place = np.random.default_rng(seed).integers(blocks, size=(blocks, resamples))
    place += blocks * np.arange(resamples)
    counts = np.bincount(place.ravel(), minlength=blocks * resamples).reshape(resamples, blocks)
    # Hundreds of megabytes each, of a hundred thousand blocks.
    del place
    return counts.astype(np.float64)


def sobol_indices(
    values: NDArray[np.floating],
    *,
    second_order: bool = False,
    resamples: int = 100,
    seed: int = 1,
    level: float = 0.95,
) -> Indices:
    """Sobol indices of every cell of a Saltelli design.

    Parameters
    ----------
    values : (block, row, cell) float
        Rows of a block in SALib's order: A, AB_1 .. AB_D, with `second_order` BA_1 .. BA_D, and B. No NaN.
    second_order : bool
        Whether the BA rows are there.
    resamples : int
        Bootstrap resamples of blocks; 0 leaves the confidence NaN.
    seed : int
        Seed of the resamples, not 0 (which SALib takes for no seed).
    level : float
        Confidence level of the half-widths, between 0 and 1.

    Returns
    -------
    Indices
        Zero where a cell does not vary, as in SALib.

    Raises
    ------
    ValueError
        If the seed is 0, the level is outside (0, 1) or the number of rows fits no design.

    Examples
    --------
    >>> import numpy as np
    >>> unit = np.random.default_rng(1).random((512, 2))
    >>> swapped = np.random.default_rng(2).random((512, 2))
    >>> a, b = unit.sum(axis=1), swapped.sum(axis=1)
    >>> crossed = [swapped[:, 0] + unit[:, 1], unit[:, 0] + swapped[:, 1]]
    >>> sobol_indices(np.stack([a, *crossed, b], axis=1)[:, :, None]).total.shape
    (2, 1)
    """
    check_seed(seed)
    factor_count(values.shape[1], second_order)
    if not 0 < level < 1:
        raise ValueError(f"The confidence level is {level}; it must lie between 0 and 1, such as 0.95.")
    counts = resample_counts(len(values), resamples, seed) if resamples else np.empty((0, len(values)))
    width = float(ndtri(0.5 + level / 2))
    pieces = [
        _indices(np.asarray(values[..., start : start + _CELLS_AT_ONCE], dtype=np.float64), second_order, counts, width)
        for start in range(0, values.shape[-1], _CELLS_AT_ONCE)
    ]
    return Indices(*(np.concatenate(parts, axis=-1) for parts in zip(*pieces, strict=True)))


def factor_count(rows: int, second_order: bool) -> int:
    """How many factors (or groups) a block of so many rows crosses.

    Raises
    ------
    ValueError
        If no Saltelli design has such a block.
    """
    crossed, odd = divmod(rows - 2, 2) if second_order else (rows - 2, 0)
    if odd or crossed < 1:
        shape = "2 D + 2" if second_order else "D + 2"
        message = f"A block of {rows} rows is not {shape} for any D >= 1; check second_order={second_order}."
        raise ValueError(message)
    return crossed


def check_seed(seed: int) -> None:
    """Refuse the seed that SALib takes for none.

    Raises
    ------
    ValueError
        If the seed is 0.
    """
    if seed == 0:
        raise ValueError("The seed is 0, which SALib reads as no seed at all; give any other integer.")


def _indices(
    values: NDArray[np.float64], second_order: bool, counts: NDArray[np.float64], width: float
) -> list[NDArray[np.float64]]:
    """The fields of `Indices` that the design gives, for a few cells."""
    factors = factor_count(values.shape[1], second_order)
    scaled = _scaled(values)
    a, b, crossed = scaled[:, 0], scaled[:, -1], scaled[:, 1 : factors + 1]
    shares = _Shares(a, b, counts)
    step = crossed - a[:, None]
    # One product with the resamples for both indices: threads of the linear algebra are woken once.
    share, resampled = shares.of(np.concatenate([b[:, None] * step, 0.5 * step**2], axis=1))
    spread = _half_width(resampled, width)
    found = [share[:factors], spread[:factors], share[factors:], spread[factors:]]
    first = share[:factors], resampled[:, :factors]
    if not second_order:
        return found
    return [*found, *_second(shares, a, b, crossed, scaled[:, factors + 1 : -1], first, width)]


def _second(
    shares: "_Shares",
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    crossed: NDArray[np.float64],
    reversed_: NDArray[np.float64],
    first: tuple[NDArray[np.float64], NDArray[np.float64]],
    width: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    factors, cells = crossed.shape[1:]
    value = np.full((factors, factors, cells), np.nan)
    spread = np.full_like(value, np.nan)
    for i in range(factors - 1):
        closed, closed_resampled = shares.of(reversed_[:, i, None] * crossed[:, i + 1 :] - (a * b)[:, None])
        value[i, i + 1 :] = closed - first[0][i] - first[0][i + 1 :]
        resampled = closed_resampled - first[1][:, i, None] - first[1][:, i + 1 :]
        spread[i, i + 1 :] = _half_width(resampled, width)
    return value, spread


class _Shares:
    """Means over blocks as shares of the variance of A and B, for the sample and for every resample."""

    def __init__(self, a: NDArray[np.float64], b: NDArray[np.float64], counts: NDArray[np.float64]) -> None:
        self.weights = counts / len(a)
        self.variance = np.concatenate([a, b]).var(axis=0)
        mean, square = np.split(self.weights @ np.hstack([0.5 * (a + b), 0.5 * (a**2 + b**2)]), 2, axis=1)
        self.resampled_variance = square - mean**2

    def of(self, products: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Shares (factor, cell) and (resample, factor, cell) from products (block, factor, cell)."""
        blocks, factors, cells = products.shape
        resampled = (self.weights @ products.reshape(blocks, -1)).reshape(-1, factors, cells)
        return _share(products.mean(axis=0), self.variance), _share(resampled, self.resampled_variance[:, None])


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > _NO_VARIANCE)


def _scaled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    centred = values - values.mean(axis=(0, 1))
    spread = np.sqrt(np.einsum("brc,brc->c", centred, centred) / (centred.shape[0] * centred.shape[1]))
    centred /= np.where(spread > 0, spread, 1.0)
    return centred


def _half_width(resampled: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    if len(resampled) < 2:
        return np.full(resampled.shape[1:], np.nan)
    return width * resampled.std(axis=0, ddof=1)
