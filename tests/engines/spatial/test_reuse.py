"""Memory that is used again: never while anybody holds a part of it."""

import gc
import os
import pickle

import numpy as np
from cordillera.engines.spatial.reuse import Reused


def address(array: np.ndarray) -> int:
    return array.ctypes.data


def test_memory_that_nobody_holds_is_taken_up_again_whatever_its_kind() -> None:
    memory = Reused()
    first = memory.take((30, 50), np.float32)
    first[:] = 7.0
    before = address(first)
    del first
    gc.collect()
    again = memory.take((25, 30), np.float64)
    assert address(again) == before
    assert (again.shape, again.dtype, again.flags.writeable) == ((25, 30), np.dtype(np.float64), True)


def test_a_view_keeps_its_memory() -> None:
    memory = Reused()
    whole = memory.take((30, 50), np.float32)
    whole[:] = 1.0
    parts = [whole[3], whole.T[2:4], whole.reshape(-1)[::7], whole.diagonal()]
    before = address(whole)
    del whole
    while parts:
        gc.collect()
        other = memory.take((30, 50), np.float32)
        assert address(other) != before
        other[:] = 2.0
        assert all((part == 1.0).all() for part in parts)
        del other, parts[0]
    gc.collect()
    # Both are free now, and the one that was freed last is taken first.
    assert address(memory.take((30, 50), np.float32)) == before


def test_two_that_are_held_are_apart() -> None:
    memory = Reused()
    first, second = memory.take((4, 4), np.float64), memory.take((4, 4), np.float64)
    first[:], second[:] = 1.0, 2.0
    assert (first == 1.0).all()


def test_a_forked_process_has_its_own() -> None:
    matrix = Reused().take((4, 4), np.float64)
    matrix[:] = 1.0
    child = os.fork()
    if child == 0:
        matrix[:] = 2.0
        os._exit(0)
    os.waitpid(child, 0)
    assert (matrix == 1.0).all()


def test_what_is_sent_elsewhere_has_no_memory_yet() -> None:
    memory = Reused()
    matrix = memory.take((4, 4), np.float64)
    elsewhere = pickle.loads(pickle.dumps(memory))
    assert address(elsewhere.take((4, 4), np.float64)) != address(matrix)
