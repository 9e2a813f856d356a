"""Outlines for maps."""

import json
from pathlib import Path

import numpy as np
from cordillera.data.world_build.outlines import build_outlines, cut_at_antimeridian, joined
from cordillera.data.world_build.source import Sources


def topology(name: str, geometries: list, *arcs: list) -> str:
    steps = [[arc[0], *(np.diff(arc, axis=0).tolist())] for arc in arcs]
    content = {"transform": {"scale": [1, 1], "translate": [0, 0]}, "arcs": steps}
    return json.dumps({**content, "objects": {name: {"type": "GeometryCollection", "geometries": geometries}}})


def test_a_line_is_cut_where_it_leaves_the_map() -> None:
    line = np.array([(170.0, 0), (179, 1), (-179, 2), (-170, 3), (-160, 4)])
    assert [len(piece) for piece in cut_at_antimeridian(line)] == [2, 3]


def test_lines_are_told_apart_by_nan() -> None:
    flat = joined([np.zeros((2, 2)), np.ones((3, 2))])
    assert flat.dtype == np.float32
    np.testing.assert_array_equal(np.isnan(flat[:, 0]), [False, False, True, False, False, False, True])


def test_islands_too_small_and_the_far_south_are_left_out_and_only_borders_of_the_region_kept(tmp_path: Path) -> None:
    folder = tmp_path / "world-atlas"
    folder.mkdir()
    land = [{"type": "MultiPolygon", "arcs": [[[0]], [[1]]]}]
    island, south = [[0, 0], [5, 0], [5, 5], [0, 0]], [[0, -80], [5, -80], [5, -75], [0, -80]]
    (folder / "land-50m.json").write_text(topology("land", land, island, south))
    # Mexico and Guatemala share arc 0; two countries elsewhere share arc 3.
    rings = {"484": [0, 1], "320": [2, -1], "250": [3, 4], "276": [5, -4]}
    areas = [
        {"type": "Polygon", "id": number, "properties": {"name": number}, "arcs": [ring]}
        for number, ring in rings.items()
    ]
    arcs = [[[0, 0], [0, 9]], [[0, 9], [-5, 5], [0, 0]], [[0, 9], [5, 5], [0, 0]]]
    far = [[[x + 50, y] for x, y in arc] for arc in arcs]
    (folder / "countries-50m.json").write_text(topology("countries", areas, *arcs, *far))
    outlines = build_outlines(Sources(tmp_path))
    np.testing.assert_array_equal(outlines["coast_y"][:-1], [0, 0, 5, 0])
    np.testing.assert_array_equal(outlines["border_x"][:-1], [0, 0])
    np.testing.assert_array_equal(outlines["border_y"][:-1], [0, 9])
