"""Columns of a CSV that a study names."""

import csv
import io
import math

from .fault import shown


def read_columns(text: str) -> dict[str, list[str]]:
    """The columns of a CSV with a header.

    Raises
    ------
    ValueError
        If there is no header or no row, a name is empty or twice there, or a row is too short or too long.
    """
    try:
        rows = [row for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"))) if row]
    except csv.Error as error:
        raise ValueError(f"is not a CSV: {error}") from None
    if len(rows) < 2:
        raise ValueError("needs a header and at least one row")
    header = [name.strip() for name in rows[0]]
    if "" in header or len(set(header)) < len(header):
        raise ValueError(f"has an empty or repeated column name in its header {shown(header)}")
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            raise ValueError(f"row {number} has {len(row)} cells, the header {len(header)}")
    return {name: [row[i].strip() for row in rows[1:]] for i, name in enumerate(header)}


def read_number(text: str) -> float:
    """A finite number, or ValueError."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is not finite")
    return number
