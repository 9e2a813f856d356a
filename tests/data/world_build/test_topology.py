"""TopoJSON, decoded."""

import json
from pathlib import Path

import numpy as np
import pytest
from cordillera.data.world_build.topology import Topology, read_topology, unrolled

# Two squares side by side: arc 0 is the edge that they share, and all numbers are steps of a tenth of a degree.
SQUARES = {
    "type": "Topology",
    "transform": {"scale": [0.1, 0.1], "translate": [10, 20]},
    "arcs": [
        [[10, 0], [0, 10]],
        [[10, 10], [-10, 0], [0, -10], [10, 0]],
        [[10, 10], [10, 0], [0, -10], [-10, 0]],
    ],
    "objects": {
        "countries": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "id": "004", "properties": {"name": "West"}, "arcs": [[0, 1]]},
                {"type": "MultiPolygon", "properties": {"name": "East"}, "arcs": [[[2, -1 + 1]]]},
                {"type": "Point", "coordinates": [1, 1]},
            ],
        }
    },
}


@pytest.fixture
def squares(tmp_path: Path) -> Topology:
    (tmp_path / "squares.json").write_text(json.dumps(SQUARES), encoding="utf-8")
    return read_topology(tmp_path / "squares.json", "countries")


def test_areas_have_their_number_and_name_and_points_are_none(squares: Topology) -> None:
    assert [(area.number, area.name) for area in squares.areas] == [("004", "West"), ("", "East")]


def test_a_ring_is_closed_and_has_each_corner_once(squares: Topology) -> None:
    ((ring,),) = squares.rings(squares.areas[0])
    np.testing.assert_allclose(ring, [(11, 20), (11, 21), (10, 21), (10, 20), (11, 20)])


def test_a_negative_arc_is_the_arc_turned_round(squares: Topology) -> None:
    np.testing.assert_allclose(squares.ring([~0]), squares.arcs[0][::-1])


def test_neighbours_share_an_arc(squares: Topology) -> None:
    west, east = squares.areas
    assert west.arcs & east.arcs == {0}


def square(west: float, east: float) -> np.ndarray:
    return np.array([(west, 0.0), (east, 0.0), (east, 5.0), (west, 5.0), (west, 0.0)])


def test_a_polygon_inside_the_map_is_seen_once() -> None:
    ((ring,),) = unrolled([square(10, 20)])
    np.testing.assert_array_equal(ring, square(10, 20))


def test_a_polygon_across_the_antimeridian_is_seen_at_both_edges() -> None:
    copies = list(unrolled([square(175, -170)]))
    assert sorted(float(rings[0][:, 0].min()) for rings in copies) == [-185, 175]
    assert all(float(np.ptp(rings[0][:, 0])) == 15 for rings in copies)


def test_a_hole_goes_where_its_polygon_goes() -> None:
    for outer, hole in unrolled([square(175, -170), square(-175, -172)]):
        assert outer[:, 0].min() < hole[:, 0].min() < hole[:, 0].max() < outer[:, 0].max()


def test_what_is_given_is_not_changed() -> None:
    ring = square(175, -170)
    list(unrolled([ring]))
    np.testing.assert_array_equal(ring, square(175, -170))
