from collections import Counter
from collections.abc import Callable

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
    Halted,
    Ledger,
    Lost,
    Reason,
    Stop,
    Submit,
    Task,
    Workforce,
    decide,
)
from hypothesis import given, settings
from hypothesis import strategies as st

KINDS = ["finish"] * 6 + ["lose", "fail", "again", "workers"]


def submitted(actions: list[Action]) -> list[Task]:
    return [action.task for action in actions if isinstance(action, Submit)]


class World:
    """Workers that do what they are told, in any order, and count what they did."""

    def __init__(self, units: int, workers: int) -> None:
        self.ledger = Ledger(tuple(range(units)))
        self.held: dict[int, Task] = {}
        self.past: list[int] = []
        self.written: Counter[int] = Counter()
        self.last: Action | None = None
        self.tell(Workforce(workers))

    def tell(self, event: Event) -> None:
        self.ledger, actions = decide(self.ledger, event)
        assert self.last is None or actions == [], "nothing may follow the end"
        for action in actions:
            if isinstance(action, Submit):
                busy = {unit for task in self.held.values() for unit in task.units}
                assert not busy & set(action.task.units), "two tasks hold one unit"
                assert not any(self.written[unit] for unit in action.task.units), "a written unit was asked for again"
                assert action.task.number not in self.held
                self.held[action.task.number] = action.task
            else:
                self.last = action
        assert not submitted(actions) or len(self.held) <= IN_FLIGHT * self.ledger.workers

    def finish(self, number: int) -> None:
        task = self.held.pop(number)
        self.written.update(task.units)
        self.past.append(number)
        self.tell(Finished(number, 0.5 * len(task.units)))

    def lose(self, number: int) -> None:
        self.held.pop(number)
        self.past.append(number)
        self.tell(Lost(number))

    def fail(self, number: int) -> None:
        self.held.pop(number)
        self.past.append(number)
        self.tell(Failed(number, lasting=False))


def play(world: World, choose: Callable[[list[int]], int], kinds: list[str]) -> None:
    """Let things happen in the order of `kinds`, then let everything that is left finish."""
    for kind in kinds:
        if world.last is not None:
            return
        if kind == "workers":
            world.tell(Workforce(choose([0, 1, 2, 5])))
        elif kind == "again" and world.past:
            number = choose(world.past)
            world.tell(Finished(number, 1.0))
            world.tell(Lost(number))
        elif world.held and kind in ("finish", "lose", "fail"):
            getattr(world, kind)(choose(sorted(world.held)))
    while world.last is None:
        if not world.held:
            world.tell(Workforce(2))
        for number in sorted(world.held):
            world.finish(number)


@given(st.data(), st.integers(1, 200), st.integers(1, 6), st.lists(st.sampled_from(KINDS), max_size=150))
@settings(max_examples=300, deadline=None)
def test_in_any_order_of_events_every_unit_is_written_once_or_given_up(
    data: st.DataObject, units: int, workers: int, kinds: list[str]
) -> None:
    world = World(units, workers)
    play(world, lambda options: data.draw(st.sampled_from(options)), kinds)
    if isinstance(world.last, Complete):
        assert set(world.written) | set(world.last.given_up) == set(range(units))
        assert not set(world.written) & set(world.last.given_up)
        assert all(world.ledger.losses[unit] >= LOSSES_TO_GIVE_UP for unit in world.last.given_up)
    else:
        assert world.last == Stop(Reason.ERROR)
        assert max(world.ledger.errors.values()) >= ERRORS_TO_STOP
    assert set(world.written.values()) <= {1}
    assert world.ledger.done == len(world.written)


@given(st.data(), st.integers(1, 60), st.lists(st.sampled_from(KINDS), max_size=60))
def test_the_same_events_give_the_same_decisions(data: st.DataObject, units: int, kinds: list[str]) -> None:
    choices: list[int] = []

    def record(options: list[int]) -> int:
        choices.append(data.draw(st.sampled_from(options)))
        return choices[-1]

    first, second = World(units, 2), World(units, 2)
    play(first, record, kinds)
    replayed = iter(choices)
    play(second, lambda options: next(replayed), kinds)
    assert first.ledger == second.ledger


