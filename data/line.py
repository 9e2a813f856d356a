"""Lines on the world: reading them from GeoJSON, and the cells of one degree that they cross.

Rows count from the north and columns from the west: cell (0, 0) has its centre at 89.5 N, 179.5 W. Between two points a
line is straight in longitude and latitude, as GeoJSON says, and goes the short way round the world.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .fault import shown
from .raw import read_bounded

ROWS, COLUMNS = 180, 360
MODES = ("road", "rail", "water")
# What a line of each mode is called.
LINE_WORDS = {"road": "road", "rail": "railway", "water": "waterway"}
# In degrees, a tenth of a millimetre: a shorter stay in a cell is rounding.
_SHORTEST = 1e-9
_LARGEST_FILE = 100_000_000
# Degrees, a hundred times round the world: what is longer is no line that somebody may build.
_LONGEST = 36_000.0
_LINES = ("LineString", "MultiLineString")


class LineError(ValueError):
    """A file that holds no line that can be read."""


@dataclass(frozen=True, eq=False)
class Line:
    """A line that somebody may build.

    Parameters
    ----------
    mode : {"road", "rail", "water"}
        What it is.
    parts : tuple of (point, 2) float arrays
        Longitude and latitude in degrees, one array a piece.
    """

    mode: str
    parts: tuple[NDArray[np.float64], ...]

    @property
    def cells(self) -> list[tuple[int, int]]:
        """Row and column of the cells that the line crosses, each once, in the order in which it first enters them."""
        return list(dict.fromkeys(cell for part in self.parts for cell in cells_on_line(part)))


def cells_on_line(coordinates: ArrayLike) -> list[tuple[int, int]]:
    """Cells that a line crosses, each once, in the order in which the line first enters them.

    Every cell counts in which a piece of the line lies, however short; a corner that is only touched does not. A line
    along the edge of two cells belongs to the one in the south or in the east. Steps of more than 180 degrees of
    longitude cross the antimeridian.

    Parameters
    ----------
    coordinates : (point, 2) float
        Longitude and latitude in degrees, as GeoJSON orders them.

    Returns
    -------
    list of (row, column)
        Rows from 0 in the north to 179, columns from 0 at 180 W to 359.

    Examples
    --------
    >>> cells_on_line([(-98.2, 19.04), (-97.9, 19.1)])
    [(70, 81), (70, 82)]
    """
    points = np.asarray(coordinates, dtype=np.float64).reshape(-1, 2)
    east = np.unwrap(points[:, 0], period=360) + 180
    south = 90 - points[:, 1]
    visited = [cell for start, end in pairwise(np.c_[south, east]) for cell in _cells_of_step(start, end)]
    if not visited and len(points):
        # It has one point, or all its points are one.
        visited = [_cell(south[0], east[0])]
    return list(dict.fromkeys(visited))


def read_line(path: str | PathLike[str], mode: str | None = None) -> Line:
    """Read a line from a GeoJSON file.

    The file is a LineString or MultiLineString, a feature that is one, or a collection of which all lines are taken and
    everything else is left aside. Where the property `mode` does not say what the line is, `mode` does.

    Parameters
    ----------
    path : path
        A file of GeoJSON: longitude before latitude, in degrees.
    mode : {"road", "rail", "water"}, optional
        What the line is; what the file says if left out, and a road if it says nothing.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    LineError
        If it is no GeoJSON, holds no line, a coordinate or a mode is not allowed, or the file says another mode.
    """
    file = Path(path)
    if mode is not None and mode not in MODES:
        message = f"A line cannot be {shown(mode)}. Allowed: {', '.join(MODES)}."
        raise LineError(message)
    try:
        content = json.loads(read_bounded(file, _LARGEST_FILE))
    except (ValueError, RecursionError) as error:
        message = f"{file} is not GeoJSON: it cannot be read as JSON ({error})."
        raise LineError(message) from error
    if not isinstance(content, dict) or not isinstance(content.get("type"), str):
        message = f'{file} is not GeoJSON: it has no "type" at its top.'
        raise LineError(message)
    try:
        found = list(_lines(content, {}))
        kinds = "" if found else _kinds(content)
    except RecursionError:
        message = f"{file} is nested too deeply. Draw the line as one LineString."
        raise LineError(message) from None
    if not found:
        message = f"{file} holds no LineString or MultiLineString, but {shown(kinds)}. Draw the line as one."
        raise LineError(message)
    modes = {_mode(properties, file, mode) for _, properties in found}
    if len(modes) > 1:
        message = (
            f"{file} holds lines of several modes ({', '.join(sorted(modes))}). Put each mode in a file of its own."
        )
        raise LineError(message)
    parts = tuple(_points(part, file) for geometry, _ in found for part in _parts(geometry, file))
    length = sum(float(np.abs(np.diff(part, axis=0)).sum()) for part in parts)
    if length > _LONGEST:
        message = (
            f"{file}: the line is {length:.0f} degrees long; it may have {_LONGEST:.0f}, a hundred times the globe."
        )
        raise LineError(message)
    return Line(modes.pop(), parts)


def _cells_of_step(start: NDArray[np.float64], end: NDArray[np.float64]) -> Iterator[tuple[int, int]]:
    length = float(np.hypot(*(end - start)))
    cuts = [0.0, 1.0]
    for a, b in zip(start, end, strict=True):
        if a != b:
            edges = np.arange(np.ceil(min(a, b)), np.floor(max(a, b)) + 1)
            cuts.extend(((edges - a) / (b - a)).tolist())
    cuts = sorted(cuts)
    for before, after in pairwise(cuts):
        if (after - before) * length > _SHORTEST:
            yield _cell(*(start + (before + after) / 2 * (end - start)))


def _cell(south: float, east: float) -> tuple[int, int]:
    return min(int(south), ROWS - 1), int(np.floor(east)) % COLUMNS


def _lines(node: object, properties: Mapping[str, object]) -> Iterator[tuple[Mapping, Mapping[str, object]]]:
    """Geometries that are lines, each with the properties of its feature."""
    if not isinstance(node, dict):
        return
    own = node.get("properties")
    properties = own if isinstance(own, dict) else properties
    if node.get("type") in _LINES:
        yield node, properties
    yield from _lines(node.get("geometry"), properties)
    for key in ("features", "geometries"):
        children = node.get(key)
        for child in children if isinstance(children, list) else ():
            yield from _lines(child, properties)


def _kinds(node: object) -> str:
    """The types that a tree of GeoJSON is made of."""
    if isinstance(node, list):
        return ", ".join(dict.fromkeys(filter(None, map(_kinds, node)))) or "nothing"
    if not isinstance(node, dict):
        return ""
    inner = node.get("geometry") or node.get("features") or node.get("geometries")
    return _kinds(inner) if inner else str(node.get("type"))


def _mode(properties: Mapping[str, object], file: Path, given: str | None) -> str:
    mode = properties.get("mode")
    # Programs that draw maps write an empty column as null.
    if mode is None:
        return given or MODES[0]
    if mode not in MODES:
        message = f'{file}: the property "mode" is {shown(mode)}. Allowed: {", ".join(MODES)}.'
        raise LineError(message)
    if given not in (None, mode):
        message = f'{file}: the property "mode" is {shown(mode)}, and you say {given}. Change one of them.'
        raise LineError(message)
    return str(mode)


def _parts(geometry: Mapping, file: Path) -> list[object]:
    coordinates = geometry.get("coordinates")
    if not isinstance(coordinates, list) or not coordinates:
        message = f"{file}: a {geometry['type']} has no coordinates."
        raise LineError(message)
    return coordinates if geometry["type"] == "MultiLineString" else [coordinates]


def _points(part: object, file: Path) -> NDArray[np.float64]:
    listed: list = part if isinstance(part, list) else [part]
    for point in listed:
        if not (isinstance(point, list) and len(point) > 1 and all(_is_number(number) for number in point[:2])):
            message = f"{file}: {shown(point)} is not a point, [longitude, latitude], of a line."
            raise LineError(message)
    points = np.array([point[:2] for point in listed], dtype=np.float64).reshape(-1, 2)
    if len(points) < 2:
        message = f"{file}: a line has {len(points)} points; it needs two at least."
        raise LineError(message)
    # Programs draw a line beyond the antimeridian with longitudes beyond 180.
    allowed = (np.abs(points[:, 0]) <= 360) & (np.abs(points[:, 1]) <= 90)
    if not allowed.all():
        longitude, latitude = points[~allowed][0].tolist()
        message = (
            f"{file}: the point [{longitude}, {latitude}] is out of range: longitude comes first and lies between -360 "
            "and 360, latitude second between -90 and 90, both in degrees."
        )
        raise LineError(message)
    return points


def _is_number(value: object) -> bool:
    # Python reads an integer of any length, numpy does not.
    return isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1e6)
