"""Sweeps on a real Slurm of one node with two cores: `tools/slurm-single-node start` before, `stop` after."""

import json
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from cordillera.cluster import SerialBackend, job_state, read_job
from cordillera.sweeps import NotAStoreError, StoreNotFoundError, open_store, run_study, study_from_text, verify
from fragile_engine import study_text

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]

CLUSTER = """
kind = "slurm"
workers = 1
walltime = "00:10:00"
memory = "600 MB"
driver_memory = "600 MB"
interface = "lo"
"""
PATIENCE = 400.0


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of an undisturbed run: 8 units of 8 blocks, 320 draws."""
    url = tmp_path_factory.mktemp("calm") / "calm.zarr"
    run_study(study_from_text(study_text(64)), url, SerialBackend())
    return url


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a study and a cluster file."""
    (tmp_path / "study.toml").write_text(study_text(64))
    (tmp_path / "slurm.toml").write_text(CLUSTER)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def cordillera(*arguments: str, **disturbance: float) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {f"FRAGILE_{name.upper()}": str(value) for name, value in disturbance.items()}
    command = [sys.executable, "-m", "cordillera", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def submit(**disturbance: float) -> str:
    told = cordillera("submit", "study.toml", "--cluster", "slurm.toml", "--out", "a.zarr", "--json", **disturbance)
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)["job"]


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.2)


def finished_units() -> int:
    try:
        return int(open_store("a.zarr").complete_units().sum())
    except (StoreNotFoundError, NotAStoreError):
        return 0


def over() -> bool:
    record = read_job("a.zarr")
    return record is not None and job_state(record) is None


def log() -> str:
    record = read_job("a.zarr")
    assert record is not None
    return Path(record.log).read_text()


def seconds_of_units() -> list[float]:
    return open_store("a.zarr").status("seconds").values[0].tolist()


def workers() -> list[psutil.Process]:
    """The processes that solve, of jobs of Slurm."""
    found = []
    for process in psutil.process_iter(["cmdline", "environ"]):
        words = " ".join(process.info["cmdline"] or ())
        if "spawn_main" in words and (process.info["environ"] or {}).get("SLURM_JOB_NAME") == "cordillera-work":
            found.append(process)
    return found


def assert_same_as(calm: Path) -> None:
    report = verify("a.zarr", calm)
    assert report.sound, log()
    assert report.compared == report.units == 8
    assert not Path("a.zarr/driver.json").exists()
    assert not list(Path("a.zarr.job").glob(".credentials-*"))


def test_a_submitted_study_ends_complete_with_the_bits_of_the_serial_loop(calm: Path, place: Path) -> None:
    submit()
    wait_until(over)
    assert_same_as(calm)
    assert "Complete. Job" in cordillera("status", "a.zarr").stdout
    (said,) = (path.read_text() for path in Path("a.zarr.job").glob("cordillera-work-*.log"))
    assert "tls://127.0.0.1" in said
    assert "tcp://" not in said
    kept = [
        path.read_bytes() for folder in ("a.zarr", "a.zarr.job") for path in Path(folder).rglob("*") if path.is_file()
    ]
    assert not any(b"PRIVATE KEY" in content for content in kept)


@pytest.mark.parametrize("blow", ["cancel", "scancel", "kill -9"])
def test_a_driver_that_is_ended_midway_is_submitted_again(blow: str, calm: Path, place: Path) -> None:
    job = submit(pause=0.05)
    wait_until(lambda: finished_units() >= 2)
    assert cordillera("submit", "study.toml", "--cluster", "slurm.toml", "--out", "a.zarr").returncode == 2
    if blow == "cancel":
        assert cordillera("cancel", "a.zarr").returncode == 0
    else:
        subprocess.run(["scancel", *(["--full", "--signal=KILL"] if blow == "kill -9" else []), job], check=True)
    wait_until(over)
    if blow != "kill -9":
        assert "Interrupted. What is written is kept" in log()
        assert not Path("a.zarr/driver.json").exists()
        wait_until(lambda: not workers())
    kept, before = finished_units(), seconds_of_units()
    assert 2 <= kept < 8
    submit()
    wait_until(over)
    assert_same_as(calm)
    again = sum(first == second for first, second in zip(before, seconds_of_units(), strict=True))
    assert again >= kept * 40, "no written unit may be solved again"


def test_a_killed_worker_costs_nothing_but_time(calm: Path, place: Path) -> None:
    submit(pause=0.05)
    wait_until(lambda: finished_units() >= 2)
    (worker,) = workers()
    worker.send_signal(signal.SIGKILL)
    wait_until(over)
    assert_same_as(calm)


def test_jobs_of_workers_that_are_cancelled_are_replaced(calm: Path, place: Path) -> None:
    submit(pause=0.05)
    wait_until(lambda: finished_units() >= 2)
    subprocess.run(["scancel", "--name=cordillera-work"], check=True)
    wait_until(over)
    assert_same_as(calm)
    assert len(list(Path("a.zarr.job").glob("cordillera-work-*.log"))) == 2


def test_workers_outlive_their_walltime(calm: Path, place: Path) -> None:
    (place / "slurm.toml").write_text(CLUSTER.replace("00:10:00", "00:01:00") + 'driver_walltime = "00:10:00"\n')
    submit(pause=0.5)
    wait_until(over)
    assert_same_as(calm)
    assert len(list(Path("a.zarr.job").glob("cordillera-work-*.log"))) >= 2


def state_of(job: str) -> str:
    told = subprocess.run(["scontrol", "show", "job", job], capture_output=True, text=True, check=True).stdout
    return told.split("JobState=")[1].split()[0]


