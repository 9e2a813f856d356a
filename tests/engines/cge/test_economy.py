"""Another economy than Peru: other labels, five sectors, a region without mining, and no trade between the regions."""

import csv
import shutil
from pathlib import Path

import cordillera
import numpy as np
import pytest
from cordillera.data import CaseError, read_case
from cordillera.data.layout import setting_rules
from cordillera.data.template import write_template
from cordillera.engines import Draws
from cordillera.engines.cge.build import Economy, MatrixBuilder
from cordillera.engines.cge.economy import Settings
from cordillera.engines.cge.engine import CgeEngine
from cordillera.engines.cge.factors import columns, list_factors
from cordillera.engines.cge.policy import read_scenarios
from cordillera.engines.cge.scenario import schedule
from cordillera.engines.cge.settings import read_settings

TWO_VALLEYS = Path(__file__).parents[2] / "cases" / "two-valleys"


class Watched(dict):
    """Settings that remember which of them were asked for."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.read: set[str] = set()

    def __getitem__(self, key: str) -> float | str | bool:
        self.read.add(key)
        return super().__getitem__(key)


def economy(case: str) -> Economy:
    loaded = read_case(case)
    return Economy(loaded, read_settings(loaded, None, {}))


@pytest.fixture(scope="module")
def valleys() -> CgeEngine:
    return cordillera.engine("cge", case=str(TWO_VALLEYS))


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same economy without trade between its regions, whose regional trade carries foreign exports only."""
    folder = Path(shutil.copytree(TWO_VALLEYS, tmp_path_factory.mktemp("apart") / "valleys"))
    rewrite(
        folder / "economy/macro_sam.csv",
        lambda row: None if {"commodities", "regional_linkages"} == set(row[1:3]) else row,
    )
    values = {
        ("regional_trade", "north"): "0",
        ("services", "north"): "600",
        ("regional_trade", "south"): "10",
        ("services", "south"): "250",
    }
    rewrite(folder / "economy/value_added.csv", lambda row: [*row[:2], values.get((row[0], row[1]), row[2]), *row[3:]])
    rewrite(
        folder / "priors/demand_and_trade.csv", lambda row: row if row[0] == "code" else [*row[:7], "0", "0", row[9]]
    )
    return str(folder)


def rewrite(file: Path, change) -> None:
    with file.open(newline="") as text:
        rows = [changed for row in csv.reader(text) if (changed := change(row)) is not None]
    with file.open("w", newline="") as text:
        csv.writer(text).writerows(rows)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('["mining"]', '["minin"]', r"open_mines\.shocks\[0\]\.sectors\[0\].*Did you mean 'mining'"),
        ('region = "south",', 'region = "south", first_year = 5,', r"shocks\[0\]\.first_year.*5 is after.*from 1 to 4"),
        ('"tfp_growth", region', '"tariff", region', r"shocks\[0\]\.region.*tariff has no region"),
    ],
)
def test_a_policy_that_acts_where_or_when_it_cannot_is_a_fault_of_the_case(
    before: str, after: str, words: str, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(TWO_VALLEYS, tmp_path / "valleys"))
    text = (folder / "scenarios.toml").read_text(encoding="utf-8")
    assert before in text
    (folder / "scenarios.toml").write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(CaseError, match=words):
        cordillera.engine("cge", str(folder))


def test_its_labels_name_dimensions_households_and_settings(valleys: CgeEngine) -> None:
    assert valleys.coords["region"] == ("national", "north", "south")
    assert valleys.coords["household"] == ("north_rural", "north_urban", "south_rural", "south_urban")
    assert valleys.coords["flow"] == ("from_north", "from_south")
    assert "armington_farm" in valleys.factors
    assert "rt_vash_south" in valleys.settings


def test_it_solves_under_its_own_policies_with_numbers_everywhere(valleys: CgeEngine) -> None:
    results = valleys.solve({}, list(valleys.scenarios))
    assert all(np.isfinite(results[name]).all() for name in results)
    growth = results["gdp_growth"]
    gain = growth.sel(scenario="open_mines") - growth.sel(scenario="baseline")
    assert gain.sel(region="south") > gain.sel(region="north")
    trade = results["regional_trade_price"].sel(region="national")
    assert trade.sel(scenario="cheaper_trade") < trade.sel(scenario="baseline")


