"""Clusters as frozen values, read from cluster files."""

from dataclasses import dataclass
from typing import Literal

QueueKind = Literal["slurm", "pbs", "sge", "lsf", "htcondor"]


@dataclass(frozen=True, slots=True)
class SerialSpec:
    """One process."""


@dataclass(frozen=True, slots=True)
class LocalSpec:
    """Processes of this machine; one a core where `workers` is None."""

    workers: int | None


@dataclass(frozen=True, slots=True)
class QueueSpec:
    """Jobs of a queueing system, and the job of the driver.

    Parameters
    ----------
    kind : {"slurm", "pbs", "sge", "lsf", "htcondor"}
        Which system.
    workers : int
        Worker processes at most, each on a core of its own.
    least_workers : int
        Worker processes that are kept even where there is less work.
    cores : int
        Worker processes of one job.
    memory, driver_memory : int
        Bytes of one worker process, and of the driver.
    walltime, driver_walltime : int
        Seconds after which the queue ends a job of workers, and the job of the driver.
    patience : int
        Seconds that the driver waits for a worker when it has none.
    queue, account : str or None
        Partition or queue, and who pays.
    directives : tuple of str
        Further options of the queue's own.
    interface : str or None
        The network that nodes share.
    local_directory : str or None
        Scratch space of a node.
    shared_directory : str or None
        For scripts, logs and certificates, seen by every node; beside the store if None.
    insecure : bool
        Whether workers and driver talk without TLS.
    """

    kind: QueueKind
    workers: int
    cores: int
    memory: int
    walltime: int
    driver_memory: int
    driver_walltime: int
    patience: int
    queue: str | None = None
    account: str | None = None
    directives: tuple[str, ...] = ()
    interface: str | None = None
    local_directory: str | None = None
    shared_directory: str | None = None
    insecure: bool = False
    least_workers: int = 1


@dataclass(frozen=True, slots=True)
class SchedulerSpec:
    """A Dask scheduler that runs already: its address, the files of its certificates, and seconds of patience."""

    address: str
    tls_ca_file: str | None
    tls_cert: str | None
    tls_key: str | None
    patience: int


@dataclass(frozen=True, slots=True)
class SshHost:
    """One machine by its name, and its worker processes; one a core where `workers` is None."""

    name: str
    workers: int | None = None


@dataclass(frozen=True, slots=True)
class SshSpec:
    """Machines that are reached through ssh.

    Parameters
    ----------
    hosts : tuple of SshHost
        The machines.
    patience : int
        Seconds that the driver waits for a worker when it has none.
    user : str or None
        Who logs in there.
    port : int or None
        Where sshd listens.
    identity_file : str or None
        A private key.
    remote_python : str or None
        The interpreter on the hosts; the driver's own path if None.
    interface : str or None
        The network of the driver's machine by which the hosts reach it.
    local_directory : str or None
        Scratch space of a host.
    insecure : bool
        Whether workers and driver talk without TLS.
    """

    hosts: tuple[SshHost, ...]
    patience: int
    user: str | None = None
    port: int | None = None
    identity_file: str | None = None
    remote_python: str | None = None
    interface: str | None = None
    local_directory: str | None = None
    insecure: bool = False


ClusterSpec = SerialSpec | LocalSpec | QueueSpec | SchedulerSpec | SshSpec
