"""A Dask scheduler and its workers as processes of their own, as an administrator would start them."""

import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from survival import disturbed

# As the documentation says.
SCHEDULER = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}


@dataclass
class Site:
    """Processes that end with the site.

    Parameters
    ----------
    folder : path
        For logs, and for the cluster file.
    host : str
        Where the scheduler listens.
    """

    folder: Path
    host: str = "127.0.0.1"
    port: int = 0
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("", 0))
            self.port = probe.getsockname()[1]

    @property
    def address(self) -> str:
        return f"tcp://{self.host}:{self.port}"

    def scheduler(self, prefix: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
        """Begin a scheduler, at the same address each time."""
        return self._begin(
            "scheduler", prefix, ["scheduler", "--host", self.host, "--port", str(self.port), "--no-dashboard"], {}
        )

    def worker(self, name: str, prefix: tuple[str, ...] = (), **disturbance: float) -> subprocess.Popen[bytes]:
        """Begin a worker with its nanny."""
        command = ["worker", self.address, "--nthreads", "1", "--nworkers", "1", "--no-dashboard", "--name", name]
        return self._begin(name, prefix, [*command, "--local-directory", str(self.folder)], disturbed(disturbance))

    def cluster_file(self, patience: str = "00:01:00") -> str:
        """The file that reaches the scheduler."""
        path = self.folder / "scheduler.toml"
        path.write_text(f'kind = "scheduler"\naddress = "{self.address}"\ninsecure = true\npatience = "{patience}"\n')
        return str(path)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def end(self) -> None:
        for process in self.processes:
            # Each leads a group: a nanny would begin its worker anew.
            kill_group(process)

    def _begin(
        self, name: str, prefix: tuple[str, ...], command: list[str], environment: dict[str, str]
    ) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [*prefix, sys.executable, "-m", "dask", *command],
                env=dict(os.environ) | environment | SCHEDULER,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill -9 a process and all that it began."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
