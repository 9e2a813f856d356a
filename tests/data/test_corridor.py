"""Reading a case of the spatial model: every fault in it named at once."""

import csv
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from cordillera.data import CaseError, bundled_cases, case_engine
from cordillera.data.corridor import ROAD_ARRAYS, WORLD_ARRAYS, is_location, read_corridor
from cordillera.data.corridor_tables import MONEY, cell_label

BUNDLED = bundled_cases()["pacific-corridor"]
TABLES = ("case.toml", "corridor.csv", "region.csv", "places.csv", "money.csv", "scenarios.toml")


@dataclass(frozen=True)
class Folder:
    """A case as a folder; rows are counted as in a spreadsheet."""

    path: Path

    def rows(self, file: str) -> list[list[str]]:
        with (self.path / file).open(newline="", encoding="utf-8") as text:
            return list(csv.reader(text))

    def write(self, file: str, rows: list[list[str]]) -> None:
        with (self.path / file).open("w", newline="", encoding="utf-8") as text:
            csv.writer(text).writerows(rows)

    def put(self, file: str, row: int, column: str, value: str) -> None:
        rows = self.rows(file)
        rows[row - 1][rows[0].index(column)] = value
        self.write(file, rows)

    def drop_column(self, file: str, column: str) -> None:
        rows = self.rows(file)
        place = rows[0].index(column)
        self.write(file, [row[:place] + row[place + 1 :] for row in rows])

    def keep(self, file: str, count: int) -> None:
        self.write(file, self.rows(file)[: count + 1])

    def replace(self, file: str, old: str, new: str) -> None:
        text = (self.path / file).read_text(encoding="utf-8")
        assert text.count(old) == 1
        (self.path / file).write_text(text.replace(old, new), encoding="utf-8")

    def faults(self) -> list[str]:
        with pytest.raises(CaseError) as caught:
            read_corridor(str(self.path))
        return [str(fault) for fault in caught.value.faults]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """The bundled case with its world by name."""
    path = tmp_path / "mine"
    path.mkdir()
    for file in TABLES:
        shutil.copy(BUNDLED / file, path / file)
    made = Folder(path)
    made.replace("case.toml", 'engine = "spatial"', 'engine = "spatial"\nworld = "pacific-corridor"')
    return made


@pytest.fixture
def own_world(folder: Folder) -> Folder:
    """The same with a world of its own."""
    for file in ("world.npz", "osm_roads.npz"):
        shutil.copy(BUNDLED / file, folder.path / file)
    folder.replace("case.toml", 'world = "pacific-corridor"\n', "")
    return folder


def test_the_bundled_case_is_read() -> None:
    case = read_corridor("pacific-corridor")
    assert len(case.corridor) == len(case.finished) == 32
    assert len(set(case.corridor.tolist())) == 32
    assert set(case.corridor.tolist()) < set(case.region.tolist())
    assert is_location(case.grid).ravel()[case.region].all()
    assert set(case.money) == set(MONEY)
    assert list(case.scenarios) == ["major_road", "cost_cut"]
    assert set(case.grid) == {*WORLD_ARRAYS, *ROAD_ARRAYS}
    assert [cell_label(cell) for cell in (case.corridor[0], 90 * 360 + 180)] == ["19.5N 98.5W", "0.5S 0.5E"]


def test_a_case_with_a_bundled_world_is_the_same_case(folder: Folder) -> None:
    one, two = read_corridor(str(folder.path)), read_corridor("pacific-corridor")
    assert (one.identity, one.world_identity) == (two.identity, two.world_identity)
    assert one.name == "mine"


def test_a_world_of_its_own_that_says_the_same_is_the_same(own_world: Folder) -> None:
    assert read_corridor(str(own_world.path)).world_identity == read_corridor("pacific-corridor").world_identity


def test_the_line_goes_in_the_order_of_its_numbers_and_the_region_by_cell(folder: Folder) -> None:
    rows = folder.rows("corridor.csv")
    folder.write("corridor.csv", [rows[0], *rows[:0:-1]])
    regional = folder.rows("region.csv")
    folder.write("region.csv", [regional[0], *regional[:0:-1]])
    one, two = read_corridor(str(folder.path)), read_corridor("pacific-corridor")
    np.testing.assert_array_equal(one.corridor, two.corridor)
    np.testing.assert_array_equal(one.finished, two.finished)
    np.testing.assert_array_equal(one.region, two.region)
    np.testing.assert_array_equal(one.home, two.home)
    assert one.identity == two.identity


