"""Backends by name, or by the path of a cluster file."""

from dataclasses import replace
from pathlib import Path

from ..sweeps import Backend
from .local import LocalBackend
from .queue import QueueBackend
from .reading import read_cluster
from .scheduler import SchedulerBackend
from .serial import SerialBackend
from .specification import LocalSpec, QueueSpec, SchedulerSpec, SshHost, SshSpec
from .ssh import SshBackend

NAMES = ("serial", "local")


class UnknownBackendError(ValueError):
    """A place to run that does not exist."""


def backend(name: str = "local", workers: int | None = None) -> Backend:
    """The place where work runs.

    Parameters
    ----------
    name : str
        `local`, one process a core of this machine; `serial`, this process alone; or the path of a cluster file.
    workers : int, optional
        Worker processes, instead of what the cluster file says; of `ssh`, those of each host.

    Raises
    ------
    UnknownBackendError
        If there is no such place, or a number of workers that it cannot have.
    ClusterFileError
        With every fault of the cluster file.

    Examples
    --------
    >>> from cordillera.cluster import backend
    >>> backend("serial").name
    'serial'
    """
    if workers is not None and workers < 1:
        message = f"A sweep cannot run on {workers} workers; give 1 or more."
        raise UnknownBackendError(message)
    if is_file(name):
        spec = read_cluster(name)
        if isinstance(spec, QueueSpec):
            return QueueBackend(spec if workers is None else of_size(spec, workers))
        if isinstance(spec, SshSpec):
            return SshBackend(spec if workers is None else with_workers(spec, workers))
        if isinstance(spec, SchedulerSpec):
            if workers is not None:
                message = f"The scheduler at {spec.address} has the workers that it has; leave out --workers."
                raise UnknownBackendError(message)
            return SchedulerBackend(spec)
        name = "local" if isinstance(spec, LocalSpec) else "serial"
        workers = spec.workers if isinstance(spec, LocalSpec) and workers is None else workers
    if name == "serial":
        if workers not in (None, 1):
            message = f"The backend 'serial' is one process, not {workers}; use --cluster local for more."
            raise UnknownBackendError(message)
        return SerialBackend()
    if name == "local":
        return LocalBackend(workers)
    message = f"There is no backend {name!r}. Known: {', '.join(NAMES)}, or the path of a cluster file (.toml)."
    raise UnknownBackendError(message)


def is_file(name: str) -> bool:
    """Whether a name of a backend means a cluster file."""
    return name not in NAMES and (name.endswith(".toml") or "/" in name or Path(name).is_file())


def is_queue(name: str) -> bool:
    """Whether a name of a backend means the cluster file of a queue."""
    return is_file(name) and isinstance(read_cluster(name), QueueSpec)


def of_size(spec: QueueSpec, workers: int) -> QueueSpec:
    """The same queue with another number of workers."""
    least = min(spec.least_workers, workers)
    return replace(spec, workers=workers, least_workers=least, cores=min(spec.cores, workers))


def with_workers(spec: SshSpec, workers: int) -> SshSpec:
    """The same hosts with so many workers each."""
    return replace(spec, hosts=tuple(SshHost(host.name, workers) for host in spec.hosts))
