"""The findings and headlines of the bundled case name what the model has and agree with the published tables."""

import tomllib
from importlib.resources import files

import pandas as pd
import pytest

CASE = files("cordillera.data") / "cases" / "peru-2002"
SCENARIOS = ("baseline", "coastal_boom", "transaction_costs", "social_transfers", "inland_productivity")
HOUSEHOLDS = ("coast_rural", "coast_urban", "inland_rural", "inland_urban")
SKILLS = ("skilled", "semi_skilled", "unskilled")
REGIONS = ("national", "coast", "inland")
FLOWS = ("from_coast", "from_inland")


def read(path: str) -> pd.DataFrame:
    return pd.read_csv(str(CASE / path), keep_default_na=False, na_values=[""])


def findings() -> list[dict]:
    return tomllib.loads((CASE / "findings.toml").read_text(encoding="utf-8"))["findings"]


def table_4_rows() -> tuple[str, ...]:
    return tuple(dict.fromkeys(read("published/table_4.csv")["row"]))


def dimensions() -> dict[str, dict[str, tuple]]:
    region = {"region": REGIONS}
    return {
        "gdp_growth": region,
        "consumer_price": {"year": tuple(range(11)), "region": REGIONS},
        "regional_exports_growth": {"flow": FLOWS},
        "exports_growth": region,
        "investment_growth": region,
        "employment_growth": {"region": REGIONS[1:], "skill": SKILLS},
        "wage_growth": {"region": REGIONS[1:], "skill": SKILLS},
        "sector_growth": {"region": REGIONS[1:], "row": table_4_rows()},
        "equivalent_variation_growth": {"household": HOUSEHOLDS},
        "land_rent_growth": region,
        "capital_return_growth": region,
        "regional_trade_price": region,
    }


def published() -> dict[tuple, float]:
    """Published value by (output, scenario, labels in the order of the output's dimensions)."""
    values: dict[tuple, float] = {}
    names = {"gdp": "gdp_growth", "exports": "exports_growth", "investment": "investment_growth"}
    for row in read("published/table_3.csv").itertuples():
        if row.item in names:
            values[names[row.item], row.scenario, row.area] = row.value
        elif row.item == "regional_exports":
            values["regional_exports_growth", row.scenario, f"from_{row.area}"] = row.value
        elif row.item == "consumer_price":
            values["consumer_price", row.scenario, 10, row.area] = row.value
    table = read("published/table_4.csv")
    base = table[table.scenario == "baseline"].set_index(["region", "row"])["value"]
    for row in table.itertuples():
        level = 0.0 if row.scenario == "baseline" else base[row.region, row.row]
        values["sector_growth", row.scenario, row.region, row.row] = level + row.value
    for row in read("published/table_5.csv").itertuples():
        if row.factor == "labour":
            values[f"{row.measure}_growth", row.scenario, row.region, row.skill] = row.value
        else:
            values[f"{row.factor}_{row.measure}_growth", row.scenario, row.region] = row.value
    for row in read("published/table_6.csv").itertuples():
        if row.item == "equivalent_variation_per_capita":
            values["equivalent_variation_growth", row.scenario, f"{row.area}_{row.household}"] = row.value
    return values


def part_value(part: dict, scenario: str, values: dict[tuple, float]) -> float:
    """The number that a part of a finding speaks of, from the published tables."""
    order = dimensions()[part["output"]]

    def level(name: str, labels: dict) -> float:
        return values[(part["output"], name, *(labels[dimension] for dimension in order))]

    total = 0.0
    for sign, extra in zip((1.0, -1.0), part.get("difference", [{}]), strict=False):
        labels = part.get("select", {}) | extra
        total += sign * level(scenario, labels)
        if "relative_to" in part:
            total -= sign * level(part["relative_to"], labels)
    return total


def holds(condition: str, value: float) -> bool:
    words = condition.split()
    match words[0]:
        case ">":
            return value > float(words[1])
        case "<":
            return value < float(words[1])
        case "within":
            return abs(value) <= float(words[1])
        case "between":
            return float(words[1]) <= value <= float(words[3])
    raise AssertionError(condition)


def test_the_32_findings_and_their_parts_name_only_what_the_model_has() -> None:
    known = dimensions()
    assert len(findings()) == 32
    for finding in findings():
        assert finding["scenario"] in SCENARIOS[1:]
        for part in finding["all"]:
            allowed = known[part["output"]]
            for extra in part.get("difference", [{}]):
                labels = part.get("select", {}) | extra
                assert set(labels) == set(allowed)
                assert all(label in allowed[dimension] for dimension, label in labels.items())


def test_every_finding_holds_in_the_published_tables() -> None:
    values = published()
    broken = [
        (finding["statement"], part)
        for finding in findings()
        for part in finding["all"]
        if part["output"] != "regional_trade_price"  # stated in the text only
        and not holds(part["holds"], part_value(part, finding["scenario"], values))
    ]
    assert not broken


def test_every_headline_is_the_number_of_its_table() -> None:
    values = published()
    headlines = read("headlines.csv")
    assert headlines["id"].is_unique
    assert headlines["label"].is_unique
    for row in headlines.itertuples():
        labels = dict(pair.split("=") for pair in row.select.split(";"))
        part = {"output": row.output, "select": labels}
        if isinstance(row.relative_to, str):
            part["relative_to"] = row.relative_to
        assert part_value(part, row.scenario, values) == pytest.approx(row.published, abs=0.0151)
        places = read(f"published/table_{row.table}.csv")["source"]
        assert places.str.endswith(f"Table {row.table}, page {row.page}").any()
