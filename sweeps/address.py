"""Addresses of stores: a folder or a URL as the key-value store that zarr reads and writes."""

import re
from os import PathLike, fspath
from pathlib import Path

from zarr.abc.store import Store as Backing
from zarr.core.buffer import default_buffer_prototype
from zarr.core.sync import sync
from zarr.storage import FsspecStore, LocalStore

from ..data.writing import errors_named
from .bucket import SCHEMES, BucketStore, open_bucket

# How zarr ends the names of files that it has not written whole yet.
PARTIAL = ".partial"
_PORT = re.compile(r"[^:]*:\d{1,5}")


class StoreAddressError(ValueError):
    """An address that cannot be one of a store, or that holds what must be told otherwise."""


class MissingPackageError(ImportError):
    """A kind of store that needs a package which is not installed."""


def backing_store(url: str | PathLike[str], *, writable: bool) -> Backing:
    """The key-value store at an address.

    Parameters
    ----------
    url : str or path
        A folder, `file://...`, or any URL that fsspec opens (`s3://bucket/name.zarr`).
    writable : bool
        Whether anything may be written; a folder that does not exist is then made.

    Raises
    ------
    StoreAddressError
        If a URL holds credentials or a query, or is of a kind that nothing here opens.
    MissingPackageError
        If a package for this kind of URL is not installed; the message names it.
    """
    address = fspath(url)
    if address.startswith("file://"):
        address = address.removeprefix("file://")
    if "://" in address:
        return _remote_store(_without_secrets(address), writable)
    return LocalStore(Path(address).expanduser(), read_only=not writable)


def absolute(url: str | PathLike[str]) -> str:
    """An address that means the same in every process of this machine; a URL as it is.

    Raises
    ------
    StoreAddressError
        If a URL holds credentials or a query.
    """
    address = fspath(url)
    if "://" in address:
        return _without_secrets(address)
    return str(Path(address).expanduser().absolute())


def assert_apart(out: Path, url: str) -> None:
    """See that a file or folder to be written lies outside a store.

    Raises
    ------
    StoreAddressError
        If it is the store, or lies in it.
    """
    address = url.removeprefix("file://")
    if "://" not in address and out.expanduser().resolve().is_relative_to(Path(address).expanduser().resolve()):
        message = f"{out} lies in the store at {url}, which holds runs and nothing else. Give a path outside of it."
        raise StoreAddressError(message)


def is_empty(backing: Backing, but: str = "") -> bool:
    """Whether nothing is stored there, the key `but` aside."""
    if isinstance(backing, LocalStore) and not backing.root.is_dir():
        return not backing.root.exists()
    if isinstance(backing, BucketStore):
        return all(key == but for key in backing.first_keys(2))
    return sync(_first_other(backing, but)) is None


def read_object(backing: Backing, key: str) -> bytes | None:
    """The bytes under a key, None if there are none."""
    buffer = sync(backing.get(key, default_buffer_prototype()))
    return None if buffer is None else buffer.to_bytes()


def put_object(backing: Backing, key: str, value: bytes) -> None:
    """Put bytes under a key, whole or not at all."""
    with errors_named(_place(backing, key), PARTIAL):
        sync(backing.set(key, default_buffer_prototype().buffer.from_bytes(value)))


def put_new_object(backing: Backing, key: str, value: bytes) -> bool:
    """Put bytes under a key that must be free; whether these are the bytes that stand there now."""
    try:
        with errors_named(_place(backing, key), PARTIAL):
            sync(backing.set_if_not_exists(key, default_buffer_prototype().buffer.from_bytes(value)))
    except FileExistsError:
        return False
    return read_object(backing, key) == value


def delete_object(backing: Backing, key: str) -> None:
    """Remove a key; nothing happens if it is not there."""
    sync(backing.delete(key))


def _place(backing: Backing, key: str) -> str:
    return str(backing.root / key) if isinstance(backing, LocalStore) else f"{backing}/{key}"


async def _first_other(backing: Backing, but: str) -> str | None:
    async for key in backing.list_dir(""):
        if key != but:
            return key
    return None


def _remote_store(address: str, writable: bool) -> Backing:
    scheme = address.split("://")[0]
    try:
        if scheme in SCHEMES:
            return open_bucket(address, writable=writable)
        return FsspecStore.from_url(address, read_only=not writable)
    except ImportError as error:
        remedy = "pip install s3fs" if scheme in SCHEMES else f"{error}"
        message = f"A store at {scheme}:// needs a package that is not installed: {remedy}"
        raise MissingPackageError(message) from error
    except ValueError as error:
        message = f"{address} is no address of a store: {error}. Give a folder or a URL such as s3://bucket/name.zarr."
        raise StoreAddressError(message) from error


def _without_secrets(address: str) -> str:
    """A URL that may be written into stores, logs and reports: it names no user, no key and no query."""
    if address.startswith("file://"):
        return address
    scheme, _, rest = address.partition("://")
    host = rest.split("/")[0]
    if any(mark in rest for mark in "@?#") or (":" in host and not _PORT.fullmatch(host)):
        message = (
            f"The URL of the store ({scheme}://...) holds a user, a key or a query; it is not repeated here, since it "
            "would be written down with the store. Give it without '@', '?', '#' and, before the first '/', ':', and "
            "the credentials in the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, or AWS_PROFILE)."
        )
        raise StoreAddressError(message)
    return address
