"""Distributions against SciPy, and the laws that every one of them obeys."""

import numpy as np
import pytest
from cordillera.sweeps import Choice, Distribution, Empirical, LogNormal, LogUniform, Normal, Triangular, Uniform
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import integrate, stats

SYMMETRIC = [
    (Uniform(0.5, 1.5), stats.uniform(0.5, 1.0)),
    (Triangular(-1.0, 1.0, 3.0), stats.triang(0.5, -1.0, 4.0)),
    (Normal(2.0, 0.5), stats.norm(2.0, 0.5)),
    (Normal(2.0, 0.5, 1.5, 2.5), stats.truncnorm(-1.0, 1.0, 2.0, 0.5)),
]
CONTINUOUS = [
    *SYMMETRIC,
    (LogUniform(0.6, 2.0), stats.loguniform(0.6, 2.0)),
    (Triangular(0.0, 0.2, 0.6), stats.triang(1 / 3, 0.0, 0.6)),
    (Triangular(0.0, 0.0, 1.0), stats.triang(0.0, 0.0, 1.0)),
    (Normal(0.0, 1.0, low=-0.5), stats.truncnorm(-0.5, np.inf)),
    (LogNormal(1.0, 0.2), stats.lognorm(0.2, scale=1.0)),
    (LogNormal(0.3, 0.5), stats.lognorm(0.5, scale=0.3)),
]
DISCRETE = [
    Choice((2.0, 5.0, 3.0), (1.0, 2.0, 1.0)),
    Choice((0.0,), (4.0,)),
    Empirical((0.1, 0.1, 0.4, 2.0)),
]
LAWS = [law for law, _ in CONTINUOUS] + [LogNormal(1.0, 0.2, 0.8, 1.1), *DISCRETE]


@pytest.mark.parametrize(("law", "reference"), CONTINUOUS, ids=[str(law) for law, _ in CONTINUOUS])
def test_values_are_the_quantiles_of_the_law_in_scipy(law: Distribution, reference: stats.rv_continuous) -> None:
    unit = np.linspace(0.001, 0.999, 101)
    np.testing.assert_allclose(law.inverse(unit), reference.ppf(unit), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("law", LAWS, ids=str)
@given(unit=arrays(np.float64, 7, elements=st.floats(0.0, 1.0)))
def test_every_value_is_finite_and_within_the_support(law: Distribution, unit: np.ndarray) -> None:
    value = law.inverse(unit)
    low, high = law.support
    assert np.isfinite(value).all()
    assert (value >= low).all()
    assert (value <= high).all()


@pytest.mark.parametrize("law", LAWS, ids=str)
@given(unit=arrays(np.float64, 7, elements=st.floats(1e-6, 1.0 - 1e-6)))
def test_going_back_to_probabilities_and_again_to_values_changes_nothing(law: Distribution, unit: np.ndarray) -> None:
    value = law.inverse(unit)
    np.testing.assert_allclose(law.inverse(law.cumulative(value)), value, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("law", [law for law in LAWS if not isinstance(law, Choice)], ids=str)
def test_values_rise_with_their_probability(law: Distribution) -> None:
    assert (np.diff(law.inverse(np.linspace(0.0, 1.0, 257))) >= 0).all()


@pytest.mark.parametrize(("law", "reference"), SYMMETRIC, ids=[str(law) for law, _ in SYMMETRIC])
def test_the_centre_holds_mean_spread_and_kurtosis(law: Distribution, reference: stats.rv_continuous) -> None:
    centre = law.centre
    assert centre is not None
    low, high = reference.ppf(1e-15), reference.ppf(1 - 1e-15)
    fourth, _ = integrate.quad(lambda x: reference.pdf(x) * (x - centre.mean) ** 4, low, high, limit=200)
    assert centre.mean == pytest.approx(reference.mean())
    assert centre.standard_deviation == pytest.approx(reference.std())
    assert centre.kurtosis == pytest.approx(fourth / reference.var() ** 2, rel=1e-6)
    assert not centre.logarithmic


@pytest.mark.parametrize("law", [Triangular(0.0, 0.2, 0.6), Normal(0.0, 1.0, low=-1.0), *DISCRETE], ids=str)
def test_what_is_not_symmetric_has_no_centre(law: Distribution) -> None:
    assert law.centre is None


@pytest.mark.parametrize("law", [LogUniform(0.5, 2.0), LogNormal(1.0, 0.3), LogNormal(1.0, 0.3, 0.5, 2.0)], ids=str)
def test_a_law_of_ratios_is_symmetric_on_a_log_scale(law: Distribution) -> None:
    centre = law.centre
    assert centre is not None
    assert centre.logarithmic
    assert centre.mean == pytest.approx(0.0, abs=1e-12)


def test_a_choice_takes_each_value_as_often_as_its_weight_says() -> None:
    drawn = Choice((2.0, 5.0, 3.0), (1.0, 2.0, 1.0)).inverse((np.arange(400) + 0.5) / 400)
    assert {value: int((drawn == value).sum()) for value in (2.0, 5.0, 3.0)} == {2.0: 100, 5.0: 200, 3.0: 100}


def test_an_empirical_law_draws_every_observation_alike() -> None:
    drawn = Empirical((1.0, 2.0, 2.0, 9.0)).inverse((np.arange(400) + 0.5) / 400)
    assert {value: int((drawn == value).sum()) for value in (1.0, 2.0, 9.0)} == {1.0: 100, 2.0: 200, 9.0: 100}


def test_the_probability_of_a_value_that_is_not_among_the_choices_is_not_a_number() -> None:
    assert np.isnan(Choice((1.0, 2.0), (1.0, 1.0)).cumulative(np.array([1.5]))).all()
