import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from cordillera.cluster import QueueError, SerialBackend, fleet
from cordillera.cluster.fleet import Bounds, Fleet, Roll, WorkerJob, review, surplus, wanted
from cordillera.cluster.serial import SerialCrew
from cordillera.sweeps import Job, OutOfWorkersError, run_study, study_from_text
from fragile_engine import study_text
from hypothesis import given
from hypothesis import strategies as st

names = st.integers(0, 8).map(str)
bounds = st.builds(
    lambda least, more, cores: Bounds(least, least + more, cores),
    st.integers(1, 20),
    st.integers(0, 100),
    st.integers(1, 16),
)
rolls = st.lists(
    st.builds(WorkerJob, names.map("w{}".format), names, st.booleans()), unique_by=lambda job: job.name
).map(lambda jobs: Roll(tuple(jobs)))
at_hand = st.dictionaries(names.map("w{}".format), st.integers(0, 3))


class Queue:
    """A queue in memory: `alive` are the jobs that wait or run."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, room: int = 100) -> None:
        self.alive: dict[str, str] = {}
        self.ordered: list[str] = []
        self.room = room
        self.submissions = 0
        self.retired: list[str] = []
        monkeypatch.setattr(fleet, "list_jobs", lambda kind: dict(self.alive))
        monkeypatch.setattr(fleet, "cancel", lambda kind, jobs: [self.alive.pop(job, None) for job in jobs])
        monkeypatch.setattr(fleet, "_TEND_SECONDS", 0.01)

    def order(self, names: Sequence[str]) -> list[str]:
        self.submissions += 1
        if len(self.alive) + len(names) > self.room:
            raise QueueError("too many")
        numbers = [str(len(self.ordered) + 100 + place) for place in range(len(names))]
        self.ordered += names
        self.alive |= dict.fromkeys(numbers, "RUNNING")
        return numbers

    def held(self) -> Mapping[str, int]:
        """Every worker has come up and has work."""
        return dict.fromkeys(self.ordered, 1)

    def retire(self, workers: Sequence[str]) -> None:
        self.retired += workers


def fleet_of(queue: Queue, folder: Path, bounds: Bounds, together: int = 1) -> Fleet:
    return Fleet("slurm", bounds, folder, queue.order, queue.held, queue.retire, together)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30.0
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.01)


@given(st.sets(names), st.sets(names), st.lists(names, unique=True))
def test_a_job_is_kept_exactly_as_long_as_the_queue_knows_it(listed: set, workers: set, numbers: list[str]) -> None:
    roll = Roll(tuple(WorkerJob(f"w{number}", number) for number in numbers))
    after = review(roll, listed, {f"w{name}" for name in workers})
    assert {job.number for job in after.jobs} == set(numbers) & listed
    assert all(job.joined == (job.number in workers) for job in after.jobs)


def test_workers_of_one_job_count_for_it() -> None:
    roll = review(Roll((WorkerJob("w1", "1"), WorkerJob("w11", "2"))), {"1", "2"}, {"w1-0", "w1-1"})
    assert [job.joined for job in roll.jobs] == [True, False]


def test_jobs_that_end_before_a_worker_came_up_are_counted_until_one_does() -> None:
    roll = review(Roll((WorkerJob("w0", "0"),)), set(), set())
    assert (roll.futile, roll.last) == (1, WorkerJob("w0", "0"))
    roll = review(Roll((WorkerJob("w1", "1"),), roll.futile, roll.last), {"1"}, {"w1"})
    assert roll.futile == 0
    assert review(roll, set(), set()).futile == 0


@given(st.integers(0, 10_000), bounds)
def test_jobs_are_as_many_as_there_is_work_for_within_the_bounds(pieces: int, bounds: Bounds) -> None:
    count = wanted(pieces, bounds)
    assert bounds.least <= count <= bounds.most
    assert count == bounds.most or count * bounds.cores >= pieces, "no piece lacks a worker that there could be"
    assert count == bounds.least or (count - 1) * bounds.cores < pieces, "no job is without a piece"
    assert wanted(pieces + 1, bounds) >= count


@given(rolls, st.integers(0, 12), at_hand)
def test_jobs_that_are_let_go_hold_no_work_and_leave_enough(roll: Roll, count: int, held: dict[str, int]) -> None:
    gone = surplus(roll, count, held)
    assert set(gone) <= set(roll.jobs)
    assert not any(held.get(job.name) for job in gone)
    left = [job for job in roll.jobs if job not in gone]
    assert len(left) >= min(count, len(roll.jobs))
    assert len(left) <= count or all(held.get(job.name) for job in left), "what has no work is not kept above the count"
    waits = [job for job in left if not job.joined and not held.get(job.name)]
    assert not (waits and any(job.joined for job in gone)), "jobs that wait in the queue go first"


def test_a_job_stays_while_one_of_its_workers_has_work() -> None:
    roll = Roll((WorkerJob("w0", "0", joined=True), WorkerJob("w1", "1", joined=True)))
    assert surplus(roll, 1, {"w0-0": 0, "w0-1": 0, "w1-0": 0, "w1-1": 1}) == (roll.jobs[0],)


def test_the_driver_tells_how_many_pieces_are_left_until_the_last(tmp_path: Path) -> None:
    told: list[int] = []

    class Told(SerialCrew):
        def expect(self, pieces: int) -> None:
            told.append(pieces)

    class Backend:
        name = "told"

        @contextmanager
        def open(self, job: Job) -> Iterator[SerialCrew]:
            with SerialBackend().open(job):
                yield Told()

    run_study(study_from_text(study_text(64, "ishigami")), tmp_path / "a.zarr", Backend(), unit_blocks=8)
    assert told[0] == 8
    assert told[-1] == 1
    assert told == sorted(told, reverse=True)


def test_a_job_that_ends_is_replaced_and_all_are_cancelled_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = Queue(monkeypatch)
    with fleet_of(queue, tmp_path, Bounds(3, 3)).at_work():
        assert queue.ordered == ["w0", "w1", "w2"]
        queue.alive.pop("101")
        wait_until(lambda: len(queue.ordered) == 4)
    assert queue.ordered == ["w0", "w1", "w2", "w3"]
    assert queue.alive == {}


def test_jobs_come_with_the_work_in_one_submission_and_go_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = Queue(monkeypatch, room=2000)
    held: dict[str, int] = {}
    monkeypatch.setattr(queue, "held", lambda: dict(held))
    crew = fleet_of(queue, tmp_path, Bounds(1, 1000), together=1000)
    with crew.at_work():
        assert queue.ordered == ["w0"]
        crew.expect(1000)
        wait_until(lambda: len(queue.alive) == 1000)
        assert queue.submissions == 2
        held |= dict.fromkeys(queue.ordered, 0) | {"w7": 1, "w8": 2}
        crew.expect(3)
        wait_until(lambda: len(queue.alive) == 3)
        assert {"107", "108"} <= queue.alive.keys()
        assert len(queue.retired) == 997
        assert not {"w7", "w8"} & set(queue.retired)
        crew.check()
    assert queue.submissions == 2


def test_a_queue_that_takes_fewer_jobs_is_content_with_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Queue(monkeypatch, room=2)
    crew = fleet_of(queue, tmp_path, Bounds(3, 3))
    with crew.at_work():
        assert queue.ordered == ["w0", "w1"]
        crew.check()


def test_a_queue_that_takes_fewer_jobs_at_once_is_asked_for_fewer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = Queue(monkeypatch, room=300)
    with fleet_of(queue, tmp_path, Bounds(1000, 1000), together=1000).at_work():
        assert queue.ordered == [f"w{number}" for number in range(300)]


def test_a_queue_that_takes_none_is_a_fault_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Queue(monkeypatch, room=0)
    with pytest.raises(QueueError, match="too many"), fleet_of(queue, tmp_path, Bounds(3, 3)).at_work():
        pass


def test_jobs_whose_workers_never_come_up_stop_the_sweep_with_their_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = Queue(monkeypatch)
    monkeypatch.setattr(queue, "held", dict)

    def die(names: Sequence[str]) -> list[str]:
        (number,) = queue.order(names)
        (tmp_path / f"cordillera-work-{number}.log").write_text("no such device\n")
        queue.alive.pop(number)
        return [number]

    crew = Fleet("slurm", Bounds(1, 1), tmp_path, die, queue.held, queue.retire)
    with crew.at_work():
        wait_until(lambda: len(queue.ordered) == 3)
        with pytest.raises(OutOfWorkersError, match=r"3 jobs ended before a worker came up(.|\n)*no such device"):
            for _ in range(1000):
                crew.check()
                threading.Event().wait(0.01)
    assert queue.ordered == ["w0", "w1", "w2"]
