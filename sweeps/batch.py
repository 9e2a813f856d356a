"""What a worker does: solve whole units and write each of them to the store.

The engine and the open store are kept by the process, so that a task carries an address and some numbers only.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..engines import Draws, Engine, Outcome, Solution
from .design import UnitSample, sample
from .environment import environment
from .hierarchy import open_store
from .limit import RUN_LIMIT, ending_this_process, longest_solve
from .store import Store
from .study import Study


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker must know before its first task.

    Parameters
    ----------
    study : Study
        The model and what is asked of it.
    url : str
        The store.
    run_limit : float
        Seconds that a run may hang.
    expendable : bool
        Whether the process of this worker is started again when it ends, so that it may end when a run hangs.
    """

    study: Study
    url: str
    run_limit: float = RUN_LIMIT
    expendable: bool = False


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What a task tells the driver.

    Parameters
    ----------
    outcomes : mapping of Outcome to int
        Runs by outcome, of all units of the task.
    repeated : int
        Units among them that another task had written already; they were left as they are.
    seconds, writing_seconds : float
        The whole task, and the part of it spent writing.
    """

    outcomes: Mapping[Outcome, int]
    repeated: int
    seconds: float
    writing_seconds: float


@dataclass(frozen=True, slots=True)
class Workplace:
    """A store and the engine of its study, as one process holds them; the rest as in `Job`."""

    store: Store
    engine: Engine
    run_limit: float = RUN_LIMIT
    expendable: bool = False

    def solve(self, sampled: UnitSample) -> Solution:
        """Solve rows of the design under all scenarios of the study."""
        study, draws = self.store.study, Draws(self.store.factors, sampled.value)
        with ending_this_process(self.longest_solve(len(draws.values))) if self.expendable else nullcontext():
            return self.engine.solve_draws(draws, study.scenarios, study.outputs)

    def longest_solve(self, draws: int) -> float:
        """Seconds after which a solve of so many draws counts as one that never ends."""
        return longest_solve(self.run_limit, draws * len(self.store.scenarios), self.engine.run_seconds)


_workplaces: dict[str, Workplace] = {}


def prepare(job: Job) -> None:
    """Open the store, load the engine and have its kernels compiled by solving the default draw once."""
    engine = job.study.build_engine()
    store = open_store(job.url, writable=True, study=job.study)
    _workplaces[job.url] = Workplace(store, engine, job.run_limit, job.expendable)
    default = Draws((), np.empty((1, 0)))
    engine.solve_draws(default, job.study.scenarios, job.study.outputs)


def workplace(url: str) -> Workplace:
    """The workplace that `prepare` made in this process."""
    return _workplaces[url]


def solve_batch(url: str, units: tuple[int, ...]) -> BatchReport:
    """Solve units one after the other and write each when it is solved."""
    return write_each(url, units, Workplace.solve)


def write_each(url: str, units: tuple[int, ...], solve: Callable[[Workplace, UnitSample], Solution]) -> BatchReport:
    """Solve units in turn by `solve` and write each of them that has not been written yet."""
    place, began = workplace(url), time.perf_counter()
    counts: Counter[Outcome] = Counter()
    repeated, writing = 0, 0.0
    for unit in units:
        # A scheduler that lost the answer of a task asks for it again; what is written stays as it is.
        outcome = place.store.outcome_of(unit)
        if not is_written(outcome):
            blocks = place.store.layout.blocks_of(unit)
            started = time.perf_counter()
            rows = sample(place.store.study, blocks.start, blocks.stop)
            solution = solve(place, rows)
            solved = time.perf_counter()
            # The worker of a driver that died may have had the same unit in hand.
            outcome = place.store.outcome_of(unit)
            if not is_written(outcome):
                place.store.write_unit(unit, rows, solution, solved - started, environment())
                writing += time.perf_counter() - solved
                counts.update(tally(solution.outcome))
                continue
        repeated += 1
        counts.update(tally(outcome))
    return BatchReport(dict(counts), repeated, time.perf_counter() - began, writing)


def is_written(outcome: NDArray[np.uint8]) -> bool:
    """Whether a unit with these outcomes has been written."""
    return bool((outcome != Outcome.NOT_RUN).all())


def tally(outcome: NDArray[np.uint8]) -> dict[Outcome, int]:
    """Runs by outcome."""
    values, counts = np.unique(outcome, return_counts=True)
    return {Outcome(int(value)): int(count) for value, count in zip(values, counts, strict=True)}
