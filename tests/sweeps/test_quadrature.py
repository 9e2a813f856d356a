"""Quadrature: exact expectations of polynomials of symmetric, independent inputs."""

from itertools import product

import numpy as np
import pytest
import xarray as xr
from cordillera.sweeps import (
    Distribution,
    LogNormal,
    Normal,
    Triangular,
    Uniform,
    quadrature_moments,
    quadrature_unit,
    quadrature_weights,
)

INPUTS = (
    Uniform(-1.0, 3.0),
    Triangular(0.0, 1.0, 2.0),
    Normal(5.0, 2.0),
    Normal(0.0, 1.0, -1.5, 1.5),
    Uniform(0.0, 1.0),
)
DEGREE = {"stroud": 3, "degree_5": 5}


def points(inputs: tuple[Distribution, ...], rule: str) -> np.ndarray:
    """Points of a rule as inputs of mean 0 and variance 1."""
    unit = quadrature_unit(inputs, rule)
    columns = []
    for i, law in enumerate(inputs):
        assert law.centre is not None
        columns.append((law.inverse(unit[:, i]) - law.centre.mean) / law.centre.standard_deviation)
    return np.stack(columns, axis=1)


def moment(law: Distribution, power: int) -> float:
    """Expectation of a power of the standardised input."""
    assert law.centre is not None
    return {0: 1.0, 2: 1.0, 4: law.centre.kurtosis}.get(power, 0.0)


@pytest.mark.parametrize("rule", DEGREE)
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_polynomials_up_to_the_degree_are_integrated_exactly(rule: str, count: int) -> None:
    inputs = INPUTS[:count]
    at, weights = points(inputs, rule), quadrature_weights(inputs, rule)
    for powers in product(range(DEGREE[rule] + 1), repeat=count):
        if sum(powers) <= DEGREE[rule]:
            exact = np.prod([moment(law, power) for law, power in zip(inputs, powers, strict=True)])
            assert weights @ np.prod(at**powers, axis=1) == pytest.approx(exact, abs=1e-9), powers


@pytest.mark.parametrize("count", [1, 2, 5, 13])
def test_rules_have_the_points_that_they_promise(count: int) -> None:
    inputs = (Uniform(0.5, 1.5),) * count
    assert quadrature_unit(inputs, "stroud").shape == (2 * count, count)
    assert quadrature_unit(inputs, "degree_5").shape == (2 * count**2 + 1, count)
    for rule in DEGREE:
        assert quadrature_weights(inputs, rule).sum() == pytest.approx(1.0)


@pytest.mark.parametrize("rule", DEGREE)
def test_no_point_leaves_the_support(rule: str) -> None:
    unit = quadrature_unit(INPUTS, rule)
    assert ((unit > 0.0) & (unit < 1.0)).all()


def test_mean_and_standard_deviation_of_a_linear_output_are_exact() -> None:
    at, weights = points(INPUTS, "stroud"), quadrature_weights(INPUTS, "stroud")
    slopes = np.array([1.0, -2.0, 0.5, 3.0, 0.1])
    output = xr.DataArray(np.stack([7.0 + at @ slopes, at @ slopes]), dims=("scenario", "draw"))
    mean, spread = quadrature_moments(output, weights)
    np.testing.assert_allclose(mean, [7.0, 0.0], atol=1e-9)
    np.testing.assert_allclose(spread, np.sqrt((slopes**2).sum()), rtol=1e-7)


def test_the_spread_of_a_quadratic_output_needs_degree_5() -> None:
    inputs = (Uniform(-1.0, 1.0), Uniform(-1.0, 1.0))
    exact = np.sqrt(0.8)
    spread = {}
    for rule in DEGREE:
        square = xr.DataArray(points(inputs, rule)[:, 0] ** 2, dims="draw")
        spread[rule] = float(quadrature_moments(square, quadrature_weights(inputs, rule))[1])
    assert spread["degree_5"] == pytest.approx(exact)
    assert spread["stroud"] != pytest.approx(exact)


def test_a_point_without_a_value_leaves_no_moment() -> None:
    weights = quadrature_weights(INPUTS, "stroud")
    output = xr.DataArray(np.ones(len(weights)), dims="draw")
    output[3] = np.nan
    assert all(np.isnan(moment) for moment in quadrature_moments(output, weights))


def test_a_law_of_ratios_is_integrated_on_its_log_scale() -> None:
    inputs = (LogNormal(2.0, 0.3), LogNormal(1.0, 0.1))
    unit = quadrature_unit(inputs, "stroud")
    logarithm = np.log(inputs[0].inverse(unit[:, 0]))
    assert logarithm.mean() == pytest.approx(np.log(2.0))
    assert logarithm.std() == pytest.approx(0.3)


def test_an_input_that_is_not_symmetric_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="Triangular"):
        quadrature_unit((Triangular(0.0, 0.2, 0.6),), "stroud")
