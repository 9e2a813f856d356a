"""A driver that is a job of the queue itself, so that nothing depends on the machine that submitted it.

The number of the job stands in `job.json`, in a folder beside the store, for whoever sees the store.
"""

import getpass
import json
import platform
import re
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from typing import get_args

from ..sweeps import StoreNotFoundError, Study, UnfinishedStoreError, bundled_studies, open_store
from ..sweeps.address import absolute, backing_store, put_object, read_object
from ..sweeps.growth import assert_same_study
from ..sweeps.lock import STALE_SECONDS, is_stale, read_driver
from . import queueing
from .folder import make_folder
from .queue import worker_environment
from .queueing import Form
from .reading import read_cluster
from .specification import QueueKind, QueueSpec

_RECORD = "job.json"
_NAME = "cordillera"
_NUMBER = re.compile(r"\d{1,20}", re.ASCII)
_USER = re.compile(r"\w[\w.@+-]{0,99}", re.ASCII)
_END_SECONDS = 90.0


class SubmissionError(RuntimeError):
    """A job that cannot be submitted or cancelled as asked."""


@dataclass(frozen=True, slots=True)
class JobRecord:
    """The job of a store's driver: its number in which queue, by whom and from where, and where its log is."""

    kind: QueueKind
    job: str
    user: str
    host: str
    submitted: str
    log: str


def submit(
    study: Study, source: str, out: str | PathLike[str], cluster: str | PathLike[str], *, mix: bool = False
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
    mix : bool
        As in `run`.

    Raises
    ------
    SubmissionError
        If the cluster is no queue, or a driver of this store waits or works already.
    """
    spec = read_cluster(cluster)
    if not isinstance(spec, QueueSpec):
        message = f"{cluster} is no queue, so there is nothing to submit to; give `cordillera run` with it."
        raise SubmissionError(message)
    url = absolute(out)
    _assert_free(url, study)
    folder = make_folder(spec, url)
    source = source if source in bundled_studies() else str(Path(source).expanduser().absolute())
    command = [sys.executable, "-m", __name__.split(".")[0], "run", "--out", url]
    command += ["--cluster", str(Path(cluster).expanduser().absolute()), *(["--mix"] if mix else []), "--", source]
    # A queue that lost the node, or wanted it for another, starts the driver again, and it goes on.
    form = Form(_NAME, 1, spec.driver_memory, spec.driver_walltime, again=True)
    number = queueing.submit(spec, form, queueing.script(spec, form, command, worker_environment()), folder)
    record = JobRecord(
        spec.kind,
        number,
        getpass.getuser(),
        platform.node(),
        datetime.now(UTC).isoformat(timespec="seconds"),
        str(folder / queueing.log_name(spec.kind, _NAME, number)),
    )
    put_object(backing_store(_beside(url), writable=True), _RECORD, json.dumps(asdict(record), indent=1).encode())
    return record


def read_job(out: str | PathLike[str]) -> JobRecord | None:
    """The job that was last submitted for a store; None if there is none, or no record that can be read."""
    try:
        content = read_object(backing_store(_beside(absolute(out)), writable=False), _RECORD)
        record = JobRecord(**json.loads(content or b""))
    except (FileNotFoundError, NotADirectoryError, ValueError, TypeError):
        return None
    # They go to the queue's command line.
    sound = (
        _NUMBER.fullmatch(str(record.job)) and _USER.fullmatch(str(record.user)) and record.kind in get_args(QueueKind)
    )
    return record if sound else None


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
    queueing.cancel(record.kind, [record.job])
    deadline = time.monotonic() + _END_SECONDS
    while job_state(record) is not None:
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


def _beside(url: str) -> str:
    return f"{url.rstrip('/')}.job"
