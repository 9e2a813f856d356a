"""Where work runs."""

from .backend import UnknownBackendError, backend
from .doctor import Finding, examine
from .local import LocalBackend, available_cores
from .queue import QueueBackend
from .queueing import QueueError
from .reading import ClusterFileError, cluster_from_text, read_cluster
from .scheduler import SchedulerBackend
from .serial import SerialBackend
from .specification import LocalSpec, QueueSpec, SchedulerSpec, SerialSpec
from .submission import JobRecord, SubmissionError, cancel, job_state, read_job, submit

__all__ = [
    "ClusterFileError",
    "Finding",
    "JobRecord",
    "LocalBackend",
    "LocalSpec",
    "QueueBackend",
    "QueueError",
    "QueueSpec",
    "SchedulerBackend",
    "SchedulerSpec",
    "SerialBackend",
    "SerialSpec",
    "SubmissionError",
    "UnknownBackendError",
    "available_cores",
    "backend",
    "cancel",
    "cluster_from_text",
    "examine",
    "job_state",
    "read_cluster",
    "read_job",
    "submit",
]
