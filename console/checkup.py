"""Whether this machine can run sweeps: versions, cores, memory, disk, and a small sweep on a real worker."""

import platform
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from ..cluster.backend import is_file, is_queue
from ..cluster.local import available_cores
from ..sweeps import study_from_text, versions
from ..sweeps.verify import verify
from ..verbs import run

_LEAST_MEMORY = 1.0e9
_LEAST_DISK = 1.0e9
_TRIAL = """
name = "trial"
engine = "ishigami"
scenarios = ["steeper"]
design = { method = "sobol", samples = 16, seed = 1 }
factors.x1 = { distribution = "uniform", low = -3.0, high = 3.0 }
factors.x2 = { distribution = "uniform", low = -3.0, high = 3.0 }
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `remedy` says what to do where it is not well, and is empty where it is."""

    what: str
    found: str
    remedy: str = ""


def examine(cluster: str, workers: int | None = None) -> list[Finding]:
    """Look at this machine, and run a small sweep on the workers of `cluster`.

    Parameters
    ----------
    cluster : str
        As in `run`.
    workers : int, optional
        As in `run`.

    Returns
    -------
    list of Finding
        In the order in which they were made; a machine is well if none has a remedy.
    """
    found = [Finding(name, number) for name, number in versions().items()]
    found.append(Finding("machine", f"{platform.system()} on {platform.machine()}, {available_cores()} cores"))
    memory = psutil.virtual_memory().available
    found.append(
        Finding("memory free", _gigabytes(memory), "" if memory > _LEAST_MEMORY else "A worker needs about 1 GB.")
    )
    for name, folder in (
        ("disk free here", Path.cwd()),
        ("disk free for temporary files", Path(tempfile.gettempdir())),
    ):
        free = shutil.disk_usage(folder).free
        found.append(
            Finding(name, _gigabytes(free), "" if free > _LEAST_DISK else f"Make room on the disk of {folder}.")
        )
    found.append(_trial(cluster, workers))
    return found


def _trial(cluster: str, workers: int | None) -> Finding:
    """A sweep of a function, from the start of the workers to the last checksum."""
    what, started = f"small sweep on {cluster}", time.perf_counter()
    # Nodes of a cluster see the folder at hand, but not this machine's temporary files.
    distant = is_file(cluster)
    workers = 1 if workers is None and is_queue(cluster) else workers
    with tempfile.TemporaryDirectory(prefix="cordillera-doctor-", dir=Path.cwd() if distant else None) as folder:
        try:
            store = run(
                study_from_text(_TRIAL, "trial"), Path(folder) / "trial.zarr", cluster=cluster, workers=workers
            ).store
            sound = verify(store.url).sound
        except Exception as error:
            # Whatever keeps a worker from working is the finding.
            return Finding(what, "failed", f"{type(error).__name__}: {error}")
    seconds = time.perf_counter() - started
    return Finding(what, f"{seconds:.1f} s", "" if sound else "The disk does not give back what was written to it.")


def _gigabytes(count: float) -> str:
    return f"{count / 1e9:.1f} GB"
