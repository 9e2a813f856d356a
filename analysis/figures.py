"""Small static figures as SVG text, to stand inside a page: fans, bars of indices, convergence.

A figure is a grid of panels, one drawing each, so that the page can lay them out in six columns on a desk and in one
on a telephone. Text stays text: the page's own fonts set it, it can be searched, and a panel weighs a few kilobytes.
"""

import io
import math
import re
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape

import cmcrameri  # noqa: F401 - registers its colour maps as cmc.*
import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from .tables import short

INK = "#1c2b39"
MUTED = "#5b6b78"
RULE = "#dde3e8"
OUTER, INNER = (0.05, 0.95), (0.25, 0.75)
_SMALL = 0.02
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
_SYMBOLS = ("●", "■", "▲", "◆", "▼", "✚", "✖", "★")
# The first part of batlow only: its pinks have too little contrast on white.
_DARKEST, _LIGHTEST = 0.02, 0.62
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "cordillera",
    # A name with dollar signs is no formula.
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": RULE,
    "axes.labelcolor": MUTED,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.minor.size": 0,
}


def series_colours(count: int) -> list[str]:
    """As many colours as there are series, from dark to light, told apart by every kind of colour vision."""
    return [
        to_hex(mpl.colormaps["cmc.batlow"](place)) for place in np.linspace(_DARKEST, _LIGHTEST, max(count, 2))[:count]
    ]


