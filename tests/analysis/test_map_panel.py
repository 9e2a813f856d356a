"""Maps that stand inside a page."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from cordillera.analysis.geography import fitted
from cordillera.analysis.map_panel import category_panel, ground, value_panel
from cordillera.analysis.scale import category_colours, signed_scale
from cordillera.data.coastline import read_coastline

RNG = np.random.default_rng(7)
LINES = read_coastline()
REGION = np.array([(south + 0.5, west + 0.5) for south in range(8, 20) for west in range(-100, -80)])
# As many cells as the world has land, in patches.
WORLD = np.array(
    [
        (south + 0.5, west + 0.5)
        for south in range(-55, 75)
        for west in range(-180, 180)
        if np.sin(south / 6) * np.cos(west / 9) > 0.12
    ]
)


def land(points: np.ndarray, marked: int = 5):
    return ground(points, fitted(points), LINES.coast, LINES.border, points[:marked])


def values_map(points: np.ndarray, marked: int = 5) -> str:
    numbers = np.where(RNG.random(len(points)) < 0.1, np.nan, points[:, 0] / 10)
    return value_panel(land(points, marked), numbers, signed_scale(numbers), name="map", label='<b> "x"')


def categories_map(points: np.ndarray) -> str:
    classes = np.digitize(points[:, 1], np.linspace(-180, 180, 7)) - 3
    return category_panel(land(points), classes, category_colours(6), name="leading", label="Assumptions")


@pytest.mark.parametrize("points", [REGION, WORLD], ids=["region", "world"])
@pytest.mark.parametrize("draw", [values_map, categories_map])
def test_a_map_is_one_small_element_that_names_itself_and_calls_nothing(points, draw):
    drawing = draw(points)
    root = ElementTree.fromstring(drawing.replace("xlink:href", "href"))
    assert root.tag == "svg"
    assert root.get("role") == "img"
    assert root.get("aria-label")
    assert "http" not in drawing
    assert "<image" not in drawing
    assert len(drawing) < 120_000


def test_a_hatched_class_refers_to_a_pattern_of_its_own():
    drawing = category_panel(land(REGION), np.full(len(REGION), -2), [], name="one", label="")
    used = re.findall(r"url\(#([^)]+)\)", drawing)
    assert used
    assert set(used) <= set(re.findall(r'id="([^"]+)"', drawing))
    assert all(each.startswith("one-") for each in used)


def test_the_key_says_where_a_class_ends():
    numbers = np.linspace(-3.0, 4.0, len(REGION))
    drawing = value_panel(land(REGION), numbers, signed_scale(numbers), name="map", label="")
    for words in signed_scale(numbers).labels:
        assert f">{words}</text>" in drawing


def test_cells_are_drawn_once_and_where_they_are():
    """Strokes of all classes together are as long as the cells are wide, in the units of the drawing."""
    drawing = value_panel(land(REGION, 0), np.zeros(len(REGION)), signed_scale(np.ones(1)), name="map", label="")
    extent = fitted(REGION)
    width = 360.0 / (extent.east - extent.west)
    (path,) = re.findall(r' d="(m[^"lvz]*h[^"lvz]*)"', drawing)
    lengths = [float(step) for step in re.findall(r"h(-?[\d.]+)", path)]
    assert len(lengths) == 12
    assert sum(lengths) == pytest.approx(12 * 20 * width, rel=0.01)


def test_cells_without_a_line_have_a_map_too():
    assert len(values_map(REGION, 0)) < len(values_map(REGION, 5))


def test_a_map_is_the_same_whenever_it_is_made():
    assert categories_map(REGION) == categories_map(REGION)
