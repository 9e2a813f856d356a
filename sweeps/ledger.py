"""What the driver does next, decided without doing it: a pure function of a ledger and an event.

Units wait, are in flight in a task, or are done. A task that loses its worker comes back as single units; a unit that
was lost twice is solved apart, draw by draw in a child process; one that is lost even so is given up, unwritten. A
worker takes with it all that waits in its queue, so the last attempt at a unit comes when only units apart are left.
No two tasks hold one unit, and a unit that is done never returns.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

IN_FLIGHT = 4
BATCH_SECONDS = 30.0
LOSSES_TO_ISOLATE = 2
LOSSES_TO_GIVE_UP = 5
ERRORS_TO_STOP = 3


class Reason(Enum):
    """Why a sweep stops before its end."""

    INTERRUPTED = "interrupted"
    OUT_OF_WORKERS = "out of workers"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Task:
    """Whole units that one worker solves in turn; `apart` in a child process that may die."""

    number: int
    units: tuple[int, ...]
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Workforce:
    """The number of workers is now `workers`."""

    workers: int


@dataclass(frozen=True, slots=True)
class Finished:
    """All units of a task are written; it took `seconds`."""

    task: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Lost:
    """The worker that held a task is gone."""

    task: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A task raised an error; a `lasting` one would come back at every attempt (no space, no permission)."""

    task: int
    lasting: bool


