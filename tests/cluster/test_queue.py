"""What a queue's workers are told; how they work is shown on a real one, in `test_slurm.py`."""

import itertools
import re
import subprocess
from pathlib import Path

import pytest
from cordillera.cluster import ClusterFileError, QueueError, QueueSpec, cluster_from_text
from cordillera.cluster.backend import of_size
from cordillera.cluster.crew import DaskCrew
from cordillera.cluster.folder import make_folder
from cordillera.cluster.plugin import StudyPlugin
from cordillera.cluster.queue import array_name, worker_command, worker_environment
from cordillera.cluster.queueing import PLACE, Form, script
from cordillera.sweeps import Job, Raised, VersionError, solve_batch, study_from_text, versions
from distributed import Client, LocalCluster
from fragile_engine import study_text

TEXT = 'kind = "slurm"\nworkers = 8\nwalltime = "01:00:00"\n'


def spec(extra: str = "") -> QueueSpec:
    read = cluster_from_text(TEXT + extra)
    assert isinstance(read, QueueSpec)
    return read


def test_a_worker_is_one_process_a_core_with_one_thread() -> None:
    command = worker_command(spec("cores = 4\n"), "w0", "tls://head:1")
    assert command[1:6] == ["-m", "distributed.cli.dask_worker", "tls://head:1", "--name", "w0"]
    told = dict(itertools.pairwise(command))
    assert (told["--nworkers"], told["--nthreads"], told["--memory-limit"]) == ("4", "1", "2000000000")
    assert worker_environment()["NUMBA_NUM_THREADS"] == worker_environment()["OMP_NUM_THREADS"] == "1"
    assert worker_environment()["DASK_DISTRIBUTED__WORKER__MEMORY__PAUSE"] == "False"


def test_a_worker_retires_before_the_queue_ends_its_job() -> None:
    command = worker_command(spec(), "w0", "tls://head:1")
    assert command[command.index("--lifetime") + 1] == "3060 s"
    assert command[command.index("--lifetime-stagger") + 1] == "180 s"


def test_a_worker_of_an_array_is_named_by_the_shell() -> None:
    form = Form("work", 1, 10**9, 3600, count=3)
    command = worker_command(spec(), None, "tls://head:1")
    assert "--name" not in command
    content = script(spec(), form, command, last_words=array_name(["w5", "w6", "w7"]))
    last = content.splitlines()[-1].replace("exec", "echo", 1)
    told = subprocess.run(
        ["/bin/sh", "-c", last], env={PLACE: "2"}, capture_output=True, text=True, check=True
    ).stdout.split()
    assert told[-2:] == ["--name", "w7"]


def test_a_file_says_how_many_workers_there_are_at_least_and_at_most() -> None:
    assert (spec().least_workers, spec().workers) == (1, 8)
    bounded = cluster_from_text(TEXT.replace("workers = 8", "workers = { least = 2, most = 8 }\ncores = 16"))
    assert isinstance(bounded, QueueSpec)
    assert (bounded.least_workers, bounded.workers, bounded.cores) == (2, 8, 8)
    assert (of_size(bounded, 4).least_workers, of_size(bounded, 1).least_workers) == (2, 1)


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("{ least = 9, most = 8 }", "'least' is 9, which is more than 'most', 8"),
        ("{ least = 4 }", "write a number, or { least = 4, most = 64 }"),
        ("{ most = 4, lest = 2 }", "write a number, or { least = 4, most = 64 }"),
        ("{ least = 0, most = 8 }", "0 is not allowed"),
        ("0", "0 is not allowed"),
    ],
)
def test_numbers_of_workers_that_make_no_sense_are_refused_in_words(words: str, fault: str) -> None:
    with pytest.raises(ClusterFileError, match=re.escape(fault)):
        cluster_from_text(TEXT.replace("workers = 8", f"workers = {words}"))


def test_the_page_of_a_worker_is_shown_to_its_own_machine_only() -> None:
    command = worker_command(spec(), "w0", "tls://head:1")
    assert command[command.index("--dashboard-address") + 1] == "127.0.0.1:0"


def test_places_and_networks_are_told_where_the_file_names_them() -> None:
    command = worker_command(spec('interface = "ib0"\nlocal_directory = "/scratch/a b"\n'), "w0", "tls://head:1")
    assert command[command.index("--interface") + 1] == "ib0"
    assert command[command.index("--local-directory") + 1] == "/scratch/a b"


def test_what_belongs_to_the_jobs_is_kept_beside_the_store_or_where_the_file_says(tmp_path: Path) -> None:
    assert make_folder(spec(), str(tmp_path / "a.zarr")) == tmp_path / "a.zarr.job"
    assert (tmp_path / "a.zarr.job").stat().st_mode & 0o077 == 0
    elsewhere = spec(f'shared_directory = "{tmp_path}/shared"\n')
    one, other = make_folder(elsewhere, "s3://bucket/a.zarr"), make_folder(elsewhere, "s3://other/a.zarr")
    assert one.parent == other.parent == tmp_path / "shared"
    assert one != other


def test_a_store_in_a_bucket_needs_a_shared_folder() -> None:
    with pytest.raises(QueueError, match="Give 'shared_directory' in the cluster file"):
        make_folder(spec(), "s3://bucket/a.zarr")


def test_a_worker_that_comes_late_with_other_versions_does_nothing_and_says_why() -> None:
    job = Job(study_from_text(study_text(16)), "nowhere")
    with (
        LocalCluster(n_workers=0, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0") as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        client.register_plugin(StudyPlugin(job, versions() | {"numba": "0.1"}))
        crew = DaskCrew(client, patience=3.0)
        assert (crew.workers, crew.patience) == (0, 3.0)
        crew.submit(0, solve_batch, job.url, (0,))
        assert crew.wait(0.2) == []
        cluster.scale(1)
        (news,) = crew.wait(60.0)
    assert isinstance(news, Raised)
    assert isinstance(news.error, VersionError)


def test_what_is_left_is_passed_on_to_who_asks_for_jobs() -> None:
    told: list[int] = []
    with (
        LocalCluster(n_workers=0, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0") as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        DaskCrew(client, expect=told.append).expect(3)
        DaskCrew(client).expect(2)
    assert told == [3]


def test_what_keeps_workers_away_ends_the_wait() -> None:
    def broken() -> None:
        raise QueueError("no such partition")

    with (
        LocalCluster(n_workers=0, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0") as cluster,
        Client(cluster, set_as_default=False) as client,
        pytest.raises(QueueError, match="no such partition"),
    ):
        DaskCrew(client, check=broken).wait(60.0)


def test_a_job_may_be_one_worker_that_uses_all_of_its_cores() -> None:
    command = worker_command(spec("cores = 4\n"), "w0", "tls://head:1", whole_job=True)
    assert command[command.index("--nworkers") + 1] == "1"
    assert command[command.index("--nthreads") + 1] == "1"
    assert worker_environment(4)["NUMBA_NUM_THREADS"] == "4"
    assert worker_environment()["NUMBA_NUM_THREADS"] == "1"
