import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from cordillera.cluster import plugin
from cordillera.cluster.plugin import StudyPlugin
from cordillera.sweeps import Job, VersionError, study_from_text, versions
from fragile_engine import study_text


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return Job(study_from_text(study_text(16)), "nowhere")


def test_those_who_come_second_wait_for_the_first_and_then_go_together(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled, order = threading.Event(), []
    together = threading.Barrier(2, timeout=30.0)

    def prepare(_: Job) -> None:
        if threading.current_thread().name == "first":
            order.append("first begins")
            inside.set()
            compiled.wait(30.0)
            order.append("first ends")
        else:
            together.wait()
            order.append("another")

    inside = threading.Event()
    monkeypatch.setattr(plugin, "prepare", prepare)
    first = threading.Thread(target=plugin.prepare_once_a_host, args=(job,), name="first")
    first.start()
    inside.wait(30.0)
    others = [threading.Thread(target=plugin.prepare_once_a_host, args=(job,)) for _ in range(2)]
    for thread in others:
        thread.start()
    compiled.set()
    for thread in (first, *others):
        thread.join()
    assert order == ["first begins", "first ends", "another", "another"]


def test_nobody_waits_where_an_earlier_sweep_has_compiled(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugin, "prepare", lambda _: None)
    plugin.prepare_once_a_host(job)
    together = threading.Barrier(3, timeout=30.0)
    monkeypatch.setattr(plugin, "prepare", lambda _: together.wait())
    workers = [threading.Thread(target=plugin.prepare_once_a_host, args=(job,)) for _ in range(3)]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join()
    assert not together.broken


@pytest.mark.parametrize("change", ["failed", "other environment"])
def test_they_wait_again_where_it_has_not(change: str, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Job) -> None:
        raise RuntimeError("no compiler")

    if change == "failed":
        monkeypatch.setattr(plugin, "prepare", fail)
        with pytest.raises(RuntimeError):
            plugin.prepare_once_a_host(job)
    else:
        monkeypatch.setattr(plugin, "prepare", lambda _: None)
        plugin.prepare_once_a_host(job)
        monkeypatch.setattr(plugin, "environment", lambda: "numba 99")
    test_those_who_come_second_wait_for_the_first_and_then_go_together(job, monkeypatch)


def test_a_worker_is_ready_without_what_only_other_designs_need() -> None:
    code = "import sys, cordillera.cluster.plugin; print('SALib' in sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "False"


def test_other_versions_are_refused_before_anything_is_loaded(job: Job) -> None:
    refused = StudyPlugin(job, versions() | {"scipy": "0.1"})
    with pytest.raises(VersionError, match=r"scipy .* \(driver: 0.1\)"):
        asyncio.run(refused.setup(None))  # pyright: ignore