def fan_panel(
    bands: xr.DataArray, *, name: str, label: str, colour: str, limits: tuple[float, float], reference: float
) -> str:
    """One fan: the 5-95 and 25-75 bands and the median over time.

    Parameters
    ----------
    bands : (quantile, time) float
        Quantiles 0.05, 0.25, 0.5, 0.75 and 0.95; the second dimension is the horizontal axis.
    name : str
        Prefix of the identifiers inside the drawing, unique on the page.
    label : str
        What the drawing shows, for those who hear the page.
    colour : str
        Of the median; the bands are lighter.
    limits : tuple of float
        Lower and upper end of the vertical axis, shared by the panels that are compared.
    reference : float
        Where a thin line is drawn: zero for a difference, 100 for an index.

    Returns
    -------
    str
        An `<svg>` element.
    """
    time = np.asarray(bands[bands.dims[-1]].values)
    with drawing(name, label, 2.5, 1.8, 10.0) as (figure, text):
        # Small numbers are long ones.
        left, width = (0.24, 0.5) if max(map(abs, limits)) < _SMALL else (0.17, 0.63)
        axes = figure.add_axes((left, 0.14, width, 0.81))
        axes.axhline(reference, color=MUTED, linewidth=0.7)
        for (low, high), alpha in ((OUTER, 0.2), (INNER, 0.38)):
            axes.fill_between(time, _at(bands, low), _at(bands, high), color=colour, alpha=alpha, linewidth=0)
        median = _at(bands, 0.5)
        axes.plot(time, median, color=colour, linewidth=1.5)
        axes.set_ylim(*limits)
        axes.set_xlim(time[0], time[-1])
        axes.set_xticks([time[0], time[len(time) // 2], time[-1]])
        axes.yaxis.set_major_locator(MaxNLocator(4))
        end = _last_value(float(median[-1]), limits[1] - limits[0])
        axes.annotate(end, (time[-1], median[-1]), (3, 0), textcoords="offset points", va="center", color=colour)
    return text[0]


def index_panel(
    indices: xr.Dataset,
    *,
    name: str,
    label: str,
    limit: float,
    names: Sequence[str],
    unit: str = "share of the variance",
) -> str:
    """Bars of one scenario: a bar a factor and cell, with its confidence interval and the first-order index as a tick.

    Parameters
    ----------
    indices : Dataset
        `total` (factor, cell), and, where the method has them, `total_confidence` (half widths) and `first`.
    name, label : str
        As in `fan_panel`.
    limit : float
        The right end of the axis.
    names : sequence of str
        Plain names of the factors, in their order.
    unit : str
        What the horizontal axis measures.
    """
    cells = list(indices["cell"].values)
    colours = series_colours(len(cells))
    thick = 0.78 / len(cells)
    lines = [textwrap.wrap(plain, 28) for plain in names]
    height = 0.6 + len(names) * max(0.17 * max(map(len, lines), default=1) + 0.08, 0.2 + 0.1 * len(cells))
    with drawing(name, label, 5.1, height, 11.0) as (figure, text):
        axes = figure.add_axes((0.42, 0.5 / height, 0.55, 1 - 0.53 / height))
        for place, (cell, colour) in enumerate(zip(cells, colours, strict=True)):
            here = indices.sel(cell=cell)
            rows = np.arange(len(names)) + (place - (len(cells) - 1) / 2) * thick
            _bars(axes, here, rows, thick, colour)
        axes.set_yticks([])
        for row, label_lines in enumerate(lines):
            _row_label(axes, row, label_lines)
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.set_xlim(0, limit)
        axes.grid(visible=False, axis="y")
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.set_xlabel(unit)
    return text[0]


def convergence_panel(total: xr.DataArray, *, name: str, label: str, confidence: xr.DataArray) -> str:
    """How the leading indices settle as the design grows; colours and markers are those of `series_key`.

    Parameters
    ----------
    total, confidence : (samples, factor) float
        Total-order indices at N/4, N/2 and N, and half widths, drawn as bars.
    name, label : str
        As in `fan_panel`.
    """
    samples = total["samples"].values
    count = total.sizes["factor"]
    with drawing(name, label, 5.1, 2.9, 11.0) as (figure, text):
        axes = figure.add_axes((0.1, 0.17, 0.87, 0.8))
        for i, (marker, colour) in enumerate(zip(_MARKERS, series_colours(count), strict=False)):
            place = np.arange(len(samples)) + (i - (count - 1) / 2) * 0.05
            line, half = total.isel(factor=i).values, confidence.isel(factor=i).values
            axes.errorbar(place, line, half, color=colour, marker=marker, markersize=4.5, linewidth=1.4, elinewidth=0.9)
        axes.set_xticks(range(len(samples)), [f"{each:,}" for each in samples])
        axes.set_xlabel("base points")
        low, high = axes.get_ylim()
        # An index beyond one is noise; it would press all others flat.
        axes.set_ylim(max(min(0.0, low), -0.2), min(high, 1.2))
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.grid(visible=False, axis="x")
    return text[0]


def series_key(names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Colour and name, with its marker, of each line of a `convergence_panel`; at most eight."""
    pairs = zip(_SYMBOLS, series_colours(len(names)), names, strict=False)
    return tuple((colour, f"{symbol} {plain}") for symbol, colour, plain in pairs)


def _last_value(value: float, height: float) -> str:
    """Three digits, but none that would be too small to see on an axis of this height."""
    places = max(2, 2 - math.floor(math.log10(height))) if math.isfinite(height) and height > 0 else 6
    return short(round(value, places), 3)


def _row_label(axes: Axes, row: int, lines: Sequence[str]) -> None:
    """A name left of its bars. Each line is set by itself: one text of two lines is not set flush right in SVG."""
    for place, line in enumerate(lines):
        offset = (-6, 12.0 * ((len(lines) - 1) / 2 - place))
        axes.annotate(
            line, (0, row), offset, textcoords="offset points", ha="right", va="center", annotation_clip=False
        )


def _bars(axes: Axes, here: xr.Dataset, rows: NDArray[np.floating], thick: float, colour: str) -> None:
    total = np.nan_to_num(here["total"].values)
    axes.barh(rows, np.clip(total, 0, None), thick * 0.86, color=colour, alpha=0.72, linewidth=0)
    if "total_confidence" in here:
        width = np.nan_to_num(here["total_confidence"].values)
        axes.errorbar(total, rows, xerr=width, fmt="none", ecolor=INK, elinewidth=0.8, capsize=1.5, capthick=0.8)
    if "first" in here:
        first = np.clip(here["first"].values, 0, None)
        axes.vlines(first, rows - thick * 0.43, rows + thick * 0.43, color="white", linewidth=1.4)


def _at(bands: xr.DataArray, quantile: float) -> NDArray[np.float64]:
    return bands.sel(quantile=quantile, method="nearest").values.astype(np.float64)


@contextmanager
def drawing(name: str, label: str, width: float, height: float, size: float) -> Iterator[tuple[Figure, list[str]]]:
    """A figure in inches, its text in points, to draw on; when the block ends its SVG is the one item of the list."""
    text: list[str] = []
    with mpl.rc_context():
        # One by one: the type of rcParams allows no dict of mixed values.
        for setting, value in {**_STYLE, "font.size": size}.items():
            mpl.rcParams[setting] = value  # pyright: ignore[reportArgumentType]
        figure = Figure(figsize=(width, height))
        yield figure, text
        stream = io.StringIO()
        figure.patch.set_visible(False)
        figure.savefig(stream, format="svg", metadata={"Date": None})
    text.append(_inline(stream.getvalue(), name, label))


def _inline(svg: str, name: str, label: str) -> str:
    """Matplotlib's file as an element of a page: identifiers of its own, no fonts, no metadata, two decimals."""
    body = svg[svg.index("<svg") :]
    box = re.search(r'viewBox="([^"]+)"', body)
    inside = body[body.index(">") + 1 : body.rindex("</svg>")]
    inside = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", inside, flags=re.DOTALL)
    inside = re.sub(r'id="', f'id="{name}-', inside)
    inside = re.sub(r"url\(#", f"url(#{name}-", inside)
    inside = re.sub(r'href="#', f'href="#{name}-', inside)
    inside = re.sub(r"font-family: [^;\"]+;? ?", "", inside)
    inside = re.sub(r' transform="rotate\(-0 [^"]*"', "", inside)
    # Inside the tags only: a small number that the reader sees keeps all its digits.
    inside = re.sub(r"<[^>]+>", lambda tag: re.sub(r"(\d\.\d\d)\d+", r"\1", tag[0]), inside)
    inside = re.sub(r">\s+<", "><", inside)
    extent = box.group(1) if box else "0 0 100 100"
    return f'<svg viewBox="{extent}" role="img" aria-label="{escape(label)}">{inside}</svg>'
