"""A world of the user's own: what it may hold, and every fault in it named."""

import cordillera
import numpy as np
import pytest
import xarray as xr
from cordillera.data import CaseError
from cordillera.engines import Scenario, Shock, SolveError
from cordillera.engines.spatial import dataset_engine


@pytest.fixture(scope="module")
def listed(make_list) -> xr.Dataset:
    draw = np.random.default_rng(3)
    point = draw.uniform(0.0, 4.0, (20, 2))
    return make_list(draw, 0.3 + np.hypot(*(point[:, None] - point).T))


def faults(*arguments: object, **settings: object) -> list[str]:
    with pytest.raises(CaseError) as caught:
        dataset_engine(*arguments, **settings)
    return [str(fault) for fault in caught.value.faults]


def test_a_dataset_is_an_engine_by_name(globe: xr.Dataset, line_of) -> None:
    line, region = line_of(globe)
    engine = cordillera.engine("spatial", world=globe, corridor=line, region=region)
    assert engine.solve({"cost_cut": 0.2}, ["cost_cut"], ["income_gap"])["income_gap"].sel(
        scenario="cost_cut", place="corridor"
    ) > 0  # fmt: skip


def test_places_without_a_grid_can_have_their_costs_cut_and_nothing_else(listed: xr.Dataset) -> None:
    engine = dataset_engine(listed, [1, 2, 3], years=5)
    assert list(engine.scenarios) == ["cost_cut"]
    found = engine.solve({}, ["cost_cut"])
    gap = found["income_gap"].sel(scenario="cost_cut")
    assert gap.sel(place="corridor") > gap.sel(place="elsewhere" if "elsewhere" in gap.place else "neighbours")
    assert found["openness_gap"].sel(scenario="cost_cut", place="corridor") > 0
    crossing = Scenario("road", "Road", (Shock("crossing", "add", 0.1),))
    with pytest.raises(SolveError):
        engine.solve({}, [crossing])


def test_all_that_is_missing_or_unknown_is_told_at_once(globe: xr.Dataset) -> None:
    world = globe.drop_vars(["income", "rail"]).rename(water="watter")
    words = faults(world, [150])
    assert any("income" in word and "missing" in word for word in words)
    assert any("rail" in word and "missing" in word for word in words)
    assert any("water" in word and "missing" in word for word in words)
    assert any("watter" in word and "Did you mean 'water'" in word for word in words)
    assert len(words) == 4


def test_a_dataset_without_land_says_so(globe: xr.Dataset) -> None:
    assert any("land" in word and "missing" in word for word in faults(globe.drop_vars("land"), [150]))


@pytest.mark.parametrize("name", ["land", "population_0", "population_1", "income"])
@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf])
def test_a_number_that_makes_no_sense_is_named(globe: xr.Dataset, name: str, value: float) -> None:
    world = globe.copy(deep=True)
    world[name][3, 4] = value
    assert any(name in word and "finite and not negative" in word for word in faults(world, [150]))


@pytest.mark.parametrize("name", ["land", "rail", "major_road", "other_road", "water"])
@pytest.mark.parametrize("value", [1.2, -0.1, np.nan])
def test_a_share_that_is_none_is_named(globe: xr.Dataset, name: str, value: float) -> None:
    world = globe.copy(deep=True)
    world[name][3, 4] = value
    assert any(name in word for word in faults(world, [150]))


def test_roads_that_cover_more_than_a_cell_are_named(globe: xr.Dataset) -> None:
    world = globe.copy(deep=True)
    world["major_road"][3, 4], world["other_road"][3, 4] = 0.7, 0.6
    assert any("road" in word for word in faults(world, [150]))


def test_people_without_an_income_are_named(globe: xr.Dataset) -> None:
    world = globe.copy(deep=True)
    world["income"][6, 4] = 0.0
    assert any("income: must be positive" in word for word in faults(world, [150]))


