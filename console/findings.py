"""What a store and a central run say, as tables for a reader or as one JSON object for a program."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd

from ..analysis import ClaimResult, Results
from ..analysis.carriers import carriers, outputs_of_interest
from ..analysis.reproduction import IN_SAMPLE, UNEXPLAINED, Reproduction, reproduce
from .terminal import say, show, write_json

_CELLS_SHOWN = 40
_BESIDE = "base-year"
_REPRODUCTION_FOLDER = "reproduction"
_VALUES = ("scenario", "published", "model", "difference", "weight", "unit", "note")


def analysis(results: Results, outputs: Sequence[str] | None, as_json: bool) -> None:
    """Headlines, claims, and what carries the variance of some outputs."""
    store = results.store
    chosen = list(outputs) if outputs else outputs_of_interest(store)
    headlines, claims = results.headlines(), results.claims()
    importances = {name: carriers(store, name) for name in chosen}
    if as_json:
        write_json(
            {
                "study": store.study.name,
                "identity": store.identity,
                "runs": results.health()["all"].to_dict(),
                "headlines": headlines.to_dict("records"),
                "claims": [asdict(claim) for claim in claims],
                "carriers": {name: frame.to_dict("records") for name, frame in importances.items()},
            }
        )
        return
    _show_headlines(headlines)
    _show_claims(claims)
    for name, frame in importances.items():
        _show_carriers(name, frame)


def _show_headlines(table: pd.DataFrame) -> None:
    if not len(table):
        return
    rows = [
        (
            row["label"],
            round(row["published"], row["decimals"]),
            round(row["central"], row["decimals"]),
            f"{row['q05']:.{row['decimals']}f} to {row['q95']:.{row['decimals']}f}",
            _percent(row["probability_of_sign"]),
            f"{row['carried_by']} {_percent(row['carried_share'])}".strip(" –"),
        )
        for row in table.to_dict("records")
    ]
    show("Headlines", ("result", "published", "central", "5 to 95 %", "sign holds", "carried by"), rows)


def _show_claims(claims: Sequence[ClaimResult]) -> None:
    rows = [
        (
            one.claim,
            _percent(one.share),
            f"{_percent(one.low)} to {_percent(one.high)}",
            one.carried_by,
            one.failed,
            one.note,
        )
        for one in claims
    ]
    if rows:
        show("Claims", ("claim", "holds", "interval", "carried by", "failed draws", "note"), rows)


def _show_carriers(output: str, frame: pd.DataFrame) -> None:
    if not len(frame):
        return
    cells: dict[tuple[str, str], list[str]] = {}
    for row in frame.to_dict("records"):
        named = f"{row['factor']} {row['amount']:.2f} ± {row['confidence']:.2f}"
        cells.setdefault((row["scenario"], row["cell"]), []).append(named)
    rows = [(*cell, ", ".join(named)) for cell, named in cells.items()]
    more = len(rows) - _CELLS_SHOWN
    note = f"{more} more cells with --json" if more > 0 else ""
    title = f"{output}: what carries it ({frame['unit'].iloc[0]})"
    show(title, ("scenario", "cell", "largest first"), rows[:_CELLS_SHOWN], note)


def _percent(share: float) -> str:
    return "–" if share is None or np.isnan(share) else f"{100 * share:.0f} %"


def reproduction(case: str, resolution: str | None, parameters: str | None, out: Path | None, as_json: bool) -> None:
    """The central run beside the published tables; `base-year` always stands beside another set."""
    if resolution is not None:
        raise ValueError(f"The case {case} has no --resolution; that is for cases of the engine 'spatial'.")
    parameters = parameters or "inferred"
    found = reproduce(case, parameters)
    beside = [] if parameters == _BESIDE else [reproduce(case, _BESIDE)]
    folder = out or (None if as_json else Path(_REPRODUCTION_FOLDER))
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in found.tables.items():
            table.to_csv(folder / f"{name}.csv", index=False)
    if as_json:
        others = {other.parameters: {**other.as_json(), "tables": None} for other in beside}
        write_json({**found.as_json(), "beside": others, "unexplained": UNEXPLAINED})
        return
    for name, table in found.tables.items():
        wide = side_by_side(table)
        show(f"{_title(name)}: model (published)", [str(column) for column in wide.columns], wide.to_numpy().tolist())
    sets = (found, *beside)
    show("Score", ("", *(one.parameters for one in sets)), score_rows(sets))
    for one in sets:
        say(f"{one.parameters} {IN_SAMPLE.get(one.parameters, '')}.")
    show(
        "Findings that do not hold",
        ("scenario", "finding"),
        [(f.scenario, f.statement) for f in found.findings if not f.holds],
    )
    show("Unexplained", ("",), [(line,) for line in UNEXPLAINED])
    if folder is not None:
        say(f"The tables as CSV: {folder}")


def side_by_side(table: pd.DataFrame) -> pd.DataFrame:
    """A table with a column for each scenario: the model's value, and the published one in brackets."""
    labels = [name for name in table.columns if name not in _VALUES]
    without = [name for name in labels if name != "measure"]
    # What is measured is named where the other labels leave it open.
    if not table.duplicated([*without, "scenario"]).any():
        labels = without
    cells = [f"{row['model']:.2f} ({row['published']:.2f})" for row in table.to_dict("records")]
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


def _holding(found: Reproduction) -> str:
    return f"{sum(finding.holds for finding in found.findings)} of {len(found.findings)}"
