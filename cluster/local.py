"""Workers on this machine: one process a core, one thread each, on the loopback interface."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import dask.config
from distributed import Client, LocalCluster

from ..sweeps import Job, versions
from .crew import DaskCrew
from .plugin import StudyPlugin

# One death of a worker comes back to the driver at once, which decides; libraries must not start threads of their own.
SETTINGS = {
    "distributed.scheduler.allowed-failures": 0,
    "distributed.nanny.pre-spawn-environ.NUMBA_NUM_THREADS": 1,
    "distributed.nanny.pre-spawn-environ.OMP_NUM_THREADS": 1,
    "distributed.nanny.pre-spawn-environ.MKL_NUM_THREADS": 1,
    "distributed.nanny.pre-spawn-environ.OPENBLAS_NUM_THREADS": 1,
    "distributed.admin.tick.limit": "30s",
}
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class LocalBackend:
    """Dask workers on this machine.

    Parameters
    ----------
    workers : int, optional
        Processes; one for each core that this process may use if left out.
    """

    workers: int | None = None
    name: str = "local"

    @contextmanager
    def open(self, job: Job) -> Iterator[DaskCrew]:
        """Start the workers, make them ready, and end them on leaving."""
        with (
            dask.config.set(SETTINGS),
            LocalCluster(
                n_workers=self.workers or available_cores(),
                threads_per_worker=1,
                processes=True,
                host=LOOPBACK,
                dashboard_address=f"{LOOPBACK}:0",
                silence_logs=logging.CRITICAL,
            ) as cluster,
            Client(cluster, set_as_default=False) as client,
        ):
            client.register_plugin(StudyPlugin(job, versions()))
            yield DaskCrew(client)


def available_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
