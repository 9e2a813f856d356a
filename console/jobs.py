"""Jobs of queues as the command line shows them."""

from dataclasses import asdict, dataclass

from ..cluster import JobRecord, QueueError, job_state, read_job
from ..cluster import cancel as end
from .terminal import say, write_json


@dataclass(frozen=True, slots=True)
class StoreJob:
    """The job of a store's driver, and what the queue says of it: None once it has ended, or cannot be asked."""

    record: JobRecord
    state: str | None
    asked: bool

    @property
    def words(self) -> str:
        """The job as a part of a sentence."""
        name = f"Job {self.record.job} ({self.record.kind})"
        if not self.asked:
            return f"{name}: its queue cannot be asked from here"
        return f"{name}: {self.state.lower() if self.state else 'ended'}"

    @property
    def table(self) -> dict[str, object]:
        """The job for a program."""
        return asdict(self.record) | {"state": self.state, "asked": self.asked}


def find(url: str) -> StoreJob | None:
    """The job that was last submitted for a store."""
    record = read_job(url)
    if record is None:
        return None
    try:
        return StoreJob(record, job_state(record), asked=True)
    except QueueError:
        return StoreJob(record, None, asked=False)


def submitted(record: JobRecord, out: str, as_json: bool) -> None:
    """The number of a job that was submitted, and what to do now."""
    if as_json:
        write_json(asdict(record))
        return
    say(f"Job {record.job} is submitted; this machine is no longer needed. Its log: {record.log}")
    say(f"`cordillera status {out}` shows how it stands, `cordillera cancel {out}` ends it.")


def cancelled(out: str, as_json: bool) -> None:
    """Cancel the job of a store."""
    record, was_there = end(out)
    if as_json:
        write_json(asdict(record) | {"cancelled": was_there})
    elif was_there:
        say(f"Job {record.job} is cancelled. What is written is kept; `cordillera submit` goes on.")
    else:
        say(f"Job {record.job} had ended already.")
