"""A store in a bucket as zarr sees it: what it reads and writes, requests that fail, and what it says then."""

import importlib
import socket
import sys
from collections.abc import AsyncIterator

import moto.backends
import pytest
from cordillera.sweeps import MissingPackageError, StoreAccessError, StoreUnreachableError, bucket
from cordillera.sweeps.address import (
    backing_store,
    delete_object,
    is_empty,
    put_new_object,
    put_object,
    read_object,
)
from cordillera.sweeps.bucket import BucketStore
from loopback_s3 import SECRET, Disturbance, LoopbackS3
from zarr.abc.store import ByteRequest, OffsetByteRequest, RangeByteRequest, SuffixByteRequest
from zarr.core.buffer import default_buffer_prototype


@pytest.fixture
def store(s3: LoopbackS3) -> BucketStore:
    backing = backing_store(s3.address(), writable=True)
    assert isinstance(backing, BucketStore)
    return backing


def gathered(keys: AsyncIterator[str]) -> list[str]:
    """All that an iterator of zarr yields, sorted."""

    async def gather() -> list[str]:
        return sorted([key async for key in keys])

    return bucket.sync(gather())


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (RangeByteRequest(2, 5), b"cde"),
        (OffsetByteRequest(6), b"ghij"),
        (SuffixByteRequest(3), b"hij"),
        (OffsetByteRequest(20), b""),
    ],
)
def test_a_part_of_an_object_is_read(part: ByteRequest, expected: bytes, store: BucketStore) -> None:
    put_object(store, "key", b"abcdefghij")
    prototype = default_buffer_prototype()
    (read,) = bucket.sync(store.get_partial_values(prototype, [("key", part)]))
    assert read is not None
    assert read.to_bytes() == expected
    assert bucket.sync(store.get("other", prototype, part)) is None


def test_only_the_server_decides_who_was_first(store: BucketStore, s3: LoopbackS3) -> None:
    s3.requests.clear()
    assert put_new_object(store, "key", b"first")
    assert [method for method, _ in s3.requests] == ["PUT", "GET"]


def test_a_put_whose_answer_was_lost_is_still_the_first(store: BucketStore, s3: LoopbackS3) -> None:
    s3.disturbances.append(Disturbance("lost", "PUT", times=1))
    assert put_new_object(store, "key", b"value")
    assert s3.counts()["PUT"] == 2


def test_a_stale_version_is_not_replaced(store: BucketStore) -> None:
    put_object(store, "key", b"first")
    first = store.version("key")
    assert first is not None
    assert store.put_conditionally("key", b"second", first.etag) is not None
    assert store.put_conditionally("key", b"third", first.etag) is None
    assert read_object(store, "key") == b"second"
    delete_object(store, "key")
    assert store.put_conditionally("key", b"fourth", first.etag) is None
    assert store.version("key") is None


def test_keys_are_listed_by_folder_and_taken_away_by_folder(store: BucketStore) -> None:
    for key in ("zarr.json", "a/zarr.json", "a/b/c", "ab/c"):
        put_object(store, key, b"value")
    assert gathered(store.list()) == ["a/b/c", "a/zarr.json", "ab/c", "zarr.json"]
    assert gathered(store.list_prefix("a/")) == ["a/b/c", "a/zarr.json"]
    assert gathered(store.list_dir("")) == ["a", "ab", "zarr.json"]
    assert gathered(store.list_dir("a")) == ["b", "zarr.json"]
    bucket.sync(store.delete_dir("a"))
    assert gathered(store.list()) == ["ab/c", "zarr.json"]


def test_a_listing_of_more_than_a_page_is_whole(store: BucketStore, s3: LoopbackS3) -> None:
    objects = moto.backends.get_backend("s3")["123456789012"]["aws"]
    for number in range(1001):
        objects.put_object(s3.bucket, f"a.zarr/{number:04}", b"")
    assert gathered(store.list_dir("")) == [f"{number:04}" for number in range(1001)]
    assert s3.counts()["LIST"] == 2
    assert store.first_keys(2) == ("0000", "0001")
    assert s3.counts()["LIST"] == 3


def test_whether_there_is_an_object_takes_one_request(store: BucketStore, s3: LoopbackS3) -> None:
    put_object(store, "key", b"value")
    s3.requests.clear()
    assert bucket.sync(store.exists("key"))
    assert not bucket.sync(store.exists("other"))
    assert [method for method, _ in s3.requests] == ["HEAD", "HEAD"]


@pytest.mark.parametrize("kind", ["500", "503", "drop", "cut", "lost", "slow"])
def test_requests_that_fail_are_sent_again(kind: str, store: BucketStore, s3: LoopbackS3) -> None:
    s3.disturbances.append(Disturbance(kind, times=1))
    put_object(store, "key", b"value" * 100)
    s3.disturbances += [Disturbance(kind, "GET", every=2, times=2)]
    assert [read_object(store, "key") for _ in range(4)] == [b"value" * 100] * 4
    assert not is_empty(store)
    assert bucket.sync(store.exists("key"))


@pytest.mark.parametrize("kind", ["500", "503", "drop", "cut"])
def test_a_server_that_keeps_failing_is_given_up(
    kind: str, store: BucketStore, s3: LoopbackS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_object(store, "key", b"value" * 100)
    s3.disturbances.append(Disturbance(kind))
    monkeypatch.setattr(bucket, "PATIENCE_SECONDS", 0.3)
    with pytest.raises(
        StoreUnreachableError, match=f"The server of bucket '{s3.bucket}' .* run the same command again"
    ):
        read_object(store, "key")
    assert len(s3.requests) > 2


def test_a_server_that_takes_requests_and_is_silent_is_given_up(
    s3: LoopbackS3, anew: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket, "PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr(bucket, "READ_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        backing = backing_store(s3.address(), writable=True)
        with pytest.raises(StoreUnreachableError, match="does not answer"):
            read_object(backing, "key")
        with pytest.raises(StoreUnreachableError, match="does not answer"):
            put_object(backing, "key", b"value")


def test_a_server_that_says_no_is_not_asked_twice(store: BucketStore, s3: LoopbackS3) -> None:
    s3.disturbances.append(Disturbance("403"))
    with pytest.raises(StoreAccessError, match=r"refuses these credentials .* \(AccessDenied\)") as told:
        put_object(store, "key", b"value")
    assert len(s3.requests) == 1
    assert SECRET not in str(told.value)


def test_without_s3fs_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(vars(importlib.import_module("fsspec.registry"))["_registry"], "s3", raising=False)
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(MissingPackageError, match=r"pip install s3fs"):
        backing_store("s3://bucket/a.zarr", writable=False)
