"""Cluster files: TOML in, a frozen value out, or every fault in one `ClusterFileError`."""

import tomllib
from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path

from ..data.system import reading_words
from ..sweeps.fault import Fault, unknown_fault
from ..sweeps.source import read_text
from ..sweeps.specification import validated
from .specification import ClusterSpec
from .table import TABLES, ClusterTable


class ClusterFileError(ValueError):
    """Everything that is wrong with a cluster file, in one message."""

    def __init__(self, origin: str, faults: Iterable[Fault]) -> None:
        self.origin = origin
        self.faults = tuple(faults)
        lines = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(f"{origin}: {len(self.faults)} fault{'s' if len(self.faults) != 1 else ''}\n{lines}")


def read_cluster(path: str | PathLike[str]) -> ClusterSpec:
    """Read a cluster file.

    Parameters
    ----------
    path : str or path
        A TOML file.

    Returns
    -------
    SerialSpec, LocalSpec, QueueSpec, SchedulerSpec or SshSpec
        Frozen.

    Raises
    ------
    ClusterFileError
        With every fault: its key, the value, and what is allowed.
    """
    place = Path(path).expanduser()
    try:
        text = read_text(place)
    except (OSError, ValueError) as error:
        words = reading_words(error)
        raise ClusterFileError(str(path), [Fault("", words)]) from None
    return cluster_from_text(text, str(place.absolute()))


def cluster_from_text(text: str, origin: str = "cluster file") -> ClusterSpec:
    """A cluster from the text of its TOML file.

    Examples
    --------
    >>> cluster_from_text('kind = "local"')
    LocalSpec(workers=None)
    """
    try:
        tree = tomllib.loads(text)
    except RecursionError:
        raise ClusterFileError(origin, [Fault("", "is nested too deeply")]) from None
    except ValueError as error:
        raise ClusterFileError(origin, [Fault("", f"is not TOML: {error}")]) from None
    faults: list[Fault] = []
    table = _table(tree, faults)
    if faults or table is None:
        raise ClusterFileError(origin, faults)
    return table.spec()


def _table(tree: Mapping[str, object], faults: list[Fault]) -> ClusterTable | None:
    kind = tree.get("kind")
    if kind is None:
        faults.append(Fault("kind", f"is missing. Allowed: {', '.join(TABLES)}."))
    elif not isinstance(kind, str) or kind not in TABLES:
        faults.append(unknown_fault("kind", "kind", kind, list(TABLES)))
    else:
        return validated(TABLES[kind], tree, "", faults)
    return None
