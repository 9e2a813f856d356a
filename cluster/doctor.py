"""Whether sweeps can run: versions, cores, memory and disk of this machine and of every worker, and a small sweep."""

import platform
import tempfile
import time
from os import PathLike
from pathlib import Path
from shutil import disk_usage

from ..sweeps import Backend, run_study, study_from_text, verify, versions
from .control_group import free_memory
from .examination import Examining
from .finding import Finding, disk, gigabytes
from .local import available_cores
from .serial import SerialBackend

_LEAST_MEMORY = 1.0e9
_STUDY = """
name = "doctor"
engine = "ishigami"
scenarios = ["steeper"]
design = { method = "sobol", samples = 16, seed = 1 }
factors.x1 = { distribution = "uniform", low = -3.0, high = 3.0 }
factors.x2 = { distribution = "uniform", low = -3.0, high = 3.0 }
"""


def examine(backend: Backend, folder: str | PathLike[str] | None = None, name: str | None = None) -> list[Finding]:
    """Look at everything that a sweep needs, here and on the workers, and run a small one.

    Parameters
    ----------
    backend : Backend
        Where the small sweep runs; it must have the bits of the serial loop.
    folder : path, optional
        Where stores shall be, which workers must see; the folder for temporary files if left out.
    name : str, optional
        What the place is called in the findings.

    Returns
    -------
    list of Finding
        In the order in which they were made; all is well if none has a remedy. Nothing is raised.

    Examples
    --------
    >>> [finding.what for finding in examine(SerialBackend()) if finding.remedy]  # doctest: +SKIP
    []
    """
    place = Path(folder) if folder is not None else Path(tempfile.gettempdir())
    return [*look_here(place), *look_there(backend, place, name or backend.name)]


def look_here(place: Path) -> list[Finding]:
    """What is to be said of this machine."""
    found = [Finding(library, number) for library, number in versions().items()]
    found.append(Finding("machine", f"{platform.system()} on {platform.machine()}, {available_cores()} cores"))
    free = free_memory()
    found.append(Finding("memory free", gigabytes(free), "" if free > _LEAST_MEMORY else "A worker needs about 1 GB."))
    for what, folder in (("disk for stores", place), ("disk for temporary files", Path(tempfile.gettempdir()))):
        try:
            found.append(disk(what, str(folder), disk_usage(folder).free))
        except OSError as error:
            found.append(Finding(what, "failed", f"{folder}: {error.strerror}"))
    return found


def look_there(backend: Backend, place: Path, name: str) -> list[Finding]:
    """What is to be said of the workers, and of a small sweep from their start to the last checksum."""
    examining, what, began = Examining(backend), f"small sweep on {name}", time.perf_counter()
    try:
        with tempfile.TemporaryDirectory(dir=place, prefix="cordillera-doctor-") as folder:
            there, here = Path(folder, "there.zarr"), Path(folder, "serial.zarr")
            study = study_from_text(_STUDY, "doctor")
            runs = run_study(study, there, examining).runs
            seconds = time.perf_counter() - began
            run_study(study, here, SerialBackend())
            compared = verify(there, here)
    except Exception as error:
        # Whatever keeps a worker from working is the finding, and every other one is still wanted.
        return [*examining.findings, Finding(what, "failed", f"{type(error).__name__}: {error}")]
    if compared.sound:
        words, remedy = f"{runs} runs in {seconds:.1f} s, the bits of the serial loop", ""
    elif compared.differences:
        words = f"other bits in {', '.join(difference.array for difference in compared.differences)}"
        remedy = "Use workers with this machine's versions and processor, or keep one kind of them for a store."
    else:
        words, remedy = "damaged", "The disk does not give back what was written to it."
    return [*examining.findings, Finding(what, words, remedy)]