def test_a_lost_batch_comes_back_as_single_units() -> None:
    ledger, actions = decide(Ledger(tuple(range(64)), seconds=1.0, timed=10), Workforce(2))
    batch = submitted(actions)[0]
    assert len(batch.units) > 1
    ledger, actions = decide(ledger, Lost(batch.number))
    ledger, more = decide(ledger, Workforce(100))
    again = [task for task in submitted(actions + more) if set(task.units) & set(batch.units)]
    assert sorted(task.units for task in again) == [(unit,) for unit in batch.units]
    assert not any(task.apart for task in again)


def test_a_unit_that_lost_two_workers_is_solved_apart() -> None:
    ledger, actions = decide(Ledger((7,)), Workforce(1))
    for lost in range(LOSSES_TO_GIVE_UP):
        (task,) = submitted(actions)
        assert task.units == (7,)
        assert task.apart == (lost >= LOSSES_TO_ISOLATE)
        ledger, actions = decide(ledger, Lost(task.number))
    assert actions == [Complete(given_up=(7,))]


def test_a_unit_that_took_an_earlier_driver_down_goes_by_itself() -> None:
    ledger = Ledger(tuple(range(100)), losses={3: 1, 40: 2}, seconds=1.0, timed=10)
    _, actions = decide(ledger, Workforce(20))
    tasks = submitted(actions)
    assert [task.units for task in tasks if 3 in task.units] == [(3,)]
    assert [(task.units, task.apart) for task in tasks if 40 in task.units] == [((40,), True)]


def test_batches_shrink_towards_the_end_so_that_no_worker_idles() -> None:
    world = World(400, 2)
    sizes = []
    while world.last is None:
        number = min(world.held)
        sizes.append(len(world.held[number].units))
        world.finish(number)
    assert max(sizes) > 10
    assert sizes[-4:] == [1, 1, 1, 1]


def test_a_batch_is_half_a_minute_of_work_at_most() -> None:
    ledger, actions = decide(Ledger(tuple(range(10_000)), seconds=50.0, timed=10), Workforce(2))
    assert {len(task.units) for task in submitted(actions)} == {6}
    assert ledger.unit_seconds == pytest.approx(5.0)


def test_ten_thousand_workers_are_given_their_tasks_at_once() -> None:
    ledger, actions = decide(Ledger(tuple(range(200_000)), seconds=50.0, timed=10), Workforce(10_000))
    tasks = submitted(actions)
    assert len(tasks) == len(ledger.in_flight) == IN_FLIGHT * 10_000
    ledger, more = decide(ledger, Finished(tasks[7].number, 25.0))
    assert len(submitted(more)) == 1
    assert len(ledger.in_flight) == IN_FLIGHT * 10_000
    assert tasks[7].number not in ledger.in_flight


def test_nothing_is_submitted_while_there_is_no_worker() -> None:
    ledger, actions = decide(Ledger((0, 1)), Workforce(0))
    assert actions == []
    _, actions = decide(ledger, Workforce(1))
    assert [task.units for task in submitted(actions)] == [(0,), (1,)]


def test_a_complete_store_is_done_at_once() -> None:
    assert decide(Ledger(()), Workforce(2))[1] == [Complete(())]


def test_an_error_that_would_come_back_stops_the_sweep() -> None:
    ledger, _ = decide(Ledger(tuple(range(9))), Workforce(1))
    ledger, actions = decide(ledger, Failed(0, lasting=True))
    assert actions == [Stop(Reason.ERROR)]
    assert decide(ledger, Finished(1, 1.0))[1] == []


def test_a_halt_stops_the_sweep_and_says_why() -> None:
    ledger, _ = decide(Ledger(tuple(range(9))), Workforce(1))
    assert decide(ledger, Halted(Reason.OUT_OF_WORKERS))[1] == [Stop(Reason.OUT_OF_WORKERS)]
