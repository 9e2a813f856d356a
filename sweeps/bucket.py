"""A store in a bucket of S3: requests that are tried again for a while, and puts that hold only under a condition.

zarr opens any address of fsspec; this wraps its store for `s3://`, where zarr has no conditional put, asks twice for
what one request tells, and hands on the errors of three libraries.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, TypeVar

import fsspec.config
from zarr.abc.store import ByteRequest
from zarr.core.buffer import Buffer, BufferPrototype
from zarr.core.sync import sync
from zarr.storage import FsspecStore, WrapperStore

from .store_fault import StoreUnreachableError, s3_code, store_fault

SCHEMES = ("s3", "s3a")
PATIENCE_SECONDS = 20.0
READ_SECONDS = 15.0
_CONNECT_SECONDS = 5.0
_SLOWEST_BYTES_PER_SECOND = 250_000
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 3.0

Answer = TypeVar("Answer")


class NoConditionsError(Exception):
    """The server says that it knows no conditional puts."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an object: its bytes, its ETag, and its age in seconds by the clock of the server if it told."""

    content: bytes
    etag: str
    age: float | None


class BucketStore(WrapperStore[FsspecStore]):
    """What zarr reads and writes under an address `s3://bucket/name.zarr`.

    Every request is repeated for `PATIENCE_SECONDS` while the server is away, busy or cuts its answers off.

    Raises
    ------
    StoreUnreachableError
        From every method, if the server has not served a request by then.
    StoreAccessError
        From every method, if bucket, credentials or settings are wrong.
    """

    @property
    def bucket(self) -> str:
        """The name of the bucket."""
        return self._place("")[0]

    async def get(self, key: str, prototype: BufferPrototype, byte_range: ByteRequest | None = None) -> Buffer | None:
        """The bytes under a key, or a part of them; None if there are none."""
        return await self._patiently(lambda: self._store.get(key, prototype, byte_range))

    async def get_partial_values(
        self, prototype: BufferPrototype, key_ranges: Iterable[tuple[str, ByteRequest | None]]
    ) -> list[Buffer | None]:
        """Parts of several objects."""
        return list(await asyncio.gather(*(self.get(key, prototype, part) for key, part in key_ranges)))

    async def set(self, key: str, value: Buffer) -> None:
        """Put bytes under a key by one request; s3fs would begin a large upload anew after each fault."""
        self._check_writable()
        await self._ask("put_object", key, Body=value.to_bytes())

    async def set_if_not_exists(self, key: str, value: Buffer) -> None:
        """Put bytes under a key that must be free; nothing happens if it is not."""
        await self._put(key, value.to_bytes(), None)

    async def exists(self, key: str) -> bool:
        """Whether there is an object, by one request."""
        try:
            await self._ask("head_object", key)
        except FileNotFoundError:
            return False
        return True

    async def delete(self, key: str) -> None:
        """Remove an object, by one request; nothing happens if it is not there."""
        self._check_writable()
        await self._ask("delete_object", key)

    async def delete_dir(self, prefix: str) -> None:
        """Remove all objects under a prefix."""
        keys = [key async for key in self.list_prefix(f"{prefix.rstrip('/')}/" if prefix else "")]
        await asyncio.gather(*(self.delete(key) for key in keys))

    async def list(self) -> AsyncIterator[str]:
        """All keys."""
        async for key in self._listed("", Delimiter=""):
            yield key

    async def list_prefix(self, prefix: str) -> AsyncIterator[str]:
        """All keys that begin so."""
        async for key in self._listed(prefix, Delimiter=""):
            yield prefix + key

    async def list_dir(self, prefix: str) -> AsyncIterator[str]:
        """Names one level under a prefix."""
        async for key in self._listed(f"{prefix.rstrip('/')}/" if prefix else ""):
            yield key

    async def _set_many(self, values: Iterable[tuple[str, Buffer]]) -> None:
        await asyncio.gather(*(self.set(key, value) for key, value in values))

    def first_keys(self, count: int) -> tuple[str, ...]:
        """Up to `count` names directly under the address, by one request; the bucket must be there."""
        return sync(self._first_keys(count))

    def version(self, key: str) -> Version | None:
        """What stands under a key now; None if there is nothing."""
        return sync(self._patiently(lambda: self._version(key)))

    def put_conditionally(self, key: str, value: bytes, etag: str | None) -> str | None:
        """Put bytes if the object is still the one with this ETag, or if there is none where `etag` is None.

        Returns
        -------
        str or None
            The new ETag; None if the object is another by now, which may also be this very put, repeated after its
            answer was lost.

        Raises
        ------
        NoConditionsError
            If the server says that it knows no conditions. One that does not look at them says nothing.
        """
        return sync(self._put(key, value, etag))

    async def _first_keys(self, count: int) -> tuple[str, ...]:
        return tuple([key async for key in self._listed("", MaxKeys=count)][:count])

    async def _listed(self, prefix: str, **arguments: object) -> AsyncIterator[str]:
        """What follows on a prefix, up to the next slash unless told otherwise, a page a request."""
        bucket, root = self._place("")
        begin = f"{root}/{prefix}" if root else prefix
        arguments = {"Bucket": bucket, "Prefix": begin, "Delimiter": "/"} | arguments
        while True:
            page = await self._patiently(partial(self._call, "list_objects_v2", **arguments))
            for item in (*page.get("Contents", ()), *page.get("CommonPrefixes", ())):
                name = str(item.get("Key") or item["Prefix"]).removeprefix(begin).rstrip("/")
                # The folder itself, where a tool has made an object of it.
                if name:
                    yield name
            if "MaxKeys" in arguments or not page.get("IsTruncated"):
                return
            arguments["ContinuationToken"] = page["NextContinuationToken"]

    async def _version(self, key: str) -> Version | None:
        bucket, name = self._place(key)
        try:
            answer = await self._call("get_object", Bucket=bucket, Key=name)
        except FileNotFoundError as error:
            if s3_code(error) == "NoSuchBucket":
                raise
            return None
        async with answer["Body"] as body:
            content = await body.read()
        return Version(content, answer["ETag"], _age_seconds(answer))

    async def _put(self, key: str, value: bytes, etag: str | None) -> str | None:
        self._check_writable()
        condition = {"IfNoneMatch": "*"} if etag is None else {"IfMatch": etag}
        try:
            answer = await self._ask("put_object", key, Body=value, **condition)
        except OSError as error:
            code = s3_code(error)
            if code in ("NotImplemented", "501"):
                raise NoConditionsError from error
            # An object that was to be replaced and is gone is another one, too.
            if code in ("PreconditionFailed", "412", "NoSuchKey", "404"):
                return None
            raise
        return str(answer["ETag"])

    async def _ask(self, method: str, key: str, **arguments: object) -> dict[str, Any]:
        """One request about one object, patiently."""
        bucket, name = self._place(key)
        limit = _seconds_for(len(body)) if isinstance(body := arguments.get("Body"), bytes) else None
        return await self._patiently(partial(self._call, method, Bucket=bucket, Key=name, **arguments), limit)

    async def _call(self, method: str, **arguments: object) -> dict[str, Any]:
        return await self._store.fs._call_s3(method, **arguments)  # pyright: ignore[reportAttributeAccessIssue]

    async def _patiently(self, request: Callable[[], Awaitable[Answer]], limit: float | None = None) -> Answer:
        """Repeat a request, each time for `limit` seconds at most, while waiting may help."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                async with asyncio.timeout(limit):
                    return await request()
            except Exception as error:
                fault = store_fault(error, self.bucket)
                if fault is None:
                    raise
                if not isinstance(fault, StoreUnreachableError) or time.monotonic() + pause > deadline:
                    # Without its cause, whose text may hold the address of the server and what is in it.
                    raise fault from None
            # Of many workers that a server sends away at once not all shall come back at once.
            await asyncio.sleep(pause * (0.5 + secrets.randbelow(1000) / 2000))
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    def _place(self, key: str) -> tuple[str, str]:
        """Bucket and full key."""
        bucket, _, prefix = self._store.path.strip("/").partition("/")
        return bucket, "/".join(part for part in (prefix, key) if part)


def open_bucket(address: str, *, writable: bool) -> BucketStore:
    """The store at an address of S3; nothing is asked of the server yet.

    Raises
    ------
    ImportError
        If s3fs is not installed.
    """
    settings = dict(fsspec.config.conf.get("s3", {}).get("config_kwargs", {}))
    # One layer repeats requests, ours: those of botocore and s3fs multiply, without a bound on the time.
    settings |= {"retries": {"total_max_attempts": 1, "mode": "standard"}}
    settings |= {"connect_timeout": _CONNECT_SECONDS, "read_timeout": READ_SECONDS}
    # Other processes write to the store, so that a listing that is kept would be wrong; with more than one request at a
    # time s3fs asks for the size of every object before it reads it.
    options = {"config_kwargs": settings, "use_listings_cache": False, "max_concurrency": 1}
    inner = FsspecStore.from_url(address, storage_options=options, read_only=not writable)
    inner.fs.retries = 1  # pyright: ignore[reportAttributeAccessIssue]
    return BucketStore(inner)


def _seconds_for(size: int) -> float:
    """Seconds within which so many bytes must be put: aiohttp bounds the time of reading only, not that of writing."""
    return READ_SECONDS + size / _SLOWEST_BYTES_PER_SECOND


def _age_seconds(answer: dict[str, Any]) -> float | None:
    """Seconds since an object was written: both times are the server's, whatever clock this machine has."""
    told = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    written = answer.get("LastModified")
    if told is None or not isinstance(written, datetime):
        return None
    return (parsedate_to_datetime(told) - written).total_seconds()
