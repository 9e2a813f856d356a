"""Files that are written whole or not at all, and errors that say of which file they are."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(file: Path, size: int = 0) -> Iterator[Path]:
    """A file to write that takes the place of `file` once it is whole, and is taken away if it does not get so far.

    Parameters
    ----------
    file : Path
        Its folder is made if need be; what stands there is overwritten.
    size : int
        Bytes that must be free, for a library that does not survive a full disk.

    Yields
    ------
    Path
        A file of the same kind beside it.

    Raises
    ------
    OSError
        If it cannot be written, with the name of `file`.
    """
    partial = file.with_name(f".{file.stem}.{os.getpid()}{file.suffix}")
    with errors_named(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            if size:
                _reserve(partial, size)
            yield partial
            partial.replace(file)
        except OSError as error:
            if error.filename == os.fspath(partial):
                error.filename = None
            raise
        finally:
            partial.unlink(missing_ok=True)


@contextmanager
def errors_named(place: object) -> Iterator[None]:
    """Give an error of the system that names no file the name of `place`, which was being written."""
    try:
        yield
    except OSError as error:
        if error.errno is None or error.filename is not None:
            raise
        raise OSError(error.errno, os.strerror(error.errno), str(place)) from error


def _reserve(file: Path, size: int) -> None:
    """See that there is room for so many bytes."""
    with file.open("wb") as room:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(room.fileno(), 0, size)
    file.unlink()
