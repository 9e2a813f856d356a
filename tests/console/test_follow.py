"""A sweep followed to its end, with what is read of it made by hand."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cordillera import cli
from cordillera.cluster import JobRecord
from cordillera.console import follow, jobs
from cordillera.console.jobs import StoreJob
from cordillera.sweeps import (
    DamagedStoreError,
    DriverRecord,
    Progress,
    StoreNotFoundError,
    StoreStatus,
    StoreUnreachableError,
)
from rich.console import Console
from typer.testing import CliRunner, Result

BEAT = "2026-11-25T12:00:00.000+00:00"
DRIVER = DriverRecord("token", "node1", "place", 7, 1.0, BEAT, BEAT, "local", Progress(1000, 0, 0, workers=2))
STORE = StoreStatus("a", "id", "a.zarr", 1000, 0, 0, 10, 0, {}, {"x": 1}, DRIVER, True, 1.0)
GONE = replace(STORE, driver=None, driving=False, silent=None)
JOB = JobRecord("slurm", "42", "ana", "login", BEAT, "/logs/42.out")

Play = Callable[..., Result]


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Play:
    """Follow a sweep that is at each look as it is told, an error being raised."""

    def begin(*found: StoreStatus | BaseException, options: tuple[str, ...] = (), states: tuple = ()) -> Result:
        looks, answers = iter(found), iter(states)

        def read(url: str) -> StoreStatus:
            one = next(looks)
            if isinstance(one, BaseException):
                raise one
            return one

        monkeypatch.setattr(follow, "SECONDS_BETWEEN", 0.0)
        monkeypatch.setattr(follow, "SECONDS_OF_AN_ANSWER", 0.0)
        monkeypatch.setattr(follow, "read_status", read)
        monkeypatch.setattr(jobs, "find", lambda url: StoreJob(JOB, next(answers), asked=True) if states else None)
        result = CliRunner().invoke(cli.app, ["status", "a.zarr", "--follow", *options])
        assert next(looks, None) is None, "it ended too early"
        return result

    return begin


def at(done: int) -> StoreStatus:
    return replace(STORE, done=done, complete=done // 100)


def test_a_line_for_every_change_until_the_sweep_is_complete(play: Play) -> None:
    result = play(at(0), at(0), at(300), at(300), at(1000))
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert [line.split(" ", 1)[1].split(",")[0] for line in lines] == [
        "a: 0 of 1",
        "a: 300 of 1",
        "a: 1",
    ]
    assert "2 workers" in lines[0]
    assert "complete" in lines[-1]


def test_an_object_a_line_for_a_program(play: Play) -> None:
    result = play(at(0), at(0), at(300), at(1000), options=("--json",))
    assert result.exit_code == 0
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(record["done"], record["stage"]) for record in records] == [
        (0, "running"),
        (300, "running"),
        (1000, "complete"),
    ]
    assert records[0]["progress"]["workers"] == 2


def test_it_ends_when_the_driver_is_gone_and_says_what_to_type(play: Play) -> None:
    result = play(at(300), replace(GONE, done=300))
    assert result.exit_code == 3
    assert "nobody drives it" in result.stdout
    assert "700 runs are left" in result.stderr
    assert "`cordillera run STUDY --out a.zarr`" in result.stderr


def test_a_job_that_is_to_start_again_is_waited_for(play: Play) -> None:
    result = play(at(300), GONE, at(400), at(1000), states=("RUNNING", "PENDING", "RUNNING", "RUNNING"))
    assert result.exit_code == 0
    assert "Job 42 (slurm): pending" in result.stdout


def test_of_a_job_that_ended_the_log_is_named(play: Play) -> None:
    result = play(at(300), GONE, states=("RUNNING", None))
    assert result.exit_code == 3
    assert "/logs/42.out" in result.stderr
    assert "`cordillera submit STUDY --cluster FILE --out a.zarr`" in " ".join(result.stderr.split())


def test_a_job_that_waits_before_there_is_a_store_is_waited_for(play: Play) -> None:
    result = play(StoreNotFoundError("none"), at(1000), states=("PENDING", "RUNNING"))
    assert result.exit_code == 0
    assert "there is no store yet, Job 42 (slurm): pending" in result.stdout


@pytest.mark.parametrize("error", [OSError("away"), StoreUnreachableError("away"), DamagedStoreError("away")])
def test_a_store_that_is_away_for_a_while_is_waited_for(error: Exception, play: Play) -> None:
    result = play(at(300), error, at(400), at(1000))
    assert result.exit_code == 0
    assert [line for line in result.stdout.splitlines() if "tried again: away" in line]


def test_a_store_that_was_never_there_is_a_fault(play: Play, tmp_path: Path) -> None:
    result = play(StoreNotFoundError(f"There is no store at {tmp_path}."))
    assert result.exit_code == 2
    assert str(tmp_path) in result.stderr.replace("\n", "")


def test_a_store_that_is_taken_away_meanwhile_ends_it(play: Play) -> None:
    assert play(at(300), StoreNotFoundError("There is no store.")).exit_code == 2


def test_ctrl_c_leaves_the_view_and_not_the_sweep(play: Play) -> None:
    result = play(at(300), KeyboardInterrupt())
    assert result.exit_code == 0
    assert "goes on without this view" in result.stderr


def test_on_a_terminal_one_place_is_drawn_anew(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(follow, "screen", lambda: Console(file=terminal, force_terminal=True, width=100))
    assert play(at(300), at(1000)).exit_code == 0
    drawn = terminal.getvalue()
    assert "300 of 1,000 (30%)" in drawn
    assert "1,000 of 1,000 (100%)" in drawn
    assert "\x1b[1A" in drawn, "the cursor goes back to draw over what stands there"
