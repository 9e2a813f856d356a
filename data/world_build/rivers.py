"""Rivers that ships use: the first two levels of the World Data Bank II, in the binned files of GSHHG."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .grid import marked_segments
from .source import library

RIVERS_FILE = "gmt-gshhg/binned_river_i.nc"
LOWEST_LEVEL = 2
_FULL = 65535


def marked_rivers(file: Path) -> NDArray[np.bool_]:
    """Subcells of a tenth of a degree that a river passes: (1800, 3600) bool."""
    with library("h5py").File(file) as stored:
        columns = {name: np.asarray(stored[name]) for name in stored}
    return marked_segments(*river_segments(columns))


def river_segments(columns: Mapping[str, NDArray]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Starts and ends of the straight pieces of rivers.

    Parameters
    ----------
    columns : mapping of str to array
        The variables of the file: bins row by row from the north and from Greenwich eastwards, the rivers of a bin one
        after another, points as unsigned shares of the side of the bin from its south-west corner.

    Returns
    -------
    (segment, 2) float, (segment, 2) float
        Longitude and latitude in degrees.
    """
    side = int(columns["Bin_size_in_minutes"][0]) / 60
    across = int(columns["N_bins_in_360_longitude_range"][0])
    starts, ends = [], []
    for number, (first, count) in enumerate(
        zip(columns["Id_of_first_segment_in_a_bin"], columns["N_segments_in_a_bin"], strict=True)
    ):
        west, south = (number % across) * side, 90 - (number // across + 1) * side
        for river in range(first, first + count):
            if columns["Hierarchial_level_of_a_segment"][river] <= LOWEST_LEVEL:
                points = _points(columns, river, west, south, side)
                starts.append(points[:-1])
                ends.append(points[1:])
    return np.concatenate(starts), np.concatenate(ends)


def _points(columns: Mapping[str, NDArray], river: int, west: float, south: float, side: float) -> NDArray[np.float64]:
    first = columns["Id_of_first_point_in_a_segment"][river]
    inside = slice(first, first + columns["N_points_for_a_segment"][river])
    # Stored in signed numbers, meant as unsigned ones.
    east = columns["Relative_longitude_from_SW_corner_of_bin"][inside].astype(np.uint16)
    north = columns["Relative_latitude_from_SW_corner_of_bin"][inside].astype(np.uint16)
    longitude = west + east / _FULL * side
    return np.c_[np.where(longitude > 180, longitude - 360, longitude), south + north / _FULL * side]
