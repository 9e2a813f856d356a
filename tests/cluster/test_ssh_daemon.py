"""Sweeps on hosts that a real sshd on the loopback interface stands for; it needs root and openssh-server."""

import getpass
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from cordillera.cluster import SerialBackend
from cordillera.sweeps import NotAStoreError, StoreNotFoundError, open_store, run_study, study_from_text, verify
from fragile_engine import study_text

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

CLUSTER = """
kind = "ssh"
hosts = ["one", "two"]
workers = 1
interface = "lo"
identity_file = "{key}"
"""
SSHD = "/usr/sbin/sshd"
PATIENCE = 120.0


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of an undisturbed run: 8 units of 8 blocks, 320 draws."""
    url = tmp_path_factory.mktemp("calm") / "calm.zarr"
    run_study(study_from_text(study_text(64)), url, SerialBackend())
    return url


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_key(path: Path) -> str:
    """A key without a passphrase; what its public half says."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path.with_suffix(".pub").read_text()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a study and a cluster file, an sshd for both hosts, and an ssh that knows nothing else."""
    port = free_port()
    host_key = make_key(tmp_path / "host_key")
    (tmp_path / "authorized").write_text(make_key(tmp_path / "key"))
    (tmp_path / "port").write_text(str(port))
    (tmp_path / "known").write_text(f"[127.0.0.1]:{port} {host_key}")
    Path("/run/sshd").mkdir(exist_ok=True)
    (tmp_path / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {tmp_path}/host_key\nAuthorizedKeysFile {tmp_path}/authorized\n"
        "PasswordAuthentication no\nUsePAM no\nStrictModes no\nPermitRootLogin prohibit-password\n"
        f"PidFile none\nAcceptEnv PYTHONPATH FRAGILE_*\n"
    )
    (tmp_path / "ssh_config").write_text(
        f"Host one two\n  HostName 127.0.0.1\n  Port {port}\nHost closed\n  HostName 127.0.0.1\n  Port {free_port()}\n"
        f"Host *\n  User {getpass.getuser()}\n  UserKnownHostsFile {tmp_path}/known\n  GlobalKnownHostsFile /dev/null\n"
        "  IdentitiesOnly yes\n  SendEnv PYTHONPATH FRAGILE_*\n"
    )
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "ssh").write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {tmp_path}/ssh_config "$@"\n')
    (tmp_path / "bin" / "ssh").chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    (tmp_path / "study.toml").write_text(study_text(64))
    (tmp_path / "ssh.toml").write_text(CLUSTER.format(key=tmp_path / "key"))
    monkeypatch.chdir(tmp_path)
    daemon = subprocess.Popen([SSHD, "-D", "-e", "-f", tmp_path / "sshd_config"], stderr=(tmp_path / "log").open("wb"))
    try:
        wait_until(lambda: answers(port))
        yield tmp_path
    finally:
        daemon.terminate()
        daemon.wait()
        for process in bosses():
            process.kill()


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def start(place: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start drivers, and end whatever is left of them."""
    started: list[subprocess.Popen[str]] = []

    def begin(**disturbance: float) -> subprocess.Popen[str]:
        environment = os.environ | {f"FRAGILE_{name.upper()}": str(value) for name, value in disturbance.items()}
        command = [sys.executable, "-m", "cordillera", "run", "study.toml", "--cluster", "ssh.toml", "--out", "a.zarr"]
        started.append(subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.1)


def finished_units() -> int:
    try:
        return int(open_store("a.zarr").complete_units().sum())
    except (StoreNotFoundError, NotAStoreError):
        return 0


def said(driver: subprocess.Popen[str]) -> str:
    return driver.communicate(timeout=PATIENCE)[1]


def bosses() -> list[psutil.Process]:
    """What the sshd of this test started: on each host one process, which has the workers as children."""
    port = Path("port").read_text()
    return [
        process
        for process in psutil.process_iter(["cmdline", "environ"])
        if "cordillera.cluster.ssh_worker" in (process.info["cmdline"] or ())
        and (process.info["environ"] or {}).get("SSH_CONNECTION", "").endswith(f" {port}")
    ]


def workers() -> list[psutil.Process]:
    """The processes that solve."""
    found = []
    for boss in bosses():
        # Any of them may end while it is looked at.
        with suppress(psutil.Error):
            found += [child for child in boss.children() if "spawn_main" in " ".join(child.cmdline())]
    return found


def assert_same_as(calm: Path, words: str) -> None:
    report = verify("a.zarr", calm)
    assert report.sound, words
    assert report.compared == report.units == 8
    assert not Path("a.zarr/driver.json").exists()


def test_two_hosts_give_the_bits_of_the_serial_loop_and_nothing_stays_on_them(
    calm: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    before = keys_in_files()
    driver = start(pause=0.02)
    wait_until(lambda: len(workers()) == 2 and finished_units() >= 1)
    addresses = {connection.laddr.ip for worker in workers() for connection in worker.net_connections("tcp")}
    assert addresses == {"127.0.0.1"}
    # Those of OpenSSL are there for a moment.
    wait_until(lambda: keys_in_files() <= before)
    assert not any("PRIVATE KEY" in " ".join(boss.cmdline()) + str(boss.environ()) for boss in bosses())
    words = said(driver)
    assert driver.returncode == 0, words
    assert_same_as(calm, words)
    assert bosses() == []
    assert not Path("a.zarr.job").exists()


def keys_in_files() -> set[Path]:
    """Private keys in the folder for temporary files and in those in it."""
    found = set()
    for path in Path(tempfile.gettempdir()).glob("*/*"):
        with suppress(OSError):
            if path.stat().st_size < 10_000 and b"PRIVATE KEY" in path.read_bytes():
                found.add(path)
    return found


@pytest.mark.parametrize("victim", [workers, bosses], ids=["worker", "all of a host"])
def test_what_is_killed_on_a_host_is_started_again(
    victim: Callable[[], list[psutil.Process]], calm: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    driver = start(pause=0.05)
    wait_until(lambda: len(workers()) == 2 and finished_units() >= 1)
    killed = victim()[0]
    killed.send_signal(signal.SIGKILL)
    wait_until(lambda: killed not in victim() and (len(workers()) == 2 or driver.poll() is not None))
    assert driver.poll() is None, "the sweep was over before the worker came back"
    words = said(driver)
    assert driver.returncode == 0, words
    assert "takes no part" not in words
    assert_same_as(calm, words)


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGINT])
def test_a_driver_that_is_ended_leaves_no_worker_and_is_resumed(
    blow: signal.Signals, calm: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    driver = start(pause=0.05)
    wait_until(lambda: finished_units() >= 2)
    driver.send_signal(blow)
    words = said(driver)
    assert driver.returncode == (3 if blow is signal.SIGINT else -blow), words
    wait_until(lambda: bosses() == [])
    kept = finished_units()
    assert 2 <= kept < 8
    again = start()
    words = said(again)
    assert again.returncode == 0, words
    assert_same_as(calm, words)


def test_a_host_that_cannot_be_reached_is_named_and_the_others_go_on(
    calm: Path, place: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    text = (place / "ssh.toml").read_text()
    (place / "ssh.toml").write_text(text.replace('"two"', '"closed"'))
    driver = start(pause=0.02)
    words = said(driver)
    assert driver.returncode == 0, words
    assert "Warning: closed takes no part; the sweep goes on without it. ssh: connect to host" in words
    assert "Connection refused" in words
    assert ".py:" not in words
    assert_same_as(calm, words)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            '["one", "two"]',
            '["closed", "no-such-host.invalid"]',
            ["closed: ssh: connect", "no-such-host.invalid: ssh:"],
        ),
        ("workers = 1", 'workers = 1\nremote_python = "/nowhere/python"', ["one: ", "/nowhere/python"]),
        ("workers = 1", 'workers = 1\nuser = "nobody-at-all"', ["one: ", "Permission denied", "two: "]),
    ],
    ids=["unreachable", "no interpreter", "not let in"],
)
def test_without_any_host_each_is_named_with_what_ssh_said(
    old: str, new: str, told: list[str], place: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    text = (place / "ssh.toml").read_text()
    (place / "ssh.toml").write_text(text.replace(old, new))
    driver = start()
    words = said(driver)
    assert driver.returncode == 3, words
    assert [one for one in told if one not in words] == [], words
    assert "Traceback" not in words


def test_a_host_with_an_unknown_key_is_not_trusted(place: Path, start: Callable[..., subprocess.Popen[str]]) -> None:
    (place / "known").write_text("")
    driver = start()
    words = said(driver)
    assert driver.returncode == 3
    assert "Host key verification failed" in words


@pytest.mark.parametrize("words", ["", "insecure = true\n"], ids=["TLS", "insecure"])
def test_the_doctor_looks_at_every_host(words: str, place: Path) -> None:
    text = (place / "ssh.toml").read_text()
    (place / "ssh.toml").write_text(text.replace('"two"', '"closed"') + words)
    command = [sys.executable, "-m", "cordillera", "doctor", "--cluster", "ssh.toml", "--json"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    findings = {one["what"]: one for one in json.loads(told.stdout)["findings"]}
    assert findings["small sweep on ssh.toml"]["remedy"] == "", told.stderr
    assert "closed" in told.stderr
    assert "Connection refused" in told.stderr
    assert bosses() == []
