"""Where work runs."""

from .backend import UnknownBackendError, backend
from .doctor import Finding, examine
from .local import LocalBackend, available_cores
from .serial import SerialBackend

__all__ = [
    "Finding",
    "LocalBackend",
    "SerialBackend",
    "UnknownBackendError",
    "available_cores",
    "backend",
    "examine",
]
