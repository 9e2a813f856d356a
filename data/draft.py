"""A case whose cells are read and whose tables have not yet been set against each other."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from .fault import Fault


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a table: its number in the spreadsheet, its labels and its numbers (NaN where a cell is blank)."""

    row: int
    labels: Mapping[str, str]
    numbers: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Draft:
    """A case whose cells are read: keys that obey their rules, and tables without a fault of their own.

    `places` names the file or sheet of each table.
    """

    places: Mapping[str, str]
    meta: Mapping[str, object]
    tables: Mapping[str, Sequence[Record]]

    @property
    def regions(self) -> tuple[str, str]:
        """The two regions."""
        one, two = self.meta["regions"]  # type: ignore[misc]
        return one, two

    def fault(self, table: str, message: str, row: int | None = None, column: str | None = None) -> Fault:
        """A fault in a table."""
        return Fault(self.places[table], message, row, column)

    def numbers(self, table: str) -> list[str]:
        """Names of the columns of numbers of a table."""
        return list(self.tables[table][0].numbers) if self.tables[table] else []

    def codes(self) -> list[str]:
        """Sectors in their order."""
        return [record.labels["code"] for record in self.tables["sectors"]]

    def by_sector(self, table: str) -> dict[str, Record]:
        """The row of each sector in a table that has one a sector."""
        return {record.labels["code"]: record for record in self.tables[table]}

    def of_region(self, table: str, region: str) -> list[Record]:
        """The rows of a table that belong to a region."""
        return [record for record in self.tables[table] if record.labels["region"] == region]

    def flow(self, region: str, row: str, column: str) -> float:
        """A cell of the published matrix of flows; 0 if there is no row for it."""
        return sum(
            record.numbers["value"]
            for record in self.of_region("macro_sam", region)
            if (record.labels["row"], record.labels["column"]) == (row, column)
        )

    def active(self, region: str) -> set[str]:
        """Sectors that have value added in a region."""
        made = {
            record.labels["row"] for record in self.of_region("value_added", region) if record.numbers["value"] > 0.0
        }
        # A blank share is that of the only sector of a row.
        return {
            record.labels["code"]
            for record in self.tables["sectors"]
            if record.labels["row"] in made and record.numbers[f"group_share_{region}"] != 0.0
        }


def records(frame: pd.DataFrame) -> tuple[Record, ...]:
    """The rows of a table whose index holds the rows of the spreadsheet."""
    columns = [str(name) for name in frame.columns]
    rows: Iterable[tuple] = zip(frame.index.tolist(), *(frame[name].tolist() for name in frame.columns), strict=True)
    return tuple(
        Record(
            number,
            {name: cell for name, cell in zip(columns, cells, strict=True) if isinstance(cell, str)},
            {name: cell for name, cell in zip(columns, cells, strict=True) if type(cell) is float},
        )
        for number, *cells in rows
    )
