"""The full system of equations: its count, that it has no slack, and that every solved year satisfies it."""

from dataclasses import replace

import cordillera
import numpy as np
import pytest
from cordillera.engines import Draws
from cordillera.engines.cge.parts import Allocation, Deflator
from cordillera.engines.cge.primal import (
    DROPPED,
    EQUATIONS,
    NOMINAL,
    as_vector,
    calibrate,
    from_vector,
    given_of,
    residual,
    structure_of,
    variables_of,
)
from cordillera.engines.cge.program import LANES

TIGHT = 1e-9
SCENARIOS = (
    "baseline", "coastal_boom", "transaction_costs", "social_transfers", "inland_productivity", "transaction_cost_cut",
    "transaction_cost_cut_7",
)  # fmt: skip
COUNT = {
    "PE": 49, "PM": 46, "PRD": 34, "PR": 34, "PDD": 72, "PD": 74, "PQ": 72, "PX": 74, "PVA": 74, "QVA": 74, "QX": 74,
    "QF": 266, "QINT": 72, "QD": 74, "QE": 49, "QR": 34, "QM": 46, "QRD": 34, "QQ": 72, "QT": 4, "C": 122, "QG": 8,
    "QI": 16, "W": 8, "RK": 74, "YF": 12, "YH": 4, "EH": 4, "FR": 2, "RR": 2, "POINTS": 1, "SHK": 2, "PK": 2, "NK": 1,
    "V": 1, "INV": 1, "CPI": 1, "DPI": 1, "EXR": 1, "GR": 1, "GC": 1,
}  # fmt: skip


def worst(left: dict[str, np.ndarray]) -> tuple[float, str]:
    """The largest residual and the equation it stands in."""
    return max((float(np.abs(values).max()), name) for name, values in left.items())


def base_year(world, runs: int = 1):
    """The full model at the benchmark: structure, calibration, what is given, variables."""
    start = world.inputs(Draws((), np.zeros((runs, 0))))
    s = structure_of(world.matrix.benchmark, world.matrix.program.rules)
    p = calibrate(s, start.behaviour)
    first = type(start.schedule)(*(getattr(start.schedule, name)[0] for name in start.schedule.__slots__))
    return s, p, given_of(s, first, start.state), p.base


def test_there_are_1593_equations_in_as_many_unknowns(world) -> None:
    s, p, g, v = base_year(world)
    assert {name: len(values) for name, values in zip(v._fields, v, strict=True)} == COUNT
    left = residual(s, p, g, v)
    assert sum(len(left[name]) for name in EQUATIONS) == sum(COUNT.values()) == 1593
    assert len(left[DROPPED]) == 1


def test_the_benchmark_satisfies_every_equation(world) -> None:
    assert worst(residual(*base_year(world)))[0] < 1e-12


def test_symbols_may_stand_for_numbers(world) -> None:
    s, p, g, v = base_year(world)
    symbols = type(v)(*(part.astype(object) for part in v))
    left = residual(s, p, g, symbols)
    assert all(values.dtype == object for values in left.values())
    assert worst({name: values.astype(float) for name, values in left.items()})[0] < 1e-12


def equations(s, p, g, v) -> np.ndarray:
    """Residuals of all equations but the dropped one."""
    left = residual(s, p, g, v)
    return np.concatenate([left[name] for name in EQUATIONS])


def size_of(v) -> np.ndarray:
    x = as_vector(v)
    return np.where(x == 0.0, 1.0, np.abs(x))


def jacobian(s, p, g, v, scale: np.ndarray) -> np.ndarray:
    """Derivatives of all equations by all variables over their scale, by differences: one run a variable."""
    step = 1e-7
    shifted = from_vector(v, as_vector(v) + step * np.diag(scale[:, 0]))
    return (equations(s, p, g, shifted) - equations(s, p, g, v)) / step


def test_no_equation_is_redundant_and_no_variable_free(world) -> None:
    s, p, g, v = base_year(world)
    assert np.linalg.cond(jacobian(s, p, g, v, size_of(v)), 1) < 1e8


@pytest.mark.parametrize("years", [1, pytest.param(10, marks=pytest.mark.slow)])
def test_the_full_system_solved_from_the_base_year_on_gives_the_condensed_solution(world, mixed, years: int) -> None:
    at, s = world.columns(mixed, "coastal_boom"), world.structure()
    condensed = as_vector(variables_of(s, 1.0 - at.behaviour.factor, at.state, at.schedule.tfp, at.year))
    found = None
    for year in range(1, years + 1):
        run = slice(LANES * year + 1, LANES * year + 2)
        behaviour, schedule, state = (taken(part, run) for part in (at.behaviour, at.schedule, at.state))
        p, g = calibrate(s, behaviour), given_of(s, schedule, state)
        scale = size_of(p.base)
        found = as_vector(p.base) if found is None else found
        inverse = np.linalg.inv(jacobian(s, p, g, from_vector(p.base, found), scale))
        for _ in range(40):
            left = equations(s, p, g, from_vector(p.base, found))
            if np.abs(left).max() < 1e-12:
                break
            found = found - scale * (inverse @ left)
        np.testing.assert_allclose(found / scale, condensed[:, run] / scale, atol=1e-8)


