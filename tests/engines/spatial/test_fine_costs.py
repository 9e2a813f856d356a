"""Costs between places, and what they become when a few cells change: the same as if all were solved again."""

import numpy as np
import pytest
from cordillera.engines.spatial.fine_costs import (
    ROUNDING,
    FineCosts,
    all_costs,
    blocks_after_cut,
    blocks_after_field,
    cheaper_by_way_of,
    ends_of_changed_edges,
    given_costs,
    kernel_of,
    local_cost,
)
from cordillera.engines.spatial.graph import great_circle, grid_graph
from scipy.sparse.csgraph import dijkstra

LINE = [6 * 24 + column for column in range(5, 11)]


def solved(world, field: np.ndarray, neighbours: int) -> FineCosts:
    out = np.empty((world.size, world.size), np.float32)
    all_costs(world, field, neighbours, out)
    return FineCosts(world, out, local_cost(world, field), field, neighbours)


def assembled(blocks, size: int) -> np.ndarray:
    found = np.full((size, size), np.nan)
    for start, block in blocks:
        found[start : start + len(block)] = block
    return found


@pytest.fixture(scope="module")
def world(small):
    return small.geography.world


@pytest.fixture
def field() -> np.ndarray:
    return np.exp(np.random.default_rng(21).normal(0.0, 0.7, (12, 24)))


def changed(field: np.ndarray, factor: float, cells: list[int] = LINE) -> np.ndarray:
    after = field.copy()
    after.flat[cells] *= factor
    return after


def test_costs_between_places_are_symmetric_and_told_as_they_are_solved(world, field: np.ndarray) -> None:
    told: list[tuple[int, int]] = []
    out = np.empty((world.size, world.size), np.float32)
    all_costs(world, field, 16, out, lambda done, steps: told.append((done, steps)))
    np.testing.assert_array_equal(out, out.T)
    assert (out + np.eye(len(out)) > 0).all()
    assert told[-1] == (world.size, world.size)


@pytest.mark.parametrize("neighbours", [8, 16, 32])
@pytest.mark.parametrize("factor", [0.65, 0.93, 0.05])
def test_cheaper_cells_change_costs_as_if_all_were_solved_again(
    world, field: np.ndarray, neighbours: int, factor: float
) -> None:
    after = changed(field, factor)
    found = assembled(blocks_after_field(solved(world, field, neighbours), after), world.size)
    off = ~np.eye(world.size, dtype=bool)
    np.testing.assert_allclose(found[off], solved(world, after, neighbours).integral[off], rtol=2e-6)


def test_one_cheaper_cell_helps_paths_that_only_cross_its_corner(world, field: np.ndarray) -> None:
    """The cell in the middle of a knight's move is no end of it."""
    even = np.ones_like(field)
    after = changed(even, 0.01, [5 * 24 + 9])
    found = assembled(blocks_after_field(solved(world, even, 16), after), world.size)
    off = ~np.eye(world.size, dtype=bool)
    np.testing.assert_allclose(found[off], solved(world, after, 16).integral[off], rtol=2e-6)
    assert (found < solved(world, even, 16).integral)[off].any()


@pytest.mark.parametrize("factor", [1.5, 8.0])
def test_dearer_cells_are_solved_again(world, field: np.ndarray, factor: float) -> None:
    after = changed(field, factor)
    found = assembled(blocks_after_field(solved(world, field, 16), after), world.size)
    off = ~np.eye(world.size, dtype=bool)
    np.testing.assert_allclose(found[off], solved(world, after, 16).integral[off], rtol=2e-6)
    assert (found > solved(world, field, 16).integral)[off].any()


def test_cheaper_and_dearer_cells_at_once_are_solved_again(world, field: np.ndarray) -> None:
    after = changed(changed(field, 0.5, LINE[:3]), 3.0, LINE[3:])
    found = assembled(blocks_after_field(solved(world, field, 32), after), world.size)
    off = ~np.eye(world.size, dtype=bool)
    np.testing.assert_allclose(found[off], solved(world, after, 32).integral[off], rtol=2e-6)


