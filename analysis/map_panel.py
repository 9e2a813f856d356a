"""Maps of cells of one degree as SVG text, to stand inside a page beside the other figures.

All cells of a class are one path of thick strokes and lines are thinned to what the eye can see, so that even a map of
the whole world weighs about a hundred kilobytes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from numpy.typing import NDArray

from .figures import INK, MUTED, RULE, drawing
from .geography import Extent, clipped, outline, runs
from .scale import Scale

Floats = NDArray[np.float64]

# Of the cells without a number, those whose number has not settled, and how the key shows the latter.
NOTHING, HATCHED = "#e9edf0", "#ffffff"
HATCHED_KEY = f"repeating-linear-gradient(135deg,{MUTED} 0 1px,{HATCHED} 1px 4px)"
# A map of the whole world has a point a degree, so that steps along it are whole numbers.
_WIDTH = 5.0
_KEY = 0.44
_FINEST = 0.9
_POINTS = 72.0
GROUND = "#f7f8f9"


@dataclass(frozen=True, slots=True)
class Ground:
    """What all maps of some cells share.

    Parameters
    ----------
    points : (cell, 2) float
        Latitude and longitude of the centres, the latter as the extent has them.
    extent : Extent
        What is shown.
    coast, border, marked : (point, 2) float
        Lines of longitude and latitude with breaks; `marked` is the outline of cells that the reader should find.
    """

    points: Floats
    extent: Extent
    coast: Floats
    border: Floats
    marked: Floats


def ground(points: Floats, extent: Extent, coast: Floats, border: Floats, marked: Floats) -> Ground:
    """Cut and thin the lines to what a map of `extent` can show.

    Parameters
    ----------
    points, marked : (cell, 2) float
        Latitude and longitude of the cells, and of those to be outlined.
    extent : Extent
        What is shown.
    coast, border : (point, 2) float
        Longitude and latitude, a row of NaN between two pieces.
    """
    step = _FINEST * (extent.east - extent.west) / (_WIDTH * _POINTS)
    on_map, outlined = (np.column_stack([each[:, 0], extent.shown(each[:, 1])]) for each in (points, marked))
    return Ground(on_map, extent, clipped(coast, extent, step), clipped(border, extent, step), outline(outlined))


def value_panel(land: Ground, values: Floats, scale: Scale, *, name: str, label: str) -> str:
    """A map of numbers in classes, with the key below it; cells without a number are grey.

    Parameters
    ----------
    land : Ground
        Where the cells are.
    values : (cell,) float
        A number a cell.
    scale : Scale
        The classes.
    name, label : str
        As in `fan_panel`.

    Returns
    -------
    str
        An `<svg>` element.
    """
    fills = {place: (colour, "") for place, colour in enumerate(scale.colours)}
    height = _WIDTH * land.extent.ratio
    with drawing(name, label, _WIDTH, height + _KEY, 10.0) as (figure, text):
        axes = figure.add_axes((0.0, _KEY / (height + _KEY), 1.0, height / (height + _KEY)))
        _draw(axes, land, scale.classes(values), {-1: (NOTHING, ""), **fills})
        key = figure.add_axes((0.06, 0.2 / (height + _KEY), 0.88, 0.13 / (height + _KEY)))
        _draw_key(key, scale)
    return _short_paths(text[0])


def category_panel(land: Ground, classes: NDArray[np.intp], fills: Sequence[str], *, name: str, label: str) -> str:
    """A map of categories, without a key: -1 is grey, -2 is hatched.

    Parameters
    ----------
    land : Ground
        Where the cells are.
    classes : (cell,) int
        The category of each cell.
    fills : sequence of str
        A colour a category.
    name, label : str
        As in `fan_panel`.
    """
    known = {place: (colour, "") for place, colour in enumerate(fills)}
    with drawing(name, label, _WIDTH, _WIDTH * land.extent.ratio, 10.0) as (figure, text):
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        _draw(axes, land, classes, {-1: (NOTHING, ""), -2: (HATCHED, "/////"), **known})
    return _short_paths(text[0])


def _draw(axes: Axes, land: Ground, classes: NDArray[np.intp], fills: dict[int, tuple[str, str]]) -> None:
    """Cells by class, then the lines."""
    extent = land.extent
    axes.set_axis_off()
    axes.set_xlim(extent.west, extent.east)
    axes.set_ylim(extent.south, extent.north)
    axes.set_aspect("auto")
    axes.add_patch(Rectangle((0, 0), 1, 1, transform=axes.transAxes, facecolor=GROUND, linewidth=0))
    for place, (colour, hatch) in fills.items():
        covered = runs(land.points[classes == place])
        if len(covered):
            axes.add_patch(_hatched(covered, colour, hatch) if hatch else _stroked(covered, colour, extent))
    # The outline has a white one below it, for cells as dark as itself.
    lines = (land.coast, MUTED, 0.5), (land.border, MUTED, 0.45), (land.marked, "white", 1.7), (land.marked, INK, 0.8)
    for line, colour, width in lines:
        if len(line):
            axes.plot(line[:, 0], line[:, 1], color=colour, linewidth=width, solid_capstyle="projecting")


def _stroked(covered: Floats, colour: str, extent: Extent) -> PathPatch:
    """Runs of cells as strokes that are a degree of latitude wide, and a little more to leave no seam between rows."""
    west, east, latitude = covered.T
    ends = np.stack([np.stack([west, latitude], axis=1), np.stack([east, latitude], axis=1)], axis=1)
    path = Path(ends.reshape(-1, 2), np.tile([Path.MOVETO, Path.LINETO], len(covered)))
    path.should_simplify = False
    degree = extent.stretch * _WIDTH * _POINTS / (extent.east - extent.west)
    return PathPatch(path, fill=False, edgecolor=colour, linewidth=degree + 0.2, capstyle="butt")


def _hatched(covered: Floats, colour: str, hatch: str) -> PathPatch:
    """Runs of cells as rectangles, since a stroke has no hatch."""
    west, east, latitude = covered.T
    south, north = latitude - 0.5, latitude + 0.5
    around = (west, south), (east, south), (east, north), (west, north), (west, south)
    corners = np.stack([np.stack(corner, axis=1) for corner in around], axis=1)
    codes = np.tile([Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY], len(covered))
    path = Path(corners.reshape(-1, 2), codes)
    return PathPatch(path, facecolor=colour, edgecolor=MUTED, linewidth=0.0, hatch=hatch)


def _draw_key(axes: Axes, scale: Scale) -> None:
    """Classes side by side, equally wide, with the bounds between them."""
    axes.set_axis_off()
    count = len(scale.colours)
    axes.set_xlim(0, count)
    axes.set_ylim(0, 1)
    for place, colour in enumerate(scale.colours):
        axes.add_patch(Rectangle((place, 0), 1, 1, facecolor=colour, edgecolor=RULE, linewidth=0.4))
    for place, words in enumerate(scale.labels, start=1):
        axes.annotate(
            words, (place, 0), (0, -3), textcoords="offset points", ha="center", va="top", annotation_clip=False
        )


def _short_paths(svg: str) -> str:
    """The same drawing with its long paths in steps of a tenth of a point from one point to the next."""
    return re.sub(r'(?<= d=")[^"]{200,}(?=")', lambda match: _short_path(match[0]), svg)


def _short_path(path: str) -> str:
    words: list[str] = []
    x = y = left = top = 0
    for command, point in re.findall(r"([A-Za-z])([^A-Za-z]*)", path):
        if command in "zZ":
            words.append("z")
            x, y = left, top
            continue
        if command not in "ML":
            return path
        across, down = (round(10 * float(number)) for number in point.split())
        move = across - x, down - y
        x, y = across, down
        if command == "M":
            left, top = x, y
            words.append(_step("m", *move))
        elif move[1] == 0:
            words.append(f"h{_tenths(move[0])}")
        else:
            words.append(f"v{_tenths(move[1])}" if move[0] == 0 else _step("l", *move))
    return "".join(words)


def _step(command: str, across: int, down: int) -> str:
    """A step as short as SVG allows: a minus sign parts two numbers as well as a space does."""
    return f"{command}{_tenths(across)}{'' if down < 0 else ' '}{_tenths(down)}"


def _tenths(number: int) -> str:
    return f"{number / 10:g}".replace("0.", ".") if abs(number) < 10 else f"{number / 10:g}"
