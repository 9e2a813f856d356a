"""What comes from somebody else: cases that may be refused, archives that are made by hand, and traps."""

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from cordillera.data import CaseError, read_case


def is_read(folder: Path, reader: Callable[[str], object] = read_case) -> bool:
    """Whether a case is read; False where it is refused in words."""
    try:
        reader(str(folder))
    except CaseError as error:
        assert error.faults
        return False
    return True


class Trap:
    """What unpickles to a file on disk."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.touch, (self.file,)


def packed(parts: Mapping[str, bytes]) -> bytes:
    """An archive of some files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def parts_of(file: Path) -> dict[str, bytes]:
    """The files of an archive."""
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
