"""What the doctor finds here and on workers."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cordillera.cluster import Finding, LocalBackend, SerialBackend, examine
from cordillera.cluster.serial import SerialCrew
from cordillera.sweeps import Job, News, WorkerLost


class BrokenBackend:
    """A place whose workers do not start."""

    name = "broken"

    @contextmanager
    def open(self, job: Job) -> Iterator[SerialCrew]:
        raise ConnectionError("nobody answers")
        yield SerialCrew()


class LosingCrew(SerialCrew):
    """Loses the first piece of work that it is given."""

    lost = False

    def wait(self, seconds: float) -> list[News]:
        news = super().wait(seconds)
        if not self.lost:
            self.lost = True
            return [WorkerLost(item.number) for item in news]
        return news


class LosingBackend:
    """The driver itself, as if it were a worker that is lost."""

    name = "losing"

    @contextmanager
    def open(self, job: Job) -> Iterator[SerialCrew]:
        with SerialBackend().open(job):
            yield LosingCrew()


def by_name(findings: list[Finding]) -> dict[str, Finding]:
    named = {finding.what: finding for finding in findings}
    assert len(named) == len(findings), "no two findings have one name"
    return named


def test_a_sound_installation_has_only_sound_findings(tmp_path: Path) -> None:
    findings = by_name(examine(SerialBackend(), tmp_path))
    assert {"python", "numpy", "machine", "memory free", "disk for stores", "clock of files"} <= findings.keys()
    assert findings["small sweep on serial"].found.endswith("the bits of the serial loop")
    unsound = {what for what, finding in findings.items() if finding.remedy}
    assert unsound <= {what for what in findings if "memory" in what or "disk" in what or "temporary" in what}
    assert list(tmp_path.iterdir()) == []


def test_every_local_worker_is_looked_at(tmp_path: Path) -> None:
    findings = by_name(examine(LocalBackend(2), tmp_path))
    for aspect in ("versions", "processor", "memory", "clock", "clock of files", "files", "temporary files"):
        assert len([what for what in findings if what.startswith("worker ") and what.endswith(f": {aspect}")]) == 2
    assert all(finding.found == "seen both ways" for what, finding in findings.items() if what.endswith(": files"))
    assert not findings["small sweep on local"].remedy


def test_workers_that_do_not_start_are_a_finding(tmp_path: Path) -> None:
    sweep = examine(BrokenBackend(), tmp_path)[-1]
    assert sweep == Finding("small sweep on broken", "failed", "ConnectionError: nobody answers")


def test_a_worker_that_is_lost_while_it_looks_about_is_a_finding(tmp_path: Path) -> None:
    findings = by_name(examine(LosingBackend(), tmp_path))
    assert findings["a worker"].remedy == "It was lost while it looked about; see its log."
    assert not findings["small sweep on losing"].remedy


def test_a_folder_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    findings = by_name(examine(SerialBackend(), tmp_path / "nowhere"))
    for what in ("disk for stores", "small sweep on serial"):
        assert findings[what].found == "failed"
        assert "nowhere" in findings[what].remedy
