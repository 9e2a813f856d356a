"""Places: incomes that follow density inside countries, groups of them, and what they are called."""

import numpy as np
import pytest
from cordillera.engines.spatial.grouping import group_far_places, grouped_locations
from cordillera.engines.spatial.locations import cell_mean, scaled_to_constant_world
from cordillera.engines.spatial.world import LEAST_LAND, Project, World, income_with_gradient, locations


@pytest.fixture
def world() -> World:
    draw = np.random.default_rng(6)
    count = 30
    return World(
        latitude=draw.uniform(-60, 60, count).round(1),
        longitude=draw.uniform(-180, 180, count).round(1),
        country=np.where(np.arange(count) < 12, "here", "there"),
        land=np.where(np.arange(count) == 4, 0.001, draw.uniform(0.1, 1.0, count)),
        area=draw.uniform(500.0, 9000.0, count),
        people=np.exp(draw.normal(10, 1, count)),
        people_next=np.exp(draw.normal(10, 1, count)),
        income=np.exp(draw.normal(8, 1, count)),
        utility=np.exp(draw.normal(0, 1, count)),
    )


def test_no_more_gradient_leaves_incomes_as_they_are(world: World) -> None:
    np.testing.assert_allclose(income_with_gradient(world, np.zeros(2)), np.c_[world.income, world.income], rtol=1e-13)


def test_a_gradient_adds_to_the_elasticity_within_countries_and_keeps_their_totals(world: World) -> None:
    found = income_with_gradient(world, np.array([0.25]))[:, 0]
    density = np.log(world.people / world.area)
    for country in ("here", "there"):
        inside = world.country == country
        assert (world.people * found)[inside].sum() == pytest.approx((world.people * world.income)[inside].sum())
        slope = np.log(found / world.income)[inside] - 0.25 * density[inside]
        np.testing.assert_allclose(slope, slope[0], atol=1e-12)


def test_a_cell_has_some_land_at_least_and_the_world_as_many_people_a_year_on(world: World) -> None:
    found = locations(world, world.income[:, None])
    assert found.land[4, 0] == LEAST_LAND
    np.testing.assert_allclose(found.people_next.sum(), world.people.sum(), rtol=1e-13)
    np.testing.assert_allclose(found.density[:, 0], world.people / found.land[:, 0], rtol=1e-14)
    ratio = found.people_next[:, 0] / world.people_next
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-13)


def test_a_mean_of_cells_counts_a_group_by_its_cells() -> None:
    assert cell_mean(np.array([[1.0], [4.0]]), np.array([[2.0], [1.0]]))[0] == 2.0
    np.testing.assert_allclose(scaled_to_constant_world(np.ones((4, 1)), np.full((4, 1), 3.0)), 1.0)


def project_of(world: World) -> Project:
    return Project(np.array([2, 3]), np.zeros(2, bool), np.array([2, 3, 20]), np.array([20]))


def test_the_region_stands_first_and_each_other_group_lies_in_one_country_and_block(world: World) -> None:
    grouping = group_far_places(world, project_of(world), 30)
    assert grouping.group[[2, 3, 20]].tolist() == [0, 1, 2]
    assert grouping.singles == 3
    assert sorted(set(grouping.group.tolist())) == list(range(grouping.size))
    for group in range(3, grouping.size):
        inside = grouping.group == group
        assert len(set(world.country[inside].tolist())) == 1
        for at in (world.latitude, world.longitude):
            assert len({np.floor(value / 30) for value in at[inside]}) == 1


def test_groups_hold_the_land_people_and_incomes_of_their_places(world: World) -> None:
    grouping = group_far_places(world, project_of(world), 30)
    found = grouped_locations(world, grouping, np.c_[world.income, 2.0 * world.income])
    own = locations(world, world.income[:, None])
    for group in range(grouping.size):
        inside = grouping.group == group
        assert found.people[group, 0] == pytest.approx(world.people[inside].sum(), rel=1e-13)
        assert found.people_next[group, 0] == pytest.approx(own.people_next[inside].sum(), rel=1e-12)
        assert found.land[group, 0] == pytest.approx(own.land[inside].sum(), rel=1e-13)
        assert found.cells[group, 0] == inside.sum()
        mean = (world.people * world.income)[inside].sum() / world.people[inside].sum()
        np.testing.assert_allclose(found.income[group], [mean, 2 * mean], rtol=1e-13)


def test_places_are_called_by_the_centres_of_their_cells(world: World) -> None:
    near = World(**{name: getattr(world, name) for name in World.__dataclass_fields__} | {
        "latitude": np.array([15.5, -0.5, 0.0]), "longitude": np.array([-90.5, 179.5, 0.0]),
    })  # fmt: skip
    assert near.labels(np.array([0, 1, 2])) == ["15.5N 90.5W", "0.5S 179.5E", "0N 0E"]


def test_a_world_without_a_grid_has_no_ground(world: World) -> None:
    with pytest.raises(ValueError, match="path integrals of its own"):
        _ = world.ground
