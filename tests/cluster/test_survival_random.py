"""Kill -9 in a random series, one thing after the other, and give the same command again until all is done."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest
from dask_site import Site, kill_group
from numpy.typing import NDArray
from survival import PATIENCE, assert_kept, assert_same_as, finished_units, times_of, wait_until, workers_of

pytestmark = pytest.mark.slow

BLOWS = 8
RESTARTS = 30


class Course:
    """A sweep that is begun again whenever its driver has ended, and what it had written at every blow."""

    def __init__(self, url: Path, begin: Callable[[], subprocess.Popen[bytes]], upkeep: Callable[[], None]) -> None:
        self.url, self.begin, self.upkeep = url, begin, upkeep
        self.driver = begin()
        self.written: list[NDArray[np.float64]] = []
        self.restarts = 0

    def tend(self) -> bool:
        """Begin anew what has ended; whether the sweep is complete."""
        self.upkeep()
        code = self.driver.poll()
        if code not in (None, 0):
            self.restarts += 1
            assert self.restarts <= RESTARTS
            self.driver = self.begin()
        return code == 0

    def strike(self, blow: Callable[[], None]) -> None:
        if finished_units(self.url):
            self.written.append(times_of(self.url))
        blow()

    def assert_nothing_was_lost(self, calm: Path) -> None:
        assert_same_as(calm, self.url)
        assert self.written, "no blow fell on work that had begun"
        for before in self.written:
            if not np.isnan(before).all():
                assert_kept(before, self.url)


def play(course: Course, blows: dict[str, Callable[[], None]], seed: int) -> None:
    """Let blows fall at random times, each on something at random, then let the sweep come to its end."""
    chance = np.random.default_rng(seed)
    for _ in range(BLOWS):
        end = time.monotonic() + chance.uniform(0.5, 5.0)
        while time.monotonic() < end:
            if course.tend():
                return
            time.sleep(0.05)
        course.strike(blows[str(chance.choice(sorted(blows)))])
    wait_until(course.tend, 2 * PATIENCE)


@pytest.mark.parametrize("seed", [1, 2])
def test_workers_and_drivers_of_one_machine_killed_at_random(
    seed: int, calm: Path, tmp_path: Path, start: Callable
) -> None:
    url, chance = tmp_path / "a.zarr", np.random.default_rng(seed)
    course = Course(url, lambda: start(url, "local", pause=0.1), lambda: None)

    def kill_one() -> None:
        workers = workers_of(course.driver) if course.driver.poll() is None else []
        if workers:
            kill(workers[int(chance.integers(len(workers)))])

    def kill_all() -> None:
        for worker in workers_of(course.driver) if course.driver.poll() is None else []:
            kill(worker)

    play(course, {"a worker": kill_one, "all workers": kill_all, "the driver": lambda: course.driver.kill()}, seed)
    course.assert_nothing_was_lost(calm)


@pytest.mark.parametrize("seed", [3, 4])
def test_scheduler_workers_and_driver_killed_at_random(
    seed: int, calm: Path, tmp_path: Path, start: Callable, site: Site
) -> None:
    url, chance = tmp_path / "a.zarr", np.random.default_rng(seed)
    held: dict[str, subprocess.Popen[bytes]] = {}

    def upkeep() -> None:
        # What a service manager does for a scheduler and for workers that ended.
        for name in ("scheduler", "w0", "w1"):
            if name not in held or held[name].poll() is not None:
                held[name] = site.scheduler() if name == "scheduler" else site.worker(name, pause=0.1)

    upkeep()
    course = Course(url, lambda: start(url, site.cluster_file()), upkeep)
    blows: dict[str, Callable[[], None]] = {
        "a worker": lambda: kill_group(held[f"w{chance.integers(2)}"]),
        "the scheduler": lambda: kill_group(held["scheduler"]),
        "the driver": lambda: course.driver.kill(),
    }
    play(course, blows, seed)
    course.assert_nothing_was_lost(calm)


def kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return
