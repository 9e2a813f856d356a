"""Least costs over the globe by a graph on its cells: exactly symmetric, wrapped in longitude, not across the poles.

A cell is joined to its 8, 16 or 32 nearest directions. An edge is a straight line on the grid, as long as the great
circle between both centres; what it costs is its length times the mean cost of the cells it crosses, each by the part
of the line that lies in it. Desmet, Nagy and Rossi-Hansberg (2018), section 4.3, solve the same problem by marching.
"""

from itertools import pairwise
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS = 6371.0088
DIRECTIONS = {
    8: ((0, 1), (1, 0), (1, 1), (1, -1)),
    16: ((0, 1), (1, 0), (1, 1), (1, -1), (1, 2), (1, -2), (2, 1), (2, -1)),
    32: (
        (0, 1), (1, 0), (1, 1), (1, -1), (1, 2), (1, -2), (2, 1), (2, -1),
        (1, 3), (1, -3), (3, 1), (3, -1), (2, 3), (2, -3), (3, 2), (3, -2),
    ),
}  # fmt: skip

Floats = NDArray[np.float64]


class Graph(NamedTuple):
    """Edges of every cell, in both senses.

    `target` is (cell, edge) int32, -1 beyond the poles; `weight` (cell, edge) float64 in cost units times km; `crossed`
    holds the cells, (cell, edge, 4) int32 with -1 for none, that an edge crosses besides its ends.
    """

    target: NDArray[np.int32]
    weight: Floats
    crossed: NDArray[np.int32]


def great_circle(latitude: Floats, longitude: Floats, to_latitude: Floats, to_longitude: Floats) -> Floats:
    """Distance in km between points in degrees."""
    a, b = np.deg2rad(latitude), np.deg2rad(to_latitude)
    half = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.deg2rad(to_longitude - longitude) / 2) ** 2
    return 2.0 * EARTH_RADIUS * np.arcsin(np.sqrt(half))


def cells_crossed(rows: int, columns: int) -> list[tuple[int, int, float]]:
    """Cells that a straight line between two centres crosses, as offsets with the part of the line in each."""
    steps = [(2 * k + 1) / (2 * abs(extent)) for extent in (rows, columns) for k in range(abs(extent))]
    cuts = sorted({0.0, 1.0, *steps})
    parts = []
    for start, stop in pairwise(cuts):
        middle = 0.5 * (start + stop)
        parts.append((round(middle * rows), round(middle * columns), stop - start))
    return parts


def grid_graph(cost: Floats, neighbours: int = 16) -> Graph:
    """The graph of a grid that covers the globe.

    Parameters
    ----------
    cost : (row, column) float
        Cost of a unit of distance in each cell; rows from north to south, all of one height in degrees.
    neighbours : {8, 16, 32}
        Directions in which a cell is joined.
    """
    rows, columns = cost.shape
    row, column = (index.ravel() for index in np.indices(cost.shape))
    latitude = 90.0 - (row + 0.5) * 180.0 / rows
    targets, weights, between = [], [], []
    for down, right in [(s * a, s * b) for a, b in DIRECTIONS[neighbours] for s in (1, -1)]:
        goal = row + down
        inside = (goal >= 0) & (goal < rows)
        end = np.where(inside, goal, row)
        far = 90.0 - (end + 0.5) * 180.0 / rows
        span = np.array([abs(right) * 360.0 / columns])
        length = great_circle(np.minimum(latitude, far), np.zeros(1), np.maximum(latitude, far), span)
        mean, crossed = np.zeros(len(row)), np.full((len(row), 4), -1, np.int32)
        place = 0
        for over, along, part in _in_one_sense(down, right):
            cell = np.where(inside, row + over, row) * columns + (column + along) % columns
            mean += part * cost.ravel()[cell]
            if (over, along) not in ((0, 0), (down, right)):
                crossed[:, place] = cell
                place += 1
        targets.append(np.where(inside, end * columns + (column + right) % columns, -1))
        weights.append(np.where(inside, length * mean, np.inf))
        between.append(crossed)
    return Graph(np.stack(targets, axis=1).astype(np.int32), np.stack(weights, axis=1), np.stack(between, axis=1))


def _in_one_sense(down: int, right: int) -> list[tuple[int, int, float]]:
    """The cells of an edge from its northern or western end, so that both senses add up to the same bits."""
    if (down, right) > (0, 0):
        return cells_crossed(down, right)
    return [(down + over, right + along, part) for over, along, part in cells_crossed(-down, -right)]


@numba.njit(cache=True)
def push(key, name, size, value, cell):
    """Put a cell into a binary heap of `size` entries, the least key first; the new size."""
    hole = size
    while hole > 0:
        parent = (hole - 1) // 2
        if key[parent] <= value:
            break
        key[hole], name[hole] = key[parent], name[parent]
        hole = parent
    key[hole], name[hole] = value, cell
    return size + 1


@numba.njit(cache=True)
def pop(key, name, size):
    """Take the first entry out of a binary heap of `size` entries; the new size."""
    size -= 1
    last, moved = key[size], name[size]
    hole = 0
    while True:
        child = 2 * hole + 1
        if child >= size:
            break
        if child + 1 < size and key[child + 1] < key[child]:
            child += 1
        if key[child] >= last:
            break
        key[hole], name[hole] = key[child], name[child]
        hole = child
    key[hole], name[hole] = last, moved
    return size


@numba.njit(cache=True)
def least_costs(target, weight, source):
    """Least cost from one cell to every cell, (cell,), by Dijkstra's method with a binary heap."""
    count, edges = target.shape
    best = np.full(count, np.inf)
    key = np.empty(8 * count)
    name = np.empty(8 * count, np.int32)
    best[source] = 0.0
    size = push(key, name, 0, 0.0, source)
    while size > 0:
        reached, cell = key[0], name[0]
        size = pop(key, name, size)
        if reached > best[cell]:
            continue
        for edge in range(edges):
            end = target[cell, edge]
            if end < 0:
                continue
            trial = reached + weight[cell, edge]
            if trial < best[end]:
                best[end] = trial
                size = push(key, name, size, trial, end)
    return best


@numba.njit(cache=True, parallel=True)
def costs_from(target, weight, sources, cells, found):
    """Least costs between cells into `found`, (source, cell) of any kind; each source is solved by one thread."""
    for i in numba.prange(len(sources)):
        best = least_costs(target, weight, sources[i])
        for j in range(len(cells)):
            found[i, j] = best[cells[j]]
