"""Numbers as a reader sees them, and files that a spreadsheet may open."""

import csv
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from cordillera.analysis.tables import (
    agreement_cell,
    decimals,
    long_frame,
    number,
    percent,
    plain,
    short,
    slug,
    write_csv,
)
from hypothesis import example, given
from hypothesis import strategies as st


@example("-0")
@example("=1")
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20))
def test_no_text_in_a_file_starts_a_formula(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("tables") / "table.csv"
    # A name longer than any text, which would else be the same column.
    write_csv(pd.DataFrame({text: [text, f"={text}", "x"], "a column of plain numbers": [-1.5, 2.0, np.nan]}), path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    # A text that is a plain number stays one.
    number = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
    assert not any(row[0].startswith(("=", "+", "-", "@")) and not number.fullmatch(row[0]) for row in rows)
    assert rows[1][1] == "-1.5"


def test_two_columns_of_one_name_are_both_written(tmp_path: Path) -> None:
    frame = pd.DataFrame([["=a", "=b"]], columns=["x", "x"])
    assert write_csv(frame, tmp_path / "table.csv").read_text(encoding="utf-8-sig") == "x,x\n'=a,'=b\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-0.351, "−0.351"), (1234567.0, "1,234,567"), (0.0001234, "0.000123"), (1e-12, "0"), (np.nan, "–")],
)
def test_a_number_is_written_without_powers_of_ten(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(("value", "text"), [(1.5, "1.5"), (10.0, "10"), (100.0, "100"), (0.06, "0.06"), (-2.0, "−2")])
def test_a_short_number_ends_in_no_needless_zero(value: float, text: str) -> None:
    assert short(value) == text


def test_numbers_that_stand_together_share_their_decimals() -> None:
    assert decimals([-0.001, 1.2345, 0.5]) == ["0.00", "1.23", "0.50"]


@pytest.mark.parametrize(
    ("share", "text"),
    [(1.0, "100"), (0.9999, "over 99"), (0.34, "34"), (0.001, "under 1"), (0.0, "0"), (0.995, "over 99")],
)
def test_rounding_claims_no_certainty(share: float, text: str) -> None:
    assert percent(share).replace("\u2009", " ") == f"{text} %"


def test_names_become_words_and_files() -> None:
    assert plain("total_gdp") == "Total GDP"
    assert slug('<b>"Peru: 2002"') == "b-peru-2002"
    assert slug("…") == "study"


def test_an_array_becomes_a_line_for_every_number() -> None:
    array = xr.DataArray([[1.0, 2.0]], dims=["a", "b"], coords={"a": ["x"], "b": [1, 2]}, name="value")
    assert long_frame(array).to_dict("list") == {"a": ["x", "x"], "b": [1, 2], "value": [1.0, 2.0]}


def test_a_cell_without_a_published_sign_has_no_share() -> None:
    assert agreement_cell(0.9, 0.004, "0 to 1", 0.005).text == "·"
    assert agreement_cell(0.9, -0.4, "0 to 1", 0.005).text == "90"


def test_agreement_and_contradiction_are_told_apart_by_contrast_with_their_ink() -> None:
    strong, weak = agreement_cell(1.0, 0.4, "", 0.005), agreement_cell(0.5, 0.4, "", 0.005)
    assert (strong.ink, weak.ink) == ("#ffffff", "#1c2b39")
    assert strong.fill != agreement_cell(0.0, 0.4, "", 0.005).fill