def test_a_line_over_the_sea_or_over_nothing_is_named(globe: xr.Dataset) -> None:
    sea = int(np.flatnonzero(globe["land"].values.ravel() == 0)[0])
    assert f"cell {sea} is no location" in faults(globe, [150, sea])[0]
    assert "lists no cell" in faults(globe, [])[0]
    assert f"cell {sea} is no location" in faults(globe, [150], [150, sea])[0]


def test_a_region_must_be_more_than_the_line(globe: xr.Dataset) -> None:
    assert "must hold the cells of the corridor and others" in faults(globe, [150, 151], [150, 151])[0]
    assert "must hold the cells of the corridor and others" in faults(globe, [150, 151], [150, 152])[0]


@pytest.mark.parametrize("argument", ["corridor", "region"])
def test_a_cell_that_stands_twice_is_named(globe: xr.Dataset, argument: str) -> None:
    cells = {"corridor": [150, 151], "region": [150, 151, 152, 153]}
    cells[argument] = [*cells[argument], 150]
    assert any(argument in word and "twice" in word for word in faults(globe, **cells))


@pytest.mark.parametrize("name", ["area", "utility"])
def test_a_location_without_area_or_utility_is_named(globe: xr.Dataset, name: str) -> None:
    world = globe.assign({name: globe["land"] * 2.0})
    dataset_engine(world, [150, 151])
    world[name][6, 7] = 0.0
    assert any(name in word for word in faults(world, [150, 151]))


@pytest.mark.parametrize("years", [0, -3])
def test_a_path_without_years_is_refused(globe: xr.Dataset, years: int) -> None:
    assert any("years" in word for word in faults(globe, [150, 151], years=years))


def test_a_setting_that_only_a_case_has_is_refused(globe: xr.Dataset) -> None:
    assert any("resolution" in word for word in faults(globe, [150, 151], resolution="region"))


def test_a_line_that_has_no_neighbour_in_its_region_can_be_solved(globe: xr.Dataset) -> None:
    engine = dataset_engine(globe, [150, 151], [150, 151, 156, 157], years=2)
    found = engine.solve({}, ["cost_cut"], ["income_gap", "gain", "area_income"])
    assert float(found["income_gap"].sel(scenario="cost_cut", place="corridor")) > 0


def test_a_dearer_line_between_listed_places_is_refused_or_dearer(listed: xr.Dataset) -> None:
    dearer = Scenario("dearer", "Dearer", (Shock("cost_cut", "set", -0.5),))
    engine = dataset_engine(listed, [1, 2, 3], years=3)
    try:
        found = engine.solve({}, [dearer], ["openness_gap"])["openness_gap"]
    except SolveError:
        return
    assert float(found.sel(scenario="dearer", place="corridor")) < -0.1


def test_a_dearer_line_over_a_grid_is_dearer(globe: xr.Dataset, line_of) -> None:
    dearer = Scenario("dearer", "Dearer", (Shock("cost_cut", "set", -0.5),))
    found = dataset_engine(globe, *line_of(globe), years=3).solve({}, [dearer], ["openness_gap"])["openness_gap"]
    assert float(found.sel(scenario="dearer", place="corridor")) < 0


def test_an_unknown_mode_is_named(globe: xr.Dataset) -> None:
    assert any("tram" in word for word in faults(globe, [150, 151], mode="tram"))


@pytest.mark.parametrize(
    "spoil",
    [lambda cost: -cost, lambda cost: cost + np.tri(len(cost)), lambda cost: np.where(cost > 2, np.nan, cost)],
    ids=["negative", "not symmetric", "not numbers"],
)
def test_given_costs_that_make_no_sense_are_named_when_the_engine_is_made(listed: xr.Dataset, spoil) -> None:
    world = listed.assign(cost=(("place", "there"), spoil(listed["cost"].values)))
    assert any("cost" in word for word in faults(world, [1, 2]))


