"""What a store and a central run say, as tables for a reader or as one JSON object for a program."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd

from .analysis import ClaimResult, Results
from .analysis.carriers import carriers, outputs_of_interest
from .terminal import say, show, write_json

_CELLS_SHOWN = 40
_BESIDE = "base-year"
_REPRODUCTION_FOLDER = "reproduction"


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


def reproduction(case: str, parameters: str, out: Path | None, as_json: bool) -> None:
    """The central run beside the published tables; `base-year` always stands beside another set."""
    from .engines.cge.reproduction import reproduce

    found = reproduce(case, parameters)
    beside = [] if parameters == _BESIDE else [reproduce(case, _BESIDE)]
    folder = out or (None if as_json else Path(_REPRODUCTION_FOLDER))
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in found.tables.items():
            table.to_csv(folder / f"{name}.csv", index=False)
    if as_json:
        others = {other.as_json()["set"]: {**other.as_json(), "tables": None} for other in beside}
        write_json({**found.as_json(), "beside": others})
        return
    for name, table in found.tables.items():
        show(name, [str(column) for column in table.columns], table.values.tolist())
    _show_scores([one.as_json() for one in (found, *beside)])
    if folder is not None:
        say(f"The tables as CSV: {folder}")


def _show_scores(records: Sequence[dict]) -> None:
    """A column for each parameter set."""
    counts = (("table_4_signs", "agree", "Signs of Table 4's deviations"), ("findings", "hold", "Findings in words"))
    rows = [
        (label, *(f"{record[key][count]} of {record[key]['of']}" for record in records)) for key, count, label in counts
    ]
    for name in records[0]["rmse"]:
        label = f"Root mean square error, {name.replace('_', ' ')}"
        rows.append((label, *(f"{record['rmse'][name]:.2f}" for record in records)))
    show("Score", ("", *(str(record["set"]) for record in records)), rows)
