"""Laws of the model: the base year, Walras, homogeneity, distorted wages, growth accounting."""

from dataclasses import fields

import numpy as np
import pytest
from cordillera.engines import Draws
from cordillera.engines.cge.base import column
from cordillera.engines.cge.parts import Year
from cordillera.engines.cge.program import LANES
from cordillera.engines.cge.year import current_account, residuals, solve_year
from hypothesis import given, settings
from hypothesis import strategies as st

QUANTITIES = (
    "value_added", "output", "employment", "land", "consumption", "government_goods", "capital_share", "new_capital",
    "investment", "composite", "purchases", "outlets", "tax_points",
)  # fmt: skip
INCOMES = (
    "labour_income", "land_income", "capital_income", "foreign_remittance", "regional_remittance", "household_income",
    "spending", "government", "saving", "collected",
)  # fmt: skip


@pytest.mark.parametrize("name", ["baseline", "transaction_cost_cut", "social_transfers"])
def test_the_base_year_comes_out_as_it_went_in_whatever_the_elasticities(world, mixed, name: str) -> None:
    path, b = world.path(mixed, name), world.matrix.benchmark
    assert np.abs(path.logs[0]).max() < 1e-9
    for kept, value in (
        ("value_added", b.output * b.value_added_share), ("exports", b.export), ("imports", b.imports),
        ("flows", b.flow), ("investment", b.investment.sum(axis=1)),
        ("labour", b.endowment.reshape(2, 2, 3).sum(axis=1)),
        ("equivalent_income", b.consumption.sum(axis=1) / b.population), ("tax_points", np.zeros(1)),
    ):  # fmt: skip
        found = world.recorded(path, kept)[0]
        np.testing.assert_allclose(found, np.repeat(value.reshape(-1, 1), LANES, axis=1), rtol=1e-9, atol=1e-9)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), spread=st.floats(0.0, 0.02))
def test_excess_demands_add_up_to_nothing_at_any_prices(world, mixed, seed: int, spread: float) -> None:
    """At prices that leave every activity a rental above its floor."""
    start = world.first_year(mixed)
    schedule = start.schedule
    base, b = world.matrix.program.base, world.matrix.benchmark
    size = world.matrix.program.layout.unknowns
    logs = np.random.default_rng(seed).normal(0.0, spread, (size, LANES))
    year = solve_year(base, world.matrix.program.rules, start.behaviour, schedule, start.state, logs)
    excess = residuals(base, schedule, schedule.land, year, logs)
    cells, exports, flows = 2 * b.sectors, len(b.export), len(b.flow)
    local = (year.prices.local * year.outlets[:cells] * excess[:cells])[b.active].sum(axis=0)
    # What is not delivered to the other region has asked for no regional trade services either.
    delivered = year.prices.regional + schedule.regional_margin * year.prices.local[base.services_of_flow]
    regional = (delivered * year.outlets[cells + exports :] * excess[cells : cells + flows]).sum(axis=0)
    unspent = (year.collected - year.prices.revenue * b.revenue)[0]
    base_exports = (b.export * (1.0 + b.export_margin)).sum()
    abroad = (current_account(base, schedule, year) * base_exports * year.prices.exchange_rate)[0]
    gdp = (b.output * b.value_added_share).sum()
    np.testing.assert_allclose((local + regional + unspent - abroad) / gdp, 0.0, atol=1e-12)


@pytest.mark.parametrize("name", ["baseline", "coastal_boom", "transaction_costs", "inland_productivity"])
def test_the_current_account_closes_though_nobody_asked_it_to(world, mixed, name: str) -> None:
    at = world.columns(mixed, name)
    assert np.abs(current_account(world.matrix.program.base, at.schedule, at.year)).max() < 1e-9


@settings(max_examples=10, deadline=None)
@given(scale=st.floats(0.2, 5.0))
def test_scaling_all_prices_moves_no_quantity_and_scales_every_income(world, mixed, scale: float) -> None:
    at, program = world.columns(mixed, "social_transfers"), world.matrix.program
    dearer = solve_year(program.base, program.rules, at.behaviour, at.schedule, at.state, at.logs + np.log(scale))
    for name in QUANTITIES:
        np.testing.assert_allclose(getattr(dearer, name), getattr(at.year, name), rtol=1e-10, atol=1e-12, err_msg=name)
    for name in INCOMES:
        np.testing.assert_allclose(getattr(dearer, name), scale * getattr(at.year, name), rtol=1e-10, err_msg=name)


