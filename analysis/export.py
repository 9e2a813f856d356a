"""A store in the formats of other programs: netCDF, CSV, Parquet and Excel workbooks.

Every export holds the design and the outcomes beside the outputs, and only the draws that have run. NetCDF is one file
of labelled arrays. CSV and Parquet are folders with one long table an output: a row a scenario, a draw and a cell, its
labels in columns. A workbook is wide, as spreadsheets like it: a row a scenario and a draw, a column a cell.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from math import isfinite, prod
from os import PathLike
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray
from openpyxl import Workbook

from ..data.workbook import neutral, neutral_frame, save_workbook, write_frame
from ..data.writing import errors_named, whole_file, whole_files
from ..engines import Outcome, unknown
from .sample import SweepResults, output_array

# A sheet ends at 1,048,576 rows and 16,384 columns; long before that a spreadsheet is of no use.
SHEET_ROWS, SHEET_COLUMNS, SHEET_CELLS = 1_048_575, 16_384, 2_000_000
_ROWS_AT_ONCE = 1_000_000
# Bytes of a netCDF file that are no numbers: names, attributes, the list of its chunks.
_BESIDE_THE_NUMBERS = 2**20
# Attributes that tell of the machine where a store was made, and nothing of its numbers.
_PRIVATE = ("host", "study_origin", "study_files")


class ExportError(ValueError):
    """A store that cannot be written in the format that was asked for."""


class MissingPackageError(ImportError):
    """A format needs a package that an extra installs."""


@dataclass(frozen=True, slots=True)
class Export:
    """What was written: the files, and in words each output that was left out."""

    files: tuple[Path, ...]
    left_out: tuple[str, ...] = ()


def export(store: SweepResults, form: str, out: str | PathLike[str], outputs: Sequence[str] | None = None) -> Export:
    """Write a store in another program's format.

    Parameters
    ----------
    store : Store
        A sweep, finished or not; draws that have not run are left out.
    form : {"netcdf", "csv", "parquet", "xlsx"}
        NetCDF and a workbook are one file, CSV and Parquet a folder.
    out : path
        The file or folder; what stands in its place is overwritten.
    outputs : sequence of str, optional
        The outputs wanted; all that the store keeps if left out.

    Returns
    -------
    Export
        The files. A workbook leaves out what is too large for a sheet, unless it was asked for by name.

    Raises
    ------
    UnknownNameError
        If there is no such format or output.
    ExportError
        If no draw has run yet, or an output asked for by name is too large for a sheet.
    MissingPackageError
        If the format needs a package that is not installed.
    """
    writers: dict[str, Callable[[_Tables, Path], Export]] = {
        "netcdf": _write_netcdf,
        "csv": _write_csv,
        "parquet": _write_parquet,
        "xlsx": _write_workbook,
    }
    if form not in writers:
        raise unknown("format", form, list(writers))
    kept = store.study.outputs
    for name in outputs or ():
        if name not in kept:
            raise unknown("output", name, kept)
    ran = np.flatnonzero((store.outcome() != Outcome.NOT_RUN).all("scenario").values)
    if not len(ran):
        raise ExportError("No draw of this store has run yet; `cordillera run` goes on with it.")
    if form == "xlsx" and Path(out).suffix.lower() != ".xlsx":
        raise ExportError(f"{out} is no name of a workbook; give one that ends in .xlsx.")
    # What a format puts into files of its own on the way there counts as the export too.
    with errors_named(out):
        return writers[form](_Tables(store, tuple(outputs or kept), ran, bool(outputs)), Path(out))


@dataclass(frozen=True, slots=True)
class _Tables:
    """The parts of an export: `draws` are the rows that ran, `by_name` says that the outputs were asked for."""

    store: SweepResults
    outputs: tuple[str, ...]
    draws: NDArray[np.intp]
    by_name: bool

    def design(self) -> pd.DataFrame:
        """A row a draw: its factors, in their units."""
        design = self.store.design()
        frame = pd.DataFrame(design.values[self.draws], columns=list(design.factors))
        frame.insert(0, "draw", self.draws)
        return frame

    def outcome(self) -> pd.DataFrame:
        """A row a run: what became of it, in a word."""
        array = self.store.outcome()
        codes = array.values[:, self.draws].ravel()
        return pd.DataFrame(
            {
                "scenario": np.repeat(array["scenario"].values, len(self.draws)),
                "draw": np.tile(self.draws, array.sizes["scenario"]),
                "outcome": [Outcome(code).name for code in codes],
            }
        )

    def array(self, name: str) -> xr.DataArray:
        """One output (scenario, draw, ...) of the draws that ran, not yet read."""
        return output_array(self.store, name).isel(draw=self.draws).assign_coords(draw=self.draws)

    def pieces(self, name: str) -> Iterator[xr.DataArray]:
        """One output in pieces of one scenario that fit into memory whatever the size of the sweep."""
        array = self.array(name)
        step = max(1, _ROWS_AT_ONCE // _cells(array))
        for place in range(array.sizes["scenario"]):
            for first in range(0, len(self.draws), step):
                yield array.isel(scenario=[place], draw=slice(first, first + step)).load()

    def long(self, name: str) -> Iterator[pd.DataFrame]:
        """One output as rows (scenario, draw, labels, value), piece by piece."""
        for piece in self.pieces(name):
            yield piece.to_series().rename(name).reset_index()


def _write_netcdf(tables: _Tables, path: Path) -> Export:
    _need("h5netcdf", "h5py")
    design = tables.store.design()
    variables = {
        "design": xr.DataArray(design.values[tables.draws], dims=("draw", "factor")),
        "outcome": tables.store.outcome().isel(draw=tables.draws),
        **{name: tables.array(name) for name in tables.outputs},
    }
    dataset = xr.Dataset(variables, coords={"draw": tables.draws, "factor": list(design.factors)})
    kept = {name: value for name, value in tables.store.attrs.items() if name not in _PRIVATE}
    dataset.attrs = {name: value for name, value in kept.items() if isinstance(value, str | int)}
    # The library of the format ends the process where the disk is full.
    with whole_file(path, dataset.nbytes + _BESIDE_THE_NUMBERS) as partial:
        dataset.to_netcdf(partial, engine="h5netcdf")
    return Export((path,))


def _write_csv(tables: _Tables, folder: Path) -> Export:
    with whole_files(folder) as partial:
        for name, frame in (("design", tables.design()), ("outcome", tables.outcome())):
            write_frame(frame, partial / f"{name}.csv")
        for name in tables.outputs:
            with (
                whole_file(partial / f"{name}.csv") as whole,
                whole.open("w", encoding="utf-8", newline="") as file,
            ):
                for number, frame in enumerate(tables.long(name)):
                    neutral_frame(frame).to_csv(file, index=False, header=number == 0)
    return _files_of(tables, folder, "csv")


def _write_parquet(tables: _Tables, folder: Path) -> Export:
    _need("pyarrow")
    from pyarrow import Table
    from pyarrow.parquet import ParquetWriter

    with whole_files(folder) as partial:
        for name, frame in (("design", tables.design()), ("outcome", tables.outcome())):
            with whole_file(partial / f"{name}.parquet") as whole:
                frame.to_parquet(whole, index=False)
        for name in tables.outputs:
            frames = (Table.from_pandas(frame, preserve_index=False) for frame in tables.long(name))
            first = next(frames)
            with whole_file(partial / f"{name}.parquet") as whole, ParquetWriter(whole, first.schema) as writer:
                writer.write_table(first)
                for table in frames:
                    writer.write_table(table)
    return _files_of(tables, folder, "parquet")


def _files_of(tables: _Tables, folder: Path, ending: str) -> Export:
    return Export(tuple(folder / f"{name}.{ending}" for name in ("design", "outcome", *tables.outputs)))


def _write_workbook(tables: _Tables, path: Path) -> Export:
    too_large = {name: reason for name in tables.outputs if (reason := _too_large(tables.array(name)))}
    if too_large and tables.by_name:
        listed = "; ".join(too_large.values())
        raise ExportError(f"Too large for a spreadsheet: {listed}. Use the format csv, parquet or netcdf.")
    book = Workbook(write_only=True)
    contents = book.create_sheet("contents")
    contents.append(["output", "label", "unit", "where"])
    for name in tables.outputs:
        array = tables.array(name)
        where = f"left out, {too_large[name]}: export it as csv" if name in too_large else f"sheet {_sheet(name)}"
        _append(contents, [name, array.attrs.get("long_name", ""), array.attrs.get("units", ""), where])
    for name, frame in (("design", tables.design()), ("outcome", tables.outcome())):
        sheet = book.create_sheet(name)
        _append(sheet, list(frame.columns))
        for row in frame.itertuples(index=False):
            _append(sheet, row)
    for name in tables.outputs:
        if name not in too_large:
            _write_sheet(book, tables, name)
    save_workbook(book, path)
    return Export((path,), tuple(too_large.values()))


def _write_sheet(book: Workbook, tables: _Tables, name: str) -> None:
    sheet = book.create_sheet(_sheet(name))
    array = tables.array(name)
    dims = [str(dim) for dim in array.dims[2:]]
    labels = [array[dim].values.tolist() for dim in dims]
    columns = [", ".join(map(str, cell)) for cell in pd.MultiIndex.from_product(labels)] if dims else [name]
    _append(sheet, ["scenario", "draw", *columns])
    for piece in tables.pieces(name):
        scenario = str(piece["scenario"].values[0])
        values = piece.values.reshape(piece.sizes["draw"], -1)
        for draw, row in zip(piece["draw"].values, values, strict=True):
            _append(sheet, [scenario, int(draw), *row])


def _too_large(array: xr.DataArray) -> str:
    """Why an output does not fit into a sheet, or nothing."""
    rows, columns = array.sizes["scenario"] * array.sizes["draw"], _cells(array) + 2
    if rows <= SHEET_ROWS and columns <= SHEET_COLUMNS and rows * columns <= SHEET_CELLS:
        return ""
    return f"{array.name} ({rows:,} rows of {columns:,} columns)"


def _cells(array: xr.DataArray) -> int:
    return prod(array.shape[2:])


def _append(sheet, values: Iterable[object]) -> None:
    """A row of a sheet: no text is a formula, and a run that failed leaves an empty cell."""
    plain = (value.item() if isinstance(value, np.generic) else value for value in values)
    sheet.append([None if isinstance(cell, float) and not isfinite(cell) else neutral(cell) for cell in plain])


def _sheet(name: str) -> str:
    # The longest name of a sheet, without the letters that none may have.
    return re.sub(r"[\[\]:*?/\\]", "_", name)[:31]


def _need(*packages: str) -> None:
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        message = f"This format needs {' and '.join(missing)}; install with: pip install {' '.join(missing)}."
        raise MissingPackageError(message)
