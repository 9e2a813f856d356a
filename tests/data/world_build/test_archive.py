"""Archives of arrays."""

import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from cordillera.data.archive import save_archive

ARRAYS = {"country": np.array([["", "MEX"]]), "land": np.linspace(0, 1, 50, dtype=np.float32).reshape(5, 10)}


def test_arrays_come_back_as_they_were(tmp_path: Path) -> None:
    save_archive(tmp_path / "new" / "a.npz", ARRAYS)
    with np.load(tmp_path / "new" / "a.npz", allow_pickle=False) as stored:
        assert list(stored) == list(ARRAYS)
        for name, array in ARRAYS.items():
            assert stored[name].dtype == array.dtype
            np.testing.assert_array_equal(stored[name], array)


def test_the_bytes_depend_neither_on_the_day_nor_on_the_layout_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_archive(tmp_path / "a.npz", ARRAYS)
    monkeypatch.setattr(time, "time", lambda: 2e9)
    save_archive(
        tmp_path / "b.npz", {"country": ARRAYS["country"], "land": np.asfortranarray(ARRAYS["land"].astype(">f4"))}
    )
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.npz") as book:
        assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
