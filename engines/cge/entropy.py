"""Balancing by minimum cross-entropy, and by RAS.

Cross-entropy: minimise sum x ln(x / prior) - x subject to A x = b. Its dual is unconstrained and smooth,

    x = prior exp(A' m),   A x = b,

and is solved by Newton's method on the multipliers m (Robinson, Cattaneo and El-Said 2001 use the same objective for
social accounting matrices). A last weighted projection takes out what Newton's tolerance leaves.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scipy.linalg
import scipy.sparse as sparse
from numpy.typing import NDArray

# A feasible problem takes five to fifteen; one without a solution drifts off for ever.
NEWTON_STEPS = 50
TOLERANCE = 1e-9


class InfeasibleMatrixError(ValueError):
    """No positive matrix meets the fixed totals near these priors."""


class Constraint(NamedTuple):
    """One linear equation on the flows: a name for messages, the flows it adds up, their weights, and the total."""

    name: str
    flows: NDArray[np.intp]
    weights: NDArray[np.float64]
    total: float


def minimum_cross_entropy(prior: NDArray[np.float64], constraints: list[Constraint]) -> NDArray[np.float64]:
    """Positive flows nearest to `prior` in cross-entropy that meet every constraint.

    Parameters
    ----------
    prior : (flow,) float
        Positive starting values, in the unit of the totals.
    constraints : list of Constraint
        They may depend on each other linearly, if they do not contradict.

    Returns
    -------
    (flow,) float
        Flows that meet each constraint to 1e-11 of the largest total.

    Raises
    ------
    InfeasibleMatrixError
        If no positive flows exist; the message names the constraints that stay open.
    """
    matrix, totals = _assemble(constraints, len(prior))
    scale = np.abs(totals).max()
    flows, residual = _newton_on_the_dual(prior / scale, matrix, totals / scale)
    if residual > TOLERANCE:
        gap = (matrix @ flows) * scale - totals
        worst = np.argsort(-np.abs(gap))[:3]
        named = "; ".join(f"{constraints[i].name} misses {totals[i]:,.1f} by {gap[i]:+,.1f}" for i in worst)
        message = f"The priors are infeasible: {named}. Change the priors of these accounts or the fixed totals."
        raise InfeasibleMatrixError(message)
    return _project(flows, matrix, totals / scale) * scale


def _assemble(constraints: list[Constraint], size: int) -> tuple[sparse.csr_matrix, NDArray[np.float64]]:
    rows = np.concatenate([np.full(len(c.flows), i) for i, c in enumerate(constraints)])
    columns = np.concatenate([c.flows for c in constraints])
    weights = np.concatenate([c.weights for c in constraints])
    matrix = sparse.csr_matrix((weights, (rows, columns)), shape=(len(constraints), size))
    return matrix, np.array([c.total for c in constraints], dtype=np.float64)


def _newton_on_the_dual(
    prior: NDArray[np.float64], matrix: sparse.csr_matrix, totals: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    multipliers = np.zeros(len(totals))
    flows = prior.copy()
    gradient = matrix @ flows - totals
    for _ in range(NEWTON_STEPS):
        if np.abs(gradient).max() < TOLERANCE * 1e-2:
            break
        hessian = (matrix @ sparse.diags(flows) @ matrix.T).toarray()
        step = -_least_squares(hessian, gradient)
        accepted = _backtrack(prior, matrix, totals, multipliers, step, gradient, flows)
        if accepted is None:
            break
        multipliers, flows, gradient = accepted
    return flows, float(np.abs(gradient).max())


def _backtrack(
    prior: NDArray[np.float64],
    matrix: sparse.csr_matrix,
    totals: NDArray[np.float64],
    multipliers: NDArray[np.float64],
    step: NDArray[np.float64],
    gradient: NDArray[np.float64],
    flows: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]] | None:
    """The longest halved step that lowers the dual, or its gradient where the dual is all rounding."""
    objective = flows.sum() - multipliers @ totals
    slope = gradient @ step
    norm = np.abs(gradient).max()
    length = 1.0
    while length > 1e-6:
        trial = multipliers + length * step
        exponent = matrix.T @ trial
        if exponent.max() < 50.0:
            flows_trial = prior * np.exp(exponent)
            gradient_trial = matrix @ flows_trial - totals
            falls = flows_trial.sum() - trial @ totals <= objective + 1e-4 * length * slope
            if falls or np.abs(gradient_trial).max() < 0.5 * norm:
                return trial, flows_trial, gradient_trial
        length *= 0.5
    return None


def _least_squares(hessian: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """The shortest solution, since constraints may depend on each other."""
    solved = scipy.linalg.lstsq(hessian, right, cond=1e-13, check_finite=False)
    # Inferred from its source, scipy's function may return nothing; it does so for no driver that it accepts.
    assert solved is not None
    return np.asarray(solved[0], dtype=np.float64)


def _project(flows: NDArray[np.float64], matrix: sparse.csr_matrix, totals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weighted least squares onto the constraints; corrections are proportional to the flows, so signs stay."""
    for _ in range(3):
        gap = totals - matrix @ flows
        hessian = (matrix @ sparse.diags(flows) @ matrix.T).toarray()
        flows = flows * (1.0 + matrix.T @ _least_squares(hessian, gap))
    return flows


def ras(
    prior: NDArray[np.float64],
    row_totals: NDArray[np.float64],
    column_totals: NDArray[np.float64],
    name: str,
    row_names: Sequence[str],
) -> NDArray[np.float64]:
    """Biproportional scaling of `prior` (row, column) to both sets of totals.

    Parameters
    ----------
    name, row_names : str, sequence of str
        What the table and its rows are called in messages.

    Raises
    ------
    InfeasibleMatrixError
        If the zeros of `prior` do not allow the totals; the message names the row that misses most.
    """
    flows = prior * (row_totals.sum() / prior.sum())
    for _ in range(20_000):
        sums = flows.sum(axis=1)
        flows = flows * np.divide(row_totals, sums, out=np.zeros_like(sums), where=sums > 0)[:, None]
        sums = flows.sum(axis=0)
        flows = flows * np.divide(column_totals, sums, out=np.zeros_like(sums), where=sums > 0)[None, :]
        gap = flows.sum(axis=1) - row_totals
        if np.abs(gap).max() <= 1e-13 * row_totals.max():
            return flows
    worst = int(np.argmin(gap))
    message = (
        f"Factor payments of {name} cannot be scaled: {row_names[worst]} misses {row_totals[worst]:,.1f} by "
        f"{gap[worst]:+,.3g}. Give it a positive prior share in more sectors or change its total."
    )
    raise InfeasibleMatrixError(message)
