"""Two ways to measure what it costs to get from cell to cell: on a graph, or by a front that marches over the grid."""

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .graph import costs_from, grid_graph
from .marching import marched_costs_from

Floats = NDArray[np.float64]
# float32 where the world is large; float64 where it is the user's own.
Costs = NDArray[np.floating]
Kind = type[np.float32] | type[np.float64]
Indices = NDArray[np.intp]

# The directions of a graph (8, 16 or 32), or the front.
Metric = int | Literal["marching"]


def costs_under(field: Floats, metric: Metric, kind: Kind = np.float32) -> Callable[[Indices, Indices], Costs]:
    """What gives the least costs from sources to cells, (source, cell), where a unit of distance costs `field`."""
    graph = None if metric == "marching" else grid_graph(field, metric)

    def solve(sources: Indices, cells: Indices) -> Costs:
        found = np.empty((len(sources), len(cells)), kind)
        if graph is None:
            marched_costs_from(field, sources, cells, found)
        else:
            costs_from(graph.target, graph.weight, sources, cells, found)
        return found

    return solve


def cost_of_both_senses(there: Costs, back: Costs, metric: Metric) -> Costs:
    """The cost between two places from those of both senses of the way."""
    if metric == "marching":
        return 0.5 * (there + back)
    # On a graph both senses add up the same edges in opposite orders: only their last bits differ.
    return np.minimum(there, back)
