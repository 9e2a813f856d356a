"""How many workers of a model a machine or a job can hold, asked before any is started or any job is submitted."""

import math
import warnings
from dataclasses import replace

from ..engines import Memory, memory_of, uses_whole_host
from ..sweeps import Backend, Study
from .control_group import free_memory
from .local import LocalBackend, available_cores
from .queue import QueueBackend
from .specification import QueueSpec

# Dask ends a worker that has 95 % of its limit.
_SHARE = 0.9


class NotEnoughMemoryError(ValueError):
    """Workers that could not hold what their model needs."""


class FewerWorkersWarning(UserWarning):
    """Cores are left idle for want of memory."""


def fitted(place: Backend, study: Study) -> Backend:
    """A place with no more workers than memory allows, and one a host of a model that uses all its cores.

    Parameters
    ----------
    place : Backend
        Queues and this machine are looked at; of other places nothing is known beforehand.
    study : Study
        Its engine says what it needs; one that does not is taken as it is.

    Returns
    -------
    Backend
        The same, but for local workers whose number was left open, and for how many cores each of them uses.

    Raises
    ------
    NotEnoughMemoryError
        If the memory of a queue's worker is too small, or this machine's for the workers asked for or for one.
    """
    engine = study.build_engine()
    need, whole = memory_of(engine), uses_whole_host(engine)
    if isinstance(place, QueueBackend):
        assert_queue_fits(place.spec, study)
        return replace(place, whole_job=True) if whole else place
    if isinstance(place, LocalBackend):
        cores = available_cores()
        if whole:
            count = place.workers or 1
            place = replace(place, workers=count, threads=max(1, cores // count))
        if need is not None:
            count = local_workers(place.workers, cores, need, free_memory(), study.name)
            return replace(place, workers=count, memory=limit_for(need))
    return place


def assert_queue_fits(spec: QueueSpec, study: Study) -> None:
    """Raise if a queue gives a worker less memory than the study needs."""
    need = memory_of(study.build_engine())
    if need is not None and spec.memory < need.process / _SHARE:
        message = (
            f"A worker of {study.name!r} needs {_gigabytes(need.process)}, and the cluster file gives it "
            f"{_gigabytes(spec.memory)}, of which it may use {_SHARE:.0%}. Write memory = "
            f'"{_gigabytes(limit_for(need))}" in it.'
        )
        raise NotEnoughMemoryError(message)


def limit_for(need: Memory) -> int:
    """The limit, in bytes, that a worker must be given: a tenth of a GB above what it may use.

    Examples
    --------
    >>> limit_for(Memory(4_200_000_000))
    4700000000
    """
    return math.ceil(need.process / _SHARE / 1e8) * 10**8


def local_workers(asked: int | None, cores: int, need: Memory, free: int, name: str) -> int:
    """How many workers this machine shall have.

    Parameters
    ----------
    asked : int or None
        Those asked for; up to one a core if None.
    cores : int
        Cores that may be used.
    need : Memory
        Of one worker.
    free : int
        Bytes that are free.
    name : str
        The study, for the message.
    """
    most = max(0, free - need.shared) // max(1, need.process - need.shared)
    count = cores if asked is None else asked
    if count <= most:
        return count
    if asked is None and most:
        message = (
            f"{most} of {cores} cores work: a worker of {name!r} needs {_gigabytes(need.process)}, and "
            f"{_gigabytes(free)} are free."
        )
        warnings.warn(message, FewerWorkersWarning, stacklevel=3)
        return most
    words = f"{count} workers of {name!r} need" if count > 1 and most else f"A worker of {name!r} needs"
    total = need.shared + (count if most else 1) * (need.process - need.shared)
    remedy = f"Give --workers {most}" if most else "Close other programs, or use a machine with more"
    raise NotEnoughMemoryError(f"{words} {_gigabytes(total)} of memory, and {_gigabytes(free)} are free. {remedy}.")


def _gigabytes(count: float) -> str:
    return f"{count / 1e9:.1f} GB"
