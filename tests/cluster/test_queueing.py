import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from cordillera.cluster import QueueError, QueueSpec, cluster_from_text, queueing
from cordillera.cluster.queueing import Form
from hypothesis import given, settings
from hypothesis import strategies as st

FORM = Form("cordillera", 2, 3 * 10**9, 5430)
HEADERS = {
    "slurm": [
        "#SBATCH -J cordillera",
        "#SBATCH -p fast",
        "#SBATCH -A macro",
        "#SBATCH -n 1",
        "#SBATCH --cpus-per-task=2",
        "#SBATCH --mem=3G",
        "#SBATCH -t 01:30:30",
    ],
    "pbs": [
        "#PBS -N cordillera",
        "#PBS -q fast",
        "#PBS -A macro",
        "#PBS -l select=1:ncpus=2:mem=2862MB",
        "#PBS -l walltime=01:30:30",
    ],
    "sge": ["#$ -N cordillera", "#$ -q fast", "#$ -P macro", "#$ -l h_rt=01:30:30", "#$ -cwd", "#$ -j y"],
    "lsf": ["#BSUB -J cordillera", "#BSUB -q fast", '#BSUB -P "macro"', "#BSUB -n 2", "#BSUB -W 01:31"],
}


def spec(kind: str = "slurm", extra: str = "") -> QueueSpec:
    text = f'kind = "{kind}"\nqueue = "fast"\naccount = "macro"\nworkers = 4\nwalltime = "01:00:00"\n{extra}'
    read = cluster_from_text(text)
    assert isinstance(read, QueueSpec)
    return read


@pytest.mark.parametrize("kind", HEADERS)
def test_a_script_asks_for_what_the_file_says(kind: str) -> None:
    lines = queueing.script(spec(kind), FORM, ["true"]).splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert [line for line in HEADERS[kind] if line not in lines] == []
    assert lines[-1] == "exec true"


def test_extra_options_stand_in_the_header() -> None:
    text = queueing.script(spec(extra='directives = ["--qos=long"]'), FORM, ["true"])
    assert "#SBATCH --qos=long\n" in text


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20), max_size=4))
def test_no_argument_is_anything_but_an_argument(arguments: list[str]) -> None:
    text = queueing.script(spec(), FORM, ["printf", "%s\\0", "first", *arguments], {"NAME": "; exit 7"})
    ran = subprocess.run(["bash"], input=text.encode(), capture_output=True, check=True)
    assert ran.stdout.decode() == "".join(f"{word}\0" for word in ("first", *arguments))


def fake(folder: Path, name: str, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command of a queue that is not there."""
    (folder / "bin").mkdir(exist_ok=True)
    path = folder / "bin" / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o700)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:/usr/bin:/bin")


def test_a_script_goes_to_the_queue_by_its_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(tmp_path, "sbatch", "cat >script; echo $@ >arguments; pwd >place; echo Submitted batch job 12", monkeypatch)
    folder = tmp_path / "a folder; exit"
    folder.mkdir()
    assert queueing.submit(spec(), FORM, "the script", folder) == ["12"]
    assert (folder / "script").read_text() == "the script"
    assert (folder / "place").read_text().strip() == str(folder)
    options = ["--output=cordillera-%j.log", "--open-mode=append"]
    assert (folder / "arguments").read_text().split() == [*options, "--no-requeue"]
    queueing.submit(spec(), replace(FORM, again=True), "the script", folder)
    assert (folder / "arguments").read_text().split() == [*options, "--requeue"]
    assert queueing.log_name("slurm", "cordillera", "12") == "cordillera-12.log"


def test_many_jobs_are_one_submission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(tmp_path, "sbatch", "echo $@ >>arguments; echo Submitted batch job 12", monkeypatch)
    numbers = queueing.submit(spec(), replace(FORM, count=1000), "the script", tmp_path)
    assert (len(numbers), numbers[0], numbers[-1]) == (1000, "12_0", "12_999")
    (told,) = (tmp_path / "arguments").read_text().splitlines()
    assert "--array=0-999" in told
    # Slurm keeps the last of two names of the log.
    assert told.index("%A_%a") > told.index("%j")
    assert queueing.log_name("slurm", "work", "12_7") == "work-12_7.log"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("echo no such partition >&2; exit 1", "refuses 'sbatch' with exit code 1: no such partition"),
        ("echo thank you", "no number of a job but 'thank you'"),
    ],
)
def test_a_refusal_is_told_in_the_words_of_the_queue(
    body: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(tmp_path, "sbatch", body, monkeypatch)
    with pytest.raises(QueueError, match=words):
        queueing.submit(spec(), FORM, "", tmp_path)


def test_a_machine_without_the_queue_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(QueueError, match="There is no 'sbatch' on this machine"):
        queueing.submit(spec(), FORM, "", tmp_path)


def test_without_dask_jobqueue_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(queueing, "import_module", missing)
    with pytest.raises(QueueError, match=r"pip install dask-jobqueue"):
        queueing.script(spec(), FORM, ["true"])


@pytest.mark.parametrize(
    ("kind", "command", "answer", "jobs"),
    [
        (
            "slurm",
            "squeue",
            "12 RUNNING\n13 PENDING\n14_3 RUNNING\n",
            {"12": "RUNNING", "13": "PENDING", "14_3": "RUNNING"},
        ),
        ("slurm", "squeue", "", {}),
        ("pbs", "qselect", "12.head.example\n13.head\n", {"12": "in the queue", "13": "in the queue"}),
        ("sge", "qstat", "job-ID prior name\n------\n  12 0.5 work me r 1/1/2026\n", {"12": "in the queue"}),
        ("lsf", "bjobs", "12 RUN\n13 PEND\n", {"12": "RUN", "13": "PEND"}),
    ],
)
def test_the_jobs_of_a_queue_are_listed(
    kind: str, command: str, answer: str, jobs: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "answer").write_text(answer)
    fake(tmp_path, command, f"cat '{tmp_path}/answer'", monkeypatch)
    assert queueing.list_jobs(kind) == jobs  # pyright: ignore[reportArgumentType]


def test_many_jobs_are_cancelled_in_few_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(tmp_path, "scancel", f"echo $@ >>'{tmp_path}/said'; exit 1", monkeypatch)
    queueing.cancel("slurm", [str(number) for number in range(450)])
    lines = (tmp_path / "said").read_text().splitlines()
    assert [len(line.split()) for line in lines] == [200, 200, 50]
