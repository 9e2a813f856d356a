"""A driver waits for workers as long as the place where they run says."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cordillera.cluster.serial import SerialCrew
from cordillera.sweeps import Job, OutOfWorkersError, driver, prepare, run_study, study_from_text
from fragile_engine import study_text


class LateCrew(SerialCrew):
    """Workers that come when they have been looked for so many times."""

    def __init__(self, looks: int, patience: float | None) -> None:
        self.looks = looks
        super().__init__(patience=patience)

    @property
    def workers(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        self.looks -= 1
        return int(self.looks < 0)

    @workers.setter
    def workers(self, count: int) -> None: ...


@dataclass
class LateBackend:
    looks: int
    patience: float | None
    name: str = "late"

    @contextmanager
    def open(self, job: Job) -> Iterator[LateCrew]:
        prepare(job)
        yield LateCrew(self.looks, self.patience)


def test_nothing_is_lost_where_workers_come_late(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "_PATIENCE_SECONDS", -1.0)
    study = study_from_text(study_text(16, "ishigami"))
    assert run_study(study, tmp_path / "a.zarr", LateBackend(50, patience=3600.0)).complete_units().all()
    with pytest.raises(OutOfWorkersError, match="No worker has been seen"):
        run_study(study, tmp_path / "b.zarr", LateBackend(50, patience=None))


def test_a_sweep_without_workers_ends_when_the_patience_does(tmp_path: Path) -> None:
    study = study_from_text(study_text(16, "ishigami"))
    with pytest.raises(OutOfWorkersError, match=r"run the same command again"):
        run_study(study, tmp_path / "a.zarr", LateBackend(10**9, patience=0.05))
