"""Faults of an input, gathered and told at once."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LISTED, _LISTED_BESIDE_A_HINT = 40, 8


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where it stands in the file, and in words what it is and what is allowed."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class StudyError(ValueError):
    """Everything that is wrong with a study, in one message.

    Parameters
    ----------
    origin : str
        The file or bundled name that was read.
    faults : iterable of Fault
        All of them, in the order of the file.
    """

    def __init__(self, origin: str, faults: Iterable[Fault]) -> None:
        self.origin = origin
        self.faults = tuple(faults)
        count = len(self.faults)
        lines = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(f"{origin}: {count} fault{'s' if count != 1 else ''}\n{lines}")

    def __reduce__(self) -> tuple[type["StudyError"], tuple[str, tuple[Fault, ...]]]:
        return StudyError, (self.origin, self.faults)


def shown(value: object) -> str:
    """`value` as it is shown in a message, shortened if it is long."""
    try:
        text = repr(value)
    except RecursionError:
        text = f"a {type(value).__name__} nested too deeply"
    except ValueError:
        # Python writes no integer of thousands of digits.
        text = f"a {type(value).__name__} with a number of too many digits"
    return text if len(text) <= 80 else f"{text[:76]} ..."


def nearest(name: object, allowed: Sequence[str]) -> str:
    """Words that follow a name that does not exist: the nearest one that does, and the list."""
    near = difflib.get_close_matches(name, allowed, n=1) if isinstance(name, str) else []
    hint, listed = (f" Did you mean {near[0]!r}?", _LISTED_BESIDE_A_HINT) if near else ("", _LISTED)
    more = f" and {len(allowed) - listed} more" if len(allowed) > listed else ""
    return f"{hint} Allowed: {', '.join(allowed[:listed]) or 'none'}{more}."


def unknown_fault(path: str, kind: str, name: object, allowed: Sequence[str]) -> Fault:
    """The fault of a name that does not exist."""
    return Fault(path, f"unknown {kind} {shown(name)}.{nearest(name, allowed)}")
