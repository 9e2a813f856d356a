"""Least costs over the globe against scipy, the great circle, and laws of a graph on a grid."""

import numpy as np
import pytest
from cordillera.engines.spatial.graph import (
    DIRECTIONS,
    EARTH_RADIUS,
    Graph,
    cells_crossed,
    costs_from,
    great_circle,
    grid_graph,
    least_costs,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

SHAPE = 18, 36
ALL = sorted(DIRECTIONS)


def rough(seed: int = 0, shape: tuple[int, int] = SHAPE) -> np.ndarray:
    return np.exp(np.random.default_rng(seed).normal(0.0, 1.0, shape))


def edges(graph: Graph) -> dict[tuple[int, int], set[float]]:
    """Weights by both ends."""
    found: dict[tuple[int, int], set[float]] = {}
    for cell, (ends, weights) in enumerate(zip(graph.target.tolist(), graph.weight.tolist(), strict=True)):
        for end, weight in zip(ends, weights, strict=True):
            if end >= 0:
                found.setdefault((cell, end), set()).add(weight)
    return found


def by_scipy(graph: Graph, sources: list[int]) -> np.ndarray:
    cell, edge = np.nonzero(graph.target >= 0)
    count = len(graph.target)
    # Ends are joined once only: scipy adds up what stands twice in one place.
    matrix = coo_array((graph.weight[cell, edge], (cell, graph.target[cell, edge])), shape=(count, count))
    return dijkstra(matrix.tocsr(), indices=sources)


@pytest.mark.parametrize("neighbours", ALL)
def test_a_cell_away_from_the_poles_has_as_many_neighbours_as_it_is_said_to_have(neighbours: int) -> None:
    graph = grid_graph(rough(), neighbours)
    middle = graph.target.reshape(*SHAPE, -1)[4:-4]
    assert (middle >= 0).all()
    assert all(len(set(ends)) == neighbours for ends in middle.reshape(-1, neighbours).tolist())
    assert (graph.weight[graph.target < 0] == np.inf).all()


@pytest.mark.parametrize("neighbours", ALL)
def test_an_edge_costs_the_same_bits_in_both_senses(neighbours: int) -> None:
    found = edges(grid_graph(rough(1), neighbours))
    assert all(found[end, start] == weights for (start, end), weights in found.items())


@pytest.mark.parametrize("neighbours", ALL)
def test_least_costs_are_those_of_scipy(neighbours: int) -> None:
    graph = grid_graph(rough(2), neighbours)
    sources = [0, 35, 300, 333, 647]
    for source, wanted in zip(sources, by_scipy(graph, sources), strict=True):
        np.testing.assert_allclose(least_costs(graph.target, graph.weight, source), wanted, rtol=1e-12)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), spread=st.floats(0.0, 6.0), neighbours=st.sampled_from(ALL))
def test_costs_are_a_metric_however_rough_the_field(seed: int, spread: float, neighbours: int) -> None:
    field = np.exp(np.random.default_rng(seed).normal(0.0, spread, (8, 14)))
    graph = grid_graph(field, neighbours)
    cost = np.stack([least_costs(graph.target, graph.weight, cell) for cell in range(field.size)])
    np.testing.assert_allclose(cost, cost.T, rtol=1e-12)
    assert (cost.diagonal() == 0).all()
    assert (cost + np.eye(len(cost)) > 0).all()
    for middle in range(0, len(cost), 7):
        assert (cost <= (cost[:, middle : middle + 1] + cost[middle]) * (1 + 1e-12)).all()


@pytest.mark.parametrize(("neighbours", "most"), [(8, 0.083), (16, 0.028), (32, 0.014)])
def test_where_costs_are_even_a_path_is_near_the_great_circle(neighbours: int, most: float) -> None:
    rows, columns = 180, 360
    graph = grid_graph(np.ones((rows, columns)), neighbours)
    row, column = 90, 180
    found = least_costs(graph.target, graph.weight, row * columns + column).reshape(rows, columns)
    latitude, longitude = 89.5 - np.arange(rows), np.arange(columns) - 179.5
    straight = great_circle(latitude[row], longitude[column], latitude[:, None], longitude)
    straight[row, column] = 1.0
    found[row, column] = 1.0
    assert (found >= straight * (1 - 1e-12)).all()
    near = (slice(row - 12, row + 13), slice(column - 25, column + 26))
    assert (found / straight)[near].max() <= 1.0 + most
    assert (found / straight)[near].max() > 1.0 + 0.8 * most


