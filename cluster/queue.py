"""Workers as jobs of a queueing system, reached through TLS; the driver runs wherever it was started."""

import logging
import sys
from collections.abc import Iterator, Set
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import dask.config
from distributed import Client, Scheduler, SpecCluster

from ..sweeps import Job, versions
from .credential import Credentials, credentials
from .crew import DaskCrew
from .fleet import WORKERS, Fleet
from .folder import make_folder
from .local import LOOPBACK, SETTINGS, not_started, register
from .plugin import StudyPlugin
from .queueing import Form, script, submit
from .specification import QueueSpec

_ENVIRONMENT = "distributed.nanny.pre-spawn-environ."
# Dask's own process in a job, which starts the workers and watches over them.
_NANNY_BYTES = 256 * 10**6
_ORPHAN_SECONDS = 60
# Of the walltime, so that a worker retires between two batches instead of being killed in one.
_LIFETIME, _STAGGER = 0.85, 0.05


@dataclass(frozen=True, slots=True)
class QueueBackend:
    """Dask workers in the jobs of a queue: one process a core, one thread each.

    Parameters
    ----------
    spec : QueueSpec
        From a cluster file.
    """

    spec: QueueSpec

    @property
    def name(self) -> str:
        """The kind of queue."""
        return self.spec.kind

    @contextmanager
    def open(self, job: Job) -> Iterator[DaskCrew]:
        """Start a scheduler here and submit jobs of workers, for which nothing waits; cancel them on leaving."""
        folder = make_folder(self.spec, job.url)
        with ExitStack() as stack:
            stack.enter_context(dask.config.set(SETTINGS))
            held = None if self.spec.insecure else stack.enter_context(credentials(folder))
            try:
                cluster = stack.enter_context(self._scheduler(held))
                client = stack.enter_context(Client(cluster, set_as_default=False))
            except (OSError, RuntimeError, ValueError) as error:
                raise not_started(error) from error
            register(client, StudyPlugin(job, versions()))
            fleet = self._fleet(client, held, folder)
            stack.enter_context(fleet.at_work())
            yield DaskCrew(client, patience=float(self.spec.patience), check=fleet.check)

    def _scheduler(self, held: Credentials | None) -> SpecCluster:
        options = {
            "protocol": "tcp://" if held is None else "tls://",
            "security": held and held.security,
            "interface": self.spec.interface,
            "port": 0,
            "dashboard_address": f"{LOOPBACK}:0",
        }
        return SpecCluster(
            workers={},
            scheduler={"cls": Scheduler, "options": options},
            security=held and held.security,
            silence_logs=logging.CRITICAL,  # pyright: ignore[reportArgumentType]
        )

    def _fleet(self, client: Client, held: Credentials | None, folder: Path) -> Fleet:
        spec = self.spec
        address = str(client.scheduler_info(n_workers=0)["address"])
        form = Form(WORKERS, spec.cores, spec.cores * spec.memory + _NANNY_BYTES, spec.walltime)

        def order(name: str) -> str:
            command = worker_command(spec, name, address, held.arguments if held else ())
            return submit(spec, form, script(spec, form, command, worker_environment()), folder)

        def workers() -> Set[str]:
            return {str(worker["name"]) for worker in client.scheduler_info(n_workers=-1)["workers"].values()}

        return Fleet(spec.kind, -(-spec.workers // spec.cores), folder, order, workers)


def worker_command(spec: QueueSpec, name: str, address: str, security: tuple[str, ...] = ()) -> list[str]:
    """The program of a job of workers, and its arguments."""
    command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--name", name]
    command += ["--nworkers", str(spec.cores), "--nthreads", "1", "--memory-limit", str(spec.memory)]
    command += ["--no-dashboard", "--dashboard-address", f"{LOOPBACK}:0"]
    command += ["--death-timeout", str(_ORPHAN_SECONDS)]
    command += ["--lifetime", f"{_LIFETIME * spec.walltime:.0f} s"]
    command += ["--lifetime-stagger", f"{_STAGGER * spec.walltime:.0f} s"]
    if spec.interface is not None:
        command += ["--interface", spec.interface]
    if spec.local_directory is not None:
        command += ["--local-directory", str(Path(spec.local_directory).expanduser())]
    return [*command, *security]


def worker_environment() -> dict[str, str]:
    """Variables of a job of workers: the settings that local workers have."""
    return {
        key.removeprefix(_ENVIRONMENT): str(value) for key, value in SETTINGS.items() if key.startswith(_ENVIRONMENT)
    } | {"DASK_DISTRIBUTED__ADMIN__TICK__LIMIT": SETTINGS["distributed.admin.tick.limit"]}
