"""Which host is started again, and when; sessions are made up."""

import warnings
from dataclasses import dataclass, field

import pytest
from cordillera.cluster import HostWarning
from cordillera.cluster.ssh_hosts import Hosts, HostState, begun, ended, joined
from cordillera.sweeps import OutOfWorkersError


def test_a_host_that_never_had_a_worker_is_given_up_at_once() -> None:
    host = ended(begun(HostState("a"), 0.0), 3.0, "refused")
    assert (host.gone, host.due, host.words) == (True, None, "refused")


def test_a_host_that_had_workers_is_tried_again_later_and_later_and_then_given_up() -> None:
    host, now, waits = HostState("a"), 0.0, []
    host = joined(begun(host, now))
    while not host.gone:
        now += 2.0
        host = ended(host, now, "gone")
        if host.due is not None:
            waits.append(host.due - now)
            now = host.due
            host = begun(host, now)
    assert waits == [1.0, 5.0, 25.0, 125.0]
    assert host.start == 5


def test_a_session_that_lasted_clears_the_count() -> None:
    host = joined(begun(HostState("a"), 0.0))
    for hours in range(1, 50):
        host = ended(host, hours * 3600.0, "rebooted")
        assert host.due == hours * 3600.0 + 1.0
        host = joined(begun(host, host.due))
    assert not host.gone


def test_workers_that_come_up_and_die_are_not_started_for_ever() -> None:
    host, now = HostState("a"), 0.0
    for _ in range(20):
        if host.gone:
            break
        host = ended(joined(begun(host, now)), now + 10.0, "killed")
        now += 200.0
    assert host.gone
    assert host.start == 5


@dataclass
class FakeSession:
    """A session that runs until `words` are put into it."""

    words: str = ""
    ends: list[str] = field(default_factory=list)

    @property
    def running(self) -> bool:
        return not self.words

    def release(self) -> None:
        self.ends.append("released")

    def end(self, seconds: float) -> None:
        self.ends.append("ended")


def hosts(names: list[str], sessions: list[FakeSession], workers: set[str]) -> Hosts:
    def begin(place: int, name: str) -> FakeSession:
        sessions.append(FakeSession())
        return sessions[-1]

    return Hosts(names, begin, lambda: workers)  # pyright: ignore[reportArgumentType]


def test_sessions_begin_with_the_work_and_are_ended_with_it() -> None:
    sessions: list[FakeSession] = []
    with hosts(["a", "b"], sessions, {"h0.1", "h1.1-0"}).at_work():
        assert len(sessions) == 2
    assert [session.ends for session in sessions] == [["released", "ended"]] * 2


def test_work_that_is_over_before_a_host_comes_up_names_the_host() -> None:
    with (
        pytest.warns(HostWarning, match="b had no worker when the work was done") as caught,
        hosts(["a", "b"], [], {"h0.1"}).at_work(),
    ):
        pass
    assert len(caught) == 1


def test_sessions_are_ended_where_the_work_fails() -> None:
    sessions: list[FakeSession] = []
    with pytest.raises(ZeroDivisionError), hosts(["a"], sessions, set()).at_work():
        raise ZeroDivisionError
    assert sessions[0].ends == ["released", "ended"]


def test_a_host_that_is_given_up_is_warned_of_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions: list[FakeSession] = []
    crew = hosts(["a", "b"], sessions, {"h1.1-0"})
    monkeypatch.setattr("cordillera.cluster.ssh_hosts._LOOK_SECONDS", 0.01)
    with crew.at_work(), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        crew.check()
        sessions[0].words = "ssh: no route"
        while not caught:
            crew.check()
        crew.check()
    (only,) = caught
    assert only.category is HostWarning
    assert str(only.message) == "a takes no part; the sweep goes on without it. ssh: no route"


def test_without_any_host_each_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions: list[FakeSession] = []
    crew = hosts(["a", "b"], sessions, set())
    monkeypatch.setattr("cordillera.cluster.ssh_hosts._LOOK_SECONDS", 0.01)

    def until_it_raises() -> None:
        while True:
            crew.check()

    with warnings.catch_warnings(), crew.at_work():
        warnings.simplefilter("ignore")
        for number, session in enumerate(sessions):
            session.words = f"words {number}"
        with pytest.raises(OutOfWorkersError, match=r"a: words 0\n  b: words 1\n(.|\n)*the same command goes on"):
            until_it_raises()
