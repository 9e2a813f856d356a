"""Printed numbers beside the model: every item under every scenario, and marks that mean what they say."""

import csv
import json
import math
import shutil
from pathlib import Path

import cordillera
import numpy as np
import pandas as pd
import pytest
from cordillera.analysis.corridor_reproduction import MATCH_FACTOR, CorridorReproduction, reproduce_corridor
from cordillera.data import CaseError, bundled_cases

BUNDLED = bundled_cases()["pacific-corridor"]
SCENARIOS = ("major_road", "cost_cut")


@pytest.fixture(scope="module")
def found() -> CorridorReproduction:
    return reproduce_corridor("pacific-corridor", "region")


def lines() -> list[dict[str, str]]:
    with (BUNDLED / "reproduction.csv").open(newline="", encoding="utf-8") as text:
        return list(csv.DictReader(text))


def printed() -> dict[str, list[dict[str, str]]]:
    by_item: dict[str, list[dict[str, str]]] = {}
    with (BUNDLED / "published" / "section_6.csv").open(newline="", encoding="utf-8") as text:
        for row in csv.DictReader(text):
            by_item.setdefault(row["item"], []).append(row)
    return by_item


def test_every_line_stands_in_the_table_under_every_scenario(found: CorridorReproduction) -> None:
    wanted = {(line["item"], line["label"], line["reading"], name) for line in lines() for name in SCENARIOS}
    # A gain in dollars stands there a second time, in those of the world's incomes, beside nothing printed.
    dollars = [line for line in lines() if line["output"] == "gain_dollars"]
    wanted |= {("", line["label"], line["reading"], name) for line in dollars for name in SCENARIOS}
    table = found.table
    assert set(zip(table["item"], table["label"], table["reading"], table["scenario"], strict=True)) == wanted
    assert len(table) == len(wanted) == (len(lines()) + len(dollars)) * len(SCENARIOS)
    assert table["model"].notna().all()
    assert (table["unit"] != "").all()


def test_every_item_that_is_read_was_printed(found: CorridorReproduction) -> None:
    known = printed()
    for row in found.table.to_dict("records"):
        if not row["item"]:
            assert pd.isna(row["published"]) or row["published"] is None
            continue
        rows = known[row["item"]]
        own = [one for one in rows if one["scenario"] == row["scenario"]] or rows
        assert row["published"] == float(own[0]["value"])
        assert row["published_scenario"] == own[0]["scenario"]


def test_marks_follow_from_both_numbers(found: CorridorReproduction) -> None:
    for row in found.table.to_dict("records"):
        if row["published"] is None or math.isnan(row["published"]):
            assert row["sign_agrees"] is None or pd.isna(row["sign_agrees"])
            assert row["within_factor"] is None or pd.isna(row["within_factor"])
            continue
        ratio = row["model"] / row["published"]
        assert bool(row["sign_agrees"]) == (ratio > 0)
        assert bool(row["within_factor"]) == (1 / MATCH_FACTOR <= ratio <= MATCH_FACTOR)


def test_the_model_s_numbers_are_those_of_its_central_run(found: CorridorReproduction) -> None:
    model = cordillera.engine("spatial", case="pacific-corridor", resolution="region").solve({}, list(SCENARIOS))
    table = found.table.set_index(["label", "reading", "scenario"])["model"].sort_index()

    def value(label: str, reading: str, scenario: str) -> float:
        return float(table.loc[(label, reading, scenario)])

    for scenario in SCENARIOS:
        one = model.sel(scenario=scenario)
        income = value("Income a head, corridor", "mean over cells and years", scenario)
        assert income == float(one["income_gap"].sel(place="corridor"))
        spread = value("Gini of product by cell, region", "last year", scenario)
        base = model["gini"].sel(scenario="baseline", area="region")
        assert spread == pytest.approx(float(one["gini"].sel(area="region") - base), rel=1e-12)
        excess = value("Gain over annual cost less one", "all product, in per cent above the cost", scenario)
        ratio = float(one["benefit_over_cost"].sel(reading="total_gdp", money_area="home"))
        assert excess == pytest.approx(100.0 * (ratio - 1.0), rel=1e-12)


