"""What a run reports: the central run number by number, and outputs by what they are called."""

import csv
from pathlib import Path

import numpy as np
import pytest
from cordillera.engines.spatial.outputs import GAPS, LEVELS, list_outputs

CENTRAL_RUN = Path(__file__).with_name("central_run.csv")


@pytest.fixture(scope="module")
def central(corridor):
    return corridor.solve({}, list(corridor.scenarios))


def number(text: str) -> int | str:
    return int(text) if text.isdigit() else text


def test_the_central_run_has_the_numbers_of_its_version(corridor, central) -> None:
    """If they are meant to change, the version of the numbers rises and the table is written anew."""
    assert corridor.numbers_version == 3
    with CENTRAL_RUN.open(newline="") as text:
        rows = list(csv.DictReader(text))
    assert len(rows) > 500
    wrong = []
    for row in rows:
        array = central[row["output"]].sel(scenario=row["scenario"])
        for part in row["labels"].split(";") if row["labels"] else ():
            dimension, label = part.split("=")
            array = array.sel({dimension: number(label) if dimension in ("year", "percentage") else label})
        if not np.isclose(float(array), float(row["value"]), rtol=1e-9, atol=1e-9):
            wrong.append((row["output"], row["scenario"], row["labels"], float(array), row["value"]))
    assert wrong == []


def test_the_table_of_the_central_run_holds_every_gap_at_every_place(corridor) -> None:
    with CENTRAL_RUN.open(newline="") as text:
        held = {(row["output"], row["scenario"], row["labels"]) for row in csv.DictReader(text)}
    for gap in GAPS:
        for scenario in corridor.scenarios:
            for place in corridor.coords["place"]:
                assert (f"{gap}_gap", scenario, f"place={place}") in held


def test_means_by_place_are_those_of_the_maps(corridor, central) -> None:
    for name, cells in corridor.places[False].groups.items():
        for gap in GAPS:
            mapped = central[f"{gap}_gap_map"].values[:, cells].mean(axis=1)
            np.testing.assert_allclose(central[f"{gap}_gap"].sel(place=name), mapped, rtol=1e-5, atol=1e-5)


def test_tails_are_those_of_income_in_the_first_year(central) -> None:
    income = central["income"].sel(scenario="baseline", year=0).values
    order = np.argsort(income, kind="stable")
    gaps = central["income_gap_map"].sel(scenario="cost_cut").values
    for place, cells in (("poorest_20", order[:20]), ("richest_20", order[-20:])):
        found = float(central["income_gap"].sel(scenario="cost_cut", place=place))
        assert found == pytest.approx(gaps[cells].mean(), rel=1e-5)


def test_dilution_is_the_gap_of_the_region_over_that_of_the_line(central) -> None:
    found = central["dilution"].sel(scenario="cost_cut")
    for gap in GAPS:
        of = central[f"{gap}_gap"].sel(scenario="cost_cut")
        wanted = float(of.sel(place="region")) / float(of.sel(place="corridor"))
        assert float(found.sel(measure=gap)) == pytest.approx(wanted, rel=1e-12)


def test_indices_of_the_spread_follow_from_the_levels_of_the_last_year(corridor, central) -> None:
    last = central.isel(year=-1).sel(scenario="cost_cut")
    product = np.sort((last["income"] * last["population"]).values.astype(float))
    shares = np.concatenate([[0.0], np.cumsum(product) / product.sum()])
    gini = 1.0 - (shares[1:] + shares[:-1]).sum() / len(product)
    assert float(last["gini"].sel(area="region")) == pytest.approx(gini, rel=1e-5)
    half = np.interp(0.5, np.linspace(0, 1, len(shares)), shares)
    assert float(last["lorenz"].sel(area="region", percentage=50)) == pytest.approx(half, rel=1e-5)


def test_nobody_has_moved_and_nothing_has_grown_before_the_first_year(central) -> None:
    for name in ("movers", "world_growth"):
        assert (central[name].sel(year=0) == 0).all()
        assert (central[name].sel(year=slice(1, None)) > 0).all()


def test_outputs_in_money_are_there_where_a_case_has_money(corridor, small) -> None:
    money = set(list_outputs(True)) - set(list_outputs(False))
    assert money == {"gain_dollars", "benefit_over_cost", "annual_return"}
    assert money <= set(corridor.outputs)
    assert not money & set(small.outputs)


def test_every_output_has_a_unit_a_label_and_dimensions_with_labels(corridor) -> None:
    assert {name for name, *_ in LEVELS} <= set(corridor.outputs)
    for name, output in corridor.outputs.items():
        assert output.name == name
        assert output.unit, name
        assert output.label, name
        assert set(output.dims) <= set(corridor.coords), name
