"""What a path means in every place and year: people, incomes, prices, productivity and trade.

Desmet, Nagy and Rossi-Hansberg (2018), section 2; equation numbers are theirs. Arrays are (year, place, lane).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .calibration import Fundamentals
from .dynamics import Path, wages
from .locations import Locations
from .parameters import Exponents, Parameters, log_price_constant

Floats = NDArray[np.float64]


class Accounts(NamedTuple):
    """Levels of every place and year.

    Incomes are relative to the mean income of all people in year 0, prices to the mean wage of all cells.
    """

    population: Floats
    income: Floats
    utility: Floats
    real_wage: Floats
    land_rent: Floats
    amenity: Floats
    price_level: Floats
    productivity: Floats
    technology: Floats
    openness: Floats

    @property
    def gdp(self) -> Floats:
        """Real income of all people of a place."""
        return self.income * self.population


def accounts(
    p: Parameters,
    e: Exponents,
    world: Locations,
    given: Fundamentals,
    path: Path,
    own_kernel: Floats,
    places: slice | NDArray[np.intp],
) -> Accounts:
    """The accounts of some places.

    Parameters
    ----------
    own_kernel : (location,) float
        Diagonal of the trade kernel.
    places : slice or (place,) int
        The locations wanted.
    """
    wage = wages(p, e, given, path)
    mean = np.log((np.exp(wage) * world.cells).sum(axis=1, keepdims=True) / world.cells.sum(axis=0))
    log_wage = (wage - mean)[:, places]
    log_density, log_utility = path.log_density[:, places], path.log_utility[:, places]
    log_amenity = given.log_amenity[places] - p.lambda_ * log_density
    log_income = log_utility - log_amenity
    unit = mean_income(p, world, given, path)
    labour = p.mu * p.xi + p.gamma1
    log_price = np.log(p.xi / labour) + log_wage - log_income
    log_productivity = path.log_technology[:, places] + p.alpha * log_density
    own_trade = np.exp(
        log_productivity
        - p.theta * (log_marginal_cost(p, log_density, log_wage) + log_price_constant(p) - log_price)
        + np.log(own_kernel)[places, None]
    )
    return Accounts(
        population=np.exp(log_density + given.log_land[places]),
        income=np.exp(log_income) / unit,
        utility=np.exp(log_utility),
        real_wage=np.exp(log_income) / unit * labour / p.xi,
        land_rent=np.exp(log_wage + log_density) * (p.xi - labour) / labour,
        amenity=np.exp(log_amenity),
        price_level=np.exp(log_price),
        productivity=np.exp(log_productivity),
        technology=np.exp(log_productivity / p.theta),
        openness=1.0 - own_trade,
    )


def mean_income(p: Parameters, world: Locations, given: Fundamentals, path: Path) -> Floats:
    """Mean real income of all people in year 0, (lane,)."""
    income = np.exp(path.log_utility[0] - given.log_amenity + p.lambda_ * path.log_density[0])
    return (income * world.people).sum(axis=0) / world.people.sum(axis=0)


def log_marginal_cost(p: Parameters, log_density: Floats, log_wage: Floats) -> Floats:
    """Logarithm of the marginal cost of a good of unit productivity, (17)."""
    return (
        -p.mu * np.log(p.mu)
        + (1.0 - p.mu) * np.log(p.nu * p.xi / p.gamma1)
        + ((1.0 - p.mu) - p.gamma1 / p.xi) * (np.log(p.gamma1 / (p.nu * (p.mu * p.xi + p.gamma1))) + log_density)
        + log_wage
    )
