"""A unit that killed its worker, or hung, solved draw by draw in a child process that may die in its place.

The child says which draw it starts and sends each solution back; when it dies, the draw that it had started is charged
with the death, and a new child goes on from there. A draw with two deaths is recorded as WORKER_DIED; one that is not
solved within the limit of time is ended and recorded as TIMED_OUT.
"""

import os
import pickle
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import BinaryIO, NamedTuple

import numpy as np

from ..engines import Draws, Outcome, Solution
from .batch import BatchReport, Workplace, write_each
from .design import UnitSample
from .limit import ending_this_process
from .schema import scenario_names
from .study import Study

DEATHS_ALLOWED = 2
# For what comes before the first draw: libraries, the case and the engine.
_START_SECONDS = 600.0


class IsolationError(RuntimeError):
    """The child process dies or hangs before it starts a draw, so that no draw can be blamed."""


class Started(NamedTuple):
    """The child is about to solve this row."""

    row: int


class Solved(NamedTuple):
    """The child has solved this row."""

    row: int
    solution: Solution


class Overdue(NamedTuple):
    """The child has not been heard of within the limit of time, and is ended."""


Message = Started | Solved | Overdue


def solve_apart(url: str, units: tuple[int, ...]) -> BatchReport:
    """Solve units draw by draw in child processes and write each of them whole."""
    return write_each(url, units, _solve_unit)


def _solve_unit(place: Workplace, sampled: UnitSample) -> Solution:
    study, count, limit = place.store.study, len(sampled.value), place.longest_solve(1)
    solutions: dict[int, Solution] = {}
    deaths: Counter[int] = Counter()
    while len(solutions) < count:
        first = len(solutions)
        started, overdue = None, False
        for message in _child(study, sampled, first, limit):
            match message:
                case Started(row):
                    started = row
                case Solved(row, solution):
                    solutions[row] = solution
                case Overdue():
                    overdue = True
        if len(solutions) == count:
            break
        blamed = started if started is not None and started not in solutions else -1
        if overdue and blamed >= 0:
            solutions[blamed] = _unsolved(place, Outcome.TIMED_OUT)
            continue
        deaths[blamed] += 1
        if deaths[blamed] >= DEATHS_ALLOWED:
            if blamed < 0:
                message = (
                    f"The child process that should solve draws of {study.name!r} died or hung {DEATHS_ALLOWED} times "
                    "before it started one. Check the memory of the worker, then run the same command again."
                )
                raise IsolationError(message)
            solutions[blamed] = _unsolved(place, Outcome.WORKER_DIED)
    return _joined([solutions[row] for row in range(count)])


def _child(study: Study, sampled: UnitSample, first: int, limit: float) -> Iterator[Message]:
    """Run one child from row `first` on and yield what it says until it ends, dies, or says nothing for too long."""
    # Not `-m`: the classes of the messages would then belong to the module `__main__`. With `-P` nothing is imported
    # from the folder where the command was given, which may be somebody else's.
    command = [sys.executable, "-P", "-c", "from cordillera.sweeps.isolation import answer; answer()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        with suppress(BrokenPipeError):
            pickle.dump((study, sampled.value, first, limit), child.stdin)
            child.stdin.close()
        messages: SimpleQueue[Message | None] = SimpleQueue()
        listener = threading.Thread(target=_listen, args=(child.stdout, messages), name="child-answers", daemon=True)
        listener.start()
        patience = max(limit, _START_SECONDS)
        try:
            while (message := messages.get(timeout=patience)) is not None:
                yield message
                patience = limit
        except Empty:
            yield Overdue()
        finally:
            child.kill()
            listener.join()


def _listen(answers: BinaryIO, messages: "SimpleQueue[Message | None]") -> None:
    """Pass on what a child says; None is the end of it."""
    try:
        while True:
            messages.put(pickle.load(answers))
    except (EOFError, pickle.UnpicklingError):
        # The end of the stream, or a message cut off by a death.
        return
    finally:
        messages.put(None)


def _unsolved(place: Workplace, state: Outcome) -> Solution:
    """The solution of one draw that has none."""
    engine, names, outputs = place.engine, scenario_names(place.store.study.scenarios), place.store.study.outputs
    shape = (len(names), 1)
    arrays: Mapping[str, np.ndarray] = {
        name: np.full(
            (*shape, *(len(engine.coords[dim]) for dim in engine.outputs[name].dims)),
            np.nan,
            dtype=engine.outputs[name].dtype,
        )
        for name in outputs
    }
    outcome = np.full(shape, state, dtype=np.uint8)
    return Solution(names, arrays, outcome, np.full(shape, np.nan), np.zeros(shape, dtype=np.int32))


def _joined(solutions: list[Solution]) -> Solution:
    first = solutions[0]
    return Solution(
        first.scenarios,
        {name: np.concatenate([one.outputs[name] for one in solutions], axis=1) for name in first.outputs},
        np.concatenate([one.outcome for one in solutions], axis=1),
        np.concatenate([one.residual for one in solutions], axis=1),
        np.concatenate([one.iterations for one in solutions], axis=1),
    )


def _run_child(commands: BinaryIO, answers: BinaryIO) -> None:
    study, values, first, limit = pickle.load(commands)
    engine = study.build_engine()
    factors = tuple(factor.name for factor in study.factors)
    for row in range(first, len(values)):
        pickle.dump(Started(row), answers)
        answers.flush()
        # For a child whose parent, which looks at the limit, is gone.
        with ending_this_process(2.0 * limit):
            solution = engine.solve_draws(Draws(factors, values[row : row + 1]), study.scenarios, study.outputs)
        pickle.dump(Solved(row, solution), answers)
        answers.flush()


def answer() -> None:
    """The whole life of a child process: a question from standard input, answers to standard output."""
    # Where memory runs out, the kernel shall take the child and not the worker.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    # What a model writes to standard output must not mix with the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _run_child(sys.stdin.buffer, answers)
