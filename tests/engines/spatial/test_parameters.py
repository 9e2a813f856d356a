"""Exponents of the published calibration, and the conditions under which there is one equilibrium."""

from math import gamma

import numpy as np
import pytest
from cordillera.engines.spatial.parameters import (
    CONDITIONS,
    PARAMETERS,
    balanced_growth,
    exponents,
    has_balanced_growth,
    log_kappa1,
    log_price_constant,
    violated,
)
from hypothesis import given, settings
from hypothesis import strategies as st


def test_exponents_of_the_published_calibration_are_known(make_parameters) -> None:
    e = exponents(make_parameters())
    assert e.d[0] == 14.0
    assert e.s[0] == pytest.approx(-0.143412, abs=1e-9)
    assert e.left[0] == pytest.approx(2.146584, abs=1e-6)
    assert e.right[0] == pytest.approx(-1.156828, abs=1e-6)
    assert e.utility_left[0] == pytest.approx(7.775311, abs=1e-6)
    assert e.utility_right[0] == pytest.approx(-5.331513, abs=1e-6)
    assert e.level[0] == pytest.approx(0.508217, abs=1e-6)
    assert np.exp(e.log_kappa1[0]) == pytest.approx(2.728059, abs=1e-6)
    assert np.exp(log_price_constant(make_parameters()))[0] == pytest.approx(0.846385, abs=1e-6)


def test_the_price_constant_is_the_moment_of_a_frechet_variable(make_parameters) -> None:
    p = make_parameters(theta=8.0, rho=0.6)
    wanted = gamma(1.0 - 0.6 / (0.4 * 8.0)) ** (-0.4 / 0.6)
    assert np.exp(log_price_constant(p))[0] == pytest.approx(wanted, rel=1e-13)


@settings(max_examples=60, deadline=None)
@given(
    theta=st.floats(3.1, 15), lambda_=st.floats(0, 2), omega=st.floats(0.05, 0.95), alpha=st.floats(0, 1),
    mu=st.floats(0.3, 0.98), gamma1=st.floats(0.01, 1), xi=st.floats(1.0, 1000.0),
)  # fmt: skip
def test_the_level_and_the_bound_of_the_ratio_follow_from_the_exponents(make_parameters, lambda_, **draw) -> None:
    """What is written as one condition is that the right exponent is no larger than the left one."""
    p = make_parameters(**draw | {"lambda": lambda_})
    e = exponents(p)
    np.testing.assert_allclose(e.level, (e.left - e.right) / p.theta, atol=1e-12)
    margin = p.lambda_ + 1.0 - p.mu + p.omega - p.alpha / p.theta - p.gamma1 / p.xi
    # The difference of both exponents is theta / omega times the margin.
    np.testing.assert_allclose((e.utility_left - e.utility_right) * p.omega / p.theta, margin, atol=1e-10)
    if margin[0] > 1e-9:
        assert e.utility_left[0] > 0
        assert -1.0 < (e.utility_right / e.utility_left)[0] <= 1.0


def test_the_published_calibration_breaks_no_condition(make_parameters) -> None:
    assert violated(make_parameters()) == {}
    assert has_balanced_growth(make_parameters())[0]


@pytest.mark.parametrize(
    ("draw", "named"),
    [
        ({"xi": 1.25}, "cost of innovation"),
        ({"theta": 2.9}, "love of variety"),
        ({"theta": 5.0, "rho": 0.85}, "love of variety"),
        ({"omega": 0.05, "lambda": 0.0, "mu": 0.95, "alpha": 0.6, "gamma1": 0.3, "xi": 10.0}, "one equilibrium"),
        ({"omega": 1.0}, "dispersion of tastes"),
        ({"omega": 0.0}, "dispersion of tastes"),
        ({"gamma2": 1.1}, "diffusion"),
        ({"lambda": -0.1}, "congestion"),
        ({"alpha": -0.1}, "congestion"),
        ({"nu": 0.0}, "levels"),
        ({"beta": 1.0}, "discount factor"),
        ({"theta": float("nan")}, "love of variety"),
    ],
)
def test_a_broken_condition_is_named_with_the_values(make_parameters, draw: dict, named: str) -> None:
    found = violated(make_parameters(**draw))
    assert found[0].startswith(named)
    for name, value in draw.items():
        assert f"{name} = {value:g}" in found[0]


def test_the_misprint_of_the_note_is_told(make_parameters) -> None:
    assert "125 is the published value, and 1.25 a misprint" in violated(make_parameters(xi=1.25))[0]


def test_lanes_are_judged_one_by_one(make_parameters) -> None:
    good, bad = make_parameters(), make_parameters(xi=1.25)
    both = type(good)(*(np.concatenate(columns) for columns in zip(good, bad, good, strict=True)))
    assert list(violated(both)) == [1]


def test_conditions_have_names_of_their_own() -> None:
    assert len({name for name, *_ in CONDITIONS}) == len(CONDITIONS)
    assert len(set(PARAMETERS)) == len(PARAMETERS)


def test_balanced_growth_needs_more_diffusion_than_none(make_parameters) -> None:
    assert not has_balanced_growth(make_parameters(gamma2=1.0))[0]
    assert not has_balanced_growth(make_parameters(gamma2=0.998))[0]
    assert has_balanced_growth(make_parameters(gamma2=0.997))[0]


def test_balanced_growth_rises_with_density(make_parameters) -> None:
    p = make_parameters()
    less, more = balanced_growth(p, np.array([1e6])), balanced_growth(p, np.array([2e6]))
    np.testing.assert_allclose(more / less, 2.0 ** ((1.0 - p.gamma2) / p.theta), rtol=1e-13)


def test_the_constant_of_the_kernel_is_the_product_of_its_parts(make_parameters) -> None:
    p = make_parameters(theta=5.0, mu=0.7, gamma1=0.4, xi=50.0, nu=0.3)
    share = 0.7 + 0.4 / 50.0
    pbar = float(np.exp(log_price_constant(p))[0])
    wanted = share ** (-share * 5) * 0.7 ** (0.7 * 5) * (50 * 0.3 / 0.4) ** (-0.4 * 5 / 50) * pbar**-5.0
    assert np.exp(log_kappa1(p))[0] == pytest.approx(wanted, rel=1e-12)
