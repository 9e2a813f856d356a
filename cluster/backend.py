"""Backends by name."""

from ..sweeps import Backend
from .local import LocalBackend
from .serial import SerialBackend

NAMES = ("serial", "local")


class UnknownBackendError(ValueError):
    """A place to run that does not exist."""


def backend(name: str = "local", workers: int | None = None) -> Backend:
    """The place where work runs.

    Parameters
    ----------
    name : {"local", "serial"}
        `local` is one process a core of this machine; `serial` this process alone.
    workers : int, optional
        Processes of `local`.

    Raises
    ------
    UnknownBackendError
        If there is no such place, or a number of workers that it cannot have.

    Examples
    --------
    >>> from cordillera.cluster import backend
    >>> backend("serial").name
    'serial'
    """
    if workers is not None and workers < 1:
        message = f"A sweep cannot run on {workers} workers; give 1 or more."
        raise UnknownBackendError(message)
    if name == "serial":
        if workers not in (None, 1):
            message = f"The backend 'serial' is one process, not {workers}; use --cluster local for more."
            raise UnknownBackendError(message)
        return SerialBackend()
    if name == "local":
        return LocalBackend(workers)
    message = f"There is no backend {name!r}. Known: {', '.join(NAMES)}."
    raise UnknownBackendError(message)
