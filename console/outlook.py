"""How a sweep stands and where it is going, from looks at it one after the other; nothing is read or shown here."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from ..engines import REMEDY, Outcome
from ..sweeps import Progress, StoreStatus, summarized
from ..sweeps.lock import BEAT_SECONDS

if TYPE_CHECKING:
    from .jobs import StoreJob

WINDOW_SECONDS = 300.0
# Looks are some seconds apart, so that a window is rarely full.
_LONG_SECONDS = 0.9 * WINDOW_SECONDS
_SHORT_SECONDS, _ENOUGH_SECONDS = 10.0, 60.0
_SILENT_SECONDS = 3 * BEAT_SECONDS


class Stage(Enum):
    """Whether there is something to wait for."""

    WAITING = "waiting"
    RUNNING = "running"
    COMPLETE = "complete"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a sweep.

    Parameters
    ----------
    at : float
        When, in seconds of a clock that is never set.
    found : StoreStatus or None
        The store; None if there is none yet, or it could not be read.
    job : StoreJob or None
        The job that was submitted for it.
    fault : str
        Why it could not be read.
    """

    at: float
    found: StoreStatus | None
    job: "StoreJob | None" = None
    fault: str = ""

    @property
    def progress(self) -> Progress | None:
        """What the driver told, while there is one."""
        found = self.found
        return found.driver.progress if found is not None and found.driver is not None and found.driving else None


@dataclass(frozen=True, slots=True)
class Failure:
    """Runs that did not solve, by their outcome, and what to do about it."""

    outcome: str
    runs: int
    remedy: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is shown of a sweep.

    Parameters
    ----------
    stage : Stage
        Whether it goes on.
    found, job
        As last seen.
    progress : Progress or None
        What the driver last told, while there is one.
    window : float
        Seconds that the looks cover, at most five minutes.
    recent : float or None
        Runs a second in these seconds; None while they are too few.
    overall : float or None
        Runs a second since the driver began.
    seconds_left : float or None
        To the end of the sweep; None while nothing is known.
    workers_before : int or None
        Workers at the beginning of the window.
    failures : tuple of Failure
        The most frequent first.
    warnings : tuple of str
        What a person should look at.
    """

    stage: Stage
    found: StoreStatus | None
    job: "StoreJob | None"
    progress: Progress | None
    window: float
    recent: float | None
    overall: float | None
    seconds_left: float | None
    workers_before: int | None
    failures: tuple[Failure, ...]
    warnings: tuple[str, ...]


def kept(looks: Sequence[Look], look: Look) -> tuple[Look, ...]:
    """The looks that still tell something once there is a new one: those of the window, and the last good one."""
    good = next((one for one in reversed((*looks, look)) if one.found is not None), None)
    return tuple(one for one in (*looks, look) if one is good or look.at - one.at <= WINDOW_SECONDS)


def outlook(looks: Sequence[Look]) -> Outlook:
    """How a sweep stands after looks at it, of which the last one counts and the others tell its pace.

    Parameters
    ----------
    looks : sequence of Look
        In order, one or more.
    """
    last = looks[-1]
    good = [look for look in looks if look.found is not None]
    seen = good[-1] if good else last
    found, progress = seen.found, seen.progress
    window, recent = _pace(good)
    overall = progress.rate if progress is not None and progress.rate > 0 else None
    told = [look.progress.workers for look in good if look.progress is not None]
    stage = _stage(looks, seen)
    return Outlook(
        stage=stage,
        found=found,
        job=last.job,
        progress=progress,
        window=window,
        recent=recent,
        overall=overall,
        seconds_left=_seconds_left(found, window, recent, overall) if stage is Stage.RUNNING else None,
        workers_before=told[0] if told else None,
        failures=_failures(found),
        warnings=_warnings(last, found, progress, window, recent),
    )


def _pace(good: Sequence[Look]) -> tuple[float, float | None]:
    """Seconds between the first and the last look, and runs a second in them; None while they are few."""
    if len(good) < 2 or good[0].found is None or good[-1].found is None:
        return 0.0, None
    window = good[-1].at - good[0].at
    came = max(0, good[-1].found.done - good[0].found.done)
    return window, came / window if window >= _SHORT_SECONDS else None


def _seconds_left(
    found: StoreStatus | None, window: float, recent: float | None, overall: float | None
) -> float | None:
    """Seconds to the end: at the pace of the last minutes, once they are some, or else at the driver's own."""
    rate = recent if recent and (window >= _ENOUGH_SECONDS or not overall) else overall
    return (found.runs - found.done) / rate if found is not None and rate else None


def _stage(looks: Sequence[Look], seen: Look) -> Stage:
    found, job = seen.found, looks[-1].job
    if found is not None and found.done == found.runs:
        return Stage.COMPLETE
    if found is not None and found.driving:
        return Stage.RUNNING
    if job is not None and job.state is not None:
        return Stage.WAITING
    # Where a queue cannot be asked, its job may wait: for a node, or to be started again after its walltime.
    lately = looks[-1].at - looks[0].at < _LONG_SECONDS or any(look.progress is not None for look in looks)
    unknown = job is not None and not job.asked and lately
    return Stage.WAITING if unknown or looks[-1].fault else Stage.GONE


def _failures(found: StoreStatus | None) -> tuple[Failure, ...]:
    if found is None:
        return ()
    fine = (Outcome.NOT_RUN.name, Outcome.SOLVED.name)
    failed = [(runs, name) for name, runs in found.outcomes.items() if name not in fine]
    return tuple(Failure(name, runs, REMEDY[Outcome[name]]) for runs, name in sorted(failed, reverse=True))


def _warnings(
    last: Look, found: StoreStatus | None, progress: Progress | None, window: float, recent: float | None
) -> tuple[str, ...]:
    told = []
    if last.fault:
        told.append(f"The store cannot be read now and is tried again: {last.fault}")
    if found is not None and found.driving and found.driver and (found.silent or 0.0) > _SILENT_SECONDS:
        told.append(f"The driver has been silent since {clock(found.driver.beat)}.")
    if progress is not None and progress.workers == 0:
        told.append("There is no worker; the driver waits for one.")
    elif progress is not None and recent == 0.0 and window >= _LONG_SECONDS:
        told.append("No run has come in for minutes.")
    if found is not None and len(found.environments) > 1:
        told.append(f"Computed on unlike machines or versions: {summarized(found.environments)}.")
    return tuple(told)


def clock(moment: str) -> str:
    """A moment of a record as a clock here shows it."""
    return datetime.fromisoformat(moment).astimezone().strftime("%H:%M:%S")


def status_record(found: StoreStatus) -> dict[str, object]:
    """How a store stands, for a program."""
    record = asdict(found) | {"rate": found.rate, "seconds_left": found.seconds_left}
    driver = found.driver
    record["driver"] = None if driver is None else driver.who
    record["progress"] = None if driver is None or driver.progress is None else asdict(driver.progress)
    return record


def outlook_record(view: Outlook) -> dict[str, object]:
    """How a sweep stands and where it is going, for a program."""
    record = {} if view.found is None else status_record(view.found)
    return record | {
        "stage": view.stage.value,
        "job": None if view.job is None else view.job.table,
        "rate_recent": view.recent,
        "seconds_of_rate": view.window,
        "seconds_left": view.seconds_left,
        "failures": [asdict(failure) for failure in view.failures],
        "warnings": list(view.warnings),
    }
