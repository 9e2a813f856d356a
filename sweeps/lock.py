"""`driver.json`: who drives a sweep, and how it stands; one driver at a time.

The record is put on the condition that it still is as it was last seen, wherever the store can do that (`guard.py`). It
is stale when the process is known to be gone, or when it has not been renewed for a minute by the store's own clock.
Two drivers that slip past each other write the same bits; the one whose record was replaced finds out at its next beat
and stops.
"""

import json
import platform
import secrets
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import psutil
from pydantic import TypeAdapter
from zarr.abc.store import Store as Backing

from .address import delete_object, read_object
from .guard import Seen, guard
from .hierarchy import DRIVER
from .progress import Progress
from .store_fault import StoreUnreachableError

BEAT_SECONDS = 5.0
STALE_SECONDS = 60.0
_LARGEST_PROCESS = 2**31


class DriverRunningError(RuntimeError):
    """Another driver works on the store."""


class LockLostError(RuntimeError):
    """Another driver has taken over the store."""


@dataclass(frozen=True, slots=True)
class DriverRecord:
    """What `driver.json` says.

    `place` names the running system and the process namespace, so that `process` can be looked up only where it means
    something; `in_flight` maps each unit that the driver's own process solves to how often it lost its worker.
    """

    token: str
    host: str
    place: str
    process: int
    process_started: float
    started: str
    beat: str
    backend: str
    progress: Progress | None = None
    in_flight: Mapping[str, int] = field(default_factory=dict)

    @property
    def gone(self) -> bool:
        """Whether the process is known to have ended; one on another machine never is."""
        if self.place != _place():
            return False
        try:
            return abs(_started(psutil.Process(self.process)) - self.process_started) > 1.0
        except psutil.NoSuchProcess:
            return True

    @property
    def who(self) -> str:
        """The driver in words."""
        return f"process {self.process} on {self.host}, since {self.started}, last heard of at {self.beat}"


_RECORD = TypeAdapter(DriverRecord)


class DriverLock:
    """The right to drive the sweep in `backing`; a context that renews its record in a thread of its own."""

    def __init__(self, backing: Backing, backend: str) -> None:
        process = psutil.Process()
        now = _now()
        self._backing = backing
        self._record = DriverRecord(
            secrets.token_hex(8), platform.node(), _place(), process.pid, _started(process), now, now, backend
        )
        self._guard = guard(backing, DRIVER)
        self._seen: Seen | None = None
        self._ended = threading.Event()
        self._writing = threading.Lock()
        self._thread = threading.Thread(target=self._renew, name="driver-beat", daemon=True)
        self._lost: DriverRecord | None = None

    def acquire(self) -> DriverRecord | None:
        """Take the lock and start to renew it.

        Returns
        -------
        DriverRecord or None
            The record of a driver that died without giving the lock back.

        Raises
        ------
        DriverRunningError
            If another driver is at work; the message names it.
        """
        seen = self._guard.see()
        previous = None if seen is None else _decoded(seen.content)
        if previous is not None and not is_stale(self._backing, previous):
            raise _running(previous)
        content = _encoded(self._record)
        self._seen = self._guard.put(content, seen)
        if self._seen is not None:
            self._guard = self._guard.tried(content)
        now = read_object(self._backing, DRIVER)
        if self._seen is None or now != content:
            raise _running(_decoded(now or b""))
        self._thread.start()
        return previous

    def update(self, progress: Progress, in_flight: Mapping[int, int]) -> None:
        """Change what the next beat tells: counts, and the units in flight with how often each lost its worker.

        Raises
        ------
        LockLostError
            If another driver has taken over.
        """
        held = {str(unit): losses for unit, losses in in_flight.items()}
        self._record = replace(self._record, progress=progress, in_flight=held)
        if self._lost is not None:
            message = f"This driver lost the store to {self._lost.who}. Let that one go on."
            raise LockLostError(message)

    def beat(self) -> None:
        """Write the record now."""
        content = _encoded(replace(self._record, beat=_now()))
        with self._writing:
            written = self._guard.put(content, self._seen)
            if written is None:
                found = self._guard.see()
                held = None if found is None else _decoded(found.content)
                if held is not None and held.token != self._record.token:
                    self._lost = held
                    self._ended.set()
                    return
                written = self._guard.put(content, found)
            # Nothing was written if somebody came between even so; the next beat finds out who.
            self._seen = written or self._seen

    def release(self) -> None:
        """Give the lock back and stop renewing it."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()
        # A record that cannot be taken away is stale as soon as this process has ended.
        with suppress(StoreUnreachableError):
            held = read_driver(self._backing)
            if held is not None and held.token == self._record.token:
                delete_object(self._backing, DRIVER)

    def _renew(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            try:
                self.beat()
            except (OSError, StoreUnreachableError):
                # A full disk or a server that is away: the workers' own errors tell; the next beat tries again.
                continue


def read_driver(backing: Backing) -> DriverRecord | None:
    """The record that stands there; None if there is none, or one that cannot be read."""
    content = read_object(backing, DRIVER)
    return None if content is None else _decoded(content)


def is_stale(backing: Backing, record: DriverRecord) -> bool:
    """Whether a driver is gone: its process has ended, or its record is a minute old."""
    return record.gone or silence(backing, record) > STALE_SECONDS


def silence(backing: Backing, record: DriverRecord) -> float:
    """Seconds since a driver was last heard of, by the store's own clock."""
    age = guard(backing, DRIVER).age()
    if age is None:
        # A store without a clock: the machines' own must do.
        age = (datetime.now(UTC) - datetime.fromisoformat(record.beat)).total_seconds()
    return age


def _decoded(content: bytes) -> DriverRecord | None:
    """The record; None if these bytes are none."""
    try:
        record = _RECORD.validate_json(content)
        told = datetime.fromisoformat(record.beat).tzinfo is not None and all(map(str.isdigit, record.in_flight))
    except ValueError:
        return None
    # Other numbers are not of processes, and the system is asked about this one.
    return record if told and 0 < record.process < _LARGEST_PROCESS else None


def _running(record: DriverRecord | None) -> DriverRunningError:
    who = "one that began in this moment" if record is None else record.who
    message = (
        f"Another driver works on this store: {who}. Wait for it, stop it, or, if it is gone, run the same command "
        f"again {STALE_SECONDS:.0f} seconds after its last sign of life."
    )
    return DriverRunningError(message)


def _started(process: psutil.Process) -> float:
    """When a process began: in seconds since the system did, where that is what the system keeps.

    Its time of day moves whenever the clock is set, and a driver at work would look like one that is gone.
    """
    return process.create_time() - (psutil.boot_time() if psutil.LINUX else 0.0)


def _place() -> str:
    parts = [platform.node()]
    boot = Path("/proc/sys/kernel/random/boot_id")
    if boot.exists():
        parts += [boot.read_text(encoding="ascii").strip(), str(Path("/proc/self/ns/pid").readlink())]
    return " ".join(parts)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _encoded(record: DriverRecord) -> bytes:
    return json.dumps(asdict(record), indent=1).encode()
