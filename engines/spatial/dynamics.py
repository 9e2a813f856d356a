"""The path of a world year by year: where people live, what they earn, and how technology follows them.

Desmet, Nagy and Rossi-Hansberg (2018), section 3; equation numbers are theirs. Arrays of a path are
(year, location, lane), year 0 the observed one; logarithms where the name begins with `log_`.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .calibration import Fundamentals
from .fixed_point import Equation, gap, solve
from .innovation import log_technology_next
from .locations import Locations
from .parameters import Exponents, Parameters
from .product import Product

Floats = NDArray[np.float64]

# Weights of the last years in a polynomial through them, by how many there are: the path is smooth.
_EXTRAPOLATION = {
    1: (1.0,),
    2: (2.0, -1.0),
    3: (3.0, -3.0, 1.0),
    4: (4.0, -6.0, 4.0, -1.0),
    5: (5.0, -10.0, 10.0, -5.0, 1.0),
}
# The distance from a reference changes so slowly that a fifth year would add more of the solver's noise than it tells.
_YEARS, _YEARS_APART = 5, 4


class Path(NamedTuple):
    """A solved path. `residual` and `products` are of its worst year and of all years."""

    log_density: Floats
    log_utility: Floats
    log_technology: Floats
    log_unknown: Floats
    residual: Floats
    products: NDArray[np.int32]


def simulate(
    p: Parameters,
    e: Exponents,
    world: Locations,
    given: Fundamentals,
    product: Product,
    years: int,
    tolerance: float,
    reference: Path | None = None,
) -> Path:
    """Solve every year.

    Parameters
    ----------
    years : int
        Periods after year 0.
    reference : Path, optional
        The same draw's path under the kernel of the baseline, which a counterfactual starts from; it departs from it
        in year 1.
    """
    density = [np.broadcast_to(np.log(world.density), given.log_amenity.shape)]
    utility = [np.broadcast_to(np.log(world.utility), given.log_amenity.shape)]
    technology = [given.log_technology]
    unknown: list[Floats] = []
    residual, products = np.zeros(len(p.theta)), np.zeros(len(p.theta), dtype=np.int32)
    for year in range(1, years + 1):
        technology.append(log_technology_next(p, technology[-1], density[-1], world.cells))
        equation = period_equation(p, e, given, technology[-1])
        if unknown:
            start = _predict(unknown, reference, year)
        else:
            start = _first_guess(p, e, world, given, equation, product, reference)
            products += reference is None
        root = solve(equation, product, start, tolerance)
        unknown.append(root.x)
        people, level = settle(p, e, given, root.x)
        density.append(people)
        utility.append(level)
        residual, products = np.maximum(residual, root.residual), products + root.products
    return Path(np.stack(density), np.stack(utility), np.stack(technology), np.stack(unknown), residual, products)


def period_equation(p: Parameters, e: Exponents, given: Fundamentals, log_technology: Floats) -> Equation:
    """The equilibrium of a year in one unknown, (B10): B1 u^g1 = kappa1 sum K B2 u^g2."""
    exponent = p.theta * (1.0 + p.theta) / e.d, p.theta**2 / e.d
    return Equation(
        left=e.utility_left,
        right=e.utility_right,
        b=-exponent[0] * given.log_amenity
        - p.theta / e.d * log_technology
        + (p.theta / e.d - e.left) * given.log_land
        - e.left / p.omega * given.log_migration_cost,
        c=e.log_kappa1
        + exponent[1] * given.log_amenity
        + (1.0 + p.theta) / e.d * log_technology
        + (p.theta / e.d - e.right) * given.log_land
        - e.right / p.omega * given.log_migration_cost,
    )


def settle(p: Parameters, e: Exponents, given: Fundamentals, log_unknown: Floats) -> tuple[Floats, Floats]:
    """Logarithms of density and utility once people have moved, (7) and (B11)."""
    log_pull = (log_unknown - given.log_migration_cost) / p.omega
    highest = log_pull.max(axis=0)
    log_sum = highest + np.log(np.exp(log_pull - highest).sum(axis=0))
    log_density = given.log_world_people + log_pull - log_sum - given.log_land
    return log_density, log_unknown - e.level * (given.log_world_people - log_sum)


def wages(p: Parameters, e: Exponents, given: Fundamentals, path: Path) -> Floats:
    """Logarithm of wages up to the numeraire, (23); (year, location, lane)."""
    return (
        -p.theta * (given.log_amenity - path.log_utility)
        + path.log_technology
        - given.log_land
        + e.s * path.log_density
    ) / e.d


def _first_guess(
    p: Parameters,
    e: Exponents,
    world: Locations,
    given: Fundamentals,
    equation: Equation,
    product: Product,
    reference: Path | None,
) -> Floats:
    """Year 1 of the reference, or the utility at which the people of year 1 live where they are seen."""
    if reference is not None:
        return reference.log_unknown[0]
    seen = given.log_migration_cost + p.omega * np.log(world.people_next)
    # The level alone is missing: one number a lane, for which both sides differ by the same everywhere.
    return seen + gap(equation, product, seen).mean(axis=0) / (e.utility_left - e.utility_right)


def _predict(unknown: Sequence[Floats], reference: Path | None, year: int) -> Floats:
    """The unknown of a year by a polynomial through the last years, or that of its distance from the reference."""
    known = unknown[::-1][: _YEARS if reference is None else _YEARS_APART]
    weights = _EXTRAPOLATION[len(known)]
    if reference is None:
        return _weighted(weights, known)
    last = len(unknown)
    apart = [values - reference.log_unknown[last - 1 - back] for back, values in enumerate(known)]
    return reference.log_unknown[year - 1] + _weighted(weights, apart)


def _weighted(weights: Sequence[float], values: Sequence[Floats]) -> Floats:
    total = weights[0] * values[0]
    for weight, value in zip(weights[1:], values[1:], strict=True):
        total = total + weight * value
    return total
