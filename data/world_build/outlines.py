"""Outlines for maps: the coasts of the world, and the borders of Mexico and Central America."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from .land import SOUTHERNMOST
from .source import Sources
from .thinning import thinned
from .topology import read_topology

COASTS_FILE = "world-atlas/land-50m.json"
BORDERS_FILE = "world-atlas/countries-50m.json"
# Mexico, Guatemala, Belize, El Salvador, Honduras, Nicaragua, Costa Rica and Panama.
REGION = {"484", "320", "084", "222", "340", "558", "188", "591"}
TOLERANCE = 0.02
SMALLEST = 0.15
"""In degrees: how far lines may move, and the height and width below which an island is left out."""


def build_outlines(sources: Sources) -> dict[str, NDArray[np.float32]]:
    """Coasts and borders as lines for a plot, each ended by a NaN.

    Returns
    -------
    dict of str to (point,) float
        `coast_x`, `coast_y`, `border_x` and `border_y`: longitude and latitude in degrees.
    """
    coast, border = joined(coasts(sources)), joined(borders(sources))
    return {"coast_x": coast[:, 0], "coast_y": coast[:, 1], "border_x": border[:, 0], "border_y": border[:, 1]}


def coasts(sources: Sources) -> Iterator[NDArray[np.float64]]:
    """Coasts north of 60 S, without the smallest islands."""
    topology = read_topology(sources.file(COASTS_FILE), "land")
    for area in topology.areas:
        for ring in (ring for polygon in topology.rings(area) for ring in polygon):
            if ring[:, 1].min() > SOUTHERNMOST and np.ptp(ring, axis=0).max() > SMALLEST:
                yield from (thinned(piece, TOLERANCE) for piece in cut_at_antimeridian(ring))


def borders(sources: Sources) -> Iterator[NDArray[np.float64]]:
    """Land borders of the countries of the region."""
    topology = read_topology(sources.file(BORDERS_FILE), "countries")
    ours = [area.arcs for area in topology.areas if area.number in REGION]
    others = [area.arcs for area in topology.areas if area.number not in REGION]
    shared = {arc for area in ours for arc in area if sum(arc in neighbour for neighbour in [*ours, *others]) > 1}
    return (thinned(topology.arcs[arc], TOLERANCE) for arc in sorted(shared))


def cut_at_antimeridian(line: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """The pieces of a line between its jumps from one edge of the map to the other."""
    jumps = np.flatnonzero(np.abs(np.diff(line[:, 0])) > 180) + 1
    return [piece for piece in np.split(line, jumps) if len(piece) > 1]


def joined(lines: Iterable[NDArray[np.float64]]) -> NDArray[np.float32]:
    """Lines one after another, each ended by a row of NaN."""
    gap = np.full((1, 2), np.nan)
    return np.concatenate([part for line in lines for part in (line, gap)]).astype(np.float32)
