"""Where work runs."""

from .backend import UnknownBackendError, backend
from .doctor import examine
from .finding import Finding
from .local import LocalBackend, available_cores
from .memory import FewerWorkersWarning, NotEnoughMemoryError, fitted
from .queue import QueueBackend
from .queueing import QueueError
from .reading import ClusterFileError, cluster_from_text, read_cluster
from .record import JobRecord, read_job
from .scheduler import SchedulerBackend
from .serial import SerialBackend
from .specification import LocalSpec, QueueSpec, SchedulerSpec, SerialSpec, SshHost, SshSpec
from .ssh import SshBackend
from .ssh_hosts import HostWarning
from .ssh_session import SshError
from .submission import SubmissionError, cancel, job_state, submit
from .walltime import WalltimeError, within_walltime

__all__ = [
    "ClusterFileError",
    "FewerWorkersWarning",
    "Finding",
    "HostWarning",
    "JobRecord",
    "LocalBackend",
    "LocalSpec",
    "NotEnoughMemoryError",
    "QueueBackend",
    "QueueError",
    "QueueSpec",
    "SchedulerBackend",
    "SchedulerSpec",
    "SerialBackend",
    "SerialSpec",
    "SshBackend",
    "SshError",
    "SshHost",
    "SshSpec",
    "SubmissionError",
    "UnknownBackendError",
    "WalltimeError",
    "available_cores",
    "backend",
    "cancel",
    "cluster_from_text",
    "examine",
    "fitted",
    "job_state",
    "read_cluster",
    "read_job",
    "submit",
    "within_walltime",
]
