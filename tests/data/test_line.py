"""Lines: the cells that they cross, and the files that they are read from."""

import json
from pathlib import Path

import numpy as np
import pytest
from cordillera.data.line import LineError, cells_on_line, read_line
from hypothesis import given
from hypothesis import strategies as st

DEGREES = st.floats(-10, 10, allow_nan=False).map(lambda value: round(value, 3))
LINES = st.lists(st.tuples(DEGREES, DEGREES), min_size=2, max_size=8)


def feature(coordinates: list, kind: str = "LineString", **properties: object) -> dict:
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


def written(folder: Path, content: object) -> Path:
    file = folder / "line.geojson"
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return file


def test_cells_come_in_the_order_in_which_the_line_enters_them() -> None:
    assert cells_on_line([(0.5, 0.5), (2.5, 0.5), (2.5, -0.5)]) == [(89, 180), (89, 181), (89, 182), (90, 182)]


def test_the_first_cell_of_the_grid_is_in_the_north_west() -> None:
    assert cells_on_line([(-179.9, 89.9), (-179.8, 89.9)]) == [(0, 0)]
    assert cells_on_line([(179.8, -89.9), (179.9, -89.9)]) == [(179, 359)]


def test_a_cell_that_is_entered_twice_is_listed_once() -> None:
    assert cells_on_line([(0.5, 0.5), (1.5, 0.5), (0.5, 0.4)]) == [(89, 180), (89, 181)]


def test_a_short_piece_in_a_cell_counts_and_a_touched_corner_does_not() -> None:
    assert cells_on_line([(0.0, 0.999), (0.002, 1.001)]) == [(89, 180), (88, 180)]
    assert cells_on_line([(0.5, 0.5), (1.5, 1.5)]) == [(89, 180), (88, 181)]


def test_a_line_of_very_short_steps_crosses_the_same_cells() -> None:
    dense = np.linspace((0.5, 0.5), (1.2, 0.3), 200_001)
    assert cells_on_line(dense) == cells_on_line(dense[[0, -1]])


def test_a_line_along_an_edge_belongs_to_the_south_or_the_east() -> None:
    assert cells_on_line([(0.2, 1.0), (0.8, 1.0)]) == [(89, 180)]
    assert cells_on_line([(1.0, 0.2), (1.0, 0.8)]) == [(89, 181)]


def test_a_line_whose_points_are_one_lies_in_its_cell() -> None:
    assert cells_on_line([(0.5, 0.5), (0.5, 0.5)]) == [(89, 180)]


@pytest.mark.parametrize("east", [-179.5, 180.5])
def test_a_line_goes_the_short_way_across_the_antimeridian(east: float) -> None:
    assert cells_on_line([(179.5, 0.5), (east, 0.5)]) == [(89, 359), (89, 0)]


@given(LINES)
def test_a_line_crosses_the_same_cells_wherever_it_is_cut(line: list[tuple[float, float]]) -> None:
    middles = (np.array(line[:-1]) + np.array(line[1:])) / 2
    cut = [point for pair in zip(line, [*middles.tolist(), line[-1]], strict=True) for point in pair]
    assert set(cells_on_line(cut)) == set(cells_on_line(line))


@given(LINES, st.integers(-180, 180))
def test_a_line_moved_by_whole_degrees_crosses_moved_cells(line: list[tuple[float, float]], degrees: int) -> None:
    # Eighths are exact in binary, so nothing is rounded on the way.
    points = np.round(np.array(line) * 8) / 8
    wrapped = np.c_[(points[:, 0] + degrees + 180) % 360 - 180, points[:, 1]]
    moved = [(row, (column + degrees) % 360) for row, column in cells_on_line(points)]
    assert cells_on_line(wrapped) == moved


@given(LINES)
def test_cells_that_follow_each_other_touch(line: list[tuple[float, float]]) -> None:
    cells = cells_on_line(line)
    met = {cells[0]}
    for row, column in cells[1:]:
        assert any(max(abs(row - other), abs(column - beside)) == 1 for other, beside in met)
        met.add((row, column))


