"""What the driver writes of the units in flight."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cordillera.cluster.serial import SerialCrew
from cordillera.sweeps import Job, Progress, prepare, run_study, study_from_text
from cordillera.sweeps.lock import DriverLock
from fragile_engine import study_text


@dataclass(frozen=True)
class Elsewhere:
    """Workers that are not the driver, or pretend to be so."""

    in_process: bool
    name: str = "elsewhere"

    @contextmanager
    def open(self, job: Job) -> Iterator[SerialCrew]:
        prepare(job)
        yield SerialCrew(in_process=self.in_process)


@pytest.mark.parametrize("in_process", [True, False])
def test_units_in_flight_are_told_only_where_one_can_take_the_driver_down(
    in_process: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Mapping[int, int]] = []
    update = DriverLock.update

    def watched(lock: DriverLock, progress: Progress, in_flight: Mapping[int, int]) -> None:
        told.append(in_flight)
        update(lock, progress, in_flight)

    monkeypatch.setattr(DriverLock, "update", watched)
    run_study(study_from_text(study_text(16, "ishigami")), tmp_path / "a.zarr", Elsewhere(in_process), unit_blocks=2)
    units = {unit for held in told for unit in held}
    assert units == (set(range(8)) if in_process else set())
