"""What a study will ask of the machine, and which of its draws the model cannot take, before anything runs."""

from dataclasses import dataclass
from math import prod

from ..engines import Draws, memory_of
from .design import block_count, block_rows, sample
from .study import Study

_ROWS_AT_ONCE = 1 << 16


@dataclass(frozen=True, slots=True)
class StudyCheck:
    """The size of a study and its infeasible draws.

    Parameters
    ----------
    draws : int
        Rows of the design.
    runs : int
        Draws under the baseline and every scenario.
    seconds : float
        Time on one core, from the cost of a run that the engine declares.
    size : int
        Bytes of the results before compression.
    memory : int or None
        Bytes of memory that a worker needs; None if the engine does not say.
    infeasible : int
        How many draws lie outside the model's domain.
    reasons : tuple of (int, str)
        The first of them: row and condition.
    """

    draws: int
    runs: int
    seconds: float
    size: int
    memory: int | None
    infeasible: int
    reasons: tuple[tuple[int, str], ...]


def check_study(study: Study, reasons_kept: int = 20) -> StudyCheck:
    """Make the whole design and hold it to the engine, without a run.

    Parameters
    ----------
    study : Study
        Read and free of faults.
    reasons_kept : int
        How many infeasible draws are told in words.
    """
    engine = study.build_engine()
    names = tuple(factor.name for factor in study.factors)
    rows, blocks = block_rows(study), block_count(study)
    step = max(1, _ROWS_AT_ONCE // rows)
    infeasible, reasons = 0, []
    for first in range(0, blocks, step):
        values = sample(study, first, min(first + step, blocks)).value
        broken = engine.infeasible(Draws(names, values), study.scenarios)
        infeasible += len(broken)
        reasons += [(first * rows + row, broken[row]) for row in sorted(broken)]
        del reasons[reasons_kept:]
    draws = rows * blocks
    runs = draws * (1 + len(study.scenarios))
    cells = 0
    for name in study.outputs:
        output = engine.outputs[name]
        cells += prod(len(engine.coords[dim]) for dim in output.dims) * (4 if output.dtype == "float32" else 8)
    need = memory_of(engine)
    memory = need and need.process
    return StudyCheck(draws, runs, runs * engine.run_seconds, runs * cells, memory, infeasible, tuple(reasons))
