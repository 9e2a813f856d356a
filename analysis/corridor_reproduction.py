"""The central run of a corridor case beside what its study printed, under every scenario and every reading.

A printed number matches if ours has its sign and lies within a factor of 1.5 of it. This is a consistency check on open
data and not a replication: the study's own grid of roads is not public.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import xarray as xr

from ..data.corridor import read_corridor
from ..engines import Steps
from ..engines.spatial import SpatialEngine, build_engine
from ..engines.spatial.outputs import MONEY_AREAS
from .reproduction import Finding, read_findings
from .sample import AnalysisError

SENTENCE = "A consistency check on open data, not a replication."
MATCH_FACTOR = 1.5
_FILES = ("reproduction.csv", "findings.toml", "published/section_6.csv")
# Above the cost the study prints per cent, we the ratio of gain and cost.
_EXCESS = "benefit_over_cost"
_DOLLARS, _INTERNATIONAL = "gain_dollars", "million international dollars of 2005 a year"


@dataclass(frozen=True)
class CorridorReproduction:
    """What a study printed beside the model, and its findings in words.

    Parameters
    ----------
    case, resolution : str
        What was solved.
    table : DataFrame
        A row for each printed item, reading and scenario: `item`, `label`, `reading`, `scenario`, `published`,
        `published_scenario`, `model`, `unit`, `sign_agrees`, `within_factor`.
    findings : tuple of Finding
        Statements of the study with whether they hold.
    """

    case: str
    resolution: str
    table: pd.DataFrame
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, object]:
        """The table and the findings as plain values."""
        rows = self.table.astype(object).where(self.table.notna(), None).to_dict("records")
        return {
            "case": self.case,
            "resolution": self.resolution,
            "note": SENTENCE,
            "match_factor": MATCH_FACTOR,
            "findings": {"hold": sum(f.holds for f in self.findings), "of": len(self.findings)},
            "failed_findings": [
                {"scenario": f.scenario, "statement": f.statement} for f in self.findings if not f.holds
            ],
            "rows": rows,
        }


def reproduce_corridor(
    case: str = "pacific-corridor", resolution: str = "full", progress: Steps | None = None
) -> CorridorReproduction:
    """Solve the central run of a corridor case and set it beside the published numbers.

    Parameters
    ----------
    case : str
        A case with `reproduction.csv`, `findings.toml` and `published/section_6.csv`.
    resolution : {"full", "region"}
        Every place of the world, whose costs are solved when they are first needed, or the region among groups.
    progress : function, optional
        Called with steps done and steps in all while costs are solved.
    """
    folder = read_corridor(case).folder
    missing = [name for name in _FILES if not (folder / name).is_file()]
    if missing:
        message = f"The case {case} has nothing published to be set beside: {', '.join(missing)} is not in its folder."
        raise AnalysisError(message)
    model = build_engine(case, resolution=resolution)
    model.prepare(progress)
    results = model.solve({}, list(model.scenarios))
    return CorridorReproduction(
        case, resolution, _table(folder, model, results), read_findings(folder / "findings.toml", results)
    )


def _table(folder: Path, model: SpatialEngine, results: xr.Dataset) -> pd.DataFrame:
    printed = pd.read_csv(folder / "published" / "section_6.csv")
    lines = pd.read_csv(folder / "reproduction.csv", dtype=str, keep_default_na=False)
    products = product_at_parity(model)
    records = []
    for line in lines.to_dict("records"):
        array = results[line["output"]]
        labels = dict(part.split("=") for part in line["select"].split(";") if part)
        array = array.sel(labels)
        if line["output"] in ("gini", "income_gini"):
            array = array - array.sel(scenario="baseline")
        for scenario in model.scenarios:
            value, unit = float(array.sel(scenario=scenario)), str(results[line["output"]].attrs["units"])
            if line["output"] == _EXCESS:
                value, unit = 100.0 * (value - 1.0), "%"
            records.append(_row(line, scenario, value, unit, printed.loc[printed["item"] == line["item"]]))
        if line["output"] == _DOLLARS:
            share = results["gain"].sel(labels)
            records += [_at_parity(line, share, scenario, products) for scenario in model.scenarios]
    return pd.DataFrame.from_records(records)


def _at_parity(line: dict, gain: xr.DataArray, scenario: str, products: Mapping[str, float]) -> dict[str, object]:
    """A gain in the dollars of the world's own incomes, beside which nothing is printed."""
    value = float(gain.sel(scenario=scenario)) / 100.0 * products[str(gain["money_area"].values)]
    nothing = pd.DataFrame({"scenario": [], "value": []})
    return _row({**line, "item": ""}, scenario, value, _INTERNATIONAL, nothing)


def product_at_parity(model: SpatialEngine) -> dict[str, float]:
    """Product of each area in the base year by the world's own incomes, in millions of international dollars."""
    world, project = model.geography.world, model.geography.project
    product = world.people * world.income / 1e6
    cells = zip(MONEY_AREAS, (project.home, project.region), strict=True)
    return {name: float(product[chosen].sum()) for name, chosen in cells}


def _row(line: dict, scenario: str, value: float, unit: str, printed: pd.DataFrame) -> dict[str, object]:
    """One reading under one scenario, beside the number printed for that scenario or for none in particular."""
    own = printed.loc[printed["scenario"] == scenario]
    chosen = own if len(own) else printed
    published = float(chosen["value"].iloc[0]) if len(chosen) else float("nan")
    known = published == published and published != 0.0
    ratio = value / published if known else float("nan")
    return {
        "item": line["item"],
        "label": line["label"],
        "reading": line["reading"],
        "scenario": scenario,
        "published": published if known else None,
        "published_scenario": str(chosen["scenario"].iloc[0]) if len(chosen) else "",
        "model": value,
        "unit": unit,
        "sign_agrees": bool(ratio > 0) if known else None,
        "within_factor": bool(1 / MATCH_FACTOR <= ratio <= MATCH_FACTOR) if known else None,
    }
