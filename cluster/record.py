"""The record of a store's job, `job.json` in a folder beside it, for whoever sees the store."""

import json
import re
from dataclasses import asdict, dataclass
from os import PathLike

from pydantic import TypeAdapter
from zarr.abc.store import Store

from ..sweeps.address import absolute, backing_store, put_object, read_object
from .specification import QueueKind

_FILE = "job.json"
_NUMBER = re.compile(r"\d{1,20}", re.ASCII)
_USER = re.compile(r"\w[\w.@+-]{0,99}", re.ASCII)


@dataclass(frozen=True, slots=True)
class JobRecord:
    """The job of a store's driver: its number in which queue, by whom and from where, and where its log is.

    `cancelled` is whether somebody has cancelled it.
    """

    kind: QueueKind
    job: str
    user: str
    host: str
    submitted: str
    log: str
    cancelled: bool = False


_RECORD = TypeAdapter(JobRecord)


def write_job(out: str | PathLike[str], record: JobRecord) -> None:
    """Put a record beside a store."""
    put_object(_beside(out, writable=True), _FILE, json.dumps(asdict(record), indent=1).encode())


def read_job(out: str | PathLike[str]) -> JobRecord | None:
    """The job that was last submitted for a store; None if there is none, or no record that can be read."""
    try:
        record = _RECORD.validate_json(read_object(_beside(out, writable=False), _FILE) or b"")
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    # They go to the queue's command line.
    return record if _NUMBER.fullmatch(record.job) and _USER.fullmatch(record.user) else None


def _beside(out: str | PathLike[str], *, writable: bool) -> Store:
    return backing_store(f"{absolute(out).rstrip('/')}.job", writable=writable)
