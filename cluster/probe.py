"""What a worker finds where it is; it runs there, as a piece of work."""

import os
import platform
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from distributed import get_worker

from ..sweeps import environment
from .control_group import free_memory, memory_limit

# The driver writes one, and every worker one of its own.
DRIVER_FILE = "driver.probe"


@dataclass(frozen=True, slots=True)
class WorkerReport:
    """What a worker found.

    Parameters
    ----------
    host, name : str
        Its machine, and how the scheduler calls it.
    process : int
        Its number there.
    environment : str
        Versions and processor.
    free : int
        Bytes of memory that it may still have.
    limit : int or None
        Bytes of memory that it may have in all: of its control group or of Dask, whichever is less; None without one.
    temporary, temporary_free : str, int
        Its folder for temporary files, and the bytes that are free there.
    clock : float
        Its time, in seconds since 1970.
    stamp : float or None
        What the file system put on a file when its clock showed that; None if it could not write.
    heard : str
        What it read in the driver's file, or why it could not.
    said : str
        The file that it wrote, or why it could not.
    """

    host: str
    name: str
    process: int
    environment: str
    free: int
    limit: int | None
    temporary: str
    temporary_free: int
    clock: float
    stamp: float | None
    heard: str
    said: str

    @property
    def mark(self) -> str:
        """What tells it from other workers."""
        return f"{self.host}-{self.process}"


def probe(url: str, units: tuple[int, ...]) -> WorkerReport:
    """Look at the worker that this runs on.

    Parameters
    ----------
    url : str
        A store; files are exchanged in the folder that holds it.
    units : tuple of int
        As of every piece of work; nothing is computed.
    """
    folder, mark = Path(url).parent, f"{platform.node()}-{os.getpid()}"
    try:
        heard = (folder / DRIVER_FILE).read_text(encoding="utf-8")
    except OSError as error:
        heard = str(error)
    stamp, said = None, f"{mark}.probe"
    try:
        (folder / said).write_text(mark, encoding="utf-8")
        stamp = (folder / said).stat().st_mtime
    except OSError as error:
        said = str(error)
    clock = time.time()
    name, limit, scratch = _dask_worker()
    group = memory_limit()
    limits = [one for one in (limit, group and group.limit) if one]
    return WorkerReport(
        host=platform.node(),
        name=name,
        process=os.getpid(),
        environment=environment(),
        free=free_memory(),
        limit=min(limits, default=None),
        temporary=scratch,
        temporary_free=shutil.disk_usage(scratch).free,
        clock=clock,
        stamp=stamp,
        heard=heard,
        said=said,
    )


def _dask_worker() -> tuple[str, int | None, str]:
    """Name, limit of memory, and folder for temporary files of the Dask worker that this runs on, if it is one."""
    with suppress(ValueError):
        worker = get_worker()
        return str(worker.name), worker.memory_manager.memory_limit, worker.local_directory
    return "this process", None, tempfile.gettempdir()
