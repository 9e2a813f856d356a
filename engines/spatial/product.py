"""Products with the trade kernel: the time of the model is spent here.

What comes out for one lane is a function of the kernel and of that lane alone: every row is added up in one order,
whatever stands in the other lanes and however many threads share the rows.
"""

from collections.abc import Callable

import numba
import numpy as np
from numpy.typing import NDArray

from ..lanes import LANES, fused, fused_number, load, same, store

Floats = NDArray[np.float64]
Product = Callable[[Floats], Floats]

_TILE = 8


@numba.njit(cache=True, fastmath={"reassoc", "contract"})
def single_product(kernel, vector, out):
    """Kernel times one vector, (row,): rows by four, so that the vector is read from the cache once for them."""
    rows, columns = kernel.shape
    whole = rows - rows % 4
    for r in range(0, whole, 4):
        a = b = c = d = 0.0
        for s in range(columns):
            x = vector[s]
            a += kernel[r, s] * x
            b += kernel[r + 1, s] * x
            c += kernel[r + 2, s] * x
            d += kernel[r + 3, s] * x
        out[r], out[r + 1], out[r + 2], out[r + 3] = a, b, c, d
    for r in range(whole, rows):
        a = 0.0
        for s in range(columns):
            a += kernel[r, s] * vector[s]
        out[r] = a


@numba.njit(cache=True, error_model="numpy")
def _rows_of(tile, rows):
    """The eight rows of a tile; the last may overlap the one before, and repeats its last row where there are few."""
    r, last = max(min(tile * _TILE, rows - _TILE), 0), rows - 1
    return (
        r, min(r + 1, last), min(r + 2, last), min(r + 3, last),
        min(r + 4, last), min(r + 5, last), min(r + 6, last), min(r + 7, last),
    )  # fmt: skip


@numba.njit(cache=True, parallel=True, error_model="numpy")
def lanes_product(kernel, vectors, out):
    """Kernel times `LANES` vectors, (row, lane): a row is added up cell by cell in every lane.

    Rows go by eight, whose sums fill the pipeline of the processor; the last eight may overlap those before.
    """
    rows, columns = kernel.shape
    for tile in numba.prange((rows + _TILE - 1) // _TILE):
        r, r1, r2, r3, r4, r5, r6, r7 = _rows_of(tile, rows)
        a = b = c = d = e = f = g = h = same(0.0)
        for s in range(columns):
            x = load(vectors, s)
            a = fused(same(np.float64(kernel[r, s])), x, a)
            b = fused(same(np.float64(kernel[r1, s])), x, b)
            c = fused(same(np.float64(kernel[r2, s])), x, c)
            d = fused(same(np.float64(kernel[r3, s])), x, d)
            e = fused(same(np.float64(kernel[r4, s])), x, e)
            f = fused(same(np.float64(kernel[r5, s])), x, f)
            g = fused(same(np.float64(kernel[r6, s])), x, g)
            h = fused(same(np.float64(kernel[r7, s])), x, h)
        store(out, r, a)
        store(out, r1, b)
        store(out, r2, c)
        store(out, r3, d)
        store(out, r4, e)
        store(out, r5, f)
        store(out, r6, g)
        store(out, r7, h)


@numba.njit(cache=True, parallel=True, error_model="numpy")
def lane_product(kernel, vector, out):
    """Kernel times one vector, (row,), with the bits that it has as one of several in `lanes_product`."""
    rows, columns = kernel.shape
    for tile in numba.prange((rows + _TILE - 1) // _TILE):
        r, r1, r2, r3, r4, r5, r6, r7 = _rows_of(tile, rows)
        a = b = c = d = e = f = g = h = 0.0
        for s in range(columns):
            x = vector[s]
            a = fused_number(np.float64(kernel[r, s]), x, a)
            b = fused_number(np.float64(kernel[r1, s]), x, b)
            c = fused_number(np.float64(kernel[r2, s]), x, c)
            d = fused_number(np.float64(kernel[r3, s]), x, d)
            e = fused_number(np.float64(kernel[r4, s]), x, e)
            f = fused_number(np.float64(kernel[r5, s]), x, f)
            g = fused_number(np.float64(kernel[r6, s]), x, g)
            h = fused_number(np.float64(kernel[r7, s]), x, h)
        out[r], out[r1], out[r2], out[r3], out[r4], out[r5], out[r6], out[r7] = a, b, c, d, e, f, g, h


def fine_product(kernel: NDArray[np.floating]) -> Product:
    """The product with a kernel of a whole world, for up to `LANES` lanes; where all are alike it is made once."""

    def product(vectors: Floats) -> Floats:
        count = vectors.shape[1]
        if (vectors == vectors[:, :1]).all():
            single = np.empty(len(kernel))
            lane_product(kernel, np.ascontiguousarray(vectors[:, 0]), single)
            return np.repeat(single[:, None], count, axis=1)
        padded = np.zeros((len(vectors), LANES))
        padded[:, :count] = vectors
        out = np.empty((len(kernel), LANES))
        lanes_product(kernel, padded, out)
        return out[:, :count]

    return product


def grouped_product(kernel: NDArray[np.floating]) -> Product:
    """The product with a kernel of groups, for one lane."""

    def product(vectors: Floats) -> Floats:
        out = np.empty(len(kernel))
        single_product(kernel, np.ascontiguousarray(vectors[:, 0]), out)
        return out[:, None]

    return product
