"""What became of a run, with the remedy in words."""

from enum import IntEnum


class Outcome(IntEnum):
    """The state of one run: one draw under one scenario."""

    NOT_RUN = 0
    SOLVED = 1
    NO_CONVERGENCE = 2
    INFEASIBLE = 3
    NOT_FINITE = 4
    BASELINE_FAILED = 5
    WORKER_DIED = 6
    UNSTABLE = 7
    IDLE_CAPITAL = 8
    TIMED_OUT = 9


REMEDY: dict[Outcome, str] = {
    Outcome.NOT_RUN: "Not computed yet; run the same command again and it goes on.",
    Outcome.SOLVED: "Nothing to do.",
    Outcome.NO_CONVERGENCE: "The residual stayed above the tolerance after every fallback; narrow the range of the "
    "factors that the failed draws share.",
    Outcome.INFEASIBLE: "The draw lies outside the model's domain; `cordillera check` names the condition and factor.",
    Outcome.NOT_FINITE: "A result is not a number; narrow the factor range and report the draw.",
    Outcome.BASELINE_FAILED: "The baseline of this draw failed, so no difference from it exists.",
    Outcome.WORKER_DIED: "The run killed its worker process twice; try `cordillera replay` on it and check the memory.",
    Outcome.UNSTABLE: "The path swings up and down further every year: people move by last year's wages and overshoot. "
    "Narrow `migration_elasticity` from above or `factor_substitution` from below.",
    Outcome.IDLE_CAPITAL: "The capital of a sector would earn nothing, and the model has no equilibrium with idle "
    "capital. Narrow `factor_substitution` from above, or the shock that shrinks the demand for the sector.",
    Outcome.TIMED_OUT: "The run, alone in a process of its own, had not ended at the limit of time and was ended; "
    "narrow the factors that such draws share, or give a longer --run-limit to a new store.",
}
