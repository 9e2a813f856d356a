"""A line through the world on the command line: making a case of it, and its central run beside what was printed."""

from collections.abc import Hashable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from ..analysis.corridor_reproduction import MATCH_FACTOR, SENTENCE, CorridorReproduction, reproduce_corridor
from ..data.new_corridor import write_corridor
from ..data.workbook import write_frame
from .terminal import counted, say, show, write_json

_RESOLUTION = "full"
_LISTED = 20


def make(line: Path, out: Path, mode: str | None, region: str, within: float, as_json: bool) -> None:
    """Write the folder of a line, and say what to do with it."""
    countries = [code.strip().upper() for code in region.split(",") if code.strip()]
    made = write_corridor(line, out, countries, within, mode)
    if as_json:
        write_json(asdict(made) | {"folder": str(made.folder), "study": str(made.study)})
        return
    crossed = "1 cell" if made.corridor == 1 else f"{made.corridor} cells"
    say(f"{crossed} of the corridor and {made.region} of its region ({', '.join(made.countries)}).")
    if made.left_out:
        say(f"Left out, since nobody lives there: {', '.join(made.left_out[:_LISTED])}.")
    say(f"Written: {made.folder}. Edit its tables as you like, then: cordillera run {made.study} --out STORE")


def reproduction(case: str, resolution: str | None, parameters: str | None, out: Path | None, as_json: bool) -> None:
    """The central run beside every printed number, under each scenario and reading."""
    if parameters is not None:
        raise ValueError(f"The case {case} has no --set; that is for cases of the engine 'cge'. Use --resolution.")
    with counted("Costs between places") as watch:
        found = reproduce_corridor(case, resolution or _RESOLUTION, watch)
    if out is not None:
        write_frame(found.table, out / f"{Path(case).resolve().name}.csv")
    if as_json:
        write_json(found.as_json())
        return
    _show(found)
    say(f"The table as CSV: {out}" if out else "With --out FOLDER the table is written as CSV.")


def _show(found: CorridorReproduction) -> None:
    scenarios = list(dict.fromkeys(found.table["scenario"]))
    rows = []
    for labels, group in found.table.groupby(["label", "reading", "unit"], sort=False):
        label, reading, unit = cast(tuple[str, str, str], labels)
        # Where each scenario has a printed number of its own, they stand in the order of the scenarios.
        printed = dict.fromkeys(f"{value:g}" for value in group["published"].dropna())
        by_scenario = {row["scenario"]: _cell(row) for row in group.to_dict("records")}
        rows.append((label, reading, " / ".join(printed), *(by_scenario[name] for name in scenarios), unit))
    show(SENTENCE, ("result", "reading", "printed", *scenarios, "unit"), rows)
    say(f"*: the sign of the printed number and within a factor of {MATCH_FACTOR:g} of it; +: the sign alone.")
    held = sum(finding.holds for finding in found.findings)
    say(f"Findings in words that hold: {held} of {len(found.findings)} ({found.resolution} resolution).")
    failed = [(one.scenario, one.statement) for one in found.findings if not one.holds]
    if failed:
        show("Findings that do not hold", ("scenario", "finding"), failed)


def _cell(row: Mapping[Hashable, Any]) -> str:
    mark = "*" if row["within_factor"] is True else "+" if row["sign_agrees"] is True else ""
    value = float(row["model"])
    return f"{value:,.0f}{mark}" if abs(value) >= 1000 else f"{value:.4g}{mark}"
