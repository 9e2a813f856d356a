"""Stores from somebody else: read, or refused in words; nothing in one is unpickled, and no record makes a command."""

import json
import os
import pickle
import shutil
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import cordillera
import numcodecs.pickles
import numpy as np
import pytest
import xarray as xr
import zarr
from cordillera.cluster import read_job
from cordillera.sweeps import (
    DamagedStoreError,
    DriverRunningError,
    NotAStoreError,
    StoreNotFoundError,
    StudyError,
    open_store,
    read_status,
    verify,
)
from cordillera.sweeps.address import backing_store
from cordillera.sweeps.lock import DriverLock, read_driver
from cordillera.sweeps.store import TORN
from hypothesis import given
from hypothesis import strategies as st
from mutation import contents, fuzzing, trees
from received import Trap

REFUSED = (NotAStoreError, StoreNotFoundError, StudyError)
COUNTS = (50, pytest.param(600, marks=pytest.mark.slow))
JOB = {"kind": "slurm", "job": "7", "user": "me", "host": "h", "submitted": "now", "log": "/a", "cancelled": False}


@pytest.fixture
def store(finished: Path, tmp_path: Path) -> Path:
    """A complete store, to be spoilt."""
    return Path(shutil.copytree(finished, tmp_path / "a.zarr"))


@pytest.fixture
def driven(store: Path) -> Path:
    """The same with the record of a driver."""
    lock = DriverLock(backing_store(store, writable=True), "serial")
    lock.acquire()
    record = (store / "driver.json").read_bytes()
    lock.release()
    (store / "driver.json").write_bytes(record)
    return store


def use(folder: Path) -> None:
    """Read all of a store, by every door; whatever is wrong with it is told by one of the classes that say so."""
    with suppress(*REFUSED):
        read_status(folder)
    with suppress(*REFUSED, DriverRunningError):
        verify(folder)
    with suppress(*REFUSED):
        store = open_store(folder)
        # Numbers that are torn come as zarr's own errors, which `verify` puts into words.
        with suppress(*TORN):
            store.design(), store.unit_design(), store.status("residual"), store.outcome(), store.environments()
            for name in store.outputs:
                store.output(name).load()


def tampered(folder: Path) -> st.SearchStrategy[tuple[Path, bytes | None]]:
    """One file of a store, and what somebody made of it; None if it is gone, b"/" if a folder stands there."""

    def changed(file: Path) -> st.SearchStrategy[tuple[Path, bytes | None]]:
        content = file.read_bytes()
        made: st.SearchStrategy[bytes | None] = st.one_of(contents(content), st.sampled_from((None, b"/", b"")))
        if file.suffix == ".json":
            tree = json.loads(content)
            tree.pop("consolidated_metadata", None)
            made = st.one_of(trees(tree).map(as_json), made)
        return made.map(lambda new: (file.relative_to(folder), new))

    files = sorted(path for path in folder.rglob("*") if path.is_file())
    records = [path for path in files if path.parent == folder]
    return st.one_of(st.sampled_from(files), st.sampled_from(records)).flatmap(changed)


def as_json(tree: Any) -> bytes:
    try:
        return json.dumps(tree).encode()
    except ValueError:
        return b"{}"


def attributes_of(store: Path) -> dict[str, Any]:
    return json.loads((store / "zarr.json").read_text())["attributes"]


def edit(file: Path, change: Callable[[dict[str, Any]], object]) -> None:
    tree = json.loads(file.read_text())
    change(tree)
    file.write_text(json.dumps(tree))


@pytest.mark.parametrize("count", COUNTS)
def test_a_store_of_any_files_is_read_or_refused(count: int, driven: Path, tmp_path: Path) -> None:
    sound = Path(shutil.copytree(driven, tmp_path / "sound.zarr"))

    @fuzzing(count)
    @given(tampered(sound))
    def holds(change: tuple[Path, bytes | None]) -> None:
        file, content = change
        (driven / file).unlink()
        if content == b"/":
            (driven / file).mkdir()
        elif content is not None:
            (driven / file).write_bytes(content)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                use(driven)
        finally:
            shutil.rmtree(driven)
            shutil.copytree(sound, driven)

    holds()


