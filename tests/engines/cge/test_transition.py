"""What one year hands on to the next: capital, shares of new capital, workers and people."""

import itertools
from dataclasses import fields

import numpy as np
import pytest
from cordillera.engines.cge.parts import Allocation, Deflator
from cordillera.engines.cge.program import LANES
from cordillera.engines.cge.transition import next_state
from cordillera.engines.cge.year import solve_year

YEARS = 11


def test_people_and_workers_move_but_are_neither_made_nor_lost(world, mixed) -> None:
    path = world.path(mixed, "coastal_boom")
    growth = 1.0 + world.inputs(mixed).behaviour.factor_growth
    for name, groups in (("endowment", 12), ("population", 4)):
        kept = world.recorded(path, name)
        nation = kept.reshape(YEARS, groups // 3 if name == "endowment" else groups, -1, LANES).sum(axis=1)
        np.testing.assert_allclose(nation[1:], nation[:-1] * growth, rtol=1e-12)
        assert np.all(kept >= 0.0)


def test_new_capital_is_all_put_in_place(world, mixed) -> None:
    for rules in (
        {},
        {"allocation": Allocation.CURRENT, "deflator": Deflator.PRICE_OF_CAPITAL},
        {"allocation": Allocation.LAGGED},
    ):
        other = world.under(**rules)
        at = other.columns(mixed, "inland_productivity")
        stock, new = at.by_year(at.state.capital), at.by_year(at.year.new_capital)
        np.testing.assert_allclose(at.year.capital_share.sum(axis=0), 1.0, rtol=1e-12)
        kept = 1.0 - at.behaviour.depreciation.reshape(YEARS, LANES)[0]
        np.testing.assert_allclose(stock[:, 1:].sum(axis=0), kept * stock[:, :-1].sum(axis=0) + new[0, :-1], rtol=1e-12)
        shares = at.by_year(at.year.capital_share)
        np.testing.assert_allclose(stock[:, 1:], kept * stock[:, :-1] + shares[:, :-1] * new[:, :-1], rtol=1e-12)


def test_capital_in_place_grows_at_first_as_the_base_year_says(world, mixed) -> None:
    path = world.path(mixed)
    stock = world.recorded(path, "capital").sum(axis=1)
    np.testing.assert_allclose(stock[1] / stock[0] - 1.0, float(world.engine.settings["k_growth"]), rtol=1e-9)


def test_last_years_profits_move_the_shares_of_regions_and_tilt_sectors(world, mixed) -> None:
    """The rule of the default set written out for one region and sector after another."""
    at, b = world.columns(mixed, "transaction_costs"), world.matrix.benchmark
    n = b.sectors
    stock, rental = at.by_year(at.state.capital), at.by_year(at.year.prices.rental)
    local, shares = at.by_year(at.year.prices.local), at.by_year(at.state.capital_share)
    reach, tilt = (at.by_year(part)[0, 0] for part in (at.behaviour.mobility_regions, at.behaviour.mobility_sectors))
    sold = b.local.copy()
    sold[[b.regional_trade, n + b.regional_trade]] = 0.0
    regions = (slice(0, n), slice(n, 2 * n))
    for run, year in itertools.product((0, 4), (0, 4, 9)):
        now, later = stock[:, year, run], stock[:, year + 1, run]
        profit = np.empty(2 * n)
        for cells in regions:
            profit[cells] = rental[cells, year, run] * sold[cells].sum() / (sold[cells] @ local[cells, year, run])
        national = profit @ now / now.sum()
        wanted = np.empty(2 * n)
        for cells in regions:
            regional = profit[cells] @ now[cells] / now[cells].sum()
            pull = 1.0 + reach[run] * (regional / national - 1.0)
            weight = np.maximum(0.0, later[cells] * (1.0 + tilt[run] * (profit[cells] / regional - 1.0)))
            wanted[cells] = max(0.0, shares[cells, year, run].sum() * pull) * weight / weight.sum()
        np.testing.assert_allclose(shares[:, year + 1, run], wanted / wanted.sum(), rtol=1e-10, atol=1e-15)


def test_workers_leave_for_the_region_whose_wage_has_gained(world, mixed) -> None:
    """The migration rule written out by skill."""
    at, b = world.columns(mixed, "coastal_boom"), world.matrix.benchmark
    remote = b.numeraire_region
    wage, owned = at.by_year(at.year.prices.wage).reshape(2, 3, YEARS, LANES), at.by_year(at.state.endowment)
    people = at.by_year(at.state.population).reshape(2, 2, YEARS, LANES).sum(axis=1)
    workers = owned.reshape(2, 2, 3, YEARS, LANES).sum(axis=1)
    behaviour = world.inputs(mixed, "coastal_boom").behaviour
    elasticity, growth, taken = behaviour.migration[0], behaviour.factor_growth[0], behaviour.dependents[0]
    gap = wage[1 - remote] / wage[remote] - 1.0
    moving = np.where(gap > 0.0, gap * workers[remote], gap * workers[1 - remote])[:, :-1] * elasticity
    np.testing.assert_allclose(workers[remote][:, 1:], workers[remote][:, :-1] * (1.0 + growth) - moving, rtol=1e-11)
    leavers, comers = np.maximum(moving, 0.0).sum(axis=0), np.maximum(-moving, 0.0).sum(axis=0)
    heads = (people / workers.sum(axis=1))[:, :-1]
    net = taken * (comers * heads[1 - remote] - leavers * heads[remote])
    np.testing.assert_allclose(people[remote][1:], people[remote][:-1] * (1.0 + growth) + net, rtol=1e-11)


@pytest.mark.parametrize("deflator", list(Deflator))
@pytest.mark.parametrize("allocation", list(Allocation))
def test_scaling_all_prices_moves_nothing_in_the_next_year(world, mixed, allocation, deflator) -> None:
    program = world.under(allocation=allocation, deflator=deflator).matrix.program
    start = world.first_year(mixed)
    logs = np.random.default_rng(5).normal(0.0, 0.02, (program.layout.unknowns, LANES))

    def following(extra: float):
        year = solve_year(program.base, program.rules, start.behaviour, start.schedule, start.state, logs + extra)
        return next_state(program.base, program.rules, start.behaviour, start.state, year)

    same, dearer = following(0.0), following(0.7)
    for field in fields(same):
        np.testing.assert_allclose(
            getattr(dearer, field.name), getattr(same, field.name), rtol=1e-11, err_msg=field.name
        )
