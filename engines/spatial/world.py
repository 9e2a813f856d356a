"""A world of places: what is observed in each of them, which of them a project touches, and the costs between them."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .infrastructure import Infrastructure
from .locations import Locations, scaled_to_constant_world

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

# The smallest share of a cell that counts as land: the one of the 2018 study's own grid.
LEAST_LAND = 0.01


class Terrain(NamedTuple):
    """A grid over the globe: its rows and columns, the flat index of each place in it, (place,), and its modes."""

    shape: tuple[int, int]
    cell: Indices
    infrastructure: Infrastructure


@dataclass(frozen=True, eq=False)
class World:
    """Places and what is observed in them; every vector is (place,).

    Parameters
    ----------
    latitude, longitude : float
        Centres of the places, degrees.
    country : str
        Country of each place; incomes are kept by country when their gradient changes.
    land : float
        Share of the cell that is land.
    area : float
        Land in km2, for the density by which income is spread.
    people, people_next : float
        Heads in year 0 and a year later.
    income : float
        Income a head, any currency.
    utility : float
        Level of utility in year 0.
    terrain : Terrain, optional
        The grid over the globe that costs are solved on.
    cost : (place, place) float, optional
        Path integrals of the cost of transport, symmetric, where there is no terrain.
    least_land : float
        Places with a smaller share of land have this one.
    """

    latitude: Floats
    longitude: Floats
    country: NDArray[np.str_]
    land: Floats
    area: Floats
    people: Floats
    people_next: Floats
    income: Floats
    utility: Floats
    terrain: Terrain | None = None
    cost: NDArray[np.floating] | None = None
    least_land: float = LEAST_LAND

    @property
    def size(self) -> int:
        """Number of places."""
        return len(self.people)

    @property
    def ground(self) -> Terrain:
        """The terrain.

        Raises
        ------
        ValueError
            If the world has none.
        """
        if self.terrain is None:
            raise ValueError("This world has path integrals of its own and no infrastructure: its cells have no cost.")
        return self.terrain

    def labels(self, places: Indices) -> list[str]:
        """Some places by the centres of their cells, such as 15.5N 90.5W."""
        return [
            f"{abs(lat):.4g}{'N' if lat >= 0 else 'S'} {abs(lon):.4g}{'E' if lon >= 0 else 'W'}"
            for lat, lon in zip(self.latitude[places], self.longitude[places], strict=True)
        ]


@dataclass(frozen=True, eq=False)
class Project:
    """A line through a world and the region it is judged by.

    Parameters
    ----------
    corridor : int
        Places that the line crosses, in its order.
    finished : bool, (corridor,)
        Which of them lie on stretches that exist already.
    region : int
        Places of the region.
    home : int
        Places of the region without the country that dwarfs it (Mexico).
    mode : {"road", "rail", "water"}
        What is built.
    """

    corridor: Indices
    finished: NDArray[np.bool_]
    region: Indices
    home: Indices
    mode: str = "road"

    @property
    def has_both_stretches(self) -> bool:
        """Whether a part of the line is finished and a part is not."""
        return bool(self.finished.any() and not self.finished.all())

    def cells(self, unfinished_only: bool) -> Indices:
        """Places that are changed."""
        return self.corridor[~self.finished] if unfinished_only else self.corridor


def income_with_gradient(world: World, tilt: Floats) -> Floats:
    """Income a head if it rose more steeply with density inside countries, (place, lane).

    Parameters
    ----------
    tilt : (lane,) float
        What is added to the elasticity of income to density that the data were made with. A country's total stays.
    """
    log_density = np.log(world.people / world.area)
    _, country = np.unique(world.country, return_inverse=True)
    centred = (
        log_density - (np.bincount(country, world.people * log_density) / np.bincount(country, world.people))[country]
    )
    tilted = np.exp(centred[:, None] * tilt) * world.income[:, None]
    columns = []
    for lane in range(tilted.shape[1]):
        total = np.bincount(country, world.people * world.income)
        made = np.bincount(country, world.people * tilted[:, lane])
        columns.append(tilted[:, lane] * (total / made)[country])
    return np.stack(columns, axis=1)


def locations(world: World, income: Floats) -> Locations:
    """Every place a location, at the incomes of each lane, (place, lane)."""
    people = world.people[:, None]
    return Locations(
        land=np.maximum(world.land, world.least_land)[:, None],
        people=people,
        people_next=scaled_to_constant_world(people, world.people_next[:, None]),
        income=income,
        utility=world.utility[:, None],
        cells=np.ones((world.size, 1)),
    )
