"""Writing tables that a spreadsheet opens, as a workbook or as text, with nothing in them that it would run."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from pandas.api.types import infer_dtype, is_numeric_dtype

from .writing import whole_file

# What a spreadsheet takes for the beginning of a formula; the wide letters are those of East Asian keyboards.
_FORMULA = ("=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# Control characters and halves of letters, which no file may hold.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# A lone carriage return would begin a row, since nothing quotes it.
_BREAK = re.compile(r"\r\n?")

Row = Sequence[object]


def neutral(cell: object) -> object:
    """A cell that a spreadsheet shows and does not run: an apostrophe goes before a text that looks like a formula.

    Numbers stay as they are, also those that stand as text; a number that there is none of becomes a blank.
    """
    if not isinstance(cell, str):
        return None if isinstance(cell, float) and cell != cell else cell
    text = _UNWRITABLE.sub("", _BREAK.sub("\n", cell))
    # What is blank in front, of whatever kind, may be left out by the program that reads it.
    return f"'{text}" if text.lstrip(" \xa0\u3000").startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def neutral_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """A table whose texts and names of columns are `neutral`; its columns of numbers are taken over as they are."""
    columns = [frame.iloc[:, place] for place in range(frame.shape[1])]
    safe = [column if is_numeric_dtype(column.dtype) else _neutral_column(column) for column in columns]
    made = pd.DataFrame(dict(enumerate(safe)), index=frame.index)
    made.columns = [neutral(str(name)) for name in frame.columns]
    return made


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as comma-separated text in UTF-8, its index left out, with nothing that a spreadsheet would run."""
    with whole_file(path) as partial:
        neutral_frame(frame).to_csv(partial, index=False)


def _neutral_column(column: pd.Series) -> pd.Series:
    if infer_dtype(column, skipna=False) != "string":
        return column.map(neutral)
    # Labels repeat over very many rows.
    known = {label: neutral(label) for label in column.unique()}
    return column.map(known.__getitem__)


def write_workbook(path: Path, sheets: Mapping[str, Iterable[Row]]) -> None:
    """Write a workbook with a sheet for each table; the first row of each stays in view.

    Numbers keep 16 digits, as is usual for spreadsheets.

    Parameters
    ----------
    path : Path
        An .xlsx file; its folder is made if need be.
    sheets : mapping of str to rows
        Rows of cells by the name of the sheet, at most 31 letters.
    """
    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "B2"
        for row in rows:
            sheet.append([neutral(cell) for cell in row])
    save_workbook(book, path)


def save_workbook(book: Workbook, path: Path) -> None:
    """Write a workbook, whole or not at all."""
    # openpyxl leaves the file open where the disk is full, and complains of it at the end of the program.
    content = io.BytesIO()
    book.save(content)
    with whole_file(path) as partial:
        partial.write_bytes(content.getbuffer())


def write_csv(path: Path, rows: Iterable[Row]) -> None:
    """Write a table as comma-separated text in UTF-8; numbers keep every digit.

    Parameters
    ----------
    path : Path
        Its folder is made if need be.
    """
    with whole_file(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([[neutral(cell) for cell in row] for row in rows])
