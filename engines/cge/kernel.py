"""Runs a tape for `LANES` runs side by side, and its derivatives for one run.

`values` is (row, lane). A lane never reads another lane, every sum has the order of the tape, and `exp` and `log` are
our own: the numbers of a run depend on nothing but the run. All rows of an operation are read before any is written, in
eight named numbers, which the compiler packs into vector registers.
"""

import numpy as np
from numba import njit

from .elementary import exp, log
from .tape import AFFINE, DIVIDE, DOT, EXP, LOG, MULTIPLY

LANES = 8


@njit(cache=True, error_model="numpy")
def _load(values, row):
    return (
        values[row, 0], values[row, 1], values[row, 2], values[row, 3],
        values[row, 4], values[row, 5], values[row, 6], values[row, 7],
    )  # fmt: skip


@njit(cache=True, error_model="numpy")
def _store(values, row, a):
    values[row, 0] = a[0]
    values[row, 1] = a[1]
    values[row, 2] = a[2]
    values[row, 3] = a[3]
    values[row, 4] = a[4]
    values[row, 5] = a[5]
    values[row, 6] = a[6]
    values[row, 7] = a[7]


@njit(cache=True, error_model="numpy")
def _add_scaled(s, c, a):
    return (
        s[0] + c * a[0], s[1] + c * a[1], s[2] + c * a[2], s[3] + c * a[3],
        s[4] + c * a[4], s[5] + c * a[5], s[6] + c * a[6], s[7] + c * a[7],
    )  # fmt: skip


@njit(cache=True, error_model="numpy")
def _add_product(s, c, a, b):
    return (
        s[0] + c * a[0] * b[0], s[1] + c * a[1] * b[1], s[2] + c * a[2] * b[2], s[3] + c * a[3] * b[3],
        s[4] + c * a[4] * b[4], s[5] + c * a[5] * b[5], s[6] + c * a[6] * b[6], s[7] + c * a[7] * b[7],
    )  # fmt: skip


@njit(cache=True, error_model="numpy")
def _product(c, a, b):
    return (
        c * a[0] * b[0], c * a[1] * b[1], c * a[2] * b[2], c * a[3] * b[3],
        c * a[4] * b[4], c * a[5] * b[5], c * a[6] * b[6], c * a[7] * b[7],
    )  # fmt: skip


@njit(cache=True, error_model="numpy")
def _ratio(c, a, b):
    return (
        c * a[0] / b[0], c * a[1] / b[1], c * a[2] / b[2], c * a[3] / b[3],
        c * a[4] / b[4], c * a[5] / b[5], c * a[6] / b[6], c * a[7] / b[7],
    )  # fmt: skip


