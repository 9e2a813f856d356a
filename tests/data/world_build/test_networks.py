"""Roads, rail and places as marked subcells."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cordillera.data.world_build.networks import Network, marked_network, marked_settlements, read_network

WRITTEN = """from scgraph.core import GeoGraph
graph=[{1: 12.5, 2: 500.0}, {0: 12.5}, {0: 500.0}]
nodes=[[0.55, 10.05], [0.55, 10.95], [40.0, 10.05]]
world_highways_geograph = GeoGraph(graph=graph, nodes=nodes)
"""


def test_each_edge_of_a_network_is_read_once_and_nothing_is_run(tmp_path: Path) -> None:
    (tmp_path / "network.py").write_text(WRITTEN)
    network = read_network(tmp_path / "network.py")
    np.testing.assert_array_equal(network.nodes, [(0.55, 10.05), (0.55, 10.95), (40.0, 10.05)])
    np.testing.assert_array_equal(network.edges, [(0, 1), (0, 2)])
    np.testing.assert_array_equal(network.length, [12.5, 500.0])


def test_a_file_without_a_network_says_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "network.py").write_text("nodes=[]\n")
    with pytest.raises(ValueError, match="assigns 'graph'"):
        read_network(tmp_path / "network.py")


def test_an_edge_that_is_too_long_is_not_drawn() -> None:
    nodes = np.array([(0.55, 10.05), (0.55, 10.95), (40.0, 10.05)])
    marked = marked_network(Network(nodes, np.array([(0, 1), (0, 2)]), np.array([12.5, 500.0])))
    assert marked.sum() == 10
    assert marked[894, 1900:1910].all()


def test_places_are_linked_to_near_ones_alone() -> None:
    # Four within 40 km of each other on a parallel, one a thousand kilometres away.
    places = pd.DataFrame({"latitude": [0.55] * 4 + [10.05], "longitude": [10.05, 10.15, 10.25, 10.35, 10.05]})
    marked = marked_settlements(places)
    assert marked[894, 1900:1904].all()
    assert marked[799, 1900]
    assert marked.sum() == 5
