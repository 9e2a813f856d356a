"""The central run of a case beside its published tables, as tables for a reader or as one JSON object for a program."""

import math
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ..analysis.reproduction import IN_SAMPLE, Reproduction, reproduce
from ..data import read_case
from ..data.workbook import write_frame
from .terminal import say, show, write_json

_BESIDE = "base-year"
# The base year is that of the printed tables if it is theirs to this share.
_ROUNDING = 0.005
_VALUES = ("scenario", "published", "model", "difference", "weight", "unit", "note")


def reproduction(case: str, resolution: str | None, parameters: str | None, out: Path | None, as_json: bool) -> None:
    """The central run beside the published tables, with `base-year` beside another set where the case has it."""
    if resolution is not None:
        raise ValueError(f"The case {case} has no --resolution; that is for cases of the engine 'spatial'.")
    # Imported when asked for: `analyze` needs no kernels.
    from ..engines.cge.settings import parameter_sets

    found = reproduce(case, parameters)
    shown_too = found.parameters != _BESIDE and _BESIDE in parameter_sets(read_case(case))
    beside = [reproduce(case, _BESIDE)] if shown_too else []
    if out is not None:
        for name, table in (*found.tables.items(), ("base_year", found.base_year), ("unpublished", found.unpublished)):
            write_frame(table, out / f"{name}.csv")
    if as_json:
        others = {other.parameters: {**other.as_json(), "tables": None} for other in beside}
        write_json({**found.as_json(), "beside": others})
        return
    for name, table in found.tables.items():
        wide = side_by_side(table)
        show(
            f"{_title(name)}: model (published, difference)",
            [str(column) for column in wide.columns],
            wide.to_numpy().tolist(),
        )
    _show_base_year(found.base_year)
    rows = [
        (row["policy"], row["region"], row["growth"], row["difference"]) for row in found.unpublished.to_dict("records")
    ]
    heads = ("policy", "region", "growth of the product, % a year", "points from the baseline")
    show("Policies of the case without a published result", heads, rows)
    sets = (found, *beside)
    show("Score", ("", *(one.parameters for one in sets)), score_rows(sets))
    for one in sets:
        if one.parameters in IN_SAMPLE:
            say(f"{one.parameters} {IN_SAMPLE[one.parameters]}.")
    show(
        "Findings that do not hold",
        ("scenario", "finding"),
        [(f.scenario, f.statement) for f in found.findings if not f.holds],
    )
    show("Unexplained", ("",), [(line,) for line in found.unexplained])
    say(f"The tables as CSV: {out}" if out else "With --out FOLDER the tables are written as CSV.")


def _show_base_year(table: pd.DataFrame) -> None:
    """How far the base year is from what is printed of it; every line where it is not the printed number."""
    known = [row for row in table.to_dict("records") if not math.isnan(row["model"])]
    differs = [row for row in known if abs(row["difference"]) > _ROUNDING * abs(row["published"])]
    rows = [
        (_title(row["table"]), row["item"], f"{row['model']:,.2f}", f"{row['published']:,.2f}", row["unit"])
        for row in differs
    ]
    note = (
        f"{len(known) - len(differs)} of {len(known)} numbers of the base year are the printed ones to "
        f"{100 * _ROUNDING:g} %; {len(table) - len(known)} more are no output of the model"
    )
    show(
        "Base year: where the model and the first columns of the tables differ",
        ("", "", "model", "published", "unit"),
        rows,
        note,
    )


def side_by_side(table: pd.DataFrame) -> pd.DataFrame:
    """A table with a column for each scenario: the model's value, in brackets the published one and the difference."""
    labels = [name for name in table.columns if name not in _VALUES]
    without = [name for name in labels if name != "measure"]
    # What is measured is named where the other labels leave it open.
    if not table.duplicated([*without, "scenario"]).any():
        labels = without
    cells = [
        f"{row['model']:.2f} ({row['published']:.2f}, {row['difference']:+.2f})" for row in table.to_dict("records")
    ]
    shown = table[labels].fillna("").assign(scenario=table["scenario"], cell=cells)
    wide = shown.pivot_table(index=labels, columns="scenario", values="cell", aggfunc="first", sort=False)
    return wide.fillna("").reset_index().rename_axis(columns=None)


def score_rows(sets: Sequence[Reproduction]) -> list[tuple[str, ...]]:
    """The score, a column for each parameter set."""
    rows = [
        ("Signs of Table 4's deviations that agree", *("{} of {}".format(*one.signs) for one in sets)),
        (
            "Findings in words that hold",
            *(f"{sum(f.holds for f in one.findings)} of {len(one.findings)}" for one in sets),
        ),
    ]
    for name in sets[0].errors:
        label = f"{_title(name)}: root mean square error, points a year"
        rows.append((label, *(f"{one.errors[name]:.2f}" for one in sets)))
    return rows


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()
