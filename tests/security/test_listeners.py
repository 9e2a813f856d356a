"""Where a sweep listens: whoever reaches a scheduler or a worker of Dask runs code there."""

import ipaddress
import socket
import ssl
from pathlib import Path

import psutil
import pytest
from cordillera.cluster import LocalBackend
from cordillera.cluster.credential import temporary_security
from cordillera.cluster.head import scheduler
from cordillera.cluster.local import LOOPBACK
from cordillera.cluster.queue import worker_command
from cordillera.cluster.specification import QueueSpec
from cordillera.sweeps import Job, create_store, study_from_text
from distributed import Client

STUDY = """name = "small"
engine = "ishigami"
design = { method = "sobol", samples = 2, seed = 3 }
factors.x1 = { distribution = "uniform", low = -3.0, high = 3.0 }
factors.x2 = { distribution = "uniform", low = -3.0, high = 3.0 }
"""


def listening(process: psutil.Process) -> set[tuple[str, int]]:
    """Addresses and ports at which a process and its children listen."""
    found = set()
    for one in (process, *process.children(recursive=True)):
        for connection in one.net_connections(kind="inet"):
            if connection.status == psutil.CONN_LISTEN:
                found.add((connection.laddr.ip, connection.laddr.port))
    return found


def is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address).is_loopback


def answer_of(host: str, port: int, context: ssl.SSLContext | None) -> str:
    """What happens to somebody without a key who asks for a word."""
    with socket.create_connection((host, port), timeout=5.0) as plain:
        plain.settimeout(5.0)
        try:
            line = context.wrap_socket(plain, server_hostname=host) if context else plain
            line.sendall(b"\x00" * 64)
            return "closed" if line.recv(64) == b"" else "answered"
        except (ssl.SSLError, ConnectionError):
            return "refused"


def test_everything_of_a_local_sweep_listens_on_this_machine_alone(tmp_path: Path) -> None:
    study = study_from_text(STUDY)
    url = str(tmp_path / "a.zarr")
    create_store(study, study.build_engine(), url)
    process = psutil.Process()
    before = listening(process)
    with LocalBackend(1).open(Job(study, url)):
        found = listening(process) - before
    # A scheduler, its dashboard, a nanny and a worker.
    assert len(found) >= 3
    assert [address for address, _ in found if not is_loopback(address)] == []


@pytest.mark.parametrize("interface", [None, "lo"])
def test_the_scheduler_of_a_queue_listens_for_others_with_keys_alone(interface: str | None) -> None:
    security = temporary_security()
    process = psutil.Process()
    before = listening(process)
    with scheduler(security, interface) as cluster:
        found = listening(process) - before
        address = cluster.scheduler_address
        host, _, port = address.removeprefix("tls://").rpartition(":")
        assert address.startswith("tls://")
        open_to_others = {number for ip, number in found if not is_loopback(ip)}
        # The dashboard is for this machine; what others reach is the port that asks for a key.
        assert open_to_others <= {int(port)}
        assert found
        stranger = ssl.create_default_context()
        stranger.check_hostname, stranger.verify_mode = False, ssl.CERT_NONE
        assert answer_of(host, int(port), stranger) in ("refused", "closed")
        assert answer_of(host, int(port), None) in ("refused", "closed")
        with pytest.raises((OSError, ValueError, RuntimeError)):
            Client(address.replace("tls://", "tcp://"), timeout=2, set_as_default=False)
        with Client(address, security=security, timeout=10, set_as_default=False) as client:
            assert client.run_on_scheduler(lambda: 7) == 7


def test_the_workers_of_a_queue_have_a_dashboard_on_their_own_machine_at_most() -> None:
    spec = QueueSpec("slurm", 4, 2, 10**9, 3600, 10**9, 3600, 60)
    command = worker_command(spec, "w0", "tls://head:1", ("--protocol", "tls://"))
    assert "--no-dashboard" in command
    assert command[command.index("--dashboard-address") + 1].startswith(LOOPBACK)
    assert command[command.index("--protocol") + 1] == "tls://"
