"""Maps of the whole world in the Equal Earth projection: cells of one degree as a picture, the coast over it as a line.

Šavrič, Patterson and Jenny (2018), The Equal Earth map projection, International Journal of Geographical Information
Science 33(3): areas are true, so that a colour takes as much of the page as its cells take of the globe.
"""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape

import matplotlib.image
import numpy as np
from matplotlib.colors import to_rgba_array
from numpy.typing import NDArray

from .figures import INK, MUTED, RULE
from .geography import Extent, clipped, outline
from .map_panel import GROUND, HATCHED, NOTHING
from .scale import Scale

Floats = NDArray[np.float64]

# Cut in the Bering Strait, where no land is parted but the tip of Chukotka.
CENTRE = 11.0
SOUTH, NORTH = -58.0, 84.0
_A = (1.340264, -0.081106, 0.000893, 0.003796)
_ROOT = np.sqrt(3.0)
_NEWTON_STEPS = 8
_ROWS, _COLUMNS = 180, 360
# Width in the page's units, in which text has a size of 10, and of the picture in points of its own.
WIDTH, _PIXELS = 360.0, 1080
_KEY, _MARGIN = 26.0, 6.0
_NO_CELL, _HATCHED = -3, -2
# Points of the picture from one stripe of a hatched cell to the next.
_STRIPES = 10
_STEP = 0.8


def project(longitude: Floats, latitude: Floats) -> tuple[Floats, Floats]:
    """Equal Earth coordinates of points in degrees; the globe's radius is 1, and longitudes are from `CENTRE`.

    Examples
    --------
    >>> x, y = project(np.array([CENTRE + 90.0]), np.array([0.0]))
    >>> round(float(x[0]), 4), float(y[0])
    (1.3533, 0.0)
    """
    turned = np.radians((longitude - CENTRE + 180.0) % 360.0 - 180.0)
    angle = np.arcsin(_ROOT / 2.0 * np.sin(np.radians(latitude)))
    return 2.0 * turned * np.cos(angle) / (_ROOT * _rise(angle)), _height(angle)


