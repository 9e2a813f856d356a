"""One thing that was looked at."""

from dataclasses import dataclass

LEAST_DISK = 1.0e9


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `remedy` says what to do where it is not well, and is empty where it is."""

    what: str
    found: str
    remedy: str = ""


def disk(what: str, folder: str, free: int) -> Finding:
    """What is free in a folder."""
    remedy = "" if free > LEAST_DISK else f"Make room on the disk of {folder}."
    return Finding(what, f"{gigabytes(free)} in {folder}", remedy)


def gigabytes(count: float) -> str:
    """A number of bytes in words."""
    return f"{count / 1e9:.1f} GB"
