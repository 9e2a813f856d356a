"""How a sweep went and where its numbers come from."""

import numpy as np
import pandas as pd

from ..engines import BASELINE, REMEDY, Outcome
from ..sweeps import summarized
from .sample import SweepResults

MIXED = "Between these, the last bits of a number may differ."
# Attributes of a store that say where it comes from, rather than how it is laid out.
_OWN_WORDS = ("created", "environment", "citation", "licence", "notes")


def health(store: SweepResults) -> pd.DataFrame:
    """Runs by outcome and scenario.

    Parameters
    ----------
    store : Store
        A sweep, finished or not.

    Returns
    -------
    pandas.DataFrame
        A row for every outcome that occurs (`SOLVED` always), indexed by its name; a column of counts for every
        scenario, `all` for their sum, `share` of all runs of the design, and `remedy` in words.
    """
    outcome = store.outcome()
    states = outcome.values
    occurring = [state for state in Outcome if state is Outcome.SOLVED or (states == state).any()]
    table = pd.DataFrame(
        {
            str(name): [int((outcome.sel(scenario=name).values == state).sum()) for state in occurring]
            for name in outcome["scenario"].values
        },
        index=pd.Index([state.name for state in occurring], name="outcome"),
    )
    table["all"] = table.sum(axis=1)
    table["share"] = table["all"] / max(states.size, 1)
    table["remedy"] = [REMEDY[state] for state in occurring]
    return table


def failed_share(store: SweepResults) -> float:
    """The share of the runs made that failed, which a study's `failures_allowed` bounds; 0 if none has been made."""
    states = store.outcome().values
    run = states != Outcome.NOT_RUN
    return float(np.mean(states[run] != Outcome.SOLVED)) if run.any() else 0.0


def unsolved_policies(store: SweepResults) -> tuple[str, ...]:
    """A sentence for each policy that never solves where the baseline does: the policy fails, and no draw of it."""
    outcome = store.outcome()
    solved, run = outcome == Outcome.SOLVED, outcome != Outcome.NOT_RUN
    if not solved.sel(scenario=BASELINE).any():
        return ()
    tried = (run & solved.sel(scenario=BASELINE)).sum("draw")
    names = {policy.name: policy.label or policy.name for policy in store.study.scenarios}
    return tuple(
        f"The policy {names[name]!r} has not solved in any of {int(tried.sel(scenario=name)):,} draws of which the "
        "baseline has: look at what it changes, and by how much, before the ranges of the factors."
        for name in names
        if tried.sel(scenario=name) and not solved.sel(scenario=name).any()
    )


def _design_words(store: SweepResults) -> str:
    design = store.study.design
    if design.method in ("grid", "factorial", "quadrature", "csv"):
        return f"{design.method}, {store.outcome().sizes['draw']} points"
    return f"{design.method}, {store.samples} samples, seed {design.seed}"


def provenance(store: SweepResults) -> dict[str, str]:
    """Where the numbers of a store come from, by what each thing is called.

    Returns
    -------
    dict of str to str
        The study, its identity, model, case and design, then what the store says of itself: when, where and with what
        versions it was made, the case's citation, licence and notes.
    """
    study = store.study
    about = {
        "study": study.name,
        "identity": study.identity,
        "engine": f"{study.engine}, numbers version {study.numbers_version}",
        "case": study.case,
        "design": _design_words(store),
        "factors": str(len(study.factors)),
        "scenarios": str(len(study.scenarios) + 1),
        "draws": str(store.outcome().sizes["draw"]),
    }
    about |= {name: str(store.attrs[name]) for name in _OWN_WORDS if store.attrs.get(name)}
    environments = store.environments()
    if environments:
        # The driver's own stands in the attributes; the workers may have had another.
        about["environment"] = summarized(environments)
    if len(environments) > 1:
        about["environment"] += f". {MIXED}"
    return about
