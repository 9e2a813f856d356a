"""What `analyze` and `check` say of studies in special cases: no claims, no results, a line that nobody has run yet."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command import cordillera
from cordillera.data.case import bundled_cases
from cordillera.sweeps import open_store

STUDY = """
name = "waves"
engine = "ishigami"
scenarios = [{ name = "own", label = "My policy", shocks = [{ parameter = "b", change = "times", value = 2 }] }]
design = { method = "sobol", samples = 16, seed = 3 }
outputs = ["y"]
factors.x1 = { distribution = "uniform", low = -3.0, high = 3.0 }
"""


def words(text: str) -> str:
    return " ".join(text.split())


def test_a_study_without_claims_is_told_its_ranges_and_how_to_add_one(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(STUDY, encoding="utf-8")
    store = tmp_path / "own.zarr"
    made = cordillera("run", tmp_path / "own.toml", "--out", store, "--cluster", "serial")
    assert made.exit_code == 0, made.stderr
    result = cordillera("analyze", store)
    assert result.exit_code == 0, result.stderr
    assert "y: difference from the baseline" in words(result.stdout)
    assert "median" in result.stdout
    assert "Add a table [[claims]]" in words(result.stderr)
    claim = '[[claims]]\nname = "It rises"\noutput = "y"\nscenario = "own"\nrelative_to = "baseline"\nholds = "> 0"\n'
    (tmp_path / "own.toml").write_text(STUDY + claim, encoding="utf-8")
    assert cordillera("run", tmp_path / "own.toml", "--out", store, "--cluster", "serial").exit_code == 0
    later = cordillera("analyze", store)
    assert "It rises" in later.stdout
    assert "[[claims]]" not in later.stderr


LINE = '{"type": "LineString", "coordinates": [[-70.34, -18.48], [-68.15, -16.5]]}'


def test_a_new_line_is_told_the_time_of_its_costs_as_an_estimate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "line.geojson").write_text(LINE, encoding="utf-8")
    assert cordillera("corridor", tmp_path / "line.geojson", "--out", tmp_path / "mine").exit_code == 0
    fresh = cordillera("check", tmp_path / "mine" / "study.toml")
    assert fresh.exit_code == 0, fresh.stderr
    assert "once, before the runs, for costs that they share (an estimate)" in words(fresh.stdout)
    bundled = cordillera("check", "corridor-returns")
    assert "an estimate" not in bundled.stdout


VALLEYS = Path(__file__).parents[1] / "cases" / "two-valleys"


def test_a_design_too_small_to_rank_assumptions_shows_everything_else(tmp_path: Path) -> None:
    study = STUDY.replace('{ method = "sobol", samples = 16, seed = 3 }', '{ method = "quadrature", rule = "stroud" }')
    (tmp_path / "own.toml").write_text(study, encoding="utf-8")
    store = tmp_path / "own.zarr"
    assert cordillera("run", tmp_path / "own.toml", "--out", store, "--cluster", "serial").exit_code == 0
    shown = cordillera("analyze", store)
    assert shown.exit_code == 0, shown.stderr
    assert "mean standard deviation" in words(shown.stdout)
    assert "A quadrature gives means and standard deviations and ranks no assumption" in words(shown.stderr)
    record = json.loads(cordillera("analyze", store, "--json").stdout)
    assert record["carriers"] == {}
    assert "ranks no assumption" in record["carriers_lacking"]
    (line,) = record["moments"]["y"]
    assert line["scenario"] == "own"
    points = open_store(store).output("y").diff("scenario").values.ravel()
    assert line["mean"] == pytest.approx(points.mean(), abs=1e-12)
    assert line["standard_deviation"] == pytest.approx(points.std(), abs=1e-12)


def test_policies_without_a_headline_are_shown_with_their_ranges(tmp_path: Path) -> None:
    study = """
