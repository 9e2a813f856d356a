"""What every Dask worker does before its first task."""

import asyncio
import contextlib
import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from distributed import Worker, WorkerPlugin

from ..sweeps import Job, Work, assert_same_versions, environment, prepare
from ..sweeps.backend import Report


class ThreadsError(RuntimeError):
    """A worker that would solve several runs at once in one process."""


_faults: dict[str, Exception] = {}


class StudyPlugin(WorkerPlugin):
    """Checks versions, opens the store, loads the engine and compiles it, once in each worker process.

    Parameters
    ----------
    job : Job
        What the workers will be asked for.
    versions : dict of str to str
        The driver's library versions.
    """

    def __init__(self, job: Job, versions: dict[str, str]) -> None:
        # Drivers of several stores may share a scheduler.
        self.name = f"cordillera {job.url}"
        self.job = job
        self.versions = versions

    async def setup(self, worker: Worker) -> None:
        """Make the worker ready; an error here is the driver's error."""
        if threading.current_thread() is threading.main_thread():
            # Ctrl-C reaches every process of the terminal; only the driver shall answer.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        _faults.pop(self.job.url, None)
        try:
            assert_same_versions(self.versions)
            _assert_one_thread(worker)
            # In a thread, so that the worker stays in touch with the scheduler while it compiles.
            await asyncio.to_thread(prepare_once_a_host, replace(self.job, expendable=worker.nanny is not None))
        except Exception as error:
            # Dask tells the driver of it only if the worker was there when the plugin was registered.
            _faults[self.job.url] = error
            raise


def _assert_one_thread(worker: Worker) -> None:
    threads = worker.state.nthreads
    if threads != 1:
        message = f"Worker {worker.name} has {threads} threads and runs would share a core; start it with --nthreads 1."
        raise ThreadsError(message)


def work_if_ready(work: Work, url: str, units: tuple[int, ...]) -> Report:
    """Do a piece of work, unless this worker could not be made ready for it: then raise why."""
    if url in _faults:
        raise _faults[url]
    return work(url, units)


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