CHANGES = {
    "the years": lambda folder: folder.replace("case.toml", "years = 20", "years = 21"),
    "the mode": lambda folder: folder.replace("case.toml", 'mode = "road"', 'mode = "rail"'),
    "a finished cell": lambda folder: folder.put("corridor.csv", 2, "finished", "no"),
    "a home": lambda folder: folder.put("region.csv", 2, "home", "yes"),
    "money": lambda folder: folder.put("money.csv", 2, "value", "900"),
    "a shock": lambda folder: folder.replace("scenarios.toml", 'value = "cost_cut"', "value = 0.2"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_decides_the_numbers_decides_the_identity(folder: Folder, change: str) -> None:
    before = read_corridor(str(folder.path))
    CHANGES[change](folder)
    after = read_corridor(str(folder.path))
    assert after.identity != before.identity
    assert after.world_identity == before.world_identity


def test_words_do_not_decide_the_identity(folder: Folder) -> None:
    before = read_corridor(str(folder.path)).identity
    folder.replace("case.toml", "base_year = 2000", "base_year = 2000\n# A remark")
    folder.replace("scenarios.toml", "Two more lanes", "Wider")
    assert read_corridor(str(folder.path)).identity == before


# One cell spoilt: file, row, column, what is written there, and what the fault says after file and row.
CELLS = [
    ("corridor.csv", 3, "latitude", "north", "'north' is not a number"),
    ("corridor.csv", 3, "latitude", "nan", "'nan' is not a finite number"),
    ("corridor.csv", 3, "latitude", "95", "is not on the globe"),
    ("corridor.csv", 3, "longitude", "-190", "is not on the globe"),
    ("corridor.csv", 3, "longitude", "-130.5", "19.5N 130.5W is no location of the model"),
    ("corridor.csv", 3, "longitude", "-98.5", "the cell 19.5N 98.5W stands here twice"),
    ("corridor.csv", 4, "finished", "maybe", "'maybe' is not allowed; it must be yes or no"),
    ("corridor.csv", 4, "finished", "", "'' is not allowed; it must be yes or no"),
    ("corridor.csv", 4, "order", "third", "'third' is not a number"),
    ("region.csv", 5, "home", "1", "'1' is not allowed; it must be yes or no"),
    ("region.csv", 5, "latitude", "0.5", "is no location of the model"),
    ("region.csv", 5, "longitude", "inf", "'inf' is not a finite number"),
    ("places.csv", 2, "latitude", "48.5", "is no"),
    ("money.csv", 2, "value", "-880", "'-880' is not allowed; it must be positive"),
    ("money.csv", 2, "value", "much", "'much' is not a number"),
    ("money.csv", 2, "item", "annual_cots", "unknown item 'annual_cots'. Did you mean 'annual_cost'?"),
]


@pytest.mark.parametrize(("file", "row", "column", "value", "words"), CELLS)
def test_a_spoilt_cell_is_named_by_file_and_row(
    folder: Folder, file: str, row: int, column: str, value: str, words: str
) -> None:
    folder.put(file, row, column, value)
    found = folder.faults()
    named = [fault for fault in found if fault.startswith(f"{file}, row {row}") and words in fault]
    assert named, found


@pytest.mark.parametrize("name", ["corridor", "region", "poorest_20", "", "panama_city"])
def test_a_city_with_the_name_of_another_group_or_none_is_named(folder: Folder, name: str) -> None:
    folder.put("places.csv", 2, "place", name)
    assert any("places.csv" in fault for fault in folder.faults())


def test_a_city_outside_the_region_is_named(folder: Folder) -> None:
    folder.put("places.csv", 2, "latitude", "48.5")
    folder.put("places.csv", 2, "longitude", "2.5")
    assert folder.faults() == ["places.csv, row 2: the cell 48.5N 2.5E is not in region.csv"]


SPOILT: dict[str, tuple[Callable[[Folder], object], str]] = {
    "no corridor": (lambda folder: (folder.path / "corridor.csv").unlink(), "corridor.csv: cannot be read"),
    "no region": (lambda folder: (folder.path / "region.csv").unlink(), "region.csv: cannot be read"),
    "no column": (lambda folder: folder.drop_column("corridor.csv", "finished"), "finished: the column is missing"),
    "an empty line": (lambda folder: folder.keep("corridor.csv", 0), "corridor.csv: lists no cell"),
    "cells outside": (lambda folder: (folder.keep("region.csv", 250), (folder.path / "places.csv").unlink()), "lacks"),
    "no sum": (lambda folder: folder.keep("money.csv", 2), "money.csv: has no row for gdp_home"),
    "no home": (
        lambda folder: folder.write("region.csv", [[*row[:-1], row[-1].replace("yes", "no")]
                                                   for row in folder.rows("region.csv")]), "marks no cell as home",
    ),
    "an unknown key": (
        lambda folder: folder.replace("case.toml", "years = 20", "years = 20\nmod = 3"), "Did you mean 'mode'",
    ),
    "no key": (lambda folder: folder.replace("case.toml", "base_year = 2000\n", ""), "base_year: the key is missing"),
    "years as a text": (
        lambda folder: folder.replace("case.toml", "years = 20", 'years = "20"'), "'20' is not allowed",
    ),
    "no years": (lambda folder: folder.replace("case.toml", "years = 20", "years = 0"), "0 is not allowed"),
    "an unknown mode": (
        lambda folder: folder.replace("case.toml", 'mode = "road"', 'mode = "rode"'), "Did you mean 'road'",
    ),
    "an unknown world": (
        lambda folder: folder.replace("case.toml", 'world = "pacific-corridor"', 'world = "pacific"'),
        "unknown world 'pacific'",
    ),
    "a world elsewhere": (
        lambda folder: folder.replace("case.toml", 'world = "pacific-corridor"', 'world = "../cases/pacific-corridor"'),
        "unknown world '../cases/pacific-corridor'",
    ),
    "no TOML": (lambda folder: (folder.path / "case.toml").write_text("= 3"), "case.toml: cannot be read"),
    "no TOML of policies": (
        lambda folder: (folder.path / "scenarios.toml").write_text("= 3"), "scenarios.toml: cannot be read",
    ),
    "a change that does not exist": (
        lambda folder: folder.replace("scenarios.toml", 'change = "add", value = "cost_cut"',
                                      'change = "ad", value = "cost_cut"'), "unknown change 'ad'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", SPOILT)
def test_a_fault_of_a_case_is_named(folder: Folder, fault: str) -> None:
    spoil, words = SPOILT[fault]
    spoil(folder)
    found = folder.faults()
    assert any(words in one for one in found), found


def test_a_region_that_is_the_line_alone_is_refused(folder: Folder) -> None:
    rows = folder.rows("corridor.csv")
    head = rows[0]
    cells = [[row[head.index(name)] for name in ("latitude", "longitude", "country")] for row in rows[1:]]
    folder.write("region.csv", [["latitude", "longitude", "country", "home"], *([*cell, "yes"] for cell in cells)])
    (folder.path / "places.csv").unlink()
    assert folder.faults() == ["region.csv: must hold other cells than those of the corridor"]


def test_faults_of_several_tables_are_told_at_once(folder: Folder) -> None:
    folder.put("corridor.csv", 3, "latitude", "north")
    folder.put("corridor.csv", 5, "finished", "si")
    folder.put("region.csv", 7, "home", "2")
    folder.put("money.csv", 3, "value", "-1")
    folder.replace("scenarios.toml", 'label = "Two more lanes"\n', "")
    folder.replace("case.toml", 'mode = "road"', 'mode = "rial"')
    found = folder.faults()
    for words in (
        "case.toml, mode",
        "corridor.csv, row 3",
        "corridor.csv, row 5",
        "region.csv, row 7",
        "money.csv, row 3",
        "scenarios.toml",
    ):
        assert any(fault.startswith(words) for fault in found), (words, found)


@pytest.mark.parametrize("file", ["world.npz", "osm_roads.npz"])
def test_a_world_that_is_cut_short_or_missing_is_named(own_world: Folder, file: str) -> None:
    whole = (own_world.path / file).read_bytes()
    (own_world.path / file).write_bytes(whole[: len(whole) // 2])
    assert any(fault.startswith(f"{file}: cannot be read") for fault in own_world.faults())
    (own_world.path / file).unlink()
    assert any(file in fault for fault in own_world.faults())


def world_of(folder: Folder) -> dict[str, np.ndarray]:
    with np.load(folder.path / "world.npz", allow_pickle=False) as stored:
        return {name: stored[name] for name in WORLD_ARRAYS}


def test_an_array_that_is_missing_or_too_small_is_named(own_world: Folder) -> None:
    arrays = world_of(own_world)
    del arrays["river"]
    arrays["land"] = arrays["land"][:90]
    np.savez(own_world.path / "world.npz", **arrays)
    found = own_world.faults()
    assert any("river: the array is missing" in fault for fault in found)
    assert any("land: has the shape (90, 360); it must be (180, 360)" in fault for fault in found)


def test_people_without_an_income_are_named(own_world: Folder) -> None:
    arrays = world_of(own_world)
    arrays["income"] = arrays["income"].copy()
    arrays["income"][70, 81] = 0.0
    np.savez(own_world.path / "world.npz", **arrays)
    assert any("1 cells have people and no income, the first at 19.5N 98.5W" in fault for fault in own_world.faults())


def test_a_case_needs_neither_cities_nor_money_nor_policies(folder: Folder) -> None:
    for file in ("places.csv", "money.csv", "scenarios.toml"):
        (folder.path / file).unlink()
    case = read_corridor(str(folder.path))
    assert (dict(case.places), dict(case.money), dict(case.scenarios)) == ({}, {}, {})


def test_the_engine_of_a_case_is_told_from_its_first_file(folder: Folder) -> None:
    assert case_engine("pacific-corridor") == "spatial"
    assert case_engine("peru-2002") == "cge"
    assert case_engine(str(folder.path)) == "spatial"
