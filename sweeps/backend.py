"""What the driver asks of the place where work runs."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from .batch import BatchReport, Job
from .consistency import Consistency

Report = BatchReport | Consistency


@dataclass(frozen=True, slots=True)
class Returned:
    """A piece of work returned."""

    number: int
    report: Report


@dataclass(frozen=True, slots=True)
class Raised:
    """A piece of work raised an error."""

    number: int
    error: BaseException


@dataclass(frozen=True, slots=True)
class WorkerLost:
    """The worker that held a piece of work is gone."""

    number: int


News = Returned | Raised | WorkerLost
Work = Callable[[str, tuple[int, ...]], Report]


class Crew(Protocol):
    """Workers that are ready: versions checked, engine loaded and compiled."""

    @property
    def workers(self) -> int:
        """How many there are now."""
        ...

    @property
    def in_process(self) -> bool:
        """Whether the driver's own process does the work, so that a run that kills its worker kills the driver."""
        ...

    @property
    def link(self) -> str | None:
        """Address of a live view, if there is one."""
        ...

    @property
    def patience(self) -> float | None:
        """Seconds to wait for a worker when there is none; as long as the driver likes if None."""
        ...

    def submit(self, number: int, work: Work, url: str, units: tuple[int, ...]) -> None:
        """Hand a numbered piece of work to some worker and return at once."""
        ...

    def expect(self, pieces: int) -> None:
        """Hear into how many pieces the work that is left can be split: units that wait and tasks in flight."""
        ...

    def wait(self, seconds: float) -> list[News]:
        """What has happened, as soon as anything has; nothing after `seconds`."""
        ...


class Backend(Protocol):
    """A place where work runs."""

    @property
    def name(self) -> str:
        """As in `--cluster`."""
        ...

    def open(self, job: Job) -> AbstractContextManager[Crew]:
        """Start workers that know the job; leaving the context ends them, whatever they hold."""
        ...