@pytest.mark.full
def test_a_driver_outlives_its_walltime_as_the_same_job(calm: Path, place: Path) -> None:
    (place / "slurm.toml").write_text(CLUSTER + 'driver_walltime = "00:01:00"\n')
    job = submit(pause=0.15)
    wait_until(lambda: state_of(job) == "PENDING" and finished_units() >= 1)
    assert not Path("a.zarr/driver.json").exists()
    assert not workers()
    assert finished_units() < 8
    wait_until(over)
    assert_same_as(calm)
    assert state_of(job) == "COMPLETED"
    assert log().count(f"job {job} is queued again and goes on") >= 1


@pytest.mark.full
def test_a_driver_that_waits_for_its_next_turn_is_cancelled_for_good(calm: Path, place: Path) -> None:
    (place / "slurm.toml").write_text(CLUSTER + 'driver_walltime = "00:01:00"\n')
    job = submit(pause=0.15)
    wait_until(lambda: state_of(job) == "PENDING" and finished_units() >= 1)
    assert cordillera("cancel", "a.zarr").returncode == 0
    assert state_of(job) == "CANCELLED"
    record = read_job("a.zarr")
    assert record is not None
    assert record.cancelled
    # Were it started again all the same, it would do nothing.
    subprocess.run(["scontrol", "requeue", job], check=True)
    subprocess.run(["scontrol", "update", f"job={job}", "starttime=now"], check=False)
    kept = finished_units()
    wait_until(over)
    assert f"Job {job} was cancelled" in log()
    assert finished_units() == kept


def test_a_driver_that_brought_in_nothing_is_not_queued_again(place: Path) -> None:
    (place / "slurm.toml").write_text(CLUSTER + 'driver_walltime = "00:01:00"\n')
    job = submit(pause=3)
    wait_until(over)
    assert state_of(job) == "FAILED"
    assert "No run was brought in during this walltime" in log()
    assert finished_units() == 0


def test_there_are_no_more_jobs_than_units_and_many_are_one_submission(calm: Path, place: Path) -> None:
    (place / "slurm.toml").write_text(CLUSTER.replace("workers = 1", "workers = { least = 2, most = 64 }"))

    def listed() -> set[str]:
        listing = ["squeue", "--noheader", "--array", "--name=cordillera-work", "--format=%i"]
        return set(subprocess.run(listing, capture_output=True, text=True, check=True).stdout.split())

    # Jobs of an earlier sweep are listed for a while after their end.
    earlier, seen = listed(), set()
    driver = subprocess.Popen(
        [sys.executable, "-m", "cordillera", "run", "study.toml", "--cluster", "slurm.toml", "--out", "a.zarr"],
        env=os.environ | {"FRAGILE_PAUSE": "0.25"},
    )
    while driver.poll() is None:
        seen |= listed() - earlier
        time.sleep(1.0)
    assert driver.returncode == 0
    assert 3 <= len(seen) <= 8
    assert len({job.partition("_")[0] for job in seen}) == 2, "two that must be there, then the rest in one array"
    assert {log.name.rpartition("_")[1] for log in Path("a.zarr.job").glob("cordillera-work-*.log")} == {"_"}
    report = verify("a.zarr", calm)
    assert report.sound
    assert report.compared == 8


@pytest.mark.parametrize("words", ["", "insecure = true\n"], ids=["TLS", "insecure"])
def test_the_doctor_looks_at_a_worker_of_the_queue(words: str, place: Path) -> None:
    (place / "slurm.toml").write_text(CLUSTER + words)
    told = cordillera("doctor", "--cluster", "slurm.toml", "--json")
    findings = {one["what"]: one for one in json.loads(told.stdout)["findings"]}
    assert findings["small sweep on slurm.toml"]["remedy"] == ""
    (worker,) = {what.partition(":")[0] for what in findings if what.startswith("worker ")}
    assert worker == f"worker w0 on {platform.node()}"
    assert "limit 0.6 GB" in findings[f"{worker}: memory"]["found"]
    assert findings[f"{worker}: files"]["found"] == "seen both ways"
    assert sorted(path.name for path in place.iterdir()) == ["slurm.toml", "study.toml"]


def test_what_the_queue_refuses_is_told_in_its_words(place: Path) -> None:
    (place / "slurm.toml").write_text(CLUSTER + 'queue = "nowhere"\n')
    told = cordillera("submit", "study.toml", "--cluster", "slurm.toml", "--out", "a.zarr")
    assert told.returncode == 2
    assert "invalid partition" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_driver_outside_the_queue_has_two_workers_in_one_job(calm: Path, place: Path) -> None:
    (place / "slurm.toml").write_text(CLUSTER.replace("workers = 1", "workers = 2\ncores = 2"))
    driver = subprocess.Popen(
        [sys.executable, "-m", "cordillera", "run", "study.toml", "--cluster", "slurm.toml", "--out", "a.zarr"],
        env=os.environ | {"FRAGILE_PAUSE": "0.05"},
        stderr=subprocess.PIPE,
    )
    wait_until(lambda: finished_units() >= 2 or driver.poll() is not None)
    both = workers()
    assert len(both) == 2
    both[0].send_signal(signal.SIGKILL)
    assert driver.communicate(timeout=PATIENCE)[1].decode().count("Traceback") == 0
    assert driver.returncode == 0
    assert len(list(Path("a.zarr.job").glob("cordillera-work-*.log"))) == 1
    report = verify("a.zarr", calm)
    assert report.sound
    assert report.compared == 8