def unproject(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Longitude and latitude in degrees of Equal Earth coordinates; NaN for what lies beyond the globe."""
    angle = y / _A[0]
    for _ in range(_NEWTON_STEPS):
        angle = angle - (_height(angle) - y) / _rise(angle)
    sine = 2.0 / _ROOT * np.sin(angle)
    with np.errstate(invalid="ignore"):
        latitude = np.degrees(np.arcsin(np.where(np.abs(sine) <= 1.0, sine, np.nan)))
    turned = np.degrees(_ROOT * x * _rise(angle) / (2.0 * np.cos(angle)))
    outside = ~(np.abs(turned) <= 180.0) | np.isnan(latitude)
    longitude = (np.where(outside, np.nan, turned) + CENTRE + 180.0) % 360.0 - 180.0
    return longitude, np.where(outside, np.nan, latitude)


def _height(angle: Floats) -> Floats:
    first, second, third, fourth = _A
    square = angle * angle
    return angle * (first + square * (second + square**2 * (third + square * fourth)))


def _rise(angle: Floats) -> Floats:
    """Derivative of `_height`."""
    first, second, third, fourth = _A
    square = angle * angle
    return first + square * (3.0 * second + square**2 * (7.0 * third + square * 9.0 * fourth))


@dataclass(frozen=True, eq=False)
class Globe:
    """What all maps of the world of a chapter share.

    Parameters
    ----------
    points : (cell, 2) float
        Latitude and longitude of the centres of the cells.
    coast : (point, 2) float
        Longitude and latitude, a row of NaN between two pieces.
    marked : (cell, 2) float
        Latitude and longitude of the cells that the reader should find.
    name : str
        Prefix of the identifier of the lines, unique on the page; `lines` is to be put into one drawing of it.
    """

    points: Floats
    coast: Floats
    marked: Floats
    name: str

    @cached_property
    def pixels(self) -> NDArray[np.intp]:
        """The cell of every point of the picture, (row, column); `_NO_CELL` for the sea and beyond the globe."""
        cell_of = np.full((_ROWS, _COLUMNS), _NO_CELL)
        row, column = np.floor(90.0 - self.points[:, 0]), np.floor(self.points[:, 1] + 180.0) % _COLUMNS
        cell_of[row.astype(np.intp), column.astype(np.intp)] = np.arange(len(self.points))
        west, south, east, north = _bounds()
        rows = round(_PIXELS * (north - south) / (east - west))
        x = west + (np.arange(_PIXELS) + 0.5) * (east - west) / _PIXELS
        y = north - (np.arange(rows) + 0.5) * (north - south) / rows
        longitude, latitude = unproject(*np.meshgrid(x, y))
        seen = np.isfinite(longitude)
        found = np.full(longitude.shape, _NO_CELL)
        down = np.clip(np.floor(90.0 - latitude[seen]), 0, _ROWS - 1).astype(np.intp)
        right = np.floor(longitude[seen] + 180.0).astype(np.intp) % _COLUMNS
        found[seen] = cell_of[down, right]
        return found

    @cached_property
    def lines(self) -> str:
        """The definition of the ground, the coast and the marked cells, which `drawn` refers to."""
        edge = np.linspace(SOUTH, NORTH, 60)
        side = np.full_like(edge, CENTRE + 179.999)
        around = np.concatenate(
            [np.column_stack([side, edge]), np.column_stack([2.0 * CENTRE - side[::-1], edge[::-1]])]
        )
        return (
            f'<defs><path id="{self.name}-ground" d="{_path(around, closed=True)}" fill="{GROUND}" stroke="{RULE}"/>'
            f'<g id="{self.name}-lines" fill="none" stroke-linejoin="round">'
            f'<path d="{_path(_thinned(self.coast))}" stroke="{MUTED}" stroke-width=".4"/>'
            f'<path d="{_path(self._outline)}" stroke="#fff" stroke-width="1.5"/>'
            f'<path d="{_path(self._outline)}" stroke="{INK}" stroke-width=".6"/></g></defs>'
        )

    @cached_property
    def _outline(self) -> Floats:
        return outline(self.marked) if len(self.marked) else np.empty((0, 2))


def globe_value_panel(land: Globe, values: Floats, scale: Scale, *, name: str, label: str) -> str:
    """A map of numbers in classes with the key below it; as `value_panel`.

    Parameters
    ----------
    land : Globe
        Where the cells are.
    values : (cell,) float
        A number a cell; NaN is grey.
    scale : Scale
        The classes.
    name, label : str
        As in `fan_panel`.
    """
    fills = {-1: NOTHING, **dict(enumerate(scale.colours))}
    return _drawn(land, scale.classes(values), fills, name, label, _key(scale))


def globe_category_panel(land: Globe, classes: NDArray[np.intp], fills: Sequence[str], *, name: str, label: str) -> str:
    """A map of categories, without a key: -1 is grey, -2 is hatched; as `category_panel`."""
    return _drawn(land, classes, {_HATCHED: HATCHED, -1: NOTHING, **dict(enumerate(fills))}, name, label, "")


def _drawn(land: Globe, classes: NDArray[np.intp], fills: dict[int, str], name: str, label: str, key: str) -> str:
    height = WIDTH * land.pixels.shape[0] / land.pixels.shape[1]
    picture = base64.b64encode(_png(land.pixels, classes, fills)).decode("ascii")
    return (
        f'<svg viewBox="0 0 {WIDTH:g} {height + (_KEY if key else 0.0):.1f}" role="img" aria-label="{escape(label)}" '
        f'font-size="10" id="{escape(name)}"><use href="#{land.name}-ground"/>'
        f'<image width="{WIDTH:g}" height="{height:.2f}" href="data:image/png;base64,{picture}"/>'
        f'<use href="#{land.name}-lines"/><g transform="translate(0 {height + 4.0:.1f})">{key}</g></svg>'
    )


def _png(pixels: NDArray[np.intp], classes: NDArray[np.intp], fills: dict[int, str]) -> bytes:
    """The picture: a colour a class, nothing where there is no cell."""
    colours = np.zeros((max(fills) + 1 - _NO_CELL, 4), np.uint8)
    for place, colour in fills.items():
        colours[place - _NO_CELL] = _rgba(colour)
    # The last entry of the classes of cells is taken by what is no cell.
    of_pixel = np.append(classes, _NO_CELL)[np.where(pixels >= 0, pixels, len(classes))]
    picture = colours[of_pixel - _NO_CELL]
    row, column = np.indices(pixels.shape)
    picture[(of_pixel == _HATCHED) & ((row + column) % _STRIPES < 2)] = _rgba(MUTED)
    stream = io.BytesIO()
    matplotlib.image.imsave(stream, picture, format="png", pil_kwargs={"optimize": True})
    return stream.getvalue()


def _rgba(colour: str) -> NDArray[np.uint8]:
    return np.round(255 * to_rgba_array(colour)[0]).astype(np.uint8)


def _key(scale: Scale) -> str:
    """Classes side by side, equally wide, with the bounds between them."""
    wide = (WIDTH - 2.0 * _MARGIN) / len(scale.colours)
    boxes = [
        f'<rect x="{_MARGIN + place * wide:.1f}" width="{wide:.1f}" height="9" fill="{colour}" stroke="{RULE}" '
        'stroke-width=".4"/>'
        for place, colour in enumerate(scale.colours)
    ]
    words = [
        f'<text x="{_MARGIN + place * wide:.1f}" y="20" text-anchor="middle">{escape(text)}</text>'
        for place, text in enumerate(scale.labels, start=1)
    ]
    return f'{"".join(boxes)}<g fill="{INK}">{"".join(words)}</g>'


def _bounds() -> tuple[float, float, float, float]:
    """West, south, east and north of the picture in the coordinates of the projection."""
    ends = np.array([SOUTH, NORTH])
    _, (south, north) = project(np.full(2, CENTRE), ends)
    east = float(project(np.array([CENTRE + 179.999]), np.zeros(1))[0][0])
    return -east, float(south), east, float(north)


def _path(line: Floats, *, closed: bool = False) -> str:
    """A line with breaks as the data of an SVG path on the page, in steps of a tenth."""
    west, _, east, north = _bounds()
    unit = WIDTH / (east - west)
    x, y = project(line[:, 0], line[:, 1])
    points = np.column_stack([(x - west) * unit, (north - y) * unit])
    words: list[str] = []
    pen = None
    for across, down in np.round(10.0 * points):
        if np.isnan(across) or (not closed and pen is not None and abs(across - pen[0]) > 5.0 * WIDTH):
            # A break, or a line that goes round the back of the globe.
            pen = None
        if np.isnan(across):
            continue
        if pen is None:
            words.append(f"M{across / 10:g} {down / 10:g}")
        elif (across, down) != pen:
            step = f"{(across - pen[0]) / 10:g} {(down - pen[1]) / 10:g}".replace(" -", "-")
            words.append(f"l{step}")
        pen = across, down
    return "".join(words) + ("z" if closed else "")


def _thinned(coast: Floats) -> Floats:
    """What a world map can show of a coast: a point a step, no piece that is smaller than two."""
    return clipped(coast, Extent(CENTRE - 180.0, CENTRE + 180.0, SOUTH, NORTH), _STEP)
