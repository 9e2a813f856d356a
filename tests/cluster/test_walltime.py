"""A driver that is a job ends before its walltime does, and is queued again if it brought something in."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from cordillera.cluster import JobRecord, QueueError, SerialBackend, WalltimeError, walltime, within_walltime
from cordillera.cluster.record import write_job
from cordillera.cluster.walltime import WALLTIME, working_seconds
from cordillera.sweeps import Progress, open_store, run_study, study_from_text
from fragile_engine import study_text
from hypothesis import given
from hypothesis import strategies as st

RECORD = JobRecord("slurm", "7", "me", "here", "2026-01-01T00:00:00+00:00", "a.log")


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Clock:
    """The clock of the job 7 with a walltime of a day, whose store is `a.zarr`."""
    clock = Clock()
    monkeypatch.setattr(walltime, "monotonic", clock)
    monkeypatch.setenv(WALLTIME, "86400")
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    monkeypatch.chdir(tmp_path)
    return clock


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The jobs that were queued again."""
    jobs: list[str] = []
    monkeypatch.setattr(walltime, "requeue", lambda kind, job: jobs.append(job))
    return jobs


def drive(clock: Clock, counts: Sequence[int]) -> None:
    """Tell the watcher of these counts of 100 runs, the last one when the time is over."""
    with within_walltime("a.zarr", lambda state: None) as watch:
        for count in counts[:-1]:
            watch(Progress(100, count, 0))
        clock.ahead = 86400.0
        watch(Progress(100, counts[-1], 0))


@given(st.integers(60, 10**7))
def test_most_of_a_walltime_is_worked(seconds: int) -> None:
    assert 0.6 * seconds <= working_seconds(seconds) <= seconds - 20
    assert seconds - working_seconds(seconds) <= 120


def test_a_driver_that_is_no_job_is_told_of_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(WALLTIME, raising=False)

    def watcher(state: Progress) -> None:
        """Nothing."""

    with within_walltime("a.zarr", watcher) as watch:
        assert watch is watcher


def test_the_job_is_queued_again_once_if_it_brought_in_a_run(clock: Clock, queued: list[str]) -> None:
    write_job("a.zarr", RECORD)
    with pytest.raises(WalltimeError, match="job 7 is queued again and goes on"):
        drive(clock, [20, 40, 60])
    assert queued == ["7"]


@pytest.mark.parametrize("counts", [[20], [20, 20, 20]])
def test_a_job_that_brought_in_nothing_is_not_queued_again(counts: list[int], clock: Clock, queued: list[str]) -> None:
    write_job("a.zarr", RECORD)
    with pytest.raises(WalltimeError, match=r"No run was brought in during this walltime.*`cordillera submit` goes on"):
        drive(clock, counts)
    assert queued == []


def test_a_sweep_that_is_complete_ends_as_ever(clock: Clock, queued: list[str]) -> None:
    write_job("a.zarr", RECORD)
    drive(clock, [20, 100])
    assert queued == []


def test_a_job_that_is_cancelled_is_not_queued_again_and_does_nothing_if_it_is_started_again(
    clock: Clock, queued: list[str]
) -> None:
    write_job("a.zarr", RECORD)
    with (
        pytest.raises(WalltimeError, match="Job 7 was cancelled"),
        within_walltime("a.zarr", lambda state: None) as watch,
    ):
        watch(Progress(100, 20, 0))
        write_job("a.zarr", replace(RECORD, cancelled=True))
        clock.ahead = 86400.0
        watch(Progress(100, 40, 0))
    with pytest.raises(WalltimeError, match="Job 7 was cancelled"):
        drive(clock, [40, 60])
    assert queued == []


@pytest.mark.parametrize(
    "record",
    [None, replace(RECORD, job="8"), replace(RECORD, kind="pbs")],
    ids=["no record", "the record of another job", "a queue that cannot"],
)
def test_a_job_that_cannot_be_queued_again_says_what_goes_on(
    record: JobRecord | None, clock: Clock, queued: list[str]
) -> None:
    if record is not None:
        write_job("a.zarr", record)
    with pytest.raises(WalltimeError, match=r"over before the sweep.*`cordillera submit` goes on"):
        drive(clock, [20, 40])
    assert queued == []


def test_a_queue_that_refuses_is_quoted(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(kind: str, job: str) -> None:
        raise QueueError("not allowed here")

    monkeypatch.setattr(walltime, "requeue", refuse)
    write_job("a.zarr", RECORD)
    with pytest.raises(WalltimeError, match=r"could not be queued again: not allowed here"):
        drive(clock, [20, 40])


def test_a_sweep_that_is_ended_so_gives_its_store_back_and_goes_on(clock: Clock, queued: list[str]) -> None:
    write_job("a.zarr", RECORD)
    study = study_from_text(study_text(64, "ishigami"))

    def watch_until_half(state: Progress) -> None:
        clock.ahead = 86400.0 if state.done >= state.runs / 2 else 0.0

    with (
        pytest.raises(WalltimeError, match="queued again"),
        within_walltime("a.zarr", watch_until_half) as watch,
    ):
        run_study(study, "a.zarr", SerialBackend(), progress=watch, unit_blocks=8)
    assert not Path("a.zarr/driver.json").exists()
    kept = int(open_store("a.zarr").complete_units().sum())
    assert 4 <= kept < 8
    assert run_study(study, "a.zarr", SerialBackend()).complete_units().all()
