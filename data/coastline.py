"""The coast of the world and land borders, as lines for maps."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .case import CASES

_FILE = CASES / "pacific-corridor" / "coastline.npz"


class Coastline(NamedTuple):
    """Lines of longitude and latitude in degrees, (point, 2), a row of NaN between two pieces.

    `coast` is that of the world without Antarctica and the smallest islands; `border` holds the land borders of Mexico
    and Central America.
    """

    coast: NDArray[np.float64]
    border: NDArray[np.float64]


def read_coastline() -> Coastline:
    """The lines that come with the package.

    Examples
    --------
    >>> read_coastline().coast.shape[1]
    2
    """
    with np.load(_FILE, allow_pickle=False) as stored:
        coast, border = (
            np.stack([stored[f"{name}_x"], stored[f"{name}_y"]], axis=1).astype(np.float64)
            for name in ("coast", "border")
        )
    return Coastline(coast, border)
