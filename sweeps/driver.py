"""The driver: carries out what the ledger decides, until every unit of a store is written."""

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from os import PathLike, fspath
from typing import TypeGuard

import numpy as np

from ..data.system import system_words
from ..engines import Outcome
from .address import absolute, backing_store
from .backend import Backend, Crew, Raised, Returned
from .batch import BatchReport, Job, solve_batch, tally
from .consistency import Consistency, MixedEnvironmentError, check_consistency
from .growth import assert_same_study, ready_store
from .hierarchy import StoreNotFoundError, UnfinishedStoreError, open_store
from .interrupt import remembered_interrupts
from .isolation import solve_apart
from .ledger import (
    LOSSES_TO_ISOLATE,
    Action,
    Complete,
    Event,
    Failed,
    Finished,
    Halted,
    Ledger,
    Lost,
    Reason,
    Stop,
    Submit,
    Workforce,
    decide,
)
from .limit import checked_run_limit
from .lock import DriverLock, DriverRecord
from .progress import Progress, Watcher
from .store import Store
from .store_fault import StoreUnreachableError, is_lasting
from .study import Study

_CHECK = -1
_PATIENCE_SECONDS = 120.0


class OutOfWorkersError(RuntimeError):
    """Workers died or went away faster than the sweep could go on; the same command resumes it."""


class WorkError(RuntimeError):
    """Units could not be computed or written, for a reason that would come back."""


def run_study(
    study: Study,
    url: str | PathLike[str],
    backend: Backend,
    *,
    progress: Watcher | None = None,
    mix: bool = False,
    unit_blocks: int | None = None,
    run_limit: float | None = None,
) -> Store:
    """Compute whatever a store still lacks of a study, making the store if there is none.

    Parameters
    ----------
    study : Study
        What to compute. On a store that exists it must have the same identity; with more samples of a nested design
        the store grows.
    url : str or path
        Where the store is or shall be.
    backend : Backend
        Where the work runs.
    progress : callable, optional
        Called with a `Progress` at the start, after every batch and about once a second.
    mix : bool
        Go on even if this environment makes other bits than those stored.
    unit_blocks : int, optional
        Blocks of a unit of a store that is made now.
    run_limit : float, optional
        Seconds that a run may hang before its process is ended, ten minutes if left out; this process never is.

    Returns
    -------
    Store
        Open for reading, complete.

    Raises
    ------
    StudyMismatchError
        If the store holds another study; the message names the parts that differ.
    DriverRunningError
        If another driver works on the store.
    MixedEnvironmentError
        If other library versions or another processor give other bits.
    OutOfWorkersError
        If no workers are left, or some units lost every worker they had.
    WorkError
        If units fail for a reason that would come back.
    RunLimitError
        If `run_limit` is no time.

    Examples
    --------
    >>> store = run_study(study, "ishigami.zarr", SerialBackend())  # doctest: +SKIP
    """
    address, limit = absolute(url), checked_run_limit(run_limit)
    # Before the lock, which would leave a file in a folder that is no store.
    with suppress(StoreNotFoundError, UnfinishedStoreError):
        assert_same_study(open_store(address), study)
    lock = DriverLock(backing_store(address, writable=True), backend.name)
    previous = lock.acquire()
    try:
        # Once, before many workers ask for it.
        study.build_engine().prepare()
        store = ready_store(study, address, unit_blocks)
        driver = _Driver(store, lock, progress, previous)
        driver.tell()
        if driver.ledger.waiting:
            with remembered_interrupts() as look, backend.open(Job(store.study, address, limit)) as crew:
                driver.assert_consistent(crew, mix)
                driver.drive(crew, look)
    finally:
        lock.release()
    return open_store(address, study=store.study)


def extend(
    url: str | PathLike[str],
    samples: int,
    backend: Backend,
    *,
    progress: Watcher | None = None,
    mix: bool = False,
    run_limit: float | None = None,
) -> Store:
    """Run the study of a store with more samples, keeping every run that it has.

    Parameters
    ----------
    url : str or path
        The store.
    samples : int
        Base points, a power of two.
    backend, progress, mix, run_limit
        As in `run_study`.

    Raises
    ------
    ValueError
        If the design is not nested, or `samples` is not a power of two above what the store has.
    """
    study = open_store(url).study
    if study.design.nested and samples < study.design.samples:
        message = f"The store at {fspath(url)} has {study.design.samples} samples already; give a larger power of two."
        raise ValueError(message)
    return run_study(study.with_samples(samples), url, backend, progress=progress, mix=mix, run_limit=run_limit)


