"""Fundamentals of a world from one year and the next: amenities, productivity and migration costs.

Desmet, Nagy and Rossi-Hansberg (2018), section 4.2 and appendix B.4; equation numbers are theirs. All arrays are
(location, lane), logarithms where the name begins with `log_`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .fixed_point import Equation, Root, solve
from .innovation import log_technology_next
from .locations import Locations, cell_mean
from .parameters import Exponents, Parameters
from .product import Product

Floats = NDArray[np.float64]


class Fundamentals(NamedTuple):
    """What a world keeps under every policy: amenity, first technology, migration cost, land, people in all."""

    log_amenity: Floats
    log_technology: Floats
    log_migration_cost: Floats
    log_land: Floats
    log_world_people: Floats


class Calibration(NamedTuple):
    """Fundamentals, and what finding them took."""

    fundamentals: Fundamentals
    residual: Floats
    products: NDArray[np.int32]


def calibrate(
    p: Parameters, e: Exponents, world: Locations, product: Product, start: Floats, tolerance: float
) -> Calibration:
    """Fundamentals under which the model has the incomes of year 0 and the people of years 0 and 1.

    Parameters
    ----------
    start : (location, lane) float
        First guesses of the logarithms of amenity over utility.
    """
    ratio = amenity_over_utility(p, e, world, product, start, tolerance)
    log_technology = technology(p, e, world, ratio.x)
    log_amenity = ratio.x + np.log(world.utility)
    log_next = log_technology_next(p, log_technology, np.log(world.density), world.cells)
    cost = migration_cost(p, e, world, product, log_amenity, log_next, tolerance)
    fundamentals = Fundamentals(
        log_amenity=log_amenity,
        log_technology=log_technology,
        # Only ratios matter; the place that is cheapest to enter costs one.
        log_migration_cost=cost.x - cost.x.min(axis=0),
        log_land=np.broadcast_to(np.log(world.land), log_amenity.shape),
        log_world_people=np.log(world.people.sum(axis=0)) + np.zeros(log_amenity.shape[1]),
    )
    return Calibration(fundamentals, np.maximum(ratio.residual, cost.residual), ratio.products + cost.products)


def amenity_over_utility(
    p: Parameters, e: Exponents, world: Locations, product: Product, start: Floats, tolerance: float
) -> Root:
    """Logarithm of amenity over utility in year 0, from income and people, (32). The mean wage is one."""
    log_wage, log_density = _log_wage(world), np.log(world.density)
    equation = Equation(
        left=-p.theta,
        right=p.theta,
        b=-p.theta * log_wage + p.lambda_ * p.theta * log_density,
        c=e.log_kappa1 + (1.0 + p.theta) * log_wage + (1.0 - p.lambda_ * p.theta) * log_density + np.log(world.land),
    )
    return solve(equation, product, start, tolerance)


def technology(p: Parameters, e: Exponents, world: Locations, log_ratio: Floats) -> Floats:
    """Logarithm of productivity tau in year 0, (31)."""
    return p.theta * log_ratio + np.log(world.land) + e.d * _log_wage(world) - e.s * np.log(world.density)


def migration_cost(
    p: Parameters,
    e: Exponents,
    world: Locations,
    product: Product,
    log_amenity: Floats,
    log_technology: Floats,
    tolerance: float,
) -> Root:
    """Logarithm of the cost of entering a place, up to a constant, from people in year 1, (37)."""
    log_land, log_density = np.log(world.land), np.log(world.density_next)
    exponent = p.theta * (1.0 + p.theta) / e.d, p.theta**2 / e.d
    equation = Equation(
        left=exponent[0],
        right=-exponent[1],
        b=-exponent[0] * log_amenity
        - p.theta / e.d * log_technology
        + (p.theta / e.d + exponent[0] * p.omega) * log_land
        + (e.left + exponent[0] * p.omega) * log_density,
        c=e.log_kappa1
        + exponent[1] * log_amenity
        + (1.0 + p.theta) / e.d * log_technology
        + (p.theta / e.d - exponent[1] * p.omega) * log_land
        + (e.right - exponent[1] * p.omega) * log_density,
    )
    return solve(equation, product, log_amenity, tolerance)


def _log_wage(world: Locations) -> Floats:
    """Logarithm of the wage in year 0, the mean over cells being one: income a head is proportional to it."""
    return np.log(world.income / cell_mean(world.income, world.cells))
