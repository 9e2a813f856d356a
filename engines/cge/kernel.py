"""Runs a tape for `LANES` runs side by side, and its derivatives for one run.

`values` is (row, lane). A lane never reads another lane, every sum has the order of the tape, and `exp` and `log` are
our own: the numbers of a run depend on nothing but the run.
"""

import numpy as np
from numba import njit

from ..lanes import LANES, add_product, add_scaled, divide, larger, load, multiply, same, store
from .elementary import exp, log
from .tape import AFFINE, DIVIDE, DOT, EXP, FLOOR, LOG, MULTIPLY


@njit(cache=True, error_model="numpy")
def _affine(values, row, size, starts, columns, weights, index, coefficient):
    for k in range(size):
        s = same(coefficient[weights + k])
        for j in range(index[starts + k], index[starts + k + 1]):
            s = add_scaled(s, coefficient[weights + size + j], load(values, index[columns + j]))
        store(values, row + k, s)


@njit(cache=True, error_model="numpy")
def _dot(values, row, size, starts, pairs, weights, index, coefficient):
    for k in range(size):
        s = same(0.0)
        for j in range(index[starts + k], index[starts + k + 1]):
            left, right = load(values, index[pairs + 2 * j]), load(values, index[pairs + 2 * j + 1])
            s = add_product(s, coefficient[weights + j], left, right)
        store(values, row + k, s)


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
                scaled = multiply(same(coefficient[c + k]), load(values, index[a + k]))
                store(values, row + k, multiply(scaled, load(values, index[b + k])))
        elif kind == DIVIDE:
            for k in range(size):
                scaled = multiply(same(coefficient[c + k]), load(values, index[a + k]))
                store(values, row + k, divide(scaled, load(values, index[b + k])))
        elif kind == DOT:
            _dot(values, row, size, a, b, c, index, coefficient)
        elif kind == FLOOR:
            for k in range(size):
                store(values, row + k, larger(load(values, a + k), same(coefficient[c])))
        elif kind == EXP:
            for k in range(size):
                store(values, row + k, exp(load(values, a + k)))
        else:
            for k in range(size):
                store(values, row + k, log(load(values, a + k)))


@njit(cache=True, error_model="numpy")
def run_tangents(tape, first, last, values, lane, tangents):
    """Derivatives of a tape at one lane's values along `LANES` directions at a time, in `tangents` (row, lane)."""
    operations, index, coefficient = tape
    for position in range(first, last):
        kind, row, size = operations[position, 0], operations[position, 1], operations[position, 2]
        a, b, c = operations[position, 3], operations[position, 4], operations[position, 5]
        for k in range(size):
            s = same(0.0)
            if kind == AFFINE:
                for j in range(index[a + k], index[a + k + 1]):
                    s = add_scaled(s, coefficient[c + size + j], load(tangents, index[b + j]))
            elif kind == MULTIPLY:
                i, j, weight = index[a + k], index[b + k], coefficient[c + k]
                s = add_scaled(s, weight * values[j, lane], load(tangents, i))
                s = add_scaled(s, weight * values[i, lane], load(tangents, j))
            elif kind == DIVIDE:
                i, j, weight = index[a + k], index[b + k], coefficient[c + k]
                s = add_scaled(s, weight / values[j, lane], load(tangents, i))
                s = add_scaled(s, -values[row + k, lane] / values[j, lane], load(tangents, j))
            elif kind == DOT:
                for j in range(index[a + k], index[a + k + 1]):
                    left, right = index[b + 2 * j], index[b + 2 * j + 1]
                    s = add_scaled(s, coefficient[c + j] * values[right, lane], load(tangents, left))
                    s = add_scaled(s, coefficient[c + j] * values[left, lane], load(tangents, right))
            elif kind == EXP:
                s = multiply(same(values[row + k, lane]), load(tangents, a + k))
            elif kind == LOG:
                s = multiply(same(1.0 / values[a + k, lane]), load(tangents, a + k))
            elif values[a + k, lane] > coefficient[c]:
                s = load(tangents, a + k)
            store(tangents, row + k, s)


@njit(cache=True, error_model="numpy")
def jacobian(tape, last, values, lane, tangents, unknown, residual, out):
    """Derivatives of the residual rows by the unknown rows at one lane, (equation, unknown)."""
    size = out.shape[0]
    # Every other row is either an input, which has no derivative, or written before it is read.
    for row in range(tangents.shape[0]):
        store(tangents, row, same(0.0))
    for start in range(0, size, LANES):
        for row in range(unknown, unknown + size):
            store(tangents, row, same(0.0))
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

    Each column of the inverse takes the place of the column that it has eliminated, and they are put in order at the
    end. A library's solver may change its last bits with the number of threads; this one does not.
    """
    size = matrix.shape[0]
    place = np.arange(size)
    for column in range(size):
        pivot = column
        for i in range(column + 1, size):
            if abs(matrix[i, column]) > abs(matrix[pivot, column]):
                pivot = i
        if not abs(matrix[pivot, column]) > 1e-14:
            return False
        if pivot != column:
            place[column], place[pivot] = place[pivot], place[column]
            for j in range(size):
                matrix[column, j], matrix[pivot, j] = matrix[pivot, j], matrix[column, j]
        scale = 1.0 / matrix[column, column]
        matrix[column, column] = 1.0
        for j in range(size):
            matrix[column, j] *= scale
        for i in range(size):
            factor = matrix[i, column]
            if i != column and factor != 0.0:
                matrix[i, column] = 0.0
                for j in range(size):
                    matrix[i, j] -= factor * matrix[column, j]
    for column in range(size):
        for i in range(size):
            out[i, place[column]] = matrix[i, column]
    return True


@njit(cache=True, error_model="numpy")
def apply_inverse(inverse, values, residual, out):
    """out = -inverse @ residual rows of `values`, every lane on its own."""
    size = inverse.shape[0]
    for i in range(size):
        s = same(0.0)
        for j in range(size):
            s = add_scaled(s, -inverse[i, j], load(values, residual + j))
        store(out, i, s)


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


@njit(cache=True, error_model="numpy")
def raise_to(values, power, out):
    """out = values ** power for positive `values` (row, lane): the same bits wherever a number stands."""
    for k in range(values.shape[0]):
        store(out, k, exp(multiply(same(power), log(load(values, k)))))
