"""Whether this installation works: versions, processor, memory, file system, clock, and runs that workers solve."""

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from ..sweeps import Backend, environment, run_study, study_from_text, verify, versions
from .local import available_cores
from .serial import SerialBackend

_LEAST_BYTES = 512 * 2**20
_LARGEST_SKEW = 5.0
_STUDY = """
name = "doctor"
engine = "ishigami"
scenarios = ["steeper"]

[design]
method = "sobol"
samples = 16
seed = 1

[factors.x1]
distribution = "uniform"
low = -3.0
high = 3.0

[factors.x2]
distribution = "uniform"
low = -3.0
high = 3.0
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, whether it is as it must be, and what was found or is to be done."""

    what: str
    sound: bool
    detail: str


def examine(backend: Backend, folder: str | os.PathLike[str] | None = None) -> tuple[Finding, ...]:
    """Look at everything that a sweep needs, and run a small one.

    Parameters
    ----------
    backend : Backend
        Where the small sweep runs; it must have the bits of the serial loop.
    folder : path, optional
        Where stores shall be; the folder for temporary files if left out.

    Returns
    -------
    tuple of Finding
        Nothing is raised: what fails is a finding that is not sound.

    Examples
    --------
    >>> all(finding.sound for finding in examine(SerialBackend()))  # doctest: +SKIP
    True
    """
    place = Path(folder) if folder is not None else Path(tempfile.gettempdir())
    checks: tuple[tuple[str, Callable[[], tuple[bool, str]]], ...] = (
        ("versions", _versions),
        ("processor", _processor),
        ("memory", _memory),
        ("file system", lambda: _file_system(place)),
        (f"a sweep on {backend.name!r}", lambda: _sweep(backend, place)),
    )
    return tuple(_finding(what, check) for what, check in checks)


def _finding(what: str, check: Callable[[], tuple[bool, str]]) -> Finding:
    try:
        return Finding(what, *check())
    except Exception as error:
        # Anything may be broken here, and every other finding is still wanted.
        return Finding(what, False, f"{type(error).__name__}: {error}")


def _versions() -> tuple[bool, str]:
    return True, ", ".join(f"{name} {number}" for name, number in versions().items())


def _processor() -> tuple[bool, str]:
    return True, f"{available_cores()} cores: {environment().rsplit('; ', 1)[-1]}"


def _memory() -> tuple[bool, str]:
    free = psutil.virtual_memory().available
    share = free / available_cores()
    words = f"{free / 2**30:.1f} GB free, {share / 2**30:.1f} GB a worker"
    return share >= _LEAST_BYTES, words if share >= _LEAST_BYTES else f"{words}; give --workers fewer than the cores"


def _file_system(place: Path) -> tuple[bool, str]:
    with tempfile.NamedTemporaryFile(dir=place) as probe:
        skew = os.fstat(probe.fileno()).st_mtime - time.time()
    free = psutil.disk_usage(str(place)).free
    words = f"{place} can be written, {free / 2**30:.1f} GB free, its clock {skew:+.1f} s from this machine's"
    return abs(skew) < _LARGEST_SKEW, words


def _sweep(backend: Backend, place: Path) -> tuple[bool, str]:
    study = study_from_text(_STUDY, "doctor")
    with tempfile.TemporaryDirectory(dir=place, prefix="cordillera-doctor-") as folder:
        began = time.perf_counter()
        store = run_study(study, Path(folder, "here.zarr"), backend)
        seconds = time.perf_counter() - began
        run_study(study, Path(folder, "serial.zarr"), SerialBackend())
        report = verify(Path(folder, "here.zarr"), Path(folder, "serial.zarr"))
        runs = store.runs
    if report.sound:
        return (
            True,
            f"{runs} runs in {seconds:.1f} s, start of the workers included, with the bits of the serial loop",
        )
    differing = ", ".join(difference.array for difference in report.differences)
    return False, f"the workers give other bits than the serial loop in {differing}; they must have the same versions"
