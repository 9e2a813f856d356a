"""The bundled case as an engine: settings, factors, places and policies."""

import cordillera
import numpy as np
import pytest
from cordillera.data import CaseError
from cordillera.data.corridor import read_corridor
from cordillera.engines.spatial import build_engine
from cordillera.engines.spatial.build import LARGE_CITY, case_world, list_factors, neighbours_on_grid
from cordillera.engines.spatial.parameters import PARAMETERS
from cordillera.engines.spatial.settings import ALLOWED, Settings, read_settings


def test_settings_that_do_not_exist_or_are_not_allowed_are_all_told_at_once() -> None:
    with pytest.raises(CaseError) as caught:
        read_settings("mine", {"resolutoin": "full", "neighbours": 12, "fundamentals": "held"})
    words = str(caught.value)
    assert "Did you mean 'resolution'" in words
    assert "12 is not allowed; it must be one of 8, 16, 32" in words
    assert len(caught.value.faults) == 2


def test_every_default_is_an_allowed_setting() -> None:
    for name, values in ALLOWED.items():
        assert getattr(Settings(), name) in values
    assert read_settings("mine", {}) == Settings()


def test_an_engine_is_built_by_name_with_its_settings(corridor) -> None:
    assert corridor.name == "spatial"
    assert corridor.case == "pacific-corridor"
    assert cordillera.engine("spatial").identity == corridor.identity
    with pytest.raises(CaseError, match="unknown setting"):
        cordillera.engine("spatial", sett="inferred")


def test_what_decides_the_numbers_is_in_the_identity(corridor) -> None:
    others = [
        {"fundamentals": "held"}, {"resolution": "full"}, {"neighbours": 32}, {"block": 10}, {"own_cell": "cheaper"},
        {"next_year": "world"}, {"least_land": 0.05}, {"least_people": 0.0},
    ]  # fmt: skip
    identities = {build_engine(**settings).identity for settings in others}
    assert len(identities | {corridor.identity}) == 9


def test_a_policy_may_make_the_own_cell_cheaper_too(corridor) -> None:
    open_cells = build_engine(own_cell="cheaper")
    kept, cheaper = (
        engine.solve({}, ["cost_cut"], ["openness_gap", "income_gap"]).sel(scenario="cost_cut", place="corridor")
        for engine in (corridor, open_cells)
    )
    assert kept["openness_gap"] > 0 > cheaper["openness_gap"]
    assert cheaper["income_gap"] > kept["income_gap"]
    nothing = open_cells.solve({"cost_cut": 0.0}, ["cost_cut"], ["income_gap"])
    assert (nothing["income_gap"] == 0.0).all()


def test_the_next_year_may_follow_the_growth_of_the_world(corridor) -> None:
    own, world = (engine.geography.world for engine in (corridor, build_engine(next_year="world")))
    growth = world.people_next / world.people
    np.testing.assert_allclose(growth, growth[0], rtol=1e-12)
    assert world.people_next.sum() == pytest.approx(own.people_next.sum(), rel=1e-12)


def test_every_parameter_of_the_model_is_a_factor_with_a_source() -> None:
    factors = list_factors("road", stretches=True)
    assert set(PARAMETERS) <= set(factors)
    for factor in factors.values():
        assert factor.low <= factor.default <= factor.high, factor.name
        assert factor.source, factor.name
        assert factor.description, factor.name
    assert factors["stretch"].levels == ("whole", "unfinished")
    assert factors["xi"].default == 125


@pytest.mark.parametrize("mode", ["road", "rail", "water"])
@pytest.mark.parametrize("stretches", [True, False])
def test_choices_that_a_line_does_not_have_are_no_factors(mode: str, stretches: bool) -> None:
    found = list_factors(mode, stretches)
    line = {"road": "road", "rail": "railway", "water": "waterway"}[mode]
    assert found["major_road"].description.startswith(f"Crossing by a new {line} (")
    assert ("crossing_from" in found) == (mode == "road")
    assert ("stretch" in found) == stretches
    assert {"cost_cut", "major_road", "theta"} <= set(found)


