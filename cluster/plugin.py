"""What every Dask worker does before its first task."""

import asyncio
import contextlib
import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from distributed import Worker, WorkerPlugin

from ..sweeps import Job, assert_same_versions, environment, prepare


class StudyPlugin(WorkerPlugin):
    """Checks versions, opens the store, loads the engine and compiles it, once in each worker process.

    Parameters
    ----------
    job : Job
        What the workers will be asked for.
    versions : dict of str to str
        The driver's library versions.
    """

    name = "cordillera"

    def __init__(self, job: Job, versions: dict[str, str]) -> None:
        self.job = job
        self.versions = versions

    async def setup(self, worker: Worker) -> None:
        """Make the worker ready; an error here is the driver's error."""
        if threading.current_thread() is threading.main_thread():
            # Ctrl-C reaches every process of the terminal; only the driver shall answer.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        assert_same_versions(self.versions)
        # In a thread, so that the worker stays in touch with the scheduler while it compiles.
        await asyncio.to_thread(prepare_once_a_host, self.job)


def prepare_once_a_host(job: Job) -> None:
    """Open the store, load the engine and compile it; of the processes of a host the first alone, the rest after."""
    with _first_compiles(job.study.engine_identity):
        prepare(job)


@contextlib.contextmanager
def _first_compiles(name: str) -> Iterator[None]:
    """Hold back all processes of a host but one until it has filled the compiler's cache, unless it is full already."""
    try:
        import fcntl
    except ImportError:  # not POSIX: every worker compiles for itself
        yield
        return
    path = Path(tempfile.gettempdir()) / f"cordillera-{os.getuid()}-{name[:16]}.lock"
    with path.open("a+") as file:
        file.seek(0)
        if file.read() == environment():
            # Filled by an earlier sweep. Should somebody have emptied it, every worker compiles for itself.
            yield
            return
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            # Shared, so that those who waited go on together.
            fcntl.flock(file, fcntl.LOCK_SH)
            yield
            return
        yield
        file.truncate(0)
        file.write(environment())
