from pathlib import Path

import numpy as np
import pytest
from cordillera.engines import Outcome
from cordillera.sweeps import Job, Store, create_store, isolation, open_store, prepare, solve_batch, study_from_text
from cordillera.sweeps.isolation import IsolationError, solve_apart
from fragile_engine import study_text


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two units of four blocks, ready to be worked on in this process."""
    study = study_from_text(study_text(8))
    store = create_store(study, study.build_engine(), tmp_path / "a.zarr", unit_blocks=4)
    prepare(Job(study, store.url))
    return store


def test_a_harmless_unit_has_the_same_bits_apart(store: Store) -> None:
    solve_batch(store.url, (0, 1))
    together = open_store(store.url).output("terms").values
    store = open_store(store.url, writable=True)
    store.reopen_unit(0)
    report = solve_apart(store.url, (0,))
    assert report.outcomes == {Outcome.SOLVED: 40}
    assert open_store(store.url).output("terms").values.tobytes() == together.tobytes()


def test_a_draw_that_kills_its_process_is_recorded_and_its_neighbours_are_solved(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    solve_batch(store.url, (0, 1))
    calm, design = open_store(store.url).output("y").values, open_store(store.url).design()
    open_store(store.url, writable=True).reopen_unit(1)
    deadly = 20 + int(design.values[20:].sum(axis=1).argmax())
    monkeypatch.setenv("FRAGILE_KILL_ABOVE", str(design.values[deadly].sum() - 1e-9))
    report = solve_apart(store.url, (1,))
    again = open_store(store.url)
    assert report.outcomes == {Outcome.SOLVED: 38, Outcome.WORKER_DIED: 2}
    assert np.flatnonzero((again.outcome() == Outcome.WORKER_DIED).all("scenario")).tolist() == [deadly]
    spared = np.setdiff1d(np.arange(40), deadly)
    assert again.output("y").values[:, spared].tobytes() == calm[:, spared].tobytes()
    assert np.isnan(again.output("y").values[:, deadly]).all()


def test_a_draw_that_never_ends_is_recorded_and_its_neighbours_are_solved(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    solve_batch(store.url, (0,))
    calm, design = open_store(store.url).output("y").values[:, :20], open_store(store.url).design().values[:20]
    open_store(store.url, writable=True).reopen_unit(0)
    prepare(Job(store.study, store.url, run_limit=3.0))
    endless = int(design.sum(axis=1).argmax())
    monkeypatch.setenv("FRAGILE_HANG_ABOVE", str(design[endless].sum() - 1e-9))
    report = solve_apart(store.url, (0,))
    again = open_store(store.url)
    assert report.outcomes == {Outcome.SOLVED: 38, Outcome.TIMED_OUT: 2}
    assert np.flatnonzero((again.outcome() == Outcome.TIMED_OUT).all("scenario")).tolist() == [endless]
    spared = np.setdiff1d(np.arange(20), endless)
    assert again.output("y").values[:, spared].tobytes() == calm[:, spared].tobytes()
    assert np.isnan(again.output("y").values[:, endless]).all()


def test_a_child_that_hangs_before_any_draw_blames_none(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deaf = tmp_path / "deaf"
    deaf.write_text("#!/bin/sh\nexec sleep 600\n")
    deaf.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(deaf))
    monkeypatch.setattr(isolation, "_START_SECONDS", 0.2)
    prepare(Job(store.study, store.url, run_limit=0.1))
    with pytest.raises(IsolationError, match="died or hung"):
        solve_apart(store.url, (0,))
    assert not store.complete_units().any()


def test_a_child_that_dies_before_any_draw_blames_none(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(IsolationError, match="before it started one"):
        solve_apart(store.url, (0,))
    assert not store.complete_units().any()
