"""Maps of the whole world: the projection, and which cell has which colour where on the picture."""

import base64
import io
import re
from xml.etree import ElementTree

import matplotlib.image
import numpy as np
import pytest
from cordillera.analysis.globe import (
    CENTRE,
    NORTH,
    SOUTH,
    Globe,
    globe_category_panel,
    globe_value_panel,
    project,
    unproject,
)
from cordillera.analysis.scale import category_colours, signed_scale
from cordillera.data.coastline import read_coastline
from hypothesis import given
from hypothesis import strategies as st

RNG = np.random.default_rng(11)
POINTS = np.array(
    [(south + 0.5, west + 0.5) for south in range(-55, 75, 3) for west in range(-180, 180) if np.sin(south * west) > 0]
)


def land() -> Globe:
    return Globe(POINTS, read_coastline().coast, POINTS[:3], "test-globe")


def picture(drawing: str) -> np.ndarray:
    (data,) = re.findall(r'href="data:image/png;base64,([^"]+)"', drawing)
    return np.round(255 * matplotlib.image.imread(io.BytesIO(base64.b64decode(data)))).astype(int)


@given(st.floats(-179.9, 179.9), st.floats(-89.9, 89.9))
def test_a_point_comes_back_from_the_map(longitude, latitude):
    there = project(np.array([longitude]), np.array([latitude]))
    back = unproject(*there)
    assert back[1][0] == pytest.approx(latitude, abs=1e-8)
    assert (back[0][0] - longitude + 180.0) % 360.0 - 180.0 == pytest.approx(0.0, abs=1e-8)


def test_areas_are_true_everywhere():
    """A small patch has the area on the map that it has on the sphere of radius 1."""
    longitude, latitude = CENTRE + RNG.uniform(-170, 170, 300), RNG.uniform(-85, 85, 300)
    step = 1e-4
    east, north = (project(longitude + step, latitude), project(longitude, latitude + step))
    here = project(longitude, latitude)
    across, up = (np.subtract(each, here) for each in (east, north))
    area = (across[0] * up[1] - across[1] * up[0]) / np.radians(step) ** 2
    np.testing.assert_allclose(area, np.cos(np.radians(latitude)), rtol=1e-4)


def test_the_map_has_the_published_shape():
    """The equator is 2.05458 times as long as the line from pole to pole."""
    x, _ = project(np.array([CENTRE + 179.9999999]), np.zeros(1))
    _, y = project(np.full(1, CENTRE), np.array([90.0]))
    assert x[0] / y[0] == pytest.approx(2.05458, abs=1e-5)


def test_what_lies_beyond_the_globe_is_nowhere():
    longitude, latitude = unproject(np.array([2.7, 0.0]), np.array([1.2, 1.5]))
    assert np.isnan(longitude).all()
    assert np.isnan(latitude).all()


def test_a_cell_has_its_colour_where_it_lies():
    classes = RNG.integers(-2, 4, len(POINTS))
    fills = category_colours(4)
    found = picture(globe_category_panel(land(), classes, fills, name="x", label=""))
    shown = {place: [int(colour[i : i + 2], 16) for i in (1, 3, 5)] for place, colour in enumerate(fills)}
    rows, columns = found.shape[:2]
    east, north = (
        project(np.array([CENTRE + 179.999]), np.zeros(1))[0][0],
        project(np.zeros(1), np.array([NORTH]))[1][0],
    )
    south = project(np.zeros(1), np.array([SOUTH]))[1][0]
    x, y = project(POINTS[:, 1], POINTS[:, 0])
    column = np.floor((x + east) / (2 * east) * columns).astype(int)
    row = np.floor((north - y) / (north - south) * rows).astype(int)
    # Nearer to the poles a cell is hardly wider than a point of the picture.
    near = np.abs(POINTS[:, 0]) < 60
    for place, colour in shown.items():
        mine = found[row[near & (classes == place)], column[near & (classes == place)]]
        assert len(mine) > 100
        assert (mine == [*colour, 255]).all()


def test_cells_that_have_not_settled_are_hatched():
    found = picture(globe_category_panel(land(), np.full(len(POINTS), -2), [], name="x", label=""))
    shown, share = np.unique(found[found[..., 3] == 255][:, :3], axis=0, return_counts=True)
    assert {tuple(each) for each in shown.tolist()} == {(255, 255, 255), (0x5B, 0x6B, 0x78)}
    assert share.min() / share.sum() == pytest.approx(0.2, abs=0.02)


def test_the_sea_shows_what_is_below():
    found = picture(globe_category_panel(land(), np.zeros(len(POINTS), int), ["#112233"], name="x", label=""))
    assert set(np.unique(found[..., 3])) == {0, 255}


def test_a_map_is_one_small_element_that_calls_nothing_and_refers_to_its_lines():
    globe = land()
    values = np.where(RNG.random(len(POINTS)) < 0.1, np.nan, POINTS[:, 0] / 10)
    drawing = globe_value_panel(globe, values, signed_scale(values), name="map", label='<b> "x"')
    root = ElementTree.fromstring(drawing)
    assert (root.tag, root.get("role"), root.get("aria-label")) == ("svg", "img", '<b> "x"')
    assert "http" not in drawing
    assert len(drawing) < 90_000
    used = set(re.findall(r'use href="#([^"]+)"', drawing))
    assert used
    assert used <= set(re.findall(r'id="([^"]+)"', globe.lines))
    assert len(globe.lines) < 90_000
    for words in signed_scale(values).labels:
        assert f">{words}</text>" in drawing


def test_no_line_runs_across_the_map_where_a_coast_leaves_it_behind():
    """Steps of the lines are short: a coast that goes round the back begins anew on the other side."""
    (coast, *_) = re.findall(r'<path d="([^"]+)" stroke="#5b6b78"', land().lines)
    steps = re.findall(r"l(-?[\d.]+)[ ]?(-?[\d.]+)", coast)
    assert len(steps) > 1000
    assert max(abs(float(across)) for across, _ in steps) < 40


def test_a_map_of_the_world_is_the_same_whenever_it_is_made():
    classes = RNG.integers(0, 3, len(POINTS))
    first, second = (globe_category_panel(land(), classes, category_colours(3), name="x", label="") for _ in range(2))
    assert first == second
