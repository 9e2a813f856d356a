"""Numbered matrices kept in a file: those that come with a case, and those that a user has drawn into the cache.

The file is a zip of npy arrays, as `numpy.load` opens it, with nothing in it that depends on the day or on a library
that compresses: the same matrices make the same bytes. Every array of flows has the numbers as its first axis.
"""

import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray

from ...data.archive import read_archive
from ...data.case import bundled_cases
from .matrix import SocialAccountingMatrix

FILE = "matrices.npz"
_DAY_OF_EVERY_FILE = (1980, 1, 1, 0, 0, 0)


class DamagedMatricesError(OSError):
    """A file of matrices that cannot be read."""


@dataclass(frozen=True, eq=False)
class StoredMatrices:
    """Balanced matrices by number, and the numbers that have none, each with the constraint that stays open."""

    identity: str
    matrices: Mapping[int, SocialAccountingMatrix] = field(default_factory=dict)
    infeasible: Mapping[int, str] = field(default_factory=dict)

    @property
    def numbers(self) -> tuple[int, ...]:
        """Numbers that have a matrix, in order."""
        return tuple(sorted(self.matrices))


def cache_file(identity: str) -> Path:
    """Where a user's matrices of some tables and parameters are kept."""
    return Path(platformdirs.user_cache_dir("cordillera")) / "cases" / identity / FILE


def load_stored(folder: Path, identity: str) -> StoredMatrices:
    """Every matrix that there is for some tables and parameters: with a case first, then in the cache.

    A copy of a bundled case has the matrices that come with it, to the last bit.

    Parameters
    ----------
    folder : Path
        The folder of the case.
    identity : str
        `Economy.matrix_identity`; a file of another identity is passed over.

    Raises
    ------
    DamagedMatricesError
        If a file cannot be read.
    """
    matrices, infeasible = {}, {}
    # What is read later counts.
    for file in (cache_file(identity), *(place / FILE for place in (*bundled_cases().values(), folder))):
        found = _load(file, identity)
        matrices |= found.matrices
        infeasible |= found.infeasible
    return StoredMatrices(identity, matrices, infeasible)


def save(file: Path, stored: StoredMatrices) -> None:
    """Write matrices into a file, whole or not at all.

    Parameters
    ----------
    file : Path
        Its folder is made if need be.
    """
    numbers = stored.numbers
    arrays = {
        "identity": np.array(stored.identity),
        "number": np.array(numbers, dtype=np.int64),
        "infeasible_number": np.array(sorted(stored.infeasible), dtype=np.int64),
        "infeasible_reason": np.array([stored.infeasible[number] for number in sorted(stored.infeasible)], dtype=str),
        **{
            part.name: np.stack([getattr(stored.matrices[number], part.name) for number in numbers])
            for part in fields(SocialAccountingMatrix)
        },
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as book:
            for name, array in arrays.items():
                _write_array(book, name, array)
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


def _write_array(book: zipfile.ZipFile, name: str, array: NDArray) -> None:
    entry = zipfile.ZipInfo(f"{name}.npy", _DAY_OF_EVERY_FILE)
    # Numbers are little-endian whatever the machine.
    portable = np.asarray(array, dtype=array.dtype.newbyteorder("<"), order="C")
    with book.open(entry, "w") as file:
        np.lib.format.write_array(file, portable, version=(1, 0), allow_pickle=False)


def _load(file: Path, identity: str) -> StoredMatrices:
    try:
        state = file.stat()
    except OSError:
        return StoredMatrices(identity)
    stored = _read(file, state.st_mtime_ns, state.st_size)
    return stored if stored.identity == identity else StoredMatrices(identity)


@lru_cache(maxsize=4)
def _read(file: Path, modified: int, size: int) -> StoredMatrices:
    """The content of a file; its time and size are asked for so that a new one is read anew."""
    try:
        stored = read_archive(file)
        numbers = stored["number"].tolist()
        parts = [stored[part.name] for part in fields(SocialAccountingMatrix)]
        reasons = dict(zip(stored["infeasible_number"].tolist(), stored["infeasible_reason"].tolist(), strict=True))
        matrices = {
            number: SocialAccountingMatrix(*(part[place] for part in parts)) for place, number in enumerate(numbers)
        }
        return StoredMatrices(str(stored["identity"]), matrices, reasons)
    except (OSError, ValueError, LookupError, TypeError) as error:
        message = f"{file} is damaged ({error}). Delete it; `cordillera matrices` makes it again."
        raise DamagedMatricesError(message) from error
