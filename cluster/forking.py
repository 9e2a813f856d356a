"""The process that workers of this machine are forked from, which has imported what all of them need.

Imports are then paid for once instead of by every worker, at its start and again at the start of the one that replaces
it; and they go on beside what the driver does before it needs workers. The process ends with the one that began it.
"""

import os
import sys
from collections.abc import Mapping
from multiprocessing import forkserver

_IMPORTED = ["distributed.nanny", "distributed.worker", "scipy.stats", "cordillera.cluster.plugin"]
# Variables that Dask sets in passing, for processes that are not forked.
_PASSING = ("PYTHONHASHSEED", "__DASK_PARENT_PID")
# The environment that the process was begun in; none if there is no such process.
_begun_in: dict[str, str] = {}


def begin(variables: Mapping[str, str]) -> None:
    """Begin the process, unless there is one.

    Parameters
    ----------
    variables : mapping of str to str
        What workers have in their environment beside that of this process.
    """
    # Elsewhere libraries of the system do not outlive a fork.
    if _begun_in or sys.platform != "linux":
        return
    own, wanted = dict(os.environ), _environment(variables)
    forkserver.set_forkserver_preload(_IMPORTED)
    os.environ.update(wanted)
    try:
        forkserver.ensure_running()
    finally:
        for name in wanted.keys() - own.keys():
            del os.environ[name]
    _begun_in.update(wanted)


def start_method(variables: Mapping[str, str]) -> str:
    """How the next workers start, after `multiprocessing`: `forkserver`, or `spawn` where they could not be forked.

    What is forked has the environment of the process it is forked from, so that must still be the right one.
    """
    return "forkserver" if _begun_in == _environment(variables) else "spawn"


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in {**variables, **os.environ}.items() if name not in _PASSING}
