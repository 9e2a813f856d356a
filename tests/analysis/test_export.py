"""A store in other programs' formats, read back by those programs' readers."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xarray as xr
from cordillera.analysis import export as module
from cordillera.analysis.export import ExportError, export
from cordillera.analysis.sample import SweepResults
from cordillera.engines import Outcome, UnknownNameError

DRAWS, LEFT, FAILED = 16 * 5, 3, 7
FORMATS = {"csv": "made", "parquet": "made", "netcdf": "made.nc", "xlsx": "made.xlsx"}


@pytest.fixture
def sweep(make_sweep: Callable[..., SweepResults], make_text: Callable[..., str]) -> SweepResults:
    """A sweep in which one draw has not run and one has failed under `steeper`."""
    failed = [
        ("baseline", LEFT, Outcome.NOT_RUN),
        ("steeper", LEFT, Outcome.NOT_RUN),
        ("steeper", FAILED, Outcome.NOT_FINITE),
    ]
    return make_sweep(make_text('method = "sobol"\nsamples = 16\nseed = 3'), failed=failed)


def read_back(form: str, path: Path, output: str) -> pd.DataFrame:
    """One output as rows of scenario, draw, labels and value."""
    if form == "csv":
        return pd.read_csv(path / f"{output}.csv")
    if form == "parquet":
        return pd.read_parquet(path / f"{output}.parquet")
    if form == "netcdf":
        with xr.open_dataset(path) as dataset:
            return dataset[output].load().to_series().reset_index()
    wide = pd.read_excel(path, sheet_name=output)
    if output == "y":
        return wide
    return wide.melt(["scenario", "draw"], var_name="term", value_name=output)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("output", ["y", "terms"])
def test_the_numbers_come_back(form: str, output: str, sweep: SweepResults, tmp_path: Path) -> None:
    path = tmp_path / FORMATS[form]
    made = export(sweep, form, path)
    assert all(file.exists() for file in made.files)
    frame = read_back(form, path, output)
    keys = [name for name in ("scenario", "draw", "term") if name in frame]
    found = frame.set_index(keys)[output].sort_index()
    expected = sweep.output(output).drop_sel(draw=LEFT).to_series().sort_index()
    pd.testing.assert_series_equal(found, expected, check_exact=form != "xlsx", check_index_type=False)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_design_and_the_outcomes_stand_beside_the_outputs(form: str, sweep: SweepResults, tmp_path: Path) -> None:
    export(sweep, form, tmp_path)
    read = pd.read_csv if form == "csv" else pd.read_parquet
    design, outcome = read(tmp_path / f"design.{form}"), read(tmp_path / f"outcome.{form}")
    assert list(design["draw"]) == [draw for draw in range(DRAWS) if draw != LEFT]
    np.testing.assert_array_equal(design[["x1", "x2", "x3"]], np.delete(sweep.design().values, LEFT, axis=0))
    failed = outcome[outcome["outcome"] != "SOLVED"]
    assert failed.to_dict("records") == [{"scenario": "steeper", "draw": FAILED, "outcome": "NOT_FINITE"}]


def test_pieces_of_any_size_make_the_same_file(
    sweep: SweepResults, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(sweep, "csv", tmp_path / "whole")
    monkeypatch.setattr(module, "_ROWS_AT_ONCE", 50)
    export(sweep, "csv", tmp_path / "pieces")
    for file in (tmp_path / "whole").iterdir():
        assert file.read_bytes() == (tmp_path / "pieces" / file.name).read_bytes()


def test_only_the_outputs_asked_for_are_written(sweep: SweepResults, tmp_path: Path) -> None:
    export(sweep, "csv", tmp_path, ["y"])
    assert {file.name for file in tmp_path.iterdir()} == {"design.csv", "outcome.csv", "y.csv"}


def test_a_workbook_says_what_it_leaves_out(
    sweep: SweepResults, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SHEET_CELLS", 2 * (DRAWS - 1) * 3)
    made = export(sweep, "xlsx", tmp_path / "made.xlsx")
    assert len(made.left_out) == 1
    book = openpyxl.load_workbook(tmp_path / "made.xlsx")
    assert book.sheetnames == ["contents", "design", "outcome", "y"]
    contents = {row[0]: row[3] for row in book["contents"].iter_rows(values_only=True)}
    assert contents["y"] == "sheet y"
    assert "left out" in str(contents["terms"])
    with pytest.raises(ExportError, match="terms"):
        export(sweep, "xlsx", tmp_path / "made.xlsx", ["terms"])


def test_a_format_or_an_output_that_does_not_exist_is_named(sweep: SweepResults, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="xlsx"):
        export(sweep, "xls", tmp_path)
    with pytest.raises(UnknownNameError, match="yy"):
        export(sweep, "csv", tmp_path, ["yy"])


def test_a_store_without_a_run_is_refused(
    make_sweep: Callable[..., SweepResults], make_text: Callable[..., str], tmp_path: Path
) -> None:
    failed = [(scenario, draw, Outcome.NOT_RUN) for scenario in ("baseline", "steeper") for draw in range(4)]
    sweep = make_sweep(make_text('method = "latin"\nsamples = 4'), failed=failed)
    with pytest.raises(ExportError, match="cordillera run"):
        export(sweep, "csv", tmp_path)