def test_rows_from_south_to_north_are_refused_or_turned(globe: xr.Dataset, line_of) -> None:
    right = globe.assign_coords(latitude=82.5 - 15.0 * np.arange(12))
    engine = dataset_engine(right, *line_of(globe))
    assert engine.coords["cell"][0].startswith("22.5N")
    with pytest.raises(CaseError, match="latitude"):
        dataset_engine(right.isel(latitude=slice(None, None, -1)), [5 * 24 + 5, 5 * 24 + 6])


def test_a_dataset_with_its_dimensions_the_other_way_round_is_the_same_world(globe: xr.Dataset, line_of) -> None:
    line, region = line_of(globe)
    one, two = (dataset_engine(world, line, region) for world in (globe, globe.transpose("longitude", "latitude")))
    assert one.coords == two.coords
    np.testing.assert_array_equal(one.geography.world.people, two.geography.world.people)
    np.testing.assert_array_equal(one.geography.world.ground.cell, two.geography.world.ground.cell)


def test_the_identity_follows_what_the_dataset_holds(globe: xr.Dataset, line_of) -> None:
    line, region = line_of(globe)
    richer = globe.assign(income=2.0 * globe["income"])
    engines = [
        dataset_engine(globe, line, region),
        dataset_engine(richer, line, region),
        dataset_engine(globe, line[::-1], region),
        dataset_engine(globe, line, region, years=7),
        dataset_engine(globe, line, region, mode="rail"),
        dataset_engine(globe, line, region, fundamentals="held"),
    ]
    assert len({engine.identity for engine in engines}) == len(engines)
    assert dataset_engine(globe.copy(deep=True), line, region).identity == engines[0].identity


@pytest.mark.parametrize("mode", ["rail", "water"])
def test_other_lines_than_roads_can_be_built(globe: xr.Dataset, line_of, mode: str) -> None:
    engine = dataset_engine(globe, *line_of(globe), years=3, mode=mode)
    found = engine.solve({}, ["major_road"], ["openness_gap"])["openness_gap"]
    assert float(found.sel(scenario="major_road", place="corridor")) > 0


def test_cells_without_people_in_either_year_are_no_locations(globe: xr.Dataset) -> None:
    world = globe.copy(deep=True)
    world["population_1"][6, 20] = 0.0
    engine = dataset_engine(world, [150, 151])
    assert 6 * 24 + 20 not in engine.geography.world.ground.cell.tolist()


def flat(**changes: object) -> xr.Dataset:
    """Six places in a row, some variables replaced."""
    layers: dict[str, object] = {
        name: ("place", np.linspace(0.2, 0.7, 6)) for name in ("land", "population_0", "population_1", "income")
    }
    layers["cost"] = (("place", "to"), 1.0 + np.abs(np.subtract.outer(np.arange(6.0), np.arange(6.0))))
    return xr.Dataset(layers | changes)


WORDS = np.array([["a"] * 24] * 12)
LADDER = np.full((12, 24), 5.0)
LADDER[2, 3] = np.nan
DETOUR = 1.0 + np.abs(np.subtract.outer(np.arange(6.0), np.arange(6.0)))
DETOUR[0, 5] = DETOUR[5, 0] = 90.0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"income": (("latitude", "place"), np.ones((12, 3)))}, "income: has the dimensions latitude, place; land has"),
        ({"income": (("latitude", "longitude", "year"), np.ones((12, 24, 2)))}, "income: has the dimensions lat"),
        ({"income": (("latitude", "longitude"), WORDS)}, "income: holds <U1, which are no numbers"),
        ({"ladder": (("latitude", "longitude"), LADDER)}, "ladder: is nan at latitude 2, longitude 3"),
        ({"cost": (("place", "to"), np.ones((288, 288)))}, "cost: the costs of a grid are solved from its roads"),
    ],
)  # fmt: skip
def test_a_layer_of_another_form_is_named(globe: xr.Dataset, change: dict, said: str) -> None:
    assert any(said in word for word in faults(globe.assign(change), [150, 151]))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cost": (("place", "to"), np.ones((6, 5)))}, "cost: has the shape (6, 5); it must be (6, 6)"),
        ({"cost": (("place",), np.ones(6))}, "cost: has the shape (6,); it must be (6, 6)"),
        ({"cost": (("place", "to"), np.eye(6) - 0.5)}, "cost: is -0.5 from 0 to 1; it must be finite and positive"),
        ({"cost": (("place", "to"), DETOUR)}, "cost: is 90 from 0 to 5, but 7 by way of 2; path integrals"),
        ({"rail": ("place", np.zeros(6))}, "rail: places that are no grid have costs of their own"),
    ],
)
def test_costs_of_another_form_are_named(change: dict, said: str) -> None:
    dataset_engine(flat(), [2, 3])
    assert any(said in word for word in faults(flat(**change), [2, 3]))


