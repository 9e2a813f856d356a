"""Workers as jobs of a queueing system, reached through TLS; the driver runs wherever it was started."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import dask.config
from distributed import Client

from ..forking import THREADS, WORKER_ENVIRONMENT
from ..sweeps import Job, versions
from .credential import Credentials, credentials
from .crew import DaskCrew
from .fleet import WORKERS, Bounds, Fleet
from .folder import make_folder
from .head import scheduler
from .local import LOOPBACK, SETTINGS, not_started, register
from .plugin import StudyPlugin
from .queueing import PLACE, Form, most_together, script, submit
from .specification import QueueSpec

# Settings that a worker reads itself.
_WORKERS_OWN = (
    "distributed.admin.tick.limit",
    "distributed.admin.tick.interval",
    "distributed.admin.system-monitor.interval",
    "distributed.worker.profile.enabled",
    "distributed.worker.memory.pause",
)
# Dask's own process in a job, which starts the workers and watches over them.
_NANNY_BYTES = 256 * 10**6
_ORPHAN_SECONDS = 60
# Of the walltime, so that a worker retires between two batches instead of being killed in one.
_LIFETIME, _STAGGER = 0.85, 0.05


@dataclass(frozen=True, slots=True)
class QueueBackend:
    """Dask workers in the jobs of a queue.

    Parameters
    ----------
    spec : QueueSpec
        From a cluster file.
    whole_job : bool
        One process a job, which solves a run on all of its cores; one process a core if left out.
    """

    spec: QueueSpec
    whole_job: bool = False

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
                cluster = stack.enter_context(scheduler(held and held.security, self.spec.interface))
                client = stack.enter_context(Client(cluster, set_as_default=False))
            except (OSError, RuntimeError, ValueError) as error:
                raise not_started(error) from error
            register(client, StudyPlugin(job, versions()))
            fleet = self._fleet(client, held, folder)
            stack.enter_context(fleet.at_work())
            yield DaskCrew(client, float(self.spec.patience), fleet.check, expect=fleet.expect)

    def _fleet(self, client: Client, held: Credentials | None, folder: Path) -> Fleet:
        spec = self.spec
        address = str(client.scheduler_info(n_workers=0)["address"])
        processes, threads = (1, spec.cores) if self.whole_job else (spec.cores, 1)
        form = Form(WORKERS, spec.cores, processes * spec.memory + _NANNY_BYTES, spec.walltime)

        def order(names: Sequence[str]) -> Sequence[str]:
            together = len(names) > 1
            own = None if together else names[0]
            security = held.arguments if held else ()
            command = worker_command(spec, own, address, security, whole_job=self.whole_job)
            name = array_name(names) if together else ""
            content = script(spec, form, command, worker_environment(threads), last_words=name)
            return submit(spec, replace(form, count=len(names)), content, folder)

        def at_hand() -> dict[str, int]:
            tasks = cast(Mapping[str, Sequence[str]], client.processing())
            workers = client.scheduler_info(n_workers=-1)["workers"]
            return {str(worker["name"]): len(tasks.get(place, ())) for place, worker in workers.items()}

        def retire(names: Sequence[str]) -> None:
            client.retire_workers(close_workers=True, names=list(names))

        bounds = Bounds(-(-spec.least_workers // spec.cores), -(-spec.workers // spec.cores), processes)
        return Fleet(spec.kind, bounds, folder, order, at_hand, retire, most_together(spec.kind))


def worker_command(
    spec: QueueSpec, name: str | None, address: str, security: tuple[str, ...] = (), *, whole_job: bool = False
) -> list[str]:
    """The program of a job of workers, and its arguments; the name is to be put behind them if it is None."""
    processes = 1 if whole_job else spec.cores
    command = [sys.executable, "-m", "distributed.cli.dask_worker", address]
    command += [] if name is None else ["--name", name]
    command += ["--nworkers", str(processes), "--nthreads", "1", "--memory-limit", str(spec.memory)]
    command += ["--no-dashboard", "--dashboard-address", f"{LOOPBACK}:0"]
    command += ["--death-timeout", str(_ORPHAN_SECONDS)]
    command += ["--lifetime", f"{_LIFETIME * spec.walltime:.0f} s"]
    command += ["--lifetime-stagger", f"{_STAGGER * spec.walltime:.0f} s"]
    if spec.interface is not None:
        command += ["--interface", spec.interface]
    if spec.local_directory is not None:
        command += ["--local-directory", str(Path(spec.local_directory).expanduser())]
    return [*command, *security]


def array_name(names: Sequence[str]) -> str:
    """The option with the name of a task of an array, which the shell makes from its place: all have one script.

    Examples
    --------
    >>> array_name(["w5", "w6"])
    '--name "w$((5 + SLURM_ARRAY_TASK_ID))"'
    """
    return f'--name "w$(({names[0][1:]} + {PLACE}))"'


def worker_environment(threads: int = 1) -> dict[str, str]:
    """Variables of a job of workers: the settings that local workers have."""
    own = {f"DASK_{key.upper().replace('.', '__').replace('-', '_')}": str(SETTINGS[key]) for key in _WORKERS_OWN}
    return WORKER_ENVIRONMENT | own | {THREADS: str(threads)}
