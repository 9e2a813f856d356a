"""Locations on the globe, and what is reported of each of them."""

import numpy as np
import pytest
from cordillera.engines.spatial.outputs import WORLD_GAPS
from cordillera.engines.spatial.places_on_map import location_of_place, places_on_map


@pytest.fixture(scope="module")
def central(corridor):
    return corridor.solve({}, list(corridor.scenarios))


def test_every_location_has_a_label_of_its_own_and_the_region_stands_first(corridor) -> None:
    labels = corridor.coords["location"]
    assert len(set(labels)) == len(labels) == corridor.geography.grouping.size
    assert labels[: len(corridor.coords["cell"])] == corridor.coords["cell"]


def test_a_group_is_named_by_its_country_its_cells_and_their_middle(corridor) -> None:
    world, group = corridor.geography.world, corridor.geography.grouping.group
    location = corridor.geography.grouping.singles
    inside = group == location
    (country,) = set(world.country[inside])
    label = corridor.coords["location"][location]
    assert label.startswith(f"{country}, {inside.sum()} cells around {abs(world.latitude[inside].mean()):.2f}")


def test_the_cells_of_the_map_are_all_places_of_the_world(corridor) -> None:
    places = places_on_map(corridor.geography)
    assert places is not None
    assert len(places.latitude) == corridor.geography.world.size
    counts = np.bincount(places.location)
    assert (counts[: len(corridor.coords["cell"])] == 1).all()
    assert counts.min() == 1
    assert counts.max() > 10


def test_a_world_that_is_no_grid_of_one_degree_has_no_map(small) -> None:
    assert places_on_map(small.geography) is None
    np.testing.assert_array_equal(location_of_place(small.geography), np.arange(small.geography.world.size))
    assert len(small.coords["location"]) == small.geography.world.size


def test_gaps_of_the_world_are_those_of_the_maps_within_the_region(corridor, central) -> None:
    cells = len(corridor.coords["cell"])
    for name in WORLD_GAPS:
        inside = central[f"{name}_gap_world"].values[:, :cells]
        np.testing.assert_allclose(inside, central[f"{name}_gap_map"].values, rtol=1e-4, atol=1e-6)
    assert float(abs(central["income_gap_world"].sel(scenario="cost_cut")[cells:]).max()) > 0


def test_levels_of_the_world_are_those_of_the_last_year_and_keep_its_people(corridor, central) -> None:
    cells = len(corridor.coords["cell"])
    for name in ("income", "population"):
        last = central[name].isel(year=-1).values
        np.testing.assert_allclose(central[f"{name}_world"].values[:, :cells], last, rtol=1e-5)
    total = central["population_world"].sum("location").values
    np.testing.assert_allclose(total, corridor.geography.world.people.sum(), rtol=1e-5)


def test_net_flows_by_cell_average_to_the_statistic_of_the_region(central) -> None:
    mapped = central["flow_gap_map"].mean("cell").values
    np.testing.assert_allclose(mapped, central["flow_gap"].sel(statistic="per_head").values, rtol=1e-4, atol=1e-7)


def test_the_curve_of_incomes_ranks_people_by_the_income_of_their_cell(central) -> None:
    last = central.isel(year=-1).sel(scenario="cost_cut")
    income, people = (last[name].values.astype(float) for name in ("income", "population"))
    order = np.argsort(income)
    heads = np.concatenate([[0.0], np.cumsum(people[order])]) / people.sum()
    earned = np.concatenate([[0.0], np.cumsum((income * people)[order])]) / (income * people).sum()
    found = last["income_lorenz"].sel(area="region")
    wanted = np.interp(found["percentage"].values / 100.0, heads, earned)
    np.testing.assert_allclose(found.values, wanted, rtol=1e-5)
