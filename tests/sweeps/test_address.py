from pathlib import Path

import pytest
from cordillera.sweeps.address import (
    absolute,
    backing_store,
    delete_object,
    is_empty,
    put_new_object,
    put_object,
    read_object,
)


def test_an_object_is_put_once_and_read_back(tmp_path: Path) -> None:
    backing = backing_store(tmp_path / "a.zarr", writable=True)
    assert is_empty(backing)
    assert put_new_object(backing, "driver.json", b"first")
    assert not put_new_object(backing, "driver.json", b"second")
    assert read_object(backing, "driver.json") == b"first"
    assert is_empty(backing, but="driver.json")
    assert not is_empty(backing)
    put_object(backing, "driver.json", b"third")
    assert read_object(backing, "driver.json") == b"third"
    delete_object(backing, "driver.json")
    delete_object(backing, "driver.json")
    assert read_object(backing, "driver.json") is None


def test_looking_at_a_place_makes_nothing_there(tmp_path: Path) -> None:
    assert is_empty(backing_store(tmp_path / "a.zarr", writable=False))
    assert not (tmp_path / "a.zarr").exists()


def test_a_file_url_is_a_folder(tmp_path: Path) -> None:
    put_object(backing_store(f"file://{tmp_path}/a.zarr", writable=True), "key", b"value")
    assert (tmp_path / "a.zarr" / "key").read_bytes() == b"value"


def test_a_relative_path_is_made_absolute_and_a_url_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert absolute("a.zarr") == str(tmp_path / "a.zarr")
    assert absolute("s3://bucket/a.zarr") == "s3://bucket/a.zarr"
