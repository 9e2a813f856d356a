"""Every year is an equilibrium of the paper's equations in levels, and exact relations between outputs hold.

Desmet, Nagy and Rossi-Hansberg (2018), "The Geography of Development"; equation numbers are theirs.
"""

import numpy as np
import pytest
from equilibrium import check


@pytest.mark.parametrize("scenario", [None, "major_road", "cost_cut"])
def test_every_year_of_the_corridor_is_an_equilibrium_in_levels(corridor, make_run, scenario: str | None) -> None:
    check(make_run(corridor, scenario=scenario and corridor.scenarios[scenario]))


@pytest.mark.parametrize("scenario", [None, "major_road", "cost_cut"])
def test_every_year_of_a_made_up_globe_is_an_equilibrium_in_levels(small, make_run, scenario: str | None) -> None:
    check(make_run(small, scenario=scenario and small.scenarios[scenario]))


@pytest.mark.parametrize(
    "draw",
    [
        {"theta": 4.0, "upsilon": 0.6, "rho": 0.6},
        {"theta": 10.0, "upsilon": 0.2, "omega": 0.9},
        {"lambda": 0.6, "alpha": 0.3, "mu": 0.6, "gamma1": 0.5, "xi": 30.0},
        {"gamma2": 0.9, "nu": 1.0, "within_cell": 1.0, "income_gradient": 0.3, "cost_no_road": 4.0},
    ],
)
def test_other_draws_are_equilibria_too(small, make_run, draw: dict[str, float]) -> None:
    check(make_run(small, draw, small.scenarios["cost_cut"]))


@pytest.fixture(scope="module")
def large(make_globe, make_engine):
    """A made-up globe of 45 by 90 cells."""
    return make_engine(make_globe(45, 90, seed=8))


@pytest.mark.parametrize("scenario", [None, "major_road", "cost_cut"])
def test_every_year_of_a_globe_of_4_degrees_is_an_equilibrium_in_levels(large, make_run, scenario: str | None) -> None:
    check(make_run(large, scenario=scenario and large.scenarios[scenario]))


@pytest.mark.parametrize("name", ["corridor", "small"])
def test_the_base_year_and_the_people_of_the_next_come_out_as_they_went_in(name: str, make_run, request) -> None:
    run = make_run(request.getfixturevalue(name))
    levels, world, p = run.levels, run.world, run.parameters
    wage = levels.utility / levels.amenity * levels.price_level * (p.mu * p.xi + p.gamma1) / p.xi
    income = world.income / ((world.income * world.cells).sum(axis=0) / world.cells.sum(axis=0))
    np.testing.assert_allclose(wage[0], np.broadcast_to(income, wage[0].shape), rtol=1e-9)
    np.testing.assert_allclose(levels.population[0], np.broadcast_to(world.people, wage[0].shape), rtol=1e-12)
    np.testing.assert_allclose(levels.population[1], np.broadcast_to(world.people_next, wage[0].shape), rtol=1e-8)
    mean = (levels.income[0] * world.people).sum(axis=0) / world.people.sum(axis=0)
    np.testing.assert_allclose(mean, 1.0, rtol=1e-12)
    np.testing.assert_allclose(levels.utility[0], np.broadcast_to(world.utility, wage[0].shape), rtol=1e-12)


def test_people_neither_appear_nor_vanish(corridor, make_run) -> None:
    for scenario in (None, corridor.scenarios["cost_cut"]):
        people = make_run(corridor, scenario=scenario).levels.population
        np.testing.assert_allclose(people.sum(axis=1), np.broadcast_to(people[0].sum(axis=0), (21, 1)), rtol=1e-12)


@pytest.mark.parametrize("name", ["corridor", "small"])
@pytest.mark.parametrize("scenario", ["major_road", "cost_cut"])
def test_gaps_of_utility_and_income_follow_from_that_of_people(name: str, scenario: str, make_run, request) -> None:
    """Amenities and costs of migration are the same on both paths, so each ratio is a power of the people's."""
    engine = request.getfixturevalue(name)
    base, policy = make_run(engine), make_run(engine, scenario=engine.scenarios[scenario])
    p = base.parameters

    def value(run) -> np.ndarray:
        pull = (run.levels.utility / np.exp(run.given.log_migration_cost)) ** (1.0 / p.omega)
        return pull.sum(axis=1, keepdims=True) ** p.omega

    ratio = {field: getattr(policy.levels, field) / getattr(base.levels, field) for field in base.levels._fields}
    people, world = ratio["population"][1:], (value(policy) / value(base))[1:]
    np.testing.assert_allclose(ratio["utility"][1:], people**p.omega * world, rtol=1e-11)
    np.testing.assert_allclose(ratio["income"][1:], people ** (p.omega + p.lambda_) * world, rtol=1e-11)
    np.testing.assert_allclose(ratio["real_wage"], ratio["income"], rtol=1e-12)
    own = np.exp(policy.path.log_technology - base.path.log_technology)[1:]
    np.testing.assert_allclose(ratio["productivity"][1:], own * people**p.alpha, rtol=1e-12)
    np.testing.assert_allclose(ratio["technology"] ** p.theta, ratio["productivity"], rtol=1e-12)


def test_the_reported_gaps_are_those_of_the_paths(corridor, make_run) -> None:
    scenario = corridor.scenarios["cost_cut"]
    base, policy = make_run(corridor), make_run(corridor, scenario=scenario)
    reported = corridor.solve({}, [scenario]).sel(scenario="cost_cut")
    region = corridor.geography.region
    line = corridor.places[False].corridor
    for field in ("income", "population", "utility", "productivity", "technology", "openness"):
        after, before = (getattr(run.levels, field)[1:, region, 0] for run in (policy, base))
        away = 100.0 * (after / before - 1.0)[:, line].mean()
        assert float(reported[f"{field}_gap"].sel(place="corridor")) == pytest.approx(away, rel=1e-12), field


def test_utility_gained_by_people_who_may_move_anywhere_is_the_inclusive_value(corridor, make_run) -> None:
    scenario = corridor.scenarios["cost_cut"]
    base, policy = make_run(corridor), make_run(corridor, scenario=scenario)
    omega = base.parameters.omega
    values = [
        ((run.levels.utility[-1] / np.exp(run.given.log_migration_cost)) ** (1 / omega)).sum() ** omega[0]
        for run in (base, policy)
    ]
    reported = corridor.solve({}, [scenario], ["inclusive_value_gap"])["inclusive_value_gap"].sel(scenario="cost_cut")
    assert float(reported) == pytest.approx(100.0 * (values[1] / values[0] - 1.0), rel=1e-8)
    assert float(reported) > 0
