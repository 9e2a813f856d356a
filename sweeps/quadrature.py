"""Gaussian quadrature for systematic sensitivity analysis, the habit of users of general equilibrium models.

A few weighted points stand for the joint distribution of symmetric, independent inputs: sums over them are the exact
expectations of polynomials up to the rule's degree. Arndt (1996), "An introduction to systematic sensitivity analysis
via Gaussian quadrature", GTAP Technical Paper 2; DeVuyst and Preckel (1997), Journal of Policy Modeling 19, 175-185.

With inputs z of mean 0, variance 1 and kurtosis k:

* `stroud`: 2 N points of degree 3 and equal weight, within sqrt(2) of the centre (Stroud 1957, Mathematical Tables and
  Other Aids to Computation 11, 257-261).
* `degree_5`: 2 N^2 + 1 points: the centre, +- sqrt(k_i) on each axis, and those signs on each pair of axes (the fully
  symmetric rule of McNamee and Stenger 1967, Numerische Mathematik 10, 327-344, with a radius for each input). The
  moments E z_i^2 = 1, E z_i^4 = k_i and E z_i^2 z_j^2 = 1 fix its weights; with many inputs some are negative.

The points never leave the support, since k = E z^4 is at most the square of its half width.
"""

from itertools import combinations
from typing import Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from .distribution import Centre, Distribution

Rule = Literal["stroud", "degree_5"]


def quadrature_unit(distributions: tuple[Distribution, ...], rule: Rule) -> NDArray[np.float64]:
    """Points of a rule in the unit cube.

    Parameters
    ----------
    distributions : tuple of Distribution
        All symmetric, on their own scale or on a log scale, which the points then use.
    rule : {"stroud", "degree_5"}
        Which points.

    Returns
    -------
    (point, factor) float64

    Raises
    ------
    ValueError
        If a distribution is not symmetric and continuous.
    """
    centres = _centres(distributions)
    points = _points(centres, rule)
    columns = []
    for i, (distribution, centre) in enumerate(zip(distributions, centres, strict=True)):
        value = centre.mean + centre.standard_deviation * points[:, i]
        columns.append(distribution.cumulative(np.exp(value) if centre.logarithmic else value))
    return np.stack(columns, axis=1)


def quadrature_weights(distributions: tuple[Distribution, ...], rule: Rule) -> NDArray[np.float64]:
    """Weights of the points of a rule; they add up to 1.

    Returns
    -------
    (point,) float64
    """
    count = len(distributions)
    if rule == "stroud":
        return np.full(2 * count, 0.5 / count)
    inverse = 1.0 / np.array([centre.kurtosis for centre in _centres(distributions)])
    axis = 0.5 * inverse * (1.0 - (inverse.sum() - inverse))
    pair = np.array([0.25 * inverse[i] * inverse[j] for i, j in combinations(range(count), 2)])
    around = np.concatenate([np.repeat(axis, 2), np.repeat(pair, 4)])
    return np.concatenate([[1.0 - around.sum()], around])


def quadrature_moments(
    values: xr.DataArray, weights: NDArray[np.float64], dim: str = "draw"
) -> tuple[xr.DataArray, xr.DataArray]:
    """Mean and standard deviation of an output over the points of a rule.

    Parameters
    ----------
    values : xarray.DataArray
        One value at each point along `dim`.
    weights : (point,) float64
        From `quadrature_weights`.

    Returns
    -------
    tuple of xarray.DataArray
        Without `dim`; NaN wherever a point has no value, for no rule survives the loss of a point.
    """
    weight = xr.DataArray(weights, dims=dim)
    mean = (values * weight).sum(dim, skipna=False)
    variance = ((values - mean) ** 2 * weight).sum(dim, skipna=False)
    return mean, variance.clip(min=0.0) ** 0.5


def _centres(distributions: tuple[Distribution, ...]) -> list[Centre]:
    centres = [distribution.centre for distribution in distributions]
    for distribution, centre in zip(distributions, centres, strict=True):
        if centre is None:
            raise ValueError(f"Quadrature needs symmetric continuous distributions, which {distribution} is not.")
    return [centre for centre in centres if centre is not None]


def _points(centres: list[Centre], rule: Rule) -> NDArray[np.float64]:
    return _stroud_points(len(centres)) if rule == "stroud" else _degree_5_points(centres)


def _stroud_points(count: int) -> NDArray[np.float64]:
    pairs = count // 2
    k = np.arange(1, 2 * count + 1)[:, None]
    angle = (2 * np.arange(1, pairs + 1) - 1)[None, :] * k * np.pi / count
    points = np.empty((2 * count, count))
    points[:, 0 : 2 * pairs : 2] = np.sqrt(2.0) * np.cos(angle)
    points[:, 1 : 2 * pairs : 2] = np.sqrt(2.0) * np.sin(angle)
    if count % 2:
        points[:, -1:] = (-1.0) ** k
    return points


def _degree_5_points(centres: list[Centre]) -> NDArray[np.float64]:
    radius = np.diag(np.sqrt([centre.kurtosis for centre in centres]))
    rows = [np.zeros(len(centres))]
    for axis in radius:
        rows += [axis, -axis]
    for one, other in combinations(radius, 2):
        rows += [one + other, one - other, other - one, -one - other]
    return np.stack(rows)
