"""The jobs of workers that a driver keeps in a queue: as many as were asked for, new ones for those that end."""

import threading
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from ..sweeps import OutOfWorkersError
from .queueing import QueueError, cancel, list_jobs, log_name
from .specification import QueueKind

WORKERS = "cordillera-work"
_TEND_SECONDS = 20.0
_FUTILE_JOBS = 3
_LAST_LINES = 12


class WorkerJob(NamedTuple):
    """A job of workers: its name among the workers, its number in the queue, and whether a worker of it came up."""

    name: str
    number: str
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Roll:
    """The jobs that are thought to wait or run, and how many in a row ended before a worker of them came up."""

    jobs: tuple[WorkerJob, ...] = ()
    futile: int = 0
    last: WorkerJob | None = None


def review(roll: Roll, listed: Set[str], workers: Set[str]) -> Roll:
    """The roll after a look at the queue.

    Parameters
    ----------
    roll : Roll
        As it was.
    listed : set of str
        Numbers of the jobs that the queue knows.
    workers : set of str
        Names of the workers that the scheduler knows; those of the job `a` are `a` or `a-0`, `a-1` and so on.
    """
    owners = workers | {name.rpartition("-")[0] for name in workers}
    jobs = [job._replace(joined=job.joined or job.name in owners) for job in roll.jobs]
    ended = [job for job in jobs if job.number not in listed]
    useless = [job for job in ended if not job.joined]
    futile = 0 if any(job.joined for job in jobs) else roll.futile + len(useless)
    return Roll(tuple(job for job in jobs if job.number in listed), futile, useless[-1] if useless else roll.last)


class Fleet:
    """Keeps `count` jobs of workers in the queue while it is at work.

    Parameters
    ----------
    order : callable
        Submits a job of workers by its name and gives its number.
    workers : callable
        Names of the workers that are there.
    """

    def __init__(
        self,
        kind: QueueKind,
        count: int,
        folder: Path,
        order: Callable[[str], str],
        workers: Callable[[], Set[str]],
    ) -> None:
        self._kind: QueueKind = kind
        self._count, self._folder = count, folder
        self._order, self._workers = order, workers
        self._roll = Roll()
        self._ordered = 0
        self._fault: Exception | None = None
        self._ended = threading.Event()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Submit the jobs, keep up their number, and cancel them on leaving."""
        thread = threading.Thread(target=self._tend, name="queue-fleet", daemon=True)
        try:
            self._fill()
            thread.start()
            yield
        finally:
            self._ended.set()
            if thread.ident is not None:
                thread.join()
            with suppress(QueueError):
                cancel(self._kind, [job.number for job in self._roll.jobs])

    def check(self) -> None:
        """Raise what keeps workers from coming up."""
        if self._fault is not None:
            raise self._fault

    def _fill(self) -> None:
        while len(self._roll.jobs) < self._count and not self._ended.is_set():
            name = f"w{self._ordered}"
            try:
                job = WorkerJob(name, self._order(name))
            except QueueError:
                if self._roll.jobs:
                    # More than the queue takes now; those that it took go on.
                    return
                raise
            self._ordered += 1
            self._roll = replace(self._roll, jobs=(*self._roll.jobs, job))

    def _tend(self) -> None:
        while not self._ended.wait(_TEND_SECONDS):
            try:
                self._roll = review(self._roll, list_jobs(self._kind).keys(), self._workers())
            except (QueueError, OSError):
                # A queue that is busy or starts anew answers later; its jobs go on.
                continue
            if self._roll.futile >= _FUTILE_JOBS:
                self._fault = OutOfWorkersError(self._futility())
                return
            try:
                self._fill()
            except QueueError as error:
                self._fault = error
                return

    def _futility(self) -> str:
        log, words = "", ""
        if self._roll.last is not None:
            log = str(self._folder / log_name(self._kind, WORKERS, self._roll.last.number))
            with suppress(OSError):
                lines = Path(log).read_text(encoding="utf-8", errors="replace").splitlines()
                words = "\n".join(f"  {line[:200]}" for line in lines[-_LAST_LINES:])
        return (
            f"{self._roll.futile} jobs ended before a worker came up, so no more are submitted. The last one said, in "
            f"{log}:\n{words or '  nothing'}\nWhat is written is kept; the same command goes on."
        )
