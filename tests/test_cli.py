"""The command line on a study of the Ishigami engine: what it prints where, exit codes, and words for faults."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import typer
from command import cordillera, words
from cordillera import cli, verbs
from cordillera.console import views
from cordillera.engines import Outcome
from cordillera.sweeps import OutOfWorkersError, Store, open_store

COMMANDS = [
    "headline",
    "cases",
    "describe",
    "reproduce",
    "matrix",
    "matrices",
    "template",
    "check",
    "run",
    "status",
    "submit",
    "cancel",
    "extend",
    "replay",
    "analyze",
    "report",
    "export",
    "verify",
    "corridor",
    "doctor",
]
HEAVY = [
    "numpy",
    "pandas",
    "xarray",
    "scipy",
    "numba",
    "dask",
    "distributed",
    "zarr",
    "SALib",
    "matplotlib",
    "pydantic",
]
STUDY = """
name = "waves"
engine = "ishigami"
scenarios = ["steeper"]
design = { method = "sobol", samples = 16, seed = 3 }
factors.x1 = { distribution = "uniform", low = -3.0, high = 3.0 }
factors.x3 = { distribution = "uniform", low = -3.0, high = 3.0 }

[[claims]]
name = "It rises"
output = "y"
scenario = "steeper"
relative_to = "baseline"
holds = "> 0"
"""


@pytest.fixture
def study(tmp_path: Path) -> Path:
    path = tmp_path / "waves.toml"
    path.write_text(STUDY)
    return path


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that has run to its end; tests only read it."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "waves.toml").write_text(STUDY)
    result = cordillera("run", folder / "waves.toml", "--out", folder / "waves.zarr", "--cluster", "serial")
    assert result.exit_code == 0, result.output
    return folder / "waves.zarr"


def test_every_command_is_there_and_no_other() -> None:
    assert list(typer.main.get_command(cli.app).commands) == COMMANDS  # pyright: ignore[reportAttributeAccessIssue]


def test_help_is_shown_without_loading_what_is_slow() -> None:
    code = f"import sys, cordillera.cli; print([name for name in {HEAVY} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_the_package_runs_as_a_module() -> None:
    made = subprocess.run([sys.executable, "-m", "cordillera", "--version"], capture_output=True, text=True, check=True)
    assert made.stdout.count(".") >= 2


def test_a_study_runs_and_its_store_is_complete(study: Path, tmp_path: Path) -> None:
    result = cordillera("run", study, "--out", tmp_path / "a.zarr", "--cluster", "serial", "--json")
    assert result.exit_code == 0
    record = json.loads(result.stdout)
    assert record["done"] == record["runs"] == 16 * 4 * 2
    assert record["failed"] == 0
    assert "Complete" in cordillera("status", tmp_path / "a.zarr").stdout


def test_the_status_says_if_unlike_machines_computed_a_store(study: Path, tmp_path: Path) -> None:
    cordillera("run", study, "--out", tmp_path / "a.zarr", "--cluster", "serial")
    assert "unlike machines" not in cordillera("status", tmp_path / "a.zarr").stdout
    lines = open_store(tmp_path / "a.zarr", writable=True).array("status/environment")
    lines[:1] = np.array(["an abacus"], dtype=np.dtypes.StringDType())
    said = cordillera("status", tmp_path / "a.zarr").stdout
    assert "Computed on unlike machines or versions: " in said
    assert "1 unit: an abacus" in said


def test_a_sweep_is_followed_to_its_end_and_what_failed_is_said(study: Path, tmp_path: Path) -> None:
    store = tmp_path / "a.zarr"
    cordillera("run", study, "--out", store, "--cluster", "serial", "--run-limit", "60")
    followed = cordillera("status", store, "--follow")
    assert (followed.exit_code, "complete" in followed.stdout) == (0, True)
    outcome = open_store(store, writable=True).array("status/outcome")
    outcome[0, :3] = np.full(3, Outcome.TIMED_OUT, dtype=np.uint8)
    assert "3 TIMED_OUT: The run, alone in a process" in cordillera("status", store).stdout
    outcome[:, :] = np.zeros(outcome.shape, dtype=np.uint8)
    followed = cordillera("status", store, "--follow")
    assert followed.exit_code == 3
    assert "`cordillera run STUDY --out" in words(followed)


def test_a_limit_of_a_run_that_is_no_time_is_refused(study: Path, tmp_path: Path) -> None:
    refused = cordillera("run", study, "--out", tmp_path / "a.zarr", "--cluster", "serial", "--run-limit", "0")
    assert refused.exit_code == 2
    assert "give a number above 0" in words(refused)


def test_the_same_command_on_a_finished_store_changes_nothing(study: Path, tmp_path: Path) -> None:
    arguments = ("run", study, "--out", tmp_path / "a.zarr", "--cluster", "serial")
    assert cordillera(*arguments).exit_code == 0
    before = {path: path.read_bytes() for path in (tmp_path / "a.zarr" / "results").rglob("*") if path.is_file()}
    assert cordillera(*arguments).exit_code == 0
    assert before == {path: path.read_bytes() for path in before}


SPEAKING_JSON = [
    ("cases",),
    ("describe", "ishigami"),
    ("check", "STUDY"),
    ("status", "STORE"),
    ("analyze", "STORE"),
    ("replay", "STORE", "5"),
    ("verify", "STORE"),
    ("doctor", "--cluster", "serial"),
]


@pytest.mark.parametrize("command", SPEAKING_JSON, ids=lambda command: command[0])
def test_json_is_one_object_and_nothing_else(command: tuple[str, ...], finished: Path) -> None:
    names = {"STUDY": finished.with_suffix(".toml"), "STORE": finished}
    result = cordillera(*(names.get(part, part) for part in command), "--json")
    assert result.exit_code == 0, result.stderr
    assert isinstance(json.loads(result.stdout), dict)


def test_a_study_is_doubled_and_no_other_number_is_taken(study: Path, tmp_path: Path) -> None:
    store = tmp_path / "a.zarr"
    assert cordillera("run", study, "--out", store, "--cluster", "serial").exit_code == 0
    assert cordillera("extend", store, "--samples", "32", "--cluster", "serial").exit_code == 0
    assert json.loads(cordillera("status", store, "--json").stdout)["done"] == 32 * 4 * 2
    for samples in ("48", "16"):
        refused = cordillera("extend", store, "--samples", samples, "--cluster", "serial")
        assert refused.exit_code == 2
        assert "power of two" in words(refused)


def test_a_replayed_draw_has_the_stored_bits(finished: Path) -> None:
    result = cordillera("replay", finished, "7")
    assert result.exit_code == 0
    assert "The stored bits come back" in words(result)


def test_analyze_prints_claims_and_what_carries_them(finished: Path) -> None:
    result = cordillera("analyze", finished)
    assert result.exit_code == 0
    assert "It rises" in result.stdout
    assert "x1" in result.stdout


def test_a_report_is_written_where_it_was_asked_for(finished: Path, tmp_path: Path) -> None:
    assert cordillera("report", finished, "--out", tmp_path / "page.html").exit_code == 0
    assert (tmp_path / "page.html").read_text().lstrip().lower().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("form", "out"), [("csv", "made"), ("parquet", "made"), ("netcdf", "made.nc"), ("xlsx", "made.xlsx")]
)
def test_a_store_is_exported(form: str, out: str, finished: Path, tmp_path: Path) -> None:
    result = cordillera("export", finished, "--format", form, "--out", tmp_path / out)
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / out).exists()


def test_headline_runs_its_studies_into_one_report(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "HEADLINE_STUDIES", (str(study),))
    result = cordillera("headline", "--out", tmp_path / "headline", "--cluster", "serial")
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "headline" / "waves.zarr").is_dir()
    assert (tmp_path / "headline" / "report.html").is_file()


def test_failed_runs_above_the_limit_end_with_exit_code_1(study: Path, tmp_path: Path) -> None:
    infinite = '{ name = "huge", shocks = [{ parameter = "b", change = "times", value = 1e308 }] }'
    factor = '\nfactors.b = { distribution = "uniform", low = 5.0, high = 9.0 }\n'
    text = STUDY.replace('["steeper"]', f'["steeper", {infinite}]').replace("\n[[claims]]", factor + "\n[[claims]]")
    study.write_text(text)
    result = cordillera("run", study, "--out", tmp_path / "a.zarr", "--cluster", "serial")
    assert result.exit_code == 1
    assert "of the runs failed" in words(result)
    assert "80 of 240 runs failed (33" in words(cordillera("analyze", tmp_path / "a.zarr"))


FAULTS = {
    "a misspelt factor": (("factors.x3", "factors.x33"), ["x33", "Did you mean 'x3'"]),
    "low above high": (("low = -3.0, high = 3.0 }\n\n", "low = 3.0, high = -3.0 }\n\n"), ["factors.x3", "3", "-3"]),
    "an unknown scenario": (('["steeper"]', '["steper"]'), ["steper", "Did you mean 'steeper'"]),
    "a value that the model does not take": (("high = 3.0 }\n\n", "high = 4.0 }\n\n"), ["factors.x3", "4"]),
    "samples that are no power of two": (("samples = 16", "samples = 17"), ["17", "16", "32"]),
    "a broken file": (('name = "waves"', 'name = "waves'), ["not TOML"]),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_study_is_named_with_its_value_and_remedy(fault: str, study: Path) -> None:
    (old, new), expected = FAULTS[fault]
    assert old in STUDY
    study.write_text(STUDY.replace(old, new, 1))
    result = cordillera("check", study)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    for part in expected:
        assert part in words(result)


def test_all_faults_of_a_study_are_told_at_once(study: Path) -> None:
    study.write_text(STUDY.replace("steeper", "steper").replace("factors.x3", "factors.x33"))
    said = words(cordillera("check", study))
    assert "x33" in said
    assert "steper" in said


def test_a_store_of_another_study_is_refused_with_the_differences(study: Path, tmp_path: Path) -> None:
    store = tmp_path / "a.zarr"
    assert cordillera("run", study, "--out", store, "--cluster", "serial").exit_code == 0
    study.write_text(STUDY.replace("low = -3.0, high = 3.0 }\n\n", "low = -2.0, high = 3.0 }\n\n"))
    result = cordillera("run", study, "--out", store, "--cluster", "serial")
    assert result.exit_code == 2
    assert "factors.x3.low" in words(result)


@pytest.mark.parametrize("command", [("status",), ("analyze",), ("verify",), ("replay", "0"), ("export", "--out", "x")])
def test_a_store_that_is_not_there_is_named(command: tuple[str, ...], tmp_path: Path) -> None:
    result = cordillera(command[0], tmp_path / "nothing.zarr", *command[1:])
    assert result.exit_code == 2
    assert "nothing.zarr" in words(result)
    assert "Traceback" not in result.output


def test_a_folder_that_is_no_store_is_left_alone(study: Path, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text("dear all")
    result = cordillera("run", study, "--out", tmp_path / "letters", "--cluster", "serial")
    assert result.exit_code == 2
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["one.txt"]


def test_a_place_that_cannot_be_written_is_a_fault_in_words(study: Path) -> None:
    result = cordillera("run", study, "--out", study / "inside-a-file.zarr", "--cluster", "serial")
    assert result.exit_code == 2
    assert "waves.toml" in words(result)
    assert "Traceback" not in result.output


def test_a_full_disk_is_a_fault_in_words(study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "chunk")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "write_unit", full)
        result = cordillera("run", study, "--out", tmp_path / "a.zarr", "--cluster", "serial")
    assert result.exit_code == 2
    assert "No space left on device" in words(result)
    assert cordillera("run", study, "--out", tmp_path / "a.zarr", "--cluster", "serial").exit_code == 0


def test_a_truncated_chunk_is_found_and_repaired(study: Path, tmp_path: Path) -> None:
    store = tmp_path / "a.zarr"
    run = ("run", study, "--out", store, "--cluster", "serial")
    assert cordillera(*run).exit_code == 0
    chunk = max(
        (store / "results" / "y" / "c").rglob("*"), key=lambda path: path.stat().st_size if path.is_file() else 0
    )
    chunk.write_bytes(chunk.read_bytes()[:-10])
    found = cordillera("verify", store)
    assert found.exit_code == 2
    assert "results/y" in words(found)
    assert cordillera(*run).exit_code == 0
    assert cordillera("verify", store).exit_code == 0


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), OutOfWorkersError("no workers are left")], ids=["Ctrl-C", "no workers"]
)
def test_a_sweep_that_stops_early_ends_with_exit_code_3(
    error: BaseException, study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*arguments: object, **options: object) -> None:
        raise error

    monkeypatch.setattr(verbs, "run", stopped)
    assert cordillera("run", study, "--out", tmp_path / "a.zarr").exit_code == 3


def test_a_fault_of_the_program_says_how_to_report_it(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "check", lambda *arguments: {}["missing"])
    result = cordillera("check", study)
    assert result.exit_code == 2
    assert "report" in words(result)
    assert "Traceback" not in result.output
    assert "Traceback" in cordillera("--debug", "check", study).stderr


@pytest.mark.parametrize(
    "arguments", [("runn",), ("run",), ("run", "x", "--out", "y", "--workers", "0"), ("replay", "x", "one")]
)
def test_a_fault_in_the_arguments_ends_with_exit_code_2(arguments: tuple[str, ...]) -> None:
    assert cordillera(*arguments).exit_code == 2


@pytest.mark.slow
def test_the_reproduction_has_its_score_and_base_year_beside_it() -> None:
    result = cordillera("reproduce", "peru-2002", "--json")
    assert result.exit_code == 0, result.stderr
    record = json.loads(result.stdout)
    assert record["set"] == "inferred"
    assert record["table_4_signs"]["of"] == 206
    assert record["findings"]["of"] == 32
    assert set(record["rmse"]) == {"table_3", "table_4", "table_5", "table_6"}
    assert record["beside"]["base-year"]["table_4_signs"]["agree"] <= record["table_4_signs"]["agree"]
