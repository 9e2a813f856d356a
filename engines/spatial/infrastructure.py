"""What it costs to cross a cell, from the roads, rails and waters in it.

Desmet, Nagy and Rossi-Hansberg (2018), section 4.3, with the variable costs of Allen and Arkolakis (2014), Table II.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Infrastructure(NamedTuple):
    """Shares of a cell's sub-cells that hold each mode, each (row, column) in [0, 1]."""

    rail: Floats
    major_road: Floats
    other_road: Floats
    water: Floats


class CostCoefficients(NamedTuple):
    """Instantaneous cost where a mode is there and where it is not; positive, any unit of distance."""

    rail: float
    no_rail: float
    major_road: float
    other_road: float
    no_road: float
    water: float
    no_water: float


COEFFICIENTS = tuple(f"cost_{name}" for name in CostCoefficients._fields)


def instantaneous_cost(shares: Infrastructure, cost: CostCoefficients) -> Floats:
    """Cost of a unit of distance in every cell, (row, column): the modes' costs to the power of their shares."""
    no_road = 1.0 - shares.major_road - shares.other_road
    return np.exp(
        shares.rail * np.log(cost.rail)
        + (1.0 - shares.rail) * np.log(cost.no_rail)
        + shares.major_road * np.log(cost.major_road)
        + shares.other_road * np.log(cost.other_road)
        + no_road * np.log(cost.no_road)
        + shares.water * np.log(cost.water)
        + (1.0 - shares.water) * np.log(cost.no_water)
    )


def with_crossing(
    shares: Infrastructure, cells: NDArray[np.intp], mode: str, share: float, from_other: bool
) -> Infrastructure:
    """The infrastructure once a new line crosses some cells.

    Parameters
    ----------
    cells : (n,) int
        Flat indices of the cells.
    mode : {"road", "rail", "water"}
        What is built. A road takes the place of other road first, or of no road first.
    share : float
        Part of a cell's sub-cells that the line crosses: 0.1 if it crosses a cell in full length.
    from_other : bool
        Whether a road takes other road first; what remains comes from the rest.
    """
    field = {"road": "major_road", "rail": "rail", "water": "water"}[mode]
    grown = getattr(shares, field).copy()
    room = 1.0 - grown.flat[cells]
    added = np.minimum(share, room)
    grown.flat[cells] += added
    changed = shares._replace(**{field: grown})
    if mode != "road":
        return changed
    other = shares.other_road.copy()
    bare = 1.0 - shares.major_road.flat[cells] - other.flat[cells]
    taken = np.minimum(added, other.flat[cells]) if from_other else added - np.minimum(added, bare)
    other.flat[cells] -= taken
    return changed._replace(other_road=other)