@dataclass(frozen=True, slots=True)
class Halted:
    """Somebody, or the lack of workers, wants the sweep to stop."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Submit:
    """Hand a task to a worker."""

    task: Task


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop now and leave what is in flight."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Complete:
    """Nothing is left to do; `given_up` units remain unwritten."""

    given_up: tuple[int, ...]


Event = Workforce | Finished | Lost | Failed | Halted
Action = Submit | Stop | Complete


@dataclass(frozen=True, slots=True)
class Ledger:
    """The state of a sweep as the driver knows it.

    Parameters
    ----------
    waiting : tuple of int
        Units that had not run when the driver started, in order; those from `position` on still wait.
    losses : mapping of int to int
        How often each unit lost its worker, also under an earlier driver.
    """

    waiting: tuple[int, ...]
    losses: Mapping[int, int] = field(default_factory=dict)
    position: int = 0
    again: tuple[int, ...] = ()
    last_attempts: tuple[int, ...] = ()
    in_flight: Mapping[int, Task] = field(default_factory=dict)
    errors: Mapping[int, int] = field(default_factory=dict)
    given_up: tuple[int, ...] = ()
    done: int = 0
    seconds: float = 0.0
    timed: int = 0
    workers: int = 0
    tasks: int = 0
    closed: bool = False

    @property
    def remaining(self) -> int:
        """Units that are not in flight, done or given up."""
        return len(self.waiting) - self.position + len(self.again) + len(self.last_attempts)

    @property
    def unit_seconds(self) -> float | None:
        """Mean seconds of a unit so far."""
        return self.seconds / self.timed if self.timed else None


def decide(ledger: Ledger, event: Event) -> tuple[Ledger, list[Action]]:
    """The ledger after an event, and what to do now.

    Parameters
    ----------
    ledger : Ledger
        The state before.
    event : Event
        What happened. News of a task that is no longer in flight changes nothing.

    Returns
    -------
    Ledger, list of Action
        `Complete` or `Stop` is the last action of a sweep.

    Examples
    --------
    >>> ledger, actions = decide(Ledger(waiting=(0, 1)), Workforce(1))
    >>> [action.task.units for action in actions]
    [(0,), (1,)]
    """
    if ledger.closed:
        return ledger, []
    match event:
        case Workforce(workers):
            ledger = replace(ledger, workers=workers)
        case Halted(reason):
            return _close(ledger), [Stop(reason)]
        case Finished(task, seconds) if task in ledger.in_flight:
            ledger = _finish(ledger, ledger.in_flight[task], seconds)
        case Lost(task) if task in ledger.in_flight:
            ledger = _lose(ledger, ledger.in_flight[task])
        case Failed(task, lasting) if task in ledger.in_flight:
            ledger = _fail(ledger, ledger.in_flight[task])
            if lasting or max(ledger.errors.values()) >= ERRORS_TO_STOP:
                return _close(ledger), [Stop(Reason.ERROR)]
    return _fill(ledger)


def _close(ledger: Ledger) -> Ledger:
    return replace(ledger, closed=True)


def _without(ledger: Ledger, task: Task) -> Ledger:
    left = dict(ledger.in_flight)
    del left[task.number]
    return replace(ledger, in_flight=left)


def _finish(ledger: Ledger, task: Task, seconds: float) -> Ledger:
    ledger = replace(_without(ledger, task), done=ledger.done + len(task.units))
    if task.apart:
        # Draw by draw in a child process says nothing of the pace of a batch.
        return ledger
    return replace(ledger, seconds=ledger.seconds + seconds, timed=ledger.timed + len(task.units))


def _lose(ledger: Ledger, task: Task) -> Ledger:
    losses = _counted(ledger.losses, task.units)
    hopeless = tuple(unit for unit in task.units if losses[unit] >= LOSSES_TO_GIVE_UP)
    ledger = replace(_without(ledger, task), losses=losses, given_up=ledger.given_up + hopeless)
    return _back(ledger, tuple(unit for unit in task.units if unit not in hopeless))


def _fail(ledger: Ledger, task: Task) -> Ledger:
    return _back(replace(_without(ledger, task), errors=_counted(ledger.errors, task.units)), task.units)


def _back(ledger: Ledger, units: tuple[int, ...]) -> Ledger:
    last = tuple(unit for unit in units if ledger.losses.get(unit, 0) == LOSSES_TO_GIVE_UP - 1)
    again = tuple(unit for unit in units if unit not in last)
    return replace(ledger, again=ledger.again + again, last_attempts=ledger.last_attempts + last)


def _counted(counts: Mapping[int, int], units: Iterable[int]) -> dict[int, int]:
    return dict(counts) | {unit: counts.get(unit, 0) + 1 for unit in units}


def _fill(ledger: Ledger) -> tuple[Ledger, list[Action]]:
    """Top up the tasks in flight, or say that all is done."""
    if not ledger.in_flight and not ledger.remaining:
        return _close(ledger), [Complete(ledger.given_up)]
    tasks: list[Task] = []
    room = IN_FLIGHT * ledger.workers - len(ledger.in_flight)
    while ledger.remaining and len(tasks) < room:
        if _only_last_attempts_remain(ledger) and not all(task.apart for task in (*ledger.in_flight.values(), *tasks)):
            # What is in flight may still take a worker down, and all that waits for that worker.
            break
        ledger, task = _next_task(ledger)
        tasks.append(task)
    if not tasks:
        return ledger, []
    # Copied once for all of them: of ten thousand workers tens of thousands of tasks are in flight.
    in_flight = {**ledger.in_flight, **{task.number: task for task in tasks}}
    return replace(ledger, in_flight=in_flight), [Submit(task) for task in tasks]


def _only_last_attempts_remain(ledger: Ledger) -> bool:
    return ledger.remaining == len(ledger.last_attempts)


def _next_task(ledger: Ledger) -> tuple[Ledger, Task]:
    """The next task, not in flight yet."""
    if _only_last_attempts_remain(ledger):
        task = Task(ledger.tasks, ledger.last_attempts[:1], apart=True)
        ledger = replace(ledger, last_attempts=ledger.last_attempts[1:])
    elif ledger.again:
        unit = ledger.again[0]
        task = Task(ledger.tasks, (unit,), apart=ledger.losses.get(unit, 0) >= LOSSES_TO_ISOLATE)
        ledger = replace(ledger, again=ledger.again[1:])
    else:
        units = ledger.waiting[ledger.position : ledger.position + _batch_units(ledger)]
        suspects = [i for i, unit in enumerate(units) if ledger.losses.get(unit, 0)]
        # A unit that was lost before goes by itself, so that another loss names it.
        units = units[: max(suspects[0], 1)] if suspects else units
        apart = ledger.losses.get(units[0], 0) >= LOSSES_TO_ISOLATE
        task = Task(ledger.tasks, units, apart)
        ledger = replace(ledger, position=ledger.position + len(units))
    return replace(ledger, tasks=ledger.tasks + 1), task


def _batch_units(ledger: Ledger) -> int:
    """Units of the next task: about half a minute of work, and enough tasks left that no worker idles at the end."""
    if ledger.unit_seconds is None:
        return 1
    fitting = int(BATCH_SECONDS / max(ledger.unit_seconds, 1e-9))
    return max(1, min(fitting, ledger.remaining // (IN_FLIGHT * ledger.workers)))
