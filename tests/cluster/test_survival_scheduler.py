"""A scheduler and workers that somebody else started: kill any of them, and the sweep goes on with the same bits."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cordillera.sweeps import open_store
from dask_site import Site, kill_group
from fragile_engine import study_text
from survival import (
    PATIENCE,
    UNITS,
    assert_every_run_counts_once,
    assert_kept,
    assert_same_as,
    finished_units,
    only_died,
    times_of,
    wait_for_work,
)

pytestmark = pytest.mark.slow


def two_workers(site: Site, **disturbance: float) -> list[subprocess.Popen[bytes]]:
    return [site.worker(name, **disturbance) for name in ("w0", "w1")]


def test_a_worker_killed_with_its_nanny_costs_nothing_but_time(
    calm: Path, tmp_path: Path, site: Site, start: Callable
) -> None:
    site.scheduler()
    workers = two_workers(site, pause=0.05)
    driver = start(tmp_path / "a.zarr", site.cluster_file())
    wait_for_work(driver, tmp_path / "a.zarr")
    before = times_of(tmp_path / "a.zarr")
    kill_group(workers[0])
    assert driver.wait() == 0
    assert_same_as(calm, tmp_path / "a.zarr")
    assert_kept(before, tmp_path / "a.zarr")


def test_a_scheduler_that_is_killed_and_started_again_is_made_ready_again(
    calm: Path, tmp_path: Path, site: Site, start: Callable
) -> None:
    scheduler = site.scheduler()
    two_workers(site, pause=0.05)
    driver = start(tmp_path / "a.zarr", site.cluster_file())
    wait_for_work(driver, tmp_path / "a.zarr")
    before = times_of(tmp_path / "a.zarr")
    kill_group(scheduler)
    site.scheduler()
    site.worker("w2")
    assert driver.wait() == 0
    assert_same_as(calm, tmp_path / "a.zarr")
    assert_kept(before, tmp_path / "a.zarr")


def test_a_scheduler_that_does_not_come_back_is_told_and_the_same_command_goes_on(
    calm: Path, tmp_path: Path, site: Site
) -> None:
    (tmp_path / "study.toml").write_text(study_text(64))
    command = [sys.executable, "-m", "cordillera", "run", str(tmp_path / "study.toml"), "--cluster"]
    command += [site.cluster_file(), "--out", str(tmp_path / "a.zarr")]
    scheduler = site.scheduler()

    two_workers(site, pause=0.01)
    with subprocess.Popen(command, env=os.environ, stderr=subprocess.PIPE) as driver:
        wait_for_work(driver, tmp_path / "a.zarr")
        kill_group(scheduler)
        words = driver.communicate(timeout=PATIENCE)[1].decode()
    assert driver.returncode == 3, words
    assert "The scheduler is gone and has not come back. What is written is kept" in words
    assert "Traceback" not in words
    before = times_of(tmp_path / "a.zarr")
    site.scheduler()
    two_workers(site)
    assert subprocess.run(command, check=False).returncode == 0
    assert_kept(before, tmp_path / "a.zarr")


def test_a_killed_driver_leaves_scheduler_and_workers_to_the_next(
    calm: Path, tmp_path: Path, site: Site, start: Callable
) -> None:
    processes = [site.scheduler(), *two_workers(site, pause=0.05)]
    driver = start(tmp_path / "a.zarr", site.cluster_file())
    wait_for_work(driver, tmp_path / "a.zarr")
    driver.kill()
    driver.wait()
    before = times_of(tmp_path / "a.zarr")
    assert finished_units(tmp_path / "a.zarr") < UNITS
    assert start(tmp_path / "a.zarr", site.cluster_file()).wait() == 0
    assert_same_as(calm, tmp_path / "a.zarr")
    # What the workers held for the first driver they may have brought to an end beside the second.
    assert_kept(before, tmp_path / "a.zarr")
    assert [process.poll() for process in processes] == [None] * 3


def test_a_draw_that_kills_its_worker_is_recorded_and_its_neighbours_are_kept(
    calm: Path, tmp_path: Path, site: Site, start: Callable
) -> None:
    total = open_store(calm).design().values.sum(axis=1)
    deadly = int(total.argmax())
    site.scheduler()
    two_workers(site, kill_above=total[deadly] - 1e-9)
    assert start(tmp_path / "a.zarr", site.cluster_file()).wait() == 0
    assert only_died(tmp_path / "a.zarr", calm, deadly)
    assert_every_run_counts_once(tmp_path / "a.zarr")


@pytest.mark.parametrize("late", [False, True], ids=["there at the start", "come later"])
def test_a_worker_with_another_version_of_a_library_is_refused(
    late: bool, calm: Path, tmp_path: Path, site: Site, start: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other" / "SALib-0.0.1.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: SALib\nVersion: 0.0.1\n")
    site.scheduler()
    if late:
        site.worker("w0", pause=0.05)
        driver = start(tmp_path / "a.zarr", site.cluster_file())
        wait_for_work(driver, tmp_path / "a.zarr")
    with monkeypatch.context() as changed:
        changed.setenv("PYTHONPATH", str(other.parent), prepend=os.pathsep)
        site.worker("w1")
    if not late:
        driver = start(tmp_path / "a.zarr", site.cluster_file())
    words = driver.communicate(timeout=PATIENCE)[1].decode()
    assert driver.returncode != 0
    assert "has SALib 0.0.1 (driver: " in words
    assert not (tmp_path / "a.zarr" / "driver.json").exists()
    before = finished_units(tmp_path / "a.zarr")
    assert start(tmp_path / "a.zarr", "serial").wait() == 0
    assert before < UNITS
    assert_same_as(calm, tmp_path / "a.zarr")
