"""What is said of a sweep in which no run has solved, or not all have been made: why, and what to do."""

import numpy as np

from ..engines import Outcome
from .health import health
from .sample import SweepResults
from .tables import plain


def nothing_solved(store: SweepResults) -> bool:
    """Whether a sweep has not one solved run."""
    return not bool((store.outcome() == Outcome.SOLVED).any())


def missing_words(store: SweepResults) -> str:
    """That a sweep is not finished, in a sentence; nothing of one that is."""
    outcome = store.outcome()
    missing = int((outcome == Outcome.NOT_RUN).sum())
    if not missing:
        return ""
    return (
        f"This sweep is not finished: {missing:,} of {outcome.size:,} runs are still to be made, and what is shown "
        "stands on the others. `cordillera run` with the same study goes on."
    )


def void_words(store: SweepResults) -> tuple[str, ...]:
    """Why there are no results, in sentences: what became of the runs, and the remedy of each way to fail."""
    table = health(store)
    numbers = table["all"].to_numpy(dtype=np.int64).tolist()
    counts = {str(state): count for state, count in zip(table.index, numbers, strict=True) if count}
    missing = counts.pop(Outcome.NOT_RUN.name, 0)
    made = sum(counts.values())
    if not made:
        return (f"None of the {missing:,} runs of this sweep has been made, so there is nothing to report yet.",)
    first = f"Not one of the {made:,} runs made has solved, so this sweep has no results."
    remedies = [
        f"{plain(state.lower())}, {count:,} runs. {table.loc[state, 'remedy']}" for state, count in counts.items()
    ]
    return (first, *remedies)
