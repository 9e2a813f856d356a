"""Kill anything, run the same command again: the same bits."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from cordillera.engines import Outcome
from cordillera.sweeps import open_store, read_status
from cordillera.sweeps.address import backing_store
from cordillera.sweeps.lock import read_driver
from survival import (
    PATIENCE,
    RUNS_OF_UNIT,
    UNITS,
    assert_every_run_counts_once,
    assert_same_as,
    finished_units,
    only_died,
    wait_for_work,
    wait_until,
    workers_of,
)


def test_a_serial_driver_killed_at_work_is_resumed(calm: Path, tmp_path: Path, start: Callable) -> None:
    driver = start(tmp_path / "a.zarr", "serial", pause=0.02)
    wait_until(lambda: finished_units(tmp_path / "a.zarr") >= 3)
    driver.kill()
    driver.wait()
    kept = finished_units(tmp_path / "a.zarr")
    assert 3 <= kept < UNITS
    assert not read_status(tmp_path / "a.zarr").driving
    seconds = open_store(tmp_path / "a.zarr").status("seconds").values
    assert start(tmp_path / "a.zarr", "serial").wait() == 0
    assert_same_as(calm, tmp_path / "a.zarr")
    again = open_store(tmp_path / "a.zarr").status("seconds").values
    assert (again == seconds).sum() == kept * RUNS_OF_UNIT, "no written unit may be solved again"


@pytest.mark.slow
def test_a_draw_that_kills_a_serial_driver_is_isolated_at_the_third_start(
    calm: Path, tmp_path: Path, start: Callable
) -> None:
    total = open_store(calm).design().values.sum(axis=1)
    codes = [start(tmp_path / "a.zarr", "serial", kill_above=total.max() - 1e-9).wait() for _ in range(3)]
    assert codes == [-signal.SIGKILL, -signal.SIGKILL, 0]
    assert only_died(tmp_path / "a.zarr", calm, int(total.argmax()))
    assert_every_run_counts_once(tmp_path / "a.zarr")


@pytest.mark.slow
def test_a_killed_worker_costs_nothing_but_time(calm: Path, tmp_path: Path, start: Callable) -> None:
    driver = start(tmp_path / "a.zarr", "local", pause=0.05)
    wait_for_work(driver, tmp_path / "a.zarr")
    workers_of(driver)[0].kill()
    assert driver.wait() == 0
    assert_same_as(calm, tmp_path / "a.zarr")


@pytest.mark.slow
def test_a_killed_driver_takes_its_workers_along_and_is_resumed(calm: Path, tmp_path: Path, start: Callable) -> None:
    driver = start(tmp_path / "a.zarr", "local", pause=0.05)
    wait_for_work(driver, tmp_path / "a.zarr")
    workers = workers_of(driver)
    assert len(workers) == 2
    driver.kill()
    driver.wait()
    wait_until(lambda: not any(worker.is_running() for worker in workers))
    assert 2 <= finished_units(tmp_path / "a.zarr") < UNITS
    assert start(tmp_path / "a.zarr", "local").wait() == 0
    assert_same_as(calm, tmp_path / "a.zarr")


@pytest.mark.slow
def test_an_interrupt_from_the_terminal_leaves_a_good_store_and_no_noise(
    calm: Path, tmp_path: Path, start: Callable
) -> None:
    driver = start(tmp_path / "a.zarr", "local", pause=0.2)
    wait_for_work(driver, tmp_path / "a.zarr")
    workers = workers_of(driver)
    os.killpg(driver.pid, signal.SIGINT)
    noise = driver.communicate(timeout=PATIENCE)[1].decode()
    assert driver.returncode != 0, noise
    # Where it came up while an object was taken away, Python tells of it and drops it: it is raised again.
    told = [line for line in noise.splitlines() if line.startswith("KeyboardInterrupt")]
    assert 1 <= noise.count("Traceback") == len(told) <= 2, noise
    assert noise.rstrip().endswith("KeyboardInterrupt")
    assert not any(worker.is_running() for worker in workers)
    assert not (tmp_path / "a.zarr" / "driver.json").exists()
    assert start(tmp_path / "a.zarr", "local").wait() == 0
    assert_same_as(calm, tmp_path / "a.zarr")


@pytest.mark.slow
def test_a_draw_that_kills_every_worker_is_recorded_and_the_others_are_kept(
    calm: Path, tmp_path: Path, start: Callable
) -> None:
    total = open_store(calm).design().values.sum(axis=1)
    deadly = int(total.argmax())
    assert start(tmp_path / "a.zarr", "local", kill_above=total[deadly] - 1e-9).wait() == 0
    assert only_died(tmp_path / "a.zarr", calm, deadly)
    assert_every_run_counts_once(tmp_path / "a.zarr")


@pytest.mark.slow
def test_a_draw_that_never_ends_is_recorded_and_the_others_are_kept(
    calm: Path, tmp_path: Path, start: Callable
) -> None:
    total = open_store(calm).design().values.sum(axis=1)
    endless = int(total.argmax())
    driver = start(tmp_path / "a.zarr", "local", hang_above=total[endless] - 1e-9, run_limit=3.0)
    assert driver.wait() == 0, driver.communicate()[1].decode()
    assert only_died(tmp_path / "a.zarr", calm, endless, Outcome.TIMED_OUT)
    assert_every_run_counts_once(tmp_path / "a.zarr")


@pytest.mark.slow
def test_a_draw_that_never_ends_is_recorded_by_the_third_serial_driver(
    calm: Path, tmp_path: Path, start: Callable
) -> None:
    url, total = tmp_path / "a.zarr", open_store(calm).design().values.sum(axis=1)
    endless = int(total.argmax())
    backing, unit = backing_store(url, writable=False), endless // open_store(calm).unit_rows
    for _ in range(2):
        driver = start(url, "serial", hang_above=total[endless] - 1e-9)

        def hangs(process: int = driver.pid) -> bool:
            record = read_driver(backing) if url.exists() else None
            return record is not None and record.process == process and next(iter(record.in_flight), "") == str(unit)

        wait_until(hangs)
        driver.kill()
        driver.wait()
    assert start(url, "serial", hang_above=total[endless] - 1e-9, run_limit=3.0).wait() == 0
    assert only_died(url, calm, endless, Outcome.TIMED_OUT)


@pytest.mark.slow
def test_two_drivers_on_one_store_are_one_too_many(calm: Path, tmp_path: Path, start: Callable) -> None:
    first = start(tmp_path / "a.zarr", "serial", pause=0.05)
    wait_until(lambda: finished_units(tmp_path / "a.zarr") >= 1)
    second = start(tmp_path / "a.zarr", "serial")
    assert f"process {first.pid} on" in second.communicate(timeout=PATIENCE)[1].decode()
    assert second.returncode != 0
    assert first.wait() == 0
    assert_same_as(calm, tmp_path / "a.zarr")
