"""Costs between groups, for any trade elasticity and any size of a project, from a few computed ones.

The cost between two groups is the path integral at which one pair of places would trade as much. It hardly depends on
the exponent theta Upsilon, so a polynomial through a few exponents gives it for all. What a project changes is known
for a few of its sizes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from .grouping import Grouping
from .metric import Metric, costs_under
from .world import Project, World

Floats = NDArray[np.float64]


class Change(NamedTuple):
    """What a family does: pairs of groups that get cheaper, and the share by which they do, (amount, power, pair)."""

    amounts: Floats
    pair: NDArray[np.int32]
    gain: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class GroupedCosts:
    """Costs between groups, and the changes that a project can make to them.

    Parameters
    ----------
    powers, change_powers : (node,) float
        Values of theta Upsilon at which costs, and their changes, were computed.
    withins : (node,) float
        Parts of the own cell for which they were.
    log_cost : (node, group, group) float
        Logarithms of the costs between groups; the places of the region come first, whose costs are the same at all.
    log_local : (single,) float64
        Logarithm of the cost of crossing the own cell in full, of the places of the region.
    log_weight : (node, place) float32
        Logarithms of the weights by which the places of a group are added up. A node of both is a part of the own cell
        and a power, the powers running first.
    changes : mapping of Family kind and cells to Change
    """

    powers: Floats
    withins: Floats
    change_powers: Floats
    log_cost: NDArray[np.floating]
    log_local: Floats
    log_weight: NDArray[np.float32]
    changes: Mapping[tuple[str, bool], Change]

    @property
    def size(self) -> int:
        """Number of groups."""
        return self.log_cost.shape[1]

    def node_weights(self, power: float, within: float) -> Floats:
        """Weights of the nodes at an exponent and a part of the own cell, (node,)."""
        by_within = lagrange_weights(np.log(self.withins), float(np.log(within)))
        return np.outer(by_within, lagrange_weights(self.powers, power)).ravel()

    def log_costs(self, power: float, within: float) -> Floats:
        """Logarithms of the costs at an exponent, (group, group), with this part of the own cell to cross."""
        mixed = np.empty((self.size, self.size))
        mix(self.log_cost, self.node_weights(power, within), mixed)
        single = np.arange(len(self.log_local))
        mixed[single, single] = np.log(within) + self.log_local
        return mixed

    def changed(
        self, kernel: NDArray[np.floating], power: float, kind: str, unfinished_only: bool, amount: float
    ) -> Floats:
        """The kernel once a project has made its change; that of no size is the kernel itself, bit by bit."""
        change = self.changes[kind, unfinished_only]
        # A path costs less in proportion to the cut until another one is the cheapest: straight between two sizes.
        by_amount = linear_weights(np.concatenate([[0.0], change.amounts]), amount)[1:]
        weights = np.outer(by_amount, lagrange_weights(self.change_powers, power)).ravel()
        gain = np.empty(len(change.pair))
        mix(change.gain.reshape(len(weights), -1), weights, gain)
        # A project makes nothing dearer, whatever a polynomial says between its nodes.
        np.maximum(gain, 0.0, out=gain)
        found = kernel.astype(np.float64)
        scale_pairs(found, change.pair, np.exp(-power * np.log1p(-gain)))
        return found


@numba.njit(cache=True)
def mix(nodes, weights, out):
    """Weighted sum over the first axis, into `out`."""
    flat = out.reshape(-1)
    many = nodes.reshape(len(nodes), -1)
    for i in range(len(flat)):
        total = 0.0
        for node in range(len(weights)):
            total += weights[node] * many[node, i]
        flat[i] = total


@numba.njit(cache=True)
def scale_pairs(kernel, pair, factor):
    """Multiply entries of a symmetric kernel and their mirror images, in place.

    A pair is the row times the size plus the column.
    """
    size = len(kernel)
    for i in range(len(pair)):
        row, column = pair[i] // size, pair[i] % size
        kernel[row, column] *= factor[i]
        kernel[column, row] = kernel[row, column]


def chebyshev_nodes(low: float, high: float, count: int) -> Floats:
    """Points at which a polynomial through them stays close everywhere in between."""
    angle = np.pi * (np.arange(count) + 0.5) / count
    return np.sort(0.5 * (low + high) + 0.5 * (high - low) * np.cos(angle))


def lagrange_weights(nodes: Floats, at: float) -> Floats:
    """Weights of the values at `nodes` in the polynomial through them; at a node, exactly one and zeros."""
    hit = nodes == at
    if hit.any():
        return hit.astype(float)
    ratios = [(at - np.delete(nodes, i)) / (nodes[i] - np.delete(nodes, i)) for i in range(len(nodes))]
    return np.array([np.prod(ratio) for ratio in ratios])


def linear_weights(nodes: Floats, at: float) -> Floats:
    """Weights of the values at rising `nodes` in the straight line between the two around `at`."""
    above = int(np.clip(np.searchsorted(nodes, at), 1, len(nodes) - 1))
    share = (at - nodes[above - 1]) / (nodes[above] - nodes[above - 1])
    weights = np.zeros(len(nodes))
    weights[above - 1], weights[above] = 1.0 - share, share
    return weights


def scale_costs(kernel: Floats, world: World, field: Floats, known: Floats, power: float) -> None:
    """Move all costs of a kernel as the cost of a cell moves on average over people, from one field to another.

    Costs that all change by one factor then change nothing else, as it must be.
    """
    log_ratio = np.log(field.ravel()[world.ground.cell] / known.ravel()[world.ground.cell])
    kernel *= np.exp(-power * (log_ratio * world.people).sum() / world.people.sum())


def costs_of_region(world: World, project: Project, field: Floats, metric: Metric) -> Floats:
    """Path integrals in the sense from the places of a region to all places, (region, place)."""
    cell = world.ground.cell
    integral = costs_under(field, metric)(cell[project.region], cell).astype(np.float64)
    # The own cell has a cost of its own, which is put in elsewhere.
    integral[np.arange(len(project.region)), project.region] = 1.0
    return integral


def put_region(
    kernel: Floats, costs: GroupedCosts, grouping: Grouping, integral: Floats, power: float, within: float
) -> None:
    """Put the costs from the places of a region, (region, place), into a kernel of groups, in place."""
    log_weight = np.empty(costs.log_weight.shape[1])
    mix(costs.log_weight, costs.node_weights(power, within), log_weight)
    weight = np.exp(log_weight)
    trade = np.exp(-power * np.log(integral)) * weight
    order = np.argsort(grouping.group, kind="stable")
    first = np.searchsorted(grouping.group[order], np.arange(grouping.size))
    rows = np.add.reduceat(trade[:, order], first, axis=1) / np.bincount(grouping.group, weight, grouping.size)
    singles = len(integral)
    near = rows[:, :singles]
    rows[:, :singles] = 0.5 * (near + near.T)
    kernel[:singles] = rows
    kernel[:, :singles] = rows.T
