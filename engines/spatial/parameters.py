"""Parameters of the model, the exponents that follow from them, and the conditions under which it has one equilibrium.

Symbols and equation numbers are those of Desmet, Nagy and Rossi-Hansberg (2018), "The Geography of Development",
Journal of Political Economy 126(3). Every value is (lane,): a lane is one draw among those that are solved together.
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gamma as gamma_function

Floats = NDArray[np.float64]


class Parameters(NamedTuple):
    """Preferences, technology and trade; each (lane,)."""

    theta: Floats
    lambda_: Floats
    omega: Floats
    alpha: Floats
    mu: Floats
    gamma1: Floats
    gamma2: Floats
    xi: Floats
    nu: Floats
    upsilon: Floats
    rho: Floats
    beta: Floats


# Names of the factors, in the order of `Parameters`.
PARAMETERS = (
    "theta", "lambda", "omega", "alpha", "mu", "gamma1", "gamma2", "xi", "nu", "upsilon", "rho", "beta",
)  # fmt: skip


def parameters_of(values: Mapping[str, Floats]) -> Parameters:
    """The parameters among the values of all factors."""
    return Parameters(*(values[name] for name in PARAMETERS))


class Exponents(NamedTuple):
    """Exponents of the reduced system (23), (24) and (B10), and the constant of (24); each (lane,).

    `d` is 1 + 2 theta, `s` the elasticity of wages to density in (23) times `d`, `left` and `right` those of density
    on both sides of (24), `utility_left` and `utility_right` those of utility in (B10), `level` that by which the
    unknown of (B10) becomes utility.
    """

    d: Floats
    s: Floats
    left: Floats
    right: Floats
    utility_left: Floats
    utility_right: Floats
    level: Floats
    log_kappa1: Floats


def exponents(p: Parameters) -> Exponents:
    """Exponents of the reduced system."""
    d = 1.0 + 2.0 * p.theta
    s = p.alpha - 1.0 + (p.lambda_ + p.gamma1 / p.xi - (1.0 - p.mu)) * p.theta
    left = p.lambda_ * p.theta - p.theta * s / d
    right = 1.0 - p.lambda_ * p.theta + (1.0 + p.theta) * s / d
    return Exponents(
        d=d,
        s=s,
        left=left,
        right=right,
        utility_left=left / p.omega + p.theta * (1.0 + p.theta) / d,
        utility_right=right / p.omega - p.theta**2 / d,
        level=p.lambda_ + (1.0 - p.mu) - p.gamma1 / p.xi - p.alpha / p.theta,
        log_kappa1=log_kappa1(p),
    )


def log_price_constant(p: Parameters) -> Floats:
    """Logarithm of the constant of the price index (20): the Frechet moment of order (1 - sigma) / theta."""
    elasticity = 1.0 / (1.0 - p.rho)
    return -np.log(gamma_function(1.0 - (elasticity - 1.0) / p.theta)) / (elasticity - 1.0)


def log_kappa1(p: Parameters) -> Floats:
    """Logarithm of the constant of (24)."""
    share = p.mu + p.gamma1 / p.xi
    return p.theta * (
        -share * np.log(share)
        + p.mu * np.log(p.mu)
        - (p.gamma1 / p.xi) * np.log(p.xi * p.nu / p.gamma1)
        - log_price_constant(p)
    )


Condition = tuple[str, str, Callable[[Parameters], NDArray[np.bool_]]]

# Name, the condition in symbols, and whether it holds. Source: Proposition 1, Lemma 3 and sections 2 and 3.
CONDITIONS: tuple[Condition, ...] = (
    (
        "love of variety",
        "theta > rho / (1 - rho), else the price index (20) diverges",
        lambda p: p.theta > p.rho / (1.0 - p.rho),
    ),
    (
        "cost of innovation",
        "xi > gamma1 / (1 - mu), else firms have no optimum and land earns nothing; 125 is the published value, and "
        "1.25 a misprint",
        lambda p: p.xi > p.gamma1 / (1.0 - p.mu),
    ),
    ("dispersion of tastes", "0 < omega < 1", lambda p: (p.omega > 0.0) & (p.omega < 1.0)),
    ("share of labour", "0 < mu < 1", lambda p: (p.mu > 0.0) & (p.mu < 1.0)),
    ("elasticity of substitution", "0 < rho < 1", lambda p: (p.rho > 0.0) & (p.rho < 1.0)),
    ("discount factor", "0 < beta < 1", lambda p: (p.beta > 0.0) & (p.beta < 1.0)),
    ("return to innovation", "0 < gamma1 <= 1", lambda p: (p.gamma1 > 0.0) & (p.gamma1 <= 1.0)),
    ("diffusion", "0 <= gamma2 <= 1", lambda p: (p.gamma2 >= 0.0) & (p.gamma2 <= 1.0)),
    ("congestion and agglomeration", "lambda >= 0 and alpha >= 0", lambda p: (p.lambda_ >= 0.0) & (p.alpha >= 0.0)),
    ("levels", "nu > 0 and upsilon > 0", lambda p: (p.nu > 0.0) & (p.upsilon > 0.0)),
    (
        "one equilibrium",
        "alpha / theta + gamma1 / xi <= lambda + 1 - mu + omega: agglomeration must not exceed dispersion",
        lambda p: p.alpha / p.theta + p.gamma1 / p.xi <= p.lambda_ + 1.0 - p.mu + p.omega,
    ),
)


def violated(p: Parameters) -> dict[int, str]:
    """The first condition that each lane breaks, in words with its values; lanes that break none are left out."""
    found: dict[int, str] = {}
    with np.errstate(all="ignore"):
        for name, words, holds in CONDITIONS:
            for lane in np.flatnonzero(~holds(p)):
                values = ", ".join(
                    f"{key} = {column[lane]:g}"
                    for key, column in zip(PARAMETERS, p, strict=True)
                    if re.search(rf"\b{key}\b", words)
                )
                found.setdefault(int(lane), f"{name}: it must be that {words}; here {values}")
    return found


def balanced_growth(p: Parameters, mean_power: Floats) -> Floats:
    """Gross growth of utility on the balanced path, (26).

    `mean_power` is the mean over cells of density to the power of theta gamma1 / ((1 - gamma2) xi).
    """
    return (p.gamma1 / (p.nu * (p.gamma1 + p.mu * p.xi))) ** (p.gamma1 / p.xi) * mean_power ** (
        (1.0 - p.gamma2) / p.theta
    )


def has_balanced_growth(p: Parameters) -> NDArray[np.bool_]:
    """Whether a balanced growth path exists and is one, (25)."""
    with np.errstate(divide="ignore"):
        dynamic = p.gamma1 / ((1.0 - p.gamma2) * p.xi)
    return p.alpha / p.theta + p.gamma1 / p.xi + dynamic <= p.lambda_ + 1.0 - p.mu + p.omega
