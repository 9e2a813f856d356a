"""What ssh and the workers of a host are told; how they work is shown with a real sshd, in `test_ssh_daemon.py`."""

import itertools
import json
import shlex
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from cordillera.cluster import SshBackend, SshError, SshHost, SshSpec, backend, cluster_from_text
from cordillera.cluster.credential import temporary_security
from cordillera.cluster.head import scheduler
from cordillera.cluster.ssh import ssh_command, worker_order
from cordillera.cluster.ssh_session import Session
from cordillera.cluster.ssh_worker import own_address
from distributed import Client


def spec(extra: str = "") -> SshSpec:
    read = cluster_from_text(f'kind = "ssh"\nhosts = ["node1", "node2"]\n{extra}')
    assert isinstance(read, SshSpec)
    return read


def told(extra: str = "", host: SshHost | None = None) -> dict[str, str]:
    """The options of the workers."""
    read = spec(extra)
    order = json.loads(worker_order(read, host or read.hosts[0], "h0.1", "tls://head:1", None))
    return dict(itertools.pairwise(order["arguments"]))


def test_two_lines_are_hosts_with_a_worker_a_core() -> None:
    assert spec() == SshSpec((SshHost("node1"), SshHost("node2")), patience=600)
    assert told()["--nworkers"] == "-1"


def test_workers_are_a_number_for_each_host_or_for_one() -> None:
    assert spec("workers = 4").hosts == (SshHost("node1", 4), SshHost("node2", 4))
    assert spec("workers = { node2 = 8 }").hosts == (SshHost("node1"), SshHost("node2", 8))
    assert told("workers = 4")["--nworkers"] == "4"


def test_a_number_of_workers_on_the_command_line_is_that_of_each_host(tmp_path: Path) -> None:
    (tmp_path / "ssh.toml").write_text('kind = "ssh"\nhosts = ["a", "b"]\nworkers = { a = 8 }')
    place = backend(str(tmp_path / "ssh.toml"), 2)
    assert isinstance(place, SshBackend)
    assert place.name == "ssh"
    assert place.spec.hosts == (SshHost("a", 2), SshHost("b", 2))


def test_ssh_is_told_where_and_who_and_never_asks() -> None:
    command = ssh_command(spec('user = "ana"\nport = 2222\nidentity_file = "~/.ssh/a key"\n'), SshHost("node1"))
    pairs = dict(itertools.pairwise(command))
    assert (pairs["-l"], pairs["-p"], pairs["-i"]) == ("ana", "2222", str(Path.home() / ".ssh/a key"))
    assert "-oBatchMode=yes" in command
    assert command[-3:-1] == ["--", "node1"]


def test_the_shell_of_a_host_reads_an_interpreter_and_a_module_and_nothing_else() -> None:
    assert shlex.split(ssh_command(spec(), SshHost("node1"))[-1]) == [
        "exec",
        sys.executable,
        "-m",
        "cordillera.cluster.ssh_worker",
    ]
    other = ssh_command(spec('remote_python = "~/env/bin/python"'), SshHost("node1"))[-1]
    assert other == "exec ~/env/bin/python -m cordillera.cluster.ssh_worker"


def test_keys_are_on_standard_input_and_not_among_the_arguments() -> None:
    security = temporary_security()
    order = worker_order(spec(), SshHost("node1"), "h0.1", "tls://head:1", security)
    settings = json.loads(order)["settings"]
    assert settings["distributed.comm.tls.worker.key"] == security.tls_worker_key
    assert settings["distributed.comm.require-encryption"] is True
    assert "PRIVATE KEY" not in " ".join(json.loads(order)["arguments"])
    assert b"\n" not in order
    assert len(order) < 16_384, "more than a pipe may hold would keep the driver waiting"


def test_workers_have_the_settings_of_local_ones_and_end_without_a_scheduler() -> None:
    order = json.loads(worker_order(spec(), SshHost("node1"), "h0.1", "tcp://head:1", None))
    assert order["settings"]["distributed.nanny.pre-spawn-environ.OMP_NUM_THREADS"] == "1"
    assert not any("tls" in name for name in order["settings"])
    assert (told()["--nthreads"], told()["--death-timeout"], told()["--name"]) == ("1", "60", "h0.1")


@pytest.mark.parametrize(
    ("connection", "arguments"),
    [
        ("10.0.0.1 5000 10.0.0.7 22", ["--host", "10.0.0.7"]),
        ("fd00::1 5000 fd00::7 22", ["--host", "[fd00::7]"]),
        ("", []),
    ],
)
def test_workers_listen_where_ssh_came(connection: str, arguments: list[str]) -> None:
    assert own_address({"SSH_CONNECTION": connection}) == arguments
    assert own_address({}) == []


def test_a_session_ends_when_its_input_is_let_go_and_keeps_the_last_words() -> None:
    session = Session(["sh", "-c", "read first; echo got $first >&2; cat; echo over >&2"], b"this")
    assert session.running
    session.end(30.0)
    assert not session.running
    assert session.words == "got this\nover"


def test_a_session_that_does_not_end_is_ended() -> None:
    session = Session(["sleep", "600"], b"")
    session.end(0.1)
    assert not session.running
    assert session.words == "nothing, exit code -9"


def test_a_machine_without_ssh_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SshError, match="no 'ssh' on this machine"):
        Session(["ssh", "--", "node1"], b"")


def test_the_other_side_does_nothing_without_an_order() -> None:
    command = [sys.executable, "-m", "cordillera.cluster.ssh_worker"]
    ran = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=120)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")


def test_workers_end_when_their_input_does() -> None:
    with scheduler(None, "lo") as cluster, Client(cluster, set_as_default=False) as client:
        order = worker_order(spec(), SshHost("node1", 2), "h0.1", str(cluster.scheduler_address), None)
        with subprocess.Popen(
            [sys.executable, "-m", "cordillera.cluster.ssh_worker"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as other:
            assert other.stdin is not None
            other.stdin.write(order + b"\n")
            other.stdin.flush()
            client.wait_for_workers(2, timeout=120)
            assert {info["name"] for info in client.scheduler_info()["workers"].values()} == {"h0.1-0", "h0.1-1"}
            children = psutil.Process(other.pid).children(recursive=True)
            other.stdin.close()
            assert other.wait(timeout=60) is not None
        assert psutil.wait_procs(children, timeout=10)[1] == []
