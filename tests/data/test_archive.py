"""Archives of arrays, and large ones in the user's cache."""

import errno
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from cordillera.data.archive import cache_folder, cached_matrix, load_archive, save_archive

ARRAYS = {"country": np.array([["", "MEX"]]), "land": np.linspace(0, 1, 50, dtype=np.float32).reshape(5, 10)}
NAMED = {"identity": np.array("mine"), **ARRAYS}


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


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


def test_an_archive_is_loaded_by_what_it_was_made_for(tmp_path: Path) -> None:
    save_archive(tmp_path / "a.npz", NAMED)
    found = load_archive(tmp_path / "a.npz", "mine")
    assert found is not None
    for name, array in NAMED.items():
        np.testing.assert_array_equal(found[name], array)
    assert load_archive(tmp_path / "a.npz", "another") is None
    assert load_archive(tmp_path / "nothing.npz", "mine") is None


def test_an_archive_without_an_identity_is_damaged(tmp_path: Path) -> None:
    save_archive(tmp_path / "a.npz", ARRAYS)
    with pytest.raises(OSError, match=r"a\.npz is damaged.*Delete it"):
        load_archive(tmp_path / "a.npz", "mine")


@pytest.mark.parametrize("kept", [0, 1, 30, 0.5, 0.95])
def test_a_file_that_is_cut_short_is_named_with_the_remedy(tmp_path: Path, kept: float) -> None:
    file = tmp_path / "a.npz"
    save_archive(file, NAMED)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(kept if kept >= 1 else kept * len(whole))])
    with pytest.raises(OSError, match=r"a\.npz is damaged.*Delete it"):
        load_archive(file, "mine")


def test_a_flipped_byte_is_named_with_the_remedy(tmp_path: Path) -> None:
    file = tmp_path / "a.npz"
    save_archive(file, NAMED | {"noise": np.random.default_rng(0).normal(size=500)})
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 255
    file.write_bytes(bytes(content))
    with pytest.raises(OSError, match=r"a\.npz is damaged"):
        load_archive(file, "mine")


def full(*arguments: object, **options: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_leaves_the_old_archive_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "made" / "a.npz"
    save_archive(file, NAMED)
    before = file.read_bytes()
    monkeypatch.setattr(np.lib.format, "write_array", full)
    with pytest.raises(OSError, match="No space left"):
        save_archive(file, NAMED)
    assert [path.name for path in file.parent.iterdir()] == ["a.npz"]
    assert file.read_bytes() == before


def test_a_matrix_is_filled_once_and_then_read() -> None:
    calls = []

    def fill(out: np.ndarray) -> None:
        calls.append(out.shape)
        out[...] = np.arange(12).reshape(3, 4)

    for _ in range(2):
        found = cached_matrix("some-matrix", (3, 4), fill)
        np.testing.assert_array_equal(found, np.arange(12, dtype=np.float32).reshape(3, 4))
        assert found.dtype == np.float32
    assert calls == [(3, 4)]
    assert (cache_folder() / "some-matrix.npy").is_file()


def test_a_matrix_in_the_cache_cannot_be_written_to() -> None:
    found = cached_matrix("some-matrix", (2, 2), lambda out: out.fill(1.0))
    with pytest.raises(ValueError, match="read-only"):
        found[0, 0] = 5.0


def test_a_fill_that_fails_leaves_nothing() -> None:
    with pytest.raises(OSError, match="No space left"):
        cached_matrix("some-matrix", (2, 2), full)
    assert list(cache_folder().iterdir()) == []


def test_the_cache_lies_where_the_user_has_caches(tmp_path: Path) -> None:
    assert cache_folder() == tmp_path / "cache" / "cordillera" / "costs"
