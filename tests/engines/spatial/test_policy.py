"""What a scenario changes in a draw, and the cost of cells once it has."""

import numpy as np
import pytest
from cordillera.engines import Scenario, Shock
from cordillera.engines.spatial.infrastructure import COEFFICIENTS, CostCoefficients
from cordillera.engines.spatial.policy import Change, ScenarioError, changes_of, field_after

DRAW = {"cost_cut": 0.35, "major_road": 0.1, "crossing_from": 0.0, "stretch": 0.0}


def changes(*shocks: Shock, **values: float) -> tuple[Change, ...]:
    return changes_of(Scenario("own", "Own", shocks), DRAW | values)


def test_a_shock_takes_its_size_from_a_factor_or_as_it_stands() -> None:
    assert changes(Shock("cost_cut", "add", "cost_cut")) == (Change("cost_cut", False, 0.35),)
    assert changes(Shock("crossing", "set", 0.2)) == (Change("crossing_other", False, 0.2),)


def test_what_a_road_replaces_and_where_it_is_built_are_choices_of_the_draw() -> None:
    (change,) = changes(Shock("crossing", "add", "major_road"), crossing_from=1.0, stretch=1.0)
    assert change == Change("crossing_none", True, 0.1)
    (cut,) = changes(Shock("cost_cut", "add", "cost_cut"), crossing_from=1.0, stretch=1.0)
    assert cut == Change("cost_cut", True, 0.35)


def test_shocks_to_one_parameter_are_made_one_after_the_other() -> None:
    added = changes(Shock("cost_cut", "add", 0.1), Shock("cost_cut", "add", 0.2))
    assert added[0].amount == pytest.approx(0.3)
    doubled = changes(Shock("cost_cut", "add", 0.1), Shock("cost_cut", "times", 2.0))
    assert doubled[0].amount == pytest.approx(0.2)
    replaced = changes(Shock("cost_cut", "add", 0.1), Shock("cost_cut", "set", 0.05))
    assert replaced[0].amount == pytest.approx(0.05)


def test_a_part_of_a_change_and_a_complement_are_taken() -> None:
    assert changes(Shock("cost_cut", "add", "cost_cut", scale=0.5))[0].amount == pytest.approx(0.175)
    assert changes(Shock("cost_cut", "set", 0.7, complement=True))[0].amount == pytest.approx(0.3)


def test_changes_of_no_size_are_left_out() -> None:
    both = Shock("cost_cut", "add", "cost_cut"), Shock("crossing", "add", "major_road")
    assert changes(*both, cost_cut=0.0) == (Change("crossing_other", False, 0.1),)
    assert changes(*both, cost_cut=0.0, major_road=0.0) == ()
    assert changes() == ()


@pytest.mark.parametrize("limit", [{"region": "north"}, {"sectors": ("roads",)}, {"first_year": 2}, {"last_year": 10}])
def test_a_shock_to_a_part_of_the_project_is_refused(limit: dict[str, object]) -> None:
    with pytest.raises(ScenarioError, match=r"'own' limits a shock.*leave region, sectors"):
        changes(Shock("cost_cut", "add", 0.1, **limit))


def test_a_parameter_that_a_corridor_does_not_have_is_named() -> None:
    with pytest.raises(ScenarioError, match=r"'tariff'; a corridor knows cost_cut, crossing"):
        changes(Shock("tariff", "add", 0.1))


@pytest.fixture
def before(small) -> tuple:
    geography = small.geography
    central = CostCoefficients(*(small.factors[name].default for name in COEFFICIENTS))
    return geography.world, geography.project, central


def test_a_cut_lowers_the_cost_of_the_cells_of_the_line_alone(before) -> None:
    world, project, central = before
    plain = field_after(world, project, central, [])
    after = field_after(world, project, central, [Change("cost_cut", False, 0.35)])
    ratio = (after / plain).ravel()
    line = world.ground.cell[project.corridor]
    np.testing.assert_allclose(ratio[line], 0.65, rtol=1e-14)
    np.testing.assert_array_equal(np.delete(ratio, line), 1.0)


def test_a_cut_and_a_crossing_are_made_in_either_order(before) -> None:
    world, project, central = before
    both = [Change("cost_cut", False, 0.35), Change("crossing_other", False, 0.1)]
    one, two = (field_after(world, project, central, order) for order in (both, both[::-1]))
    np.testing.assert_allclose(one, two, rtol=1e-14)
    parts = [field_after(world, project, central, [change]) for change in both]
    np.testing.assert_allclose(one, parts[0] * parts[1] / field_after(world, project, central, []), rtol=1e-12)


def test_finished_stretches_are_left_out_if_only_the_rest_is_built(before) -> None:
    world, project, central = before
    finished = np.array([True, False, False, True, False, True])
    partly = type(project)(project.corridor, finished, project.region, project.home, project.mode)
    np.testing.assert_array_equal(partly.cells(True), project.corridor[[1, 2, 4]])
    np.testing.assert_array_equal(partly.cells(False), project.corridor)
    plain = field_after(world, partly, central, [])
    after = field_after(world, partly, central, [Change("cost_cut", True, 0.2)])
    changed = np.flatnonzero((after != plain).ravel())
    np.testing.assert_array_equal(changed, world.ground.cell[project.corridor[[1, 2, 4]]])
