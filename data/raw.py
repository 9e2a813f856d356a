"""Tables as they stand in files and sheets, before anything is made of their cells."""

import csv
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import openpyxl

from .fault import CaseError, Fault, shown
from .system import reading_words

_ENCODING_REMEDY = "Save it as comma-separated text in UTF-8 with one header row."
# A case has some thousand cells. A workbook is packed, and a few bytes of it may stand for very much.
_LARGEST_FILE = 100_000_000
_LARGEST_UNPACKED = 100_000_000
_MOST_CELLS = 5_000_000


@dataclass(frozen=True, slots=True)
class RawTable:
    """Cells of a table. `rows` holds each row that is not blank with its number in a spreadsheet."""

    place: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[object, ...]], ...]


def read_bounded(file: Path, largest: int = _LARGEST_FILE) -> str:
    """The text of a file in UTF-8, without its byte order mark.

    Raises
    ------
    OSError
        If it cannot be read.
    ValueError
        If it is no plain file, has more bytes than `largest`, or is not UTF-8.
    """
    size = file.stat().st_size
    if not file.is_file():
        # A device or a pipe may have no end.
        raise ValueError(f"{file.name} is not a file")
    if size > largest:
        raise ValueError(f"{file.name} has {size} bytes, more than the {largest} that are read")
    return file.read_text(encoding="utf-8-sig")


def read_toml(file: Path) -> dict[str, object]:
    """The tree of a TOML file.

    Raises
    ------
    OSError
        If it cannot be read.
    ValueError
        If it is not TOML.
    """
    try:
        return tomllib.loads(read_bounded(file))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def read_csv(file: Path, place: str, faults: list[Fault]) -> RawTable | None:
    """The cells of a CSV file; nothing, and a fault, if it cannot be read."""
    try:
        text = read_bounded(file)
        records = list(csv.reader(text.splitlines(keepends=True), strict=True))
    except (OSError, ValueError, csv.Error) as error:
        faults.append(Fault(place, f"cannot be read: {reading_words(error)}. {_ENCODING_REMEDY}"))
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
        _check_size(path)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        wanted = [sheet for sheet in book.worksheets if sheet.title.strip() in names]
        return {sheet.title.strip(): list(_sheet_rows(sheet)) for sheet in wanted}
    # The readers of zip, XML and sheets raise nearly everything there is on a file that is damaged.
    except Exception as error:
        message = f"cannot be read as an .xlsx workbook ({type(error).__name__}: {error}); save it as one again"
        raise CaseError(path.name, [Fault(str(path), message)]) from error


def sheet_table(name: str, rows: Iterable[Sequence[object]], faults: list[Fault]) -> RawTable | None:
    """The cells of a sheet."""
    return _table(f"sheet {name}", rows, faults)


def is_blank(cell: object) -> bool:
    """Whether a cell holds nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def cell_text(cell: object) -> str:
    """A cell as text without blanks around it; nothing for an integer of thousands of digits, which has no text."""
    try:
        return str(cell).strip()
    except ValueError:
        return ""


def _sheet_rows(sheet) -> Iterator[tuple[object, ...]]:
    # What a file says of its own size may be far too large.
    sheet.reset_dimensions()
    cells = 0
    for row in sheet.iter_rows(values_only=True):
        # A row that is left out comes as an empty one.
        cells += max(len(row), 1)
        if cells > _MOST_CELLS:
            raise ValueError(f"the sheet {sheet.title} has more than {_MOST_CELLS:,} cells")
        yield row


def _check_size(path: Path) -> None:
    # The sizes in the archive's own list bound what is unpacked of it.
    with ZipFile(path) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    if size > _LARGEST_UNPACKED:
        raise ValueError(f"unpacked it has {size} bytes, more than the {_LARGEST_UNPACKED} that are read")


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
