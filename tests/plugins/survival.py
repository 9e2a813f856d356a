"""What tests of survival share: drivers that can be killed, how far a store is, and whether it came out unharmed."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
from cordillera.analysis import health
from cordillera.engines import Outcome
from cordillera.sweeps import NotAStoreError, StoreNotFoundError, open_store, read_status, verify
from numpy.typing import NDArray

PATIENCE = 120.0
UNITS = 16
RUNS_OF_UNIT = 40


def start_driver(url: Path, place: str, prefix: tuple[str, ...] = (), **disturbance: float) -> subprocess.Popen[bytes]:
    """Begin a driver in a process group of its own.

    Parameters
    ----------
    url : path
        The store.
    place : str
        A backend, or the path of a cluster file.
    prefix : tuple of str
        What the command begins with: `faketime`, `ip netns exec`.
    disturbance : float
        What the engine reads from the environment, in small letters: `pause=0.02`; and `run_limit`.
    """
    command = [*prefix, sys.executable, "-m", "drive_study", str(url), place, str(RUNS_OF_UNIT // 10)]
    return subprocess.Popen(command, env=disturbed(disturbance), start_new_session=True, stderr=subprocess.PIPE)


def disturbed(disturbance: dict[str, float]) -> dict[str, str]:
    """This environment with what the engine reads from it."""
    return {**os.environ, **{f"FRAGILE_{name.upper()}": str(value) for name, value in disturbance.items()}}


def finished_units(url: Path) -> int:
    """Complete units of a store; none if there is no store yet."""
    try:
        return int(open_store(url).complete_units().sum())
    except (StoreNotFoundError, NotAStoreError):
        return 0


def wait_until(condition: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Wait for something that must come."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.05)


def wait_for_work(driver: subprocess.Popen[bytes], url: Path) -> None:
    """Wait until a driver has two units or more."""
    wait_until(lambda: finished_units(url) >= 2 or driver.poll() is not None)
    assert driver.poll() is None, driver.communicate()[1].decode()


def workers_of(driver: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """Workers, which are forked from a process that the driver began, where the platform allows it."""
    children = psutil.Process(driver.pid).children(recursive=True)
    forked = [child for child in children if child.ppid() != driver.pid]
    return forked or [child for child in children if "spawn_main" in " ".join(child.cmdline())]


def assert_same_as(calm: Path, url: Path) -> None:
    """The store is whole, has the bits of the undisturbed one, and counts every run once."""
    report = verify(url, calm)
    assert report.sound, report
    assert report.compared == report.units == UNITS
    assert not (url / "driver.json").exists()
    assert_every_run_counts_once(url)


def times_of(url: Path) -> NDArray[np.float64]:
    """Seconds that each complete unit took, which no two solutions share to the last bit; NaN for the others."""
    store = open_store(url)
    seconds, times = store.array("status/seconds"), np.full(store.layout.units, np.nan)
    for unit in np.flatnonzero(store.complete_units()):
        times[unit] = seconds[0, store.layout.rows_of(int(unit)).start]
    return times


def assert_kept(before: NDArray[np.float64], url: Path) -> None:
    """No unit that was written has been written again."""
    after, known = times_of(url), ~np.isnan(before)
    assert known.any()
    np.testing.assert_array_equal(after[known], before[known])


def assert_every_run_counts_once(url: Path) -> None:
    """What `status` and the report's table of outcomes count adds up to the runs of the study."""
    status, table = read_status(url), health(open_store(url))
    assert status.done == status.runs == sum(status.outcomes.values()) == UNITS * RUNS_OF_UNIT
    assert {state: count for state, count in table["all"].items() if count} == status.outcomes


def only_died(url: Path, calm: Path, deadly: int, state: Outcome = Outcome.WORKER_DIED) -> bool:
    """Whether the runs of one draw are recorded as dead, and every other has the bits of the undisturbed store."""
    store, undisturbed = open_store(url), open_store(calm)
    died = (store.outcome() == state).values
    spared = store.output("y").values[~died].tobytes() == undisturbed.output("y").values[~died].tobytes()
    return bool(died[:, deadly].all()) and int(died.sum()) == 2 and spared
