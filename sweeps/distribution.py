"""Distributions of factors: what a study may write, as frozen values.

A design lives in the unit cube; `inverse` carries each column to the factor's unit, `cumulative` carries it back. The
laws are those of `scipy.stats`. `support` bounds what can be drawn (infinite where the law has no end), so that a range
outside the model's domain is found before anything runs. `centre` describes a symmetric law; it is None of a law that
is not symmetric or not continuous.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import scipy  # its parts are loaded when they are used: a driver draws nothing and does without
from numpy.typing import NDArray

# Half the spacing of the 30 bit Sobol sequence: a law without ends has no value at exactly 0 or 1.
EDGE = 2.0**-31


class Centre(NamedTuple):
    """Mean, standard deviation and kurtosis (3 of a normal law) of a symmetric law, on a log scale if `logarithmic`."""

    mean: float
    standard_deviation: float
    kurtosis: float
    logarithmic: bool = False


@dataclass(frozen=True, slots=True)
class Uniform:
    """Every value between `low` and `high` is as likely."""

    low: float
    high: float

    @property
    def support(self) -> tuple[float, float]:
        """The two ends."""
        return self.low, self.high

    @property
    def centre(self) -> Centre:
        """Symmetric around the middle."""
        return Centre((self.low + self.high) / 2, (self.high - self.low) / np.sqrt(12.0), 1.8)

    def inverse(self, unit: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values at the probabilities `unit`."""
        return np.clip(self.low + unit * (self.high - self.low), self.low, self.high)

    def cumulative(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities of `value`."""
        return np.clip((value - self.low) / (self.high - self.low), 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class LogUniform:
    """Every ratio is as likely: the logarithm is uniform between those of `low` and `high`, both positive."""

    low: float
    high: float

    @property
    def support(self) -> tuple[float, float]:
        """The two ends."""
        return self.low, self.high

    @property
    def centre(self) -> Centre:
        """Symmetric on a log scale."""
        flat = Uniform(np.log(self.low), np.log(self.high)).centre
        return flat._replace(logarithmic=True)

    def inverse(self, unit: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values at the probabilities `unit`."""
        return np.clip(scipy.stats.loguniform.ppf(unit, self.low, self.high), self.low, self.high)

    def cumulative(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities of `value`."""
        return scipy.stats.loguniform.cdf(value, self.low, self.high)


@dataclass(frozen=True, slots=True)
class Triangular:
    """Likeliest at `mode`, falling off in straight lines to nothing at `low` and `high`."""

    low: float
    mode: float
    high: float

    @property
    def support(self) -> tuple[float, float]:
        """The two ends."""
        return self.low, self.high

    @property
    def centre(self) -> Centre | None:
        """Symmetric only if the mode lies in the middle."""
        middle = (self.low + self.high) / 2
        if not np.isclose(self.mode, middle, rtol=0.0, atol=1e-9 * (self.high - self.low)):
            return None
        return Centre(middle, (self.high - self.low) / np.sqrt(24.0), 2.4)

    def inverse(self, unit: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values at the probabilities `unit`."""
        width = self.high - self.low
        value = scipy.stats.triang.ppf(unit, (self.mode - self.low) / width, loc=self.low, scale=width)
        return np.clip(value, self.low, self.high)

    def cumulative(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities of `value`."""
        width = self.high - self.low
        return scipy.stats.triang.cdf(value, (self.mode - self.low) / width, loc=self.low, scale=width)


@dataclass(frozen=True, slots=True)
class Normal:
    """Normal with `mean` and `standard_deviation`, cut off at `low` and `high` where they are given."""

    mean: float
    standard_deviation: float
    low: float = -np.inf
    high: float = np.inf

    @property
    def _ends(self) -> tuple[float, float]:
        return (self.low - self.mean) / self.standard_deviation, (self.high - self.mean) / self.standard_deviation

    @property
    def support(self) -> tuple[float, float]:
        """The two cuts, infinite where there is none."""
        return self.low, self.high

    @property
    def centre(self) -> Centre | None:
        """Symmetric unless it is cut off unevenly."""
        below, above = self._ends
        if not (np.isclose(-below, above) or np.isinf([below, above]).all()):
            return None
        variance, excess = scipy.stats.truncnorm.stats(below, above, moments="vk")
        return Centre(self.mean, self.standard_deviation * float(np.sqrt(variance)), 3.0 + float(excess))

    def inverse(self, unit: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values at the probabilities `unit`; 0 and 1 are moved inward by `EDGE` where the law has no end."""
        below, above = self._ends
        inside = np.clip(unit, EDGE if np.isinf(below) else 0.0, 1.0 - EDGE if np.isinf(above) else 1.0)
        value = self.mean + self.standard_deviation * scipy.stats.truncnorm.ppf(inside, below, above)
        return np.clip(value, self.low, self.high)

    def cumulative(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities of `value`."""
        return scipy.stats.truncnorm.cdf((value - self.mean) / self.standard_deviation, *self._ends)


@dataclass(frozen=True, slots=True)
class LogNormal:
    """The logarithm is normal around that of `median`, with standard deviation `spread` (0.1 is about 10 %)."""

    median: float
    spread: float
    low: float = 0.0
    high: float = np.inf

    @property
    def _logarithm(self) -> Normal:
        low = np.log(self.low) if self.low > 0 else -np.inf
        return Normal(float(np.log(self.median)), self.spread, float(low), float(np.log(self.high)))

    @property
    def support(self) -> tuple[float, float]:
        """The two cuts, zero and infinite where there is none."""
        return self.low, self.high

    @property
    def centre(self) -> Centre | None:
        """Symmetric on a log scale unless it is cut off unevenly."""
        centre = self._logarithm.centre
        return centre._replace(logarithmic=True) if centre else None

    def inverse(self, unit: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values at the probabilities `unit`; 0 and 1 are moved inward by `EDGE` where the law has no end."""
        return np.clip(np.exp(self._logarithm.inverse(unit)), self.low, self.high)

    def cumulative(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities of `value`."""
        return self._logarithm.cumulative(np.log(np.maximum(value, np.finfo(float).tiny)))


@dataclass(frozen=True, slots=True)
class Choice:
    """One of `values`, with probabilities in proportion to `weights`; of a categorical factor, indices of levels."""

    values: tuple[float, ...]
    weights: tuple[float, ...]

    @property
    def support(self) -> tuple[float, float]:
        """The smallest and the largest of the values."""
        return min(self.values), max(self.values)

    @property
    def centre(self) -> None:
        """No quadrature of ours covers a discrete law."""
        return

    def inverse(self, unit: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values at the probabilities `unit`, in the order in which they were given."""
        index = np.searchsorted(_shares(self.weights), unit, side="right")
        return np.asarray(self.values, dtype=np.float64)[np.minimum(index, len(self.values) - 1)]

    def cumulative(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        """The middle of the probability that belongs to each of `value`; NaN for what is not among the values."""
        upper = _shares(self.weights)
        middle = (np.concatenate([[0.0], upper[:-1]]) + upper) / 2
        match = np.asarray(value)[..., None] == np.asarray(self.values, dtype=np.float64)
        return np.where(match.any(axis=-1), middle[match.argmax(axis=-1)], np.nan)


@dataclass(frozen=True, slots=True)
class Empirical:
    """One of the observed `values`, in ascending order, each as likely; nothing between them is drawn."""

    values: tuple[float, ...]

    @property
    def support(self) -> tuple[float, float]:
        """The smallest and the largest observation."""
        return self.values[0], self.values[-1]

    @property
    def centre(self) -> None:
        """No quadrature of ours covers a discrete law."""
        return

    def inverse(self, unit: NDArray[np.float64]) -> NDArray[np.float64]:
        """Observations at the probabilities `unit`."""
        index = np.minimum((np.asarray(unit) * len(self.values)).astype(np.int64), len(self.values) - 1)
        return np.asarray(self.values, dtype=np.float64)[index]

    def cumulative(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        """The middle of the probability that belongs to each of `value`."""
        observed = np.asarray(self.values, dtype=np.float64)
        below, upto = np.searchsorted(observed, value, "left"), np.searchsorted(observed, value, "right")
        return (below + upto) / (2 * len(observed))


Distribution = Uniform | LogUniform | Triangular | Normal | LogNormal | Choice | Empirical


def _shares(weights: Sequence[float]) -> NDArray[np.float64]:
    """Cumulative probabilities; the last one is 1."""
    total = np.cumsum(np.asarray(weights, dtype=np.float64))
    return total / total[-1]