def taken(part, runs: slice):
    """Some of the columns of every vector of a record."""
    return type(part)(*(getattr(part, name)[:, runs] for name in part.__slots__))


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_year_of_the_default_and_of_wide_draws_satisfies_the_full_system(world, mixed, name: str) -> None:
    at = world.columns(mixed, name)
    assert at.path.residual.max() <= 1e-10
    assert worst(world.primal(at)[2])[0] < TIGHT


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_many_wide_draws_satisfy_the_full_system(world, draw_widely, name: str, seed: int) -> None:
    at = world.columns(draw_widely(LANES, seed), name)
    assert at.path.residual.max() <= 1e-10
    assert worst(world.primal(at)[2])[0] < TIGHT


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_dropped_current_account_holds(world, mixed, name: str) -> None:
    assert np.abs(world.primal(world.columns(mixed, name))[2][DROPPED]).max() < TIGHT


def test_doubling_every_price_breaks_the_numeraire_alone(world, mixed) -> None:
    at = world.columns(mixed, "inland_productivity")
    s = world.structure()
    p, g = calibrate(s, at.behaviour), given_of(s, at.schedule, at.state)
    v = variables_of(s, 1.0 - at.behaviour.factor, at.state, at.schedule.tfp, at.year)
    dearer = v._replace(**{name: 2.0 * getattr(v, name) for name in NOMINAL})
    left = residual(s, p, g, dearer)
    np.testing.assert_allclose(left.pop("8c numeraire"), 1.0, atol=1e-8)
    assert worst(left)[0] < 10.0 * TIGHT


VARIANTS = [
    (Allocation.CURRENT, Deflator.PRICE_OF_CAPITAL, True, True),
    (Allocation.CURRENT, Deflator.NONE, False, False),
    (Allocation.LAGGED, Deflator.REGIONAL_CPI, True, False),
    (Allocation.INERTIA, Deflator.NONE, False, True),
]
EVERY_VARIANT = [
    (allocation, deflator, mining, solved)
    for allocation in Allocation
    for deflator in Deflator
    for mining in (False, True)
    for solved in (False, True)
]


def check_variant(world, variant, draws: Draws, name: str) -> None:
    allocation, deflator, mining, solved = variant
    other = world.under(allocation=allocation, deflator=deflator, mining_is_a_type=mining, solve_tax_points=solved)
    at = other.columns(draws, name)
    assert at.path.residual.max() <= 1e-10
    assert worst(other.primal(at)[2])[0] < TIGHT


def gentle(mixed: Draws) -> Draws:
    """Mobility of investment at which even the rule of the current year has an equilibrium."""
    values = mixed.values.copy()
    values[:, mixed.factors.index("investment_mobility_regions")] = np.linspace(0.5, 2.0, len(values))
    return Draws(mixed.factors, values)


@pytest.mark.parametrize("variant", VARIANTS)
def test_other_rules_satisfy_the_full_system(world, mixed, variant) -> None:
    check_variant(world, variant, gentle(mixed), "transaction_costs")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["baseline", "social_transfers"])
@pytest.mark.parametrize("variant", EVERY_VARIANT)
def test_every_combination_of_rules_satisfies_the_full_system(world, mixed, variant, name: str) -> None:
    check_variant(world, variant, gentle(mixed), name)


def moved(at) -> np.ndarray:
    """What the share of the first region in the population differs by from its share in the base year, (year x run)."""
    people = at.state.population.reshape(2, 2, -1).sum(axis=1)
    share = people[0] / people.sum(axis=0)
    return np.abs(share - share[0])


# A setting of the case other than its own, where it counts, and what of the last year it makes more of in all runs.
SWITCHES = [
    ({"migrant_self": 1.0}, "coastal_boom", moved),
    ({"rt_tfp_add": True}, "transaction_costs", lambda at: at.year.value_added.sum(axis=0)),
    ({"invest_fiscal": "I"}, "transaction_costs", lambda at: at.year.investment.sum(axis=0)),
    ({"invest_fiscal": "none"}, "inland_productivity", lambda at: -at.year.tax_points[0]),
]


@pytest.mark.parametrize(("switch", "name", "more"), SWITCHES, ids=[next(iter(one[0])) for one in SWITCHES])
def test_settings_of_the_case_satisfy_the_full_system_and_count(world, mixed, switch: dict, name: str, more) -> None:
    engine = cordillera.engine("cge", **switch)
    other = type(world)(engine, engine.open_matrix(0))
    at, usual = other.columns(mixed, name), world.columns(mixed, name)
    assert at.path.residual.max() <= 1e-10
    assert worst(other.primal(at)[2])[0] < TIGHT
    last = slice(-LANES, None)
    assert more(at)[last].sum() > more(usual)[last].sum()


def test_given_tax_points_are_those_of_the_schedule(world, mixed) -> None:
    fixed = world.under(solve_tax_points=False)
    at = fixed.columns(mixed, "social_transfers")
    later = at.year.tax_points[0].reshape(11, LANES)
    assert np.all(later[1:] == fixed.engine.settings["tax_points"])
    assert np.all(later[0] == 0.0)


def test_a_wrong_number_anywhere_is_seen(world) -> None:
    s, p, g, v = base_year(world)
    for name, values in zip(v._fields, v, strict=True):
        bumped = np.where(values == 0.0, 0.01, values * 1.01)
        assert worst(residual(s, p, g, v._replace(**{name: bumped})))[0] > 1e-4, name


def test_the_equations_follow_the_rules_that_they_are_given(world, mixed) -> None:
    at = world.columns(mixed, "coastal_boom")
    s = world.structure()
    p, g = calibrate(s, at.behaviour), given_of(s, at.schedule, at.state)
    v = variables_of(s, 1.0 - at.behaviour.factor, at.state, at.schedule.tfp, at.year)
    other = s._replace(rules=replace(s.rules, allocation=Allocation.CURRENT))
    assert worst(residual(other, p, g, v)) > (1e-4, "22a regional shares")
