from pathlib import Path

import pytest
import zarr
from cordillera.sweeps import (
    Job,
    NotAStoreError,
    Store,
    StoreExistsError,
    StoreNotFoundError,
    UnfinishedStoreError,
    create_store,
    open_store,
    prepare,
    solve_batch,
    study_from_text,
)
from fragile_engine import study_text


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store of four units of four blocks of five draws."""
    study = study_from_text(study_text(16, "ishigami"))
    return create_store(study, study.build_engine(), tmp_path / "sweep.zarr", unit_blocks=4)


def test_a_second_store_at_one_address_is_refused(store: Store) -> None:
    with pytest.raises(StoreExistsError, match="Something stands already at"):
        create_store(store.study, store.study.build_engine(), store.url)


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    study = study_from_text(study_text(16, "ishigami"))
    with pytest.raises(StoreExistsError):
        create_store(study, study.build_engine(), tmp_path)
    with pytest.raises(NotAStoreError, match="is not a store of Cordillera"):
        open_store(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_file_is_not_a_store(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(NotAStoreError):
        open_store(tmp_path / "letter.txt")


def test_another_zarr_hierarchy_is_not_a_store(tmp_path: Path) -> None:
    zarr.create_group(tmp_path / "other.zarr")
    with pytest.raises(NotAStoreError, match="format None"):
        open_store(tmp_path / "other.zarr")


def test_an_address_with_nothing_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreNotFoundError, match=r"no store at .*nowhere\.zarr"):
        open_store(tmp_path / "nowhere.zarr")
    assert not (tmp_path / "nowhere.zarr").exists()


def test_a_store_left_half_made_is_made_to_its_end_by_the_same_study(store: Store) -> None:
    outcome = Path(store.url) / "status" / "outcome"
    for file in sorted(outcome.rglob("*"), reverse=True):
        file.unlink() if file.is_file() else file.rmdir()
    outcome.rmdir()
    with pytest.raises(UnfinishedStoreError, match="was not made to its end"):
        open_store(store.url)
    other = study_from_text(study_text(16, "ishigami", low=-2.0))
    with pytest.raises(StoreExistsError):
        create_store(other, other.build_engine(), store.url)
    again = create_store(store.study, store.study.build_engine(), store.url, unit_blocks=4)
    prepare(Job(store.study, store.url))
    solve_batch(store.url, (3,))
    assert again.complete_units().tolist() == [False, False, False, True]


def test_the_attributes_tell_where_the_numbers_come_from(tmp_path: Path) -> None:
    study = study_from_text(study_text(16, "ishigami"), "a letter")
    store = create_store(study, study.build_engine(), tmp_path / "a.zarr", origin={"host": "here", "created": "today"})
    assert store.attrs["study"] == study.text
    assert store.attrs["study_origin"] == "a letter"
    assert store.attrs["citation"] == "Ishigami and Homma (1990)"
    assert (store.attrs["host"], store.attrs["created"]) == ("here", "today")
    assert (store.attrs["block_rows"], store.attrs["unit_rows"]) == (5, 10)


def test_the_study_is_read_back_from_the_store_alone(store: Store) -> None:
    assert open_store(store.url).study.record == store.study.record


def test_a_store_of_a_later_format_is_refused(store: Store) -> None:
    zarr.open_group(store.url, mode="r+").update_attributes({"format": 99})
    with pytest.raises(NotAStoreError, match="format 99 and this version reads format 1"):
        open_store(store.url)
