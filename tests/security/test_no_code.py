"""Nothing but the installed packages is run: not what lies in the folder of a study, and not what a file says."""

import ast
import importlib.metadata
import multiprocessing
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import cordillera
import pytest
from cordillera.cluster import SerialBackend
from cordillera.engines import UnknownNameError
from cordillera.engines import engine as load_engine
from cordillera.sweeps import Job, open_store, prepare, run_study, study_from_text
from cordillera.sweeps.isolation import solve_apart

PACKAGE = Path(cordillera.__file__).parent
BESIDE = ("benchmarks", "build", "dist", "docs", "tests", "tools")
# Of the data that the world was built from, for whoever builds it anew from packages of its sources.
BUILDERS = ("data/world_build/income.py", "data/world_build/population.py")
# From a child of its own process, over a pipe.
OWN_PIPE = "sweeps/isolation.py"
SHADOWED = ("numpy", "zarr", "multiprocessing", "cordillera", "psutil", "random", "dask", "distributed")


@cache
def calls() -> list[tuple[str, str, ast.Call]]:
    """File, dotted name and node of every call in the package."""
    return list(_calls())


def _calls() -> Iterator[tuple[str, str, ast.Call]]:
    for path in PACKAGE.rglob("*.py"):
        name = path.relative_to(PACKAGE).as_posix()
        if name.split("/")[0] in BESIDE or name.startswith("."):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield name, ast.unparse(node.func), node


def places(*wanted: str) -> set[str]:
    """Files with calls of some names, whatever they are called on."""
    return {file for file, name, _ in calls() if name.split(".")[-1] in wanted and not name.startswith("re.")}


def test_nothing_is_evaluated() -> None:
    assert places("eval", "exec", "execfile", "__import__", "popen", "literal_eval") == set()
    assert {file for file, name, _ in calls() if name in ("compile", "os.system")} == set()


def test_nothing_is_unpickled_but_what_a_child_of_this_process_says() -> None:
    assert places("read_pickle") <= set(BUILDERS)
    loaded = {file for file, name, _ in calls() if name in ("pickle.load", "pickle.loads", "pickle.Unpickler")}
    assert loaded == {OWN_PIPE}
    assert places("unsafe_load", "full_load") == set()


def test_arrays_are_loaded_without_objects() -> None:
    found = [node for _, name, node in calls() if name in ("np.load", "numpy.load")]
    assert found
    for node in found:
        assert {word.arg: ast.unparse(word.value) for word in node.keywords}["allow_pickle"] == "False"


def test_no_shell_reads_a_command() -> None:
    started = [node for _, name, node in calls() if name.startswith("subprocess.")]
    assert started
    assert not [node for node in started if any(word.arg == "shell" for word in node.keywords)]


def test_modules_that_are_named_at_run_time_are_ours() -> None:
    assert places("import_module") <= {
        "__init__.py", "cluster/condor.py", "cluster/queueing.py", "data/world_build/source.py",
    }  # fmt: skip


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where commands are given, full of modules that leave a mark when they are imported."""
    folder = tmp_path / "received"
    folder.mkdir()
    for name in SHADOWED:
        (folder / f"{name}.py").write_text(f"open({str(tmp_path / name)!r}, 'w')\nraise SystemExit(9)\n")
    monkeypatch.chdir(folder)
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    return folder


def test_a_child_imports_nothing_from_the_folder_where_it_starts(hostile: Path, finished: Path, tmp_path: Path) -> None:
    shutil.copytree(finished, tmp_path / "a.zarr")
    prepare(Job(open_store(finished).study, str(tmp_path / "a.zarr")))
    assert solve_apart(str(tmp_path / "a.zarr"), (0,)).outcomes
    assert {path.name for path in tmp_path.iterdir()} == {"received", "a.zarr"}


def test_the_command_line_imports_nothing_from_the_folder_where_it_is_given(hostile: Path, tmp_path: Path) -> None:
    (hostile / "study.toml").write_text(
        'name = "s"\nengine = "ishigami"\ndesign = { method = "latin", samples = 8 }\n'
        'factors.x1 = { distribution = "uniform", low = -3.0, high = 3.0 }\n'
    )
    # As the entry point does it, and started as that is.
    start = [sys.executable, "-P", "-c", "from cordillera.cli import main; main()"]
    command = ["run", "study.toml", "--out", str(tmp_path / "a.zarr"), "--workers", "1"]
    done = subprocess.run([*start, *command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"received", "a.zarr"}
    assert open_store(tmp_path / "a.zarr").complete_units().all()


def test_an_engine_is_one_of_an_installed_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    about = tmp_path / "evil-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[cordillera.engines]\nevil = evil:Engine\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnknownNameError, match="evil"):
        load_engine("evil")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "evil" in {point.name for point in importlib.metadata.entry_points(group="cordillera.engines")}


@pytest.mark.parametrize("name", ["os", "os:system", "../engines", "builtins", "cordillera.engines.cge"])
def test_the_name_of_an_engine_is_no_module(name: str) -> None:
    with pytest.raises(UnknownNameError, match="engine"):
        load_engine(name)


def test_nothing_is_left_running(finished: Path) -> None:
    run_study(study_from_text(open_store(finished).study.text), finished, SerialBackend())
    assert [child for child in multiprocessing.active_children() if child.name.startswith("cordillera")] == []
