"""Reading a case: the same from a folder and a workbook, and every fault in it named at once."""

import csv
import pickle
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from cordillera.data import CaseError, bundled_cases, case_engine, read_case
from cordillera.data.corridor import read_corridor
from cordillera.data.layout import column_rules, flow_rules, key_rules, label_names, setting_rules, table_rules
from cordillera.data.template import write_template
from cordillera.data.typed import DOMAINS
from cordillera.engines.cge.build import ALLOCATIONS, DEFLATORS
from cordillera.engines.cge.economy import GROUPS, SKILLS
from cordillera.engines.cge.factors import FAMILIES

TWO_VALLEYS = Path(__file__).parents[1] / "cases" / "two-valleys"


@dataclass(frozen=True)
class Folder:
    """A case as a folder; rows are counted as in a spreadsheet."""

    path: Path

    def rows(self, table: str) -> list[list[str]]:
        with (self.path / table_rules()[table].file).open(newline="") as text:
            return list(csv.reader(text))

    def write(self, table: str, rows: list[list[str]]) -> None:
        with (self.path / table_rules()[table].file).open("w", newline="") as text:
            csv.writer(text).writerows(rows)

    def put(self, table: str, row: int, column: str, value: str) -> None:
        rows = self.rows(table)
        rows[row - 1][rows[0].index(column)] = value
        self.write(table, rows)

    def replace(self, file: str, old: str, new: str) -> None:
        text = (self.path / file).read_text()
        assert text.count(old) == 1
        (self.path / file).write_text(text.replace(old, new))


@dataclass(frozen=True)
class Workbook:
    """The same case as a workbook."""

    path: Path

    def put(self, sheet: str, row: int, column: str, value: object) -> None:
        book = openpyxl.load_workbook(self.path)
        table = book[sheet]
        names = [cell.value for cell in table[1]]
        table.cell(row, names.index(column) + 1).value = value
        book.save(self.path)

    def drop(self, *sheets: str) -> None:
        book = openpyxl.load_workbook(self.path)
        for sheet in sheets:
            del book[sheet]
        book.save(self.path)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(Path(shutil.copytree(TWO_VALLEYS, tmp_path / "valleys")))


@pytest.fixture
def workbook(tmp_path: Path) -> Workbook:
    (path,) = write_template(str(TWO_VALLEYS), tmp_path / "valleys.xlsx")
    return Workbook(path)


def faults(path: Path) -> list[str]:
    with pytest.raises(CaseError) as caught:
        read_case(str(path))
    return [str(fault) for fault in caught.value.faults]


# One cell spoilt: table, row, column, what is written there, and what the fault says after file, row and column.
CELLS = [
    ("sectors", 2, "tariff", "dear", "'dear' is not a number; it must be a number that is not negative"),
    ("sectors", 2, "tariff", "0,5", "write a point for the decimals"),
    ("sectors", 4, "tariff", "-0.1", "-0.1 is not allowed; it must be a number that is not negative"),
    ("sectors", 3, "trade_elasticity", "0", "0 is not allowed; it must be a number above 0"),
    ("sectors", 3, "trade_elasticity", "-2", "-2 is not allowed; it must be a number above 0"),
    ("sectors", 3, "trade_elasticity", "nan", "'nan' is not a number"),
    ("sectors", 3, "trade_elasticity", "", "is blank, but mine is traded"),
    ("sectors", 5, "value_added_share", "1.2", "1.2 is not allowed; it must be a number above 0, at most 1"),
    ("sectors", 5, "family", "servises", "unknown family 'servises'. Did you mean 'services'?"),
    ("sectors", 5, "code", "services", "'services' is the name of a family"),
    ("sectors", 2, "code", "a b", "'a b' is no label"),
    ("sectors", 2, "source", " ", "is blank; say where the numbers of the row come from"),
    ("wages", 2, "wage", "0", "0 is not allowed; it must be a number above 0"),
    ("wages", 2, "region", "nort", "unknown region 'nort'. Did you mean 'north'?"),
    ("employment", 3, "skill", "skiled", "unknown skill 'skiled'. Did you mean 'skilled'?"),
    ("households", 2, "income_elasticity_rural", "0", "0 is not allowed; it must be a number above 0"),
    ("intermediate_mix", 2, "input", "fram", "unknown sector 'fram'. Did you mean 'farm'?"),
    ("macro_sam", 2, "row", "activites", "unknown macro account 'activites'. Did you mean 'activities'?"),
    ("scalars", 2, "plain", "-0.75", "-0.75 is not allowed; it must be a number above 0"),
    ("scalars", 4, "plain", "-1", "-1 is not allowed; it must be a number below -1"),
    ("scalars", 9, "plain", "maybe", "'maybe' is not allowed; it must be True or False"),
    ("scalars", 10, "plain", "cpi", "'cpi' is not allowed. Allowed: none, price_of_capital"),
    ("population", 2, "poor_population", "101", "101 is more than the population of 100"),
    ("factor_shares", 8, "capital", "0", "mine (south) has value added but no capital"),
]


