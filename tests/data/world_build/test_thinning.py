"""Lines with fewer points."""

from itertools import pairwise

import numpy as np
from cordillera.data.world_build.thinning import thinned
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

LINES = arrays(np.float64, st.tuples(st.integers(2, 30), st.just(2)), elements=st.floats(-10, 10))


def distance(point: np.ndarray, line: np.ndarray) -> float:
    """The least distance of a point from the pieces of a line, each sampled finely."""
    pieces = [np.linspace(start, end, 2000) for start, end in pairwise(line)]
    return float(np.hypot(*(np.concatenate(pieces) - point).T).min())


def test_a_point_on_the_way_is_left_out() -> None:
    np.testing.assert_array_equal(thinned(np.array([(0.0, 0), (1, 0), (2, 0)]), 0.1), [(0, 0), (2, 0)])


def test_a_closed_line_keeps_its_far_point() -> None:
    ring = np.array([(0.0, 0), (1, 0), (1, 1), (0, 1), (0, 0)])
    np.testing.assert_array_equal(thinned(ring, 0.1), ring)


@given(LINES, st.floats(0.01, 5))
def test_no_point_is_farther_from_the_thinned_line_than_the_tolerance(line: np.ndarray, tolerance: float) -> None:
    kept = thinned(line, tolerance)
    np.testing.assert_array_equal(kept[[0, -1]], line[[0, -1]])
    assert max(distance(point, kept) for point in line) <= tolerance + 0.02