def test_paths_cross_the_antimeridian() -> None:
    graph = grid_graph(np.ones(SHAPE))
    row = 9 * 36
    found = least_costs(graph.target, graph.weight, row)
    assert found[row + 35] == found[row + 1]
    step = great_circle(np.array(-5.0), np.array(0.0), np.array(-5.0), np.array(10.0))
    assert found[row + 35] == pytest.approx(float(step), rel=1e-12)


def test_paths_do_not_cross_the_poles() -> None:
    graph = grid_graph(np.ones(SHAPE))
    found = least_costs(graph.target, graph.weight, 0)
    over_the_pole = 2 * np.deg2rad(5.0) * EARTH_RADIUS
    assert found[18] > over_the_pole * 1.4


@pytest.mark.parametrize("shift", [1, 11])
def test_turning_the_globe_turns_the_costs(shift: int) -> None:
    field = rough(3)
    one, two = grid_graph(field, 32), grid_graph(np.roll(field, shift, 1), 32)
    found = least_costs(one.target, one.weight, 200).reshape(SHAPE)
    turned = least_costs(two.target, two.weight, 5 * 36 + (20 + shift) % 36).reshape(SHAPE)
    np.testing.assert_allclose(turned, np.roll(found, shift, 1), rtol=1e-13)


def test_twice_the_cost_is_twice_the_cost() -> None:
    one, two = grid_graph(rough(4)), grid_graph(2.0 * rough(4))
    np.testing.assert_array_equal(two.weight, 2.0 * one.weight)
    np.testing.assert_array_equal(least_costs(two.target, two.weight, 9), 2.0 * least_costs(one.target, one.weight, 9))


@pytest.mark.parametrize(("rows", "columns"), [step for steps in DIRECTIONS.values() for step in steps] + [(-2, 3)])
def test_the_parts_of_an_edge_add_up_to_one_and_are_the_same_from_both_ends(rows: int, columns: int) -> None:
    parts = cells_crossed(rows, columns)
    assert sum(part for *_, part in parts) == pytest.approx(1.0, abs=1e-15)
    assert all(part > 0 for *_, part in parts)
    assert len({(down, right) for down, right, _ in parts}) == len(parts)
    assert parts[0][:2] == (0, 0)
    assert parts[-1][:2] == (rows, columns)
    there = {(rows - down, columns - right): part for down, right, part in parts}
    for down, right, part in parts:
        assert there[down, right] == pytest.approx(part, abs=1e-15)


def test_the_move_of_a_knight_lies_for_a_quarter_in_each_of_four_cells() -> None:
    assert cells_crossed(1, 2) == [(0, 0, 0.25), (0, 1, 0.25), (1, 1, 0.25), (1, 2, 0.25)]


def test_an_edge_costs_its_length_times_the_mean_of_the_cells_it_crosses() -> None:
    field = rough(5)
    graph = grid_graph(field, 16)
    cell, end = 8 * 36 + 4, 9 * 36 + 6
    place = graph.target[cell].tolist().index(end)
    length = great_circle(np.array(5.0), np.array(0.0), np.array(-5.0), np.array(20.0))
    mean = (field[8, 4] + field[8, 5] + field[9, 5] + field[9, 6]) / 4.0
    assert graph.weight[cell, place] == pytest.approx(float(length) * mean, rel=1e-13)
    assert set(graph.crossed[cell, place].tolist()) == {8 * 36 + 5, 9 * 36 + 5, -1}


def test_the_great_circle_is_known_for_a_quarter_of_the_globe() -> None:
    quarter = np.pi / 2 * EARTH_RADIUS
    for start, end in (((0, 0), (0, 90)), ((0, 17), (90, 5)), ((-45, 0), (45, 0))):
        found = great_circle(*(np.array(float(value)) for value in (*start, *end)))
        assert float(found) == pytest.approx(quarter, rel=1e-12)


def test_many_sources_are_solved_as_each_alone() -> None:
    graph = grid_graph(rough(6))
    sources, cells = np.array([3, 400, 77]), np.array([0, 5, 600, 77])
    found = np.empty((3, 4), np.float32)
    costs_from(graph.target, graph.weight, sources, cells, found)
    for i, source in enumerate(sources):
        alone = least_costs(graph.target, graph.weight, source)[cells]
        np.testing.assert_array_equal(found[i], alone.astype(np.float32))
