"""Costs between all places of a world, and what they become when some cells get cheaper or dearer to cross."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from ..interface import Steps
from .graph import EARTH_RADIUS, Graph, grid_graph
from .infrastructure import CostCoefficients, instantaneous_cost
from .metric import Costs, Metric, cost_of_both_senses, costs_under
from .world import Indices, World

Floats = NDArray[np.float64]

BLOCK = 512
# Columns that are looked at together stay in the first cache.
_STRIP = 4096
# A smaller gain than this is the rounding of stored costs, by their kind.
ROUNDING = {"float32": 1e-6, "float64": 1e-13}


@dataclass(frozen=True, eq=False)
class FineCosts:
    """Least path integrals between places.

    Parameters
    ----------
    world : World
    integral : (place, place) float32 or float64
        Symmetric; what stands on its diagonal is not read.
    local : (place,) float
        Cost of crossing the own cell in full: cost of a unit of distance times the root of width times height.
    field : (row, column) float
        Cost of a unit of distance in every cell of the grid; empty where the integrals were given.
    metric : int or "marching"
        Directions of the graph, or the front; no matter where the integrals were given.
    """

    world: World
    integral: Costs
    local: Floats
    field: Floats
    metric: Metric


def field_of(world: World, coefficients: CostCoefficients) -> Floats:
    """Cost of a unit of distance in every cell of a world's grid."""
    return instantaneous_cost(world.ground.infrastructure, coefficients)


def local_cost(world: World, field: Floats) -> Floats:
    """Cost of crossing each place's own cell in full, (place,)."""
    rows, columns = world.ground.shape
    degree = np.pi * EARTH_RADIUS / 180.0
    width = 360.0 / columns * degree * np.cos(np.deg2rad(world.latitude))
    return field.ravel()[world.ground.cell] * np.sqrt(width * 180.0 / rows * degree)


def all_costs(world: World, field: Floats, metric: Metric, out: Costs, progress: Steps | None = None) -> None:
    """Solve every place as a source, into `out`, (place, place)."""
    solve, cell = costs_under(field, metric, out.dtype.type), world.ground.cell
    starts = range(0, world.size, BLOCK)
    for start in starts:
        out[start : start + BLOCK] = solve(cell[start : start + BLOCK], cell)
        if progress is not None:
            progress(min(start + BLOCK, world.size), world.size)
    for start in starts:
        rows = slice(start, min(start + BLOCK, world.size))
        out[rows, start:] = cost_of_both_senses(out[rows, start:], out[start:, rows].T, metric)
        out[start:, rows] = out[rows, start:].T


def given_costs(world: World, cost: NDArray[np.floating]) -> FineCosts:
    """The path integrals that a world brings along, (place, place), with the local costs on their diagonal."""
    symmetric = 0.5 * (cost + cost.T).astype(np.float64)
    return FineCosts(world, symmetric, np.diag(symmetric).copy(), np.zeros((0, 0)), 0)


def kernel_of(costs: FineCosts, power: float, within: float, out: Costs | None = None) -> Costs:
    """The trade kernel, (place, place) of the kind of the costs: path integrals to the power of -theta Upsilon.

    `within` is the part of its own cell that a good crosses before it is used there; `out` is filled if it is given.
    """
    kernel = np.empty_like(costs.integral) if out is None else out

    def rows(start: int) -> None:
        part = costs.integral[start : start + BLOCK].astype(np.float64)
        own = np.arange(len(part))
        part[own, start + own] = within * costs.local[start : start + BLOCK]
        np.log(part, out=part)
        part *= -power
        kernel[start : start + BLOCK] = np.exp(part, out=part)

    with ThreadPoolExecutor(numba.get_num_threads()) as pool:
        list(pool.map(rows, range(0, len(kernel), BLOCK)))
    return kernel