def test_places_of_the_case_are_where_its_tables_say(corridor) -> None:
    case = read_corridor("pacific-corridor")
    world, places = corridor.geography.world, corridor.places[False]
    region = corridor.geography.project.region
    np.testing.assert_array_equal(world.ground.cell[region], case.region)
    np.testing.assert_array_equal(world.ground.cell[region[places.corridor]], case.corridor)
    rest = corridor.places[True]
    np.testing.assert_array_equal(world.ground.cell[region[rest.corridor]], case.corridor[~case.finished])
    assert places.groups["first_end"].tolist() == [places.corridor[0]]
    assert rest.groups["last_end"].tolist() == [rest.corridor[-1]]
    for name, cell in case.places.items():
        (place,) = places.groups[name]
        assert world.ground.cell[region[place]] == cell
    large = world.people[region[places.groups["corridor_large"]]]
    small = world.people[region[places.groups["corridor_small"]]]
    assert large.min() >= LARGE_CITY > small.max()
    assert len(large) + len(small) == len(places.corridor)
    fewer, more = places.groups["fewer_people"], places.groups["more_people"]
    assert world.people[region[fewer]].max() <= world.people[region[more]].min()


def test_both_parts_of_the_line_have_the_same_groups(corridor) -> None:
    assert list(corridor.places[False].groups) == list(corridor.places[True].groups)
    assert corridor.coords["place"] == (*corridor.places[True].groups, "poorest_20", "richest_20")


def test_neighbours_touch_the_line_and_are_not_on_it(small) -> None:
    places, project = small.places[False], small.geography.project
    cell = small.geography.world.ground.cell[project.region]
    row, column = np.divmod(cell, 24)
    for place in range(len(cell)):
        away = [
            max(abs(row[place] - row[other]), min(d := abs(column[place] - column[other]), 24 - d))
            for other in places.corridor
        ]
        assert (place in places.groups["neighbours"]) == (min(away) == 1)


def test_neighbours_reach_over_the_antimeridian(small) -> None:
    world = small.geography.world
    row = 6 * 24
    region = np.searchsorted(world.ground.cell, [row, row + 1, row + 12, row + 23])
    assert neighbours_on_grid(world, region, np.array([0])).tolist() == [1, 3]


def test_the_world_of_the_case_is_the_grid_of_its_file() -> None:
    case = read_corridor("pacific-corridor")
    world = case_world(case)
    grid = case.grid
    assert world.size > 15_000
    np.testing.assert_array_equal(world.people, grid["population_2000"].astype(float).ravel()[world.ground.cell])
    assert (world.people >= 1).all()
    assert (world.land > 0).all()
    assert (world.income > 0).all()
    shares = world.ground.infrastructure
    for share in shares:
        assert (share >= 0).all()
        assert (share <= 1).all()
    assert (shares.major_road + shares.other_road <= 1 + 1e-6).all()
    np.testing.assert_allclose(world.latitude, 89.5 - world.ground.cell // 360)
    np.testing.assert_allclose(world.longitude, world.ground.cell % 360 - 179.5)


def test_the_policies_of_the_case_are_those_of_its_table(corridor) -> None:
    assert list(corridor.scenarios) == ["major_road", "cost_cut"]
    for scenario in corridor.scenarios.values():
        assert scenario.label
        assert scenario.description
        for shock in scenario.shocks:
            assert shock.parameter in corridor.shock_parameters
            assert shock.value in corridor.factors


def test_a_citation_and_a_licence_come_with_the_case(corridor) -> None:
    assert "Desmet" in corridor.provenance.citation
    assert "ODbL" in corridor.provenance.licence
    assert corridor.provenance.notes


def test_the_fewest_people_of_a_location_are_a_switch(corridor) -> None:
    more = build_engine(least_people=0.0)
    before, after = corridor.geography.world, more.geography.world
    assert set(before.ground.cell) < set(after.ground.cell)
    assert ((after.people > 0) & (after.income > 0)).all()
    assert before.people.min() >= 1.0 > after.people.min()
    # The places of the region are the same ones, found by their cells.
    for name in ("corridor", "region", "home"):
        mine, theirs = (getattr(engine.geography.project, name) for engine in (more, corridor))
        np.testing.assert_array_equal(after.ground.cell[mine], before.ground.cell[theirs])
    assert more.seconds_to_prepare() > 0.0 == corridor.seconds_to_prepare()
    with pytest.raises(CaseError, match=r"least_people: 100 leaves 12 cells of the region out, the first at 29.5N"):
        build_engine(least_people=100.0)


def test_the_least_share_of_land_is_a_switch(corridor) -> None:
    more = build_engine(least_land=0.05)
    before, after = (engine.geography.locations(np.zeros(1)).land for engine in (corridor, more))
    assert (after >= before).all()
    assert (after > before).any()
