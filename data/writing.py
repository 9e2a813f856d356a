"""Files that are written whole or not at all, and errors that say of which file they are."""

import os
import shutil
import tempfile
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
    if file.exists() and not file.is_file():
        # A device or a pipe is no file that another may take the place of.
        with errors_named(file):
            yield file
        return
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
def whole_files(folder: Path) -> Iterator[Path]:
    """A folder to write files in, which are moved into `folder` once all of them are whole, and taken away if not.

    Yields
    ------
    Path
        A new folder inside `folder`.

    Raises
    ------
    OSError
        If one cannot be written, with its name in `folder`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=".partial.", dir=folder))
    try:
        yield partial
        for file in sorted(partial.iterdir()):
            file.replace(folder / file.name)
    except OSError as error:
        if error.filename is None or not Path(str(error.filename)).is_relative_to(partial):
            raise
        file = folder / Path(str(error.filename)).relative_to(partial)
        raise OSError(error.errno, error.strerror, str(file)) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def errors_named(place: object, partial: str = "") -> Iterator[None]:
    """Give an error of the system the name of `place`, if it names no file or one with the ending `partial`."""
    try:
        yield
    except OSError as error:
        named = error.filename is not None and not (partial and str(error.filename).endswith(partial))
        if error.errno is None or named:
            raise
        raise OSError(error.errno, os.strerror(error.errno), str(place)) from error


def _reserve(file: Path, size: int) -> None:
    """See that there is room for so many bytes."""
    with file.open("wb") as room:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(room.fileno(), 0, size)
    file.unlink()
