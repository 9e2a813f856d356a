"""Workers of unlike speed."""

import sys
import threading
import urllib.request
from types import ModuleType

import pytest
from cordillera.cluster.crew import DaskCrew
from cordillera.cluster.local import SETTINGS
from cordillera.sweeps import BatchReport, Returned
from cordillera.sweeps.ledger import Complete, Finished, Ledger, Submit, Task, Workforce, decide
from dask import config
from distributed import Client, LocalCluster, get_worker

DRAWING = "distributed.dashboard.scheduler"
_slow_may_go_on = threading.Event()
_done_by: dict[object, int] = {}


def work(url: str, units: tuple[int, ...]) -> BatchReport:
    """The worker 0 stands still until it is let go."""
    name = get_worker().name
    if name == 0:
        assert _slow_may_go_on.wait(120.0)
    _done_by[name] = _done_by.get(name, 0) + 1
    return BatchReport(outcomes={}, repeated=0, seconds=30.0, writing_seconds=0.0)


def test_a_worker_that_stands_still_holds_two_batches_and_the_others_do_the_rest() -> None:
    ledger, actions = decide(Ledger(waiting=tuple(range(60))), Workforce(3))
    with (
        config.set(SETTINGS),
        LocalCluster(
            n_workers=3, threads_per_worker=1, processes=False, protocol="tcp://", dashboard_address="127.0.0.1:0"
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        crew = DaskCrew(client)
        held: dict[int, Task] = {}
        while not any(isinstance(action, Complete) for action in actions):
            for action in actions:
                assert isinstance(action, Submit)
                held[action.task.number] = action.task
                crew.submit(action.task.number, work, "", action.task.units)
            assert len(held) <= 4 * 3
            if not ledger.remaining and len(held) <= 2 and not _slow_may_go_on.is_set():
                assert set(_done_by) == {1, 2}
                _slow_may_go_on.set()
            news = crew.wait(60.0)
            assert news, f"{len(held)} batches wait for a worker that stands still"
            actions = []
            for item in news:
                assert isinstance(item, Returned)
                del held[item.number]
                ledger, more = decide(ledger, Finished(item.number, 30.0))
                actions += more
    assert sum(_done_by.values()) == 60
    assert 1 <= _done_by[0] <= 2


def test_a_dashboard_is_named_where_it_can_be_drawn_and_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        LocalCluster(n_workers=0, processes=False, protocol="tcp://", dashboard_address="127.0.0.1:0") as cluster,
        Client(cluster, set_as_default=False) as client,
        Client(cluster.scheduler_address, set_as_default=False) as stranger,
    ):
        monkeypatch.setitem(sys.modules, DRAWING, None)
        assert DaskCrew(client).link is None
        monkeypatch.setitem(sys.modules, DRAWING, ModuleType(DRAWING))
        link = DaskCrew(client).link
        assert link is not None
        assert link.startswith("http://127.0.0.1:")
        assert urllib.request.urlopen(link).status == 200
        assert DaskCrew(stranger).link is None
