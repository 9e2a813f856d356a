"""What is said of a worker, from what it reported."""

from dataclasses import replace
from pathlib import Path

import pytest
from cordillera.cluster import examination
from cordillera.cluster.examination import Answer, findings_of, is_seen
from cordillera.cluster.probe import WorkerReport, probe

HERE = "python 3.11.7; numpy 2.4.6; x86_64; Abacus 9000"
REPORT = WorkerReport(
    host="node1",
    name="w3",
    process=12,
    environment=HERE,
    free=8 * 10**9,
    limit=2 * 10**9,
    temporary="/scratch",
    temporary_free=50 * 10**9,
    clock=1000.5,
    stamp=1000.5,
    heard="token",
    said="node1-12.probe",
)


def said(report: WorkerReport, *, seen: bool = True) -> dict[str, tuple[str, str]]:
    """Each finding of a worker that was asked at 1000 and answered by 1001, without its name."""
    findings = findings_of(Answer(report, 1000.0, 1001.0), "token", seen, HERE)
    assert all(finding.what.startswith("worker w3 on node1: ") for finding in findings)
    return {finding.what.partition(": ")[2]: (finding.found, finding.remedy) for finding in findings}


def test_a_worker_like_this_machine_is_well() -> None:
    assert said(REPORT) == {
        "versions": ("as here", ""),
        "processor": ("x86_64, Abacus 9000, as here", ""),
        "memory": ("8.0 GB free, limit 2.0 GB", ""),
        "clock": ("0.0 s from this machine's", ""),
        "clock of files": ("0.0 s from its own", ""),
        "files": ("seen both ways", ""),
        "temporary files": ("50.0 GB in /scratch", ""),
    }


def test_another_processor_is_named_with_what_it_may_mean_and_is_no_fault() -> None:
    found, remedy = said(replace(REPORT, environment=HERE.replace("Abacus 9000", "Slide Rule")))["processor"]
    assert found == "x86_64, Slide Rule; here x86_64, Abacus 9000: the last bits may differ from runs here"
    assert remedy == ""


def test_other_versions_are_named_with_those_here() -> None:
    found, remedy = said(replace(REPORT, environment=HERE.replace("2.4.6", "2.3.0")))["versions"]
    assert found == "numpy 2.3.0 (here numpy 2.4.6)"
    assert "same versions" in remedy


@pytest.mark.parametrize("change", [{"free": 10**8}, {"limit": 10**8}, {"free": 10**8, "limit": None}])
def test_too_little_memory_free_or_allowed_has_a_remedy(change: dict[str, int | None]) -> None:
    assert "raise `memory`" in said(replace(REPORT, **change))["memory"][1]  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("clock", "words", "well"),
    [(1000.0, "0.0 s", True), (1001.0, "0.0 s", True), (990.0, "10.0 s", False), (1061.0, "60.0 s", False)],
)
def test_a_clock_is_off_by_what_question_and_answer_cannot_explain(clock: float, words: str, well: bool) -> None:
    found, remedy = said(replace(REPORT, clock=clock))["clock"]
    assert found == f"{words} from this machine's"
    assert (remedy == "") == well


def test_the_clock_of_the_file_system_is_held_to_the_workers_own() -> None:
    found, remedy = said(replace(REPORT, stamp=970.5))["clock of files"]
    assert found == "30.0 s from its own"
    assert "NTP" in remedy
    assert "clock of files" not in said(replace(REPORT, stamp=None))


def test_files_that_one_side_does_not_see_are_told_apart() -> None:
    deaf = said(replace(REPORT, heard="no such file"))["files"]
    mute = said(REPORT, seen=False)["files"]
    assert deaf[0] == "it does not see what this machine wrote (no such file)"
    assert mute[0] == "this machine does not see what it wrote (node1-12.probe)"
    assert deaf[1] == mute[1] == "Keep the store in a folder that every node sees under one path."


def test_what_a_worker_writes_is_read_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "_SIGHT_SECONDS", 0.0)
    (tmp_path / "driver.probe").write_text("token")
    report = probe(str(tmp_path / "a.zarr"), (0,))
    assert report.heard == "token"
    assert is_seen(tmp_path, report)
    (tmp_path / report.said).write_text("of another")
    assert not is_seen(tmp_path, report)
    assert not is_seen(tmp_path / "elsewhere", report)


def test_a_worker_without_the_folder_reports_why(tmp_path: Path) -> None:
    report = probe(str(tmp_path / "nowhere" / "a.zarr"), (0,))
    assert "nowhere" in report.heard
    assert "nowhere" in report.said
    assert report.stamp is None
    assert report.free > 0
    assert report.temporary_free > 0