@pytest.mark.parametrize(("table", "row", "column", "value", "words"), CELLS)
def test_a_spoilt_cell_is_named_by_file_row_and_column(
    folder: Folder, table: str, row: int, column: str, value: str, words: str
) -> None:
    folder.put(table, row, column, value)
    found = faults(folder.path)
    place = f"{table_rules()[table].file}, row {row}, {column}: "
    assert any(fault.startswith(place) and words in fault for fault in found), found


@pytest.mark.parametrize(("table", "row", "column", "value", "words"), CELLS[:8])
def test_a_spoilt_cell_of_a_sheet_has_the_same_row(
    workbook: Workbook, table: str, row: int, column: str, value: str, words: str
) -> None:
    workbook.put(table, row, column, value)
    found = faults(workbook.path)
    assert any(fault.startswith(f"sheet {table}, row {row}, {column}: ") and words in fault for fault in found), found


# Something else that is wrong: how the folder is spoilt, and what a fault begins with and holds.
TABLES: list[tuple[str, Callable[[Folder], object], str, str]] = [
    (
        "a table is missing",
        lambda f: (f.path / "economy/land.csv").unlink(),
        "economy/land.csv: ",
        "the file is missing",
    ),
    (
        "a column is missing",
        lambda f: f.write("land", [row[:1] + row[2:] for row in f.rows("land")]),
        "economy/land.csv, row 1, share_of_value_added: ",
        "the column is missing",
    ),
    (
        "a column is misspelt",
        lambda f: f.replace("priors/households.csv", "budget_share_rural", "budget_share_rurel"),
        "priors/households.csv, row 1, budget_share_rural: ",
        "Is it 'budget_share_rurel'?",
    ),
    (
        "a column is not known",
        lambda f: f.write("land", [[*row, "1"] for row in f.rows("land")]),
        "economy/land.csv, row 1, 1: ",
        "is no column of this table",
    ),
    (
        "a row is missing",
        lambda f: f.write("employment", f.rows("employment")[:-1]),
        "economy/employment.csv, region, household, skill: ",
        "there is no row for south, urban, unskilled",
    ),
    (
        "a row stands twice",
        lambda f: f.write("wages", [*f.rows("wages"), f.rows("wages")[2]]),
        "economy/wages.csv, row 8: ",
        "north, semi_skilled stands in row 3 already",
    ),
    (
        "a parameter is missing",
        lambda f: f.write("scalars", [row for row in f.rows("scalars") if row[0] != "rt_vash_south"]),
        "priors/scalars.csv, name: ",
        "there is no row for rt_vash_south",
    ),
    (
        "budget shares do not add up",
        lambda f: f.put("households", 2, "budget_share_rural", "0.9"),
        "priors/households.csv, budget_share_rural: ",
        "rows 2 to 6 add up to 1.5 and should add up to 1",
    ),
    (
        "factor shares do not add up",
        lambda f: f.put("factor_shares", 2, "land", "0.2"),
        "priors/factor_shares.csv, row 2, ",
        "the shares of farm (north) add up to 0.75",
    ),
    (
        "shares of a row do not add up",
        lambda f: (
            [f.put("sectors", row, "row", "services") for row in (5, 6)]
            + [f.put("sectors", 6, "parent", "services")]
            + [f.put("sectors", row, f"group_share_{r}", "0.6") for row in (5, 6) for r in ("north", "south")]
        ),
        "priors/sectors.csv, group_share_north: ",
        "row 'services', rows 5 to 6 add up to 1.2",
    ),
    (
        "an account does not balance",
        lambda f: f.put("macro_sam", 2, "value", "1720"),
        "economy/macro_sam.csv, value: ",
        "activities of north receives 1,720 and pays 1,700",
    ),
    (
        "the regions do not agree",
        lambda f: [f.put("macro_sam", 36, "value", "95")],
        "economy/macro_sam.csv, value: ",
        "north books -10 in savings from regional_linkages, south books 95",
    ),
    (
        "a flow does not exist",
        lambda f: f.put("macro_sam", 2, "column", "households"),
        "economy/macro_sam.csv, row 2, column: ",
        "households pays nothing to activities",
    ),
    (
        "a needed flow is missing",
        lambda f: f.write(
            "macro_sam", [row for row in f.rows("macro_sam") if row[:3] != ["south", "activities", "commodities"]]
        ),
        "economy/macro_sam.csv, region, row, column: ",
        "there is no row for south, activities, commodities",
    ),
    (
        "a flow is negative",
        lambda f: f.put("macro_sam", 4, "value", "-700"),
        "economy/macro_sam.csv, row 4, value: ",
        "-700 is not allowed for intermediate use",
    ),
    (
        "another unit",
        lambda f: [f.put("population", row, "expenditure_per_head", "1") for row in (2, 3)],
        "economy/population.csv, population, expenditure_per_head: ",
        "macro_sam has 780",
    ),
    (
        "wages leave nothing for capital",
        lambda f: [f.put("wages", row, "wage", "20000") for row in (2, 3, 4)],
        "economy/wages.csv, wage: ",
        "they must leave something for capital",
    ),
    (
        "a good goes both ways",
        lambda f: f.put("demand_and_trade", 2, "regional_exports_north_to_south", "5"),
        "priors/demand_and_trade.csv, row 2, ",
        "farm is sold both ways",
    ),
    (
        "regional trade is bought",
        lambda f: f.put("households", 6, "budget_share_urban", "0.01"),
        "priors/households.csv, row 6, budget_share_urban: ",
        "rtrd sells nothing but regional margins",
    ),
    (
        "a region sells what it does not make",
        lambda f: f.put("demand_and_trade", 3, "foreign_exports_north", "5"),
        "priors/demand_and_trade.csv, row 3, foreign_exports_north: ",
        "north sells mine but has no value added in it",
    ),
    (
        "a region buys what it cannot have",
        lambda f: [
            f.put("demand_and_trade", 3, column, "0")
            for column in ("foreign_import_mix", "regional_exports_south_to_north")
        ],
        "priors/demand_and_trade.csv, row 3, ",
        "north buys mine but neither makes it nor gets it",
    ),
    (
        "a sector buys nothing",
        lambda f: f.write("intermediate_mix", [row for row in f.rows("intermediate_mix") if row[0] != "serv"]),
        "priors/intermediate_mix.csv, activity: ",
        "serv has a value-added share of 0.65 but buys nothing",
    ),
    (
        "three regions",
        lambda f: f.replace("case.toml", '["north", "south"]', '["north", "south", "east"]'),
        "case.toml, regions: ",
        "two different labels",
    ),
    (
        "a sector that is none",
        lambda f: f.replace("case.toml", 'mining_sector = "mine"', 'mining_sector = "mines"'),
        "case.toml, mining_sector: ",
        "unknown sector 'mines'. Did you mean 'mine'?",
    ),
    (
        "a set that is none",
        lambda f: f.replace("case.toml", 'default_set = "plain"', 'default_set = "plan"'),
        "case.toml, default_set: ",
        "Did you mean 'plain'?",
    ),
    ("a key is missing", lambda f: f.replace("case.toml", "years = 4", ""), "case.toml, years: ", "the key is missing"),
    (
        "a key is misspelt",
        lambda f: f.replace("case.toml", "currency", "curency"),
        "case.toml, curency: ",
        "Did you mean 'currency'?",
    ),
    ("no TOML", lambda f: f.replace("case.toml", "years = 4", "years = "), "case.toml: ", "line 4"),
    (
        "a shock changes nothing known",
        lambda f: f.replace("scenarios.toml", 'change = "add"', 'change = "plus"'),
        "scenarios.toml, open_mines.shocks[0].change: ",
        "unknown change 'plus'",
    ),
    (
        "another region in a shock",
        lambda f: f.replace("scenarios.toml", 'region = "south"', 'region = "sout"'),
        "scenarios.toml, open_mines.shocks[0].region: ",
        "Did you mean 'south'?",
    ),
    *(
        (
            f"a shock {what}",
            lambda f, old=old, new=new: f.replace("scenarios.toml", old, new),
            f"scenarios.toml, {place}: ",
            words,
        )
        for what, old, new, place, words in (
            ("of nothing", '"tfp_growth", r', '"tfp_grwoth", r', "open_mines.shocks[0].parameter", "'tfp_growth'?"),
            ("of no factor", "value = 0.02", 'value = "tfp_grwth"', "open_mines.shocks[0].value", "'tfp_growth'?"),
            ("of no sector", '["mining"]', '["minin"]', "open_mines.shocks[0].sectors[0]", "Did you mean 'mining'?"),
            ("that is too large", "value = 0.02", "value = 2.0", "open_mines.shocks[0].value", "from -0.5 to 1; tfp"),
            ("without a policy", "[open_mines]", "[baseline]", "baseline", "the run without any policy"),
        )
    ),
    (
        "semicolons",
        lambda f: (f.path / "economy/land.csv").write_text("region;share_of_value_added;source\n"),
        "economy/land.csv, row 1: ",
        "semicolons",
    ),
    (
        "no UTF-8",
        lambda f: (f.path / "economy/land.csv").write_bytes(b"region,share_of_value_added,source\nn\xf6rd,1,x\n"),
        "economy/land.csv: ",
        "UTF-8",
    ),
    ("an empty file", lambda f: (f.path / "economy/land.csv").write_text(""), "economy/land.csv, row 1: ", "no header"),
]


