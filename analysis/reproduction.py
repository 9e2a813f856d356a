"""The central run of a case beside the tables that its study published, and the score.

A sign of Table 4 counts where the published deviation exceeds 0.005 in size (the printed precision) and agrees if it is
strictly the same. A finding holds if its test in `findings.toml` does. Root mean square errors are over all scenarios,
in points a year; an index or a ratio is taken times 10, so that one hundredth weighs as much as a tenth of a point.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd
import xarray as xr

from ..data import read_case
from ..data.raw import read_toml
from ..engines import BASELINE, engine
from ..sweeps.statement import claim_from_table
from .base_year import INITIAL, base_year, unpublished_policies
from .sample import AnalysisError

PRINTED_PRECISION = 0.005
LEVEL_WEIGHT = 10.0
SCENARIOS = ("coastal_boom", "transaction_costs", "social_transfers", "inland_productivity")
IN_SAMPLE = {
    "inferred": "takes part of its structure from the result tables it is compared with: its score is in-sample",
    "base-year": "uses information of the base year only",
}

# item of the published table -> output of the engine
_GROWTH_ITEMS = ("gdp", "investment", "exports", "imports", "population")
_FACTOR_OUTPUTS = {
    ("labour", "wage"): "wage_growth",
    ("capital", "return"): "capital_return_growth",
    ("land", "rent"): "land_rent_growth",
    ("labour", "employment"): "employment_growth",
    ("capital", "stock"): "capital_stock_growth",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A statement of the study and whether the central run bears it out."""

    scenario: str
    statement: str
    holds: bool


@dataclass(frozen=True)
class Reproduction:
    """Published tables with the model's values beside them.

    Parameters
    ----------
    case, parameters : str
        The case and its set of parameters.
    tables : mapping of str to DataFrame
        By name, with the columns published, model, difference.
    findings : tuple of Finding
        What the study says in words.
    base_year : DataFrame
        The first columns of the tables, which the matrix is made from; see `base_year`.
    unpublished : DataFrame
        Policies of the case without a published result; see `unpublished_policies`.
    unexplained : tuple of str
        What the case says that this set does not give back.
    """

    case: str
    parameters: str
    tables: Mapping[str, pd.DataFrame]
    findings: tuple[Finding, ...]
    base_year: pd.DataFrame
    unpublished: pd.DataFrame
    unexplained: tuple[str, ...] = ()

    @property
    def signs(self) -> tuple[int, int]:
        """Signs of Table 4's deviations that agree, and how many count."""
        table = self.tables["table_4"]
        published, model = table["published"].to_numpy(float), table["model"].to_numpy(float)
        counted = (table["scenario"] != BASELINE).to_numpy(bool) & (np.abs(published) > PRINTED_PRECISION)
        return int((np.sign(published) == np.sign(model))[counted].sum()), int(counted.sum())

    @property
    def errors(self) -> dict[str, float]:
        """Root mean square error of each table, in points a year."""
        return {
            name: float(np.sqrt(np.mean((table["difference"] * table["weight"]) ** 2)))
            for name, table in self.tables.items()
        }

    def as_json(self) -> dict[str, object]:
        """The score and the tables as plain values."""
        agree, of = self.signs
        return {
            "set": self.parameters,
            "table_4_signs": {"agree": agree, "of": of},
            "findings": {"hold": sum(f.holds for f in self.findings), "of": len(self.findings)},
            "rmse": {name: round(error, 4) for name, error in self.errors.items()},
            "note": IN_SAMPLE.get(self.parameters, ""),
            "tables": {
                name: table.drop(columns="weight").round(6).to_dict("records") for name, table in self.tables.items()
            },
            "failed_findings": [
                {"scenario": f.scenario, "statement": f.statement} for f in self.findings if not f.holds
            ],
            "base_year": self.base_year.round(6).to_dict("records"),
            "unpublished": self.unpublished.round(6).to_dict("records"),
            "unexplained": list(self.unexplained),
        }


def reproduce(case: str = "peru-2002", parameters: str | None = None) -> Reproduction:
    """Solve the central run of a case and set it beside the published tables.

    Parameters
    ----------
    case : str
        A case with `published` tables and `findings.toml`.
    parameters : str, optional
        A parameter set of the case; its default set if left out.

    Raises
    ------
    AnalysisError
        If the case has no published tables, or not all of them.
    UnknownNameError
        If the case has no such parameter set.
    """
    loaded = read_case(case)
    _check_published(case, loaded.results)
    chosen = (parameters or str(loaded.meta["default_set"])).replace("_", "-")
    model = engine("cge", case, set=chosen)
    results = model.solve({}, list(model.scenarios))
    tables = {
        name: _compared(loaded.results[name], lambda row, value=value: value(results, row))
        for name, value in _TABLES.items()
    }
    file = loaded.folder / "findings.toml"
    return Reproduction(
        case,
        chosen,
        tables,
        read_findings(file, results),
        base_year({name: loaded.results[name] for name in _TABLES}, loaded.tables["sectors"], results),
        unpublished_policies(model, results, SCENARIOS),
        _unexplained(file, chosen),
    )


