"""The way of the corridor along a network."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from cordillera.data.line import cells_on_line, read_line
from cordillera.data.world_build.corridor_route import Route, route_corridor, save_corridor, simplified
from cordillera.data.world_build.networks import Network
from cordillera.data.world_build.source import table


def way_points() -> np.ndarray:
    return np.array([(float(row["latitude"]), float(row["longitude"])) for row in table("waypoints")])


def chain(gap: int | None = None) -> Network:
    """A network of straight roads from way point to way point of 50 km each, without the road after `gap`."""
    nodes = way_points()
    edges = np.array([(place, place + 1) for place in range(len(nodes) - 1) if place != gap])
    return Network(nodes, edges, np.full(len(edges), 50.0))


def test_the_way_follows_the_network_through_all_way_points() -> None:
    route = route_corridor(chain())
    assert route.length == pytest.approx(50 * 30)
    assert {tuple(point) for point in route.points.tolist()} == {tuple(point) for point in way_points().tolist()}


def test_a_gap_of_the_network_is_crossed_straight() -> None:
    whole, broken = route_corridor(chain()), route_corridor(chain(gap=10))
    assert cells_on_line(broken.points[:, ::-1]) == cells_on_line(whole.points[:, ::-1])
    # La Libertad and Usulután are 95.4 km apart.
    assert broken.length == pytest.approx(50 * 29 + 95.4, abs=0.1)


def test_a_simplified_way_crosses_the_same_cells_with_fewer_points() -> None:
    east = np.linspace(-97.8, -80.2, 500)
    bends = np.c_[18.5 + 0.8 * np.sin(east) + 0.004 * np.sin(np.arange(500)), east]
    line = simplified(Route(bends, 0.0))
    assert cells_on_line(line) == cells_on_line(bends[:, ::-1])
    assert len(line) < 100


def test_a_way_with_bends_at_the_edge_of_a_cell_keeps_them() -> None:
    bends = np.array([(0.5, 0.5), (0.995, 1.5), (1.005, 1.6), (0.995, 1.7), (0.5, 2.5)])
    line = simplified(Route(bends, 0.0))
    assert cells_on_line(line) == [(89, 180), (89, 181), (88, 181), (89, 182)]


def test_cells_and_line_are_written_and_cells_at_sea_are_not(tmp_path: Path) -> None:
    codes = np.full((180, 360), "", dtype="U3")
    codes[70, 81], codes[70, 83] = "MEX", "GTM"
    line = np.array([(-98.5, 19.5), (-96.5, 19.5)])
    save_corridor(tmp_path, line, codes)
    rows = list(csv.reader((tmp_path / "corridor.csv").open(encoding="utf-8")))
    assert rows == [
        ["order", "latitude", "longitude", "country", "stretch", "finished"],
        ["1", "19.5", "-98.5", "MEX", "mexico", "yes"],
        ["2", "19.5", "-96.5", "GTM", "central", "no"],
    ]
    np.testing.assert_array_equal(read_line(tmp_path / "corridor.geojson").parts[0], line)
    content = json.loads((tmp_path / "corridor.geojson").read_text(encoding="utf-8"))
    assert content["properties"]["attribution"] == "(c) OpenStreetMap contributors, ODbL 1.0"
