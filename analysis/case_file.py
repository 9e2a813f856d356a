"""Tables and texts of a case that belong to its analysis rather than to its model, read with their faults in words."""

import io
from importlib.resources.abc import Traversable
from pathlib import Path

import pandas as pd

from ..data.raw import read_bounded
from .sample import AnalysisError


def case_text(source: Traversable) -> str:
    """The text of a file of a case.

    Raises
    ------
    AnalysisError
        If it cannot be read.
    """
    try:
        return read_bounded(source) if isinstance(source, Path) else source.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise AnalysisError(f"{source} cannot be read: {error}. Save it as text in UTF-8.") from error


def table_from_text(text: str, origin: str) -> pd.DataFrame:
    """A CSV with a header as a table of texts; blanks are empty texts.

    Raises
    ------
    AnalysisError
        If it is none.
    """
    try:
        return pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    except ValueError as error:
        raise AnalysisError(f"{origin} is no table: {error}. Give a CSV with one row of names.") from error


def file_of(folder: Traversable, name: str, origin: str) -> Traversable:
    """The file of a case that one of its tables names.

    Raises
    ------
    AnalysisError
        If there is none, or if it lies outside the folder of the case, be it through a link.
    """
    source = folder.joinpath(*name.split("/"))
    outside = isinstance(source, Path) and not source.resolve().is_relative_to(Path(str(folder)).resolve())
    if outside or ".." in name.split("/") or not source.is_file():
        words = "which lies outside its folder" if outside else "which does not exist"
        raise AnalysisError(f"The case at {folder} names the file {name!r} in {origin}, {words}.")
    return source