def test_workers_of_one_skill_are_paid_differently_in_agriculture(world) -> None:
    b, engine = world.matrix.benchmark, world.engine
    workers = np.where(b.cell_workers > 0.0, b.cell_workers, np.nan)
    pay = (b.labour_payment / workers)[:, 2].reshape(2, -1)
    farm = np.array(engine.sets.families) == "agriculture"
    for region in pay:
        np.testing.assert_allclose(region[farm], region[farm][0], rtol=1e-12)
        np.testing.assert_allclose(region[farm] / region[~farm][0], float(engine.settings["agri_wage"]), rtol=1e-12)


def test_average_pay_moves_when_labour_moves_between_distorted_sectors(world, mixed) -> None:
    at, b = world.columns(mixed, "coastal_boom"), world.matrix.benchmark
    base_pay = at.year.labour_income[:, :1] / at.year.employment[:, :1]
    relative = at.by_year(at.year.labour_income / at.year.employment / at.year.prices.wage / base_pay)
    unskilled = relative[[2, 5]]
    assert np.abs(unskilled[:, 0] - 1.0).max() < 1e-9
    assert np.abs(unskilled[:, -1] - 1.0).min() > 1e-4
    np.testing.assert_allclose(b.labour_payment.sum(), at.year.labour_income[:, 0].sum(), rtol=1e-9)


def test_sources_of_growth_add_up(peru, draw_widely) -> None:
    solution = peru.solve_draws(
        draw_widely(LANES, 3), [peru.scenarios["coastal_boom"]], ["growth_contribution", "gdp_growth"]
    )
    sources, grown = solution.outputs["growth_contribution"], solution.outputs["gdp_growth"]
    np.testing.assert_allclose(sources.sum(axis=-1), grown, atol=1e-10)


def test_productivity_is_what_the_accounting_finds_in_the_residual(peru) -> None:
    found = peru.solve(outputs=["growth_contribution", "gdp"]).sel(scenario="baseline")
    tfp = found.growth_contribution.sel(source="tfp")
    np.testing.assert_allclose(tfp, 100.0 * peru.factors["tfp_growth"].default, atol=0.12)
    share = found.gdp.sel(year=0) / found.gdp.sel(year=0, region="national")
    regional = (found.growth_contribution * share).sel(region=list(peru.sets.regions)).sum("region")
    for source in ("labour", "capital", "land"):
        national = found.growth_contribution.sel(region="national", source=source)
        np.testing.assert_allclose(regional.sel(source=source), national, rtol=1e-9)


def test_subsistence_follows_from_the_frisch_parameter(world, mixed) -> None:
    b = world.matrix.benchmark
    behaviour = world.inputs(mixed).behaviour
    spending = column(b.consumption.sum(axis=1) / b.population)
    committed = behaviour.subsistence.reshape(4, -1, LANES).sum(axis=1)
    published = np.array([world.engine.settings[name] for name in ("frisch_rural", "frisch_urban")] * 2, dtype=float)
    multiplier = mixed.values[:, mixed.factors.index("frisch")]
    np.testing.assert_allclose(-spending / (spending - committed), column(published) * multiplier, rtol=1e-10)
    np.testing.assert_allclose(behaviour.marginal_share.reshape(4, -1, LANES).sum(axis=1), 1.0, rtol=1e-12)


def test_a_matrix_is_a_factor_and_each_reproduces_its_own_base_year(peru) -> None:
    draws = Draws(("matrix", "migration_elasticity"), np.array([[0, 0.2], [1, 0.2], [0, 0.3], [1, 0.3]]))
    together = peru.solve_draws(draws, [], ["sector_gdp", "gdp_growth"]).outputs
    for row in range(4):
        alone = peru.solve_draws(
            Draws(draws.factors, draws.values[row : row + 1]), [], ["sector_gdp", "gdp_growth"]
        ).outputs
        for name in together:
            assert np.array_equal(together[name][:, row], alone[name][:, 0])
    for number in (0, 1):
        b = peru.open_matrix(number).benchmark
        base = (b.output * b.value_added_share).reshape(2, -1)
        np.testing.assert_allclose(together["sector_gdp"][0, number, 0, 1:], base, rtol=1e-9)
    first, second = (together["sector_gdp"][0, number, 0] for number in (0, 1))
    assert np.abs(first / np.where(second > 0.0, second, 1.0) - 1.0)[:, :5].max() > 1e-3
    assert together["gdp_growth"][0, 0, 0] != together["gdp_growth"][0, 1, 0]


def test_every_vector_of_a_year_is_finite(world, mixed) -> None:
    at = world.columns(mixed, "transaction_costs")
    for field in fields(Year):
        if field.name != "prices":
            assert np.isfinite(getattr(at.year, field.name)).all(), field.name