@pytest.mark.parametrize(("spoil", "place", "words"), [case[1:] for case in TABLES], ids=[case[0] for case in TABLES])
def test_a_fault_is_named_when(folder: Folder, spoil: Callable[[Folder], object], place: str, words: str) -> None:
    spoil(folder)
    found = faults(folder.path)
    assert any(fault.startswith(place) and words in fault for fault in found), found


def test_all_faults_are_told_at_once_and_survive_a_process(folder: Folder) -> None:
    for table, row, column, value, _ in CELLS[:3] + CELLS[13:16]:
        folder.put(table, row, column, value)
    folder.put("macro_sam", 2, "value", "1720")
    (folder.path / "economy/land.csv").unlink()
    folder.replace("case.toml", "years = 4", "years = 4.5")
    with pytest.raises(CaseError) as caught:
        read_case(str(folder.path))
    told = str(pickle.loads(pickle.dumps(caught.value)))
    for words in (
        "sectors.csv, row 2, tariff",
        "sectors.csv, row 4, tariff",
        "wages.csv, row 2, region",
        "employment.csv, row 3, skill",
        "land.csv: the file is missing",
        "activities of north",
        "years: ",
    ):
        assert words in told


def test_faults_of_policies_and_of_tables_are_told_together_with_their_rows(workbook: Workbook) -> None:
    workbook.put("wages", 2, "wage", "x")
    workbook.put("scenarios", 2, "parameter", "tfp_grwoth")
    workbook.put("scenarios", 2, "sectors", "mining farms")
    workbook.put("scenarios", 3, "value", "0,01")
    workbook.put("case", 2, "value", "4.5")
    told = "\n".join(faults(workbook.path))
    for words in (
        "sheet wages, row 2, wage: 'x' is not a number",
        "sheet scenarios, row 2, open_mines.shocks[0].parameter: unknown parameter 'tfp_grwoth'",
        "sheet scenarios, row 2, open_mines.shocks[0].sectors[1]: unknown sector 'farms'",
        "sheet scenarios, row 3",
        "write a point for the decimals",
    ):
        assert words in told


