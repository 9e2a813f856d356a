import threading
from pathlib import Path

import pytest
from cordillera.cluster import QueueError, fleet
from cordillera.cluster.fleet import Fleet, Roll, WorkerJob, review
from cordillera.sweeps import OutOfWorkersError
from hypothesis import given
from hypothesis import strategies as st

names = st.integers(0, 8).map(str)


class Queue:
    """A queue in memory: `alive` are the jobs that wait or run."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, room: int = 100) -> None:
        self.alive: dict[str, str] = {}
        self.ordered: list[str] = []
        self.room = room
        self.enough = threading.Event()
        monkeypatch.setattr(fleet, "list_jobs", lambda kind: dict(self.alive))
        monkeypatch.setattr(fleet, "cancel", lambda kind, jobs: [self.alive.pop(job, None) for job in jobs])
        monkeypatch.setattr(fleet, "_TEND_SECONDS", 0.01)

    def order(self, name: str) -> str:
        if len(self.alive) >= self.room:
            raise QueueError("too many")
        number = str(len(self.ordered) + 100)
        self.ordered.append(name)
        self.alive[number] = "RUNNING"
        if len(self.ordered) >= 4:
            self.enough.set()
        return number


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


def test_a_job_that_ends_is_replaced_and_all_are_cancelled_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = Queue(monkeypatch)
    with Fleet("slurm", 3, tmp_path, queue.order, lambda: set(queue.ordered)).at_work():
        assert queue.ordered == ["w0", "w1", "w2"]
        queue.alive.pop("101")
        assert queue.enough.wait(30.0)
        assert queue.ordered == ["w0", "w1", "w2", "w3"]
    assert queue.alive == {}


def test_a_queue_that_takes_fewer_jobs_is_content_with_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Queue(monkeypatch, room=2)
    crew = Fleet("slurm", 3, tmp_path, queue.order, set)
    with crew.at_work():
        assert queue.ordered == ["w0", "w1"]
        crew.check()


def test_a_queue_that_takes_none_is_a_fault_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Queue(monkeypatch, room=0)
    with pytest.raises(QueueError, match="too many"), Fleet("slurm", 3, tmp_path, queue.order, set).at_work():
        pass


def test_jobs_whose_workers_never_come_up_stop_the_sweep_with_their_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = Queue(monkeypatch)

    def die(name: str) -> str:
        number = queue.order(name)
        (tmp_path / f"cordillera-work-{number}.log").write_text("no such device\n")
        queue.alive.pop(number)
        if len(queue.ordered) >= 3:
            last.set()
        return number

    last = threading.Event()
    crew = Fleet("slurm", 1, tmp_path, die, set)
    with crew.at_work():
        assert last.wait(30.0)
        with pytest.raises(OutOfWorkersError, match=r"3 jobs ended before a worker came up(.|\n)*no such device"):
            for _ in range(1000):
                crew.check()
                threading.Event().wait(0.01)
    assert queue.ordered == ["w0", "w1", "w2"]
