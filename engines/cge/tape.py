"""Equations written once in array notation, recorded as a list of simple operations on rows.

`Rows` stands for a vector whose entries are not numbers yet. The equations of `year` and `transition` apply the
ordinary operators to it (or to numpy arrays, or to symbols of an algebra system); what they do is written to a tape of
seven kinds of operation, which `kernel` runs for several runs at once. Linear combinations are gathered before they are
written, so that a sum over many goods is one operation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar, cast

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

AFFINE, MULTIPLY, DIVIDE, EXP, LOG, FLOOR, DOT = range(7)


class Tape(NamedTuple):
    """Recorded operations. `operations` is (operation, 6): kind, first row written, number of rows, three offsets.

    AFFINE: row = coefficient[c] + sum coefficient[c'] row[index]; starts at `index[a + k]`. MULTIPLY, DIVIDE: scaled
    product or ratio of rows `index[a + k]` and `index[b + k]`. EXP, LOG, FLOOR: of rows from `a` on. DOT: sums of
    products of pairs of rows.
    """

    operations: Indices
    index: Indices
    coefficient: Floats


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive rows that hold a named vector."""

    start: int
    size: int

    @property
    def rows(self) -> slice:
        """The rows as a slice."""
        return slice(self.start, self.start + self.size)


class Recorder:
    """Allocates rows and collects operations."""

    def __init__(self) -> None:
        self.rows = 0
        self._operations: list[tuple[int, int, int, int, int, int]] = []
        self._index: list[Indices] = []
        self._coefficient: list[Floats] = []
        self._indices = 0
        self._coefficients = 0

    def vector(self, size: int) -> "Rows":
        """A new input: rows that somebody else fills."""
        return Rows.of_block(self, self.allocate(size))

    def allocate(self, size: int) -> Block:
        """Fresh rows."""
        block = Block(self.rows, size)
        self.rows += size
        return block

    def emit(
        self, kind: int, size: int, first: int = 0, second: int = 0, coefficient: int = 0, into: Block | None = None
    ) -> Block:
        """Record one operation and return the rows that it writes."""
        block = into or self.allocate(size)
        self._operations.append((kind, block.start, size, first, second, coefficient))
        return block

    def indices(self, values: NDArray) -> int:
        """Store integers and return where they start."""
        self._index.append(np.asarray(values, dtype=np.int64))
        self._indices += len(values)
        return self._indices - len(values)

    def coefficients(self, values: NDArray) -> int:
        """Store numbers and return where they start."""
        self._coefficient.append(np.asarray(values, dtype=np.float64))
        self._coefficients += len(values)
        return self._coefficients - len(values)

    def cut(self) -> int:
        """Number of operations so far: where one tape ends and the next begins."""
        return len(self._operations)

    def tape(self) -> Tape:
        """All that has been recorded."""
        return Tape(
            np.array(self._operations, dtype=np.int64).reshape(-1, 6),
            np.concatenate([*self._index, np.zeros(1, dtype=np.int64)]),
            np.concatenate([*self._coefficient, np.zeros(1)]),
        )


class Rows:
    """A vector on the tape: constant + sum over terms of coefficient * row, entry by entry."""

    __array_ufunc__ = None

    def __init__(self, recorder: Recorder, terms: list[tuple[Floats, Indices]], constant: Floats) -> None:
        self.recorder = recorder
        self.terms = terms
        self.constant = constant

    @classmethod
    def of_block(cls, recorder: Recorder, block: Block) -> "Rows":
        """The vector that these rows hold."""
        index = np.arange(block.start, block.start + block.size)
        return cls(recorder, [(np.ones(block.size), index)], np.zeros(block.size))

    def __len__(self) -> int:
        return len(self.constant)

    def __getitem__(self, index: NDArray | slice) -> "Rows":
        return Rows(self.recorder, [(c[index], i[index]) for c, i in self.terms], self.constant[index])

    def __add__(self, other: "Rows | Floats | float") -> "Rows":
        if isinstance(other, Rows):
            size = _common_length(self, other)
            mine, theirs = self._spread(size), other._spread(size)
            return Rows(self.recorder, mine.terms + theirs.terms, mine.constant + theirs.constant)
        return Rows(self.recorder, self.terms, self.constant + _flat(other, len(self)))

    def __neg__(self) -> "Rows":
        return self._scaled(np.full(len(self), -1.0))

    def __sub__(self, other: "Rows | Floats | float") -> "Rows":
        return self + (-other)

    def __rsub__(self, other: "Floats | float") -> "Rows":
        return -self + other

    def __mul__(self, other: "Rows | Floats | float") -> "Rows":
        if isinstance(other, Rows):
            return self._product(MULTIPLY, other)
        return self._scaled(_flat(other, len(self)))

    def __truediv__(self, other: "Rows | Floats | float") -> "Rows":
        if isinstance(other, Rows):
            return self._product(DIVIDE, other)
        return self._scaled(1.0 / _flat(other, len(self)))

    def __rtruediv__(self, other: "Floats | float") -> "Rows":
        numerator = Rows(self.recorder, [], _flat(other, len(self)).copy())
        return numerator / self

    def __pow__(self, exponent: "Rows | Floats | float") -> "Rows":
        return self.log().__mul__(exponent).exp()

    __radd__ = __add__
    __rmul__ = __mul__

    def exp(self) -> "Rows":
        """e to the power of each entry."""
        return self._elementary(EXP)

    def log(self) -> "Rows":
        """Natural logarithm of each entry."""
        return self._elementary(LOG)

    def at_least(self, floor: float) -> "Rows":
        """The entries, or `floor` where they are below it."""
        block = self.materialize()
        at = self.recorder.coefficients(np.full(1, floor))
        return Rows.of_block(self.recorder, self.recorder.emit(FLOOR, len(self), block.start, 0, at))

    def totals(self, matrix: sparse.csr_matrix) -> "Rows":
        """`matrix` times this vector, written as one operation."""
        single, coefficient = self._single()
        counts = np.diff(matrix.indptr)
        starts = np.concatenate([[0], np.cumsum(counts)])
        return self._affine(
            np.zeros(len(counts)), starts, single[matrix.indices], matrix.data * coefficient[matrix.indices]
        )

    def dot_totals(self, other: "Rows", matrix: sparse.csr_matrix) -> "Rows":
        """`matrix` times the entrywise product with `other`, as one operation."""
        mine, my_scale = self._single()
        theirs, their_scale = other._single()
        starts = self.recorder.indices(matrix.indptr)
        pairs = self.recorder.indices(np.stack([mine[matrix.indices], theirs[matrix.indices]], axis=1).ravel())
        weights = matrix.data * my_scale[matrix.indices] * their_scale[matrix.indices]
        block = self.recorder.emit(DOT, len(matrix.indptr) - 1, starts, pairs, self.recorder.coefficients(weights))
        return Rows.of_block(self.recorder, block)

    def materialize(self, into: Block | None = None) -> Block:
        """Write the vector to consecutive rows, unless it stands in some already."""
        if not len(self):
            return into or Block(0, 0)
        if into is None and len(self.terms) == 1 and not self.constant.any():
            coefficient, index = self.terms[0]
            if np.all(coefficient == 1.0) and np.array_equal(index, np.arange(index[0], index[0] + len(index))):
                return Block(int(index[0]), len(index))
        size = len(self)
        width = len(self.terms)
        index = np.stack([i for _, i in self.terms], axis=1).ravel() if width else np.zeros(0, dtype=np.int64)
        coefficient = np.stack([c for c, _ in self.terms], axis=1).ravel() if width else np.zeros(0)
        written = self._affine(self.constant, np.arange(size + 1) * width, index, coefficient, into)
        return Block(int(written.terms[0][1][0]), size)

    def _affine(
        self, constant: Floats, starts: Indices, index: Indices, coefficient: Floats, into: Block | None = None
    ) -> "Rows":
        kept = coefficient != 0.0
        starts = np.concatenate([[0], np.cumsum(kept)])[starts]
        first = self.recorder.indices(starts)
        second = self.recorder.indices(index[kept])
        # The constants come first, then the coefficients.
        third = self.recorder.coefficients(np.concatenate([constant, coefficient[kept]]))
        block = self.recorder.emit(AFFINE, len(constant), first, second, third, into)
        return Rows.of_block(self.recorder, block)

    def _spread(self, size: int) -> "Rows":
        """A single number repeated, so that it can be added to a vector."""
        return self if len(self) == size else self[np.zeros(size, dtype=np.int64)]

    def _scaled(self, factor: Floats) -> "Rows":
        return Rows(self.recorder, [(c * factor, i) for c, i in self.terms], self.constant * factor)

    def _single(self) -> tuple[Indices, Floats]:
        """The vector as one scaled row an entry."""
        if len(self.terms) == 1 and not self.constant.any():
            return self.terms[0][1], self.terms[0][0]
        block = self.materialize()
        return np.arange(block.start, block.start + block.size), np.ones(len(self))

    def _product(self, kind: int, other: "Rows") -> "Rows":
        mine, my_scale = self._single()
        theirs, their_scale = other._single()
        size = _common_length(self, other)
        scale = my_scale * their_scale if kind == MULTIPLY else my_scale / their_scale
        first = self.recorder.indices(np.broadcast_to(mine, size))
        second = self.recorder.indices(np.broadcast_to(theirs, size))
        at = self.recorder.coefficients(np.broadcast_to(scale, size))
        return Rows.of_block(self.recorder, self.recorder.emit(kind, size, first, second, at))

    def _elementary(self, kind: int) -> "Rows":
        block = self.materialize()
        return Rows.of_block(self.recorder, self.recorder.emit(kind, len(self), block.start))


Vector = TypeVar("Vector", Rows, Floats)


def _common_length(one: Rows, other: Rows) -> int:
    """The length of an entrywise result; a single number spreads, also over a vector without entries."""
    return max(len(one), len(other)) if len(one) and len(other) else 0


def _flat(value: "Floats | float", size: int) -> Floats:
    return np.broadcast_to(np.asarray(value, dtype=np.float64).ravel(), size)


def total(matrix: sparse.csr_matrix, vector: Vector) -> Vector:
    """Sums of a vector's entries with constant weights: `matrix` (out, in) times the vector."""
    if isinstance(vector, Rows):
        return vector.totals(matrix)
    return cast(Vector, _times(matrix, vector))


def dot_total(matrix: sparse.csr_matrix, first: Vector, second: Vector) -> Vector:
    """`matrix` times the entrywise product of two vectors."""
    if isinstance(first, Rows):
        return first.dot_totals(cast(Rows, second), matrix)
    return cast(Vector, _times(matrix, first * second))


def _times(matrix: sparse.csr_matrix, vector: Floats) -> Floats:
    # scipy's product does not take arrays of symbols.
    return matrix.toarray().astype(object) @ vector if vector.dtype == object else matrix @ vector


def stack(parts: Sequence[Vector]) -> Vector:
    """One vector after another."""
    if not isinstance(parts[0], Rows):
        return np.concatenate(cast(Sequence[Floats], parts))
    rows = [part for part in cast(Sequence[Rows], parts) if len(part)]
    if all(len(part.terms) == 1 for part in rows):
        terms = [(np.concatenate([p.terms[0][0] for p in rows]), np.concatenate([p.terms[0][1] for p in rows]))]
        return Rows(rows[0].recorder, terms, np.concatenate([p.constant for p in rows]))
    blocks = [Rows.of_block(part.recorder, part.materialize()) for part in rows]
    return cast(Vector, stack(blocks))


def exp(vector: Vector) -> Vector:
    """e to the power of each entry."""
    return vector.exp() if isinstance(vector, Rows) else np.exp(vector)


def log(vector: Vector) -> Vector:
    """Natural logarithm of each entry."""
    return vector.log() if isinstance(vector, Rows) else np.log(vector)


def at_least(vector: Vector, floor: float) -> Vector:
    """Entries below `floor` are raised to it."""
    return vector.at_least(floor) if isinstance(vector, Rows) else np.maximum(vector, floor)
