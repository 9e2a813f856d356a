"""The tables of a corridor beside its world: cells by their centres, single cities, and money."""

from collections.abc import Callable, Container, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from .fault import Fault, nearest, shown
from .line import COLUMNS, ROWS
from .manifest import LONGEST_NAME
from .raw import read_csv

# Groups of cells that results are reported of.
RESERVED = (
    "corridor", "neighbours", "elsewhere", "region", "home", "poorest_20", "richest_20", "first_end", "last_end",
    "corridor_large", "corridor_small", "fewer_people", "more_people",
)  # fmt: skip
MONEY = ("annual_cost", "investment", "gdp_home", "gdp_region")

_YES_NO = {"yes": True, "no": False}

Value = TypeVar("Value")


class CorridorTables:
    """The tables in a folder. `location` says of every cell of the grid, (cell,), whether the model has it."""

    def __init__(self, folder: Path, location: NDArray[np.bool_], faults: list[Fault]) -> None:
        self.folder, self.location, self.faults = folder, location, faults

    def cells(self, file: str, flag: str, order: str | None = None) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Cells that a table lists, and a yes or no for each; in the order of a column, else by index."""
        listed: dict[int, tuple[float, bool]] = {}
        for number, row in self._rows(file, ["latitude", "longitude", flag, *([order] if order else [])]):
            cell = self._cell(file, number, row)
            yes = self._value(file, number, row, flag, _flag)
            rank = self._value(file, number, row, order, _number) if order else cell
            if cell is None or yes is None or rank is None:
                continue
            if cell in listed:
                self.faults.append(Fault(file, f"the cell {cell_label(cell)} stands here twice", number))
            listed[cell] = float(rank), yes
        ranks = [rank for rank, _ in listed.values()]
        if len(set(ranks)) < len(ranks):
            self.faults.append(Fault(file, "two rows have the same order; number them from 1", column=order))
        if not listed and not self.faults:
            self.faults.append(Fault(file, "lists no cell"))
        ranked = sorted(listed, key=lambda cell: listed[cell][0])
        return np.array(ranked, dtype=np.intp), np.array([listed[cell][1] for cell in ranked], dtype=np.bool_)

    def places(self, region: Container[int]) -> dict[str, int]:
        """Single cities of the region; none where the case has no such table."""
        file = "places.csv"
        found: dict[str, int] = {}
        if not (self.folder / file).is_file():
            return found
        for number, row in self._rows(file, ["place", "latitude", "longitude"]):
            cell, name = self._cell(file, number, row), row["place"]
            if not name or name in RESERVED or name in found:
                taken = f"{name!r} is the name of another group of cells" if name else "the name is blank"
                self.faults.append(Fault(file, f"{taken}; give a name of its own", number, "place"))
            elif not name.isprintable() or len(name) > LONGEST_NAME:
                words = f"{shown(name)} is not allowed; it must be {LONGEST_NAME} printable letters at most"
                self.faults.append(Fault(file, words, number, "place"))
            elif cell is not None and cell not in region:
                self.faults.append(Fault(file, f"the cell {cell_label(cell)} is not in region.csv", number))
            elif cell is not None:
                found[name] = cell
        return found

    def money(self) -> dict[str, float]:
        """Costs and products in millions; none where the case has no such table."""
        file = "money.csv"
        found: dict[str, float] = {}
        if not (self.folder / file).is_file():
            return found
        known = len(self.faults)
        for number, row in self._rows(file, ["item", "value"]):
            value = self._value(file, number, row, "value", _positive)
            if row["item"] not in MONEY:
                words = f"unknown item {row['item']!r}.{nearest(row['item'], MONEY)}"
                self.faults.append(Fault(file, words, number, "item"))
            elif value is not None:
                found[row["item"]] = value
        if len(self.faults) == known:
            self.faults.extend(Fault(file, f"has no row for {item}") for item in MONEY if item not in found)
        return found

    def _rows(self, file: str, names: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
        """The cells of the columns that are wanted, with the row of each as a spreadsheet counts it."""
        raw = read_csv(self.folder / file, file, self.faults)
        if raw is None:
            return []
        missing = [name for name in names if name not in raw.columns]
        self.faults.extend(Fault(file, "the column is missing", 1, name) for name in missing)
        if missing:
            return []
        places = {name: raw.columns.index(name) for name in names}
        return [(number, {name: str(cells[i]).strip() for name, i in places.items()}) for number, cells in raw.rows]

    def _value(
        self, file: str, number: int, row: Mapping[str, str], column: str, parse: Callable[[str], Value]
    ) -> Value | None:
        try:
            return parse(row[column])
        except ValueError as error:
            self.faults.append(Fault(file, str(error), number, column))
            return None

    def _cell(self, file: str, number: int, row: Mapping[str, str]) -> int | None:
        latitude = self._value(file, number, row, "latitude", _number)
        longitude = self._value(file, number, row, "longitude", _number)
        if latitude is None or longitude is None:
            return None
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):
            words = f"{latitude:g}, {longitude:g} is not on the globe: latitude -90 to 90, longitude -180 to 180"
            self.faults.append(Fault(file, words, number))
            return None
        cell = min(int(90 - latitude), ROWS - 1) * COLUMNS + min(int(longitude + 180), COLUMNS - 1)
        if not self.location[cell]:
            words = f"the cell {cell_label(cell)} is no location of the model: it has no land or nobody lives there"
            self.faults.append(Fault(file, words, number))
            return None
        return cell


def cell_label(cell: int) -> str:
    """A cell of the grid by its centre, such as 15.5N 90.5W."""
    latitude, longitude = 89.5 - cell // COLUMNS, -179.5 + cell % COLUMNS
    return f"{abs(latitude)}{'N' if latitude >= 0 else 'S'} {abs(longitude)}{'E' if longitude >= 0 else 'W'}"


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{shown(text)} is not a number") from None
    if not np.isfinite(value):
        raise ValueError(f"{shown(text)} is not a finite number")
    return value


def _positive(text: str) -> float:
    value = _number(text)
    if value <= 0:
        raise ValueError(f"{shown(text)} is not allowed; it must be positive")
    return value


def _flag(text: str) -> bool:
    if text.lower() not in _YES_NO:
        raise ValueError(f"{shown(text)} is not allowed; it must be yes or no")
    return _YES_NO[text.lower()]
