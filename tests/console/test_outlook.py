"""What is made of looks at a sweep: pace, time left, and what a person should look at."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from cordillera.cluster import JobRecord
from cordillera.console.jobs import StoreJob
from cordillera.console.outlook import WINDOW_SECONDS, Look, Stage, kept, outlook, outlook_record
from cordillera.sweeps import DriverRecord, Progress, StoreStatus

BEAT = "2026-11-25T12:00:00.000+00:00"
DRIVER = DriverRecord("token", "node1", "place", 7, 1.0, BEAT, BEAT, "slurm")
RECORD = JobRecord("slurm", "42", "ana", "login", BEAT, "/logs/42.out")


def store(
    done: int,
    runs: int = 1000,
    outcomes: Mapping[str, int] | None = None,
    progress: Progress | None = None,
    driving: bool = True,
    silent: float = 1.0,
) -> StoreStatus:
    """A store of ten units and so many runs."""
    driver = replace(DRIVER, progress=progress) if driving else None
    counts = outcomes or {}
    return StoreStatus("a", "id", "a.zarr", runs, done, 0, 10, done // 100, counts, {"x": 1}, driver, driving, silent)


def told(workers: int = 2, solved: int = 0, seconds: float = 0.0) -> Progress:
    return Progress(1000, 0, 0, solved_here=solved, seconds=seconds, workers=workers)


def job(state: str | None, asked: bool = True) -> StoreJob:
    return StoreJob(RECORD, state, asked)


def test_the_pace_of_the_last_minutes_stands_beside_that_of_the_driver_and_decides_on_the_time_left() -> None:
    slow = told(solved=500, seconds=500.0)
    view = outlook([Look(0.0, store(100, progress=slow)), Look(200.0, store(500, progress=slow))])
    assert (view.window, view.recent, view.overall) == (200.0, pytest.approx(2.0), pytest.approx(1.0))
    assert view.seconds_left == pytest.approx(250.0)


def test_of_a_first_look_the_pace_is_that_of_the_driver() -> None:
    view = outlook([Look(0.0, store(600, progress=told(solved=100, seconds=50.0)))])
    assert (view.recent, view.overall, view.seconds_left) == (None, pytest.approx(2.0), pytest.approx(200.0))


def test_of_a_few_seconds_no_pace_is_made() -> None:
    looks = [Look(0.0, store(600)), Look(9.0, store(900)), Look(12.0, store(900))]
    assert (outlook(looks[:2]).window, outlook(looks[:2]).recent) == (9.0, None)
    assert outlook(looks).recent == pytest.approx(25.0)


def test_some_seconds_do_not_make_a_pace_where_the_driver_knows_better() -> None:
    known = told(solved=100, seconds=50.0)
    view = outlook([Look(0.0, store(600, progress=known)), Look(20.0, store(900, progress=known))])
    assert (view.recent, view.seconds_left) == (pytest.approx(15.0), pytest.approx(50.0))


def test_nothing_is_promised_before_a_run_has_come_in() -> None:
    view = outlook([Look(0.0, store(0, progress=told())), Look(200.0, store(0, progress=told()))])
    assert (view.recent, view.overall, view.seconds_left) == (0.0, None, None)


def test_runs_that_were_marked_anew_are_no_pace_backwards() -> None:
    assert outlook([Look(0.0, store(500)), Look(100.0, store(400))]).recent == 0.0


def test_workers_are_set_beside_those_of_the_first_look() -> None:
    view = outlook([Look(0.0, store(0, progress=told(8))), Look(60.0, store(0, progress=told(6)))])
    assert view.progress is not None
    assert (view.workers_before, view.progress.workers) == (8, 6)


def test_looks_older_than_the_window_are_let_go_but_the_last_good_one() -> None:
    looks: tuple[Look, ...] = ()
    for second in range(0, 1000, 100):
        looks = kept(looks, Look(float(second), store(second)))
    assert [look.at for look in looks] == [600.0, 700.0, 800.0, 900.0]
    for second in range(1000, 2000, 100):
        looks = kept(looks, Look(float(second), None, fault="away"))
    assert [look.at for look in looks if look.found] == [900.0]
    view = outlook(looks)
    assert view.found is not None
    assert (view.stage, view.found.done) == (Stage.RUNNING, 900)
    assert view.warnings == ("The store cannot be read now and is tried again: away",)


STAGES = {
    "a driver at work": (store(5), None, Stage.RUNNING),
    "a driver at work and a job": (store(5), job("RUNNING"), Stage.RUNNING),
    "all runs are there": (store(1000, driving=False), None, Stage.COMPLETE),
    "all runs are there and a driver": (store(1000), job("RUNNING"), Stage.COMPLETE),
    "nobody": (store(5, driving=False), None, Stage.GONE),
    "a job that ended": (store(5, driving=False), job(None), Stage.GONE),
    "a job that waits again": (store(5, driving=False), job("PENDING"), Stage.WAITING),
    "a job that waits, no store": (None, job("PENDING"), Stage.WAITING),
}


@pytest.mark.parametrize(("found", "of", "stage"), STAGES.values(), ids=STAGES)
def test_a_sweep_goes_on_while_somebody_drives_it_or_a_job_will(
    found: StoreStatus | None, of: StoreJob | None, stage: Stage
) -> None:
    assert outlook([Look(0.0, found, of)]).stage is stage


def test_where_the_queue_cannot_be_asked_a_driver_that_is_gone_is_waited_for_some_minutes() -> None:
    silent, looks = job(None, asked=False), (Look(0.0, store(5, progress=told()), job(None, asked=False)),)
    stages = []
    for second in range(10, 1000, 10):
        looks = kept(looks, Look(float(second), store(5, driving=False), silent))
        stages.append((second, outlook(looks).stage))
    assert next(second for second, stage in stages if stage is Stage.GONE) == WINDOW_SECONDS + 10


def test_failures_are_counted_by_outcome_with_the_remedy() -> None:
    outcomes = {"NOT_RUN": 900, "SOLVED": 90, "NO_CONVERGENCE": 3, "TIMED_OUT": 7}
    first, second = outlook([Look(0.0, store(100, outcomes=outcomes))]).failures
    assert (first.outcome, first.runs) == ("TIMED_OUT", 7)
    assert "--run-limit" in first.remedy
    assert (second.outcome, second.runs) == ("NO_CONVERGENCE", 3)


def test_a_driver_that_misses_some_beats_is_told_of_and_one_that_misses_none_is_not() -> None:
    assert outlook([Look(0.0, store(5, silent=14.0))]).warnings == ()
    (words,) = outlook([Look(0.0, store(5, silent=16.0))]).warnings
    assert words.startswith("The driver has been silent since ")


def test_a_sweep_without_workers_or_without_news_is_told_of() -> None:
    assert "no worker" in outlook([Look(0.0, store(5, progress=told(0)))]).warnings[0]
    still = [Look(0.0, store(5, progress=told())), Look(WINDOW_SECONDS, store(5, progress=told()))]
    assert outlook(still).warnings == ("No run has come in for minutes.",)
    moving = [Look(0.0, store(5, progress=told())), Look(WINDOW_SECONDS, store(6, progress=told()))]
    assert outlook(moving).warnings == ()


def test_a_program_is_told_the_same() -> None:
    known = told(solved=100, seconds=50.0)
    record = outlook_record(outlook([Look(0.0, store(600, progress=known), job("RUNNING"))]))
    assert (record["stage"], record["done"], record["seconds_left"]) == ("running", 600, pytest.approx(200.0))
    assert record["job"] == {
        "kind": "slurm", "job": "42", "user": "ana", "host": "login", "submitted": BEAT, "log": "/logs/42.out",
        "cancelled": False, "state": "RUNNING", "asked": True,
    }  # fmt: skip
