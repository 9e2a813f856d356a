"""Where the locations of a resolution lie on the globe: every cell of the world with the location that holds it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .geography import Geography, GroupedGeography
from .grouping import Grouping
from .world import World

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


class PlacesOnMap(NamedTuple):
    """Cells of one degree, (cell,) each: the centre, and the number of the location that holds the cell."""

    latitude: Floats
    longitude: Floats
    location: Indices


def places_on_map(geography: Geography) -> PlacesOnMap | None:
    """The cells of a world that stands on a grid of one degree; None for any other.

    At the resolution `region` a location beyond the region is a group of cells, which share its number.
    """
    world = geography.world
    if world.terrain is None or world.terrain.shape != (180, 360):
        return None
    return PlacesOnMap(world.latitude, world.longitude, location_of_place(geography))


def location_of_place(geography: Geography) -> Indices:
    """The number of the location that every place belongs to."""
    if isinstance(geography, GroupedGeography):
        return geography.grouping.group
    return np.arange(geography.world.size)


def location_labels(geography: Geography) -> tuple[str, ...]:
    """A location by the centre of its cell, such as 15.5N 90.5W; a group by its country and the mean of its cells."""
    world = geography.world
    if not isinstance(geography, GroupedGeography):
        return tuple(world.labels(np.arange(world.size)))
    grouping = geography.grouping
    order = np.argsort(grouping.group, kind="stable")
    single = world.labels(order[: grouping.singles])
    return (*single, *_group_labels(world, grouping))


def _group_labels(world: World, grouping: Grouping) -> list[str]:
    """Unique, since no two groups of a country have one mean place to two decimals."""
    cells = np.bincount(grouping.group, minlength=grouping.size)
    first = np.zeros(grouping.size, dtype=np.intp)
    first[grouping.group[::-1]] = np.arange(world.size)[::-1]
    latitude, longitude = (
        np.bincount(grouping.group, values, grouping.size) / cells for values in (world.latitude, world.longitude)
    )
    return [
        f"{world.country[first[i]]}, {cells[i]} cells around "
        f"{abs(latitude[i]):.2f}{'N' if latitude[i] >= 0 else 'S'} {abs(longitude[i]):.2f}"
        f"{'E' if longitude[i] >= 0 else 'W'}"
        for i in range(grouping.singles, grouping.size)
    ]
