"""`driver.json`: who drives a sweep, and how it stands; one driver at a time.

The record is made by a put that fails if there is one already. It is stale when the process is known to be gone, or
when it has not been renewed for a minute by the store's own clock. Two drivers that slip past each other write the
same bits; the one whose record was replaced finds out at its next beat and stops.
"""

import json
import os
import platform
import secrets
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import psutil
from zarr.abc.store import Store as Backing
from zarr.storage import LocalStore

from .address import delete_object, put_new_object, put_object, read_object
from .hierarchy import DRIVER
from .progress import Progress

BEAT_SECONDS = 5.0
STALE_SECONDS = 60.0


class DriverRunningError(RuntimeError):
    """Another driver works on the store."""


class LockLostError(RuntimeError):
    """Another driver has taken over the store."""


@dataclass(frozen=True, slots=True)
class DriverRecord:
    """What `driver.json` says.

    `place` names the running system and the process namespace, so that `process` can be looked up only where it means
    something; `in_flight` maps each unit that a worker holds to how often it lost its worker.
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
            return abs(psutil.Process(self.process).create_time() - self.process_started) > 1.0
        except psutil.NoSuchProcess:
            return True

    @property
    def who(self) -> str:
        """The driver in words."""
        return f"process {self.process} on {self.host}, since {self.started}, last heard of at {self.beat}"


class DriverLock:
    """The right to drive the sweep in `backing`; a context that renews its record in a thread of its own."""

    def __init__(self, backing: Backing, backend: str) -> None:
        process = psutil.Process()
        now = _now()
        self._backing = backing
        self._record = DriverRecord(
            secrets.token_hex(8), platform.node(), _place(), process.pid, process.create_time(), now, now, backend
        )
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
        previous = None
        if not put_new_object(self._backing, DRIVER, _encoded(self._record)):
            previous = read_driver(self._backing)
            if previous is not None and not is_stale(self._backing, previous):
                message = (
                    f"Another driver works on this store: {previous.who}. Wait for it, stop it, or, if it is gone, "
                    f"run the same command again {STALE_SECONDS:.0f} seconds after its last sign of life."
                )
                raise DriverRunningError(message)
            put_object(self._backing, DRIVER, _encoded(self._record))
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
        with self._writing:
            held = read_driver(self._backing)
            if held is not None and held.token != self._record.token:
                self._lost = held
                self._ended.set()
                return
            put_object(self._backing, DRIVER, _encoded(replace(self._record, beat=_now())))

    def release(self) -> None:
        """Give the lock back and stop renewing it."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()
        held = read_driver(self._backing)
        if held is not None and held.token == self._record.token:
            delete_object(self._backing, DRIVER)

    def _renew(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            try:
                self.beat()
            except OSError:
                # A full or unreachable disk: the workers' own errors tell; the next beat tries again.
                continue


def read_driver(backing: Backing) -> DriverRecord | None:
    """The record that stands there; None if there is none, or one that cannot be read."""
    content = read_object(backing, DRIVER)
    if content is None:
        return None
    try:
        values = json.loads(content)
        progress = values.pop("progress")
        return DriverRecord(**values, progress=Progress(**progress) if progress else None)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def is_stale(backing: Backing, record: DriverRecord) -> bool:
    """Whether a driver is gone: its process has ended, or its record is a minute old."""
    return record.gone or _age_seconds(backing, record) > STALE_SECONDS


def _age_seconds(backing: Backing, record: DriverRecord) -> float:
    """Age of the record, by the clock of the file system where there is one."""
    if not isinstance(backing, LocalStore):
        return (datetime.now(UTC) - datetime.fromisoformat(record.beat)).total_seconds()
    # The machine's clock may differ from that of a network file system, so a new file tells what time it is there.
    try:
        with tempfile.NamedTemporaryFile(dir=backing.root, prefix=".clock") as probe:
            return os.fstat(probe.fileno()).st_mtime - (backing.root / DRIVER).stat().st_mtime
    except PermissionError:
        return datetime.now(UTC).timestamp() - (backing.root / DRIVER).stat().st_mtime


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
