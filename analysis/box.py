"""Where in the space of factors a claim fails: a box found by the patient rule induction method (PRIM), in words.

Friedman and Fisher (1999). From the whole sample the method peels, again and again, the thin slice whose loss raises
the mean of the rest most. Of the boxes on that path the one is kept that best joins purity with coverage, then the
limits are dropped that chance alone would explain (Bryant and Lempert 2010).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_PEEL = 0.05
_FEWEST_ROWS = 20
_FEWEST_CASES = 10
_CHANCE = 0.05
_MOST_LIMITS = 4


@dataclass(frozen=True, slots=True)
class Limit:
    """What a box asks of one factor: a range, closed and in the factor's unit, or a set of levels."""

    factor: str
    low: float = -np.inf
    high: float = np.inf
    levels: tuple[float, ...] = ()

    @property
    def words(self) -> str:
        """The limit in words."""
        if self.levels:
            return f"{self.factor} is {' or '.join(f'{level:g}' for level in self.levels)}"
        if np.isinf(self.low):
            return f"{self.factor} is below {self.high:.3g}"
        if np.isinf(self.high):
            return f"{self.factor} is above {self.low:.3g}"
        return f"{self.factor} is between {self.low:.3g} and {self.high:.3g}"


@dataclass(frozen=True, slots=True)
class Box:
    """Limits on a few factors within which the cases of interest are dense.

    Parameters
    ----------
    limits : tuple of Limit
        All hold at once, the one that matters most first.
    cases : {"fails", "holds"}
        What the box is about.
    density : float
        The share of the draws in the box that are cases. The same draws chose the box, so new ones would show less.
    coverage : float
        The share of all cases that lie in the box.
    mass : float
        The share of all draws that lie in the box.
    overall : float
        The share of all draws that are cases.
    """

    limits: tuple[Limit, ...]
    cases: str
    density: float
    coverage: float
    mass: float
    overall: float

    @property
    def words(self) -> str:
        """The box in a sentence."""
        if not self.limits:
            return f"No range of a few factors tells where it {self.cases}."
        where = " and ".join(limit.words for limit in self.limits)
        return (
            f"Where {where}, it {self.cases} in {_percent(self.density)} of the draws (over all: "
            f"{_percent(self.overall)}); {_percent(self.coverage)} of the draws in which it {self.cases} lie there."
        )


def find_box(
    factors: Sequence[str],
    values: NDArray[np.float64],
    cases: NDArray[np.bool_],
    *,
    unordered: Sequence[bool] | None = None,
    name: str = "fails",
) -> Box | None:
    """The box in which `cases` are dense.

    Parameters
    ----------
    factors : sequence of str
        Names of the columns.
    values : (draw, factor) float
        Independent draws, in the factors' units.
    cases : (draw,) bool
        The draws of interest.
    unordered : sequence of bool, optional
        Columns that hold levels without an order.
    name : {"fails", "holds"}
        What a case is called.

    Returns
    -------
    Box or None
        None with fewer than 10 cases, or fewer than 10 draws that are none.
    """
    if min(cases.sum(), (~cases).sum()) < _FEWEST_CASES:
        return None
    flags = [False] * len(factors) if unordered is None else list(unordered)
    columns = [_Column(factor, values[:, i], flags[i]) for i, factor in enumerate(factors)]
    path = _peeled(columns, cases)
    best = max(path, key=lambda limits: _merit(_inside(columns, limits), cases))
    kept = _significant(columns, best, cases)
    inside = _inside(columns, kept)
    shares = [float(share) for share in (cases[inside].mean(), inside[cases].mean(), inside.mean(), cases.mean())]
    return Box(tuple(kept[i] for i in kept), name, *shares)


class _Column(NamedTuple):
    """One factor's values in the draws."""

    factor: str
    values: NDArray[np.float64]
    unordered: bool

    def peels(self, limit: Limit, inside: NDArray[np.bool_]) -> list[Limit]:
        """The limits that take one more slice off the draws inside."""
        within = self.values[inside]
        levels = np.unique(within)
        if len(levels) < 2:
            return []
        if self.unordered:
            return [
                replace(limit, levels=tuple(float(other) for other in levels if other != level)) for level in levels
            ]
        low, high = np.quantile(within, [_PEEL, 1 - _PEEL])
        # Where many draws share the outermost value, that value is the slice.
        return [
            replace(limit, low=float(max(low, levels[:2].mean()))),
            replace(limit, high=float(min(high, levels[-2:].mean()))),
        ]

    def meets(self, limit: Limit) -> NDArray[np.bool_]:
        """The draws within a limit."""
        if limit.levels:
            return np.isin(self.values, limit.levels)
        return (self.values >= limit.low) & (self.values <= limit.high)


# The limits of a box by the number of the column.
_Limits = dict[int, Limit]


def _inside(columns: Sequence[_Column], limits: _Limits) -> NDArray[np.bool_]:
    everywhere = np.ones(len(columns[0].values), dtype=bool)
    return np.logical_and.reduce([everywhere, *(columns[i].meets(limit) for i, limit in limits.items())])


def _peeled(columns: Sequence[_Column], cases: NDArray[np.bool_]) -> list[_Limits]:
    """The boxes on the way in, from the one without limits on."""
    path: list[_Limits] = [{}]
    inside = _inside(columns, {})
    while not cases[inside].all():
        best: tuple[tuple[float, int], _Limits, NDArray[np.bool_]] | None = None
        for i, column in enumerate(columns):
            for limit in column.peels(path[-1].get(i, Limit(column.factor)), inside):
                smaller = inside & column.meets(limit)
                count = int(smaller.sum())
                if _FEWEST_ROWS <= count < inside.sum():
                    merit = (float(cases[smaller].mean()), count)
                    if best is None or merit > best[0]:
                        best = (merit, path[-1] | {i: limit}, smaller)
        if best is None:
            break
        path.append(best[1])
        inside = best[2]
    return path


def _merit(inside: NDArray[np.bool_], cases: NDArray[np.bool_]) -> float:
    """Harmonic mean of a box's density and coverage."""
    return 2.0 * float((inside & cases).sum()) / float(inside.sum() + cases.sum())


def _significant(columns: Sequence[_Column], limits: _Limits, cases: NDArray[np.bool_]) -> _Limits:
    """The limits that chance does not explain, at most a few, the one that matters most first."""
    # Imported when asked for: a driver needs none of it, and it takes half a second and 45 MB.
    from scipy.stats import binom

    limits = dict(limits)
    while limits:
        inside = _inside(columns, limits)
        chance = {}
        for i in limits:
            without = _inside(columns, {other: limit for other, limit in limits.items() if other != i})
            chance[i] = float(binom.sf(cases[inside].sum() - 1, inside.sum(), cases[without].mean()))
        order = sorted(chance, key=lambda i: chance[i])
        if chance[order[-1]] <= _CHANCE and len(order) <= _MOST_LIMITS:
            return {i: limits[i] for i in order}
        del limits[order[-1]]
    return limits


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
