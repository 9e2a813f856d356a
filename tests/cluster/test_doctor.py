from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cordillera.cluster import SerialBackend, examine
from cordillera.cluster.serial import SerialCrew
from cordillera.sweeps import Job


class BrokenBackend:
    """A place whose workers do not start."""

    name = "broken"

    @contextmanager
    def open(self, job: Job) -> Iterator[SerialCrew]:
        raise ConnectionError("nobody answers")
        yield SerialCrew()


def test_a_sound_installation_has_only_sound_findings(tmp_path: Path) -> None:
    findings = examine(SerialBackend(), tmp_path)
    assert [finding.what for finding in findings] == [
        "versions",
        "processor",
        "memory",
        "file system",
        "a sweep on 'serial'",
    ]
    assert all(finding.sound for finding in findings if finding.what != "memory")
    assert list(tmp_path.iterdir()) == []


def test_workers_that_do_not_start_are_a_finding(tmp_path: Path) -> None:
    sweep = examine(BrokenBackend(), tmp_path)[-1]
    assert not sweep.sound
    assert sweep.detail == "ConnectionError: nobody answers"


def test_a_folder_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    findings = {finding.what: finding for finding in examine(SerialBackend(), tmp_path / "nowhere")}
    assert not findings["file system"].sound
    assert "nowhere" in findings["file system"].detail
