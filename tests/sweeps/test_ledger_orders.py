"""A cluster in play: workers with queues come, die, are cut off and report late, and the ledger must keep its promises.

A worker that dies loses every task in its queue, as with Dask, so one deadly draw takes harmless neighbours along. A
worker that is cut off counts as lost but goes on, and what it says later is news of a task that is no longer in flight.
"""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
import pytest
from cordillera.sweeps.ledger import (
    ERRORS_TO_STOP,
    IN_FLIGHT,
    LOSSES_TO_GIVE_UP,
    LOSSES_TO_ISOLATE,
    Action,
    Complete,
    Event,
    Failed,
    Finished,
    Ledger,
    Lost,
    Reason,
    Stop,
    Submit,
    Task,
    Workforce,
    decide,
)


@dataclass
class Cluster:
    """Workers by number with what they hold, and the news that has not reached the driver yet."""

    rng: np.random.Generator
    units: int
    deadly: frozenset[int] = frozenset()
    queues: dict[int, deque[Task]] = field(default_factory=dict)
    news: list[Event] = field(default_factory=list)
    told: list[Event] = field(default_factory=list)
    written: set[int] = field(default_factory=set)
    last: Action | None = None
    events: int = 0
    hired: int = 0
    harmless: bool = True

    def __post_init__(self) -> None:
        self.ledger = Ledger(tuple(range(self.units)))
        self.hire()

    # What happens in the cluster.

    def hire(self) -> None:
        self.queues[self.hired] = deque()
        self.hired += 1
        self.tell(Workforce(len(self.queues)))

    def work(self, worker: int) -> None:
        """Solve the first task of a worker's queue; a deadly draw in it kills the worker, unless it is solved apart."""
        queue = self.queues[worker]
        if not queue:
            return
        task = queue[0]
        for unit in task.units:
            if unit in self.deadly and not task.apart:
                self.die(worker)
                return
            self.written.add(unit)
        queue.popleft()
        self.news.append(Finished(task.number, float(self.rng.exponential(0.5)) * len(task.units)))

    def die(self, worker: int) -> None:
        self.news += [Lost(task.number) for task in self.queues.pop(worker)]
        self.tell(Workforce(len(self.queues)))

    def kill(self, worker: int) -> None:
        self.harmless = False
        self.die(worker)

    def cut_off(self, worker: int) -> None:
        """The driver hears that the worker is gone, while it goes on, and writes, and reports late."""
        self.harmless = False
        alive = True
        for task in self.queues.pop(worker):
            self.news.append(Lost(task.number))
            alive = alive and (task.apart or not self.deadly & set(task.units))
            if alive:
                self.written.update(task.units)
                self.news.append(Finished(task.number, 1.0))
        self.tell(Workforce(len(self.queues)))

    def fail(self, worker: int) -> None:
        """The first task of a queue raises a passing error."""
        self.harmless = False
        if self.queues[worker]:
            self.news.append(Failed(self.queues[worker].popleft().number, lasting=False))

    def deliver(self) -> None:
        """One piece of news reaches the driver, out of order, and now and then a second time."""
        if self.news:
            event = self.news.pop(int(self.rng.integers(len(self.news))))
            self.tell(event)
            if self.told and self.rng.random() < 0.05:
                self.tell(self.told[int(self.rng.integers(len(self.told)))])
            self.told.append(event)

    # What the driver makes of it.

    def tell(self, event: Event) -> None:
        before = self.ledger
        self.ledger, actions = decide(self.ledger, event)
        self.events += 1
        if self.last is not None:
            assert actions == [], "nothing may follow the end"
            assert self.ledger == before
            return
        for action in actions:
            if isinstance(action, Submit):
                assert self.queues, "work was handed out to nobody"
                min(self.queues.values(), key=len).append(action.task)
            else:
                assert action is actions[-1]
                self.last = action
        if any(isinstance(action, Submit) for action in actions):
            assert len(self.ledger.in_flight) <= IN_FLIGHT * len(self.queues)
        self.check(actions)

    def check(self, actions: list[Action]) -> None:
        """Every unit waits, is in flight, is done, or is given up."""
        ledger = self.ledger
        held = [unit for task in ledger.in_flight.values() for unit in task.units]
        assert ledger.remaining + len(held) + ledger.done + len(ledger.given_up) == self.units
        assert len(set(held)) == len(held), "two tasks hold one unit"
        assert not set(held) & set(ledger.given_up)
        for action in actions:
            if isinstance(action, Submit):
                losses = [ledger.losses.get(unit, 0) for unit in action.task.units]
                assert action.task.apart == (losses[0] >= LOSSES_TO_ISOLATE)
                assert len(losses) == 1 or max(losses) == 0, "a unit that lost a worker goes by itself"

    def play(self, choices: int, mishaps: float) -> None:
        """Let things happen, `mishaps` of them bad, and then let everything left come to its end."""
        for draw in self.rng.random(choices):
            if self.last is not None:
                return
            workers = list(self.queues)
            chosen = workers[int(self.rng.integers(len(workers)))] if workers else None
            if chosen is None or (draw < mishaps and len(workers) < 8 and self.rng.random() < 0.4):
                self.hire()
            elif draw < mishaps:
                [self.kill, self.cut_off, self.fail][int(self.rng.choice(3, p=(0.45, 0.45, 0.1)))](chosen)
            elif draw < 0.6:
                self.work(chosen)
            else:
                self.deliver()
        self.end_well()

    def end_well(self) -> None:
        """No more mishaps: workers are hired anew when deadly draws have killed all, and all news arrives."""
        bound = self.events + 200 * (self.units + 10)
        while self.last is None:
            assert self.events < bound, "it does not come to an end"
            if len(self.queues) < 2:
                self.hire()
            for worker in list(self.queues):
                if worker in self.queues:
                    self.work(worker)
            while self.news:
                self.deliver()

    def judge(self) -> None:
        """What must be true at the end."""
        ledger, last = self.ledger, self.last
        if isinstance(last, Stop):
            assert last.reason is Reason.ERROR
            assert max(ledger.errors.values()) == ERRORS_TO_STOP
            return
        assert isinstance(last, Complete)
        assert not ledger.in_flight
        assert ledger.remaining == 0
        assert len(set(last.given_up)) == len(last.given_up)
        assert self.written | set(last.given_up) == set(range(self.units)), "a unit was lost on the way"
        assert all(ledger.losses[unit] >= LOSSES_TO_GIVE_UP for unit in last.given_up)
        if self.harmless:
            assert last.given_up == (), "only mishaps may make a unit hopeless, not the deadly draws beside it"


def play_many(events: int, seed: int) -> tuple[int, int]:
    """Clusters of every size and misfortune until so many events have passed; those that completed, and all."""
    rng = np.random.default_rng(seed)
    passed, complete, games = 0, 0, 0
    while passed < events:
        units = int(rng.integers(1, 150))
        share = float(rng.choice([0.0, 0.02, 0.1, 0.5, 1.0]))
        cluster = Cluster(rng, units, frozenset(np.flatnonzero(rng.random(units) < share).tolist()))
        for _ in range(int(rng.integers(0, 6))):
            cluster.hire()
        cluster.play(int(rng.integers(10, 600)), float(rng.choice([0.0, 0.02, 0.1, 0.3])))
        cluster.judge()
        passed, complete, games = passed + cluster.events, complete + isinstance(cluster.last, Complete), games + 1
    return complete, games


@pytest.mark.parametrize("seed", range(4))
def test_no_unit_is_lost_or_held_twice_in_thousands_of_events(seed: int) -> None:
    complete, games = play_many(10_000, seed)
    assert complete > games / 2


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 102))
def test_no_unit_is_lost_or_held_twice_in_millions_of_events(seed: int) -> None:
    complete, games = play_many(1_000_000, seed)
    assert complete > games / 2