@njit(cache=True, error_model="numpy")
def _affine(values, row, size, starts, columns, weights, index, coefficient):
    zero = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    ones = (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
    for k in range(size):
        s = _add_scaled(zero, coefficient[weights + k], ones)
        for j in range(index[starts + k], index[starts + k + 1]):
            s = _add_scaled(s, coefficient[weights + size + j], _load(values, index[columns + j]))
        _store(values, row + k, s)


@njit(cache=True, error_model="numpy")
def _dot(values, row, size, starts, pairs, weights, index, coefficient):
    for k in range(size):
        s = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for j in range(index[starts + k], index[starts + k + 1]):
            a = _load(values, index[pairs + 2 * j])
            b = _load(values, index[pairs + 2 * j + 1])
            s = _add_product(s, coefficient[weights + j], a, b)
        _store(values, row + k, s)


@njit(cache=True, error_model="numpy")
def _elementwise(values, kind, row, size, source, floor):
    into = values[row : row + size].ravel()
    given = values[source : source + size].ravel()
    if kind == EXP:
        for k in range(into.size):
            into[k] = exp(given[k])
    elif kind == LOG:
        for k in range(into.size):
            into[k] = log(given[k])
    else:
        for k in range(into.size):
            into[k] = max(given[k], floor)


@njit(cache=True, error_model="numpy")
def run_tape(tape, first, last, values):
    """Carry out operations `first` to `last` (exclusive) on `values` (row, lane)."""
    operations, index, coefficient = tape
    for position in range(first, last):
        kind, row, size = operations[position, 0], operations[position, 1], operations[position, 2]
        a, b, c = operations[position, 3], operations[position, 4], operations[position, 5]
        if kind == AFFINE:
            _affine(values, row, size, a, b, c, index, coefficient)
        elif kind == MULTIPLY:
            for k in range(size):
                left, right = _load(values, index[a + k]), _load(values, index[b + k])
                _store(values, row + k, _product(coefficient[c + k], left, right))
        elif kind == DIVIDE:
            for k in range(size):
                left, right = _load(values, index[a + k]), _load(values, index[b + k])
                _store(values, row + k, _ratio(coefficient[c + k], left, right))
        elif kind == DOT:
            _dot(values, row, size, a, b, c, index, coefficient)
        else:
            _elementwise(values, kind, row, size, a, coefficient[c])


@njit(cache=True, error_model="numpy")
def run_tangents(tape, first, last, values, lane, tangents):
    """Directional derivatives of a tape at one lane's values, `LANES` directions at a time in `tangents` (row, lane)."""
    operations, index, coefficient = tape
    ones = (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
    zero = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for position in range(first, last):
        kind, row, size = operations[position, 0], operations[position, 1], operations[position, 2]
        a, b, c = operations[position, 3], operations[position, 4], operations[position, 5]
        for k in range(size):
            s = zero
            if kind == AFFINE:
                for j in range(index[a + k], index[a + k + 1]):
                    s = _add_scaled(s, coefficient[c + size + j], _load(tangents, index[b + j]))
            elif kind == MULTIPLY:
                i, j, weight = index[a + k], index[b + k], coefficient[c + k]
                s = _add_scaled(s, weight * values[j, lane], _load(tangents, i))
                s = _add_scaled(s, weight * values[i, lane], _load(tangents, j))
            elif kind == DIVIDE:
                i, j, weight = index[a + k], index[b + k], coefficient[c + k]
                s = _add_scaled(s, weight / values[j, lane], _load(tangents, i))
                s = _add_scaled(s, -values[row + k, lane] / values[j, lane], _load(tangents, j))
            elif kind == DOT:
                for j in range(index[a + k], index[a + k + 1]):
                    left, right = index[b + 2 * j], index[b + 2 * j + 1]
                    s = _add_scaled(s, coefficient[c + j] * values[right, lane], _load(tangents, left))
                    s = _add_scaled(s, coefficient[c + j] * values[left, lane], _load(tangents, right))
            elif kind == EXP:
                s = _product(values[row + k, lane], ones, _load(tangents, a + k))
            elif kind == LOG:
                s = _product(1.0 / values[a + k, lane], ones, _load(tangents, a + k))
            elif values[a + k, lane] > coefficient[c]:
                s = _load(tangents, a + k)
            _store(tangents, row + k, s)


@njit(cache=True, error_model="numpy")
def jacobian(tape, last, values, lane, tangents, unknown, residual, out):
    """Derivatives of the residual rows by the unknown rows at one lane, (equation, unknown)."""
    size = out.shape[0]
    for start in range(0, size, LANES):
        for row in range(tangents.shape[0]):
            _store(tangents, row, (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0))
        width = min(LANES, size - start)
        for j in range(width):
            tangents[unknown + start + j, j] = 1.0
        run_tangents(tape, 0, last, values, lane, tangents)
        for i in range(size):
            for j in range(width):
                out[i, start + j] = tangents[residual + i, j]


@njit(cache=True, error_model="numpy")
def invert(matrix, out):
    """Inverse by Gauss-Jordan elimination with row pivoting; False if singular. `matrix` is overwritten.

    A library's solver may change its last bits with the number of threads; this one does not.
    """
    size = matrix.shape[0]
    out[:] = 0.0
    for i in range(size):
        out[i, i] = 1.0
    for column in range(size):
        pivot = column
        for i in range(column + 1, size):
            if abs(matrix[i, column]) > abs(matrix[pivot, column]):
                pivot = i
        if not abs(matrix[pivot, column]) > 1e-14:
            return False
        if pivot != column:
            for j in range(size):
                matrix[column, j], matrix[pivot, j] = matrix[pivot, j], matrix[column, j]
                out[column, j], out[pivot, j] = out[pivot, j], out[column, j]
        scale = 1.0 / matrix[column, column]
        for j in range(size):
            matrix[column, j] *= scale
            out[column, j] *= scale
        for i in range(size):
            factor = matrix[i, column]
            if i != column and factor != 0.0:
                for j in range(size):
                    matrix[i, j] -= factor * matrix[column, j]
                    out[i, j] -= factor * out[column, j]
    return True


@njit(cache=True, error_model="numpy")
def apply_inverse(inverse, values, residual, out):
    """out = -inverse @ residual rows of `values`, every lane on its own."""
    size = inverse.shape[0]
    for i in range(size):
        s = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for j in range(size):
            s = _add_scaled(s, -inverse[i, j], _load(values, residual + j))
        _store(out, i, s)


@njit(cache=True, error_model="numpy")
def largest(values, residual, size, out):
    """Largest absolute residual of each lane, infinite where one is not a number."""
    for lane in range(LANES):
        out[lane] = 0.0
    for i in range(size):
        for lane in range(LANES):
            error = abs(values[residual + i, lane])
            if not error < np.inf:
                error = np.inf
            out[lane] = max(out[lane], error)
