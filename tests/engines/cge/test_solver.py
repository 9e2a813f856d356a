"""Every way to a solution leads to the same one, and what a run finds depends on the run alone."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from cordillera.engines import Draws, Outcome
from cordillera.engines.cge.program import LANES, CentralPath
from cordillera.engines.cge.solver import BROYDEN, FAILED, HOMOTOPY, NEWTON, TOLERANCE
from hypothesis import given, settings
from hypothesis import strategies as st

HARD = {
    "armington_agriculture": 0.1,
    "armington_manufacturing": 3.0,
    "armington_services": 0.15,
    "armington_mining": 4.0,
}


def spoiled(central: CentralPath, inverses: float = 1.0, logs: float = 0.0, first: int = 0) -> CentralPath:
    """A central path whose inverses are scaled and whose logs are pushed off by noise from a year on."""
    noise = np.random.default_rng(1).normal(0.0, 1.0, central.logs.shape) * logs
    noise[:first] = 0.0
    return replace(central, inverses=central.inverses * inverses, logs=central.logs + noise)


def central_of(world, name: str) -> CentralPath:
    return world.engine.central(world.matrix, world.scenario(name))


def extreme(count: int, seed: int, low: float = 0.4, high: float = 2.5) -> Draws:
    """Trade elasticities far out."""
    names = tuple(f"{kind}_{family}" for kind in ("armington", "transformation") for family in (
        "agriculture", "mining", "manufacturing", "services",
    ))  # fmt: skip
    return Draws(names, np.random.default_rng(seed).uniform(low, high, (count, len(names))))


def test_the_central_path_is_solved_by_broyden_without_a_step(world) -> None:
    for name in ("baseline", "coastal_boom", "transaction_cost_cut"):
        path = world.path(Draws((), np.zeros((LANES, 0))), name)
        assert np.all(path.method == BROYDEN)
        assert path.steps.max() <= 1


def test_broyden_finds_what_newton_finds(world, mixed) -> None:
    for name in ("baseline", "transaction_costs"):
        quick = world.path(mixed, name)
        assert np.mean(quick.method == BROYDEN) > 0.9
        exact = world.path(mixed, name, spoiled(central_of(world, name), inverses=1e-6, logs=1e-3))
        assert np.all(exact.method == NEWTON)
        np.testing.assert_allclose(np.exp(quick.logs), np.exp(exact.logs), rtol=1e-9)
        np.testing.assert_allclose(quick.recorded, exact.recorded, rtol=1e-8, atol=1e-9)


def test_newton_converges_far_below_the_tolerance(world, mixed) -> None:
    path = world.path(mixed, "baseline", spoiled(central_of(world, "baseline"), inverses=1e-6, logs=1e-3))
    assert path.residual.max() <= 0.01 * TOLERANCE


@pytest.mark.parametrize("inverses", [-1.0, 0.0, np.nan])
def test_useless_inverses_leave_the_work_to_newton(world, mixed, inverses: float) -> None:
    wanted = world.path(mixed)
    path = world.path(mixed, "baseline", spoiled(central_of(world, "baseline"), inverses=inverses))
    assert np.all(path.method[1:] != FAILED)
    assert np.any(path.method == NEWTON)
    assert path.residual.max() <= TOLERANCE
    np.testing.assert_allclose(path.logs, wanted.logs, atol=1e-9)


@pytest.mark.parametrize("far", [3.0, np.nan])
def test_a_start_from_nowhere_is_led_there_from_the_base_year(world, mixed, far: float) -> None:
    wanted = world.path(mixed, "inland_productivity")
    lost = spoiled(central_of(world, "inland_productivity"), logs=far, first=10)
    path = world.path(mixed, "inland_productivity", lost)
    assert np.all(path.method[10] == HOMOTOPY)
    assert path.residual.max() <= TOLERANCE
    np.testing.assert_allclose(path.logs, wanted.logs, atol=1e-9)


def test_elasticities_far_out_are_solved_and_exact(world) -> None:
    draws = Draws(tuple(HARD), np.tile(list(HARD.values()), (LANES, 1)) ** np.linspace(0.1, 1.0, LANES)[:, None])
    at = world.columns(draws, "transaction_cost_cut")
    assert at.path.residual.max() <= TOLERANCE
    assert np.any(at.path.method != BROYDEN)
    left = world.primal(at)[2]
    assert max(np.abs(values).max() for values in left.values()) < 1e-9


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_many_elasticities_far_out_are_solved_and_exact(world, seed: int) -> None:
    for name in ("baseline", "coastal_boom", "transaction_costs", "transaction_cost_cut"):
        at = world.columns(extreme(LANES, seed), name)
        assert at.path.residual.max() <= TOLERANCE
        left = world.primal(at)[2]
        assert max(np.abs(values).max() for values in left.values()) < 1e-9


@pytest.mark.slow
def test_nearly_all_draws_of_half_the_elasticities_either_way_need_no_help(peru) -> None:
    draws = extreme(256, seed=12, low=0.5, high=1.5)
    names = ("coastal_boom", "transaction_costs", "social_transfers", "inland_productivity")
    solution = peru.solve_draws(draws, [peru.scenarios[name] for name in names], ["gdp_growth"])
    assert np.all(solution.outcome == Outcome.SOLVED)
    assert solution.residual.max() <= TOLERANCE


def test_a_path_without_an_equilibrium_is_said_to_have_none(peru) -> None:
    # Labour that shrinks by more than all of it turns negative.
    hopeless = Draws(("factor_growth",), np.array([[-1.5], [0.02]]))
    solution = peru.solve_draws(hopeless, [peru.scenarios["coastal_boom"]], ["gdp"])
    assert solution.outcome[0, 0] not in (Outcome.SOLVED, Outcome.NOT_RUN)
    assert solution.outcome[1, 0] == Outcome.BASELINE_FAILED
    assert np.isnan(solution.outputs["gdp"][:, 0]).all()
    assert np.all(solution.outcome[:, 1] == Outcome.SOLVED)
    assert np.isfinite(solution.outputs["gdp"][:, 1]).all()


def bits(peru, draws: Draws, names: Sequence[str]) -> dict[str, np.ndarray]:
    """All numbers of the runs by name, (scenario, draw, ...)."""
    solution = peru.solve_draws(draws, [peru.scenarios[name] for name in names])
    return {
        **solution.outputs,
        "outcome": solution.outcome,
        "residual": solution.residual,
        "iterations": solution.iterations,
    }


def equal(ours: dict, theirs: dict, mine: Sequence[int], other: Sequence[int]) -> None:
    for name, values in ours.items():
        assert np.array_equal(values[:, mine], theirs[name][:, other], equal_nan=True), name


@pytest.fixture(scope="module")
def company(peru, draw_widely) -> Draws:
    """Easy, hard and hopeless draws side by side."""
    drawn = draw_widely(19, 21)
    values = drawn.values.copy()
    values[3, drawn.factors.index("armington_services")] = 0.06
    values[5, drawn.factors.index("factor_growth")] = -1.5
    values[11, drawn.factors.index("armington_manufacturing")] = 9.0
    return Draws(drawn.factors, values)


@pytest.fixture(scope="module")
def together(peru, company) -> dict[str, np.ndarray]:
    return bits(peru, company, ["coastal_boom", "transaction_cost_cut"])


@pytest.mark.parametrize("row", [0, 3, 5, 11, 18])
def test_a_draw_alone_has_the_bits_it_has_in_company(peru, company, together, row: int) -> None:
    alone = bits(peru, Draws(company.factors, company.values[row : row + 1]), ["coastal_boom", "transaction_cost_cut"])
    equal(alone, together, [0], [row])


@settings(max_examples=5, deadline=None)
@given(st.permutations(range(19)), st.integers(1, 19))
def test_order_and_batch_size_change_nothing(peru, company, together, order: list[int], size: int) -> None:
    chosen = order[:size]
    some = bits(peru, Draws(company.factors, company.values[chosen]), ["coastal_boom", "transaction_cost_cut"])
    equal(some, together, range(size), chosen)


def test_the_other_scenarios_change_nothing(peru, company, together) -> None:
    other = bits(peru, company, ["social_transfers", "transaction_cost_cut", "inland_productivity"])
    for name, values in together.items():
        assert np.array_equal(values[0], other[name][0], equal_nan=True), name
        assert np.array_equal(values[2], other[name][2], equal_nan=True), name


def test_columns_in_another_order_change_nothing(peru, company, together) -> None:
    turned = Draws(company.factors[::-1], np.ascontiguousarray(company.values[:, ::-1]))
    equal(bits(peru, turned, ["coastal_boom", "transaction_cost_cut"]), together, range(19), range(19))


def test_a_second_time_gives_the_same_bits(peru, company, together) -> None:
    equal(bits(peru, company, ["coastal_boom", "transaction_cost_cut"]), together, range(19), range(19))


def test_a_few_outputs_have_the_bits_of_all(peru, company, together) -> None:
    solution = peru.solve_draws(company, [peru.scenarios["coastal_boom"]], ["wage", "gdp_growth"])
    assert set(solution.outputs) == {"wage", "gdp_growth"}
    for name, values in solution.outputs.items():
        assert np.array_equal(values, together[name][:2], equal_nan=True)
