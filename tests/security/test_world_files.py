"""Worlds from somebody else: archives of arrays that are read or refused, never unpickled and never too large."""

import io
import pickle
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from cordillera.data.corridor import read_corridor
from hypothesis import given
from mutation import contents, fuzzing
from received import Trap, is_read, packed

COUNTS = (25, pytest.param(600, marks=pytest.mark.slow))


def archive(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Arrays as numpy saves them."""
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


def test_a_world_with_objects_in_it_is_refused_and_not_unpickled(world: Path, tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    (world / "world.npz").write_bytes(archive({"land": np.array([Trap(trap)], dtype=object)}))
    assert not is_read(world, read_corridor)
    (world / "world.npz").write_bytes(pickle.dumps(Trap(trap)))
    assert not is_read(world, read_corridor)
    assert not trap.exists()


GRID = (180, 360)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"land": np.zeros(GRID, "U3")},
        {"land": np.zeros(GRID, complex)},
        {"land": np.zeros(GRID, "M8[s]")},
        {"land": np.zeros(GRID, [("a", float)])},
        {"land": np.zeros((360, 180))},
        {"country": np.zeros(GRID)},
        {"area": np.full(GRID, np.nan)},
        {"income": np.full(GRID, -1.0)},
        {"more": np.zeros(20_000_000)},
    ],
    ids=["texts", "complex", "dates", "records", "turned", "numbers", "no numbers", "below zero", "too much"],
)
def test_a_world_of_other_layers_is_refused(world: Path, spoilt: Mapping[str, np.ndarray]) -> None:
    with np.load(world / "world.npz") as stored:
        whole = {name: stored[name] for name in stored.files}
    (world / "world.npz").write_bytes(archive(whole | spoilt))
    assert not is_read(world, read_corridor)


def test_an_array_that_says_it_is_vast_is_refused(world: Path) -> None:
    said = b"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999,), }".ljust(117) + b"\n"
    header = b"\x93NUMPY\x01\x00" + len(said).to_bytes(2, "little") + said
    (world / "world.npz").write_bytes(packed({"land.npy": header + b"1234"}))
    assert not is_read(world, read_corridor)


@pytest.mark.parametrize("count", COUNTS)
def test_a_world_of_any_bytes_is_read_or_refused(count: int, world: Path) -> None:
    whole = (world / "osm_roads.npz").read_bytes()

    @fuzzing(count)
    @given(contents(whole))
    def holds(content: bytes) -> None:
        (world / "osm_roads.npz").write_bytes(content)
        is_read(world, read_corridor)

    holds()
