"""Workers forked from a process that has imported what they need."""

import subprocess
import sys
from pathlib import Path

import pytest

FORKED = "forkserver" if sys.platform == "linux" else "spawn"
SWEEP = """
import os
import psutil
from cordillera import forking
from cordillera.cluster import LocalBackend
from cordillera.sweeps import run_study, study_from_text
from fragile_engine import study_text

backend = LocalBackend(2)
{change}
print(forking.start_method())
parents = set()

def watch(state):
    family = psutil.Process().children(recursive=True)
    parents.update("driver" if worker.ppid() == os.getpid() else "another" for worker in family)

run_study(study_from_text(study_text(16, "ishigami")), "a.zarr", backend, progress=watch)
print("another" in parents)
"""


def lines_of(folder: Path, change: str) -> list[str]:
    """What the sweep prints once its workers may be forked and `change` has been made."""
    script = folder / "script.py"
    script.write_text(SWEEP.format(change=change))
    done = subprocess.run([sys.executable, script], cwd=folder, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout.split()


def test_workers_are_forked_from_a_process_beside_the_driver(tmp_path: Path) -> None:
    assert lines_of(tmp_path, "") == [FORKED, str(FORKED == "forkserver")]


@pytest.mark.parametrize("change", ["os.environ['HOME'] = '/'", "del os.environ['PATH']", "os.environ['NEW'] = '1'"])
def test_workers_start_afresh_where_the_environment_has_changed_since(tmp_path: Path, change: str) -> None:
    assert lines_of(tmp_path, change) == ["spawn", "False"]


def test_the_environment_of_the_driver_stays_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    script = (
        "import os; before = dict(os.environ); from cordillera.cluster import LocalBackend; LocalBackend(1); "
        "assert dict(os.environ) == before; print('same')"
    )
    monkeypatch.delenv("MALLOC_TRIM_THRESHOLD_", raising=False)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("same\n", "")
