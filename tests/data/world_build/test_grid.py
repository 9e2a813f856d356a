"""The grid and its subcells."""

import numpy as np
import pytest
from cordillera.data.world_build.grid import (
    EARTH_RADIUS,
    cell_area,
    marked_points,
    marked_segments,
    places_in_cells,
    share_of_subcells,
)
from hypothesis import given
from hypothesis import strategies as st

LONGITUDES, LATITUDES = st.floats(-179.9, 179.9), st.floats(-89.9, 89.9)


def test_the_cells_cover_the_earth() -> None:
    assert cell_area().sum() == pytest.approx(4 * np.pi * EARTH_RADIUS**2)


def test_places_are_counted_and_summed() -> None:
    row, column, people = [0, 0, 179], [0, 0, 359], [5.0, 7.0, 1.0]
    assert places_in_cells(row, column)[0, 0] == 2
    assert places_in_cells(row, column, people)[0, 0] == 12
    assert places_in_cells(row, column, people).sum() == 13


def test_one_of_a_hundred_subcells_is_a_hundredth() -> None:
    share = share_of_subcells(marked_points(np.array([-98.2]), np.array([19.04])))
    assert share[70, 81] == 0.01
    assert share.sum() == 0.01


def test_a_straight_way_across_a_cell_marks_ten_subcells() -> None:
    marked = marked_segments(np.array([[10.05, 0.55]]), np.array([[10.95, 0.55]]))
    assert share_of_subcells(marked)[89, 190] == 0.1
    assert marked.sum() == 10


def test_a_segment_over_the_antimeridian_is_left_out() -> None:
    assert not marked_segments(np.array([[179.5, 0.0]]), np.array([[-179.5, 0.0]])).any()


@given(LONGITUDES, LATITUDES, LONGITUDES, LATITUDES)
def test_a_segment_marks_its_ends_and_runs_without_a_gap(west: float, south: float, east: float, north: float) -> None:
    start, end = np.array([[west, south]]), np.array([[east, north]])
    marked = marked_segments(start, end)
    if abs(east - west) >= 180:
        assert not marked.any()
        return
    assert marked[marked_points(start[:, 0], start[:, 1])].all()
    rows, columns = np.nonzero(marked)
    assert set(range(rows.min(), rows.max() + 1)) == set(rows.tolist())
    assert set(range(columns.min(), columns.max() + 1)) == set(columns.tolist())
