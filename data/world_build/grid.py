"""The grid of one degree, and its subcells of a tenth: row 0 has its centre at 89.5 N, column 0 at 179.5 W."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..line import COLUMNS, ROWS

SHAPE = (ROWS, COLUMNS)
TENTHS = 10
EARTH_RADIUS = 6371.0088
"""Mean radius of the Earth in kilometres."""


def latitudes() -> NDArray[np.float64]:
    """Latitude of the centre of every row, in degrees."""
    return 89.5 - np.arange(ROWS, dtype=np.float64)


def cell_area() -> NDArray[np.float64]:
    """Area of every cell of the grid in square kilometres, land and sea."""
    centre = latitudes()
    bands = np.sin(np.deg2rad(centre + 0.5)) - np.sin(np.deg2rad(centre - 0.5))
    return (EARTH_RADIUS**2 * np.deg2rad(1) * bands)[:, None] * np.ones(COLUMNS)


def places_in_cells(row: ArrayLike, column: ArrayLike, weight: ArrayLike | None = None) -> NDArray[np.float64]:
    """Number of places, or the sum of a weight of theirs, in every cell of the grid."""
    cell = np.asarray(row, dtype=np.intp) * COLUMNS + np.asarray(column, dtype=np.intp)
    weights = None if weight is None else np.asarray(weight)
    return np.bincount(cell, weights=weights, minlength=ROWS * COLUMNS).reshape(SHAPE).astype(np.float64)


def share_of_subcells(marked: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Share of the hundred subcells of every cell that is marked.

    Parameters
    ----------
    marked : (1800, 3600) bool
        Subcells of a tenth of a degree.

    Returns
    -------
    (180, 360) float
    """
    return marked.reshape(ROWS, TENTHS, COLUMNS, TENTHS).mean((1, 3))


def marked_points(longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Subcells of a tenth of a degree that hold a point."""
    marked = np.zeros((ROWS * TENTHS, COLUMNS * TENTHS), dtype=bool)
    row = np.clip(((90 - latitude) * TENTHS).astype(int), 0, ROWS * TENTHS - 1)
    column = np.clip(((longitude + 180) * TENTHS).astype(int), 0, COLUMNS * TENTHS - 1)
    marked[row, column] = True
    return marked


def marked_segments(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Subcells of a tenth of a degree that straight segments pass, sampled every 0.03 degrees.

    Parameters
    ----------
    start, end : (segment, 2) float
        Longitude and latitude in degrees. A segment of 180 degrees of longitude or more is one that crosses the
        antimeridian, and left out.

    Returns
    -------
    (1800, 3600) bool
    """
    near = np.abs(end[:, 0] - start[:, 0]) < 180
    start, end = start[near], end[near]
    step = end - start
    count = np.maximum(1, np.ceil(np.hypot(step[:, 0], step[:, 1]) / 0.03).astype(int))
    segment = np.repeat(np.arange(len(start)), count + 1)
    place = np.arange(len(segment)) - np.repeat(np.cumsum(count + 1) - (count + 1), count + 1)
    points = start[segment] + (place / count[segment])[:, None] * step[segment]
    return marked_points(points[:, 0], points[:, 1])
