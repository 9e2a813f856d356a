"""Where work runs."""

from .backend import UnknownBackendError, backend
from .local import LocalBackend
from .serial import SerialBackend

__all__ = ["LocalBackend", "SerialBackend", "UnknownBackendError", "backend"]
