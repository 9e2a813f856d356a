from pathlib import Path

import numpy as np
import pytest
from cordillera.cluster import SerialBackend
from cordillera.engines import Outcome
from cordillera.sweeps import (
    Progress,
    StoreNotFoundError,
    environment,
    open_store,
    read_status,
    run_study,
    study_from_text,
)
from cordillera.sweeps.address import backing_store
from cordillera.sweeps.lock import DriverLock
from fragile_engine import study_text


def test_counts_are_runs_by_outcome(tmp_path: Path) -> None:
    url = tmp_path / "a.zarr"
    run_study(study_from_text(study_text(16, "ishigami")), url, SerialBackend(), unit_blocks=4)
    outcome = open_store(url, writable=True).array("status/outcome")
    outcome[0, :3] = np.full(3, Outcome.NO_CONVERGENCE, dtype=np.uint8)
    outcome[:, 60:] = np.zeros((2, 20), dtype=np.uint8)
    status = read_status(url)
    assert (status.name, status.runs, status.done, status.failed) == ("survival", 160, 120, 3)
    assert (status.units, status.complete) == (4, 3)
    assert status.outcomes == {"NOT_RUN": 40, "SOLVED": 117, "NO_CONVERGENCE": 3}
    assert (status.driving, status.driver, status.rate, status.seconds_left) == (False, None, 0.0, None)


def test_units_are_counted_by_what_computed_them(tmp_path: Path) -> None:
    url = tmp_path / "a.zarr"
    run_study(study_from_text(study_text(16, "ishigami")), url, SerialBackend(), unit_blocks=4)
    assert read_status(url).environments == {environment(): 4}
    store = open_store(url, writable=True)
    store.array("status/environment")[1:2] = np.array(["an abacus"], dtype=np.dtypes.StringDType())
    store.reopen_unit(3)
    assert read_status(url).environments == {environment(): 2, "an abacus": 1}


def test_what_cannot_be_read_is_not_counted(tmp_path: Path) -> None:
    url = tmp_path / "a.zarr"
    run_study(study_from_text(study_text(16, "ishigami")), url, SerialBackend(), unit_blocks=4)
    (url / "status/environment/c/2").write_bytes(b"torn")
    assert read_status(url).environments == {environment(): 3}


def test_a_driver_at_work_tells_its_pace(tmp_path: Path) -> None:
    url = tmp_path / "a.zarr"
    run_study(study_from_text(study_text(16, "ishigami")), url, SerialBackend(), unit_blocks=4)
    open_store(url, writable=True).reopen_unit(1)
    lock = DriverLock(backing_store(url, writable=True), "serial")
    lock.acquire()
    lock.update(Progress(runs=160, done=120, failed=0, solved_here=120, seconds=30.0, workers=2), {1: 0})
    lock.beat()
    status = read_status(url)
    lock.release()
    assert status.driving
    assert status.silent is not None
    assert -5.0 < status.silent < 60.0
    assert status.driver is not None
    assert status.rate == pytest.approx(4.0)
    assert status.seconds_left == pytest.approx(10.0)
    assert status.driver.in_flight == {"1": 0}


def test_no_store_no_status(tmp_path: Path) -> None:
    with pytest.raises(StoreNotFoundError):
        read_status(tmp_path / "a.zarr")
