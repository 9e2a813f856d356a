"""The numbers that a study of a corridor reports, from the accounts of its region with and without the project.

The note of Alem, Elias and Penagos (2024) prints one number an item and no formula; each function here is one reading.
Bars over cells and years are unweighted means, over the years from 1. Arrays are (year, cell, lane).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .accounts import Accounts

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

TAIL = 20
TAILS = ("poorest_20", "richest_20")
READINGS = ("total_gdp", "gdp_per_head", "mean_income", "mean_gdp", "mean_utility")
FLOW_STATISTICS = ("per_head", "per_head_median", "losing_share", "ratio_median", "ratio_aggregate", "ratio_mean")
LORENZ_POINTS = tuple(range(10, 100, 10))


@dataclass(frozen=True, eq=False)
class Places:
    """Cells of the region by what they are called, as indices into the region.

    `groups` holds those of which means are reported, `corridor` and `region` among them, and `home` where that is not
    the whole region, without the tails of the distribution of income.
    """

    groups: Mapping[str, Indices]

    @property
    def corridor(self) -> Indices:
        """Cells that the line crosses and that are changed."""
        return self.groups["corridor"]

    @property
    def home(self) -> Indices:
        """Cells of the region without its dominant country."""
        return self.groups.get("home", self.region)

    @property
    def region(self) -> Indices:
        """All cells."""
        return self.groups["region"]

    @cached_property
    def off_corridor(self) -> Indices:
        """Cells that the line does not cross."""
        return np.setdiff1d(self.region, self.corridor)


def name_places(
    corridor: Indices, neighbours: Indices, home: Indices, size: int, others: Mapping[str, Indices]
) -> Places:
    """Groups of the cells of a region of some size; one without cells, or a home that is all, is left out."""
    region = np.arange(size)
    elsewhere = np.setdiff1d(region, np.concatenate([corridor, neighbours]))
    groups = {
        "corridor": corridor,
        "neighbours": neighbours,
        "elsewhere": elsewhere,
        "region": region,
        "home": home if len(home) < size else home[:0],
        **others,
    }
    return Places({name: cells for name, cells in groups.items() if len(cells)})


def tails(income: Floats) -> tuple[Indices, Indices]:
    """The cells with the lowest and the highest income in year 0 of a lane, (cell,), of equal number."""
    order = np.argsort(income, kind="stable")
    count = min(TAIL, len(order) // 2)
    return order[:count], order[len(order) - count :]


def gap(policy: Floats, base: Floats) -> Floats:
    """Relative gap to the baseline in percent, (year - 1, cell, lane); the years from 1."""
    return 100.0 * (policy[1:] / base[1:] - 1.0)


def means_by_place(away: Floats, places: Places, poorest: Sequence[Indices], richest: Sequence[Indices]) -> Floats:
    """Means over the cells of every group and of both tails of each lane, (cell, lane) to (place, lane)."""
    listed = [away[cells].mean(axis=0) for cells in places.groups.values()]
    for tail in (poorest, richest):
        listed += [np.array([away[cells, lane].mean() for lane, cells in enumerate(tail)])]
    return np.stack(listed)


def gains(policy: Accounts, base: Accounts, cells: Indices) -> Floats:
    """What a year of the project brings to some cells in percent, by each of `READINGS`, (reading, lane)."""

    def total(values: Floats) -> Floats:
        return values[1:, cells].sum(axis=1)

    gdp = total(policy.gdp) / total(base.gdp)
    heads = total(policy.population) / total(base.population)
    return np.stack(
        [
            100.0 * (gdp - 1.0).mean(axis=0),
            100.0 * (gdp / heads - 1.0).mean(axis=0),
            gap(policy.income, base.income)[:, cells].mean(axis=(0, 1)),
            gap(policy.gdp, base.gdp)[:, cells].mean(axis=(0, 1)),
            gap(policy.utility, base.utility)[:, cells].mean(axis=(0, 1)),
        ]
    )


def discounted_gain(policy: Accounts, base: Accounts, cells: Indices, beta: Floats) -> Floats:
    """Gain in the gross product of some cells over all years in percent, each year discounted by `beta`, (lane,)."""
    year = np.arange(len(base.gdp) - 1)[:, None]
    weight = beta**year
    with_it, without = ((weight * levels.gdp[1:, cells].sum(axis=1)).sum(axis=0) for levels in (policy, base))
    return 100.0 * (with_it / without - 1.0)


def flow_gaps(policy: Accounts, base: Accounts, elsewhere: Indices) -> Floats:
    """How net flows of people into the region's cells differ, by each of `FLOW_STATISTICS`, (statistic, lane).

    The gap a base head is in percent a year; `losing_share` is the percentage of the cells off the corridor with fewer
    people than in the baseline; the ratios of flows are dominated by cells that hardly have any.
    """
    flow, before = np.diff(policy.population, axis=0), np.diff(base.population, axis=0)
    head = 100.0 * (flow - before) / base.population[:1]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = 100.0 * np.where(before == 0.0, 0.0, flow / before - 1.0)
    losing = (gap(policy.population, base.population).mean(axis=0)[elsewhere] < 0.0).mean(axis=0)
    return np.stack(
        [
            head.mean(axis=(0, 1)),
            np.median(head, axis=(0, 1)),
            100.0 * losing,
            np.median(ratio, axis=(0, 1)),
            100.0 * (flow - before).sum(axis=(0, 1)) / np.abs(before).sum(axis=(0, 1)),
            ratio.mean(axis=(0, 1)),
        ]
    )


def flow_gap_by_cell(policy: Accounts, base: Accounts) -> Floats:
    """Net flow of people into each cell less that of the baseline, in percent of the people of year 0, (cell, lane).

    The mean over years, which only the last year decides: flows add up to the people who came.
    """
    came = (policy.population[-1] - policy.population[0]) - (base.population[-1] - base.population[0])
    return 100.0 * came / (len(base.population) - 1) / base.population[0]


def gini(values: Floats, weights: Floats) -> Floats:
    """Gini coefficient over cells of each lane; (cell, lane) and weights of the same shape to (lane,)."""
    columns = []
    for lane in range(values.shape[1]):
        shares, heads = _cumulative(values[:, lane], weights[:, lane])
        columns.append(1.0 - ((shares[1:] + shares[:-1]) * np.diff(heads)).sum())
    return np.array(columns)


def lorenz(values: Floats, weights: Floats) -> Floats:
    """Share of the total that the poorest percentages of cells have, at `LORENZ_POINTS`, (point, lane)."""
    columns = []
    for lane in range(values.shape[1]):
        shares, heads = _cumulative(values[:, lane], weights[:, lane])
        columns.append(np.interp(np.array(LORENZ_POINTS) / 100.0, heads, shares))
    return np.stack(columns, axis=1)


def _cumulative(values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    order = np.argsort(values, kind="stable")
    earned = np.concatenate([[0.0], np.cumsum((values * weights)[order])])
    heads = np.concatenate([[0.0], np.cumsum(weights[order])])
    return earned / earned[-1], heads / heads[-1]
