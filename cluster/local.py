"""Workers on this machine: one process a core, one thread each, on the loopback interface."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import dask.config
from distributed import Client, LocalCluster
from distributed.comm.core import CommClosedError
from distributed.system import MEMORY_LIMIT

from ..forking import THREADS, WORKER_ENVIRONMENT, begin, start_method
from ..sweeps import Job, OutOfWorkersError, versions
from .crew import LOOPBACK, DaskCrew
from .plugin import StudyPlugin

# One death of a worker comes back to the driver at once, which decides.
SETTINGS = {
    "distributed.scheduler.allowed-failures": 0,
    # A worker holds one batch that it solves and one that waits; the others stay with the scheduler.
    "distributed.scheduler.worker-saturation": 1.1,
    **{f"distributed.nanny.pre-spawn-environ.{name}": value for name, value in WORKER_ENVIRONMENT.items()},
    "distributed.admin.tick.limit": "30s",
    # What looks at every process twenty to a hundred times a second would take a fiftieth of its core from the runs.
    "distributed.admin.tick.interval": "500ms",
    "distributed.admin.system-monitor.interval": "2s",
    "distributed.worker.profile.enabled": False,
    # A worker that is paused for its memory waits until Dask's own data are fewer, and here there are none.
    "distributed.worker.memory.pause": False,
}
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class LocalBackend:
    """Dask workers on this machine.

    Parameters
    ----------
    workers : int, optional
        Processes; one for each core that this process may use if left out.
    memory : int, optional
        Bytes that each of them may have at least; an equal share of the machine's if left out.
    threads : int, optional
        Threads in which each of them solves one run.
    """

    workers: int | None = None
    memory: int = 0
    threads: int = 1
    name: str = "local"

    def __post_init__(self) -> None:
        begin()

    @contextmanager
    def open(self, job: Job) -> Iterator[DaskCrew]:
        """Start the workers, make them ready, and end them on leaving."""
        with ExitStack() as stack:
            stack.enter_context(_script_not_run_again())
            stack.enter_context(_threads_of_numba(self.threads))
            method = {"distributed.worker.multiprocessing-method": start_method()}
            stack.enter_context(dask.config.set(SETTINGS | method))
            try:
                cluster = stack.enter_context(self._cluster())
                client = stack.enter_context(Client(cluster, set_as_default=False))
            except (OSError, RuntimeError) as error:
                raise not_started(error) from error
            register(client, StudyPlugin(job, versions()))
            yield DaskCrew(client)

    def _cluster(self) -> LocalCluster:
        count = self.workers or available_cores()
        return LocalCluster(
            n_workers=count,
            threads_per_worker=1,
            # Processes share files that each of them is charged with.
            memory_limit=max(self.memory, MEMORY_LIMIT // count),
            processes=True,
            host=LOOPBACK,
            dashboard_address=f"{LOOPBACK}:0",
            silence_logs=logging.CRITICAL,
        )


def register(client: Client, plugin: StudyPlugin) -> None:
    """Make every worker ready; one that dies meanwhile is started again by its nanny and made ready then."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            client.register_plugin(plugin)
            return
        except CommClosedError as error:
            if attempt == ATTEMPTS:
                raise not_started(error) from error


def not_started(error: Exception) -> OutOfWorkersError:
    message = f"The workers did not start: {error} Run the same command again, or use --cluster serial."
    return OutOfWorkersError(message)


@contextmanager
def _script_not_run_again() -> Iterator[None]:
    """Hide the caller's script from new processes.

    They would run it from the top before they are asked for anything, and without `if __name__ == "__main__"` in it
    each of them would start a sweep of its own.
    """
    script = sys.modules["__main__"]
    hidden = {name: vars(script)[name] for name in ("__spec__", "__file__") if name in vars(script)}
    script.__spec__ = None
    vars(script).pop("__file__", None)
    try:
        yield
    finally:
        vars(script).update(hidden)


@contextmanager
def _threads_of_numba(count: int) -> Iterator[None]:
    """Let new processes compute in several threads: what stands in the environment counts before the settings."""
    if count == 1:
        yield
        return
    before = os.environ.get(THREADS)
    os.environ[THREADS] = str(count)
    try:
        yield
    finally:
        if before is None:
            del os.environ[THREADS]
        else:
            os.environ[THREADS] = before


def available_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
