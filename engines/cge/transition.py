"""From one year to the next: capital, investment shares, migration, population (section 3 and the investment rules)."""

import numpy as np

from .base import Base, weights
from .income import labour_supply
from .investment import current_shares, shares_with_inertia
from .parts import Allocation, Behaviour, Rules, State, Year
from .tape import Vector, at_least, dot_total, exp, log, stack, total


def next_state(
    base: Base, rules: Rules, behaviour: Behaviour[Vector], state: State[Vector], year: Year[Vector]
) -> State[Vector]:
    """What the next year inherits."""
    capital = accumulate(behaviour, state.capital, year.new_capital, year.capital_share)
    region_share, capital_share = state.region_share, state.capital_share
    if rules.allocation == Allocation.LAGGED:
        capital_share = current_shares(base, rules, behaviour, state.capital, year.prices)
    if rules.allocation == Allocation.INERTIA:
        region_share, capital_share = shares_with_inertia(base, rules, behaviour, state, year, capital)
    moved, heads = migration(base, rules, behaviour, state, year)
    growth = behaviour.factor_growth + 1.0
    return State(
        capital,
        state.endowment * growth + moved,
        state.population * growth + heads,
        region_share,
        capital_share,
    )


def accumulate(behaviour: Behaviour[Vector], capital: Vector, new: Vector, shares: Vector) -> Vector:
    """K' = (1 - depreciation) K + new capital by its shares."""
    return capital * (1.0 - behaviour.depreciation) + shares * new


def migration(
    base: Base, rules: Rules, behaviour: Behaviour[Vector], state: State[Vector], year: Year[Vector]
) -> tuple[Vector, Vector]:
    """Workers who move between the regions by household and skill, and the people they take along by household.

    The remote region loses `migration` per cent of a skill's workers for each per cent that the wage of the other
    region has gained on its own since the base year; if it is the other way round, the other region loses. Origin and
    destination households share in proportion to their workers.
    """
    remote = base.numbers.numeraire_region
    here, there = 3 * remote + np.arange(3), 3 * (1 - remote) + np.arange(3)
    gap = year.prices.wage[there] / year.prices.wage[here] - 1.0
    leavers = at_least(gap, 0.0) * behaviour.migration * year.labour[here]
    comers = at_least(-gap, 0.0) * behaviour.migration * year.labour[there]
    skill = np.tile(np.arange(3), 4)
    from_remote = (np.arange(12) // 6) == remote
    out_of = {True: leavers, False: comers}
    share = state.endowment / year.labour[base.skill_of_endowment]
    remote_cells, other_cells = np.flatnonzero(from_remote), np.flatnonzero(~from_remote)
    order = np.argsort(np.concatenate([remote_cells, other_cells]))
    lost = stack(
        [
            share[cells] * out_of[is_remote][skill[cells]]
            for cells, is_remote in ((remote_cells, True), (other_cells, False))
        ]
    )[order]
    gained = stack(
        [
            share[cells] * out_of[not is_remote][skill[cells]]
            for cells, is_remote in ((remote_cells, True), (other_cells, False))
        ]
    )[order]
    regions = weights(2, 4, np.arange(4) // 2, np.arange(4))
    skills = weights(2, 6, np.arange(6) // 3, np.arange(6))
    heads = total(regions, state.population) / total(skills, labour_supply(base, state.endowment))
    households = weights(4, 12, np.arange(12) // 3, np.arange(12))
    own = base.region_of_household
    # People who move with a worker: a share of the origin's people a worker, the worker counted apart or not.
    company = heads * behaviour.dependents + (1.0 - behaviour.dependents) * rules.migrant_self
    going = total(households, lost) * company[own]
    coming = total(households, gained) * company[1 - own]
    return gained - lost, coming - going


def equivalent_income(base: Base, behaviour: Behaviour[Vector], year: Year[Vector], population: Vector) -> Vector:
    """Spending per head at base prices that gives the year's utility in the linear expenditure system, by household."""
    price = year.prices.composite[base.cell_of_consumption]
    committed = total(base.household_goods, behaviour.subsistence)
    at_prices = dot_total(base.household_goods, behaviour.subsistence, price)
    index = dot_total(base.household_goods, behaviour.marginal_share, log(price))
    return committed + (year.spending / population - at_prices) / exp(index)
