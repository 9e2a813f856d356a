"""What the control group of this process, a job's or a container's, leaves it of memory."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil

# A group that is not limited has the largest number of pages in version 1, and a word in version 2.
_UNLIMITED = 2**60


class MemoryLimit(NamedTuple):
    """Bytes that the processes of a group may have together, and those that they have."""

    limit: int
    used: int


class _Files(NamedTuple):
    """The files of one version of control groups; `reclaimable` is the line of `stat` that counts unused copies."""

    limit: str
    used: str
    reclaimable: str


_FIRST = _Files("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
_SECOND = _Files("memory.max", "memory.current", "inactive_file")


def memory_limit(
    membership: Path = Path("/proc/self/cgroup"), root: Path = Path("/sys/fs/cgroup")
) -> MemoryLimit | None:
    """The group of this process, or one above it, that leaves the least; None if none has a limit.

    Parameters
    ----------
    membership, root : Path
        Where Linux tells the groups of this process, and where their files are.
    """
    found = [limit for folder, files in _groups(membership, root) if (limit := _read(folder, files)) is not None]
    return min(found, key=lambda one: one.limit - one.used, default=None)


def free_memory() -> int:
    """Bytes that new processes may have: what the machine has free, or less if a control group allows less."""
    free = psutil.virtual_memory().available
    group = memory_limit()
    return free if group is None else max(0, min(free, group.limit - group.used))


def _groups(membership: Path, root: Path) -> Iterator[tuple[Path, _Files]]:
    try:
        lines = membership.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        top, files = (root / "memory", _FIRST) if controllers else (root, _SECOND)
        # In a container the path may be the host's, and its own group the top.
        inner = top / path.lstrip("/")
        while inner != top:
            yield inner, files
            inner = inner.parent
        yield top, files


def _read(folder: Path, files: _Files) -> MemoryLimit | None:
    with suppress(OSError, ValueError):
        limit, used = (int((folder / name).read_text()) for name in (files.limit, files.used))
        counts = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
        if limit < _UNLIMITED:
            return MemoryLimit(limit, used - int(counts.get(files.reclaimable, "0")))
    return None
