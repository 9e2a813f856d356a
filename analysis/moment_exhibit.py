"""Means and standard deviations of the key output, which are what a quadrature is made to give."""

import pandas as pd

from ..engines import BASELINE
from .bands import moments
from .exhibit import Exhibit
from .importance import CELL, in_cells
from .subject import Subject
from .tables import Cell, TextTable, number, plain

_SHOWN = 40


def moment_exhibit(subject: Subject) -> Exhibit | None:
    """Mean and standard deviation by policy; none of a design that is no quadrature."""
    if not subject.key or subject.store.study.design.method != "quadrature":
        return None
    frames = [_frame(subject, None, [BASELINE])]
    if subject.policies:
        frames.append(_frame(subject, BASELINE, subject.policies))
    data = pd.concat(frames, ignore_index=True)
    rows = tuple(
        (
            Cell(subject.scenarios[row["scenario"]], note=row["measure"]),
            Cell(row["cell"] or "–"),
            Cell(number(row["mean"]), "number"),
            Cell(number(row["standard_deviation"]), "number"),
        )
        for row in data.head(_SHOWN).to_dict("records")
    )
    array = subject.array(subject.key)
    label, unit = str(array.attrs.get("long_name", plain(subject.key))), str(array.attrs.get("units", ""))
    caption = "By the weights of the quadrature; its points say nothing of how often a result occurs."
    if len(data) > _SHOWN:
        caption += f" The first {_SHOWN} of {len(data):,} lines; the file has them all."
    table = TextTable(("Policy", "Result", "Mean", "Standard deviation"), rows)
    title = f"{label}: mean and spread" + (f" ({unit})" if unit else "")
    return Exhibit("moments", title, data, (caption,), table=table)


def _frame(subject: Subject, relative_to: str | None, scenarios: list[str]) -> pd.DataFrame:
    found = moments(subject.store, subject.key, relative_to=relative_to, select=subject.select)
    cells = in_cells(found, ("moment", "scenario"))
    return pd.DataFrame(
        [
            {
                "scenario": scenario,
                "measure": "level" if relative_to is None else "difference from the baseline",
                "cell": str(cell),
                "mean": float(mean),
                "standard_deviation": float(spread),
            }
            for scenario in scenarios
            for cell, (mean, spread) in zip(cells[CELL].values, cells.sel(scenario=scenario).values.T, strict=True)
        ]
    )