def _check_published(case: str, published: Mapping[str, pd.DataFrame]) -> None:
    """Refuse a case that lacks a table to compare with."""
    missing = [f"published/{name}.csv" for name in _TABLES if name not in published]
    if len(missing) == len(_TABLES):
        words = "has no published tables: there is nothing to set it beside. `cordillera run` solves it in a study."
        raise AnalysisError(f"The case {case} {words}")
    if missing:
        raise AnalysisError(f"The case {case} has no {', '.join(missing)}; all of the published tables are compared.")


def _compared(published: pd.DataFrame, value: Callable[[dict[str, str]], float]) -> pd.DataFrame:
    """Rows of a published table that are results, with the model's value."""
    results = published["scenario"] != INITIAL
    if "item" in published:
        # The total of the contributions is the growth of GDP again.
        results &= published["item"] != "growth_contribution_total"
    kept = published.loc[results].drop(columns="source").rename(columns={"value": "published"}).reset_index(drop=True)
    kept["model"] = [
        value({str(column): label for column, label in row.items()}) for row in kept.astype(str).to_dict("records")
    ]
    kept["difference"] = kept["model"] - kept["published"]
    kept["weight"] = np.where(kept["unit"].str.contains("per year"), 1.0, LEVEL_WEIGHT)
    return kept


def _table_3(results: xr.Dataset, row: dict[str, str]) -> float:
    item, area = row["item"], row["area"]
    if item == "real_exchange_rate":
        return _final(results[item], row)
    if item == "consumer_price":
        return _final(results[item], row, region=area)
    if item == "regional_exports":
        return _at(results["regional_exports_growth"], row, flow=f"from_{area}")
    if item in _GROWTH_ITEMS:
        return _at(results[f"{item}_growth"], row, region=area)
    return _at(results["growth_contribution"], row, region=area, source=item.removeprefix("growth_contribution_"))


def _table_4(results: xr.Dataset, row: dict[str, str]) -> float:
    growth = results["sector_growth"].sel(region=row["region"], row=row["row"])
    baseline = 0.0 if row["scenario"] == BASELINE else float(growth.sel(scenario=BASELINE))
    return _at(growth, row) - baseline


def _table_5(results: xr.Dataset, row: dict[str, str]) -> float:
    growth = results[_FACTOR_OUTPUTS[row["factor"], row["measure"]]].sel(region=row["region"])
    return _at(growth, row, skill=row["skill"]) if "skill" in growth.dims else _at(growth, row)


def _table_6(results: xr.Dataset, row: dict[str, str]) -> float:
    if row["item"] == "dependency_ratio":
        return _final(results["dependency_ratio"], row, region=row["area"])
    if row["item"] == "population":
        return _at(results["population_growth"], row, region=row["area"])
    return _at(results["equivalent_variation_growth"], row, household=f"{row['area']}_{row['household']}")


_TABLES = {"table_3": _table_3, "table_4": _table_4, "table_5": _table_5, "table_6": _table_6}


def _at(array: xr.DataArray, row: dict[str, str], **labels: str) -> float:
    return float(array.sel({"scenario": row["scenario"], **labels}))


def _final(array: xr.DataArray, row: dict[str, str], **labels: str) -> float:
    return float(array.sel({"scenario": row["scenario"], **labels}).isel(year=-1))


def read_findings(file: Path, results: xr.Dataset) -> tuple[Finding, ...]:
    """The statements of a case's `findings.toml`, tested on a central run.

    Raises
    ------
    AnalysisError
        If it cannot be read, or says something of what the run does not have.
    """
    found = []
    try:
        for entry in cast(list[dict[str, object]], read_toml(file)["findings"]):
            scenario, statement = str(entry["scenario"]), str(entry["statement"])
            claim = claim_from_table({"name": statement, "scenario": scenario, "all": entry["all"]})
            found.append(Finding(scenario, statement, bool(claim.holds(results).holds)))
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise AnalysisError(f"{file} cannot be read: {type(error).__name__}: {error}") from error
    return tuple(found)


def _unexplained(file: Path, parameters: str) -> tuple[str, ...]:
    """What a case says that one of its sets does not give back."""
    try:
        entries = cast(list[dict[str, object]], read_toml(file).get("unexplained", []))
        return tuple(str(entry["statement"]) for entry in entries if entry["set"] == parameters)
    except (LookupError, TypeError) as error:
        message = f"{file} cannot be read: each [[unexplained]] must have a set and a statement"
        raise AnalysisError(message) from error
