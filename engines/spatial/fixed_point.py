"""The one equation behind the inversion, the migration costs and every year of the model.

    left x(r) + b(r) = log sum_s K(r, s) exp(c(s) + right x(s)),     x the logarithm of the unknown.

The plain iteration has the Jacobian (right / left) P, where P is row-stochastic and similar to a symmetric matrix, so
its eigenvalues are real and lie in [LOWEST_EIGENVALUE, 1]. With both ends known, Chebyshev's semi-iterative method
needs neither inner products nor a history, and no iteration that uses the kernel once a step has a better worst case.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .product import Product

Floats = NDArray[np.float64]

# P is positive semi-definite but for a few small eigenvalues; a lower one than this costs steps, not the solution.
LOWEST_EIGENVALUE = -0.2
MOST_STEPS = 400
# How much of the last step enters the next, by step: none, the first recursion, all others.
_MEMORY = {1: 0.0, 2: 0.5, 3: 0.25}


class Equation(NamedTuple):
    """The equation of each lane: `left`, `right` are (lane,), `b` and `c` (location, lane)."""

    left: Floats
    right: Floats
    b: Floats
    c: Floats


class Root(NamedTuple):
    """Where the iteration ended.

    `x` is (location, lane); `residual`, (lane,), the largest difference between both sides in logarithms; `products`,
    (lane,), how often the kernel was used.
    """

    x: Floats
    residual: Floats
    products: NDArray[np.int32]


def gap(equation: Equation, product: Product, x: Floats) -> Floats:
    """Right side less left side in logarithms, (location, lane)."""
    supply = product(np.exp(equation.c + equation.right * x))
    return np.log(supply) - equation.b - equation.left * x


def solve(
    equation: Equation, product: Product, start: Floats, tolerance: float, lowest: float = LOWEST_EIGENVALUE
) -> Root:
    """Solve the equation from a starting point.

    Parameters
    ----------
    equation : Equation
        With |right / left| at most one.
    product : function
        The kernel times (location, lane).
    start : (location, lane) float
        First guess of x.
    tolerance : float
        Bound on the residual of every lane. A lane that has met it is frozen, so that it does not depend on the others.
    lowest : float
        Bound on the eigenvalues of P from below. Where `right / left` is -1 one that is too high costs many steps.
    """
    ratio = equation.right / equation.left
    ends = 1.0 - ratio, 1.0 - lowest * ratio
    centre = 0.5 * (ends[0] + ends[1])
    width = 0.5 * (ends[1] - ends[0])
    x, step, length = start, np.zeros_like(start), np.zeros_like(centre)
    residual = np.full(len(centre), np.inf)
    products = np.zeros(len(centre), dtype=np.int32)
    going = np.ones(len(centre), bool)
    for count in range(1, MOST_STEPS + 1):
        away = gap(equation, product, x)
        found = np.abs(away).max(axis=0)
        residual = np.where(going, found, residual)
        products += going
        met = going & (found <= tolerance)
        # What the last product has found is used up: it costs nothing and makes the next start better.
        x = np.where(met, x + away / equation.left / centre, x)
        going &= ~met & np.isfinite(found)
        if not going.any():
            break
        memory = _MEMORY[min(count, 3)] * (width * length) ** 2
        length = 1.0 / (centre - np.divide(memory, length, out=np.zeros_like(memory), where=length > 0.0))
        step = away / equation.left + memory * step
        x = np.where(going, x + length * step, x)
    return Root(x, residual, products)
