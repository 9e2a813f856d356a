from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
import zarr
from cordillera.cluster import SerialBackend
from cordillera.cluster.serial import SerialCrew
from cordillera.engines import Outcome
from cordillera.sweeps import (
    Job,
    MixedEnvironmentError,
    News,
    NotAStoreError,
    OutOfWorkersError,
    Progress,
    Raised,
    StoreNotFoundError,
    Study,
    StudyMismatchError,
    WorkerLost,
    WorkError,
    driver,
    environment,
    extend,
    open_store,
    prepare,
    run_study,
    study_from_text,
    verify,
)
from fragile_engine import study_text

SERIAL = SerialBackend()


@pytest.fixture
def study() -> Study:
    return study_from_text(study_text(16, "ishigami"))


def same_bits(first: Path, second: Path) -> bool:
    report = verify(first, second)
    return report.sound and report.compared == report.complete == report.units


class DisturbedCrew(SerialCrew):
    """Does its work until the events of `plan` say otherwise: `lost`, an error, or None to work."""

    def __init__(self, plan: Iterator[object]) -> None:
        super().__init__()
        self.plan = plan

    def wait(self, seconds: float) -> list[News]:
        match next(self.plan, None):
            case "lost":
                return [WorkerLost(self._queue.popleft()[0])]
            case KeyboardInterrupt() as interrupt:
                raise interrupt
            case Exception() as error:
                return [Raised(self._queue.popleft()[0], error)]
        return super().wait(seconds)


class DisturbedBackend:
    """A serial backend whose crew has a plan."""

    name = "disturbed"

    def __init__(self, *plan: object) -> None:
        self.plan = plan

    @contextmanager
    def open(self, job: Job) -> Iterator[DisturbedCrew]:
        prepare(job)
        yield DisturbedCrew(iter(self.plan))


def test_a_run_completes_every_unit_and_gives_the_lock_back(study: Study, tmp_path: Path) -> None:
    store = run_study(study, tmp_path / "a.zarr", SERIAL)
    assert store.complete_units().all()
    assert (store.outcome() == Outcome.SOLVED).all()
    assert not (tmp_path / "a.zarr" / "driver.json").exists()


def test_a_complete_store_needs_no_workers(study: Study, tmp_path: Path) -> None:
    class ClosedBackend(DisturbedBackend):
        def open(self, job: Job) -> NoReturn:
            raise AssertionError("nothing is left to do")

    run_study(study, tmp_path / "a.zarr", SERIAL)
    seen: list[Progress] = []
    run_study(study, tmp_path / "a.zarr", ClosedBackend(), progress=seen.append)
    assert [(state.done, state.runs) for state in seen] == [(160, 160)]


def test_the_bits_do_not_depend_on_the_size_of_units(study: Study, tmp_path: Path) -> None:
    run_study(study, tmp_path / "one.zarr", SERIAL, unit_blocks=1)
    run_study(study, tmp_path / "all.zarr", SERIAL, unit_blocks=16)
    assert same_bits(tmp_path / "one.zarr", tmp_path / "all.zarr")
    assert same_bits(tmp_path / "all.zarr", tmp_path / "one.zarr")