def blocks_after_field(costs: FineCosts, field: Floats) -> Iterator[tuple[int, Costs]]:
    """Path integrals under another cost of the cells, a block of rows at a time, each with its first row.

    A block is overwritten by the next.

    On a graph where no cell is dearer the change is exact without solving every source again: a path that gains must
    pass one end of an edge that is cheaper, so it goes by one of a few cells, from which alone costs are solved anew.
    """
    if costs.metric == "marching":
        # The costs of a front do not add up along a way, and the mean of both senses needs every source.
        anew = np.empty_like(costs.integral)
        all_costs(costs.world, field, costs.metric, anew)
        for start in range(0, costs.world.size, BLOCK):
            yield start, anew[start : start + BLOCK]
        return
    solve, cell = costs_under(field, costs.metric, costs.integral.dtype.type), costs.world.ground.cell
    if (field > costs.field).any():
        for start in range(0, costs.world.size, BLOCK):
            yield start, solve(cell[start : start + BLOCK], cell)
        return
    via = ends_of_changed_edges(grid_graph(costs.field, costs.metric), grid_graph(field, costs.metric))
    yield from _blocks_by_way_of(costs, solve(via, cell))


def blocks_after_cut(costs: FineCosts, places: Indices, cut: float) -> Iterator[tuple[int, Costs]]:
    """Path integrals once the ways between some places get cheaper by a share, a block of rows at a time.

    For a world that brings its own integrals: a path that gains goes along the line between two of its places. A block
    is overwritten by the next.
    """
    line = (1.0 - cut) * costs.integral[np.ix_(places, places)].astype(np.float64)
    np.fill_diagonal(line, 0.0)
    for k in range(len(places)):
        line = np.minimum(line, line[:, k : k + 1] + line[k])
    onward = costs.integral[places].astype(np.float64)
    onward[np.arange(len(places)), places] = 0.0
    reach = np.stack([(row[:, None] + onward).min(axis=0) for row in line])
    yield from _blocks_by_way_of(costs, reach)


def _blocks_by_way_of(costs: FineCosts, reach: Costs) -> Iterator[tuple[int, Costs]]:
    kept = costs.integral.dtype.type(1.0 - ROUNDING[costs.integral.dtype.name])
    found = np.empty((min(BLOCK, costs.world.size), costs.world.size), costs.integral.dtype)
    for start in range(0, costs.world.size, BLOCK):
        known = costs.integral[start : start + BLOCK]
        cheaper_by_way_of(known, reach, start, kept, found)
        yield start, found[: len(known)]


def ends_of_changed_edges(before: Graph, after: Graph) -> Indices:
    """A small set of cells that holds an end of every edge whose weight differs."""
    cell, edge = np.nonzero(before.weight != after.weight)
    ends = np.stack([cell, before.target[cell, edge]], axis=1)
    chosen: list[int] = []
    while len(ends):
        # The cell with most of the edges left; the first of them if several have as many.
        most = int(np.argmax(np.bincount(ends.ravel())))
        chosen.append(most)
        ends = ends[(ends != most).all(axis=1)]
    return np.array(sorted(chosen), dtype=np.intp)


@numba.njit(cache=True, parallel=True)
def cheaper_by_way_of(integral, reach, first, kept, found):
    """Least of the known costs and of the ways over some cells; a way that costs more than the part `kept` is none.

    The first rows of `found` are filled.

    `integral` is (row, place), its rows the places from `first` on; `reach` holds the costs between those cells and all
    places, (via, place).
    """
    rows, places = integral.shape
    for i in numba.prange(rows):
        for start in range(0, places, _STRIP):
            known = integral[i, start : start + _STRIP]
            best = found[i, start : start + _STRIP]
            best[:] = known
            for v in range(len(reach)):
                there = reach[v, first + i]
                onward = reach[v, start : start + _STRIP]
                for s in range(len(best)):
                    way = there + onward[s]
                    best[s] = way if way < best[s] else best[s]
            for s in range(len(best)):
                best[s] = best[s] if best[s] < known[s] * kept else known[s]


@numba.njit(cache=True, parallel=True)
def put_costs(kernel, out, integral, changed, first, power):
    """Rows of a kernel into `out`, those of changed costs anew; the own cell keeps its cost under every policy.

    `integral` and `changed` are (row, place), their rows the places from `first` on.
    """
    rows, places = changed.shape
    for i in numba.prange(rows):
        row = first + i
        for s in range(places):
            out[row, s] = kernel[row, s]
            if changed[i, s] != integral[i, s] and s != row:
                out[row, s] = np.exp(-power * np.log(np.float64(changed[i, s])))
