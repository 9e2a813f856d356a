"""Workers on hosts that are reached through ssh and TLS; the driver runs where the command was given.

The ssh of the system is used and not `distributed.SSHCluster`, which hands the remote shell one text, brings no keys,
fails if a single host does, starts no session again, and leaves the workers to themselves if the driver is killed.
"""

import json
import shlex
import sys
from collections.abc import Iterator, Set
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import dask.config
from distributed import Client
from distributed.security import Security

from ..sweeps import Job, versions
from .credential import temporary_security
from .crew import DaskCrew
from .head import scheduler
from .local import LOOPBACK, SETTINGS, not_started, register
from .plugin import StudyPlugin
from .specification import SshHost, SshSpec
from .ssh_hosts import Hosts
from .ssh_session import Session

_WORKER = f"{__name__}_worker"
_ORPHAN_SECONDS = 60
_OPTIONS = {
    "BatchMode": "yes",
    "ConnectTimeout": "20",
    "ServerAliveInterval": "15",
    "ServerAliveCountMax": "4",
    "ClearAllForwardings": "yes",
    "ForwardAgent": "no",
    "ForwardX11": "no",
    # A session that stays as the master of others would never close its standard error.
    "ControlMaster": "no",
    "RequestTTY": "no",
    "LogLevel": "ERROR",
}


@dataclass(frozen=True, slots=True)
class SshBackend:
    """Dask workers on hosts: one thread each, one process a core or as many as the file says.

    Parameters
    ----------
    spec : SshSpec
        From a cluster file.
    """

    spec: SshSpec

    @property
    def name(self) -> str:
        """As in a cluster file."""
        return "ssh"

    @contextmanager
    def open(self, job: Job) -> Iterator[DaskCrew]:
        """Start a scheduler here and workers on every host, for which nothing waits; end them on leaving."""
        security = None if self.spec.insecure else temporary_security()
        with ExitStack() as stack:
            stack.enter_context(dask.config.set(SETTINGS))
            try:
                cluster = stack.enter_context(scheduler(security, self.spec.interface))
                client = stack.enter_context(Client(cluster, set_as_default=False))
            except (OSError, RuntimeError, ValueError) as error:
                raise not_started(error) from error
            register(client, StudyPlugin(job, versions()))
            hosts = self._hosts(client, security)
            stack.enter_context(hosts.at_work())
            yield DaskCrew(client, patience=float(self.spec.patience), check=hosts.check)

    def _hosts(self, client: Client, security: Security | None) -> Hosts:
        address = str(client.scheduler_info(n_workers=0)["address"])

        def begin(place: int, name: str) -> Session:
            host = self.spec.hosts[place]
            return Session(ssh_command(self.spec, host), worker_order(self.spec, host, name, address, security))

        def workers() -> Set[str]:
            return {str(worker["name"]) for worker in client.scheduler_info(n_workers=-1)["workers"].values()}

        return Hosts([host.name for host in self.spec.hosts], begin, workers)


def ssh_command(spec: SshSpec, host: SshHost) -> list[str]:
    """The ssh that starts the workers of a host; all that they are told goes to its standard input."""
    command = ["ssh", *(f"-o{name}={value}" for name, value in _OPTIONS.items())]
    if spec.user is not None:
        command += ["-l", spec.user]
    if spec.port is not None:
        command += ["-p", str(spec.port)]
    if spec.identity_file is not None:
        command += ["-i", str(Path(spec.identity_file).expanduser())]
    # What the file may say here has no character that a shell knows but a leading `~`, which is for the host to read.
    python = spec.remote_python or shlex.quote(sys.executable)
    return [*command, "--", host.name, f"exec {python} -m {_WORKER}"]


def worker_order(spec: SshSpec, host: SshHost, name: str, address: str, security: Security | None) -> bytes:
    """What the workers of a host are told, as one line of JSON, keys among it."""
    settings: dict[str, object] = dict(SETTINGS)
    if security is not None:
        settings |= {
            "distributed.comm.require-encryption": True,
            "distributed.comm.tls.ca-file": security.tls_ca_file,
            "distributed.comm.tls.worker.cert": security.tls_worker_cert,
            "distributed.comm.tls.worker.key": security.tls_worker_key,
        }
    count = -1 if host.workers is None else host.workers
    arguments = [address, "--name", name, "--nworkers", str(count), "--nthreads", "1", "--no-dashboard"]
    arguments += ["--dashboard-address", f"{LOOPBACK}:0", "--death-timeout", str(_ORPHAN_SECONDS)]
    return json.dumps({"settings": settings, "arguments": arguments, "local_directory": spec.local_directory}).encode()