def test_an_interrupted_run_goes_on_where_it_was_and_has_the_same_bits(study: Study, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_study(study, tmp_path / "a.zarr", DisturbedBackend(None, None, None, KeyboardInterrupt()), unit_blocks=2)
    assert open_store(tmp_path / "a.zarr").complete_units().sum() == 3
    assert not (tmp_path / "a.zarr" / "driver.json").exists()
    seen: list[Progress] = []
    run_study(study, tmp_path / "a.zarr", SERIAL, progress=seen.append)
    assert (seen[0].done, seen[0].solved_here) == (60, 0)
    assert (seen[-1].done, seen[-1].solved_here, seen[-1].runs) == (160, 100, 160)
    run_study(study, tmp_path / "b.zarr", SERIAL, unit_blocks=2)
    assert same_bits(tmp_path / "a.zarr", tmp_path / "b.zarr")


def test_a_lost_worker_costs_only_what_it_held(study: Study, tmp_path: Path) -> None:
    seen: list[Progress] = []
    run_study(
        study, tmp_path / "a.zarr", DisturbedBackend(None, "lost", None, "lost"), progress=seen.append, unit_blocks=1
    )
    assert seen[-1].done == seen[-1].solved_here == 160
    assert (seen[0].lost, seen[-1].lost) == (0, 2)
    run_study(study, tmp_path / "b.zarr", SERIAL)
    assert same_bits(tmp_path / "a.zarr", tmp_path / "b.zarr")


def test_the_last_batches_and_the_address_of_a_live_view_are_told(study: Study, tmp_path: Path) -> None:
    class LinkedBackend(DisturbedBackend):
        @contextmanager
        def open(self, job: Job) -> Iterator[DisturbedCrew]:
            with super().open(job) as crew:
                crew.link = "http://127.0.0.1:4000/status"
                yield crew

    seen: list[Progress] = []
    run_study(study, tmp_path / "a.zarr", LinkedBackend(), progress=seen.append, unit_blocks=2)
    assert (seen[0].batch_seconds, seen[0].link) == ((), None)
    assert [len(state.batch_seconds) for state in seen][-1] == 5
    assert all(seconds > 0 for seconds in seen[-1].batch_seconds)
    assert seen[-1].link == "http://127.0.0.1:4000/status"


def test_units_that_lose_every_worker_are_named_and_the_rest_is_kept(study: Study, tmp_path: Path) -> None:
    with pytest.raises(OutOfWorkersError, match=r"Units 0, 1 of .* lost every worker"):
        run_study(study, tmp_path / "a.zarr", DisturbedBackend(*["lost"] * 10), unit_blocks=8)
    assert run_study(study, tmp_path / "a.zarr", SERIAL).complete_units().all()


def test_without_workers_the_sweep_stops_after_a_while(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class EmptyBackend(DisturbedBackend):
        @contextmanager
        def open(self, job: Job) -> Iterator[DisturbedCrew]:
            crew = DisturbedCrew(iter(()))
            crew.workers = 0
            yield crew

    monkeypatch.setattr(driver, "_PATIENCE_SECONDS", -1.0)
    with pytest.raises(OutOfWorkersError, match="No worker has been seen"):
        run_study(study, tmp_path / "a.zarr", EmptyBackend())


def test_a_passing_fault_is_tried_again(study: Study, tmp_path: Path) -> None:
    flaky = OSError(5, "Input/output error")
    store = run_study(study, tmp_path / "a.zarr", DisturbedBackend(flaky, None, flaky), unit_blocks=8)
    assert store.complete_units().all()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(28, "No space left on device"), "No space left on device. Make room"),
        (ArithmeticError("by zero"), "ArithmeticError: by zero"),
    ],
)
def test_a_lasting_fault_stops_at_once_and_is_told(error: Exception, words: str, study: Study, tmp_path: Path) -> None:
    with pytest.raises(WorkError, match=r"could not be computed: .*run the same command again") as told:
        run_study(study, tmp_path / "a.zarr", DisturbedBackend(None, error), unit_blocks=4)
    assert words in str(told.value)
    assert told.value.__cause__ is error
    assert open_store(tmp_path / "a.zarr").complete_units().sum() == 1


def test_another_study_is_refused_and_the_parts_that_differ_are_named(study: Study, tmp_path: Path) -> None:
    run_study(study, tmp_path / "a.zarr", SERIAL)
    text = study_text(16, "ishigami").replace("seed = 3", "seed = 4").replace('["steeper"]', "[]")
    with pytest.raises(StudyMismatchError) as refusal:
        run_study(study_from_text(text.replace("low = -3.0", "low = -2.5", 1)), tmp_path / "a.zarr", SERIAL)
    message = str(refusal.value)
    for part in (
        "design.seed: 3 in the store, 4 now",
        "factors.x1.low: -3.0 in the store, -2.5 now",
        "scenarios.steeper",
    ):
        assert part in message
    assert "factors.x2" not in message


def test_claims_and_name_may_change_on_an_existing_store(study: Study, tmp_path: Path) -> None:
    run_study(study, tmp_path / "a.zarr", SERIAL)
    renamed = study_from_text(study_text(16, "ishigami").replace("survival", "renamed"))
    assert run_study(renamed, tmp_path / "a.zarr", SERIAL).study.name == "renamed"
    assert open_store(tmp_path / "a.zarr").study.name == "renamed"


def test_doubling_appends_units_and_keeps_every_run(study: Study, tmp_path: Path) -> None:
    url = tmp_path / "a.zarr"
    run_study(study, url, SERIAL, unit_blocks=4)
    kept = {path: path.read_bytes() for path in (url / "results").rglob("c/*") if path.is_file()}
    seen: list[Progress] = []
    store = extend(url, 64, SERIAL, progress=seen.append)
    assert (seen[0].done, seen[0].runs, seen[-1].solved_here) == (160, 640, 480)
    assert (store.samples, store.layout.units) == (64, 16)
    assert all(path.read_bytes() == content for path, content in kept.items())
    run_study(study.with_samples(64), tmp_path / "b.zarr", SERIAL)
    assert same_bits(url, tmp_path / "b.zarr")
    assert open_store(url).study.design.samples == 64


