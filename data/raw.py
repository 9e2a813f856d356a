"""Tables as they stand in files and sheets, before anything is made of their cells."""

import csv
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import openpyxl

from .fault import CaseError, Fault, shown

_ENCODING_REMEDY = "Save it as comma-separated text in UTF-8 with one header row."


@dataclass(frozen=True, slots=True)
class RawTable:
    """Cells of a table. `rows` holds each row that is not blank with its number in a spreadsheet."""

    place: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[object, ...]], ...]


def read_csv(file: Path, place: str, faults: list[Fault]) -> RawTable | None:
    """The cells of a CSV file; nothing, and a fault, if it cannot be read."""
    try:
        text = file.read_text(encoding="utf-8-sig")
        records = list(csv.reader(text.splitlines(keepends=True), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        faults.append(Fault(place, f"cannot be read: {error}. {_ENCODING_REMEDY}"))
        return None
    if records and len(records[0]) == 1 and ";" in records[0][0]:
        faults.append(Fault(place, f"has semicolons between its cells. {_ENCODING_REMEDY}", row=1))
        return None
    return _table(place, records, faults)


def read_workbook(path: Path, names: Sequence[str]) -> dict[str, list[tuple[object, ...]]]:
    """The rows of the sheets of a workbook that have one of the names.

    Raises
    ------
    CaseError
        If it is not a workbook.
    """
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        wanted = [sheet for sheet in book.worksheets if sheet.title.strip() in names]
        return {sheet.title.strip(): list(_sheet_rows(sheet)) for sheet in wanted}
    except (BadZipFile, OSError, EOFError, KeyError, ValueError, TypeError, SyntaxError, zlib.error) as error:
        message = f"cannot be read as an .xlsx workbook ({type(error).__name__}: {error}); save it as one again"
        raise CaseError(path.name, [Fault(str(path), message)]) from error


def sheet_table(name: str, rows: Iterable[Sequence[object]], faults: list[Fault]) -> RawTable | None:
    """The cells of a sheet."""
    return _table(f"sheet {name}", rows, faults)


def is_blank(cell: object) -> bool:
    """Whether a cell holds nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _sheet_rows(sheet) -> Iterator[tuple[object, ...]]:
    # What a file says of its own size may be far too large.
    sheet.reset_dimensions()
    yield from sheet.iter_rows(values_only=True)


def _table(place: str, records: Iterable[Sequence[object]], faults: list[Fault]) -> RawTable | None:
    numbered = [(number, tuple(cells)) for number, cells in enumerate(records, 1) if not all(map(is_blank, cells))]
    if not numbered or numbered[0][0] != 1:
        faults.append(Fault(place, "has no header: row 1 must hold the names of the columns", row=1))
        return None
    header = ["" if is_blank(cell) else str(cell).strip() for cell in numbered[0][1]]
    twice = sorted({name for name in header if name and header.count(name) > 1})
    faults.extend(
        Fault(place, "stands in the header twice; give one of the columns another name", 1, name) for name in twice
    )
    rows = []
    for number, cells in numbered[1:]:
        faults.extend(
            Fault(place, f"{shown(cell)} stands in a column that has no name", number)
            for position, cell in enumerate(cells)
            if not is_blank(cell) and (position >= len(header) or not header[position])
        )
        padded = cells + (None,) * (len(header) - len(cells))
        rows.append((number, tuple(cell for cell, name in zip(padded, header, strict=False) if name)))
    return RawTable(place, tuple(name for name in header if name), tuple(rows))