class _Driver:
    """One driver at work: the ledger, the counts and the last error."""

    def __init__(self, store: Store, lock: DriverLock, watcher: Watcher | None, previous: DriverRecord | None) -> None:
        outcomes = store.outcomes()
        complete = store.complete_units(outcomes)
        self.store, self.lock, self.watcher = store, lock, watcher
        self.complete = tuple(int(unit) for unit in np.flatnonzero(complete))
        self.counts = Counter(tally(outcomes[:, np.repeat(complete, store.layout.unit_rows)[: store.layout.rows]]))
        self.done_before = self.counts.total()
        waiting = tuple(int(unit) for unit in np.flatnonzero(~complete))
        self.ledger = Ledger(waiting, losses=_suspect(previous, waiting))
        self.error: BaseException | None = None
        self.began = self.last_worker = time.monotonic()
        self.batch_seconds: deque[float] = deque(maxlen=5)
        self.link: str | None = None

    def assert_consistent(self, crew: Crew, mix: bool) -> None:
        """Check that this environment makes the bits that the store holds."""
        if not self.complete:
            return
        crew.submit(_CHECK, check_consistency, self.store.url, self.complete)
        news = crew.wait(crew.patience or _PATIENCE_SECONDS)
        match news[0] if news else None:
            case Returned(_, Consistency() as found):
                if found.differing and not mix:
                    message = (
                        f"The store at {self.store.url} was computed under another environment, and a check draw "
                        f"differs in {', '.join(found.differing)}.\n  now: {found.environment}\n"
                        + "\n".join(f"  stored: {other}" for other in found.others)
                        + "\nUse those versions, run into a new store, or give --mix to go on; the report will say so."
                    )
                    raise MixedEnvironmentError(message)
            case Raised(_, error):
                message = f"A draw of {self.store.url} could not be solved again for comparison: {error}"
                raise WorkError(message) from error
            case _:
                message = "The worker that should compare a draw with the store is gone. Run the same command again."
                raise OutOfWorkersError(message)

    def drive(self, crew: Crew, look: Callable[[], None]) -> None:
        """Work until all is done; raises if it cannot be, or if `look` does, which is called again and again."""
        self.began = self.last_worker = time.monotonic()
        self.link = crew.link
        actions = self.take(Workforce(crew.workers))
        while True:
            for action in actions:
                if isinstance(action, Submit):
                    work = solve_apart if action.task.apart else solve_batch
                    crew.submit(action.task.number, work, self.store.url, action.task.units)
                else:
                    self.tell()
                    self.finish(action)
                    return
            self.tell(crew.in_process)
            crew.expect(self.ledger.remaining + len(self.ledger.in_flight))
            if crew.in_process:
                # The record must name the unit before it can take this process down; a disk fails the work too.
                with suppress(OSError, StoreUnreachableError):
                    self.lock.beat()
            actions = self.hear(crew)
            look()

    def hear(self, crew: Crew) -> list[Action]:
        """Wait for news and have the ledger decide on it."""
        actions: list[Action] = []
        for item in crew.wait(1.0):
            match item:
                case Returned(number, BatchReport() as report):
                    self.counts.update(report.outcomes)
                    self.batch_seconds.append(report.seconds)
                    actions += self.take(Finished(number, report.seconds))
                case Raised(number, error):
                    self.error = error
                    actions += self.take(Failed(number, is_lasting(error)))
                case _:
                    actions += self.take(Lost(item.number))
        workers = crew.workers
        if workers:
            self.last_worker = time.monotonic()
        elif time.monotonic() - self.last_worker > (crew.patience or _PATIENCE_SECONDS):
            return actions + self.take(Halted(Reason.OUT_OF_WORKERS))
        if workers != self.ledger.workers:
            actions += self.take(Workforce(workers))
        return actions

    def take(self, event: Event) -> list[Action]:
        """Let the ledger decide on one event."""
        self.ledger, actions = decide(self.ledger, event)
        return actions

    def tell(self, in_process: bool = False) -> None:
        """Report the counts to the lock and to whoever watches."""
        done = self.counts.total()
        state = Progress(
            runs=self.store.runs,
            done=done,
            failed=done - self.counts[Outcome.SOLVED],
            solved_here=done - self.done_before,
            seconds=time.monotonic() - self.began,
            workers=self.ledger.workers,
            lost=sum(self.ledger.losses.values()),
            batch_seconds=tuple(self.batch_seconds),
            link=self.link,
        )
        # Asked for only where a unit can take the driver down; of thousands of workers they are too many to write.
        tasks = self.ledger.in_flight.values() if in_process else ()
        self.lock.update(state, {unit: self.ledger.losses.get(unit, 0) for task in tasks for unit in task.units})
        if self.watcher is not None:
            self.watcher(state)

    def finish(self, action: Stop | Complete) -> None:
        """Raise unless every unit is written."""
        again = "Everything written is kept; run the same command again to go on."
        if isinstance(action, Complete):
            if not action.given_up:
                return
            listed = ", ".join(str(unit) for unit in action.given_up[:10])
            message = (
                f"Units {listed} of {self.store.url} lost every worker that held them, even draw by draw. Give the "
                f"workers more memory. {again}"
            )
            raise OutOfWorkersError(message)
        if action.reason is Reason.ERROR:
            if isinstance(self.error, StoreUnreachableError):
                raise self.error
            what = f"{type(self.error).__name__}: {self.error}."
            if _is_of_system(self.error):
                what = system_words(self.error)
            message = f"Units of {self.store.url} could not be computed: {what} {again}"
            raise WorkError(message) from self.error
        message = f"No worker has been seen for {time.monotonic() - self.last_worker:.0f} seconds. {again}"
        raise OutOfWorkersError(message)


def _is_of_system(error: BaseException | None) -> TypeGuard[OSError]:
    return isinstance(error, OSError) and error.errno is not None


def _suspect(previous: DriverRecord | None, waiting: tuple[int, ...]) -> Mapping[int, int]:
    """The unit that took a driver down with it, where the driver itself did the work."""
    if previous is None or previous.backend != "serial":
        return {}
    unwritten = set(waiting)
    held = [int(unit) for unit in previous.in_flight if int(unit) in unwritten]
    return {unit: min(previous.in_flight[str(unit)] + 1, LOSSES_TO_ISOLATE) for unit in held[:1]}