def test_a_feature_is_read_with_its_mode(tmp_path: Path) -> None:
    line = read_line(written(tmp_path, feature([[0.5, 0.5], [1.5, 0.5]], mode="rail")))
    assert line.mode == "rail"
    assert line.cells == [(89, 180), (89, 181)]


@pytest.mark.parametrize("properties", [{}, {"mode": None}, {"name": "a way"}])
def test_a_line_without_a_mode_is_a_road(tmp_path: Path, properties: dict) -> None:
    assert read_line(written(tmp_path, feature([[0, 0], [1, 1]], **properties))).mode == "road"


@pytest.mark.parametrize("properties", [{}, {"mode": "water"}])
def test_a_line_is_of_the_mode_that_is_asked_for_unless_its_file_says_another(tmp_path: Path, properties: dict) -> None:
    path = written(tmp_path, feature([[0, 0], [1, 1]], **properties))
    assert read_line(path, "water").mode == "water"
    if properties:
        with pytest.raises(LineError, match=r"line.geojson: the property \"mode\" is 'water', and you say rail"):
            read_line(path, "rail")


def test_a_mode_that_no_line_has_is_told(tmp_path: Path) -> None:
    with pytest.raises(LineError, match=r"A line cannot be 'canal'. Allowed: road, rail, water"):
        read_line(written(tmp_path, feature([[0, 0], [1, 1]])), "canal")


def test_all_lines_of_a_collection_are_taken_and_points_left_aside(tmp_path: Path) -> None:
    town = {"type": "Feature", "properties": {"mode": "town"}, "geometry": {"type": "Point", "coordinates": [0, 0]}}
    several = feature([[[0.5, 0.5], [1.5, 0.5]], [[1.5, 0.5, 30.0], [1.5, 1.5, 40.0]]], "MultiLineString")
    content = {"type": "FeatureCollection", "features": [town, several, feature([[9.5, 0.5], [9.6, 0.5]])]}
    line = read_line(written(tmp_path, content))
    assert len(line.parts) == 3
    assert line.cells == [(89, 180), (89, 181), (88, 181), (89, 189)]


def test_a_bare_geometry_is_read(tmp_path: Path) -> None:
    assert read_line(written(tmp_path, {"type": "LineString", "coordinates": [[0, 0], [1, 1]]})).mode == "road"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("PK\x03\x04", "is not GeoJSON: it cannot be read as JSON"),
        ([1, 2], 'is not GeoJSON: it has no "type"'),
        ({"lines": []}, 'is not GeoJSON: it has no "type"'),
        ({"type": "FeatureCollection", "features": []}, "holds no LineString or MultiLineString"),
        (feature([[[0, 0], [1, 1], [1, 0], [0, 0]]], "Polygon"), "but 'Polygon'"),
        (feature([]), "a LineString has no coordinates"),
        (feature([[0, 0]]), "has 1 points; it needs two"),
        (feature([[0, 0], ["1", 1]]), r"\['1', 1\] is not a point"),
        (feature([0, 1]), "0 is not a point"),
        (feature([[0, 0], [19.04, -98.2]]), r"\[19.04, -98.2\] is out of range: longitude comes first"),
        (feature([[0, 0], [361, 0]]), r"\[361.0, 0.0\] is out of range"),
        ('{"type": "LineString", "coordinates": [[0, 0], [NaN, 1]]}', "out of range"),
        (feature([[0, 0], [1, 1]], mode="canal"), """the property "mode" is 'canal'. Allowed: road, rail, water"""),
        (
            {
                "type": "FeatureCollection",
                "features": [feature([[0, 0], [1, 1]], mode=mode) for mode in ("road", "rail")],
            },
            r"several modes \(rail, road\)",
        ),
    ],
)
def test_a_file_that_cannot_be_used_says_what_is_wrong_with_it(tmp_path: Path, content: object, told: str) -> None:
    with pytest.raises(LineError, match=told) as caught:
        read_line(written(tmp_path, content))
    assert "line.geojson" in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        read_line(tmp_path / "nowhere.geojson")
