"""Costs between groups, for any trade elasticity and any size of a project, from a few computed ones.

The cost between two groups is the path integral at which one pair of places would trade as much. It hardly depends on
the exponent theta Upsilon, so a polynomial through a few exponents gives it for all; so does one through a few sizes of
each change that a project can make.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from ..interface import Steps
from .fine_costs import BLOCK, FineCosts, Floats, blocks_after_field, kernel_of
from .fixed_point import Equation, solve
from .grouping import Grouping
from .metric import Metric, costs_under
from .product import fine_product
from .world import Project, World

CENTRAL_WITHIN = 0.5
_BALANCED = 1e-10


class Family(NamedTuple):
    """One kind of change of a project, of any size: `kind` names the shock, `amounts` the sizes that are computed."""

    kind: str
    unfinished_only: bool
    amounts: tuple[float, ...]


class Change(NamedTuple):
    """What a family does: pairs of groups that get cheaper, and by how much in logarithms, (amount, power, pair)."""

    amounts: Floats
    pair: NDArray[np.int32]
    log_gain: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class GroupedCosts:
    """Costs between groups, and the changes that a project can make to them.

    Parameters
    ----------
    powers, change_powers : (node,) float
        Values of theta Upsilon at which costs, and their changes, were computed.
    log_cost : (node, group, group) float64
        Logarithms of the costs between groups; the places of the region come first, whose costs are the same at all.
    log_local : (single,) float64
        Logarithm of the cost of crossing the own cell in full, of the places of the region.
    log_weight : (node, place) float32
        Logarithms of the weights by which the places of a group are added up.
    changes : mapping of Family kind and cells to Change
    """

    powers: Floats
    change_powers: Floats
    log_cost: Floats
    log_local: Floats
    log_weight: NDArray[np.float32]
    changes: Mapping[tuple[str, bool], Change]

    @property
    def size(self) -> int:
        """Number of groups."""
        return self.log_cost.shape[1]

    def log_costs(self, power: float, within: float) -> Floats:
        """Logarithms of the costs at an exponent, (group, group), with this part of the own cell to cross."""
        mixed = np.empty((self.size, self.size))
        mix(self.log_cost, lagrange_weights(self.powers, power), mixed)
        single = np.arange(len(self.log_local))
        mixed[single, single] = np.log(within) + self.log_local
        return mixed

    def changed(
        self, kernel: NDArray[np.floating], power: float, kind: str, unfinished_only: bool, amount: float
    ) -> Floats:
        """The kernel once a project has made its change; that of no size is the kernel itself, bit by bit."""
        change = self.changes[kind, unfinished_only]
        by_amount = lagrange_weights(np.concatenate([[0.0], change.amounts]), amount)[1:]
        by_power = lagrange_weights(self.change_powers, power)
        gain = np.empty(len(change.pair))
        weights = np.outer(by_amount, by_power).ravel()
        mix(change.log_gain.reshape(len(weights), -1), weights, gain)
        gain *= -power
        found = kernel.astype(np.float64)
        scale_pairs(found, change.pair, np.exp(gain, out=gain))
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


def balancing_weights(kernel: NDArray, income: Floats) -> Floats:
    """Weights g with g(r) sum_s K(r, s) g(s) proportional to income, (place,)."""
    one = np.ones(1)
    log_income = np.log(income / income.mean())[:, None]
    equation = Equation(-one, one, log_income, np.zeros_like(log_income))
    return np.exp(solve(equation, fine_product(kernel), 0.5 * log_income, _BALANCED).x[:, 0])


def group_costs(
    costs: FineCosts,
    grouping: Grouping,
    powers: Floats,
    change_powers: Floats,
    families: Iterable[tuple[Family, Iterable[Floats]]],
    progress: Steps | None = None,
) -> GroupedCosts:
    """Costs between groups from the costs between places.

    Parameters
    ----------
    families : iterable of (Family, fields)
        For each family the cost of every cell of the grid at each of its amounts.
    progress : function, optional
        Called with steps done and steps in all.
    """
    world, group, size = costs.world, grouping.group, grouping.size
    listed = [(family, list(fields)) for family, fields in families]
    steps = len(powers) + len(change_powers) + sum(len(fields) for _, fields in listed)
    done = 0

    def tell() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, steps)

    income = world.people * world.income
    log_cost = np.empty((len(powers), size, size))
    log_weight = np.empty((len(powers), world.size), np.float32)
    for node, power in enumerate(powers):
        kernel = kernel_of(costs, power, CENTRAL_WITHIN)
        weights = balancing_weights(kernel, income)
        log_weight[node] = np.log(weights)
        log_cost[node] = _log_cost(_flows(kernel, weights, grouping), weights, grouping, power)
        tell()
    bases = []
    for power in change_powers:
        kernel = kernel_of(costs, power, CENTRAL_WITHIN)
        weights = balancing_weights(kernel, income)
        bases.append((power, weights, _flows(kernel, weights, grouping)))
        tell()
    changes = {}
    for family, fields in listed:
        gains = []
        for field in fields:
            gains.append(_gains(costs, field, bases, group, size))
            tell()
        changes[family.kind, family.unfinished_only] = _sparse(family, np.array(gains))
    # Places of the region trade at their own cost, whatever the exponent.
    singles = grouping.singles
    region = np.flatnonzero(group < singles)
    region = region[np.argsort(group[region])]
    own = np.log(
        costs.integral[np.ix_(region, region)].astype(np.float64),
        where=~np.eye(singles, dtype=bool),
        out=np.zeros((singles, singles)),
    )
    log_cost[:, :singles, :singles] = own
    return GroupedCosts(powers, change_powers, log_cost, np.log(costs.local[region]), log_weight, changes)


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


def put_region(kernel: Floats, costs: GroupedCosts, grouping: Grouping, integral: Floats, power: float) -> None:
    """Put the costs from the places of a region, (region, place), into a kernel of groups, in place."""
    log_weight = np.empty(costs.log_weight.shape[1])
    mix(costs.log_weight, lagrange_weights(costs.powers, power), log_weight)
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


def _flows(kernel: NDArray, weights: Floats, grouping: Grouping) -> Floats:
    """Flows of trade between groups, (group, group)."""
    order = np.argsort(grouping.group, kind="stable")
    first = np.searchsorted(grouping.group[order], np.arange(grouping.size))
    by_row = np.empty((len(weights), grouping.size))
    for start in range(0, len(weights), BLOCK):
        block = kernel[start : start + BLOCK][:, order].astype(np.float64) * weights[order]
        by_row[start : start + BLOCK] = np.add.reduceat(block, first, axis=1) * weights[start : start + BLOCK, None]
    flows = np.add.reduceat(by_row[order], first, axis=0)
    return 0.5 * (flows + flows.T)


def _log_cost(flows: Floats, weights: Floats, grouping: Grouping, power: float) -> Floats:
    total = np.bincount(grouping.group, weights, grouping.size)
    return -np.log(flows / np.outer(total, total)) / power


def _gains(
    costs: FineCosts, field: Floats, bases: list[tuple[float, Floats, Floats]], group: NDArray[np.intp], size: int
) -> Floats:
    """Change of the logarithm of costs between groups, (power, group, group)."""
    added = np.zeros((len(bases), size * size))
    for start, block in blocks_after_field(costs, field):
        before = costs.integral[start : start + len(block)]
        row, column = np.nonzero(block != before)
        # The own cell keeps its cost under every policy.
        off = row + start != column
        row, column = row[off], column[off]
        old, new = np.log(before[row, column].astype(float)), np.log(block[row, column].astype(float))
        place = group[row + start] * size + group[column]
        for i, (power, weights, _) in enumerate(bases):
            more = weights[row + start] * weights[column] * (np.exp(-power * new) - np.exp(-power * old))
            added[i] += np.bincount(place, more, size * size)
    gains = []
    for (power, _, flows), more in zip(bases, added.reshape(-1, size, size), strict=True):
        gains.append(-np.log1p(0.5 * (more + more.T) / flows) / power)
    return np.array(gains)


# A smaller gain in logarithms moves no result that is printed.
_LEAST_GAIN = 1e-7


def _sparse(family: Family, gains: Floats) -> Change:
    """Gains of the pairs that have any, each pair once; (amount, power, group, group) to a Change."""
    size = gains.shape[-1]
    lower = np.tril(np.abs(gains).max(axis=(0, 1)) > _LEAST_GAIN)
    pair = np.flatnonzero(lower.ravel()).astype(np.int32)
    kept = gains.reshape(*gains.shape[:2], size * size)[..., pair]
    return Change(np.array(family.amounts), pair, kept.astype(np.float32))
