"""The engine for tests of survival, in reach of this process and of its children, and what can be killed."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from cordillera.cluster import SerialBackend
from cordillera.sweeps import run_study, study_from_text
from dask_site import Site
from fragile_engine import study_text
from survival import start_driver

PLUGINS = str(Path(__file__).parents[1] / "plugins")


@pytest.fixture(autouse=True)
def plugins_for_children(monkeypatch: pytest.MonkeyPatch) -> None:
    inherited = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(part for part in (PLUGINS, inherited) if part))


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of an undisturbed run: 16 units of 4 blocks."""
    url = tmp_path_factory.mktemp("calm") / "calm.zarr"
    run_study(study_from_text(study_text(64)), url, SerialBackend(), unit_blocks=4)
    return url


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start drivers, and end whatever is left of them."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(url: Path, place: str, prefix: tuple[str, ...] = (), **disturbance: float) -> subprocess.Popen[bytes]:
        started.append(start_driver(url, place, prefix, **disturbance))
        return started[-1]

    yield begin
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A Dask scheduler and workers, to be started and killed."""
    place = Site(tmp_path)
    yield place
    place.end()
