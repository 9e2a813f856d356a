"""Fewer locations, the same region: distant places are grouped so that every flow of trade between groups stays.

With g the weights that balance the kernel in the base year, g(r) sum_s K(r, s) g(s) = income of r, the flow between two
groups is the sum of g K g over their places, and the kernel of the groups is that flow over the product of the groups'
own weights. The base-year incomes, people and flows between groups are then those of the places; what is lost is the
change of composition inside a group.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .locations import Locations, scaled_to_constant_world
from .world import Project, World

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Grouping:
    """The group of every place: the places of the region first, one each, then blocks of the countries elsewhere."""

    group: NDArray[np.intp]
    size: int
    singles: int


def group_far_places(world: World, project: Project, block: float) -> Grouping:
    """Keep the region; group all else by country and by blocks of `block` degrees."""
    group = np.full(world.size, -1)
    group[project.region] = np.arange(len(project.region))
    far = np.flatnonzero(group < 0)
    south = np.floor(world.latitude[far] / block) * block
    west = np.floor(world.longitude[far] / block) * block
    keys = [
        f"{country} {lat:+.0f} {lon:+.0f}" for country, lat, lon in zip(world.country[far], south, west, strict=True)
    ]
    labels, inverse = np.unique(keys, return_inverse=True)
    singles = len(project.region)
    group[far] = singles + inverse
    return Grouping(group, singles + len(labels), singles)


def grouped_locations(world: World, grouping: Grouping, income: Floats) -> Locations:
    """Groups as locations, at the incomes of each lane, (place, lane)."""

    def total(values: Floats) -> Floats:
        return np.bincount(grouping.group, values, grouping.size).astype(np.float64)[:, None]

    people = total(world.people)
    earned = np.concatenate([total(world.people * income[:, lane]) for lane in range(income.shape[1])], axis=1)
    return Locations(
        land=total(np.maximum(world.land, world.least_land)),
        people=people,
        people_next=scaled_to_constant_world(people, total(world.people_next)),
        income=earned / people,
        utility=np.exp(total(world.people * np.log(world.utility)) / people),
        cells=total(np.ones(world.size)),
    )
