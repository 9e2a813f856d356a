"""The packages that the world grid is built from, and the small tables beside this module."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

_TABLES = Path(__file__).parent


class MissingSourceError(FileNotFoundError):
    """A file that the build reads is not among the sources."""


class MissingLibraryError(ImportError):
    """A library that only the build needs is not installed."""


@dataclass(frozen=True, slots=True)
class Sources:
    """A folder with one folder a package, as `tools/fetch-world-sources` fills it."""

    folder: Path

    def file(self, name: str) -> Path:
        """The path of a file of `packages.csv`.

        Parameters
        ----------
        name : str
            Package and file, such as ``world-atlas/land-50m.json``.

        Raises
        ------
        MissingSourceError
            If it is not there: with the package and the version that hold it.
        """
        path = self.folder / name
        if path.is_file():
            return path
        (row,) = (row for row in table("packages") if row["file"] == name)
        message = (
            f"{path} is missing: {row['content']}, from {row['package']} {row['version']} ({row['registry']}). "
            f"`tools/fetch-world-sources {self.folder}` fetches it."
        )
        raise MissingSourceError(message)

    def require(self, names: Iterable[str]) -> None:
        """Make sure of several files.

        Raises
        ------
        MissingSourceError
            If some are missing: with all of them.
        """
        missing = []
        for name in names:
            try:
                self.file(name)
            except MissingSourceError as error:
                missing.append(str(error))
        if missing:
            raise MissingSourceError("\n".join(missing))


def table(name: str) -> list[dict[str, str]]:
    """The rows of a table beside this module."""
    with (_TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def library(name: str) -> ModuleType:
    """A library that only the build needs.

    Raises
    ------
    MissingLibraryError
        If it is not installed: with the extra that installs it.
    """
    try:
        return import_module(name)
    except ImportError as error:
        message = f"Building the world grid needs {name.split('.')[0]}: pip install 'cordillera[world]'."
        raise MissingLibraryError(message) from error
