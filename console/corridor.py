"""A line through the world on the command line: making a case of it, and its central run beside what was printed."""

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

from ..analysis.corridor_reproduction import MATCH_FACTOR, SENTENCE, CorridorReproduction, reproduce_corridor
from .terminal import counted, say, show, write_json

_RESOLUTION = "full"
_FOLDER = "reproduction"


def reproduction(case: str, resolution: str | None, parameters: str | None, out: Path | None, as_json: bool) -> None:
    """The central run beside every printed number, under each scenario and reading."""
    if parameters is not None:
        raise ValueError(f"The case {case} has no --set; that is for cases of the engine 'cge'. Use --resolution.")
    with counted("Costs between places") as watch:
        found = reproduce_corridor(case, resolution or _RESOLUTION, watch)
    folder = out or (None if as_json else Path(_FOLDER))
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        found.table.to_csv(folder / f"{case}.csv", index=False)
    if as_json:
        write_json(found.as_json())
        return
    _show(found)
    if folder is not None:
        say(f"The table as CSV: {folder}")


def _show(found: CorridorReproduction) -> None:
    table = found.table
    scenarios = list(dict.fromkeys(table["scenario"]))
    table = table.assign(cell=[_cell(row) for row in table.to_dict("records")])
    table["printed"] = ["" if value is None or value != value else f"{value:g}" for value in table["published"]]
    wide = table.pivot_table(
        index=["label", "reading", "printed", "unit"], columns="scenario", values="cell", aggfunc="first", sort=False
    ).reset_index()
    shown = wide[["label", "reading", "printed", *scenarios, "unit"]]
    show(SENTENCE, ("result", "reading", "printed", *scenarios, "unit"), shown.to_numpy().tolist())
    say(f"*: the sign of the printed number and within a factor of {MATCH_FACTOR:g} of it; +: the sign alone.")
    held = sum(finding.holds for finding in found.findings)
    say(f"Findings in words that hold: {held} of {len(found.findings)} ({found.resolution} resolution).")
    failed = [(one.scenario, one.statement) for one in found.findings if not one.holds]
    if failed:
        show("Findings that do not hold", ("scenario", "finding"), failed)


def _cell(row: Mapping[Hashable, Any]) -> str:
    mark = "*" if row["within_factor"] is True else "+" if row["sign_agrees"] is True else ""
    return f"{row['model']:,.4g}{mark}"
