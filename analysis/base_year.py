"""The base year of a case beside what was published of it, and the policies of which no result was published."""

import math
from collections.abc import Mapping

import pandas as pd
import xarray as xr

from ..engines import BASELINE, Engine

INITIAL = "initial"
_LEVELS = ("gdp", "investment", "exports", "imports", "consumer_price", "population", "dependency_ratio")
_FACTORS = {("labour", "wage"): "wage", ("labour", "employment"): "employment"}


def base_year(published: Mapping[str, pd.DataFrame], sectors: pd.DataFrame, results: xr.Dataset) -> pd.DataFrame:
    """What the published tables print of the base year, with year 0 of the model beside it.

    Parameters
    ----------
    published : mapping of str to DataFrame
        Tables with the columns `scenario`, `value` and `unit`; their rows `initial` are taken.
    sectors : DataFrame
        The case's, with `code`, `row`, `family` and `parent`.
    results : Dataset
        A central run.

    Returns
    -------
    DataFrame
        Columns `table`, `item`, `unit`, `published`, `model`, `difference`; `model` is NaN where no output is that
        number: the shares of the factors in the product, and the consumption of a head.
    """
    start = results.sel(scenario=BASELINE).isel(year=0)
    records = []
    for name, table in published.items():
        for row in table.loc[table["scenario"] == INITIAL].astype(str).to_dict("records"):
            labels = [str(row[key]) for key in row if key not in ("scenario", "value", "unit", "source", "level")]
            value, model = float(row["value"]), _model(start, sectors, {str(key): str(row[key]) for key in row})
            words = ", ".join(label.replace("_", " ") for label in labels)
            records.append((name, words, row["unit"], value, model, model - value))
    return pd.DataFrame(records, columns=["table", "item", "unit", "published", "model", "difference"])


def unpublished_policies(engine: Engine, results: xr.Dataset, published: tuple[str, ...]) -> pd.DataFrame:
    """Growth of the product under the policies of a case beside those that its study published, % a year.

    Returns
    -------
    DataFrame
        Columns `scenario`, `policy`, `region`, `growth`, and its `difference` from the baseline in points.
    """
    growth = results["gdp_growth"]
    names = [name for name in engine.scenarios if name not in (BASELINE, *published)]
    rows = [
        (
            name,
            engine.scenarios[name].label,
            str(region),
            float(growth.sel(scenario=name, region=region)),
            float(growth.sel(scenario=name, region=region) - growth.sel(scenario=BASELINE, region=region)),
        )
        for name in names
        for region in growth["region"].values
    ]
    return pd.DataFrame(rows, columns=["scenario", "policy", "region", "growth", "difference"])


def _model(start: xr.Dataset, sectors: pd.DataFrame, row: Mapping[str, str]) -> float:
    """Year 0 of what a row of a published table prints."""
    if "row" in row:
        if row["row"] == "total_gdp":
            return float(start["gdp"].sel(region=row["region"]))
        columns = ("row", "family", "parent", "code")
        codes = [code for code, *labels in sectors[["code", *columns]].to_numpy().tolist() if row["row"] in labels]
        return float(start["sector_gdp"].sel(region=row["region"], sector=codes).sum())
    if "factor" in row:
        output = _FACTORS.get((row["factor"], row["measure"]))
        return math.nan if output is None else float(start[output].sel(region=row["region"], skill=row["skill"]))
    item, area = row["item"], row["area"]
    if item == "real_exchange_rate":
        return float(start[item])
    if item == "regional_exports":
        return float(start[item].sel(flow=f"from_{area}"))
    return float(start[item].sel(region=area)) if item in _LEVELS else math.nan
