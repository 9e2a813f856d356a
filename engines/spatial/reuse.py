"""Memory of large matrices that is used again: getting it from the system anew takes longer than filling it."""

import mmap
import weakref
from math import prod

import numpy as np
from numpy.typing import NDArray


class Reused:
    """Matrices whose memory is taken up again once nobody holds them or a part of them any more.

    Examples
    --------
    >>> memory = Reused()
    >>> first = memory.take((2, 3), np.float32)
    >>> address = first.ctypes.data
    >>> del first
    >>> memory.take((3, 2), np.float32).ctypes.data == address
    True
    """

    def __init__(self) -> None:
        self._free: dict[int, list[mmap.mmap]] = {}

    def take(self, shape: tuple[int, int], kind: type[np.floating]) -> NDArray[np.floating]:
        """A matrix with anything in it."""
        size = prod(shape) * np.dtype(kind).itemsize
        free = self._free.setdefault(size, [])
        try:
            memory = free.pop()
        except IndexError:
            # What a forked process writes here is its own.
            memory = mmap.mmap(-1, size, access=mmap.ACCESS_COPY)
        # Every view of the matrix holds this one, since its memory is no array's.
        whole = np.frombuffer(memory, kind)
        weakref.finalize(whole, free.append, memory)
        return whole.reshape(shape)

    def __reduce__(self) -> tuple[type["Reused"], tuple[()]]:
        # Another process has memory of its own.
        return Reused, ()
