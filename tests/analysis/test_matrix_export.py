"""The written matrix opens as a table, balances as it is read back, and runs nothing."""

import csv
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from cordillera.analysis.matrix_export import write_matrix
from cordillera.data import CaseError
from cordillera.data.template import write_template
from cordillera.engines.cge import InfeasibleMatrixError

TWO_VALLEYS = str(Path(__file__).parents[1] / "cases" / "two-valleys")


def imbalance(square: pd.DataFrame) -> float:
    cells = square.fillna(0.0).to_numpy(float)
    received, paid = cells.sum(axis=1), cells.sum(axis=0)
    return float(np.max(np.abs(received - paid) / np.maximum(np.abs(received), 1e-300)))


def test_a_workbook_holds_the_matrix_of_peru_and_what_is_published_in_it(tmp_path: Path) -> None:
    (path,) = write_matrix("peru-2002", 0, tmp_path / "deep" / "peru.xlsx")
    sheets = pd.read_excel(path, sheet_name=None)
    assert list(sheets) == ["matrix", "accounts", "totals", "cells", "about"]
    square = sheets["matrix"].set_index("receives / pays")
    assert list(square.index) == list(square.columns) == list(sheets["accounts"]["account"])
    assert imbalance(square) < 1e-9
    totals = sheets["totals"].set_index("total")
    assert totals.loc["savings from regional_linkages (coast)", "published"] == -15056
    assert abs(totals.loc["commodities from households (inland)", "matrix"] - 43045) < 0.5
    assert set(sheets["cells"]["status"]) == {"published", "reconstructed"}
    assert sheets["cells"]["value"].sum() == pytest.approx(np.nansum(square.to_numpy(float)), rel=1e-12)
    assert "Thurlow" in sheets["about"].set_index("key")["value"]["citation"]


def test_text_files_hold_the_same_numbers_to_the_digits_that_a_spreadsheet_keeps(tmp_path: Path) -> None:
    files = write_matrix("peru-2002", 3, tmp_path / "peru.csv")
    assert [file.name for file in files] == [
        "peru.csv", "peru-accounts.csv", "peru-totals.csv", "peru-cells.csv", "peru-about.csv",
    ]  # fmt: skip
    (book,) = write_matrix("peru-2002", 3, tmp_path / "peru.xlsx")
    text = pd.read_csv(files[0], index_col=0)
    sheet = pd.read_excel(book, sheet_name="matrix", index_col=0)
    assert imbalance(text) < 1e-9
    np.testing.assert_allclose(text.to_numpy(float), sheet.to_numpy(float), rtol=1e-15)


def test_texts_of_a_case_that_look_like_formulas_are_disarmed(tmp_path: Path) -> None:
    (book,) = write_template(TWO_VALLEYS, tmp_path / "valleys.xlsx")
    hostile = openpyxl.load_workbook(book)
    hostile["land"]["C2"] = "x"
    hostile["land"]["C2"].value, hostile["land"]["C2"].data_type = '=HYPERLINK("http://x","y")', "s"
    keys = {row[0].value: row[1] for row in hostile["case"].iter_rows(min_row=2)}
    keys["title"].value = "@SUM(A1)"
    hostile.save(book)
    files = write_matrix(str(book), 0, tmp_path / "sam.csv")
    (made,) = write_matrix(str(book), 0, tmp_path / "sam.xlsx")
    written = [cell for file in files for row in csv.reader(file.open(newline="")) for cell in row]
    assert any(cell.startswith("'=HYPERLINK") for cell in written)
    assert not [cell for cell in written if cell.startswith(("=", "@", "+"))]
    cells = [cell for sheet in openpyxl.load_workbook(made) for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert any(cell.value == "'@SUM(A1)" for cell in cells)


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"written as .xlsx or .csv, not '.ods'"):
        write_matrix(TWO_VALLEYS, 0, tmp_path / "sam.ods")
    with pytest.raises(ValueError, match="must not be negative, not -1"):
        write_matrix(TWO_VALLEYS, -1, tmp_path / "sam.csv")
    with pytest.raises(CaseError, match="no such case"):
        write_matrix("nowhere", 0, tmp_path / "sam.csv")
    assert not list(tmp_path.iterdir())


def test_a_number_without_a_matrix_names_the_constraint(tmp_path: Path) -> None:
    case = tmp_path / "valleys"
    write_template(TWO_VALLEYS, case)
    text = (case / "case.toml").read_text()
    (case / "case.toml").write_text(text.replace("spread = 0.1", "spread = 2.0"))
    with pytest.raises(InfeasibleMatrixError, match=r"misses|share"):
        for number in range(1, 20):
            write_matrix(str(case), number, tmp_path / "sam.csv")
