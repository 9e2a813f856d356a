"""Which pairs of assumptions act together: second-order Sobol indices, where the design has the rows for them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..engines import BASELINE
from .exhibit import Exhibit
from .importance import CELL, in_cells
from .indices import sobol
from .sample import SweepResults
from .subject import Subject
from .tables import Cell, TextTable, number, plain

_COLUMNS = ("scenario", "cell", "factor", "factor_with", "amount", "confidence")
_SHOWN = 12


def has_interactions(store: SweepResults) -> bool:
    """Whether the design of a sweep gives second-order indices."""
    return store.study.design.method == "sobol" and store.study.design.second_order


def interactions(
    store: SweepResults, output: str, *, relative_to: str | None = None, select: Mapping[str, object] | None = None
) -> pd.DataFrame:
    """Second-order indices of every pair of factors for each cell of an output.

    Parameters
    ----------
    store : Store
        A sweep with a Sobol design of second order.
    output : str
        The output.
    relative_to : str, optional
        Explain the paired difference from this scenario.
    select : mapping of str to label, optional
        Only these labels of the output's dimensions.

    Returns
    -------
    pandas.DataFrame
        Columns `scenario`, `cell`, `factor`, `factor_with`, `amount` (share of the variance that the two carry together
        beyond what each carries alone) and `confidence` (half-width of its 95 % interval), largest first. Cells that do
        not vary have no rows.

    Raises
    ------
    AnalysisError
        If the design is not a Sobol design, or there is no such dimension or label.
    """
    found = sobol(store, output, relative_to=relative_to, select=select)
    leading = ("factor", "factor_with", "scenario")
    share, spread = (in_cells(found[name], leading) for name in ("second", "second_confidence"))
    names = [str(name) for name in share["factor"].values]
    first, second = np.triu_indices(len(names), 1)
    rows = [
        (str(scenario), str(cell), names[i], names[j], float(share[i, j, place, at]), float(spread[i, j, place, at]))
        for place, scenario in enumerate(share["scenario"].values)
        for at, cell in enumerate(share[CELL].values)
        for i, j in zip(first, second, strict=True)
        if np.isfinite(share[i, j, place, at])
    ]
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    return frame.sort_values(by="amount", ascending=False, kind="stable", ignore_index=True)


def clear(pairs: pd.DataFrame) -> int:
    """How many pairs have an interval that lies above zero."""
    return int(np.count_nonzero(pairs["amount"].to_numpy() > pairs["confidence"].to_numpy()))


def interaction_exhibit(subject: Subject) -> Exhibit | None:
    """The pairs that act together most on the key output; none where the design has no second order."""
    store = subject.store
    if not subject.key or not has_interactions(store):
        return None
    level = interactions(store, subject.key, select=subject.select)
    parts = [level.query("scenario == @BASELINE")]
    if subject.policies:
        parts.append(interactions(store, subject.key, relative_to=BASELINE, select=subject.select))
    pairs = pd.concat(parts).sort_values(by="amount", ascending=False, kind="stable", ignore_index=True)
    caption = (
        "A second-order index is the share of the variance that two assumptions carry together, beyond what each "
        f"carries alone, with its 95 % interval. That of {clear(pairs):,} of {len(pairs):,} pairs lies above zero. The "
        "largest are listed; the file has them all.",
    )
    rows = tuple(
        (
            Cell(_names(subject, row["factor"], row["factor_with"])),
            Cell(subject.scenarios[row["scenario"]], note="level" if row["scenario"] == BASELINE else ""),
            Cell(row["cell"] or "–"),
            Cell(f"{number(row['amount'], 2)} ± {number(row['confidence'], 2)}", "number"),
        )
        for row in pairs.head(_SHOWN).to_dict("records")
    )
    table = TextTable(("Assumptions", "Policy", "Result", "Share of the variance, ± 95 % interval"), rows)
    return Exhibit("interactions", "Assumptions that act together", pairs, caption, table=table if rows else None)


def _names(subject: Subject, *factors: str) -> str:
    return " and ".join(subject.factors.get(name, plain(name)) for name in factors)
