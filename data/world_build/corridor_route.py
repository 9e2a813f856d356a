"""The Pacific Corridor: the way by highway from Puebla to Panama City, and the cells that it crosses."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from ..line import cells_on_line
from .grid import latitudes
from .networks import Network
from .source import table
from .thinning import thinned

# South, north, west, east: what lies outside is not asked for a way.
BOX = (6.5, 21.0, -101.0, -76.5)
SHORTEST_EDGE = 0.01
# Tried from the coarsest: the line of the file crosses the cells of the whole route.
TOLERANCES = (0.02, 0.01, 0.005, 0.002, 0.001, 0.0)
STRETCHES = {"MEX": "mexico", "PAN": "panama"}
ATTRIBUTION = "(c) OpenStreetMap contributors, ODbL 1.0"
_RADIUS = 6371.0


@dataclass(frozen=True, eq=False)
class Route:
    """A way along a network: (point, 2) latitude and longitude in degrees, and its length in kilometres."""

    points: NDArray[np.float64]
    length: float


def route_corridor(highways: Network) -> Route:
    """The shortest way along the highways through the way points of `waypoints.csv`, one after another."""
    way = np.array([(float(row["latitude"]), float(row["longitude"])) for row in table("waypoints")])
    nodes, roads = _inside(highways)
    stops = [int(_distance(point, nodes).argmin()) for point in way]
    points, length = [], 0.0
    for here, there, start, end in zip(way[:-1], way[1:], stops[:-1], stops[1:], strict=True):
        if start == end:
            continue
        straight = float(_distance(here, there[None])[0])
        reached, before = dijkstra(roads, directed=False, indices=start, return_predecessors=True)
        # Where the network has a gap, the way between two points is straight.
        if not np.isfinite(reached[end]) or reached[end] > 2.5 * straight + 60:
            points += [here, there]
            length += straight
        else:
            points += [nodes[node] for node in _traced(before, start, end)]
            length += float(reached[end])
    return Route(np.array(points), length)


def simplified(route: Route) -> NDArray[np.float64]:
    """The fewest points of a route that cross the same cells in the same order: longitude and latitude in degrees."""
    points = route.points[:, ::-1]
    wanted = cells_on_line(points)
    lines = (thinned(points, tolerance).round(3) for tolerance in TOLERANCES)
    return next(line for line in lines if cells_on_line(line) == wanted)


def save_corridor(folder: Path, line: NDArray[np.float64], codes: NDArray[np.str_]) -> None:
    """Write the cells of the corridor (`corridor.csv`) and its line (`corridor.geojson`).

    Parameters
    ----------
    folder : Path
        Where to.
    line : (point, 2) float
        Longitude and latitude in degrees.
    codes : (180, 360) str
        Country of every cell, empty at sea; cells at sea are left out.
    """
    cells = [cell for cell in cells_on_line(line) if codes[cell]]
    header = ("order", "latitude", "longitude", "country", "stretch", "finished")
    with (folder / "corridor.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(_described(order, cell, str(codes[cell])) for order, cell in enumerate(cells, 1))
    properties = {"name": "Pacific Corridor, Puebla to Panama City", "mode": "road", "attribution": ATTRIBUTION}
    points = ",\n".join(f"    [{longitude}, {latitude}]" for longitude, latitude in line.tolist())
    text = (
        f'{{\n  "type": "Feature",\n  "properties": {json.dumps(properties)},\n'
        f'  "geometry": {{"type": "LineString", "coordinates": [\n{points}\n  ]}}\n}}\n'
    )
    (folder / "corridor.geojson").write_text(text, encoding="utf-8", newline="\n")


def _described(order: int, cell: tuple[int, int], country: str) -> tuple[object, ...]:
    stretch = STRETCHES.get(country, "central")
    finished = "no" if stretch == "central" else "yes"
    return order, latitudes()[cell[0]], -179.5 + cell[1], country, stretch, finished


def _inside(network: Network) -> tuple[NDArray[np.float64], csr_array]:
    """Nodes in the box, and the lengths between them."""
    south, north, west, east = BOX
    latitude, longitude = network.nodes.T
    inside = (latitude > south) & (latitude < north) & (longitude > west) & (longitude < east)
    place = np.cumsum(inside) - 1
    both = inside[network.edges].all(1)
    start, end = place[network.edges[both]].T
    size = int(inside.sum())
    length = np.maximum(network.length[both], SHORTEST_EDGE)
    return network.nodes[inside], coo_array((length, (start, end)), shape=(size, size)).tocsr()


def _traced(before: NDArray[np.int32], start: int, end: int) -> Sequence[int]:
    way = [end]
    while way[-1] != start:
        way.append(int(before[way[-1]]))
    return way[::-1]


def _distance(point: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Kilometres between a point and others, each latitude and longitude in degrees."""
    here, there = np.deg2rad(point), np.deg2rad(others)
    north, east = np.sin((there - here) / 2).T ** 2
    return _RADIUS * 2 * np.arcsin(np.sqrt(north + np.cos(here[0]) * np.cos(there[:, 0]) * east))
