"""The process that workers of this machine are forked from, which has imported what all of them need.

Imports are then paid for once instead of by every worker, at its start and again at the start of the one that replaces
it; and they go on beside what the driver does before it needs workers, its own imports first, so nothing but the
standard library is imported here. The process ends with the one that began it.
"""

import os
import sys
from multiprocessing import forkserver

THREADS = "NUMBA_NUM_THREADS"
# What workers of this machine have in their environment beside that of the process that starts them: libraries must not
# start threads of their own; nothing is imported from the folder where the command was given, which may be somebody
# else's; and Dask's habit of giving freed memory back at once, so that every large array costs page faults again, is
# not followed.
WORKER_ENVIRONMENT = {
    THREADS: "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONSAFEPATH": "1",
    "MALLOC_TRIM_THRESHOLD_": str(2**28),
    "MALLOC_MMAP_THRESHOLD_": str(2**25),
}
_IMPORTED = ["distributed.nanny", "distributed.worker", "scipy.stats", "cordillera.cluster.forked"]
# Variables that Dask sets in passing, for processes that are not forked.
_PASSING = ("PYTHONHASHSEED", "__DASK_PARENT_PID")
# The environment that the process was begun in; none if there is no such process.
_begun_in: dict[str, str] = {}


def begin() -> None:
    """Begin the process, unless there is one."""
    # Elsewhere libraries of the system do not outlive a fork.
    if _begun_in or sys.platform != "linux":
        return
    own, wanted = dict(os.environ), _environment()
    forkserver.set_forkserver_preload(_IMPORTED)
    os.environ.update(wanted)
    try:
        forkserver.ensure_running()
    finally:
        for name in wanted.keys() - own.keys():
            del os.environ[name]
    _begun_in.update(wanted)


def start_method() -> str:
    """How the next workers start, after `multiprocessing`: `forkserver`, or `spawn` where they could not be forked.

    What is forked has the environment of the process it is forked from, so that must still be the right one.
    """
    return "forkserver" if _begun_in == _environment() else "spawn"


def _environment() -> dict[str, str]:
    return {name: value for name, value in {**WORKER_ENVIRONMENT, **os.environ}.items() if name not in _PASSING}
