from pathlib import Path

import numpy as np
import pytest
import zarr
from command import cordillera, words
from cordillera.cluster import SerialBackend
from cordillera.sweeps import (
    DamagedStoreError,
    DriverRunningError,
    Study,
    open_store,
    run_study,
    study_from_text,
    verify,
)
from cordillera.sweeps.address import backing_store
from cordillera.sweeps.lock import DriverLock
from fragile_engine import study_text


@pytest.fixture
def study() -> Study:
    return study_from_text(study_text(16, "ishigami"))


@pytest.fixture
def url(study: Study, tmp_path: Path) -> Path:
    """A complete store of four units."""
    run_study(study, tmp_path / "a.zarr", SerialBackend(), unit_blocks=4)
    return tmp_path / "a.zarr"


def test_a_complete_store_is_sound(url: Path) -> None:
    report = verify(url)
    assert report.sound
    assert (report.units, report.complete, report.reopened) == (4, 4, ())


@pytest.mark.parametrize(
    "shard",
    ["results/terms/c/0/2/0", "results/y/c/0/2", "design/value/c/2/0", "status/residual/c/0/2", "status/outcome/c/0/2"],
)
@pytest.mark.parametrize("harm", ["cut", "flip", "empty"])
def test_a_torn_shard_is_found_and_solved_again(shard: str, harm: str, url: Path, study: Study) -> None:
    content = bytearray((url / shard).read_bytes())
    content[len(content) // 2] ^= 4
    (url / shard).write_bytes({"cut": content[:-5], "flip": content, "empty": b""}[harm])
    report = verify(url)
    assert [(damage.unit, damage.array) for damage in report.damages] == [(2, shard.split("/c/")[0])]
    assert report.reopened == (2,)
    assert open_store(url).complete_units().tolist() == [True, True, False, True]
    run_study(study, url, SerialBackend())
    assert verify(url).sound


def test_a_shard_that_is_gone_is_found_though_it_reads_as_the_fill_value(url: Path) -> None:
    (url / "status" / "iterations" / "c" / "0" / "1").unlink()
    (damage,) = verify(url).damages
    assert (damage.unit, damage.array) == (1, "status/iterations")
    assert "status/iterations/c/0/1 is missing" in damage.message


@pytest.mark.parametrize("harm", ["lost", "cut"])
def test_what_is_read_is_never_the_fill_value_of_a_lost_object(harm: str, url: Path, study: Study) -> None:
    file = url / "results" / "terms" / "c" / "0" / "1" / "0"
    calm, content = open_store(url).output("terms").load(), file.read_bytes()
    file.unlink()
    if harm == "cut":
        file.write_bytes(content[:-5])
    for command in (("analyze", "--output", "terms"), ("export", "--out", url.parent / "csv")):
        told = cordillera(command[0], url, *command[1:])
        assert told.exit_code == 2, told.stdout
        assert f"The array results/terms of the store at {url} is damaged" in words(told)
        assert f"`cordillera verify {url}`" in words(told)
        assert "unit 1" in words(told) or harm == "cut"
    assert verify(url).reopened == (1,)
    run_study(study, url, SerialBackend())
    assert calm.identical(open_store(url).output("terms").load())


@pytest.mark.parametrize("lost", ["design/unit", "design/value"])
def test_rows_of_the_design_that_are_lost_are_told(lost: str, url: Path) -> None:
    (url / lost / "c" / "3" / "0").unlink()
    store = open_store(url)
    with pytest.raises(DamagedStoreError, match=rf"{lost} .*unit 3 has run, but its object {lost}/c/3/0 is missing"):
        store.design() if lost == "design/value" else store.unit_design()


def test_a_torn_coordinate_is_found(url: Path) -> None:
    file = url / "term" / "c" / "0"
    file.write_bytes(file.read_bytes()[:-2])
    (damage,) = verify(url).damages
    assert (damage.unit, damage.array) == (None, "term")


def test_rows_that_the_study_does_not_give_are_found(url: Path) -> None:
    zarr.open_group(url, mode="r+")["design/value"][7, 1] = 0.0  # pyright: ignore
    (damage,) = verify(url, reopen=False).damages
    assert (damage.unit, damage.array) == (0, "design/value")
    assert open_store(url).complete_units().all()


def test_a_store_under_a_driver_is_not_reopened(url: Path) -> None:
    (url / "results" / "y" / "c" / "0" / "0").write_bytes(b"")
    lock = DriverLock(backing_store(url, writable=True), "serial")
    lock.acquire()
    with pytest.raises(DriverRunningError, match=r"Units 0 of .* are damaged"):
        verify(url)
    lock.release()
    assert verify(url).reopened == (0,)


def test_two_stores_that_differ_are_told_apart_by_array_and_size(url: Path, study: Study, tmp_path: Path) -> None:
    run_study(study, tmp_path / "b.zarr", SerialBackend(), unit_blocks=2)
    assert verify(url, tmp_path / "b.zarr").sound
    terms = zarr.open_group(tmp_path / "b.zarr", mode="r+")["results/terms"]
    terms[1, 25, 2] = np.asarray(terms)[1, 25, 2] * (1 + 1e-9)  # pyright: ignore
    report = verify(url, tmp_path / "b.zarr")
    (difference,) = report.differences
    assert not report.sound
    assert (difference.array, difference.units) == ("results/terms", 1)
    assert difference.largest == pytest.approx(1e-9, rel=1e-3)


def test_only_what_both_stores_have_is_compared(url: Path, study: Study, tmp_path: Path) -> None:
    run_study(study.with_samples(8), tmp_path / "b.zarr", SerialBackend(), unit_blocks=1)
    report = verify(url, tmp_path / "b.zarr")
    assert report.sound
    assert report.compared == 2


def test_stores_of_other_scenarios_are_not_compared(url: Path, tmp_path: Path) -> None:
    other = study_from_text(study_text(16, "ishigami").replace('["steeper"]', "[]"))
    run_study(other, tmp_path / "b.zarr", SerialBackend())
    assert not verify(url, tmp_path / "b.zarr").sound


def test_stores_of_other_factors_are_told_to_be_of_different_studies(url: Path, tmp_path: Path) -> None:
    text = study_text(16, "ishigami")
    fewer = text[: text.index("[factors.x3]")]
    run_study(study_from_text(fewer), tmp_path / "b.zarr", SerialBackend(), unit_blocks=4)
    told = cordillera("verify", url, "--against", tmp_path / "b.zarr")
    assert told.exit_code == 2
    said = " ".join(told.stdout.split()) + words(told)
    for name in ("factors", "rows of a block"):
        assert f"The stores hold different studies: their {name} are not the same." in said
