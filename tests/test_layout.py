"""Laws of the source tree: what is packaged, who may import whom, and what may not be left lying about."""

import ast
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = "cordillera"
FLOORS = {"forking": 0, "data": 0, "engines": 0, "sweeps": 1, "cluster": 2, "analysis": 3, "console": 4}
TOP_FLOOR = 4
NOT_FOR_ENGINES = {"bokeh", "dask", "distributed", "logging", "matplotlib", "rich", "typer", "zarr"}
BESIDE_THE_PACKAGE = {"benchmarks", "build", "dist", "docs", "tests", "tools"}
VAGUE_NAMES = {"common", "helper", "helpers", "manager", "misc", "util", "utils"}
# Spelt in halves: this file is searched like every other.
UNFINISHED = re.compile(
    "|".join(
        [
            r"\bTO" + r"DO\b",
            r"\bFIX" + r"ME\b",
            r"\bXX" + r"X\b",
            r"\bNotImpl" + r"ementedError\b",
            r"pytest\.mark\.(sk" + r"ip|xf" + r"ail)",
            r"pytest\.(sk" + r"ip|xf" + r"ail|import" + r"orskip)\(",
            r"(?i:\bplace" + r"holder\b)",
        ]
    )
)
SOMEBODYS_FOLDER = re.compile(r"(?<![\w.$}])/(?:home|root|Users|work)/")
TEXT_SUFFIXES = {".py", ".toml", ".md", ".rst", ".csv", ".html", ".css", ".js", ".json", ".txt", ".yml", ".yaml", ""}


def package_folders() -> set[str]:
    """Dotted names of the folders that hold an `__init__.py`, the root being the package itself."""
    folders = {PACKAGE}
    for marker in ROOT.glob("*/**/__init__.py"):
        parts = marker.parent.relative_to(ROOT).parts
        if parts[0] not in BESIDE_THE_PACKAGE and not any(part.startswith(".") for part in parts):
            folders.add(".".join((PACKAGE, *parts)))
    return folders


def modules() -> list[Path]:
    """Every Python file of the package."""
    folders = [name.split(".")[1:] for name in package_folders()]
    return sorted(path for parts in folders for path in ROOT.joinpath(*parts).glob("*.py"))


def is_made(folder: Path) -> bool:
    """Whether a folder holds what tools made: builds, stores, environments."""
    return (
        folder.name in {"build", "dist", "_build", "__pycache__", "headline"}
        or folder.name.endswith((".egg-info", ".zarr"))
        or (folder.name.startswith(".") and folder.name != ".ci")
        or (folder / "pyvenv.cfg").exists()
    )


def texts() -> Iterator[tuple[Path, str]]:
    """Every text file of the project, with what it says."""
    for folder, inner, names in os.walk(ROOT):
        inner[:] = sorted(name for name in inner if not is_made(Path(folder, name)))
        for path in (Path(folder, name) for name in sorted(names)):
            if path.suffix in TEXT_SUFFIXES:
                yield path, path.read_text(encoding="utf-8")


def imported(path: Path) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Line and dotted name, from the package's root, of everything that a module imports from the package."""
    folder = path.parent.relative_to(ROOT).parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = (*folder[: len(folder) - node.level + 1], *(node.module or "").split("."))
            parts = tuple(part for part in base if part)
            for alias in node.names:
                yield node.lineno, (*parts, alias.name)


def outside_names(path: Path) -> Iterator[tuple[int, str]]:
    """Line and first part of every absolute import of a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.lineno, node.module.split(".")[0]


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def test_the_package_list_equals_the_folders() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    assert sorted(listed) == sorted(package_folders())


def test_no_test_folder_is_a_package() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == []


def test_a_lower_floor_imports_nothing_from_a_higher_one() -> None:
    wrong = []
    for path in modules():
        folder = path.relative_to(ROOT).parts[0].removesuffix(".py")
        floor = FLOORS.get(folder, TOP_FLOOR)
        for line, name in imported(path):
            target = name[0] if name[0] in FLOORS else "the root"
            if FLOORS.get(target, TOP_FLOOR) > floor:
                wrong.append(f"{place(path, line)} ({folder}) imports {'.'.join(name)} of {target}")
    assert wrong == []


def test_the_package_imports_itself_relatively() -> None:
    banned = {PACKAGE, *FLOORS}
    wrong = [place(path, line) for path in modules() for line, name in outside_names(path) if name in banned]
    assert wrong == []


def test_engines_know_neither_clusters_nor_stores_nor_terminals() -> None:
    wrong = [
        f"{place(path, line)} imports {name}"
        for path in modules()
        if path.relative_to(ROOT).parts[0] == "engines"
        for line, name in outside_names(path)
        if name in NOT_FOR_ENGINES
    ]
    assert wrong == []


def test_every_module_is_named_for_what_it_holds() -> None:
    assert [str(path.relative_to(ROOT)) for path in modules() if path.stem in VAGUE_NAMES] == []


@pytest.mark.parametrize(
    "forbidden", [UNFINISHED, SOMEBODYS_FOLDER], ids=["a mark of unfinished work", "a folder of somebody's machine"]
)
def test_no_file_holds(forbidden: re.Pattern[str]) -> None:
    found = [
        f"{place(path, number)}: {line.strip()[:100]}"
        for path, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if forbidden.search(line)
    ]
    assert found == []


def test_the_checkout_is_not_imported_as_a_second_package() -> None:
    strays = [
        name
        for name, module in list(sys.modules.items())
        if (file := getattr(module, "__file__", None))
        and Path(file).is_relative_to(ROOT)
        and not Path(file).is_relative_to(ROOT / "tests")
        and name.split(".")[0] != PACKAGE
    ]
    assert strays == []