name = "own"
engine = "cge"
case = "peru-2002"
outputs = ["gdp_growth"]
design = { method = "latin", samples = 4, seed = 3 }
[scenarios.social_transfers]
[scenarios.flat]
label = "A flat tariff"
shocks = [{ parameter = "tariff", change = "set", value = 0.1 }]
[factors.frisch]
distribution = "uniform"
low = 0.6
high = 1.4
"""
    (tmp_path / "own.toml").write_text(study, encoding="utf-8")
    store = tmp_path / "own.zarr"
    assert cordillera("run", tmp_path / "own.toml", "--out", store, "--cluster", "serial").exit_code == 0
    shown = words(cordillera("analyze", store, "--output", "gdp_growth").stdout)
    assert "Headlines" in shown
    ranges = words(cordillera("analyze", store).stdout).partition("gdp_growth: difference from the baseline")[2]
    assert "flat National" in ranges
    assert "social_transfers National" not in ranges.partition("carries")[0]
    (line,) = [
        one
        for one in json.loads(cordillera("analyze", store, "--json").stdout)["bands"].get("gdp_growth", [])
        if (one["scenario"], one["cell"]) == ("flat", "National")
    ] or [None]
    growth = open_store(store).output("gdp_growth").sel(region="national")
    gain = (growth.sel(scenario="flat") - growth.sel(scenario="baseline")).values
    assert line["q50"] == pytest.approx(np.median(gain), abs=1e-12)


@pytest.mark.parametrize("arguments", [(), ("--set", "plain"), ("--json",)])
def test_a_case_without_published_tables_has_nothing_to_be_set_beside(arguments: tuple[str, ...]) -> None:
    result = cordillera("reproduce", VALLEYS, *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "two-valleys has no published tables: there is nothing to set it beside" in words(result.stderr)
    assert "fault of Cordillera" not in words(result.stderr)


def published_copy(folder: Path, single: bool) -> Path:
    """A copy of the bundled case with a name of its own, its default set `base-year` alone or beside `mine`."""
    shutil.copytree(bundled_cases()["peru-2002"], folder)
    scalars = pd.read_csv(folder / "priors" / "scalars.csv", dtype=str)
    scalars = scalars.drop(columns="base_year") if single else scalars
    scalars.rename(columns={"inferred": "mine"}).to_csv(folder / "priors" / "scalars.csv", index=False)
    text = (folder / "case.toml").read_text(encoding="utf-8")
    assert 'default_set = "inferred"' in text
    text = text.replace('default_set = "inferred"', 'default_set = "mine"')
    (folder / "case.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("single", "beside"), [(True, set()), (False, {"base-year"})])
def test_the_default_set_of_a_case_is_taken_and_base_year_stands_beside_it(
    single: bool, beside: set[str], tmp_path: Path
) -> None:
    result = cordillera("reproduce", published_copy(tmp_path / "own", single), "--json")
    assert result.exit_code == 0, result.stderr
    record = json.loads(result.stdout)
    assert record["set"] == "mine"
    assert set(record["beside"]) == beside


def test_a_case_that_lacks_one_published_table_is_told_which(tmp_path: Path) -> None:
    folder = published_copy(tmp_path / "own", False)
    (folder / "published" / "table_5.csv").unlink()
    result = cordillera("reproduce", folder)
    assert result.exit_code == 2
    assert "has no published/table_5.csv" in words(result.stderr)


def test_the_base_year_and_policies_without_a_published_result_stand_beside_the_tables(tmp_path: Path) -> None:
    result = cordillera("reproduce", "peru-2002", "--out", tmp_path / "tables")
    assert result.exit_code == 0, result.stderr
    base = pd.read_csv(tmp_path / "tables" / "base_year.csv")
    assert base["table"].value_counts().to_dict() == {"table_3": 28, "table_4": 52, "table_5": 12, "table_6": 10}
    known = base.dropna(subset="model")
    assert len(known) == 88
    assert (known["difference"].abs() <= 0.005 * known["published"].abs()).all()
    rest = pd.read_csv(tmp_path / "tables" / "unpublished.csv").set_index(["scenario", "region"])
    assert set(rest.index.get_level_values("scenario")) == {"transaction_cost_cut", "transaction_cost_cut_7"}
    # The larger cut moves every region further.
    large, small = rest.loc["transaction_cost_cut"]["difference"], rest.loc["transaction_cost_cut_7"]["difference"]
    assert (large.abs() > small.abs()).all()
    assert "Lower regional margins" in result.stdout


def test_what_a_set_does_not_give_back_is_told_of_that_set_alone() -> None:
    told = json.loads(cordillera("reproduce", "peru-2002", "--json").stdout)
    assert len(told["unexplained"]) == 3
    assert told["beside"]["base-year"]["unexplained"] == []