def test_a_study_with_more_samples_grows_its_store_and_one_with_fewer_keeps_it(study: Study, tmp_path: Path) -> None:
    assert run_study(study.with_samples(32), tmp_path / "a.zarr", SERIAL).samples == 32
    assert run_study(study, tmp_path / "a.zarr", SERIAL).samples == 32
    assert run_study(study.with_samples(64), tmp_path / "a.zarr", SERIAL).runs == 640


def test_a_growth_that_was_cut_off_is_taken_up_again(study: Study, tmp_path: Path) -> None:
    url = tmp_path / "a.zarr"
    run_study(study, url, SERIAL, unit_blocks=4)
    root = zarr.open_group(url, mode="r+")
    root.update_attributes({"samples": 32})
    root["results/y"].resize((2, 160))  # pyright: ignore
    with pytest.raises(NotAStoreError, match="was not made to its end"):
        open_store(url)
    run_study(study.with_samples(32), url, SERIAL)
    run_study(study.with_samples(32), tmp_path / "b.zarr", SERIAL)
    assert same_bits(url, tmp_path / "b.zarr")


def test_a_smaller_or_odd_extension_is_refused(study: Study, tmp_path: Path) -> None:
    run_study(study, tmp_path / "a.zarr", SERIAL)
    with pytest.raises(ValueError, match="has 16 samples already"):
        extend(tmp_path / "a.zarr", 8, SERIAL)
    with pytest.raises(ValueError, match="power of two, not 24"):
        extend(tmp_path / "a.zarr", 24, SERIAL)


def test_a_design_that_is_not_nested_is_not_extended(tmp_path: Path) -> None:
    text = study_text(16, "ishigami").replace('"sobol"', '"latin"')
    store = run_study(study_from_text(text), tmp_path / "a.zarr", SERIAL)
    assert (store.layout.block_rows, store.layout.rows) == (1, 16)
    with pytest.raises(ValueError, match="'latin' is not nested"):
        extend(tmp_path / "a.zarr", 32, SERIAL)
    with pytest.raises(StudyMismatchError, match=r"design.samples: 16 in the store, 20 now"):
        run_study(study_from_text(text.replace("samples = 16", "samples = 20")), tmp_path / "a.zarr", SERIAL)


def test_extending_nothing_says_that_there_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreNotFoundError):
        extend(tmp_path / "a.zarr", 32, SERIAL)
    assert list(tmp_path.iterdir()) == []


def test_a_foreign_folder_is_refused_and_left_as_it_was(study: Study, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(NotAStoreError):
        run_study(study, tmp_path, SERIAL)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def pretend_another_environment(url: Path, change: float) -> None:
    """Make the first unit look as if another environment had written it, with numbers off by `change`."""
    root = zarr.open_group(url, mode="r+", use_consolidated=False)
    root["status/environment"][:] = np.array(["numpy 1.0; an abacus"] * 4, dtype=np.dtypes.StringDType())  # pyright: ignore
    values = root["results/y"][:, :20]  # pyright: ignore
    root["results/y"][:, :20] = values + change  # pyright: ignore
    root["status/outcome"][:, 60:] = np.zeros((2, 20), dtype=np.uint8)  # pyright: ignore


def test_another_environment_with_the_same_bits_goes_on(study: Study, tmp_path: Path) -> None:
    run_study(study, tmp_path / "a.zarr", SERIAL, unit_blocks=4)
    pretend_another_environment(tmp_path / "a.zarr", 0.0)
    assert run_study(study, tmp_path / "a.zarr", SERIAL).complete_units().all()


def test_another_environment_with_other_bits_is_refused_unless_told_to_mix(study: Study, tmp_path: Path) -> None:
    run_study(study, tmp_path / "a.zarr", SERIAL, unit_blocks=4)
    pretend_another_environment(tmp_path / "a.zarr", 1e-9)
    with pytest.raises(MixedEnvironmentError, match=r"differs in y\.(.|\n)*an abacus"):
        run_study(study, tmp_path / "a.zarr", SERIAL)
    assert run_study(study, tmp_path / "a.zarr", SERIAL, mix=True).complete_units().all()


def test_a_store_that_unlike_machines_have_written_together_goes_on_with_any_of_them(
    study: Study, tmp_path: Path
) -> None:
    run_study(study, tmp_path / "a.zarr", SERIAL, unit_blocks=4)
    pretend_another_environment(tmp_path / "a.zarr", 1e-9)
    root = zarr.open_group(tmp_path / "a.zarr", mode="r+", use_consolidated=False)
    root["status/environment"][1:2] = np.array([environment()], dtype=np.dtypes.StringDType())  # pyright: ignore
    store = run_study(study, tmp_path / "a.zarr", SERIAL)
    assert store.complete_units().all()
    assert store.environments() == {environment(): 2, "numpy 1.0; an abacus": 2}