@pytest.mark.parametrize("name", ["study", "study_origin", "study_files", "record", "outputs", "dimensions", "samples"])
@pytest.mark.parametrize("value", [None, 7.5, "[[", '{"a": 1}', [1], -1])
def test_an_attribute_of_another_form_is_named(store: Path, name: str, value: object) -> None:
    edit(store / "zarr.json", lambda tree: tree["attributes"].update({name: value}))
    if name in ("study", "study_origin") and isinstance(value, str):
        with suppress(StudyError):
            assert open_store(store).study.text == attributes_of(store)["study"]
    elif (name, value) == ("record", '{"a": 1}'):
        assert open_store(store).complete_units().all()
    else:
        with pytest.raises(DamagedStoreError, match=rf"damaged: {name}\."):
            open_store(store)


@pytest.mark.parametrize("lost", ["study", "study_files", "identity", "outputs", "samples", "unit_blocks"])
def test_an_attribute_that_is_gone_is_named(store: Path, lost: str) -> None:
    edit(store / "zarr.json", lambda tree: tree["attributes"].pop(lost))
    with pytest.raises(DamagedStoreError, match=lost):
        open_store(store)


@pytest.mark.parametrize("blocks", [3, 0, 2**50])
def test_units_of_an_impossible_size_are_refused(store: Path, blocks: int) -> None:
    edit(store / "zarr.json", lambda tree: tree["attributes"].update(unit_blocks=blocks))
    with pytest.raises(DamagedStoreError):
        open_store(store)


@pytest.mark.parametrize("array", ["results/y", "design/value", "term", "status/outcome", "status/environment"])
@pytest.mark.parametrize(
    "codec", ["numcodecs.pickle", "pickle", "numcodecs.zlib", "numcodecs.astype", "vlen-bytes", "somebody.elses"]
)
def test_a_codec_that_no_store_has_is_refused(store: Path, array: str, codec: str) -> None:
    named = {"name": codec, "configuration": {"level": 1} if codec.endswith("zlib") else {}}
    edit(store / array / "zarr.json", lambda tree: tree.update(codecs=[*tree["codecs"], named]))
    with pytest.raises(DamagedStoreError, match=array):
        opened = open_store(store)
        opened.array(array)


@pytest.mark.parametrize("dtype", ["int16", "complex128", "bool", "bytes", "string", "r16"])
def test_a_result_of_another_type_is_refused(store: Path, dtype: str) -> None:
    edit(store / "results" / "y" / "zarr.json", lambda tree: tree.update(data_type=dtype))
    with pytest.raises(DamagedStoreError, match="results/y"):
        open_store(store).output("y")


@pytest.mark.parametrize("change", [{"shape": [2, 10**15]}, {"shape": [10**9, 8]}, {"shape": []}])
def test_a_result_that_says_it_is_vast_is_refused(store: Path, change: dict[str, object]) -> None:
    edit(store / "results" / "y" / "zarr.json", lambda tree: tree.update(change))
    with pytest.raises(DamagedStoreError, match="results/y"):
        open_store(store).output("y")


def test_pieces_that_say_they_are_vast_are_refused(store: Path) -> None:
    grid = {"name": "regular", "configuration": {"chunk_shape": [2, 10**12]}}
    edit(store / "results" / "y" / "zarr.json", lambda tree: tree.update(chunk_grid=grid))
    with pytest.raises(DamagedStoreError, match="in pieces of"):
        open_store(store).output("y")


