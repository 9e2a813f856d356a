"""Writing tables that a spreadsheet opens, as a workbook or as text, with nothing in them that it would run."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook

# What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")

Row = Sequence[object]


def neutral(cell: object) -> object:
    """A cell that a spreadsheet shows and does not run: an apostrophe goes before what looks like a formula."""
    if not isinstance(cell, str):
        return None if isinstance(cell, float) and cell != cell else cell
    text = _CONTROL.sub("", cell)
    return f"'{text}" if text.startswith(_FORMULA) else text


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
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


def write_csv(path: Path, rows: Iterable[Row]) -> None:
    """Write a table as comma-separated text in UTF-8; numbers keep every digit.

    Parameters
    ----------
    path : Path
        Its folder is made if need be.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([[neutral(cell) for cell in row] for row in rows])
