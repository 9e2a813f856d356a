"""A folder behind a bad disk: writes that raise, come late, or are cut short without a word."""

import asyncio
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from zarr.core.buffer import Buffer
from zarr.storage import LocalStore


@dataclass
class Disk:
    """What happens to writes, told by key and by how often that key has been written before.

    Parameters
    ----------
    error : callable
        The number of an error that a write raises, or 0.
    delay : callable
        Seconds that a write takes.
    cut : callable
        Whether a write silently leaves half of its bytes.
    """

    error: Callable[[str, int], int] = lambda key, before: 0
    delay: Callable[[str, int], float] = lambda key, before: 0.0
    cut: Callable[[str, int], bool] = lambda key, before: False
    attempts: Counter[str] = field(default_factory=Counter)
    log: list[tuple[str, str]] = field(default_factory=list)

    def backing(self, url: str | PathLike[str], *, writable: bool) -> "FaultyStore":
        """In place of `cordillera.sweeps.address.backing_store`."""
        store = FaultyStore(Path(url), read_only=not writable)
        store.disk = self
        return store


class FaultyStore(LocalStore):
    """A folder on such a disk."""

    disk: Disk

    def with_read_only(self, read_only: bool = False) -> "FaultyStore":
        return self.disk.backing(self.root, writable=not read_only)

    async def set(self, key: str, value: Buffer) -> None:
        before = self.disk.attempts[key]
        self.disk.attempts[key] += 1
        self.disk.log.append(("begun", key))
        await asyncio.sleep(self.disk.delay(key, before))
        if number := self.disk.error(key, before):
            raise OSError(number, os.strerror(number), key)
        if self.disk.cut(key, before):
            value = value[: len(value) // 2]
        await super().set(key, value)
        self.disk.log.append(("ended", key))
