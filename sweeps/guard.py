"""One object of a store that several processes may want: it is put only if it still is as it was last seen."""

import os
import tempfile
import time
import warnings
from dataclasses import dataclass
from typing import Protocol

from zarr.abc.store import Store as Backing
from zarr.storage import LocalStore

from .address import put_new_object, put_object, read_object
from .bucket import BucketStore, NoConditionsError

SETTLE_SECONDS = 3.0
# What no object has.
_NO_ETAG = '"00000000000000000000000000000000"'


class UnguardedLockWarning(UserWarning):
    """The store cannot put under a condition; two drivers that start within a moment may both begin."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An object as it was read or written; `mark` tells its versions apart."""

    content: bytes
    mark: str = ""


class Guard(Protocol):
    """How a kind of store keeps one object from being put by two processes at once."""

    def see(self) -> Seen | None:
        """What stands there now; None if there is nothing."""
        ...

    def age(self) -> float | None:
        """Seconds since it was put, by the store's own clock; None if the store does not tell."""
        ...

    def put(self, content: bytes, seen: Seen | None) -> Seen | None:
        """Put `content` where `seen` stands (nothing, if None); None if something else stands there by now."""
        ...

    def tried(self, content: bytes) -> "Guard":
        """The guard to go on with after a first put of `content`: what the store can do has been found out."""
        ...


def guard(backing: Backing, key: str) -> Guard:
    """The guard of one object of a store."""
    if isinstance(backing, LocalStore):
        return FileGuard(backing, key)
    if isinstance(backing, BucketStore):
        return BucketGuard(backing, key)
    return PlainGuard(backing, key)


@dataclass(frozen=True, slots=True)
class FileGuard:
    """A file: it is made by an exclusive call, and its age is told by the clock of its file system."""

    backing: LocalStore
    key: str

    def see(self) -> Seen | None:
        """The file's bytes."""
        return _seen(self.backing, self.key)

    def age(self) -> float | None:
        """Against a new file, since the clock of a network file system is not the machine's."""
        try:
            written = (self.backing.root / self.key).stat().st_mtime
        except FileNotFoundError:
            return None
        try:
            with tempfile.NamedTemporaryFile(dir=self.backing.root, prefix=".clock") as probe:
                return os.fstat(probe.fileno()).st_mtime - written
        except OSError:
            # No right to make one, no room for it, or a file system that can only be read.
            return time.time() - written

    def put(self, content: bytes, seen: Seen | None) -> Seen | None:
        """Exclusive where there was no file."""
        if seen is None:
            return Seen(content) if put_new_object(self.backing, self.key, content) else None
        return _replace(self.backing, self.key, content, seen)

    def tried(self, content: bytes) -> Guard:
        """Every file system makes a file once."""
        return self


@dataclass(frozen=True, slots=True)
class BucketGuard:
    """An object of S3: put under `If-None-Match: *` or `If-Match`, with the age that the server tells."""

    backing: BucketStore
    key: str

    def see(self) -> Seen | None:
        """The object's bytes and its ETag."""
        found = self.backing.version(self.key)
        return None if found is None else Seen(found.content, found.etag)

    def age(self) -> float | None:
        """`Date` less `Last-Modified` of one answer."""
        found = self.backing.version(self.key)
        return None if found is None else found.age

    def put(self, content: bytes, seen: Seen | None) -> Seen | None:
        """Under a condition, or after a look where the server says that it knows no conditions."""
        try:
            etag = self.backing.put_conditionally(self.key, content, seen.mark if seen else None)
        except NoConditionsError:
            return _replace(self.backing, self.key, content, seen)
        if etag is not None:
            return Seen(content, etag)
        # A put whose answer was lost is sent again, and is then refused for its own sake.
        now = self.see()
        return now if now is not None and now.content == content else None

    def tried(self, content: bytes) -> Guard:
        """This one if the server refuses two puts that it must refuse; else one that looks first."""
        if self._refuses(content, None) and self._refuses(content, _NO_ETAG):
            return self
        return PlainGuard(self.backing, self.key).tried(content)

    def _refuses(self, content: bytes, etag: str | None) -> bool:
        try:
            return self.backing.put_conditionally(self.key, content, etag) is None
        except NoConditionsError:
            return False


@dataclass(frozen=True, slots=True)
class PlainGuard:
    """An object of any other store: put after a look, and looked at again after a while."""

    backing: Backing
    key: str

    def see(self) -> Seen | None:
        """The object's bytes."""
        return _seen(self.backing, self.key)

    def age(self) -> float | None:
        """Not told."""
        return None

    def put(self, content: bytes, seen: Seen | None) -> Seen | None:
        """After a look."""
        return _replace(self.backing, self.key, content, seen)

    def tried(self, content: bytes) -> Guard:
        """This one, after a time in which others that looked before the first put have put theirs."""
        message = (
            f"The store cannot put an object under a condition, so {self.key} guards it less well: two drivers that "
            f"start at once are told apart by waiting {SETTLE_SECONDS:.0f} seconds. Start one at a time."
        )
        warnings.warn(UnguardedLockWarning(message), stacklevel=2)
        time.sleep(SETTLE_SECONDS)
        return self


def _seen(backing: Backing, key: str) -> Seen | None:
    content = read_object(backing, key)
    return None if content is None else Seen(content)


def _replace(backing: Backing, key: str, content: bytes, seen: Seen | None) -> Seen | None:
    """Put after a look, between which another process may slip through."""
    if read_object(backing, key) != (seen.content if seen else None):
        return None
    put_object(backing, key, content)
    return Seen(content)
