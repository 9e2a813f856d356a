"""The world grid that comes with the case `pacific-corridor`."""

import csv
from collections import Counter
from pathlib import Path

import cordillera.data
import numpy as np
import pytest
from cordillera.data.line import read_line

CASE = Path(cordillera.data.__file__).parent / "cases" / "pacific-corridor"
LAYERS = ("land", "area", "population_2000", "growth_2001", "country_income", "income", "settled")
WATER = ("river", "water", "sea")
ROADS = ("major_road", "rail", "settled_on_major")
REGION = {"MEX": 238, "GTM": 12, "BLZ": 3, "SLV": 2, "HND": 13, "NIC": 16, "CRI": 8, "PAN": 15}


def archive(name: str) -> dict[str, np.ndarray]:
    with np.load(CASE / name, allow_pickle=False) as stored:
        return dict(stored)


@pytest.fixture(scope="module")
def world() -> dict[str, np.ndarray]:
    return archive("world.npz")


@pytest.fixture(scope="module")
def roads() -> dict[str, np.ndarray]:
    return archive("osm_roads.npz")


@pytest.fixture(scope="module")
def corridor() -> list[dict[str, str]]:
    with (CASE / "corridor.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_layers_are_those_that_are_promised(world: dict, roads: dict) -> None:
    assert tuple(world) == ("country", *LAYERS, *WATER)
    assert tuple(roads) == ROADS
    assert world["country"].dtype == np.dtype("U3")
    for name, layer in {**world, **roads}.items():
        assert layer.shape == (180, 360), name
        assert name == "country" or layer.dtype == np.float32, name


def test_numbers_are_finite_and_shares_are_shares(world: dict, roads: dict) -> None:
    for name, layer in {**world, **roads}.items():
        if name != "country":
            assert np.isfinite(layer).all(), name
            assert (layer >= 0).all(), name
    for layer in (world["land"], world["settled"], *(world[name] for name in WATER), *roads.values()):
        # A cell that is all land sums to one only up to the rounding of the weights of its rows.
        assert (layer <= 1.000001).all()


def test_whatever_belongs_to_a_country_lies_on_land(world: dict) -> None:
    land = world["country"] != ""
    np.testing.assert_array_equal(land, world["land"] > 0)
    for name in ("area", "population_2000", "growth_2001", "country_income", "income"):
        assert (world[name][~land] == 0).all(), name
    for name in ("growth_2001", "country_income"):
        assert (world[name][land] > 0).all(), name


def test_whoever_lives_anywhere_has_income(world: dict) -> None:
    located = (world["land"] > 0) & (world["population_2000"] >= 1)
    assert located.sum() == 17_819
    assert (world["income"][located] > 0).all()


def test_the_world_has_its_people_land_and_income(world: dict) -> None:
    people = world["population_2000"].astype(np.float64)
    assert people.sum() == pytest.approx(6.145e9, rel=1e-4)
    assert (people * world["income"]).sum() == pytest.approx(47.3e12, rel=1e-3)
    assert world["area"].sum(dtype=np.float64) == pytest.approx(134.5e6, rel=1e-3)
    assert (world["country"] != "").sum() == 18_662


def test_income_inside_a_country_sums_to_the_national_total(world: dict) -> None:
    people, income = (world[name].astype(np.float64) for name in ("population_2000", "income"))
    for country in REGION:
        inside = world["country"] == country
        level = (people * income)[inside].sum() / people[inside].sum()
        assert level == pytest.approx(world["country_income"][inside][0], rel=1e-5), country


@pytest.mark.parametrize(("country", "cells"), REGION.items())
def test_the_countries_of_the_region_have_their_cells(world: dict, country: str, cells: int) -> None:
    assert (world["country"] == country).sum() == cells


def test_settled_subcells_on_a_highway_are_both(world: dict, roads: dict) -> None:
    assert (roads["settled_on_major"] <= np.minimum(roads["major_road"], world["settled"])).all()


def test_subcells_are_counted_in_hundredths(world: dict, roads: dict) -> None:
    for layer in (world["settled"], *(world[name] for name in WATER), *roads.values()):
        np.testing.assert_array_equal(layer, (np.round(layer.astype(np.float64) * 100) / 100).astype(np.float32))


def test_the_line_of_the_corridor_crosses_its_cells(world: dict, corridor: list[dict[str, str]]) -> None:
    line = read_line(CASE / "corridor.geojson")
    cells = [(round(89.5 - float(row["latitude"])), round(float(row["longitude"]) + 179.5)) for row in corridor]
    assert line.mode == "road"
    assert line.cells == cells
    assert [row["country"] for row in corridor] == [world["country"][cell] for cell in cells]
    assert [int(row["order"]) for row in corridor] == list(range(1, 33))


def test_the_ends_of_the_corridor_are_finished(corridor: list[dict[str, str]]) -> None:
    assert Counter(row["country"] for row in corridor) == {
        "MEX": 12, "GTM": 3, "SLV": 2, "HND": 1, "NIC": 5, "CRI": 5, "PAN": 4,
    }  # fmt: skip
    stretches = {"MEX": "mexico", "PAN": "panama"}
    for row in corridor:
        assert row["stretch"] == stretches.get(row["country"], "central")
        assert row["finished"] == ("no" if row["stretch"] == "central" else "yes")


def test_every_cell_of_the_corridor_has_a_highway(roads: dict, corridor: list[dict[str, str]]) -> None:
    cells = tuple(
        np.array([(89.5 - float(row["latitude"]), float(row["longitude"]) + 179.5) for row in corridor], int).T
    )
    assert (roads["major_road"][cells] > 0).all()
    assert roads["major_road"][cells].mean() == pytest.approx(0.31, abs=0.005)


def test_outlines_stay_on_the_map_and_make_no_leaps() -> None:
    lines = archive("coastline.npz")
    assert tuple(lines) == ("coast_x", "coast_y", "border_x", "border_y")
    for x, y in ((lines["coast_x"], lines["coast_y"]), (lines["border_x"], lines["border_y"])):
        assert x.dtype == y.dtype == np.float32
        np.testing.assert_array_equal(np.isnan(x), np.isnan(y))
        assert np.nanmax(np.abs(x)) <= 180
        assert np.nanmax(np.abs(np.diff(x))) < 30


def test_the_files_stay_small() -> None:
    assert (CASE / "world.npz").stat().st_size < 1_500_000
    assert (CASE / "coastline.npz").stat().st_size < 300_000


def test_every_layer_has_a_source_and_a_licence(world: dict, roads: dict) -> None:
    with (CASE / "sources.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for name, layers in {"world.npz": world, "osm_roads.npz": roads}.items():
        assert {row["layer"] for row in rows if row["file"] == name} == set(layers)
    for row in rows:
        assert all(row.values()), row["layer"]
        assert (CASE / row["file"]).is_file()
        assert ("OpenStreetMap contributors" in row["attribution"]) == ("ODbL 1.0" in row["licence"])


def test_the_licence_of_what_comes_from_openstreetmap_names_its_files() -> None:
    text = (CASE / "osm_roads.LICENCE.md").read_text(encoding="utf-8")
    for words in ("(c) OpenStreetMap contributors", "Open Database License (ODbL) 1.0"):
        assert words in text
    with (CASE / "sources.csv").open(encoding="utf-8", newline="") as file:
        derived = {row["file"] for row in csv.DictReader(file) if "ODbL" in row["licence"]}
    assert all(f"`{file}`" in text for file in derived)
