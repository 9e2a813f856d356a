"""Kill anything, run the same command again: the same bits."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from cordillera.cluster import SerialBackend
from cordillera.engines import Outcome
from cordillera.sweeps import (
    NotAStoreError,
    StoreNotFoundError,
    open_store,
    read_status,
    run_study,
    study_from_text,
    verify,
)
from fragile_engine import study_text

PATIENCE = 120.0


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of an undisturbed run: 16 units of 4 blocks."""
    url = tmp_path_factory.mktemp("calm") / "calm.zarr"
    run_study(study_from_text(study_text(64)), url, SerialBackend(), unit_blocks=4)
    return url


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start drivers in process groups of their own, and end whatever is left of them."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(url: Path, backend: str, **disturbance: float) -> subprocess.Popen[bytes]:
        environment = os.environ | {f"FRAGILE_{name.upper()}": str(value) for name, value in disturbance.items()}
        command = [sys.executable, "-m", "drive_study", str(url), backend, "4"]
        started.append(subprocess.Popen(command, env=environment, start_new_session=True, stderr=subprocess.PIPE))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def finished_units(url: Path) -> int:
    try:
        return int(open_store(url).complete_units().sum())
    except (StoreNotFoundError, NotAStoreError):
        return 0


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.05)


def workers_of(driver: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """Workers, which are forked from a process that the driver began, where the platform allows it."""
    children = psutil.Process(driver.pid).children(recursive=True)
    forked = [child for child in children if child.ppid() != driver.pid]
    return forked or [child for child in children if "spawn_main" in " ".join(child.cmdline())]


def assert_same_as(calm: Path, url: Path) -> None:
    report = verify(url, calm)
    assert report.sound
    assert report.compared == report.units == 16
    assert not (url / "driver.json").exists()


def test_a_serial_driver_killed_at_work_is_resumed(calm: Path, tmp_path: Path, start: Callable) -> None:
    driver = start(tmp_path / "a.zarr", "serial", pause=0.02)
    wait_until(lambda: finished_units(tmp_path / "a.zarr") >= 3)
    driver.kill()
    driver.wait()
    kept = finished_units(tmp_path / "a.zarr")
    assert 3 <= kept < 16
    assert not read_status(tmp_path / "a.zarr").driving
    seconds = open_store(tmp_path / "a.zarr").status("seconds").values
    assert start(tmp_path / "a.zarr", "serial").wait() == 0
    assert_same_as(calm, tmp_path / "a.zarr")
    again = open_store(tmp_path / "a.zarr").status("seconds").values
    assert (again == seconds).sum() == kept * 40, "no written unit may be solved again"


@pytest.mark.slow
def test_a_draw_that_kills_a_serial_driver_is_isolated_at_the_third_start(
    calm: Path, tmp_path: Path, start: Callable
) -> None:
    total = open_store(calm).design().values.sum(axis=1)
    codes = [start(tmp_path / "a.zarr", "serial", kill_above=total.max() - 1e-9).wait() for _ in range(3)]
    assert codes == [-signal.SIGKILL, -signal.SIGKILL, 0]
    died = (open_store(tmp_path / "a.zarr").outcome() == Outcome.WORKER_DIED).all("scenario")
    assert died.values.nonzero()[0].tolist() == [int(total.argmax())]


@pytest.mark.slow
def test_a_killed_worker_costs_nothing_but_time(calm: Path, tmp_path: Path, start: Callable) -> None:
    driver = start(tmp_path / "a.zarr", "local", pause=0.05)
    wait_until(lambda: finished_units(tmp_path / "a.zarr") >= 2)
    workers_of(driver)[0].kill()
    assert driver.wait() == 0
    assert_same_as(calm, tmp_path / "a.zarr")


@pytest.mark.slow
def test_a_killed_driver_takes_its_workers_along_and_is_resumed(calm: Path, tmp_path: Path, start: Callable) -> None:
    driver = start(tmp_path / "a.zarr", "local", pause=0.05)
    wait_until(lambda: finished_units(tmp_path / "a.zarr") >= 2)
    workers = workers_of(driver)
    assert len(workers) == 2
    driver.kill()
    driver.wait()
    wait_until(lambda: not any(worker.is_running() for worker in workers))
    assert 2 <= finished_units(tmp_path / "a.zarr") < 16
    assert start(tmp_path / "a.zarr", "local").wait() == 0
    assert_same_as(calm, tmp_path / "a.zarr")


@pytest.mark.slow
def test_an_interrupt_from_the_terminal_leaves_a_good_store_and_no_noise(
    calm: Path, tmp_path: Path, start: Callable
) -> None:
    driver = start(tmp_path / "a.zarr", "local", pause=0.05)
    wait_until(lambda: finished_units(tmp_path / "a.zarr") >= 2)
    workers = workers_of(driver)
    os.killpg(driver.pid, signal.SIGINT)
    noise = driver.communicate(timeout=PATIENCE)[1].decode()
    assert driver.returncode != 0
    assert noise.count("Traceback") == 1, noise
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
    store, undisturbed = open_store(tmp_path / "a.zarr"), open_store(calm)
    died = (store.outcome() == Outcome.WORKER_DIED).values
    assert died[:, deadly].all()
    assert died.sum() == 2
    assert (store.output("y").values[~died] == undisturbed.output("y").values[~died]).all()


@pytest.mark.slow
def test_two_drivers_on_one_store_are_one_too_many(calm: Path, tmp_path: Path, start: Callable) -> None:
    first = start(tmp_path / "a.zarr", "serial", pause=0.05)
    wait_until(lambda: finished_units(tmp_path / "a.zarr") >= 1)
    second = start(tmp_path / "a.zarr", "serial")
    assert f"process {first.pid} on" in second.communicate(timeout=PATIENCE)[1].decode()
    assert second.returncode != 0
    assert first.wait() == 0
    assert_same_as(calm, tmp_path / "a.zarr")
