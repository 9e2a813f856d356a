"""Faults of a case, gathered and told at once."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LISTED, _LISTED_BESIDE_A_HINT = 40, 8


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a case.

    Parameters
    ----------
    place : str
        The file or sheet.
    message : str
        What is wrong, with the value, and what is allowed.
    row : int, optional
        The row as a spreadsheet counts it; the header is row 1.
    column : str, optional
        The name of the column, or of the key.
    """

    place: str
    message: str
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        row = "" if self.row is None else f", row {self.row}"
        column = "" if self.column is None else f", {self.column}"
        return f"{self.place}{row}{column}: {self.message}"


class CaseError(ValueError):
    """Everything that is wrong with a case, in one message.

    Parameters
    ----------
    origin : str
        The case that was read.
    faults : iterable of Fault
        All of them, in the order of the tables.
    """

    def __init__(self, origin: str, faults: Iterable[Fault]) -> None:
        self.origin = origin
        self.faults = tuple(faults)
        count = len(self.faults)
        lines = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(f"case {origin}: {count} fault{'s' if count != 1 else ''}\n{lines}")

    def __reduce__(self) -> tuple[type["CaseError"], tuple[str, tuple[Fault, ...]]]:
        return CaseError, (self.origin, self.faults)


def shown(value: object) -> str:
    """`value` as it is shown in a message, shortened if it is long."""
    try:
        text = repr(value)
    except RecursionError:
        text = f"a {type(value).__name__} nested too deeply"
    except ValueError:
        # Python writes no integer of thousands of digits.
        text = f"a {type(value).__name__} with a number of too many digits"
    return text if len(text) <= 60 else f"{text[:56]} ..."


def nearest(name: str, allowed: Sequence[str]) -> str:
    """Words that follow a name that is not allowed: the nearest one that is, and the list, or its beginning."""
    near = difflib.get_close_matches(name, allowed, n=1)
    hint, listed = (f" Did you mean {near[0]!r}?", _LISTED_BESIDE_A_HINT) if near else ("", _LISTED)
    more = f" and {len(allowed) - listed} more" if len(allowed) > listed else ""
    return f"{hint} Allowed: {', '.join(allowed[:listed]) or 'none'}{more}."
