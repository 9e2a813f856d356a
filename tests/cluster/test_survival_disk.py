"""A disk that is full or turns read-only under a driver and its workers. Needs root, to mount one of its own size."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cordillera.sweeps import read_status, verify
from fragile_engine import study_text
from survival import PATIENCE, assert_kept, assert_same_as, finished_units, times_of, wait_for_work, wait_until

pytestmark = pytest.mark.cluster

# The store of the calm run takes 668 kB of such a disk.
SMALL, LARGE = "size=450k", "size=16m"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", SMALL, "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def change(disk: Path, options: str) -> bool:
    """Mount it anew with other options; whether that could be done, which it cannot while a file is written."""
    return subprocess.run(["mount", "-o", f"remount,{options}", disk], check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize("place", ["serial", "local"])
def test_a_disk_that_fills_up_stops_the_sweep_and_room_lets_it_go_on(
    place: str, calm: Path, disk: Path, start: Callable
) -> None:
    driver = start(disk / "a.zarr", place)
    words = driver.communicate(timeout=PATIENCE)[1].decode()
    assert driver.returncode != 0
    assert f"{disk}/a.zarr: No space left on device. Make room, then give the same command again." in words
    assert not (disk / "a.zarr" / "driver.json").exists()
    assert verify(disk / "a.zarr").sound
    before = times_of(disk / "a.zarr")
    assert change(disk, LARGE)
    assert start(disk / "a.zarr", place).wait() == 0
    assert_same_as(calm, disk / "a.zarr")
    assert_kept(before, disk / "a.zarr")


def test_a_disk_with_no_room_for_a_store_is_told_in_words(disk: Path, tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(study_text(64))
    (disk / "letters").write_bytes(bytes(420_000))
    command = [sys.executable, "-m", "cordillera", "run", str(tmp_path / "study.toml"), "--cluster", "serial"]
    command += ["--out", str(disk / "a.zarr")]
    told = subprocess.run(command, check=False, capture_output=True, text=True)
    assert told.returncode == 2
    assert "No space left on device" in told.stderr
    assert "Traceback" not in told.stderr
    (disk / "letters").unlink()
    assert change(disk, LARGE)
    assert subprocess.run(command, check=False).returncode == 0
    assert verify(disk / "a.zarr").sound


@pytest.mark.parametrize("place", ["serial", "local"])
def test_a_disk_that_turns_read_only_stops_the_sweep_and_can_be_read(
    place: str, calm: Path, disk: Path, start: Callable
) -> None:
    url = disk / "a.zarr"
    assert change(disk, LARGE)
    driver = start(url, place, pause=0.02)
    wait_for_work(driver, url)
    wait_until(lambda: change(disk, f"{LARGE},ro"))
    words = driver.communicate(timeout=PATIENCE)[1].decode()
    assert driver.returncode != 0
    assert "Read-only file system" in words
    before = times_of(url)
    status = read_status(url)
    assert not status.driving
    assert 2 <= status.complete == finished_units(url)
    assert verify(url).sound
    assert change(disk, f"{LARGE},rw")
    assert start(url, place).wait() == 0
    assert_same_as(calm, url)
    assert_kept(before, url)


def test_how_a_read_only_store_of_a_driver_elsewhere_stands_can_be_told(
    calm: Path, disk: Path, start: Callable
) -> None:
    url = disk / "a.zarr"
    assert change(disk, LARGE)
    driver = start(url, "serial", pause=0.02)
    wait_for_work(driver, url)
    driver.kill()
    driver.wait()
    record = json.loads((url / "driver.json").read_text())
    (url / "driver.json").write_text(json.dumps(record | {"place": "another machine"}))
    assert change(disk, f"{LARGE},ro")
    assert read_status(url).driving, "its record is fresh"
    assert verify(url).sound
