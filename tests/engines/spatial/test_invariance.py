"""What must not matter: units, the order of places, where a map is cut, levels of wellbeing, where a search starts."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from cordillera.engines.spatial import dataset_engine

YEARS = 6


def column(values: np.ndarray) -> np.ndarray:
    return values[:, None]


def test_the_unit_of_land_goes_with_that_of_the_cost_of_innovation(make_model) -> None:
    model = make_model()
    p, world = model.parameters, model.world
    other = model.under(world=world._replace(land=40.0 * world.land), parameters=p._replace(nu=p.nu / 40.0))
    one, two = model.solved(YEARS), other.solved(YEARS)
    np.testing.assert_allclose(two.population, one.population, rtol=1e-10)
    for name in ("income", "utility", "real_wage"):
        before, after = getattr(one, name), getattr(two, name)
        np.testing.assert_allclose(after / after[0], before / before[0], rtol=1e-10, err_msg=name)
    np.testing.assert_allclose(two.openness, one.openness, rtol=1e-10)


def test_the_unit_of_land_alone_does_matter(make_model) -> None:
    model = make_model()
    other = model.under(world=model.world._replace(land=40.0 * model.world.land))
    one, two = (values.solved(YEARS).income for values in (model, other))
    assert np.abs((two[-1] / two[0]) / (one[-1] / one[0]) - 1.0).min() > 0.01


def test_the_number_of_people_goes_with_the_cost_of_innovation(make_model) -> None:
    model = make_model()
    p, world = model.parameters, model.world
    many = world._replace(people=1000.0 * world.people, people_next=1000.0 * world.people_next)
    one, two = model.solved(YEARS), model.under(world=many, parameters=p._replace(nu=1000.0 * p.nu)).solved(YEARS)
    np.testing.assert_allclose(two.population, 1000.0 * one.population, rtol=1e-10)
    np.testing.assert_allclose(two.income / two.income[0], one.income / one.income[0], rtol=1e-10)


def test_the_currency_of_incomes_does_not_matter(make_model) -> None:
    model = make_model()
    one, two = (
        model.solved(YEARS),
        model.under(world=model.world._replace(income=7.3 * model.world.income)).solved(YEARS),
    )
    for name, values in one._asdict().items():
        np.testing.assert_allclose(getattr(two, name), values, rtol=1e-10, err_msg=name)


def test_the_unit_of_transport_costs_does_not_matter(make_model) -> None:
    model = make_model()
    one, two = model.solved(YEARS), model.under(kernel=1234.5 * model.kernel).solved(YEARS)
    for name in ("population", "utility", "openness", "land_rent", "income", "real_wage"):
        np.testing.assert_allclose(getattr(two, name), getattr(one, name), rtol=1e-10, err_msg=name)
    for name in ("amenity", "technology"):
        before, after = getattr(one, name), getattr(two, name)
        np.testing.assert_allclose(after / after[0], before / before[0], rtol=1e-10, err_msg=name)


def test_levels_of_wellbeing_cancel_from_all_but_utility_and_amenities(make_model) -> None:
    model = make_model()
    draw = np.random.default_rng(9)
    other = model.under(world=model.world._replace(utility=column(np.exp(draw.normal(0.0, 1.0, 25)))))
    one, two = model.solved(YEARS), other.solved(YEARS)
    for name in ("population", "income", "price_level", "openness", "technology", "real_wage"):
        np.testing.assert_allclose(getattr(two, name), getattr(one, name), rtol=1e-10, err_msg=name)
    np.testing.assert_allclose(two.utility / two.utility[0], one.utility / one.utility[0], rtol=1e-10)


def test_the_order_of_places_does_not_matter(make_model) -> None:
    model = make_model()
    order = np.random.default_rng(2).permutation(len(model.kernel))
    mixed = model.under(
        world=type(model.world)(*(values[order] for values in model.world)), kernel=model.kernel[np.ix_(order, order)]
    )
    one, two = model.solved(YEARS), mixed.solved(YEARS)
    for name, values in one._asdict().items():
        np.testing.assert_allclose(getattr(two, name), values[:, order], rtol=1e-10, err_msg=name)


@pytest.mark.parametrize("seed", range(5))
def test_any_starting_point_leads_to_the_same_fundamentals_and_path(make_model, seed: int) -> None:
    model = make_model()
    draw = np.random.default_rng(seed)
    found = model.calibration()
    again = model.calibration(draw.normal(0.0, 3.0, (25, 1)))
    for name, values in found.fundamentals._asdict().items():
        np.testing.assert_allclose(getattr(again.fundamentals, name), values, atol=1e-8, err_msg=name)
    given = found.fundamentals
    path = model.path(given, YEARS)
    elsewhere = path._replace(log_unknown=path.log_unknown + draw.normal(0.0, 0.5, path.log_unknown.shape))
    other = model.path(given, YEARS, reference=elsewhere)
    for name in ("log_density", "log_utility", "log_technology", "log_unknown"):
        np.testing.assert_allclose(getattr(other, name), getattr(path, name), atol=1e-8, err_msg=name)


@pytest.mark.parametrize("shift", [1, 7, 18])
def test_where_a_map_is_cut_does_not_matter(small, globe, make_engine, shift: int) -> None:
    rolled = xr.Dataset({name: (array.dims, np.roll(array.values, shift, 1)) for name, array in globe.items()})
    one = small.solve({}, ["cost_cut", "major_road"])
    two = make_engine(rolled, shift=shift).solve({}, ["cost_cut", "major_road"])
    for name in ("income_gap", "population_gap", "openness_gap", "gain", "gini", "lorenz", "inclusive_value_gap"):
        np.testing.assert_allclose(two[name], one[name], rtol=1e-9, atol=1e-9, err_msg=name)


def twice_the_cost(engine) -> dict[str, float]:
    """Rail and no rail at twice their costs, by which every cell costs twice as much."""
    return {name: 2.0 * engine.factors[name].default for name in ("cost_rail", "cost_no_rail")}


def test_the_unit_of_the_costs_of_all_modes_does_not_matter(small) -> None:
    one, two = (small.solve(draw, ["cost_cut", "major_road"]) for draw in ({}, twice_the_cost(small)))
    for name in ("income_gap", "population_gap", "utility_gap", "openness_gap", "gain"):
        np.testing.assert_allclose(two[name], one[name], rtol=1e-5, atol=1e-6, err_msg=name)


@pytest.mark.slow
def test_nor_does_it_matter_among_groups(corridor) -> None:
    one, two = (corridor.solve(draw, ["cost_cut", "major_road"]) for draw in ({}, twice_the_cost(corridor)))
    for name in ("income_gap", "population_gap", "utility_gap", "openness_gap"):
        for place in ("corridor", "neighbours"):
            found, wanted = two[name].sel(place=place), one[name].sel(place=place)
            np.testing.assert_allclose(found, wanted, rtol=3e-3, err_msg=f"{name} {place}")


@pytest.fixture(scope="module")
def listed(make_list) -> xr.Dataset:
    """Places in a list that bring their own costs."""
    draw = np.random.default_rng(12)
    point = draw.uniform(0.0, 4.0, (40, 2))
    return make_list(draw, 0.3 + np.hypot(*(point[:, None] - point).T))


def test_outputs_that_are_no_index_do_not_depend_on_the_unit_of_transport_costs(listed: xr.Dataset) -> None:
    far = listed.assign(cost=64.0 * listed["cost"])
    one, two = (dataset_engine(world, [1, 2, 3], years=3).solve({}, ["cost_cut"]) for world in (listed, far))
    for name in (name for name in one if one[name].attrs["units"] != "index"):
        # Ratios of flows hang on places that hardly have any.
        if name != "flow_gap":
            np.testing.assert_allclose(two[name], one[name], rtol=1e-5, atol=1e-6, err_msg=str(name))


def test_the_order_of_listed_places_does_not_matter(listed: xr.Dataset) -> None:
    order = np.random.default_rng(4).permutation(40)
    mixed = listed.isel(place=order, there=order)
    rank = np.argsort(order)
    one = dataset_engine(listed, [3, 1, 20], years=4).solve({}, ["cost_cut"])
    two = dataset_engine(mixed, rank[[3, 1, 20]], years=4).solve({}, ["cost_cut"])
    for name in ("income_gap", "population_gap", "gain", "gini"):
        np.testing.assert_allclose(two[name], one[name], rtol=1e-9, atol=1e-10, err_msg=name)
    np.testing.assert_allclose(two["openness_gap_map"], one["openness_gap_map"][:, order], rtol=1e-5, atol=1e-6)


def test_an_index_of_wellbeing_cancels_from_the_gaps(globe, small, make_engine) -> None:
    ladder = np.random.default_rng(3).uniform(3.0, 8.0, (12, 24))
    other = make_engine(globe.assign(ladder=(("latitude", "longitude"), ladder)))
    one, two = (engine.solve({}, ["cost_cut"]) for engine in (small, other))
    for name in ("income_gap", "utility_gap", "population_gap", "productivity_gap", "openness_gap", "gain", "gini"):
        np.testing.assert_allclose(two[name], one[name], rtol=1e-7, atol=1e-9, err_msg=name)
    assert not np.allclose(two["utility"], one["utility"])


def test_a_world_that_is_repeated_years_longer_begins_with_the_same_years(small) -> None:
    short, long = replace(small, years=4).solve, small.solve
    coords = {**small.coords, "year": tuple(range(5))}
    short = replace(small, years=4, coords=coords).solve({}, ["cost_cut"], ["income"])["income"]
    np.testing.assert_array_equal(short, long({}, ["cost_cut"], ["income"])["income"][:, :5])
