"""Balancing: the laws of minimum cross-entropy and of RAS, on random problems that have a solution."""

import numpy as np
import pytest
from cordillera.engines.cge.entropy import Constraint, InfeasibleMatrixError, minimum_cross_entropy, ras
from hypothesis import given, settings
from hypothesis import strategies as st


def table_constraints(rows: np.ndarray, columns: np.ndarray) -> list[Constraint]:
    """Row and column sums of a table as constraints on its cells; one of them follows from the others."""
    cell = np.arange(len(rows) * len(columns)).reshape(len(rows), len(columns))
    ones = np.ones
    return [Constraint(f"row {i}", cell[i], ones(len(columns)), total) for i, total in enumerate(rows)] + [
        Constraint(f"column {j}", cell[:, j], ones(len(rows)), total) for j, total in enumerate(columns)
    ]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(2, 6))
def test_on_row_and_column_sums_cross_entropy_is_ras(seed: int, rows: int, columns: int) -> None:
    generator = np.random.default_rng(seed)
    prior, target = (np.exp(generator.normal(size=(rows, columns))) for _ in range(2))
    constraints = table_constraints(target.sum(axis=1), target.sum(axis=0))
    found = minimum_cross_entropy(prior.ravel(), constraints).reshape(rows, columns)
    np.testing.assert_allclose(
        found, ras(prior, target.sum(axis=1), target.sum(axis=0), "a table", "abcdef"), rtol=1e-7
    )
    np.testing.assert_allclose(found.sum(axis=1), target.sum(axis=1), rtol=1e-12)
    np.testing.assert_allclose(found.sum(axis=0), target.sum(axis=0), rtol=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_no_feasible_flows_are_nearer_to_the_prior(seed: int) -> None:
    generator = np.random.default_rng(seed)
    prior, inside = (np.exp(generator.normal(size=8)) for _ in range(2))
    weights = generator.normal(size=(3, 8))
    constraints = [Constraint(f"sum {i}", np.arange(8), row, float(row @ inside)) for i, row in enumerate(weights)]
    found = minimum_cross_entropy(prior, constraints)
    distance = np.sum(found * np.log(found / prior) - found)
    assert (found > 0.0).all()
    free = np.linalg.svd(weights)[2][3:]
    for step in free:
        moved = found + 1e-3 * found.min() * step
        assert np.sum(moved * np.log(moved / prior) - moved) >= distance - 1e-12


def test_a_prior_that_meets_its_constraints_stays_as_it_is() -> None:
    prior = np.arange(1.0, 7.0)
    constraints = table_constraints(prior.reshape(2, 3).sum(axis=1), prior.reshape(2, 3).sum(axis=0))
    np.testing.assert_allclose(minimum_cross_entropy(prior, constraints), prior, rtol=1e-14)


def test_the_result_does_not_depend_on_the_unit() -> None:
    generator = np.random.default_rng(4)
    prior, target = (np.exp(generator.normal(size=(3, 4))) for _ in range(2))
    small, large = (
        minimum_cross_entropy(
            scale * prior.ravel(), table_constraints(scale * target.sum(axis=1), scale * target.sum(axis=0))
        )
        for scale in (1.0, 1e6)
    )
    np.testing.assert_allclose(large, 1e6 * small, rtol=1e-9)


def test_constraints_that_contradict_are_named_with_what_they_miss() -> None:
    constraints = [
        Constraint("wages", np.array([0, 1]), np.ones(2), 10.0),
        Constraint("wages and rents", np.array([0, 1, 2]), np.ones(3), 8.0),
    ]
    with pytest.raises(InfeasibleMatrixError, match=r"wages.* misses .* by .*Change the priors"):
        minimum_cross_entropy(np.ones(3), constraints)


def test_ras_names_the_region_and_row_that_the_zeros_leave_open() -> None:
    with pytest.raises(
        InfeasibleMatrixError, match=r"Factor payments of the hills cannot be scaled: land misses 1.0 by -1"
    ):
        ras(
            np.array([[1.0, 1.0], [0.0, 0.0]]),
            np.array([1.0, 1.0]),
            np.array([1.0, 1.0]),
            "the hills",
            ["wages", "land"],
        )
