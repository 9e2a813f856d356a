"""All work in the driver's own process, one task after the other: no Dask, the reference for every other backend."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ..sweeps import Job, News, Raised, Returned, Work, prepare


@dataclass
class SerialCrew:
    """The driver itself as the only worker; `wait` does the oldest piece of work."""

    workers: int = 1
    in_process: bool = True
    link: str | None = None
    patience: float | None = None
    _queue: deque[tuple[int, Work, str, tuple[int, ...]]] = field(default_factory=deque)

    def submit(self, number: int, work: Work, url: str, units: tuple[int, ...]) -> None:
        """Put a piece of work at the end of the queue."""
        self._queue.append((number, work, url, units))

    def expect(self, pieces: int) -> None:
        """There is one worker, however much is left."""

    def wait(self, seconds: float) -> list[News]:
        """Do the oldest piece of work, however long it takes."""
        if not self._queue:
            return []
        number, work, url, units = self._queue.popleft()
        try:
            return [Returned(number, work(url, units))]
        except Exception as error:
            # Whatever an engine or a store raises is the driver's to judge.
            return [Raised(number, error)]


@dataclass(frozen=True, slots=True)
class SerialBackend:
    """Runs in this process.

    Examples
    --------
    >>> from cordillera.cluster import SerialBackend
    >>> SerialBackend().name
    'serial'
    """

    name: str = "serial"

    @contextmanager
    def open(self, job: Job) -> Iterator[SerialCrew]:
        """Load the engine and be ready."""
        prepare(job)
        yield SerialCrew()