@pytest.mark.parametrize("name", ["corridor", "region"])
@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([150.0, 151.0], "it must be a list of whole numbers"),
        (np.ones((12, 24), bool), "is a mask; give flat indices, as numpy.flatnonzero"),
        (np.array([[150, 151]]), "it must be a list of whole numbers"),
        ("150, 151", "it must be a list of whole numbers"),
        (150, "it must be a list of whole numbers"),
        ([150, 151, 999], "cell 999 lies outside the world, whose cells are 0 to 287"),
        ([150, -2], "cell -2 lies outside the world"),
    ],
)
def test_cells_that_are_none_are_named(globe: xr.Dataset, name: str, cells: object, said: str) -> None:
    given: dict[str, object] = {"corridor": [150, 151], "region": [150, 151, 152, 153]}
    (word,) = faults(globe, **(given | {name: cells}))
    assert word.startswith(f"{name}: ")
    assert said in word


def test_a_world_without_a_line_or_that_is_no_dataset_is_named(globe: xr.Dataset) -> None:
    with pytest.raises(CaseError, match="corridor: is missing; give the flat indices"):
        cordillera.engine("spatial", world=globe)
    assert "is a dict; it must be an xarray.Dataset" in faults({"land": 1}, [1])[0]


@pytest.mark.parametrize("years", [2.5, "20", True, 401, None])
def test_years_that_are_no_number_of_years_are_named(globe: xr.Dataset, years: object) -> None:
    assert any("must be a whole number from 1 to 400" in word for word in faults(globe, [150, 151], years=years))


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("latitude", 90.0 - 15.0 * np.arange(12), "begins 90.0; 12 cells over the globe have their centres from 82.5"),
        ("longitude", 7.5 + 15.0 * np.arange(24), "begins 7.5; 24 cells over the globe have their centres from -172.5"),
        ("latitude", list("abcdefghijkl"), "12 cells over the globe"),
    ],
)  # fmt: skip
def test_coordinates_that_are_no_centres_of_cells_are_named(globe, name: str, values: object, said: str) -> None:
    (word,) = faults(globe.assign_coords({name: values}), [150, 151])
    assert word.startswith(f"world, {name}: ")
    assert said in word


def test_one_place_with_costs_of_its_own_is_no_line() -> None:
    assert "lists one place" in faults(flat(), [2])[0]


@pytest.mark.parametrize("setting", [{"metric": "marching"}, {"neighbours": 8}])
def test_settings_of_grids_are_refused_where_costs_are_given(setting: dict) -> None:
    assert "are for grids" in faults(flat(), [2, 3], **setting)[0]


def test_the_least_share_of_land_is_that_of_the_setting(globe: xr.Dataset, line_of) -> None:
    line, region = line_of(globe)
    world = globe.assign(land=globe["land"] * 0.05)
    few, many = (dataset_engine(world, line, region, years=2, least_land=share) for share in (0.01, 0.05))
    assert few.identity != many.identity
    assert few.geography.locations(np.zeros(1)).land.min() < 0.05
    assert many.geography.locations(np.zeros(1)).land.min() == 0.05
