"""Clocks that disagree: of the driver, of the disk, of another host, and one that is set while a driver works.

Needs root: a process namespace of its own stands for another host. Process numbers mean nothing across it, so that only
the age of the record tells whether its driver lives.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from cordillera.sweeps import read_status
from survival import PATIENCE, assert_kept, assert_same_as, times_of, wait_for_work, wait_until

pytestmark = pytest.mark.cluster

# Seconds of a draw of 320: the driver is at work as long as it is looked at.
SLOW = 0.2
ELSEWHERE = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")


def clock(hours: int) -> tuple[str, ...]:
    """What a command begins with whose clock is wrong; the times of files stay those of their disk."""
    return ("env", f"CLOCK_OFFSET={3600 * hours}")


def interrupt(driver: subprocess.Popen[bytes]) -> None:
    """Have a driver give the store back, as Ctrl-C does."""
    os.killpg(driver.pid, signal.SIGINT)
    driver.communicate(timeout=PATIENCE)


def refused(driver: subprocess.Popen[bytes]) -> bool:
    words = driver.communicate(timeout=PATIENCE)[1].decode()
    return driver.returncode != 0 and "Another driver works on this store" in words


@pytest.mark.parametrize("hours", [1, -1])
@pytest.mark.parametrize("place", ["serial", "local"])
def test_a_driver_with_a_wrong_clock_does_its_work_and_is_left_alone(
    hours: int, place: str, calm: Path, tmp_path: Path, start: Callable
) -> None:
    url = tmp_path / "a.zarr"
    driver = start(url, place, (*ELSEWHERE, *clock(hours)), pause=SLOW)
    wait_for_work(driver, url)
    status = read_status(url)
    assert status.driving
    assert status.driver is not None
    ahead = datetime.fromisoformat(status.driver.beat).timestamp() - (url / "driver.json").stat().st_mtime
    assert round(ahead / 3600) == hours, "the driver's clock is wrong and that of the disk is not"
    others = [start(url, "serial"), start(url, "serial", clock(-hours))]
    assert all(refused(other) for other in others)
    assert driver.poll() is None
    interrupt(driver)
    assert start(url, place, clock(hours)).wait() == 0
    assert_same_as(calm, url)


def test_the_lock_of_a_driver_killed_on_another_host_is_taken_over_when_it_is_a_minute_old_on_the_disk(
    calm: Path, tmp_path: Path, start: Callable
) -> None:
    url = tmp_path / "a.zarr"
    driver = start(url, "serial", (*ELSEWHERE, *clock(1)), pause=0.05)
    wait_for_work(driver, url)
    driver.kill()
    driver.wait()
    before = times_of(url)
    # Two hours behind the one that is dead, and two hours ahead of it.
    assert refused(start(url, "serial", clock(-1)))
    assert refused(start(url, "serial", clock(3)))
    wait_until(lambda: not read_status(url).driving)
    assert start(url, "serial", clock(-1)).wait() == 0
    assert_same_as(calm, url)
    assert_kept(before, url)


@pytest.mark.parametrize("step", [-3600, 3600])
def test_a_driver_is_not_thought_dead_when_the_clock_of_its_machine_is_set(
    step: int, calm: Path, tmp_path: Path, start: Callable
) -> None:
    url = tmp_path / "a.zarr"
    driver = start(url, "serial", pause=SLOW)
    wait_for_work(driver, url)
    # Who sets a clock moves the time of day at which the system, and so every process, is said to have begun.
    lines = Path("/proc/stat").read_text().splitlines()
    moved = [f"btime {int(line.split()[1]) + step}" if line.startswith("btime") else line for line in lines]
    (tmp_path / "stat").write_text("\n".join(moved) + "\n")
    script = 'mount --bind "$0" /proc/stat && exec "$@"'
    prefix = ("unshare", "--mount", "sh", "-c", script, str(tmp_path / "stat"))
    said = "import psutil; print(int(psutil.boot_time()))"
    booted = subprocess.run([*prefix, sys.executable, "-c", said], check=True, capture_output=True, text=True).stdout
    assert f"btime {int(booted)}" in moved
    assert refused(start(url, "serial", prefix))
    assert driver.poll() is None
    interrupt(driver)
    assert start(url, "serial").wait() == 0
    assert_same_as(calm, url)
