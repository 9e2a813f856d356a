"""What a control group leaves, read from folders like those of Linux."""

from pathlib import Path

import psutil
import pytest
from cordillera.cluster import control_group
from cordillera.cluster.control_group import MemoryLimit, free_memory, memory_limit

MB = 10**6


def group(folder: Path, limit: str, used: int, unused_copies: int, *, first: bool = False) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ("memory.limit_in_bytes" if first else "memory.max")).write_text(f"{limit}\n")
    (folder / ("memory.usage_in_bytes" if first else "memory.current")).write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"anon 7\n{'total_' if first else ''}inactive_file {unused_copies}\n")


def member(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "membership"
    path.write_text(text)
    return path


def test_the_group_above_that_leaves_least_decides(tmp_path: Path) -> None:
    root = tmp_path / "groups"
    group(root / "job" / "step", str(900 * MB), 100 * MB, 0)
    group(root / "job", str(800 * MB), 500 * MB, 50 * MB)
    group(root, "max", 9000 * MB, 0)
    assert memory_limit(member(tmp_path, "0::/job/step\n"), root) == MemoryLimit(800 * MB, 450 * MB)


def test_the_older_files_are_read_too(tmp_path: Path) -> None:
    root = tmp_path / "groups"
    group(root / "memory" / "job", str(700 * MB), 200 * MB, 100 * MB, first=True)
    group(root / "memory", "9223372036854771712", 200 * MB, 0, first=True)
    lines = "5:cpu,cpuacct:/elsewhere\n4:memory:/job\n"
    assert memory_limit(member(tmp_path, lines), root) == MemoryLimit(700 * MB, 100 * MB)


def test_a_container_that_is_told_the_path_of_its_host_has_its_own_group(tmp_path: Path) -> None:
    root = tmp_path / "groups"
    group(root, str(700 * MB), 200 * MB, 0)
    assert memory_limit(member(tmp_path, "0::/docker/abc\n"), root) == MemoryLimit(700 * MB, 200 * MB)


def test_without_a_limit_there_is_none(tmp_path: Path) -> None:
    root = tmp_path / "groups"
    group(root, "max", 200 * MB, 0)
    assert memory_limit(member(tmp_path, "0::/\n"), root) is None
    assert memory_limit(tmp_path / "nowhere", root) is None


def test_what_is_free_is_at_most_what_the_group_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_group, "memory_limit", lambda: MemoryLimit(10 * MB, 4 * MB))
    assert free_memory() == 6 * MB
    monkeypatch.setattr(control_group, "memory_limit", lambda: MemoryLimit(10 * MB, 14 * MB))
    assert free_memory() == 0
    monkeypatch.setattr(control_group, "memory_limit", lambda: None)
    assert 0 < free_memory() <= psutil.virtual_memory().total
