"""Least costs over the globe by a front that marches over its cells: first order, wrapped in longitude, not over poles.

The front reaches a cell at the least cost M from the source, which solves |grad M| = c. With upwind differences M of a
cell follows from smaller ones alone, so one pass in their order is enough (Sethian 1996): what Desmet, Nagy and
Rossi-Hansberg (2018), section 4.3, do. A difference takes the cost of the cell that is reached, so the two senses of
a way differ, by about 1 % on the world of 1 degree; the metric is the mean of both.
"""

import numba
import numpy as np

from .graph import EARTH_RADIUS, pop, push


@numba.njit(cache=True)
def reached(along, across, width, height, cost):
    """Cost at which the front reaches a cell from its least neighbours along its row and across, from either or both.

    It solves ((M - along) / width)^2 + ((M - across) / height)^2 = cost^2 for M above both; where there is no such M,
    the front comes from one of them alone.
    """
    one = min(along + width * cost, across + height * cost)
    if one <= max(along, across):
        return one
    x, y = height * height, width * width
    apart = across - along
    root = np.sqrt((x + y) * cost * cost - apart * apart)
    return (x * along + y * across + width * height * root) / (x + y)


@numba.njit(cache=True)
def marched_costs(field, source):
    """Least cost from one cell to every cell, (cell,), under the cost of a unit of distance, (row, column)."""
    rows, columns = field.shape
    height = EARTH_RADIUS * np.pi / rows
    width = EARTH_RADIUS * 2.0 * np.pi / columns * np.cos(np.pi * ((np.arange(rows) + 0.5) / rows - 0.5))
    best = np.full(rows * columns, np.inf)
    settled = np.zeros(rows * columns, np.bool_)
    # A cell is put in again by each of its four neighbours at most.
    key = np.empty(4 * rows * columns + 1)
    name = np.empty(4 * rows * columns + 1, np.int32)
    best[source] = 0.0
    size = push(key, name, 0, 0.0, source)
    while size > 0:
        cell = name[0]
        size = pop(key, name, size)
        if settled[cell]:
            continue
        settled[cell] = True
        row, column = cell // columns, cell % columns
        for down, right in ((0, 1), (0, -1), (1, 0), (-1, 0)):
            i, j = row + down, (column + right) % columns
            if i < 0 or i >= rows or settled[i * columns + j]:
                continue
            start = i * columns
            along = min(best[start + (j + 1) % columns], best[start + (j - 1) % columns])
            north = best[start - columns + j] if i > 0 else np.inf
            south = best[start + columns + j] if i < rows - 1 else np.inf
            trial = reached(along, min(north, south), width[i], height, field[i, j])
            if trial < best[start + j]:
                best[start + j] = trial
                size = push(key, name, size, trial, start + j)
    return best


@numba.njit(cache=True, parallel=True)
def marched_costs_from(field, sources, cells, found):
    """Least costs between cells into `found`, (source, cell) of any kind, in the sense from the source.

    Each source is solved by one thread.
    """
    for i in numba.prange(len(sources)):
        best = marched_costs(field, sources[i])
        for k in range(len(cells)):
            found[i, k] = best[cells[k]]
