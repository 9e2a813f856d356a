"""Submission to a queue of three shell scripts."""

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from cordillera import cli
from cordillera.cluster import SerialBackend, SubmissionError, cancel, job_state, read_job, submit
from cordillera.sweeps import RunLimitError, Study, StudyMismatchError, lock, run_study, study_from_text
from cordillera.sweeps.address import backing_store
from cordillera.sweeps.lock import DriverLock
from fragile_engine import study_text
from typer.testing import CliRunner

CLUSTER = 'kind = "slurm"\nworkers = 2\nwalltime = "01:00:00"\ndriver_walltime = "1-00:00:00"\n'
COMMANDS = {
    "sbatch": "cat >script; echo 7 RUNNING >'{folder}/jobs'; echo Submitted batch job 7",
    "squeue": "cat '{folder}/jobs'",
    "scancel": "echo $@ >>'{folder}/cancelled'; : >'{folder}/jobs'",
}


@pytest.fixture
def study() -> Study:
    return study_from_text(study_text(16, "ishigami"))


@pytest.fixture
def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the commands of a queue, a cluster file, a study, and the jobs that the queue has."""
    (tmp_path / "bin").mkdir()
    for name, body in COMMANDS.items():
        path = tmp_path / "bin" / name
        path.write_text(f"#!/bin/sh\n{body.format(folder=tmp_path)}\n")
        path.chmod(0o700)
    (tmp_path / "jobs").touch()
    (tmp_path / "slurm.toml").write_text(CLUSTER)
    (tmp_path / "study.toml").write_text(study_text(16, "ishigami"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def hand_over(queue: Path, study: Study) -> Callable[[str], str]:
    return lambda out: submit(study, "study.toml", out, queue / "slurm.toml").job


def test_the_driver_is_a_job_that_runs_the_study(queue: Path, hand_over: Callable[[str], str]) -> None:
    assert hand_over("a b;.zarr") == "7"
    lines = (queue / "a b;.zarr.job" / "script").read_text().splitlines()
    assert "#SBATCH -t 24:00:00" in lines
    assert "#SBATCH --cpus-per-task=1" in lines
    words = shlex.split(lines[-1])
    assert words[0] == "exec"
    assert words[2:] == [
        "-m",
        "cordillera",
        "run",
        "--out",
        str(queue / "a b;.zarr"),
        "--cluster",
        str(queue / "slurm.toml"),
        "--",
        str(queue / "study.toml"),
    ]


def test_a_limit_of_a_run_goes_with_the_job_and_no_other_is_taken(queue: Path, study: Study) -> None:
    submit(study, "study.toml", "a.zarr", queue / "slurm.toml", run_limit=90.0)
    words = shlex.split((queue / "a.zarr.job" / "script").read_text().splitlines()[-1])
    assert words[words.index("--run-limit") + 1 :] == ["90", "--", str(queue / "study.toml")]
    with pytest.raises(RunLimitError):
        submit(study, "study.toml", "b.zarr", queue / "slurm.toml", run_limit=-1.0)
    assert not (queue / "b.zarr.job").exists()


def test_the_job_is_recorded_beside_the_store_which_is_not_made_yet(
    queue: Path, hand_over: Callable[[str], str]
) -> None:
    hand_over("a.zarr")
    record = read_job("a.zarr")
    assert record is not None
    assert (record.kind, record.job) == ("slurm", "7")
    assert record.log == str(queue / "a.zarr.job" / "cordillera-7.log")
    assert job_state(record) == "RUNNING"
    assert not (queue / "a.zarr").exists()


def test_a_second_submission_is_refused_while_the_first_is_there(queue: Path, hand_over: Callable[[str], str]) -> None:
    hand_over("a.zarr")
    with pytest.raises(SubmissionError, match="Job 7 of this store is running"):
        hand_over("a.zarr")
    (queue / "jobs").write_text("")
    assert hand_over("a.zarr") == "7"


def test_cancel_ends_the_job_once(queue: Path, hand_over: Callable[[str], str]) -> None:
    hand_over("a.zarr")
    assert cancel("a.zarr")[1]
    assert (queue / "cancelled").read_text() == "7\n"
    assert not cancel("a.zarr")[1]
    assert (queue / "cancelled").read_text() == "7\n"


def test_a_job_that_is_cancelled_is_marked_and_cancelled_again_if_it_comes_back(
    queue: Path, hand_over: Callable[[str], str]
) -> None:
    hand_over("a.zarr")
    # A driver that queued its job again at this very moment: the queue has it once more.
    (queue / "bin" / "scancel").write_text(
        f"#!/bin/sh\necho $@ >>'{queue}/cancelled'\n"
        f"if [ -e '{queue}/back' ]; then : >'{queue}/jobs'; else echo 7 PENDING >'{queue}/jobs'; fi\n"
        f"touch '{queue}/back'\n"
    )
    record, was_there = cancel("a.zarr")
    assert was_there
    assert (queue / "cancelled").read_text() == "7\n7\n"
    assert job_state(record) is None
    marked = read_job("a.zarr")
    assert marked is not None
    assert marked.cancelled
    hand_over("a.zarr")
    again = read_job("a.zarr")
    assert again is not None
    assert not again.cancelled


def test_the_job_is_told_its_walltime(queue: Path, hand_over: Callable[[str], str]) -> None:
    hand_over("a.zarr")
    assert "export CORDILLERA_DRIVER_WALLTIME=86400" in (queue / "a.zarr.job" / "script").read_text().splitlines()


def test_cancel_without_a_job_says_so(queue: Path) -> None:
    with pytest.raises(SubmissionError, match="No job was submitted for"):
        cancel("a.zarr")


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"kind": "slurm"}', '{"job": "7; reboot"}', "\x00", '{"job": "-a"}', '{"user": "--all"}'],
)
def test_a_record_that_is_torn_or_forged_is_no_record(
    content: str, queue: Path, hand_over: Callable[[str], str]
) -> None:
    hand_over("a.zarr")
    path = queue / "a.zarr.job" / "job.json"
    forged = json.loads(content) if content.startswith(('{"job"', '{"user"')) else None
    path.write_text(json.dumps(json.loads(path.read_text()) | forged) if forged else content)
    assert read_job("a.zarr") is None


def test_what_is_no_queue_takes_no_job(queue: Path, study: Study) -> None:
    (queue / "here.toml").write_text('kind = "local"')
    with pytest.raises(SubmissionError, match=r"here\.toml is no queue"):
        submit(study, "study.toml", "a.zarr", "here.toml")


def test_a_store_of_another_study_is_refused_before_anything_is_submitted(
    queue: Path, hand_over: Callable[[str], str]
) -> None:
    run_study(study_from_text(study_text(16, "ishigami", low=-2.0)), "a.zarr", SerialBackend())
    with pytest.raises(StudyMismatchError):
        hand_over("a.zarr")
    assert not (queue / "a.zarr.job").exists()


def test_a_driver_at_work_elsewhere_is_respected(
    queue: Path, study: Study, hand_over: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "BEAT_SECONDS", 0.2)
    run_study(study, "a.zarr", SerialBackend())
    driver = DriverLock(backing_store("a.zarr", writable=True), "local")
    driver.acquire()
    try:
        with pytest.raises(SubmissionError, match="A driver works on this store: process"):
            hand_over("a.zarr")
    finally:
        driver.release()
    assert hand_over("a.zarr") == "7"


def test_the_command_line_submits_shows_and_cancels(queue: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cordillera(*arguments: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(cli.app, list(arguments))
        return result.exit_code, result.stdout, " ".join(result.stderr.split())

    code, _, said = cordillera("submit", "study.toml", "--cluster", "slurm.toml", "--out", "a.zarr")
    assert (code, "Job 7 is submitted" in said) == (0, True)
    code, shown, _ = cordillera("status", "a.zarr")
    assert (code, shown.strip()) == (0, "Job 7 (slurm): running. There is no store yet.")
    code, shown, _ = cordillera("status", "a.zarr", "--json")
    assert json.loads(shown)["job"]["state"] == "RUNNING"
    code, _, said = cordillera("submit", "study.toml", "--cluster", "slurm.toml", "--out", "a.zarr")
    assert (code, "Job 7 of this store is running" in said) == (2, True)
    assert cordillera("run", "study.toml", "--cluster", "serial", "--out", "a.zarr")[0] == 0
    code, _, said = cordillera("cancel", "a.zarr")
    assert (code, "Job 7 is cancelled" in said) == (0, True)
    assert "Complete. Job 7 (slurm): ended." in cordillera("status", "a.zarr")[1]
    monkeypatch.setenv("PATH", str(queue / "nowhere"))
    assert "its queue cannot be asked from here" in cordillera("status", "a.zarr")[1]
    assert cordillera("submit", "study.toml", "--cluster", "nowhere.toml", "--out", "b.zarr")[0] == 2