def test_a_field_that_has_not_changed_leaves_every_bit(world, field: np.ndarray) -> None:
    costs = solved(world, field, 16)
    found = assembled(blocks_after_field(costs, field.copy()), world.size)
    off = ~np.eye(world.size, dtype=bool)
    np.testing.assert_array_equal(found[off], costs.integral[off])


def test_every_edge_that_changed_has_an_end_among_the_cells_that_are_solved(field: np.ndarray) -> None:
    before, after = grid_graph(field, 32), grid_graph(changed(field, 0.5), 32)
    ends = ends_of_changed_edges(before, after)
    cell, edge = np.nonzero(before.weight != after.weight)
    assert len(cell) > 100
    assert (np.isin(cell, ends) | np.isin(before.target[cell, edge], ends)).all()
    assert ends.tolist() == sorted(set(ends.tolist()))


def test_ways_over_some_cells_count_if_they_gain_more_than_rounding() -> None:
    integral = np.array([[0, 4, 9], [4, 0, 2]], np.float32)
    reach = np.array([[1, 2, np.float32(7.999999)]], np.float32)
    found = np.empty((2, 3), np.float32)
    cheaper_by_way_of(integral, reach, 0, np.float32(1.0 - ROUNDING["float32"]), found)
    np.testing.assert_array_equal(found, np.array([[0, 3, 9], [3, 0, 2]], np.float32))


@pytest.fixture(scope="module")
def metric() -> np.ndarray:
    """Costs between listed places that no detour improves."""
    draw = np.random.default_rng(33)
    rough = np.exp(draw.normal(0.0, 0.6, (30, 30)))
    found = dijkstra(np.minimum(rough, rough.T), directed=False)
    np.fill_diagonal(found, draw.uniform(0.1, 0.3, 30))
    return found


@pytest.mark.parametrize("cut", [0.1, 0.35, 0.9])
def test_a_cut_between_listed_places_is_that_of_the_complete_graph(world, metric: np.ndarray, cut: float) -> None:
    listed = given_costs(part_of(world, 30), metric)
    places = np.array([3, 17, 8, 25])
    found = assembled(blocks_after_cut(listed, places, cut), 30)
    edge = metric.copy()
    edge[np.ix_(places, places)] *= 1.0 - cut
    np.fill_diagonal(edge, 0.0)
    off = ~np.eye(30, dtype=bool)
    np.testing.assert_allclose(found[off], dijkstra(edge, directed=False)[off], rtol=1e-12)
    assert (found < listed.integral)[off].any()


def part_of(world, count: int):
    """The first places of a world, without its grid."""
    columns = ("latitude", "longitude", "country", "land", "area", "people", "people_next", "income", "utility")
    return type(world)(*(getattr(world, name)[:count] for name in columns))


def test_given_costs_keep_the_cost_of_the_own_cell(world, metric: np.ndarray) -> None:
    listed = given_costs(part_of(world, 30), metric)
    np.testing.assert_array_equal(listed.local, metric.diagonal())
    np.testing.assert_allclose(listed.integral, metric, rtol=1e-15)


def test_the_kernel_is_a_power_of_costs_with_the_own_cell_on_its_diagonal(world, field: np.ndarray) -> None:
    costs = solved(world, field, 16)
    kernel = kernel_of(costs, 2.5, 0.5)
    assert kernel.dtype == np.float32
    off = ~np.eye(world.size, dtype=bool)
    np.testing.assert_allclose(kernel[off], costs.integral[off].astype(float) ** -2.5, rtol=1e-6)
    np.testing.assert_allclose(kernel.diagonal(), (0.5 * costs.local) ** -2.5, rtol=1e-6)
    np.testing.assert_array_equal(kernel, kernel.T)


def test_the_own_cell_costs_the_root_of_its_width_times_its_height(world) -> None:
    found = local_cost(world, np.full((12, 24), 3.0))
    at = world.latitude
    zero = np.zeros_like(at)
    height = great_circle(zero, zero, zero + 15.0, zero)
    np.testing.assert_allclose(found, 3.0 * height * np.sqrt(np.cos(np.deg2rad(at))), rtol=1e-12)
