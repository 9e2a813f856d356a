from collections.abc import Iterator
from pathlib import Path

import pytest
from cordillera.cluster import (
    ClusterFileError,
    SchedulerBackend,
    SchedulerSpec,
    SerialBackend,
    UnknownBackendError,
    backend,
    cluster_from_text,
)
from cordillera.cluster.plugin import ThreadsError
from cordillera.sweeps import OutOfWorkersError, run_study, study_from_text, verify
from distributed import LocalCluster
from distributed.security import Security
from fragile_engine import study_text

FILES = "tls_ca_file = '/a'\ntls_cert = '/b'\ntls_key = '/c'\n"


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalCluster, Path]]:
    """A scheduler that speaks TLS only, with one worker, and the cluster file that reaches it."""
    folder, security = tmp_path_factory.mktemp("secured"), Security.temporary()
    contents = {
        "tls_ca_file": security.tls_ca_file,
        "tls_cert": security.tls_client_cert,
        "tls_key": security.tls_client_key,
    }
    with LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        host="127.0.0.1",
        protocol="tls://",
        security=security,
        dashboard_address="127.0.0.1:0",
    ) as cluster:
        lines = ['kind = "scheduler"', f'address = "{cluster.scheduler_address}"']
        for name, content in contents.items():
            (folder / name).write_text(str(content))
            lines.append(f'{name} = "{folder / name}"')
        (folder / "scheduler.toml").write_text("\n".join(lines))
        yield cluster, folder / "scheduler.toml"


def test_a_running_scheduler_gives_the_bits_of_the_serial_loop_and_goes_on(
    secured: tuple[LocalCluster, Path], tmp_path: Path
) -> None:
    cluster, path = secured
    for samples in (16, 32):
        study = study_from_text(study_text(samples, "ishigami"))
        run_study(study, tmp_path / f"{samples}.zarr", backend(str(path)))
        run_study(study, tmp_path / f"{samples}-serial.zarr", SerialBackend())
        report = verify(tmp_path / f"{samples}.zarr", tmp_path / f"{samples}-serial.zarr")
        assert report.sound
        assert report.compared == report.units
    assert len(cluster.scheduler_info["workers"]) == 1


def test_without_the_certificates_nobody_answers(
    secured: tuple[LocalCluster, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cordillera.cluster.scheduler.CONNECT", "1s")
    address = secured[0].scheduler_address.replace("tls://", "tcp://")
    plain = SchedulerBackend(SchedulerSpec(address, None, None, None, 60))
    with pytest.raises(OutOfWorkersError, match="No scheduler answers at tcp://127"):
        run_study(study_from_text(study_text(16, "ishigami")), tmp_path / "a.zarr", plain)


def test_a_worker_with_several_threads_is_refused(tmp_path: Path) -> None:
    with LocalCluster(n_workers=1, threads_per_worker=2, host="127.0.0.1", dashboard_address="127.0.0.1:0") as cluster:
        place = SchedulerBackend(SchedulerSpec(cluster.scheduler_address, None, None, None, 60))
        with pytest.raises(ThreadsError, match="has 2 threads"):
            run_study(study_from_text(study_text(16, "ishigami")), tmp_path / "a.zarr", place)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("address = 'tcp://head:8786'", "lets anybody on the way run code; use tls://, or 'insecure = true'"),
        ("address = 'tcp://127.0.0.1.example.org:8786'", "use tls://, or 'insecure = true'"),
        ("address = 'tls://head:8786'", "needs all of 'tls_ca_file', 'tls_cert' and 'tls_key'"),
        ("address = 'tcp://127.0.0.1:8786'\n" + FILES, "mean nothing with tcp://"),
        ("address = 'head'", "write tls://HOST:PORT"),
        ("address = 'ssh://a b:1'", "write tls://HOST:PORT"),
    ],
)
def test_what_others_could_listen_to_is_refused(text: str, words: str) -> None:
    with pytest.raises(ClusterFileError) as told:
        cluster_from_text(f'kind = "scheduler"\n{text}')
    assert words in str(told.value)


@pytest.mark.parametrize(
    "text",
    [
        "address = 'tls://head:8786'\n" + FILES,
        "address = 'tcp://127.0.0.1:8786'",
        "address = 'tcp://[::1]:8786'",
        "address = 'tcp://head:8786'\ninsecure = true",
    ],
)
def test_what_is_safe_or_asked_for_is_taken(text: str) -> None:
    spec = cluster_from_text(f'kind = "scheduler"\n{text}')
    assert isinstance(spec, SchedulerSpec)
    assert spec.patience == 600


def test_the_workers_of_a_scheduler_are_not_counted_by_us(secured: tuple[LocalCluster, Path]) -> None:
    with pytest.raises(UnknownBackendError, match="leave out --workers"):
        backend(str(secured[1]), 3)
