"""What a shock of a policy may change, where and by how much: the table `cge_shocks` and the names of a case."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import pandas as pd

from .fault import nearest, shown
from .layout import label_names, model_table
from .typed import parse_number


@dataclass(frozen=True, slots=True)
class ShockRule:
    """A parameter that a shock may change.

    Parameters
    ----------
    parameter, unit : str
        Its name, and what its values are in.
    region, sectors : bool
        Whether a shock may pick the region, and the sectors.
    domains : mapping of str to str
        The domain of the value for each kind of change.
    """

    parameter: str
    unit: str
    region: bool
    sectors: bool
    domains: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ShockNames:
    """What shocks of a case may name; None where the tables are too faulty to tell."""

    regions: Sequence[str]
    sectors: Collection[str] | None
    factors: Collection[str] | None
    years: int | None


@cache
def shock_rules() -> dict[str, ShockRule]:
    """Every parameter that a shock may change, by name."""
    return {
        row["parameter"]: ShockRule(
            row["parameter"],
            row["unit"],
            row["region"] == "yes",
            row["sectors"] == "yes",
            {change: row[change] for change in ("set", "times", "add")},
        )
        for row in model_table("cge_shocks").to_dict("records")
    }


def shock_names(meta: Mapping[str, object], regions: Sequence[str], sectors: pd.DataFrame | None) -> ShockNames:
    """What shocks may name, from the keys of a case and its table of sectors where that has no fault."""
    years = meta.get("years")
    known = years if isinstance(years, int) else None
    if sectors is None:
        return ShockNames(regions, None, None, known)
    names = dict.fromkeys(label for column in ("code", "family", "row", "parent") for label in sectors[column] if label)
    traded = [*label_names("family"), *(code for code in sectors["code"] if code != meta.get("regional_trade_sector"))]
    elasticities = [f"{kind}_{name}" for kind in ("armington", "transformation") for name in traded]
    return ShockNames(regions, list(names), [*elasticities, *model_table("cge_factors")["name"], "matrix"], known)


def name_faults(shock: Mapping[str, object], names: ShockNames) -> dict[str, str]:
    """A parameter or a factor that there is not, in words by key."""
    found = {}
    if (name := shock.get("parameter")) is not None and name not in shock_rules():
        found["parameter"] = f"unknown parameter {name!r}.{nearest(str(name), list(shock_rules()))}"
    for key in ("value", "scale"):
        amount = shock.get(key)
        if isinstance(amount, str) and names.factors is not None and amount not in names.factors:
            found[key] = f"{amount!r} is neither a number nor a factor.{nearest(amount, list(names.factors))}"
    return found


def place_faults(shock: Mapping[str, object], names: ShockNames) -> dict[str, str]:
    """What is wrong with where, when and by how much a shock acts, in words by key."""
    rule = shock_rules().get(str(shock.get("parameter")))
    found = {}
    region, listed = shock.get("region"), shock.get("sectors")
    sectors = [str(name) for name in listed] if isinstance(listed, list | tuple) else []
    if region is not None and rule is not None and not rule.region:
        found["region"] = _no_axis(rule, "region", region)
    elif region is not None and names.regions and region not in names.regions:
        found["region"] = f"unknown region {region!r}.{nearest(str(region), names.regions)}"
    if sectors and rule is not None and not rule.sectors:
        found["sectors"] = _no_axis(rule, "sectors", sectors)
    elif names.sectors is not None:
        for i, name in enumerate(sectors):
            if name not in names.sectors:
                found[f"sectors[{i}]"] = f"unknown sector {name!r}.{nearest(name, list(names.sectors))}"
    first = shock.get("first_year", 1)
    if names.years is not None and isinstance(first, int) and first > names.years:
        found["first_year"] = f"{first} is after the last year of the case; it must be from 1 to {names.years}"
    change, value = str(shock.get("change")), shock.get("value")
    if rule is not None and change in rule.domains and isinstance(value, int | float):
        amount = 1.0 - value if shock.get("complement") else value
        try:
            parse_number(repr(float(amount)), rule.domains[change])
        except ValueError as error:
            less = f", which 1 - {shown(value)} is" if shock.get("complement") else ""
            found["value"] = f"{error}{less}; {rule.parameter} is in {rule.unit}"
    return found


def _no_axis(rule: ShockRule, key: str, value: object) -> str:
    allowed = ", ".join(other.parameter for other in shock_rules().values() if getattr(other, key))
    return f"{value!r} is not allowed: {rule.parameter} has no {key}; leave it out. Allowed for {allowed}."
