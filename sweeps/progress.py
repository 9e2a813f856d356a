"""How a sweep stands, in runs."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of runs (one draw under one scenario).

    Parameters
    ----------
    runs : int
        Runs of the whole sweep.
    done : int
        Runs in the store, failed ones included.
    failed : int
        Runs in the store that did not solve.
    solved_here : int
        Runs that this driver has brought in.
    seconds : float
        Since this driver began.
    workers : int
        Workers at present.
    lost : int
        How often a unit lost its worker.
    batch_seconds : tuple of float
        Seconds of the last batches, the latest last.
    link : str or None
        Address of the dashboard on the driver's machine, if there is one.
    """

    runs: int
    done: int
    failed: int
    solved_here: int = 0
    seconds: float = 0.0
    workers: int = 0
    lost: int = 0
    batch_seconds: tuple[float, ...] = ()
    link: str | None = None

    @property
    def rate(self) -> float:
        """Runs a second under this driver; 0 before the first batch."""
        return self.solved_here / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds to the end at this rate; None while it is unknown."""
        return (self.runs - self.done) / self.rate if self.rate > 0 else None


Watcher = Callable[[Progress], None]
