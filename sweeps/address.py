"""Addresses of stores: a folder or a URL as the key-value store that zarr reads and writes."""

from os import PathLike, fspath
from pathlib import Path

from zarr.abc.store import Store as Backing
from zarr.core.buffer import default_buffer_prototype
from zarr.core.sync import sync
from zarr.storage import FsspecStore, LocalStore


def backing_store(url: str | PathLike[str], *, writable: bool) -> Backing:
    """The key-value store at an address.

    Parameters
    ----------
    url : str or path
        A folder, `file://...`, or any URL that fsspec opens (`s3://bucket/name.zarr`).
    writable : bool
        Whether anything may be written; a folder that does not exist is then made.
    """
    address = fspath(url)
    if address.startswith("file://"):
        address = address.removeprefix("file://")
    if "://" in address:
        return FsspecStore.from_url(address, read_only=not writable)
    return LocalStore(Path(address).expanduser(), read_only=not writable)


def absolute(url: str | PathLike[str]) -> str:
    """An address that means the same in every process of this machine; a URL as it is."""
    address = fspath(url)
    if "://" in address:
        return address
    return str(Path(address).expanduser().absolute())


def is_empty(backing: Backing, but: str = "") -> bool:
    """Whether nothing is stored there, the key `but` aside."""
    if isinstance(backing, LocalStore) and not backing.root.is_dir():
        return not backing.root.exists()
    return sync(_first_other(backing, but)) is None


def read_object(backing: Backing, key: str) -> bytes | None:
    """The bytes under a key, None if there are none."""
    buffer = sync(backing.get(key, default_buffer_prototype()))
    return None if buffer is None else buffer.to_bytes()


def put_object(backing: Backing, key: str, value: bytes) -> None:
    """Put bytes under a key, whole or not at all."""
    sync(backing.set(key, default_buffer_prototype().buffer.from_bytes(value)))


def put_new_object(backing: Backing, key: str, value: bytes) -> bool:
    """Put bytes under a key that must be free; whether these are the bytes that stand there now."""
    try:
        sync(backing.set_if_not_exists(key, default_buffer_prototype().buffer.from_bytes(value)))
    except FileExistsError:
        return False
    return read_object(backing, key) == value


def delete_object(backing: Backing, key: str) -> None:
    """Remove a key; nothing happens if it is not there."""
    sync(backing.delete(key))


async def _first_other(backing: Backing, but: str) -> str | None:
    async for key in backing.list_dir(""):
        if key != but:
            return key
    return None
