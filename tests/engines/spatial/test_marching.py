"""Costs by a marching front against a reference in plain Python, the great circle, and laws of a front on a grid."""

import heapq
from math import cos, inf, pi, sqrt

import numpy as np
import pytest
import xarray as xr
from cordillera.engines.spatial import build_engine
from cordillera.engines.spatial.aggregation import Family, group_costs
from cordillera.engines.spatial.fine_costs import FineCosts, all_costs, blocks_after_field, local_cost
from cordillera.engines.spatial.geography import CostDraw, GroupedGeography
from cordillera.engines.spatial.graph import EARTH_RADIUS, great_circle, grid_graph, least_costs
from cordillera.engines.spatial.grouping import group_far_places
from cordillera.engines.spatial.infrastructure import COEFFICIENTS, CostCoefficients
from cordillera.engines.spatial.marching import marched_costs, marched_costs_from
from cordillera.engines.spatial.policy import Change, field_after
from cordillera.engines.spatial.settings import read_settings
from cordillera.engines.spatial.shelf import FineShelf

SHAPE = 12, 24
LINE = [6 * 24 + column for column in range(5, 11)]


def rough(seed: int = 0, shape: tuple[int, int] = SHAPE) -> np.ndarray:
    return np.exp(np.random.default_rng(seed).normal(0.0, 1.0, shape))


def changed(field: np.ndarray, factor: float) -> np.ndarray:
    after = field.copy()
    after.flat[LINE] *= factor
    return after


def reference(field: list[list[float]], source: tuple[int, int]) -> dict[tuple[int, int], float]:
    """The front in plain Python: a cell follows from the neighbours that it has passed already, by the quadratic."""
    rows, columns = len(field), len(field[0])
    height = EARTH_RADIUS * pi / rows
    passed: dict[tuple[int, int], float] = {}
    heap = [(0.0, source)]
    while heap:
        reached, (row, column) = heapq.heappop(heap)
        if (row, column) in passed:
            continue
        passed[row, column] = reached
        ends = [(row - 1, column), (row + 1, column), (row, (column - 1) % columns), (row, (column + 1) % columns)]
        for i, j in ends:
            if 0 <= i < rows and (i, j) not in passed:
                width = EARTH_RADIUS * 2 * pi / columns * cos(pi / 2 - (i + 0.5) * pi / rows)
                along = min(passed.get((i, (j + step) % columns), inf) for step in (1, -1))
                across = min(passed.get((i + step, j), inf) for step in (1, -1))
                heapq.heappush(heap, (front(along, across, width, height, field[i][j]), (i, j)))
    return passed


def front(along: float, across: float, width: float, height: float, cost: float) -> float:
    if inf not in (along, across):
        a = 1 / width**2 + 1 / height**2
        b = along / width**2 + across / height**2
        rest = b * b - a * ((along / width) ** 2 + (across / height) ** 2 - cost**2)
        if rest >= 0 and (b + sqrt(rest)) / a >= max(along, across):
            return (b + sqrt(rest)) / a
    return min(along + width * cost, across + height * cost)