def test_a_code_that_is_misspelt_where_it_is_given_is_one_fault(folder: Folder) -> None:
    folder.put("sectors", 3, "code", "minne")
    (fault,) = faults(folder.path)
    assert fault.startswith("priors/sectors.csv, row 3, code: 'minne' stands in no other table, and 'mine' in")


def test_a_workbook_of_another_engine_is_a_fault_of_its_key(workbook: Workbook) -> None:
    book = openpyxl.load_workbook(workbook.path)
    sheet = book["case"]
    (row,) = [cells[0].row for cells in sheet.iter_rows() if cells[0].value == "engine"]
    sheet.cell(row, 2).value = "xx"
    book.save(workbook.path)
    assert "sheet case, engine: 'xx' is not allowed" in faults(workbook.path)[0]


def test_blank_rows_and_columns_do_not_move_the_rows(folder: Folder) -> None:
    rows = folder.rows("wages")
    folder.write("wages", [rows[0], [""] * 4, *rows[1:]])
    read_case(str(folder.path))
    folder.put("wages", 3, "wage", "x")
    assert faults(folder.path)[0].startswith("economy/wages.csv, row 3, wage: ")


def test_the_tables_may_lie_beside_case_toml(folder: Folder) -> None:
    identity = read_case(str(folder.path)).identity
    for file in [*folder.path.glob("economy/*.csv"), *folder.path.glob("priors/*.csv")]:
        file.rename(folder.path / file.name)
    assert read_case(str(folder.path)).identity == identity


