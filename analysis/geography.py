"""Cells of one degree on a map: where they lie, the extent that holds them, the lines and rectangles to draw."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_LABEL = re.compile(r"(\d+(?:\.\d+)?)([NS]) (\d+(?:\.\d+)?)([EW])")
# Cells that leave a gap of so many degrees of longitude are a part of the world, which may lie across the antimeridian.
_GAP = 60.0
_FLATTEST, _TALLEST = 0.4, 0.95
# A map of so many degrees of latitude has no one parallel to be true on.
_WORLD = 70.0


@dataclass(frozen=True, slots=True)
class Extent:
    """What a map shows, in degrees; `east` is beyond 180 where it crosses the antimeridian."""

    west: float
    east: float
    south: float
    north: float

    @property
    def stretch(self) -> float:
        """Length of a degree of latitude on the page over that of one of longitude."""
        if self.north - self.south > _WORLD:
            return 1.0
        return 1.0 / max(math.cos(math.radians(0.5 * (self.south + self.north))), 0.3)

    @property
    def ratio(self) -> float:
        """Height of the map over its width."""
        return (self.north - self.south) * self.stretch / (self.east - self.west)

    def shown(self, longitude: Floats) -> Floats:
        """Longitudes of points as this map has them."""
        return self.west + (longitude - self.west) % 360.0


def centres(labels: Iterable[object]) -> Floats | None:
    """Latitude and longitude of cells from labels such as 15.5N 90.5W, (cell, 2); None if one is no such label.

    Examples
    --------
    >>> centres(["15.5N 90.5W"]).tolist()
    [[15.5, -90.5]]
    """
    found = [_LABEL.fullmatch(str(label)) for label in labels]
    matches = [match for match in found if match]
    if not matches or len(matches) < len(found):
        return None
    points = [
        (float(match[1]) * (1 if match[2] == "N" else -1), float(match[3]) * (1 if match[4] == "E" else -1))
        for match in matches
    ]
    return np.array(points)


def fitted(points: Floats) -> Extent:
    """The extent that holds cells, with a margin, neither too flat nor too tall for a page.

    Parameters
    ----------
    points : (cell, 2) float
        Latitude and longitude of the centres.
    """
    latitude, longitude = points[:, 0], _unrolled(points[:, 1])
    spans = np.ptp(longitude) + 1.0, np.ptp(latitude) + 1.0
    margin = 0.5 + max(1.0, 0.03 * max(spans))
    west, east = float(longitude.min() - margin), float(longitude.max() + margin)
    south, north = float(latitude.min() - margin), float(latitude.max() + margin)
    extent = Extent(west, east, max(south, -90.0), min(north, 90.0))
    if extent.ratio > _TALLEST:
        more = 0.5 * (extent.ratio / _TALLEST - 1.0) * (east - west)
        west, east = west - more, east + more
    if extent.ratio < _FLATTEST:
        more = 0.5 * (_FLATTEST / extent.ratio - 1.0) * (extent.north - extent.south)
        south, north = extent.south - more, extent.north + more
    if east - west > 360.0:
        west, east = -180.0, 180.0
    return Extent(west, east, max(south, -90.0), min(north, 90.0))


def clipped(line: Floats, extent: Extent, step: float) -> Floats:
    """The pieces of a line that an extent shows, with points no closer than about `step` degrees.

    Parameters
    ----------
    line : (point, 2) float
        Longitude and latitude, a row of NaN between two pieces.
    extent : Extent
        Segments that lie wholly beyond one of its sides are left out.
    step : float
        In degrees; pieces smaller than two of it vanish.

    Returns
    -------
    (point, 2) float
        As `line`, in the longitudes of the extent.
    """
    copies = [
        line + np.array([turn, 0.0])
        for turn in (-360.0, 0.0, 360.0)
        if extent.west < 180.0 + turn and extent.east > turn - 180.0
    ]
    parts = [_thinned(_within(copy, extent), step) for copy in copies]
    return np.concatenate([*parts, np.empty((0, 2))])


def runs(points: Floats) -> Floats:
    """Cells of one degree that touch along a parallel, in one piece.

    Parameters
    ----------
    points : (cell, 2) float
        Latitude and longitude of the centres.

    Returns
    -------
    (run, 3) float
        The western and the eastern end and the latitude in the middle, rows from the south.
    """
    if not len(points):
        return np.empty((0, 3))
    latitude, longitude = points[np.lexsort((points[:, 1], points[:, 0]))].T
    breaks = (np.diff(latitude) != 0) | (np.diff(longitude) > 1.0)
    starts = np.flatnonzero(np.concatenate([[True], breaks]))
    ends = np.append(starts[1:], len(points)) - 1
    return np.column_stack([longitude[starts] - 0.5, longitude[ends] + 0.5, latitude[starts]])


def outline(points: Floats) -> Floats:
    """The border of the area that cells of one degree make up: edges that one cell alone has, as a line with breaks.

    Parameters
    ----------
    points : (cell, 2) float
        Latitude and longitude of the centres.
    """
    south, west = points[:, 0] - 0.5, points[:, 1] - 0.5
    corner = np.stack([west, south], axis=1)
    sides = [((0, 0), (1, 0)), ((0, 1), (1, 1)), ((0, 0), (0, 1)), ((1, 0), (1, 1))]
    edges = np.concatenate([np.hstack([corner + first, corner + last]) for first, last in sides])
    alone, count = np.unique(edges, axis=0, return_counts=True)
    alone = alone[count == 1]
    gap = np.full((len(alone), 2), np.nan)
    return np.stack([alone[:, :2], alone[:, 2:], gap], axis=1).reshape(-1, 2)


def _unrolled(longitude: Floats) -> Floats:
    """Longitudes beyond 180 degrees for cells east of the antimeridian that belong to others west of it."""
    ordered = np.unique(longitude)
    gaps = np.diff(np.append(ordered, ordered[0] + 360.0))
    widest = int(np.argmax(gaps))
    if gaps[widest] < _GAP or widest == len(ordered) - 1:
        return longitude
    return np.where(longitude <= ordered[widest], longitude + 360.0, longitude)


def _within(line: Floats, extent: Extent) -> Floats:
    if len(line) < 2:
        return line[:0]
    low, high = np.minimum(line[:-1], line[1:]), np.maximum(line[:-1], line[1:])
    # A comparison with NaN is false, so that a break keeps no segment.
    shown = (low[:, 0] < extent.east) & (high[:, 0] > extent.west) & (low[:, 1] < extent.north)
    shown &= high[:, 1] > extent.south
    kept = np.concatenate([[False], shown]) | np.concatenate([shown, [False]])
    # Two kept runs may have a hidden segment between them without a hidden point.
    hidden = np.flatnonzero(kept[:-1] & kept[1:] & ~shown) + 1
    masked = np.where(kept[:, None], line, np.nan)
    return np.insert(masked, hidden, np.nan, axis=0)


def _thinned(line: Floats, step: float) -> Floats:
    """The first of each run of points in one square of `step`, without pieces that are smaller than two."""
    squares = np.where(np.isnan(line), np.inf, np.round(line / step))
    fresh = np.concatenate([[True], (squares[1:] != squares[:-1]).any(axis=1)])[: len(line)]
    gap = np.isnan(line[:, 0])
    kept, piece = line[fresh & ~gap], np.cumsum(gap)[fresh & ~gap]
    if not len(kept):
        return kept
    starts = np.flatnonzero(np.concatenate([[True], np.diff(piece) > 0]))
    size = np.maximum.reduceat(kept, starts) - np.minimum.reduceat(kept, starts)
    counts = np.diff(np.append(starts, len(kept)))
    large = np.repeat(size.max(axis=1) >= 2.0 * step, counts)
    kept, piece = kept[large], piece[large]
    ends = np.flatnonzero(np.diff(piece, append=-1) != 0) + 1
    return np.insert(kept, ends, np.nan, axis=0)
