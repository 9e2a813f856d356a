"""Templates: a case copied as a folder or as a workbook, ready to be changed."""

from pathlib import Path

import openpyxl
import pytest
from cordillera.data import CaseError, read_case
from cordillera.data.layout import table_rules
from cordillera.data.template import write_template
from cordillera.engines import engine


def test_a_folder_holds_the_inputs_of_a_case_and_none_of_its_results(tmp_path: Path) -> None:
    files = write_template("peru-2002", tmp_path / "mine")
    names = {file.relative_to(tmp_path / "mine").as_posix() for file in files}
    assert names == {"case.toml", "scenarios.toml", *(rule.file for rule in table_rules().values())}
    assert all(file.is_file() for file in files)
    assert read_case(str(tmp_path / "mine")).identity == read_case("peru-2002").identity


def test_a_workbook_explains_its_columns(tmp_path: Path) -> None:
    (path,) = write_template("peru-2002", tmp_path / "mine.xlsx")
    book = openpyxl.load_workbook(path, read_only=True)
    assert book.sheetnames == ["guide", "case", "scenarios", *table_rules()]
    guide = list(book["guide"].iter_rows(values_only=True))
    assert ("sectors", "tariff", "not negative", "tariff on imports, to start from") in guide


def test_a_workbook_can_be_copied_into_another_but_not_into_a_folder(tmp_path: Path) -> None:
    (first,) = write_template("peru-2002", tmp_path / "one.xlsx")
    (second,) = write_template(str(first), tmp_path / "two.xlsx")
    assert read_case(str(second)).identity == read_case("peru-2002").identity
    with pytest.raises(ValueError, match=r"give a path that ends in .xlsx"):
        write_template(str(first), tmp_path / "folder")


def test_nothing_is_written_over(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError, match=tmp_path.name):
        write_template("peru-2002", tmp_path)
    (tmp_path / "mine.xlsx").write_text("precious")
    with pytest.raises(FileExistsError):
        write_template("peru-2002", tmp_path / "mine.xlsx")
    assert (tmp_path / "mine.xlsx").read_text() == "precious"


def test_an_unknown_case_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="Did you mean 'peru-2002'"):
        write_template("peru-2003", tmp_path / "mine")
    assert list(tmp_path.iterdir()) == []


def test_a_corridor_is_copied_with_its_line_and_takes_the_world_of_its_origin(tmp_path: Path) -> None:
    files = write_template("pacific-corridor", tmp_path / "mine")
    names = {file.name for file in files}
    assert names >= {"case.toml", "scenarios.toml", "corridor.csv", "region.csv", "places.csv", "money.csv"}
    assert not any(name.endswith(".npz") for name in names)
    mine, bundled = (engine("spatial", case=case) for case in (str(tmp_path / "mine"), "pacific-corridor"))
    assert mine.identity == bundled.identity
    assert mine.seconds_to_prepare() == 0.0
    again = write_template(str(tmp_path / "mine"), tmp_path / "again")
    assert {file.name: file.read_bytes() for file in again} == {file.name: file.read_bytes() for file in files}


def test_a_corridor_is_no_workbook_and_nothing_is_written_over(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is a folder; give the path of a new one"):
        write_template("pacific-corridor", tmp_path / "mine.xlsx")
    with pytest.raises(FileExistsError):
        write_template("pacific-corridor", tmp_path)
    assert list(tmp_path.iterdir()) == []
