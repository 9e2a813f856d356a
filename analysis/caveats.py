"""What must be known of a sweep before its numbers: what it lacks or has lost, why, and what to do."""

import numpy as np

from ..engines import BASELINE, Outcome
from .health import health, unsolved_policies
from .sample import SweepResults, independent_rows, is_sample
from .tables import plain

FEWEST_DRAWS = 20
# Totals of functions whose indices are known are then within 0.06; docs/designs.md has the figures.
SHORTEST_CURVE = 257
# What is left of a design that needs all of its rows when one of them fails.
_NEEDS_ALL = {
    "fast": "a search curve cannot miss a point, so that there are no indices of these",
    "quadrature": "its weights need every point, so that there is no mean or standard deviation of these",
    "factorial": "its contrasts need every point, so that there are no main effects of these",
}


def caveats(store: SweepResults) -> tuple[str, ...]:
    """Whatever bears on a sweep with results, in sentences: a changed case, failures that cost much, few draws."""
    told = [words(store) for words in (changed_words, lost_words, few_words, short_curve_words)]
    return tuple(filter(None, (*unsolved_policies(store), *told)))


def changed_words(store: SweepResults) -> str:
    """That the numbers would not be the same today, in a sentence; nothing where nothing has changed."""
    if store.attrs.get("identity", store.study.identity) == store.study.identity:
        return ""
    return (
        "The study, its case or its engine is no more what it was when these runs were made; `cordillera replay` says "
        "what has changed. The runs are those of then; the model's central values are of today."
    )


def lost_words(store: SweepResults) -> str:
    """What failed runs have cost a design that needs all of its rows, in a sentence; nothing of any other."""
    reason = _NEEDS_ALL.get(store.study.design.method)
    outcome = store.outcome()
    failed = (outcome != Outcome.SOLVED) & (outcome != Outcome.NOT_RUN)
    if reason is None or not failed.any():
        return ""
    names = {BASELINE: "Baseline"} | {one.name: one.label or plain(one.name) for one in store.study.scenarios}
    counts = {name: int(failed.sel(scenario=name).sum()) for name in names}
    listed = "; ".join(
        f"{names[name]}: {count:,} of {failed.sizes['draw']:,}" for name, count in counts.items() if count
    )
    also = ", and of the differences from it" if counts[BASELINE] and len(names) > 1 else ""
    return (
        f"Runs failed ({listed}), and the design is {store.study.design.method!r}: {reason}{also}. A Sobol design "
        "loses no more than the blocks of its failed runs."
    )


def few_words(store: SweepResults) -> str:
    """That there are too few draws for a range, in a sentence; nothing where there are enough."""
    draws = len(independent_rows(store))
    if draws >= FEWEST_DRAWS or not is_sample(store):
        return ""
    return (
        f"The design has {draws:,} independent draws: a range of 90 in 100 of so few is little more than the smallest "
        f"and the largest. It takes about {10 * FEWEST_DRAWS} for its ends to mean something."
    )


def short_curve_words(store: SweepResults) -> str:
    """That the search curves of a FAST design are too short to rank by, in a sentence; nothing where they are not."""
    samples = store.study.design.samples
    if store.study.design.method != "fast" or samples >= SHORTEST_CURVE:
        return ""
    return (
        f"The search curves have {samples:,} points each: indices of so few may name the wrong assumption. Raise "
        f"`samples` to {SHORTEST_CURVE} or more."
    )


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
