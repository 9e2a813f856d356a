"""The places of a world as the model sees them: points with land, people and income."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Locations(NamedTuple):
    """Observed facts of every location; each (location, lane) or (location, 1).

    `land` is the share of a cell that is land, summed over the cells of a group; `people` the heads in year 0 and
    `people_next` in year 1, on the same total; `income` a head in any currency; `utility` its level in year 0, which
    cancels from everything but levels of utility and of amenities; `cells` how many cells stand behind a location.
    """

    land: Floats
    people: Floats
    people_next: Floats
    income: Floats
    utility: Floats
    cells: Floats

    @property
    def density(self) -> Floats:
        """People to a unit of land in year 0, L_0."""
        return self.people / self.land

    @property
    def density_next(self) -> Floats:
        """People to a unit of land in year 1, L_1."""
        return self.people_next / self.land


def scaled_to_constant_world(people: Floats, people_next: Floats) -> Floats:
    """Heads in year 1 on the world total of year 0, which the model holds constant."""
    return people_next * (people.sum(axis=0) / people_next.sum(axis=0))


def cell_mean(values: Floats, cells: Floats) -> Floats:
    """Mean over cells, each group counted by the cells behind it; (location, lane) to (lane,)."""
    return (values * cells).sum(axis=0) / cells.sum(axis=0)
