"""A store that raises, delays or truncates: nothing is believed that was not written, and nothing written is lost."""

import errno
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from cordillera.cluster import SerialBackend
from cordillera.sweeps import Study, WorkError, driver, hierarchy, open_store, run_study, study_from_text, verify
from faulty_store import Disk
from fragile_engine import study_text
from survival import UNITS, assert_every_run_counts_once, assert_kept, assert_same_as, times_of

SERIAL = SerialBackend()
STATUS = "status/outcome/c/"


@pytest.fixture
def study() -> Study:
    return study_from_text(study_text(64))


@pytest.fixture
def behind(monkeypatch: pytest.MonkeyPatch) -> Callable[[Disk], None]:
    """Put every store behind a disk."""

    def put(disk: Disk) -> None:
        monkeypatch.setattr(hierarchy, "backing_store", disk.backing)
        monkeypatch.setattr(driver, "backing_store", disk.backing)

    return put


def unit_of(key: str) -> int | None:
    """The unit of an object of an array along `draw`; none for metadata and for labels."""
    folder, _, place = key.partition("/c/")
    if not place or folder.count("/") != 1:
        return None
    return int(place.split("/")[0 if folder.startswith("design") or folder.endswith("environment") else 1])


def test_passing_errors_of_any_object_are_tried_again(
    calm: Path, tmp_path: Path, study: Study, behind: Callable
) -> None:
    # The first attempt at every object of a unit of an even number fails, numbers and status alike.
    disk = Disk(error=lambda key, before: errno.EIO if before == 0 and (unit_of(key) or 1) % 4 == 0 else 0)
    behind(disk)
    run_study(study, tmp_path / "a.zarr", SERIAL, unit_blocks=4)
    assert_same_as(calm, tmp_path / "a.zarr")
    assert max(count for key, count in disk.attempts.items() if key.startswith(STATUS)) > 1


def test_a_record_of_the_driver_that_cannot_be_renewed_now_and_then_stops_nothing(
    calm: Path, tmp_path: Path, study: Study, behind: Callable
) -> None:
    disk = Disk(error=lambda key, before: errno.EIO if key == "driver.json" and before % 2 else 0)
    behind(disk)
    run_study(study, tmp_path / "a.zarr", SERIAL, unit_blocks=4)
    assert disk.attempts["driver.json"] > 2
    assert_same_as(calm, tmp_path / "a.zarr")


@pytest.mark.parametrize(
    ("array", "number"),
    [
        ("results/y", errno.ENOSPC),
        ("design/unit", errno.EROFS),
        ("status/seconds", errno.EDQUOT),
        ("status/outcome", errno.ENOSPC),
    ],
)
def test_an_error_that_stays_leaves_what_was_written_and_the_same_command_goes_on(
    array: str, number: int, calm: Path, tmp_path: Path, study: Study, behind: Callable
) -> None:
    behind(Disk(error=lambda key, before: number if key.startswith(f"{array}/c") and unit_of(key) == 7 else 0))
    with pytest.raises(WorkError, match=r"could not be computed: .*run the same command again"):
        run_study(study, tmp_path / "a.zarr", SERIAL, unit_blocks=4)
    assert not (tmp_path / "a.zarr" / "driver.json").exists()
    before = times_of(tmp_path / "a.zarr")
    assert verify(tmp_path / "a.zarr").sound
    assert (~np.isnan(before)).tolist() == [True] * 7 + [False] * (UNITS - 7)
    behind(Disk())
    run_study(study, tmp_path / "a.zarr", SERIAL)
    assert_same_as(calm, tmp_path / "a.zarr")
    assert_kept(before, tmp_path / "a.zarr")


def test_one_unit_that_fails_again_and_again_stops_the_sweep(tmp_path: Path, study: Study, behind: Callable) -> None:
    disk = Disk(error=lambda key, before: errno.EIO if key == "results/y/c/0/3" else 0)
    behind(disk)
    with pytest.raises(WorkError, match="Input/output error"):
        run_study(study, tmp_path / "a.zarr", SERIAL, unit_blocks=4)
    assert disk.attempts["results/y/c/0/3"] == 3
    assert not open_store(tmp_path / "a.zarr").complete_units()[3]


def test_however_late_the_numbers_come_the_status_comes_after_them(
    calm: Path, tmp_path: Path, study: Study, behind: Callable
) -> None:
    late = np.random.default_rng(5)
    disk = Disk(delay=lambda key, before: 0.0 if key.startswith(STATUS) else float(late.exponential(0.003)))
    behind(disk)
    run_study(study, tmp_path / "a.zarr", SERIAL, unit_blocks=4)
    assert_same_as(calm, tmp_path / "a.zarr")
    for unit in range(UNITS):
        said = disk.log.index(("begun", f"{STATUS}0/{unit}"))
        numbers = {key for what, key in disk.log if unit_of(key) == unit and not key.startswith(STATUS)}
        assert len(numbers) > 5
        assert all(disk.log.index(("ended", key)) < said for key in numbers)


@pytest.mark.parametrize("seed", range(3))
def test_objects_cut_short_without_a_word_are_found_by_verify_and_made_again_by_run(
    seed: int, calm: Path, tmp_path: Path, study: Study, behind: Callable
) -> None:
    chance = np.random.default_rng(seed)
    torn: set[int] = set()

    def cut(key: str, before: int) -> bool:
        unit = unit_of(key)
        if unit is None or key.startswith("status/environment") or chance.random() > 0.05:
            return False
        torn.add(unit)
        return True

    behind(Disk(cut=cut))
    run_study(study, tmp_path / "a.zarr", SERIAL, unit_blocks=4)
    behind(Disk())
    assert 2 <= len(torn) < UNITS
    report = verify(tmp_path / "a.zarr")
    assert set(report.reopened) == {damage.unit for damage in report.damages} == torn
    before = times_of(tmp_path / "a.zarr")
    assert np.isnan(before[sorted(torn)]).all()
    run_study(study, tmp_path / "a.zarr", SERIAL)
    assert_same_as(calm, tmp_path / "a.zarr")
    assert_kept(before, tmp_path / "a.zarr")
    assert_every_run_counts_once(tmp_path / "a.zarr")
