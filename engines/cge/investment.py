"""Allocation of new capital, equation 22 in its variants, and what it takes in goods."""

import numpy as np

from .base import Base, column, row_of, weights
from .parts import Behaviour, Deflator, Prices, Rules, State, Year
from .tape import Vector, at_least, dot_total, total


def profit_deflator(rules: Rules, prices: Prices[Vector]) -> Vector | None:
    """Regional price that turns a rental into a profit rate."""
    return {
        Deflator.NONE: None,
        Deflator.PRICE_OF_CAPITAL: prices.capital_good,
        Deflator.REGIONAL_CPI: prices.consumer[1:3],
        Deflator.REGIONAL_DOMESTIC_PRICE: prices.domestic,
    }[rules.deflator]


def current_shares(
    base: Base, rules: Rules, behaviour: Behaviour[Vector], capital: Vector, prices: Prices[Vector]
) -> Vector:
    """Equation 22: shares of new capital from profit rates; linear in them, so that types add up to the nation.

    Types are the regions, and mining apart in each if it is a type of its own.
    """
    b = base.numbers
    cells = np.arange(2 * b.sectors)
    kind = base.region_of_cell + 2 * ((cells % b.sectors == b.mining) & rules.mining_is_a_type & (b.capital > 0.0))
    # A region without mining has one type only.
    kind = np.unique(kind, return_inverse=True)[1]
    kinds = int(kind.max()) + 1
    deflator = profit_deflator(rules, prices)
    profit = prices.rental if deflator is None else prices.rental / deflator[base.region_of_cell]
    by_kind = weights(kinds, len(cells), kind, cells)
    everything = row_of(np.ones(len(cells)))
    stock, earned = total(by_kind, capital), dot_total(by_kind, profit, capital)
    national = total(everything, capital)
    average = dot_total(everything, profit, capital) / national
    rate = earned / stock
    spread = np.zeros(kinds, dtype=np.int64)
    pull = (rate / average[spread] - 1.0) * behaviour.mobility_regions + 1.0
    type_share = stock / national[spread] * pull
    own = (profit / rate[kind] - 1.0) * behaviour.mobility_sectors + 1.0
    return type_share[kind] * (capital / stock[kind]) * own


def shares_with_inertia(
    base: Base, rules: Rules, behaviour: Behaviour[Vector], state: State[Vector], year: Year[Vector], capital: Vector
) -> tuple[Vector, Vector]:
    """This year's profit rates move this year's regional shares; inside a region they tilt capital in place.

    Returns the regions' shares and every sector's share of next year's new capital.
    """
    deflator = profit_deflator(rules, year.prices)
    region = base.region_of_cell
    profit = year.prices.rental if deflator is None else year.prices.rental / deflator[region]
    everything = row_of(np.ones(len(region)))
    both = np.zeros(2, dtype=np.int64)
    rate = dot_total(base.regions, profit, state.capital) / total(base.regions, state.capital)
    average = dot_total(everything, profit, state.capital) / total(everything, state.capital)
    pull = (rate / average[both] - 1.0) * behaviour.mobility_regions + 1.0
    share = at_least(state.region_share * pull, 0.0)
    share = share / total(row_of(np.ones(2)), share)[both]
    tilt = (profit / rate[region] - 1.0) * behaviour.mobility_sectors + 1.0
    weight = at_least(capital * tilt, 0.0)
    return share, share[region] * (weight / total(base.regions, weight)[region])


def investment_demand(
    base: Base, behaviour: Behaviour[Vector], pool: Vector, shares: Vector, prices: Prices[Vector]
) -> tuple[Vector, Vector]:
    """Equation 22: new capital that the pool buys, and the goods it takes in each region."""
    b = base.numbers
    need = total(base.regions, shares) * behaviour.investment_per_capital
    cost = need * prices.capital_good
    new = pool / (cost[0:1] + cost[1:2])
    mix = (b.investment / b.investment.sum(axis=1, keepdims=True)).ravel()
    bought = need * new[np.zeros(2, dtype=np.int64)]
    return new, bought[base.region_of_cell] * column(mix)
