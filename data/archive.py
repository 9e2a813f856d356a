"""Archives of arrays that are the same bytes each time, and the user's cache of large ones.

An archive is a zip of npy arrays, as `numpy.load` opens it, with nothing in it that depends on the day or the system.
It is packed: the bytes are the same wherever zlib packs alike, and what they hold is the same anywhere.
"""

import io
import zipfile
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray

from .writing import whole_file

_DAY_OF_EVERY_ARRAY = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_LEVEL = 9


def save_archive(file: Path, arrays: Mapping[str, NDArray]) -> None:
    """Write arrays into an archive, whole or not at all.

    Parameters
    ----------
    file : Path
        Its folder is made if need be; what stands there is overwritten.
    arrays : mapping of str to array
        In the order in which they are stored.
    """
    with whole_file(file) as partial, zipfile.ZipFile(partial, "w") as book:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", _DAY_OF_EVERY_ARRAY)
            entry.create_system = _UNIX
            content = io.BytesIO()
            # Numbers are little-endian whatever the machine.
            portable = np.asarray(array, dtype=array.dtype.newbyteorder("<"), order="C")
            np.lib.format.write_array(content, portable, version=(1, 0), allow_pickle=False)
            book.writestr(entry, content.getvalue(), zipfile.ZIP_DEFLATED, _LEVEL)


def read_archive(file: Path, names: Collection[str] | None = None, largest: int | None = None) -> dict[str, NDArray]:
    """Arrays of an archive by name.

    Parameters
    ----------
    names : collection of str, optional
        Those that are wanted, as far as they are there; all if left out.
    largest : int, optional
        Bytes that they may have, unpacked.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it is no archive, is damaged, has objects of Python among its arrays, or has more bytes than `largest`.
    """
    try:
        if largest is not None:
            _check_size(file, largest)
        with np.load(file, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files if names is None or name in names}
    except (OSError, ValueError):
        raise
    # The readers of zip and npy raise nearly everything there is on a file that is damaged.
    except Exception as error:
        message = f"it is no archive of arrays ({type(error).__name__}: {error})"
        raise ValueError(message) from error


def _check_size(file: Path, largest: int) -> None:
    # The sizes in the archive's own list bound what is unpacked of it.
    with zipfile.ZipFile(file) as book:
        size = sum(entry.file_size for entry in book.infolist())
    if size > largest:
        raise ValueError(f"unpacked it has {size} bytes, more than the {largest} that are read")


def load_archive(file: Path, identity: str) -> dict[str, NDArray] | None:
    """The arrays of an archive; none if there is no such file, or if it was made for something else.

    Parameters
    ----------
    identity : str
        What the array `identity` must say.

    Raises
    ------
    OSError
        If the file is damaged.
    """
    if not file.is_file():
        return None
    try:
        if str(read_archive(file, ("identity",))["identity"]) != identity:
            return None
        return read_archive(file)
    except (ValueError, KeyError) as error:
        message = f"{file} is damaged ({error}). Delete it; it is made again when it is needed."
        raise OSError(message) from error


def cached_matrix(
    name: str,
    shape: tuple[int, int],
    fill: Callable[[NDArray[np.floating]], None],
    kind: type[np.floating] = np.float32,
) -> NDArray[np.floating]:
    """A large matrix in the user's cache, mapped into memory; computed and kept if it is not there.

    Parameters
    ----------
    name : str
        What it is of; letters, digits and hyphens.
    shape : tuple of int
        Its size.
    fill : function
        Computes it in place.
    kind : type
        Of its numbers.
    """
    file = cache_folder() / f"{name}.npy"
    if not file.is_file():
        # A map of memory ends the process where the disk is full, so that room is made sure of before.
        with whole_file(file, np.dtype(kind).itemsize * shape[0] * shape[1]) as partial:
            made = np.lib.format.open_memmap(partial, "w+", kind, shape)
            fill(made)
            made.flush()
    # As a plain array: compiled functions take no other.
    return np.asarray(np.load(file, mmap_mode="r", allow_pickle=False))


def cache_folder() -> Path:
    """Where costs are kept on this machine."""
    return Path(platformdirs.user_cache_dir("cordillera")) / "costs"
