"""Figures of a corridor: cells in the order of the line, groups of cells side by side, effects by size of place."""

from collections.abc import Sequence

import numpy as np
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter
from numpy.typing import NDArray

from .figures import INK, MUTED, drawing

Floats = NDArray[np.float64]

LINE, OTHER = "#0b3c5d", "#c58a4a"


def along_panel(levels: Floats, ends: tuple[str, str], *, name: str, label: str) -> str:
    """A bar of 90 and of 50 in 100 draws for each cell of a line, in its order, with the median.

    Parameters
    ----------
    levels : (5, cell) float
        Quantiles 0.05, 0.25, 0.5, 0.75 and 0.95.
    ends : tuple of str
        The first and the last cell.
    name, label : str
        As in `fan_panel`.
    """
    place = np.arange(levels.shape[1])
    with drawing(name, label, 5.1, 2.7, 11.0) as (figure, text):
        axes = figure.add_axes((0.08, 0.12, 0.9, 0.84))
        axes.axhline(0.0, color=MUTED, linewidth=0.7)
        for (low, high), width, alpha in (((0, 4), 5.0, 0.28), ((1, 3), 5.0, 0.6)):
            axes.vlines(place, levels[low], levels[high], color=LINE, linewidth=width, alpha=alpha)
        axes.plot(place, levels[2], "o", color="white", markeredgecolor=LINE, markersize=3.6)
        axes.set_xlim(-0.8, len(place) - 0.2)
        axes.grid(visible=False, axis="x")
        axes.set_xticks([])
        for where, words, side in ((0, ends[0], "left"), (len(place) - 1, ends[1], "right")):
            axes.annotate(
                words, (where, 0), (0, -5), xycoords=("data", "axes fraction"), textcoords="offset points", ha=side,
                va="top", color=MUTED, annotation_clip=False,
            )  # fmt: skip
        axes.yaxis.set_major_locator(MaxNLocator(5))
    return text[0]


def places_panel(levels: Floats, names: Sequence[str], *, name: str, label: str) -> str:
    """A bar of 90 and of 50 in 100 draws for each group of cells, with the median.

    Parameters
    ----------
    levels : (5, group) float
        Quantiles 0.05, 0.25, 0.5, 0.75 and 0.95.
    names : sequence of str
        Of the groups.
    name, label : str
        As in `fan_panel`.
    """
    row = np.arange(len(names))
    height = 0.35 + 0.24 * len(names)
    with drawing(name, label, 5.1, height, 11.0) as (figure, text):
        axes = figure.add_axes((0.3, 0.3 / height, 0.67, 1 - 0.33 / height))
        axes.axvline(0.0, color=MUTED, linewidth=0.7)
        for (low, high), alpha in (((0, 4), 0.28), ((1, 3), 0.6)):
            axes.hlines(row, levels[low], levels[high], color=LINE, linewidth=7.0, alpha=alpha)
        axes.plot(levels[2], row, "o", color="white", markeredgecolor=LINE, markersize=3.6)
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.set_yticks(row, names)
        axes.grid(visible=False, axis="y")
        axes.xaxis.set_major_locator(MaxNLocator(5))
    return text[0]


def size_panel(
    people: Floats,
    levels: Floats,
    on_line: NDArray[np.bool_],
    fit: tuple[Floats, Floats],
    *,
    name: str,
    label: str,
    unit: str,
) -> str:
    """Effects against the people of a cell on a logarithmic axis: the range of 90 in 100 draws, the median, and a fit.

    Parameters
    ----------
    people : (cell,) float
        The horizontal axis.
    levels : (3, cell) float
        Quantiles 0.05, 0.5 and 0.95.
    on_line : (cell,) bool
        Cells of the line, which have a colour of their own.
    fit : tuple of (point,) and (3, point) float
        People, and the same quantiles of the line that is fitted in each draw.
    name, label : str
        As in `fan_panel`.
    unit : str
        Of the vertical axis.
    """
    with drawing(name, label, 5.1, 3.3, 11.0) as (figure, text):
        axes = figure.add_axes((0.12, 0.15, 0.86, 0.82))
        axes.set_xscale("log")
        axes.axhline(0.0, color=MUTED, linewidth=0.7)
        for chosen, colour, size in ((~on_line, OTHER, 2.4), (on_line, LINE, 3.6)):
            x = people[chosen]
            # One line with breaks weighs a tenth of as many lines.
            bars = np.stack([levels[0][chosen], levels[2][chosen], np.full(len(x), np.nan)], axis=1)
            axes.plot(np.repeat(x, 3), bars.ravel(), color=colour, linewidth=0.9, alpha=0.45)
            axes.plot(x, levels[1][chosen], "o", color=colour, markersize=size, markeredgewidth=0)
        at, lines = fit
        axes.fill_between(at, lines[0], lines[2], color=INK, alpha=0.14, linewidth=0)
        axes.plot(at, lines[1], color=INK, linewidth=1.1)
        low, high = float(np.nanmin(levels)), float(np.nanmax(levels))
        axes.set_ylim(low - 0.05 * (high - low), high + 0.05 * (high - low))
        axes.set_xlim(people.min() / 1.4, people.max() * 1.4)
        axes.xaxis.set_major_locator(LogLocator(100.0))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _people(value)))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.set_xlabel("people of the cell in year 0")
        axes.set_ylabel(unit)
    return text[0]


def _people(value: float) -> str:
    """A power of ten as people say it."""
    for size, word in ((1e6, " million"), (1e3, ",000")):
        if value >= size:
            return f"{value / size:g}{word}"
    return f"{value:g}"
