"""The files that a study is made of."""

from collections.abc import Mapping
from pathlib import Path

_LARGEST_FILE = 100_000_000


class FileSource:
    """Files that a study names: from what was given with its text, else from the folder of its origin.

    Their contents go into the store, so a study reaches nothing outside its own folder, not even through a link.
    """

    def __init__(self, origin: str, given: Mapping[str, str] | None) -> None:
        self._folder = Path(origin).parent
        self._given = given
        self.used: dict[str, str] = {}

    def read(self, name: str) -> str:
        """The contents of one file; OSError or ValueError says why there are none."""
        if self._given is not None:
            if name not in self._given:
                raise ValueError("is not among the files that were given with the study")
            text = self._given[name]
        else:
            text = read_text(self._inside(name))
        self.used[name] = text
        return text

    def _inside(self, name: str) -> Path:
        place = (self._folder / name).resolve()
        if not place.is_relative_to(self._folder.resolve()):
            raise ValueError("lies outside the folder of the study; put a copy of it beside the study")
        return place


def read_text(path: Path) -> str:
    """The text of a file, refusing what is too large to be one of ours."""
    size = path.stat().st_size
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder, not a file")
    if not path.is_file():
        # A device or a pipe may have no end.
        raise ValueError(f"{path} is not a file")
    if size > _LARGEST_FILE:
        raise ValueError(f"{path} has {size} bytes, more than the {_LARGEST_FILE} that are read")
    # Some editors put a byte order mark in front.
    return path.read_text(encoding="utf-8-sig")
