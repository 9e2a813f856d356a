"""The jobs of workers that a driver keeps in a queue: as many as there is work for, new ones for those that end."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
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


class Bounds(NamedTuple):
    """How many jobs of workers there may be, and how many workers are in each."""

    least: int
    most: int
    cores: int = 1


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
    owners = _owners(workers)
    jobs = [job._replace(joined=job.joined or job.name in owners) for job in roll.jobs]
    ended = [job for job in jobs if job.number not in listed]
    useless = [job for job in ended if not job.joined]
    futile = 0 if any(job.joined for job in jobs) else roll.futile + len(useless)
    return Roll(tuple(job for job in jobs if job.number in listed), futile, useless[-1] if useless else roll.last)


def wanted(pieces: int, bounds: Bounds) -> int:
    """Jobs of workers that there is work for.

    Parameters
    ----------
    pieces : int
        Into how many pieces the work that is left can be split: units that wait and tasks in flight.

    Examples
    --------
    >>> wanted(10, Bounds(least=1, most=64, cores=4))
    3
    """
    return max(bounds.least, min(bounds.most, -(-pieces // bounds.cores)))


def surplus(roll: Roll, count: int, held: Mapping[str, int]) -> tuple[WorkerJob, ...]:
    """Jobs that can be let go until `count` are left, the youngest first; a job with work in hand never is.

    Parameters
    ----------
    roll : Roll
        After a review.
    held : mapping of str to int
        How many tasks each worker has in hand.
    """
    busy = _owners({name for name, tasks in held.items() if tasks})
    # Those that wait in the queue before those that have started.
    free = sorted((job for job in reversed(roll.jobs) if job.name not in busy), key=lambda job: job.joined)
    return tuple(free[: max(0, len(roll.jobs) - count)])


def _owners(workers: Set[str]) -> Set[str]:
    """The names of the jobs of workers."""
    return workers | {name.rpartition("-")[0] for name in workers}


class Fleet:
    """Keeps jobs of workers in the queue while it is at work: the least until it is told how much work there is.

    Parameters
    ----------
    order : callable
        Submits jobs of workers by their names, all or none, and gives their numbers.
    together : int
        How many it takes at once.
    held : callable
        How many tasks each worker has in hand, by its name.
    retire : callable
        Has workers give back what they hold and end.
    """

    def __init__(
        self,
        kind: QueueKind,
        bounds: Bounds,
        folder: Path,
        order: Callable[[Sequence[str]], Sequence[str]],
        held: Callable[[], Mapping[str, int]],
        retire: Callable[[Sequence[str]], None],
        together: int = 1,
    ) -> None:
        self._kind: QueueKind = kind
        self._bounds, self._folder, self._together = bounds, folder, together
        self._order, self._held, self._retire = order, held, retire
        self._roll = Roll()
        self._ordered = 0
        self._pieces: int | None = None
        self._fault: Exception | None = None
        self._ended, self._stirred = threading.Event(), threading.Event()

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
            self._stirred.set()
            if thread.ident is not None:
                thread.join()
            with suppress(QueueError):
                cancel(self._kind, [job.number for job in self._roll.jobs])

    def expect(self, pieces: int) -> None:
        """Take note of how many pieces the work that is left can be split into."""
        first, self._pieces = self._pieces is None, pieces
        if first:
            self._stirred.set()

    def check(self) -> None:
        """Raise what keeps workers from coming up."""
        if self._fault is not None:
            raise self._fault

    @property
    def _count(self) -> int:
        return self._bounds.least if self._pieces is None else wanted(self._pieces, self._bounds)

    def _fill(self) -> None:
        together = self._together
        while (room := self._count - len(self._roll.jobs)) > 0 and not self._ended.is_set():
            names = [f"w{self._ordered + place}" for place in range(min(room, together))]
            try:
                numbers = self._order(names)
            except QueueError:
                if len(names) > 1:
                    together = len(names) // 2
                    continue
                if self._roll.jobs:
                    # More than the queue takes now; those that it took go on.
                    return
                raise
            self._ordered += len(names)
            self._roll = replace(self._roll, jobs=(*self._roll.jobs, *map(WorkerJob, names, numbers)))

    def _dismiss(self, held: Mapping[str, int]) -> None:
        """Let jobs go for which no work is left."""
        jobs = surplus(self._roll, self._count, held)
        if not jobs:
            return
        names = {job.name for job in jobs}
        with suppress(OSError):
            self._retire([worker for worker in held if _owners({worker}) & names])
        cancel(self._kind, [job.number for job in jobs])
        self._roll = replace(self._roll, jobs=tuple(job for job in self._roll.jobs if job not in jobs))

    def _tend(self) -> None:
        while True:
            self._stirred.wait(_TEND_SECONDS)
            self._stirred.clear()
            if self._ended.is_set():
                return
            try:
                held = self._held()
                self._roll = review(self._roll, list_jobs(self._kind).keys(), held.keys())
                self._dismiss(held)
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