def test_what_a_region_does_not_make_is_zero_and_does_not_grow(valleys: CgeEngine) -> None:
    results = valleys.solve({}, [])
    assert (results["sector_gdp"].sel(region="north", sector="mine") == 0.0).all()
    assert (results["sector_growth"].sel(region="north", row="mining") == 0.0).all()
    assert (results["sector_gdp"].sel(region="south", sector="mine") > 0.0).all()


@pytest.mark.parametrize("allocation", ["current", "lagged"])
def test_a_region_without_mining_has_one_type_of_capital(allocation: str) -> None:
    engine = cordillera.engine("cge", case=str(TWO_VALLEYS), allocation=allocation, mining_type=True)
    assert np.isfinite(engine.solve({}, [], ["gdp_growth"])["gdp_growth"]).all()


def test_regions_may_trade_with_the_world_only(apart: str) -> None:
    engine = cordillera.engine("cge", case=apart)
    results = engine.solve({}, ["open_mines"])
    assert all(np.isfinite(results[name]).all() for name in results)
    assert (results["regional_exports"] == 0.0).all()
    assert (results["exports"].sel(region="south") > 0.0).all()


def test_a_sector_may_buy_nothing(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(TWO_VALLEYS, tmp_path / "valleys"))
    rewrite(folder / "priors/sectors.csv", lambda row: [*row[:6], "1", *row[7:]] if row[0] == "farm" else row)
    rewrite(folder / "priors/intermediate_mix.csv", lambda row: None if row[0] == "farm" else row)
    results = cordillera.engine("cge", case=str(folder)).solve({}, [])
    assert all(np.isfinite(results[name]).all() for name in results)


def test_a_workbook_gives_the_results_of_its_folder(valleys: CgeEngine, tmp_path: Path) -> None:
    (book,) = write_template(str(TWO_VALLEYS), tmp_path / "valleys.xlsx")
    other = cordillera.engine("cge", case=str(book))
    assert other.identity == valleys.identity
    one, two = (engine.solve({"migration_elasticity": 0.3}, ["open_mines"]) for engine in (valleys, other))
    assert all(one[name].values.tobytes() == two[name].values.tobytes() for name in one)


def test_peru_from_a_workbook_has_the_same_bits(tmp_path: Path) -> None:
    (book,) = write_template("peru-2002", tmp_path / "peru.xlsx")
    one, two = economy("peru-2002"), economy(str(book))
    assert one.identity == two.identity
    made, read = one.balanced(3), two.balanced(3)
    for name in made.__dataclass_fields__:
        assert getattr(made, name).tobytes() == getattr(read, name).tobytes()
    for mine, theirs in zip(one.calibrated(made), two.calibrated(read), strict=True):
        assert np.asarray(mine).tobytes() == np.asarray(theirs).tobytes()


def test_the_trade_pattern_picks_columns_where_they_exist() -> None:
    case = read_case("peru-2002")
    base, inferred = (
        Economy(case, read_settings(case, None, {"trade_pattern": pattern})).priors for pattern in ("base", "inferred")
    )
    demand = case.tables["demand_and_trade"]
    np.testing.assert_array_equal(base.exports[1], demand["foreign_exports_inland"])
    np.testing.assert_array_equal(inferred.exports[1], demand["foreign_exports_inland_inferred"])
    np.testing.assert_array_equal(base.exports[0], inferred.exports[0])


def test_the_matrices_are_known_by_the_settings_that_the_base_year_reads() -> None:
    case = read_case("peru-2002")
    watched = Watched(read_settings(case, None, {}))
    peru = Economy(case, watched)
    peru.calibrated(peru.balanced(0))
    assert watched.read == {name for name, rule in setting_rules(peru.sets.regions).items() if rule.matrix}


def test_a_case_must_have_every_setting_that_the_model_reads() -> None:
    case = read_case("peru-2002")
    watched = Watched(read_settings(case, None, {}))
    peru = Economy(case, watched)
    matrix = MatrixBuilder(peru, (0,))(0)
    factors = list_factors(peru.sets, watched, 1)
    draw = columns(factors, Draws((), np.zeros((1, 0))))
    for scenario in read_scenarios(case).values():
        schedule(peru.sets, watched, matrix.benchmark, 10, draw, scenario)
    assert peru.rules
    assert watched.read <= {name for name, rule in setting_rules(peru.sets.regions).items() if rule.required}


def test_a_switch_that_would_do_nothing_is_refused() -> None:
    with pytest.raises(CaseError, match="mining_type: does nothing under the allocation 'inertia'"):
        cordillera.engine("cge", mining_type=True)
    assert cordillera.engine("cge", mining_type=True, allocation="lagged").settings["mining_type"]
