import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cordillera.sweeps import DriverRunningError, LockLostError, Progress
from cordillera.sweeps import lock as lock_module
from cordillera.sweeps.address import backing_store
from cordillera.sweeps.lock import DriverLock, is_stale, read_driver

STATE = Progress(runs=100, done=40, failed=1, solved_here=30, seconds=10.0, workers=2)


def locks(folder: Path, count: int = 2) -> list[DriverLock]:
    return [DriverLock(backing_store(folder, writable=True), "serial") for _ in range(count)]


def edit(folder: Path, **changes: object) -> None:
    """Change the record as it stands on the disk."""
    file = folder / "driver.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def test_the_second_driver_is_refused_and_told_who_the_first_is(tmp_path: Path) -> None:
    first, second = locks(tmp_path)
    assert first.acquire() is None
    with pytest.raises(DriverRunningError, match=f"process {os.getpid()} on "):
        second.acquire()
    first.release()
    assert second.acquire() is None
    second.release()
    assert list(tmp_path.iterdir()) == []


def test_the_record_tells_counts_and_what_is_in_flight(tmp_path: Path) -> None:
    (lock,) = locks(tmp_path, 1)
    lock.acquire()
    lock.update(STATE, {7: 0, 3: 1})
    lock.beat()
    record = read_driver(backing_store(tmp_path, writable=False))
    lock.release()
    assert record is not None
    assert record.progress == STATE
    assert record.in_flight == {"7": 0, "3": 1}
    assert record.backend == "serial"


def test_a_driver_whose_process_has_ended_is_replaced_at_once_and_its_record_handed_on(tmp_path: Path) -> None:
    child = (
        "import sys; from cordillera.sweeps.lock import DriverLock;"
        "from cordillera.sweeps.address import backing_store;"
        "DriverLock(backing_store(sys.argv[1], writable=True), 'serial').acquire()"
    )
    subprocess.run([sys.executable, "-c", child, str(tmp_path)], check=True)
    (lock,) = locks(tmp_path, 1)
    previous = lock.acquire()
    lock.release()
    assert previous is not None
    assert previous.gone


def test_a_driver_elsewhere_is_believed_until_its_record_is_a_minute_old(tmp_path: Path) -> None:
    first, second = locks(tmp_path)
    first.acquire()
    edit(tmp_path, place="another machine", process=1)
    with pytest.raises(DriverRunningError):
        second.acquire()
    old = (tmp_path / "driver.json").stat().st_mtime - 61.0
    os.utime(tmp_path / "driver.json", (old, old))
    assert second.acquire() is not None
    first.release()
    assert (tmp_path / "driver.json").exists(), "the first must not take the lock of the second away"
    second.release()


def test_a_process_with_a_number_used_again_is_not_the_driver(tmp_path: Path) -> None:
    (lock,) = locks(tmp_path, 1)
    lock.acquire()
    edit(tmp_path, process_started=12345.0)
    backing = backing_store(tmp_path, writable=False)
    record = read_driver(backing)
    assert record is not None
    assert is_stale(backing, record)
    lock.release()


def test_a_driver_that_was_replaced_finds_out_and_stops(tmp_path: Path) -> None:
    (lock,) = locks(tmp_path, 1)
    lock.acquire()
    edit(tmp_path, token="somebody else")
    lock.beat()
    with pytest.raises(LockLostError, match="lost the store to process"):
        lock.update(STATE, {})
    lock.release()
    assert (tmp_path / "driver.json").exists()


def test_the_record_is_renewed_without_being_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock_module, "BEAT_SECONDS", 0.01)
    (lock,) = locks(tmp_path, 1)
    lock.acquire()
    edit(tmp_path, beat="never")
    while "never" in (tmp_path / "driver.json").read_text():
        pass
    lock.release()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"token": 1}', b"\xff\x00"])
def test_a_record_that_cannot_be_read_is_replaced(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "driver.json").write_bytes(content)
    (lock,) = locks(tmp_path, 1)
    assert lock.acquire() is None
    lock.release()
