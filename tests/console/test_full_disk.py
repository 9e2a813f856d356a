"""A disk without room, of which a limit on the size of files stands in: every command that writes names its file."""

import gc
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from command import cordillera, words
from cordillera.cluster import SerialBackend
from cordillera.sweeps import run_study, study_from_text
from fragile_engine import study_text

# openpyxl leaves generators open where its own files cannot be written, which complain when they are collected.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    run_study(study_from_text(study_text(64, "ishigami")), tmp_path / "a.zarr", SerialBackend())
    return tmp_path / "a.zarr"


def assert_named(size: int, file: str, *arguments: object) -> None:
    with files_of_at_most(size):
        told = cordillera(*arguments)
    gc.collect()
    assert told.exit_code == 2
    assert f"{file}: File too large. No file may be so large here" in words(told)


@pytest.mark.parametrize("form", ["csv", "parquet", "netcdf", "xlsx"])
def test_an_export_names_its_file_and_leaves_nothing_of_it(form: str, store: Path, tmp_path: Path) -> None:
    name = {"netcdf": "a.nc", "xlsx": "a.xlsx"}.get(form, "a")
    command = ("export", store, "--format", form, "--out")
    assert cordillera(*command, tmp_path / "whole" / name).exit_code == 0
    sizes = {path: path.stat().st_size for path in (tmp_path / "whole").rglob("*") if path.is_file()}
    largest = max(sizes, key=lambda path: sizes[path])
    file = tmp_path / "cut" / largest.relative_to(tmp_path / "whole")
    assert_named(sizes[largest] - 1, str(file), *command, tmp_path / "cut" / name)
    assert [path for path in (tmp_path / "cut").rglob("*") if path.is_file()] == []


def test_a_report_names_its_file_and_leaves_the_one_before(store: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text("the one before")
    assert_named(20_000, str(page), "report", store, "--out", page)
    assert page.read_text() == "the one before"


def test_a_copy_of_a_case_names_the_copy_and_not_the_original(tmp_path: Path) -> None:
    assert_named(2_000, f"{tmp_path}/mine/priors/sectors.csv", "template", "peru-2002", "--out", tmp_path / "mine")


def test_a_sweep_names_its_store_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    study, out = tmp_path / "own.toml", tmp_path / "b.zarr"
    study.write_text(study_text(64, "ishigami"), encoding="utf-8")
    assert_named(300, f"{out}/driver.json", "run", study, "--out", out, "--cluster", "serial")
    assert_named(8_000, str(out), "run", study, "--out", out, "--cluster", "serial")
    assert cordillera("run", study, "--out", out, "--cluster", "serial").exit_code == 0
