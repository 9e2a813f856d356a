"""A driver that is a job itself: it ends its sweep before its walltime does, and has the queue start it again.

Slurm starts the same job again under the same number, so that whoever cancels that number ends the sweep for good.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from time import monotonic, time

import psutil

from ..sweeps import Progress, Watcher
from .queueing import QueueError, can_requeue, requeue
from .record import JobRecord, read_job

WALLTIME = "CORDILLERA_DRIVER_WALLTIME"
_JOB = "SLURM_JOB_ID"
_SHARE, _LEAST_SECONDS, _MOST_SECONDS = 0.1, 20.0, 120.0
_KEPT = "What is written is kept"


class WalltimeError(RuntimeError):
    """The walltime of a driver's job is over before its sweep."""


@contextmanager
def within_walltime(out: str | PathLike[str], watcher: Watcher) -> Iterator[Watcher]:
    """A watcher that ends the sweep before the walltime of the job it is driven by, if it is driven by one.

    Parameters
    ----------
    out : str or path
        The store.
    watcher : callable
        Is told the progress.

    Raises
    ------
    WalltimeError
        Near the end of the walltime; the job is queued again then if it has brought in a run.
    """
    walltime = os.environ.get(WALLTIME)
    if walltime is None:
        yield watcher
        return
    job = os.environ.get(_JOB)
    if is_cancelled(read_job(out), job):
        raise WalltimeError(f"Job {job} was cancelled; `cordillera submit` goes on.")
    # The job began with this process, which its script has become.
    elapsed = time() - psutil.Process().create_time()
    turn = _Turn(watcher, monotonic() - elapsed + working_seconds(float(walltime)))
    try:
        yield turn.watch
    except _Over:
        raise WalltimeError(turn.hand_on(read_job(out), job)) from None


def working_seconds(walltime: float) -> float:
    """The part of a walltime that is worked; the rest is for giving back what is held."""
    return walltime - min(_MOST_SECONDS, max(_LEAST_SECONDS, _SHARE * walltime))


def is_cancelled(record: JobRecord | None, job: str | None) -> bool:
    """Whether a job, by its number, has been cancelled by `cordillera cancel`."""
    return record is not None and record.cancelled and record.job == job


class _Over(Exception):
    """Ends a sweep from within."""


@dataclass
class _Turn:
    """What one life of the job has brought in so far."""

    watcher: Watcher
    end: float
    first: int | None = None
    last: int | None = None

    def watch(self, state: Progress) -> None:
        self.first = state.done if self.first is None else self.first
        self.last = state.done
        self.watcher(state)
        if state.done < state.runs and monotonic() > self.end:
            raise _Over

    def hand_on(self, record: JobRecord | None, job: str | None) -> str:
        """Have the job queued again where that makes sense; what has become of it, in words."""
        again = "`cordillera submit` goes on."
        if self.first == self.last:
            return f"No run was brought in during this walltime, so the job is not queued again. {_KEPT}; {again}"
        if record is None or record.job != job or not can_requeue(record.kind):
            return f"The walltime of the driver is over before the sweep. {_KEPT}; {again}"
        if is_cancelled(record, job):
            return f"Job {job} was cancelled. {_KEPT}; {again}"
        try:
            requeue(record.kind, record.job)
        except QueueError as error:
            return f"The walltime is over, and the job could not be queued again: {error} {_KEPT}; {again}"
        return f"The walltime of the driver is over. {_KEPT}; job {job} is queued again and goes on."
