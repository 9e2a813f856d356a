"""Where the cells of a map lie, what it shows of them, and the lines on it."""

import numpy as np
import pytest
from cordillera.analysis.geography import Extent, centres, clipped, fitted, outline, runs
from cordillera.data.coastline import read_coastline
from cordillera.data.corridor import cell_label

RNG = np.random.default_rng(5)


def grid(south: float, north: float, west: float, east: float) -> np.ndarray:
    latitude, longitude = np.meshgrid(np.arange(south, north), np.arange(west, east), indexing="ij")
    return np.column_stack([latitude.ravel() + 0.5, (longitude.ravel() + 180.0) % 360.0 - 180.0 + 0.5])


def test_labels_are_read_as_the_centres_they_were_written_for():
    cells = [0, 359, 64_799, 26_730]
    found = centres(cell_label(cell) for cell in cells)
    assert found is not None
    assert found.tolist() == [[89.5 - cell // 360, -179.5 + cell % 360] for cell in cells]


@pytest.mark.parametrize("labels", [[], ["coast"], ["15.5N 90.5W", "coast"], ["15.5 90.5"], [1, 2], ["15.5N 90.5Wx"]])
def test_other_labels_are_no_cells(labels):
    assert centres(labels) is None


def test_an_extent_holds_its_cells_with_a_margin():
    points = grid(7, 33, -117, -77)
    extent = fitted(points)
    assert extent.west < -117.5
    assert extent.east > -76.5
    assert extent.south < 6.5
    assert extent.north > 33.5
    assert extent.east - extent.west < 50


def test_cells_on_both_sides_of_the_antimeridian_stand_side_by_side():
    extent = fitted(grid(-20, -15, 176, 184))
    assert extent.east - extent.west < 15
    shown = extent.shown(np.array([179.5, -179.5]))
    assert shown.tolist() == [179.5, 180.5]


def test_cells_all_over_the_globe_have_the_whole_of_it():
    extent = fitted(grid(-55, 75, -180, 180))
    assert (extent.west, extent.east) == (-180.0, 180.0)
    assert extent.south >= -90.0
    assert extent.north <= 90.0


@pytest.mark.parametrize("points", [grid(-55, -15, -72, -70), grid(10, 11, 0, 60), grid(3, 4, 5, 6)])
def test_a_map_is_neither_too_tall_nor_too_flat_for_a_page(points):
    assert 0.38 < fitted(points).ratio < 0.97


def test_runs_cover_each_cell_once_and_nothing_else():
    points = grid(0, 12, 0, 12)
    points = points[RNG.random(len(points)) < 0.6]
    west, east, latitude = runs(points).T
    inside = (points[:, 1:] > west) & (points[:, 1:] < east) & (points[:, :1] == latitude)
    assert (inside.sum(axis=1) == 1).all()
    assert (east - west).sum() == len(points)
    assert len(west) < len(points)


def test_cells_that_touch_along_a_parallel_are_one_run():
    assert runs(grid(3, 5, -10, -2)).tolist() == [[-10.0, -2.0, 3.5], [-10.0, -2.0, 4.5]]
    assert len(runs(np.empty((0, 2)))) == 0


def test_an_outline_has_the_edges_that_one_cell_alone_has():
    line = outline(grid(0, 2, 0, 3))
    assert len(line) == 3 * 10
    assert np.isnan(line[2::3]).all()
    assert {tuple(point) for point in line[~np.isnan(line[:, 0])]} <= {
        (float(x), float(y)) for x in range(4) for y in range(3) if x in (0, 3) or y in (0, 2)
    }


def test_a_line_is_cut_to_the_extent_and_keeps_the_segments_that_cross_it():
    extent = Extent(0.0, 10.0, 0.0, 10.0)
    crossing = np.array([[-5.0, 5.0], [15.0, 5.0], [np.nan, np.nan], [20.0, 20.0], [30.0, 30.0]])
    found = clipped(crossing, extent, 0.01)
    assert found[:2].tolist() == [[-5.0, 5.0], [15.0, 5.0]]
    assert np.isnan(found[2:]).all()
    assert len(found) == 3


def test_a_hidden_segment_between_two_shown_ones_is_not_drawn():
    line = np.array([[5.0, 5.0], [5.0, 15.0], [6.0, 15.0], [6.0, 5.0]])
    found = clipped(line, Extent(0.0, 10.0, 0.0, 10.0), 0.01)
    assert np.isnan(found[2]).all()
    assert found[[0, 1, 3, 4]].tolist() == line.tolist()


def test_a_line_of_the_other_side_is_moved_to_an_extent_beyond_the_antimeridian():
    line = np.array([[-179.0, 0.0], [-178.0, 0.0]])
    found = clipped(line, Extent(170.0, 190.0, -10.0, 10.0), 0.01)
    assert found[:2, 0].tolist() == [181.0, 182.0]


def test_thinning_keeps_the_pieces_that_are_larger_than_a_step():
    dense = np.column_stack([np.linspace(0.0, 9.0, 901), np.full(901, 5.0)])
    island = np.array([[np.nan, np.nan], [2.0, 2.0], [2.01, 2.0], [np.nan, np.nan]])
    found = clipped(np.concatenate([dense, island]), Extent(0.0, 10.0, 0.0, 10.0), 0.5)
    assert 15 < len(found) < 25
    assert not (found[:, 1] == 2.0).any()


def test_the_coast_of_the_world_is_thin_enough_for_a_map_of_it():
    coast = read_coastline().coast
    assert len(clipped(coast, fitted(grid(-55, 75, -180, 180)), 0.9)) < 10_000
    assert np.abs(coast[~np.isnan(coast[:, 0])]).max() <= 180.0
