"""`driver.json` in a bucket: conditional puts, the clock of the server, and servers that know no conditions."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from cordillera.sweeps import DriverRunningError, LockLostError, Progress, guard
from cordillera.sweeps.address import backing_store, delete_object, put_object, read_object
from cordillera.sweeps.guard import UnguardedLockWarning
from cordillera.sweeps.lock import DriverLock, is_stale, read_driver
from loopback_s3 import Disturbance, LoopbackS3
from zarr.abc.store import Store as Backing

STATE = Progress(runs=100, done=40, failed=1)


@pytest.fixture
def backing(s3: LoopbackS3) -> Backing:
    return backing_store(s3.address(), writable=True)


def edit(backing: Backing, **changes: object) -> None:
    """Change the record as it stands in the bucket."""
    record = json.loads(read_object(backing, "driver.json") or b"") | changes
    put_object(backing, "driver.json", json.dumps(record).encode())


def test_the_second_driver_is_refused_and_told_who_the_first_is(backing: Backing) -> None:
    first, second = (DriverLock(backing, "serial") for _ in range(2))
    assert first.acquire() is None
    record = read_driver(backing)
    assert record is not None
    with pytest.raises(DriverRunningError, match=f"process {record.process} on {record.host}, since"):
        second.acquire()
    first.release()
    assert second.acquire() is None
    second.release()
    assert read_driver(backing) is None


def test_of_many_drivers_that_start_at_once_one_drives(backing: Backing) -> None:
    locks = [DriverLock(backing, "serial") for _ in range(8)]

    def acquired(lock: DriverLock) -> bool:
        try:
            lock.acquire()
        except DriverRunningError:
            return False
        return True

    with ThreadPoolExecutor(len(locks)) as pool:
        won = list(pool.map(acquired, locks))
    assert sum(won) == 1
    locks[won.index(True)].release()


def test_a_live_driver_whose_clock_is_years_behind_is_not_replaced(backing: Backing) -> None:
    first, second = (DriverLock(backing, "serial") for _ in range(2))
    first.acquire()
    edit(backing, place="another machine", process=1, beat="2001-01-01T00:00:00+00:00")
    with pytest.raises(DriverRunningError, match="last heard of at 2001-01-01"):
        second.acquire()
    first.release()


def test_a_driver_that_the_server_has_not_heard_of_for_a_minute_is_replaced_whatever_its_clock(
    backing: Backing, s3: LoopbackS3
) -> None:
    first, second = (DriverLock(backing, "serial") for _ in range(2))
    first.acquire()
    edit(backing, place="another machine", process=1, beat="2999-01-01T00:00:00+00:00")
    record = read_driver(backing)
    assert record is not None
    s3.ahead = 50.0
    assert not is_stale(backing, record)
    s3.ahead = 65.0
    previous = second.acquire()
    assert previous is not None
    assert previous.place == "another machine"
    first.beat()
    with pytest.raises(LockLostError, match="lost the store to process"):
        first.update(STATE, {})
    first.release()
    assert read_driver(backing) is not None, "the first must not take the lock of the second away"
    second.release()


def test_of_two_that_saw_one_stale_record_one_replaces_it(backing: Backing) -> None:
    put_object(backing, "driver.json", b"stale")
    one, other = (guard.guard(backing, "driver.json") for _ in range(2))
    seen = one.see()
    assert other.see() == seen
    assert one.put(b"one", seen) is not None
    assert other.put(b"other", seen) is None
    assert read_object(backing, "driver.json") == b"one"


def test_a_beat_whose_answer_was_lost_does_not_cost_the_lock(backing: Backing, s3: LoopbackS3) -> None:
    lock = DriverLock(backing, "serial")
    lock.acquire()
    for _ in range(2):
        s3.disturbances.append(Disturbance("lost", "PUT", times=1))
        lock.beat()
        lock.update(STATE, {})
    lock.beat()
    record = read_driver(backing)
    lock.release()
    assert record is not None
    assert record.progress == STATE


def test_a_record_that_somebody_took_away_is_written_again(backing: Backing) -> None:
    lock = DriverLock(backing, "serial")
    lock.acquire()
    delete_object(backing, "driver.json")
    lock.beat()
    assert read_driver(backing) is not None
    lock.release()


@pytest.mark.parametrize("says", ["nothing", "501"])
def test_a_server_without_conditions_is_found_out_and_still_refuses_the_second(
    says: str, backing: Backing, s3: LoopbackS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "SETTLE_SECONDS", 0.1)
    s3.conditional = False
    s3.refuses_conditions = says == "501"
    first, second = (DriverLock(backing, "serial") for _ in range(2))
    with pytest.warns(UnguardedLockWarning, match=r"cannot put an object under a condition, so driver\.json"):
        first.acquire()
    with pytest.raises(DriverRunningError):
        second.acquire()
    first.beat()
    edit(backing, token="somebody else")
    first.beat()
    with pytest.raises(LockLostError):
        first.update(STATE, {})
    first.release()
    assert json.loads(read_object(backing, "driver.json") or b"")["token"] == "somebody else"


def test_without_conditions_the_last_of_two_that_start_at_once_drives(
    backing: Backing, s3: LoopbackS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3.conditional = False
    first = DriverLock(backing, "serial")
    monkeypatch.setattr(guard.time, "sleep", lambda _: edit(backing, token="the other", process=77))
    with pytest.warns(UnguardedLockWarning), pytest.raises(DriverRunningError, match="process 77 on"):
        first.acquire()


def test_a_store_of_another_kind_is_guarded_by_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "SETTLE_SECONDS", 0.01)
    backing = backing_store("memory://lock/a.zarr", writable=True)
    first, second = (DriverLock(backing, "serial") for _ in range(2))
    with pytest.warns(UnguardedLockWarning):
        first.acquire()
    with pytest.raises(DriverRunningError):
        second.acquire()
    edit(backing, place="another machine", beat="2001-01-01T00:00:00+00:00")
    with pytest.warns(UnguardedLockWarning):
        assert second.acquire() is not None
    second.release()
    first.release()
    assert read_driver(backing) is None
