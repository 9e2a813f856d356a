from pathlib import Path

import pytest
from cordillera.sweeps.address import (
    StoreAddressError,
    absolute,
    backing_store,
    delete_object,
    is_empty,
    put_new_object,
    put_object,
    read_object,
)


@pytest.mark.parametrize("place", ["folder", "bucket"])
def test_an_object_is_put_once_and_read_back(place: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    address = tmp_path / "a.zarr" if place == "folder" else request.getfixturevalue("s3").address()
    backing = backing_store(address, writable=True)
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


def test_a_url_of_another_kind_is_opened_by_fsspec() -> None:
    backing = backing_store("memory://bucket/a.zarr", writable=True)
    assert is_empty(backing)
    put_object(backing, "a/key", b"value")
    assert read_object(backing_store("memory://bucket/a.zarr", writable=False), "a/key") == b"value"
    assert not is_empty(backing)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/a.zarr", "s3://bucket/a/b:c.zarr", "gs://a-bucket/a b.zarr"])
def test_a_url_without_secrets_is_left(url: str) -> None:
    assert absolute(url) == url


@pytest.mark.parametrize("url", ["s3://k:hidden@bucket/a", "s3://k:hid/den@bucket/a", "s3://bucket/a?key=hidden"])
def test_a_url_with_secrets_is_refused_and_not_repeated(url: str) -> None:
    for refused in (absolute, lambda url: backing_store(url, writable=False)):
        with pytest.raises(StoreAddressError, match="holds a user, a key or a query") as told:
            refused(url)
        assert "hid" not in str(told.value)


def test_a_url_of_no_known_kind_is_refused() -> None:
    with pytest.raises(StoreAddressError, match="nowhere://a is no address of a store"):
        backing_store("nowhere://a", writable=False)
