"""A driver that is a job of the queue itself, so that nothing depends on the machine that submitted it."""

import getpass
import platform
import sys
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path

from ..sweeps import StoreNotFoundError, Study, UnfinishedStoreError, bundled_studies, open_store
from ..sweeps.address import absolute, backing_store
from ..sweeps.growth import assert_same_study
from ..sweeps.limit import checked_run_limit
from ..sweeps.lock import STALE_SECONDS, is_stale, read_driver
from . import queueing
from .folder import make_folder
from .memory import assert_queue_fits
from .queue import worker_environment
from .queueing import Form
from .reading import read_cluster
from .record import JobRecord, read_job, write_job
from .specification import QueueSpec
from .walltime import WALLTIME

_NAME = "cordillera"
_END_SECONDS = 90.0


class SubmissionError(RuntimeError):
    """A job that cannot be submitted or cancelled as asked."""


def submit(
    study: Study,
    source: str,
    out: str | PathLike[str],
    cluster: str | PathLike[str],
    *,
    mix: bool = False,
    run_limit: float | None = None,
) -> JobRecord:
    """Submit the driver of a sweep as a job that runs `cordillera run`.

    Parameters
    ----------
    study : Study
        The study, read.
    source : str
        What `read_study` read it from.
    out : str or path
        The store, new or of the same study.
    cluster : path
        The file of a queue.
    mix, run_limit
        As in `run`.

    Raises
    ------
    SubmissionError
        If the cluster is no queue, or a driver of this store waits or works already.
    NotEnoughMemoryError
        If the file gives a worker less memory than the engine says that it needs.
    """
    spec = read_cluster(cluster)
    if not isinstance(spec, QueueSpec):
        message = f"{cluster} is no queue, so there is nothing to submit to; give `cordillera run` with it."
        raise SubmissionError(message)
    assert_queue_fits(spec, study)
    limit = [] if run_limit is None else ["--run-limit", f"{checked_run_limit(run_limit):g}"]
    url = absolute(out)
    _assert_free(url, study)
    folder = make_folder(spec, url)
    source = source if source in bundled_studies() else str(Path(source).expanduser().absolute())
    command = [sys.executable, "-m", __name__.split(".")[0], "run", "--out", url]
    command += ["--cluster", str(Path(cluster).expanduser().absolute()), *(["--mix"] if mix else []), *limit]
    command += ["--", source]
    # A queue that lost the node, or wanted it for another, starts the driver again, and it goes on.
    form = Form(_NAME, 1, spec.driver_memory, spec.driver_walltime, again=True)
    variables = worker_environment() | {WALLTIME: str(spec.driver_walltime)}
    (number,) = queueing.submit(spec, form, queueing.script(spec, form, command, variables), folder)
    record = JobRecord(
        spec.kind,
        number,
        getpass.getuser(),
        platform.node(),
        datetime.now(UTC).isoformat(timespec="seconds"),
        str(folder / queueing.log_name(spec.kind, _NAME, number)),
    )
    write_job(url, record)
    return record


def job_state(record: JobRecord) -> str | None:
    """What the queue says of a job: None once it has ended.

    Raises
    ------
    QueueError
        If the queue cannot be asked from here.
    """
    return queueing.list_jobs(record.kind, record.user).get(record.job)


def cancel(out: str | PathLike[str]) -> tuple[JobRecord, bool]:
    """End the driver of a store and with it its workers; what is written is kept.

    Returns
    -------
    JobRecord, bool
        The job, and whether it was there to be ended.

    Raises
    ------
    SubmissionError
        If no job was submitted for the store.
    """
    record = read_job(out)
    if record is None:
        message = f"No job was submitted for {absolute(out)}. A driver that runs in a terminal ends with Ctrl-C there."
        raise SubmissionError(message)
    if job_state(record) is None:
        return record, False
    # First, so that a driver that is about to queue its job again does not, and one that has done so ends at once.
    write_job(out, replace(record, cancelled=True))
    queueing.cancel(record.kind, [record.job])
    deadline = time.monotonic() + _END_SECONDS
    while (state := job_state(record)) is not None:
        if state == "PENDING":
            queueing.cancel(record.kind, [record.job])
        if time.monotonic() > deadline:
            message = f"Job {record.job} was cancelled and is still there after {_END_SECONDS:.0f} s; see {record.log}."
            raise SubmissionError(message)
        time.sleep(1.0)
    return record, True


def _assert_free(url: str, study: Study) -> None:
    """Refuse where another study is stored or another driver waits or works."""
    with suppress(StoreNotFoundError, UnfinishedStoreError):
        assert_same_study(open_store(url), study)
    record = read_job(url)
    state = record and job_state(record)
    if record is not None and state is not None:
        message = (
            f"Job {record.job} of this store is {state.lower()}. Follow it with `cordillera status --follow`, or end "
            "it with `cordillera cancel`."
        )
        raise SubmissionError(message)
    _await_last_driver(url)


def _await_last_driver(url: str) -> None:
    """Wait until the record of a driver that was killed no longer counts; refuse if it is renewed meanwhile."""
    backing = backing_store(url, writable=False)
    try:
        first = read_driver(backing)
    except (FileNotFoundError, NotADirectoryError):
        return
    deadline = time.monotonic() + STALE_SECONDS + 10.0
    while (driver := read_driver(backing)) is not None and not is_stale(backing, driver):
        if (first is not None and driver.beat != first.beat) or time.monotonic() > deadline:
            message = f"A driver works on this store: {driver.who}. Wait for it, or stop it."
            raise SubmissionError(message)
        time.sleep(1.0)