def places_of(shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    rows, columns = shape
    return 90.0 - (np.arange(rows) + 0.5) * 180.0 / rows, (np.arange(columns) + 0.5) * 360.0 / columns - 180.0


def solved(world, field: np.ndarray) -> FineCosts:
    out = np.empty((world.size, world.size), np.float32)
    all_costs(world, field, "marching", out)
    return FineCosts(world, out, local_cost(world, field), field, "marching")


@pytest.fixture(scope="module")
def world(small):
    return small.geography.world


@pytest.mark.parametrize("source", [(0, 0), (6, 12), (11, 23), (3, 23)])
def test_a_front_is_that_of_plain_python(source: tuple[int, int]) -> None:
    field = rough(7)
    wanted = reference(field.tolist(), source)
    found = marched_costs(field, source[0] * 24 + source[1]).reshape(SHAPE)
    np.testing.assert_allclose(found, [[wanted[i, j] for j in range(24)] for i in range(12)], rtol=1e-12)


def error_where_costs_are_even(shape: tuple[int, int]) -> float:
    """Mean relative error far from a source near the equator, on the half of the globe without ways over a pole."""
    latitude, longitude = places_of(shape)
    row, column = shape[0] // 2, shape[1] // 2
    found = marched_costs(np.ones(shape), row * shape[1] + column).reshape(shape)
    straight = great_circle(latitude[row], longitude[column], latitude[:, None], longitude)
    there = (straight > 2000.0) & (abs(longitude - longitude[column]) < 80.0) & (abs(latitude[:, None]) < 70.0)
    return float(abs(found[there] / straight[there] - 1.0).mean())


def test_a_finer_grid_comes_nearer_to_the_great_circle() -> None:
    coarse, middle, fine = (error_where_costs_are_even((rows, 2 * rows)) for rows in (45, 90, 180))
    assert fine < 0.75 * middle < 0.75 * 0.75 * coarse
    assert middle < 0.04


@pytest.mark.parametrize("slope", [(1, 2), (2, 1), (-1, 2), (2, -1)])
def test_a_way_between_the_directions_of_a_graph_is_nearer_to_the_truth(slope: tuple[int, int]) -> None:
    shape = 90, 180
    latitude, longitude = places_of(shape)
    even, source = np.ones(shape), 45 * 180 + 90
    graph = grid_graph(even, 8)
    row, column = (start + step * np.arange(6, 11) for start, step in zip((45, 90), slope, strict=True))
    straight = great_circle(latitude[45], longitude[90], latitude[row], longitude[column])
    front = marched_costs(even, source).reshape(shape)[row, column]
    edges = least_costs(graph.target, graph.weight, source).reshape(shape)[row, column]
    assert (abs(front - straight) < 0.8 * abs(edges - straight)).all()


@pytest.mark.parametrize("shift", [1, 11])
def test_turning_the_globe_turns_the_costs(shift: int) -> None:
    found = marched_costs(rough(3), 5 * 24 + 20).reshape(SHAPE)
    turned = marched_costs(np.roll(rough(3), shift, 1), 5 * 24 + (20 + shift) % 24).reshape(SHAPE)
    np.testing.assert_allclose(np.roll(found, shift, 1), turned, rtol=1e-13)


def test_a_front_goes_round_the_globe_and_not_over_the_poles() -> None:
    even = np.ones(SHAPE)
    found = marched_costs(even, 0).reshape(SHAPE)
    np.testing.assert_allclose(found[:, 1:], found[:, :0:-1], rtol=1e-13)
    over_the_pole = EARTH_RADIUS * pi / 12
    assert found[0, 12] > 1.4 * over_the_pole


@pytest.mark.parametrize("seed", range(4))
def test_cheaper_cells_make_no_way_dearer(seed: int) -> None:
    field = rough(seed)
    sources = np.arange(0, field.size, 5)
    before, after = (
        np.stack([marched_costs(each, source) for source in sources]) for each in (field, changed(field, 0.6))
    )
    assert (after <= before * (1 + 1e-12)).all()
    assert (after < before * 0.99).any()


def test_doubled_costs_double_every_cost() -> None:
    np.testing.assert_array_equal(marched_costs(2.0 * rough(4), 9), 2.0 * marched_costs(rough(4), 9))


def test_sources_side_by_side_are_solved_as_alone() -> None:
    sources, cells = np.array([3, 200, 77]), np.array([9, 3, 250])
    found = np.empty((3, 3), np.float32)
    marched_costs_from(rough(6), sources, cells, found)
    for row, source in zip(found, sources, strict=True):
        np.testing.assert_array_equal(row, marched_costs(rough(6), source)[cells].astype(np.float32))


def test_costs_between_places_are_the_mean_of_both_senses(world) -> None:
    field, cell = rough(8), world.ground.cell
    found = solved(world, field).integral
    np.testing.assert_array_equal(found, found.T)
    there = np.empty((len(cell), len(cell)), np.float32)
    marched_costs_from(field, cell, cell, there)
    assert not np.array_equal(there, there.T)
    np.testing.assert_allclose(found, 0.5 * (there + there.T), rtol=1e-6)


@pytest.mark.parametrize("factor", [0.4, 1.0, 3.0])
def test_another_field_is_solved_from_every_place(world, factor: float) -> None:
    field = rough(9)
    costs, after = solved(world, field), solved(world, changed(field, factor))
    blocks = list(blocks_after_field(costs, changed(field, factor)))
    np.testing.assert_array_equal(np.concatenate([block for _, block in blocks]), after.integral)
    assert np.array_equal(costs.integral, after.integral) == (factor == 1.0)


def test_a_world_solves_a_cut_by_a_front_and_no_cut_is_exactly_none(globe: xr.Dataset, make_engine) -> None:
    engine = make_engine(globe, metric="marching", years=3)
    none = engine.solve({"cost_cut": 0.0, "major_road": 0.0}, list(engine.scenarios))
    for name in ("income_gap", "population_gap", "openness_gap"):
        assert (none[name].sel(scenario=list(engine.scenarios)).values == 0.0).all()
    gap = engine.solve({"cost_cut": 0.3}, ["cost_cut"], ["income_gap"])["income_gap"].sel(scenario="cost_cut")
    assert float(gap.sel(place="corridor")) > 0.0
    draw = CostDraw(2.5, 0.5, engine.geography.central)
    base = engine.geography.baseline(draw)
    after = engine.geography.policy(base, draw, [Change("cost_cut", False, 0.0)])
    np.testing.assert_array_equal(after.matrix, base.matrix)


def test_both_metrics_give_a_cut_the_same_size_roughly(globe: xr.Dataset, make_engine) -> None:
    gaps = [
        make_engine(globe, metric=metric, years=3)
        .solve({}, ["cost_cut"], ["income_gap"])["income_gap"]
        .sel(scenario="cost_cut")
        for metric in ("graph", "marching")
    ]
    one, two = (float(gap.sel(place="corridor")) for gap in gaps)
    assert one != two
    assert 0.5 < two / one < 2.0


def test_groups_are_made_and_their_region_solved_anew_by_a_front(small, world) -> None:
    project = small.geography.project
    central = CostCoefficients(*(small.factors[name].default for name in COEFFICIENTS))
    grouping = group_far_places(world, project, 30)
    fine = FineShelf(world, "by a front", "marching", central)(central)
    cut = field_after(world, project, central, [Change("cost_cut", False, 0.3)])
    powers = np.array([2.0, 2.5, 3.0])
    costs = group_costs(fine, grouping, powers, np.array([0.5]), powers, [(Family("cost_cut", False, (0.3,)), [cut])])
    geography = GroupedGeography(
        world, project, grouping, lambda: costs, central, "marching", (2.0, 3.0), (0.2, 1.25), {"cost_cut": 0.3}
    )
    for coefficients in (central, central._replace(rail=0.2)):
        draw = CostDraw(2.5, 0.5, coefficients)
        base = geography.baseline(draw)
        none, after = (geography.policy(base, draw, [Change("cost_cut", False, size)]) for size in (0.0, 0.3))
        np.testing.assert_array_equal(none.matrix, base.matrix)
        np.testing.assert_allclose(base.matrix, base.matrix.T, rtol=1e-12)
        assert (after.matrix >= base.matrix * (1 - 1e-5)).all()
        assert (after.matrix > base.matrix * 1.01).any()


def test_the_metric_is_a_setting_that_decides_the_identities(corridor) -> None:
    assert read_settings("mine", {}).costs_by == 16
    marching = build_engine(metric="marching")
    assert marching.identity != corridor.identity
    assert marching.geography.open_costs.identity != corridor.geography.open_costs.identity
    # Directions are those of a graph: a front has none.
    assert build_engine(metric="marching", neighbours=8).identity == marching.identity