@pytest.mark.parametrize("case", [str(TWO_VALLEYS), "peru-2002"], ids=["two-valleys", "peru-2002"])
def test_a_folder_and_its_workbook_are_the_same_case(case: str, tmp_path: Path) -> None:
    (path,) = write_template(case, tmp_path / "copy.xlsx")
    one, two = read_case(case), read_case(str(path))
    assert (one.identity, one.base_identity, one.meta) == (two.identity, two.base_identity, two.meta)
    assert one.scenarios == two.scenarios
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(table, two.tables[name], check_exact=True)


def test_a_missing_sheet_and_a_broken_workbook_are_named(workbook: Workbook) -> None:
    workbook.drop("land", "wages")
    assert [fault.split(":")[1] for fault in faults(workbook.path)] == [
        " the sheet wages is missing",
        " the sheet land is missing",
    ]
    workbook.drop("case")
    assert any("there is no sheet `case`" in fault for fault in faults(workbook.path))
    workbook.path.write_bytes(b"PK nothing")
    assert "cannot be read as an .xlsx workbook" in faults(workbook.path)[0]


def test_a_formula_without_a_value_is_a_blank_cell(workbook: Workbook) -> None:
    workbook.put("wages", 2, "wage", "=1+1")
    assert faults(workbook.path) == ["sheet wages, row 2, wage: is blank; it must be a number above 0"]


def test_texts_and_labels_of_policies_decide_no_number(folder: Folder) -> None:
    before = read_case(str(folder.path))
    folder.put("wages", 2, "source", "another book")
    folder.replace("case.toml", "Made up for tests", "Made up elsewhere")
    folder.replace("scenarios.toml", "New mines", "More mines")
    assert read_case(str(folder.path)).identity == before.identity
    folder.replace("scenarios.toml", "value = 0.02", "value = 0.03")
    after = read_case(str(folder.path))
    assert after.identity != before.identity
    assert after.base_identity == before.base_identity
    folder.put("wages", 2, "wage", "6001")
    assert read_case(str(folder.path)).base_identity != before.base_identity


def test_a_case_that_does_not_exist_is_told_with_those_that_do(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="Did you mean 'peru-2002'"):
        read_case("peru-2020")
    with pytest.raises(CaseError, match="no such case"):
        read_case(str(tmp_path))


def test_every_bundled_case_is_without_fault() -> None:
    readers = {"cge": read_case, "spatial": read_corridor}
    assert list(bundled_cases())
    for name in bundled_cases():
        assert readers[case_engine(name)](name).name == name


def test_a_case_of_another_engine_is_told_so() -> None:
    with pytest.raises(CaseError, match="belongs to the engine 'spatial'"):
        read_case("pacific-corridor")


def test_the_layout_and_the_engine_know_the_same_labels() -> None:
    assert (label_names("skill"), label_names("group"), label_names("family")) == (SKILLS, GROUPS, FAMILIES)
    rules = setting_rules(("one", "two"))
    assert set(rules["allocation"].kind.split("|")) == set(ALLOCATIONS)
    assert set(rules["profit_deflator"].kind.split("|")) == set(DEFLATORS)


def test_every_rule_of_the_layout_has_a_kind_that_is_known_and_a_meaning() -> None:
    labels = {"new_label", "sector", "row", "region", "group", "skill", "family", "macro_account", "setting", "value"}
    for table in table_rules():
        for rule in column_rules(table):
            assert rule.kind in {*DOMAINS, *labels, "text", "source"}
            assert rule.meaning
    assert all(rule.sign in DOMAINS and rule.meaning for rule in flow_rules().values())
    assert all(rule.meaning for rule in [*key_rules().values(), *setting_rules(("one", "two")).values()])
