"""TopoJSON: areas and their outlines, decoded."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Area:
    """An area of a topology.

    Parameters
    ----------
    number, name : str
        Its identifier, empty if it has none, and its name.
    polygons : sequence of sequences of sequences of int
        The arcs of every ring of every polygon; a negative number is an arc turned round, ``~number``.
    """

    number: str
    name: str
    polygons: Sequence[Sequence[Sequence[int]]]

    @property
    def arcs(self) -> set[int]:
        """The arcs of its outline."""
        return {max(arc, ~arc) for polygon in self.polygons for ring in polygon for arc in ring}


@dataclass(frozen=True, eq=False)
class Topology:
    """Areas that share arcs, each an array of longitude and latitude in degrees."""

    arcs: tuple[NDArray[np.float64], ...]
    areas: tuple[Area, ...]

    def ring(self, arcs: Sequence[int]) -> NDArray[np.float64]:
        """The points of a ring of arcs, each shared point once."""
        pieces = [self.arcs[arc] if arc >= 0 else self.arcs[~arc][::-1] for arc in arcs]
        return np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])

    def rings(self, area: Area) -> list[list[NDArray[np.float64]]]:
        """The rings of every polygon of an area, the outer one first."""
        return [[self.ring(ring) for ring in polygon] for polygon in area.polygons]


def read_topology(file: Path, name: str) -> Topology:
    """Read the areas of an object of a quantised TopoJSON file.

    Parameters
    ----------
    file : Path
        The file.
    name : str
        The object, such as ``countries``.
    """
    content = json.loads(file.read_text(encoding="utf-8"))
    scale, origin = content["transform"]["scale"], content["transform"]["translate"]
    arcs = tuple(np.cumsum(np.asarray(arc, float), axis=0) * scale + origin for arc in content["arcs"])
    return Topology(arcs, tuple(_areas(content["objects"][name]["geometries"])))


def unrolled(polygon: Sequence[NDArray[np.float64]]) -> Iterator[list[NDArray[np.float64]]]:
    """A polygon without jumps of longitude, once for each turn of the world in which it can be seen.

    Rings that cross the antimeridian jump there from one side of the map to the other. Unrolled, they reach over the
    edge of the map; a copy a turn further on reaches over the other edge.

    Parameters
    ----------
    polygon : sequence of (point, 2) float
        Its rings, the outer one first.

    Yields
    ------
    list of (point, 2) float
        Its rings, of which part lies between 180 W and 180 E.
    """
    rings = [ring.copy() for ring in polygon]
    for ring in rings:
        ring[:, 0] = np.unwrap(ring[:, 0], period=360)
    outer = rings[0][:, 0]
    for ring in rings[1:]:
        ring[:, 0] += 360 * np.round((outer.mean() - ring[:, 0].mean()) / 360)
    for turn in (-360, 0, 360):
        if outer.max() + turn > -180 and outer.min() + turn < 180:
            yield [ring + np.array([turn, 0]) for ring in rings]


def _areas(geometries: Sequence[dict]) -> Iterator[Area]:
    for geometry in geometries:
        polygons = {"Polygon": [geometry.get("arcs")], "MultiPolygon": geometry.get("arcs")}.get(geometry["type"])
        if polygons is not None:
            yield Area(geometry.get("id") or "", geometry.get("properties", {}).get("name", ""), polygons)