def test_an_array_of_pickles_of_the_older_format_is_not_read(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Late versions of numcodecs refuse by themselves; what is shown here holds with the others too.
    monkeypatch.setattr(numcodecs.pickles, "ALLOW_UNSAFE_PICKLE_DECODE", True, raising=False)
    trap = tmp_path / "sprung"
    shutil.rmtree(store / "results")
    (store / "results" / "y").mkdir(parents=True)
    (store / "results" / ".zgroup").write_text('{"zarr_format": 2}')
    about = {
        "zarr_format": 2, "shape": [1], "chunks": [1], "dtype": "|O", "fill_value": "", "order": "C",
        "compressor": {"id": "pickle", "protocol": 5}, "filters": [{"id": "vlen-utf8"}],
    }  # fmt: skip
    (store / "results" / "y" / ".zarray").write_text(json.dumps(about))
    (store / "results" / "y" / ".zattrs").write_text('{"_ARRAY_DIMENSIONS": ["y"]}')
    (store / "results" / "y" / "0").write_bytes(pickle.dumps(np.array([Trap(trap)], dtype=object)))
    with suppress(Exception):
        xr.open_dataset(str(store), engine="zarr", group="results", consolidated=False).load()
    # It is a trap: whoever opens it otherwise springs it.
    assert trap.exists()
    trap.unlink()
    for read in (lambda: open_store(store).output("y"), lambda: cordillera.open_store(store).bands("y")):
        with pytest.raises(NotAStoreError):
            read()
    with suppress(NotAStoreError):
        verify(store)
    assert not trap.exists()


def test_an_array_beside_the_outputs_is_not_opened(store: Path) -> None:
    before = open_store(store).output("y").load()
    zarr.open_group(store, mode="r+").create_array("results/draw", data=np.arange(3.0), dimension_names=("draw",))
    assert before.identical(open_store(store).output("y").load())


def test_an_outcome_of_another_version_is_not_taken_for_one_of_ours(store: Path) -> None:
    zarr.open_group(store, mode="r+")["status/outcome"][0, 0] = 99  # pyright: ignore
    for read in (open_store(store).outcomes, open_store(store).outcome):
        with pytest.raises(DamagedStoreError, match="outcome 99"):
            read()


@pytest.mark.parametrize("lost", ["scenario", "factor", "term"])
def test_labels_that_are_lost_are_named(store: Path, lost: str) -> None:
    shutil.rmtree(store / lost / "c")
    with pytest.raises(DamagedStoreError, match=f"labels of '{lost}'"):
        _ = open_store(store).coords
    assert [damage.array for damage in verify(store).damages] == [lost]


@pytest.mark.parametrize(
    "change",
    [
        {"process": "one"}, {"process": -1}, {"process": 2**70}, {"process": None}, {"process_started": "now"},
        {"beat": "yesterday"}, {"beat": "2020-01-01"}, {"in_flight": [1]}, {"in_flight": {"-1; rm": 1}},
        {"in_flight": {"1": "x"}}, {"progress": 3}, {"progress": {"runs": "x"}}, {"host": {}},
    ],
)  # fmt: skip
def test_a_record_of_a_driver_that_is_none_counts_for_nothing(driven: Path, change: dict[str, object]) -> None:
    assert read_driver(backing_store(driven, writable=False)) is not None
    edit(driven / "driver.json", lambda tree: tree.update(change))
    assert read_driver(backing_store(driven, writable=False)) is None
    assert not read_status(driven).driving


@pytest.mark.parametrize(
    "change",
    [
        {"job": "7; id"}, {"job": "-x"}, {"job": 7}, {"job": "٣"}, {"job": "7\n8"}, {"user": "-u"}, {"user": "a b"},
        {"user": None}, {"kind": "sh"}, {"kind": []}, {"log": 3},
    ],
)  # fmt: skip
def test_a_record_of_a_job_makes_no_command_of_its_own(store: Path, change: dict[str, object]) -> None:
    folder = store.with_name(f"{store.name}.job")
    folder.mkdir()
    (folder / "job.json").write_text(json.dumps(JOB))
    assert read_job(store) is not None
    (folder / "job.json").write_text(json.dumps(JOB | change))
    assert read_job(store) is None
    (folder / "job.json").write_text("[" * 100_000)
    assert read_job(store) is None


def test_no_folder_of_a_user_stands_in_a_store(finished: Path) -> None:
    for file in finished.rglob("*.json"):
        assert str(Path.home()) not in file.read_text() or Path.home() == Path("/")
    attributes = attributes_of(finished)
    assert "host" not in attributes
    assert os.sep not in attributes["study_origin"]
