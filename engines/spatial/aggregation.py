"""Making the costs between groups from those between places; see `grouping` for the rule."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from ..interface import Steps
from ..labelled import SolveError
from .fine_costs import FineCosts, blocks_after_field, kernel_of
from .fixed_point import LOWEST_EIGENVALUE, Equation, solve
from .grouped_costs import Change, GroupedCosts
from .grouping import Grouping
from .product import fine_product

Floats = NDArray[np.float64]

# The part of its own cell that a good crosses where the changes of a project are computed.
CENTRAL_WITHIN = 0.5
_BALANCED = 1e-10
# Bounds on the eigenvalues, the next where one was too high: steep trade over wide cells has some far below zero.
_LOWEST = (LOWEST_EIGENVALUE, -0.6, -0.95)
# Rows that are put in order at once, while they are in the cache.
_ROWS = 64
# A smaller gain moves no result that is printed.
_LEAST_GAIN = 1e-7


class Family(NamedTuple):
    """One kind of change of a project, of any size: `kind` names the shock, `amounts` the sizes that are computed."""

    kind: str
    unfinished_only: bool
    amounts: tuple[float, ...]


class Trade(NamedTuple):
    """Trade between places at one exponent: the weights that balance it, (place,), and flows of groups."""

    power: float
    weights: Floats
    flows: Floats


def group_costs(
    costs: FineCosts,
    grouping: Grouping,
    powers: Floats,
    withins: Floats,
    change_powers: Floats,
    families: Iterable[tuple[Family, Iterable[Floats]]],
    progress: Steps | None = None,
) -> GroupedCosts:
    """Costs between groups from the costs between places.

    Parameters
    ----------
    powers, change_powers : (node,) float
        Values of theta Upsilon at which costs, and their changes, are computed.
    withins : (node,) float
        Parts of its own cell that a good crosses, for which costs are computed.
    families : iterable of (Family, fields)
        For each family the cost of every cell of the grid at each of its amounts.
    progress : function, optional
        Called with steps done and steps in all.
    """
    listed = [(family, list(fields)) for family, fields in families]
    nodes = [(float(power), float(within)) for within in withins for power in powers]
    tell = _counter(len(nodes) + len(change_powers) + sum(len(fields) for _, fields in listed), progress)
    log_cost = np.empty((len(nodes), grouping.size, grouping.size))
    log_weight = np.empty((len(nodes), costs.world.size), np.float32)
    for node, (power, within) in enumerate(nodes):
        trade = trade_at(costs, grouping, power, within)
        log_weight[node] = np.log(trade.weights)
        log_cost[node] = _log_cost(trade, grouping)
        tell()
    central = []
    for power in change_powers:
        central.append(trade_at(costs, grouping, float(power), CENTRAL_WITHIN))
        tell()
    changes = {}
    for family, fields in listed:
        gains = []
        for field in fields:
            gains.append(gains_of(costs, field, central, grouping))
            tell()
        changes[family.kind, family.unfinished_only] = _sparse(family, np.array(gains))
    places = _single_places(grouping)
    log_cost[:, : len(places), : len(places)] = _log_between(costs, places)
    return GroupedCosts(powers, withins, change_powers, log_cost, np.log(costs.local[places]), log_weight, changes)


def trade_at(costs: FineCosts, grouping: Grouping, power: float, within: float) -> Trade:
    """Trade of the base year at one exponent and one part of the own cell."""
    kernel = kernel_of(costs, power, within)
    weights = balancing_weights(kernel, costs.world.people * costs.world.income)
    return Trade(power, weights, _flows(kernel, weights, grouping))


def balancing_weights(kernel: NDArray, income: Floats) -> Floats:
    """Weights g with g(r) sum_s K(r, s) g(s) proportional to income, (place,).

    Raises
    ------
    SolveError
        If they are not found.
    """
    one = np.ones(1)
    log_income = np.log(income / income.mean())[:, None]
    equation = Equation(-one, one, log_income, np.zeros_like(log_income))
    product, found = fine_product(kernel), 0.5 * log_income
    for lowest in _LOWEST:
        root = solve(equation, product, found, _BALANCED, lowest)
        if root.residual[0] <= _BALANCED:
            return np.exp(root.x[:, 0])
        found = root.x
    message = f"Weights of places in groups end at a residual of {root.residual[0]:.1e}, above {_BALANCED:g}."
    raise SolveError(message)


def gains_of(costs: FineCosts, field: Floats, central: list[Trade], grouping: Grouping) -> Floats:
    """Shares by which costs between groups fall under another field, (power, group, group)."""
    powers = np.array([trade.power for trade in central])
    weights = np.stack([trade.weights for trade in central])
    added = np.zeros((grouping.size, len(central), grouping.size))
    for start, block in blocks_after_field(costs, field):
        before = costs.integral[start : start + len(block)]
        by_row = added_trade(before, block, start, powers, weights, grouping.group, grouping.size)
        for row, more in zip(grouping.group[start : start + len(block)], by_row, strict=True):
            added[row] += more
    gains = []
    for trade, more in zip(central, added.swapaxes(0, 1), strict=True):
        gains.append(-np.expm1(-np.log1p(0.5 * (more + more.T) / trade.flows) / trade.power))
    return np.array(gains)


@numba.njit(cache=True, parallel=True)
def added_trade(before, after, first, powers, weights, group, size):
    """Trade that changed costs add, from each place of some rows to each group, (row, power, group).

    `before` and `after` are (row, place) float32, their rows the places from `first` on; `weights` is (power, place).
    The own cell keeps its cost under every policy.
    """
    rows, places = after.shape
    out = np.zeros((rows, len(powers), size))
    for i in numba.prange(rows):
        place = first + i
        for s in range(places):
            if after[i, s] != before[i, s] and s != place:
                old, new = np.log(np.float64(before[i, s])), np.log(np.float64(after[i, s]))
                for k in range(len(powers)):
                    more = np.exp(-powers[k] * new) - np.exp(-powers[k] * old)
                    out[i, k, group[s]] += weights[k, place] * weights[k, s] * more
    return out


def _flows(kernel: NDArray, weights: Floats, grouping: Grouping) -> Floats:
    """Flows of trade between groups, (group, group)."""
    order = np.argsort(grouping.group, kind="stable")
    first = np.searchsorted(grouping.group[order], np.arange(grouping.size))
    by_row, sorted_weights = np.empty((len(weights), grouping.size)), weights[order]

    def add_up(start: int) -> None:
        rows = slice(start, start + _ROWS)
        in_order = kernel[rows].take(order, axis=1) * sorted_weights
        by_row[rows] = np.add.reduceat(in_order, first, axis=1) * weights[rows, None]

    with ThreadPoolExecutor(numba.get_num_threads()) as pool:
        list(pool.map(add_up, range(0, len(weights), _ROWS)))
    flows = np.add.reduceat(by_row[order], first, axis=0)
    return 0.5 * (flows + flows.T)


def _log_cost(trade: Trade, grouping: Grouping) -> Floats:
    total = np.bincount(grouping.group, trade.weights, grouping.size)
    return -np.log(trade.flows / np.outer(total, total)) / trade.power


def _single_places(grouping: Grouping) -> NDArray[np.intp]:
    """Places that are a group by themselves, in the order of the groups."""
    places = np.flatnonzero(grouping.group < grouping.singles)
    return places[np.argsort(grouping.group[places])]


def _log_between(costs: FineCosts, places: NDArray[np.intp]) -> Floats:
    """Logarithms of the costs between some places, which trade at them whatever the exponent; zero on the diagonal."""
    off = ~np.eye(len(places), dtype=bool)
    between = costs.integral[np.ix_(places, places)].astype(np.float64)
    return np.log(between, where=off, out=np.zeros_like(between))


def _sparse(family: Family, gains: Floats) -> Change:
    """Gains of the pairs that have any, each pair once; (amount, power, group, group) to a Change."""
    size = gains.shape[-1]
    lower = np.tril(np.abs(gains).max(axis=(0, 1)) > _LEAST_GAIN)
    pair = np.flatnonzero(lower.ravel()).astype(np.int32)
    kept = gains.reshape(*gains.shape[:2], size * size)[..., pair]
    return Change(np.array(family.amounts), pair, kept.astype(np.float32))


def _counter(steps: int, progress: Steps | None) -> Callable[[], None]:
    done = 0

    def tell() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, steps)

    return tell
