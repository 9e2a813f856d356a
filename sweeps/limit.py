"""How long a solve may take before it counts as one that never ends, and how a process ends that is stuck in one.

A model may loop for ever in compiled code, where no other thread of Python gets a turn. Only the end of the process
ends it: a timer outside of Python does that, and what the process held is lost as if it had died by itself.
"""

import faulthandler
import os
from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from pathlib import Path

RUN_LIMIT = 600.0
_TIMES_DECLARED = 20.0
_LONGEST_SECONDS = 1e8


class RunLimitError(ValueError):
    """A limit that is no time."""


def checked_run_limit(seconds: float | None) -> float:
    """The seconds that a run may hang: those given, or ten minutes.

    Raises
    ------
    RunLimitError
        If they are not above 0, or no number.
    """
    if seconds is None:
        return RUN_LIMIT
    if not (isfinite(seconds) and seconds > 0):
        message = f"A run cannot be limited to {seconds} seconds; give a number above 0."
        raise RunLimitError(message)
    return min(seconds, _LONGEST_SECONDS)


def longest_solve(run_limit: float, runs: int, run_seconds: float) -> float:
    """Seconds after which a solve of so many runs counts as one that never ends.

    Parameters
    ----------
    run_limit : float
        Seconds that one of the runs may hang.
    runs : int
        Runs that are solved together.
    run_seconds : float
        What the engine declares for one; twenty times that are allowed, for slow and crowded machines.

    Examples
    --------
    >>> longest_solve(600.0, runs=1000, run_seconds=0.002)
    640.0
    """
    return min(run_limit + _TIMES_DECLARED * runs * run_seconds, _LONGEST_SECONDS)


@contextmanager
def ending_this_process(after: float) -> Iterator[None]:
    """End this process, with exit code 1 and without a word, unless the block is left within `after` seconds."""
    with Path(os.devnull).open("w") as nowhere:
        faulthandler.dump_traceback_later(after, file=nowhere, exit=True)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()
