"""What decides the last bits of a number besides the study: library versions and the processor."""

import platform
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("cordillera", "numba", "numpy", "scipy", "zarr", "SALib")


class VersionError(RuntimeError):
    """Two processes of one sweep have different versions of a library."""


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """The versions of Python and of the libraries that a number passes through."""
    return {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES}


@lru_cache(maxsize=1)
def environment() -> str:
    """Versions and processor of this process, as one line; it is recorded with every unit."""
    libraries = "; ".join(f"{name} {number}" for name, number in versions().items())
    return f"{libraries}; {platform.machine()}; {_processor()}"


def assert_same_versions(wanted: dict[str, str]) -> None:
    """Check that this process has the versions of the driver.

    Raises
    ------
    VersionError
        If one differs; the message names each.
    """
    mine = versions()
    different = [
        f"{name} {mine.get(name)} (driver: {number})" for name, number in wanted.items() if mine.get(name) != number
    ]
    if different:
        message = (
            f"Worker on {platform.node()} has {', '.join(different)}. Install the same versions on every worker, "
            "or start the workers from the driver's environment."
        )
        raise VersionError(message)


def summarized(environments: Mapping[str, int]) -> str:
    """Environments as one line: what all share, then how many units were computed under what else.

    Parameters
    ----------
    environments : mapping of str to int
        Units by their line of `environment`.

    Examples
    --------
    >>> summarized({"numpy 2.4; abacus": 3, "numpy 2.4; slide rule": 1})
    'numpy 2.4; 3 units: abacus; 1 unit: slide rule'
    """
    lines = {line: line.split("; ") for line in environments}
    first = next(iter(lines.values()), [])
    shared = [part for part in first if all(part in parts for parts in lines.values())]
    if len(lines) < 2:
        return "; ".join(shared)
    own = [
        f"{count} unit{'s' if count != 1 else ''}: {', '.join(part for part in lines[line] if part not in shared)}"
        for line, count in environments.items()
    ]
    return "; ".join([*shared, *own])


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    named = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or "unknown processor"
