"""The one equation of the model against scipy, and lanes that do not know of each other."""

import numpy as np
import pytest
from cordillera.engines.spatial.fixed_point import Equation, gap, solve
from cordillera.engines.spatial.product import fine_product
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import root

SIZE = 15


def kernel_of(seed: int, size: int = SIZE) -> np.ndarray:
    """Symmetric, positive, and as unequal as costs make it."""
    point = np.random.default_rng(seed).uniform(0.0, 3.0, (size, 2))
    return (0.2 + np.hypot(*(point[:, None] - point).T)) ** -2.5


def equation_of(seed: int, ratio: np.ndarray, size: int = SIZE) -> Equation:
    draw = np.random.default_rng(seed)
    left = np.full(len(ratio), 4.0)
    return Equation(left, ratio * left, draw.normal(0, 1, (size, len(ratio))), draw.normal(0, 1, (size, len(ratio))))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), ratio=st.floats(-1.0, 0.5))
def test_the_solution_is_that_of_scipy(seed: int, ratio: float) -> None:
    kernel, equation = kernel_of(seed), equation_of(seed, np.array([ratio]))
    found = solve(equation, lambda v: kernel @ v, np.zeros((SIZE, 1)), 1e-12)
    assert found.residual[0] <= 1e-12

    def miss(x: np.ndarray) -> np.ndarray:
        supply = kernel @ np.exp(equation.c[:, 0] + equation.right[0] * x)
        return equation.left[0] * x + equation.b[:, 0] - np.log(supply)

    def slope(x: np.ndarray) -> np.ndarray:
        flow = kernel * np.exp(equation.c[:, 0] + equation.right[0] * x)
        return equation.left[0] * np.eye(SIZE) - equation.right[0] * flow / flow.sum(axis=1, keepdims=True)

    other = root(miss, np.zeros(SIZE), jac=slope, tol=1e-13)
    np.testing.assert_allclose(found.x[:, 0], other.x, atol=1e-8)


def test_the_residual_is_that_of_the_equation() -> None:
    kernel, equation = kernel_of(1), equation_of(1, np.array([-0.7]))
    x = np.random.default_rng(0).normal(0, 1, (SIZE, 1))
    wanted = np.log(kernel @ np.exp(equation.c + equation.right * x)) - equation.b - equation.left * x
    np.testing.assert_allclose(gap(equation, lambda v: kernel @ v, x), wanted, rtol=1e-14)


def test_the_solution_is_nearer_than_the_residual_that_was_asked_for() -> None:
    kernel, equation = kernel_of(2), equation_of(2, np.array([-0.7]))
    found = solve(equation, lambda v: kernel @ v, np.zeros((SIZE, 1)), 1e-6)
    assert 0 < found.residual[0] <= 1e-6
    assert np.abs(gap(equation, lambda v: kernel @ v, found.x)).max() < found.residual[0]


def test_the_balancing_of_a_matrix_converges_though_its_plain_iteration_does_not() -> None:
    kernel, equation = kernel_of(3), equation_of(3, np.array([-1.0]))
    found = solve(equation, lambda v: kernel @ v, np.zeros((SIZE, 1)), 1e-10)
    assert found.residual[0] <= 1e-10
    assert found.products[0] < 60


RATIOS = np.array([-0.7, -0.9, 0.2, -0.7, -1.0, 0.6, -0.1, -0.5])


def test_a_lane_has_the_same_bits_whatever_the_others_are() -> None:
    kernel = fine_product(kernel_of(4).astype(np.float32))
    equation, start = equation_of(4, RATIOS), np.zeros((SIZE, len(RATIOS)))
    together = solve(equation, kernel, start, 1e-10)
    for lane in range(len(RATIOS)):
        only = np.full(len(RATIOS), lane)
        copies = Equation(*(values[..., only] for values in equation))
        alone = solve(copies, kernel, start, 1e-10)
        np.testing.assert_array_equal(alone.x[:, 0], together.x[:, lane])
        assert alone.residual[0] == together.residual[lane]
        assert alone.products[0] == together.products[lane]


def test_a_lane_that_is_not_a_number_stops_and_says_so() -> None:
    kernel = fine_product(kernel_of(5).astype(np.float32))
    equation, start = equation_of(5, RATIOS), np.zeros((SIZE, len(RATIOS)))
    clean = solve(equation, kernel, start, 1e-10)
    equation.b[:, 2] = np.nan
    found = solve(equation, kernel, start, 1e-10)
    assert not found.residual[2] <= 1e-10
    np.testing.assert_array_equal(np.delete(found.x, 2, 1), np.delete(clean.x, 2, 1))


@pytest.mark.parametrize("tolerance", [1e-3, 1e-9])
def test_no_lane_ends_above_the_tolerance(tolerance: float) -> None:
    kernel = kernel_of(6)
    found = solve(equation_of(6, RATIOS), lambda v: kernel @ v, np.zeros((SIZE, len(RATIOS))), tolerance)
    assert (found.residual <= tolerance).all()
    assert (found.products > 0).all()
