"""Roads and rail: the subcells of a tenth of a degree that a network passes."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import KDTree

from .grid import marked_points, marked_segments

HIGHWAYS_FILE = "scgraph_data/world_highways.py"
RAILWAYS_FILE = "scgraph_data/world_railways.py"
# An edge longer than this is an error of the network: nothing lies between its ends.
LONGEST_EDGE = 400.0
NEIGHBOURS, FARTHEST_NEIGHBOUR = 3, 60.0
_RADIUS = 6371.0


@dataclass(frozen=True, eq=False)
class Network:
    """A network of straight edges between nodes.

    Parameters
    ----------
    nodes : (node, 2) float
        Latitude and longitude in degrees.
    edges : (edge, 2) int
        The nodes at both ends, each edge once.
    length : (edge,) float
        Kilometres along the way.
    """

    nodes: NDArray[np.float64]
    edges: NDArray[np.int64]
    length: NDArray[np.float64]


def read_network(file: Path) -> Network:
    """Read a network of `scgraph_data`, which are Python files; none of them is run."""
    text = file.read_text(encoding="utf-8")
    links = json.loads(re.sub(r"(\d+):", r'"\1":', _assigned(text, "graph")))
    nodes = json.loads(_assigned(text, "nodes"))
    edges = [(start, int(end), length) for start, ends in enumerate(links) for end, length in ends.items()]
    table = np.array([edge for edge in edges if edge[1] > edge[0]], dtype=np.float64)
    return Network(np.array(nodes, dtype=np.float64), table[:, :2].astype(np.int64), table[:, 2])


def marked_network(network: Network) -> NDArray[np.bool_]:
    """Subcells that a network passes: (1800, 3600) bool."""
    edges = network.edges[network.length < LONGEST_EDGE]
    start, end = network.nodes[edges[:, 0]], network.nodes[edges[:, 1]]
    return marked_segments(start[:, ::-1], end[:, ::-1])


def marked_settlements(places: pd.DataFrame) -> NDArray[np.bool_]:
    """Subcells where some road must be: they hold a place, or lie on the straight way to one of its three nearest.

    Parameters
    ----------
    places : DataFrame
        As `read_places` gives them; ways of more than 60 km are left out.

    Returns
    -------
    (1800, 3600) bool
    """
    latitude, longitude = places["latitude"].to_numpy(), places["longitude"].to_numpy()
    points = np.c_[longitude, latitude]
    north, east = np.deg2rad(latitude), np.deg2rad(longitude)
    on_globe = np.c_[np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)]
    distance, neighbour = map(np.asarray, KDTree(on_globe).query(on_globe, k=NEIGHBOURS + 1))
    # The nearest place to a place is itself.
    near = distance[:, 1:].ravel() * _RADIUS < FARTHEST_NEIGHBOUR
    start = np.repeat(np.arange(len(points)), NEIGHBOURS)[near]
    end = neighbour[:, 1:].ravel()[near]
    return marked_points(longitude, latitude) | marked_segments(points[start], points[end])


def _assigned(text: str, name: str) -> str:
    """What a line of Python assigns to a name."""
    found = re.search(rf"^{name}\s*=(.*)$", text, flags=re.MULTILINE)
    if found is None:
        message = f"The network has no line that assigns {name!r}."
        raise ValueError(message)
    return found.group(1)