def test_dollars_of_equal_purchasing_power_are_a_share_of_the_grid_s_own_product(found: CorridorReproduction) -> None:
    with np.load(BUNDLED / "world.npz") as world, (BUNDLED / "region.csv").open(newline="", encoding="utf-8") as text:
        product = (world["population_2000"] * world["income"]).ravel()
        cells = [
            (int((89.5 - float(row["latitude"])) * 360 + float(row["longitude"]) + 179.5), row["home"])
            for row in csv.DictReader(text)
        ]
    own = sum(product[cell] for cell, home in cells if home == "yes") / 1e6
    table = found.table
    rows = table[(table["reading"] == "product a head of all") & (table["scenario"] == "major_road")]
    by_unit = rows[rows["label"] == "Gain without Mexico"].set_index("unit")["model"]
    gain = by_unit["million international dollars of 2005 a year"]
    assert gain == pytest.approx(by_unit["%"] / 100.0 * own, rel=1e-6)


def test_every_finding_is_a_statement_about_a_scenario_that_holds_or_does_not(found: CorridorReproduction) -> None:
    assert len(found.findings) > 20
    assert {finding.scenario for finding in found.findings} <= set(SCENARIOS)
    assert sum(finding.holds for finding in found.findings) > len(found.findings) / 2
    record = found.as_json()
    assert record["findings"] == {"hold": sum(f.holds for f in found.findings), "of": len(found.findings)}
    assert len(record["failed_findings"]) == sum(not f.holds for f in found.findings)


def test_the_record_is_plain_json(found: CorridorReproduction) -> None:
    record = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert record["resolution"] == "region"
    assert "not a replication" in record["note"]
    assert len(record["rows"]) == len(found.table)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The bundled case under a name of its own."""
    folder = tmp_path / "mine"
    folder.mkdir()
    for file in BUNDLED.iterdir():
        if file.is_file() and file.suffix == ".npz":
            (folder / file.name).symlink_to(file)
        elif file.is_file():
            shutil.copy(file, folder / file.name)
    shutil.copytree(BUNDLED / "published", folder / "published")
    return folder


# What is printed, as a multiple of what the model has under the deeper cut, and the marks.
MADE_UP = [
    (1.0, True, True),
    (1.49, True, True),
    (1.51, True, False),
    (1 / 1.49, True, True),
    (1 / 1.51, True, False),
    (-1.0, False, False),
    (0.0, None, None),
]


@pytest.mark.parametrize(("multiple", "sign", "within"), MADE_UP)
def test_a_made_up_row_is_marked_by_hand(
    copy: Path, found: CorridorReproduction, multiple: float, sign: bool | None, within: bool | None
) -> None:
    table = found.table
    model = table[(table["label"] == "Income a head, corridor") & (table["scenario"] == "cost_cut")]["model"].item()
    (copy / "published" / "section_6.csv").write_text(
        f"item,scenario,value\nincome,cost_cut,{multiple * model!r}\nincome,elsewhere,1e9\n"
    )
    (copy / "reproduction.csv").write_text(
        "item,label,output,select,reading\nincome,Income,income_gap,place=corridor,mean\n"
        "unknown,Others,income_gap,place=region,mean\n"
    )
    made = reproduce_corridor(str(copy), "region").table.set_index(["label", "scenario"])
    row = made.loc[("Income", "cost_cut")]
    assert row["model"] == model
    assert (row["sign_agrees"], row["within_factor"]) == (sign, within)
    # Where nothing was printed for a scenario, the first number that was printed stands beside it.
    assert made.loc[("Income", "major_road")]["published_scenario"] == "cost_cut"
    assert pd.isna(made.loc[("Others", "cost_cut")]["published"])


def test_a_resolution_that_does_not_exist_is_refused() -> None:
    with pytest.raises(CaseError, match=r"'fine' is not allowed; it must be one of 'region', 'full'"):
        reproduce_corridor("pacific-corridor", "fine")
