from pathlib import Path

from cordillera.engines import Outcome, Solution
from cordillera.sweeps import Job, create_store, open_store, prepare, solve_batch, study_from_text
from cordillera.sweeps.batch import Workplace, write_each
from cordillera.sweeps.design import UnitSample
from fragile_engine import study_text


def test_a_batch_writes_its_units_and_counts_their_runs(tmp_path: Path) -> None:
    study = study_from_text(study_text(8, "ishigami"))
    store = create_store(study, study.build_engine(), tmp_path / "a.zarr", unit_blocks=2)
    prepare(Job(study, store.url))
    report = solve_batch(store.url, (0, 3))
    assert report.outcomes == {Outcome.SOLVED: 40}
    assert report.repeated == 0
    assert 0 < report.writing_seconds < report.seconds
    assert store.complete_units().tolist() == [True, False, False, True]


def test_a_unit_that_is_written_already_is_counted_and_left_alone(tmp_path: Path) -> None:
    study = study_from_text(study_text(8, "ishigami"))
    store = create_store(study, study.build_engine(), tmp_path / "a.zarr", unit_blocks=2)
    prepare(Job(study, store.url))
    solve_batch(store.url, (1,))
    marked = open_store(store.url, writable=True).array("status/seconds")
    marked[:, 10:20] = 77.0
    report = solve_batch(store.url, (1, 2))
    assert report.repeated == 1
    assert report.outcomes == {Outcome.SOLVED: 40}
    assert (open_store(store.url).status("seconds")[:, 10:20] == 77.0).all()


def test_a_unit_that_another_worker_writes_meanwhile_is_left_as_it_is(tmp_path: Path) -> None:
    study = study_from_text(study_text(8, "ishigami"))
    store = create_store(study, study.build_engine(), tmp_path / "a.zarr", unit_blocks=2)
    prepare(Job(study, store.url))

    def overtaken(place: Workplace, rows: UnitSample) -> Solution:
        solve_batch(store.url, (1,))
        store.array("status/seconds")[:, 10:20] = 77.0
        return place.solve(rows)

    report = write_each(store.url, (1,), overtaken)
    assert report.repeated == 1
    assert report.outcomes == {Outcome.SOLVED: 20}
    assert (open_store(store.url).status("seconds")[:, 10:20] == 77.0).all()
