"""Whether workers have the memory that a model needs, asked before any is started."""

from dataclasses import dataclass
from pathlib import Path

import cordillera
import pytest
from cordillera import cli
from cordillera.cluster import (
    FewerWorkersWarning,
    LocalBackend,
    NotEnoughMemoryError,
    QueueBackend,
    QueueSpec,
    SerialBackend,
    cluster_from_text,
    fitted,
    memory,
)
from cordillera.cluster.memory import limit_for, local_workers
from cordillera.engines import Engine, IshigamiEngine, Memory, memory_of
from cordillera.sweeps import Study, study_from_text
from fragile_engine import FragileEngine, study_text
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

GB = 10**9
WORLD = Memory(5_900_000_000, shared=1_300_000_000)
QUEUE = 'kind = "slurm"\nworkers = 8\nwalltime = "01:00:00"\nmemory = "{memory}"\n'


@dataclass(frozen=True)
class Heavy(IshigamiEngine):
    """A model that says it needs as much as the whole world does."""

    memory: Memory = WORLD


@pytest.fixture
def heavy(monkeypatch: pytest.MonkeyPatch) -> Study:
    """A study of a model that needs 5.9 GB, on a machine of four cores with 16 GB free."""
    monkeypatch.setattr(Study, "build_engine", lambda study: Heavy())
    monkeypatch.setattr(memory, "available_cores", lambda: 4)
    monkeypatch.setattr(memory, "free_memory", lambda: 16 * GB)
    return study_from_text(study_text(16, "ishigami"))


def queue(size: str) -> QueueSpec:
    spec = cluster_from_text(QUEUE.format(memory=size))
    assert isinstance(spec, QueueSpec)
    return spec


@pytest.mark.parametrize(
    "engine", [cordillera.engine("ishigami"), cordillera.engine("cge"), cordillera.engine("spatial")]
)
def test_the_engines_say_what_they_need(engine: Engine) -> None:
    need = memory_of(engine)
    assert need is not None
    assert 10**8 < need.process < GB, "a worker of the default resolution fits the default of a queue"


def test_the_whole_world_shares_the_costs_between_its_places() -> None:
    need = memory_of(cordillera.engine("spatial", resolution="full"))
    places = 17_819
    assert need is not None
    assert need.shared == pytest.approx(4 * places**2, rel=0.05)
    assert need.process > 3 * need.shared, "the costs and two kernels of their size"


@given(
    asked=st.none() | st.integers(1, 100),
    cores=st.integers(1, 100),
    process=st.integers(1, 100),
    shared=st.integers(0, 99),
    free=st.integers(0, 1000),
)
def test_workers_never_need_more_than_is_free(
    asked: int | None, cores: int, process: int, shared: int, free: int
) -> None:
    need = Memory(process + shared, shared)
    try:
        count = quietly(asked, cores, need, free)
    except NotEnoughMemoryError:
        assert (asked or 1) * process + shared > free
        return
    assert count * process + shared <= free
    assert count == asked if asked is not None else count <= cores
    if asked is None and count < cores:
        assert (count + 1) * process + shared > free


def quietly(asked: int | None, cores: int, need: Memory, free: int) -> int:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FewerWorkersWarning)
        return local_workers(asked, cores, need, free, "a study")


def test_more_local_workers_than_memory_allows_are_refused_with_the_number_that_fits(heavy: Study) -> None:
    message = r"4 workers of 'survival' need 19\.7 GB of memory, and 16\.0 GB are free\. Give --workers 3\."
    with pytest.raises(NotEnoughMemoryError, match=message):
        fitted(LocalBackend(4), heavy)
    assert fitted(LocalBackend(2), heavy) == LocalBackend(2, memory=limit_for(WORLD))


def test_the_default_number_of_workers_is_reduced_and_says_so(heavy: Study) -> None:
    with pytest.warns(FewerWorkersWarning, match=r"3 of 4 cores work: a worker of 'survival' needs 5\.9 GB, and 16\.0"):
        place = fitted(LocalBackend(), heavy)
    assert place == LocalBackend(3, memory=limit_for(WORLD))


def test_a_machine_without_room_for_one_worker_is_refused(heavy: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: 2 * GB)
    for asked in (None, 1, 4):
        with pytest.raises(NotEnoughMemoryError, match=r"A worker of 'survival' needs 5\.9 GB of memory, and 2\.0 GB"):
            fitted(LocalBackend(asked), heavy)


def test_a_queue_that_gives_too_little_is_refused_with_what_to_write(heavy: Study) -> None:
    message = r"needs 5\.9 GB, and the cluster file gives it 6\.0 GB, .* Write memory = \"6\.6 GB\" in it\."
    with pytest.raises(NotEnoughMemoryError, match=message):
        fitted(QueueBackend(queue("6 GB")), heavy)
    place = QueueBackend(queue("6.6 GB"))
    assert fitted(place, heavy) is place


def test_a_model_that_uses_a_whole_host_has_one_worker_there(heavy: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Heavy, "whole_host", True, raising=False)
    limit = limit_for(WORLD)
    assert fitted(LocalBackend(), heavy) == LocalBackend(1, memory=limit, threads=4)
    assert fitted(LocalBackend(2), heavy) == LocalBackend(2, memory=limit, threads=2)
    place = QueueBackend(queue("6.6 GB"))
    assert fitted(place, heavy) == QueueBackend(place.spec, whole_job=True)


def test_an_engine_that_does_not_say_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: 0)
    assert memory_of(FragileEngine()) is None
    study = study_from_text(study_text(16))
    for place in (LocalBackend(64), QueueBackend(queue("256 MB"))):
        assert fitted(place, study) is place


def test_places_of_which_nothing_is_known_are_taken_as_they_are(heavy: Study) -> None:
    place = SerialBackend()
    assert fitted(place, heavy) is place


@pytest.mark.parametrize("command", ["run", "submit", "check"])
def test_the_commands_refuse_before_anything_is_made(
    command: str, heavy: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("slurm.toml").write_text(QUEUE.format(memory="2 GB"))
    Path("study.toml").write_text(study_text(16, "ishigami"))
    arguments = [command, "study.toml", "--cluster", "slurm.toml"]
    told = CliRunner().invoke(cli.app, arguments if command == "check" else [*arguments, "--out", "a.zarr"])
    assert told.exit_code == 2
    assert "needs 5.9 GB, and the cluster file gives it 2.0 GB" in " ".join(told.stderr.split())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["slurm.toml", "study.toml"]


def test_a_run_from_python_is_refused_too(heavy: Study, tmp_path: Path) -> None:
    (tmp_path / "slurm.toml").write_text(QUEUE.format(memory="2 GB"))
    with pytest.raises(NotEnoughMemoryError):
        cordillera.run(heavy, tmp_path / "a.zarr", cluster=str(tmp_path / "slurm.toml"))
    assert not (tmp_path / "a.zarr").exists()


def test_check_shows_what_a_worker_needs(heavy: Study, tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(study_text(16, "ishigami"))
    told = CliRunner().invoke(cli.app, ["check", str(tmp_path / "study.toml")])
    assert "5.9 GB a worker" in told.stdout
