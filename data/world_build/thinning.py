"""Lines with fewer points (Douglas and Peucker 1973)."""

import numpy as np
from numpy.typing import NDArray


def thinned(points: NDArray[np.float64], tolerance: float) -> NDArray[np.float64]:
    """The points of a line that are needed to stay near it.

    Parameters
    ----------
    points : (point, 2) float
        A line; a closed one ends where it starts.
    tolerance : float
        How far the line may move, in the unit of the points.

    Returns
    -------
    (kept, 2) float
        The first and the last point among them.
    """
    kept = np.zeros(len(points), dtype=bool)
    kept[[0, -1]] = True
    open_pieces = [(0, len(points) - 1)]
    while open_pieces:
        first, last = open_pieces.pop()
        if last - first < 2:
            continue
        distance = _distance(points[first + 1 : last], points[first], points[last])
        farthest = int(distance.argmax())
        if distance[farthest] > tolerance:
            middle = first + 1 + farthest
            kept[middle] = True
            open_pieces += [(first, middle), (middle, last)]
    return points[kept]


def _distance(points: NDArray[np.float64], start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance of points from the piece between two others."""
    along = end - start
    square = float(along @ along)
    share = np.clip((points - start) @ along / square, 0, 1) if square > 0 else np.zeros(len(points))
    return np.hypot(*(points - start - share[:, None] * along).T)
