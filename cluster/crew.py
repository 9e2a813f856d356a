"""Dask workers as the driver sees them; the same for every way of starting them."""

import secrets
import time
from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue
from typing import Any

from distributed import Client, Future
from distributed.scheduler import KilledWorker

from ..sweeps import News, OutOfWorkersError, Raised, Returned, Work, WorkerLost
from .plugin import work_if_ready

LOOPBACK = "127.0.0.1"
_CHECK_SECONDS = 5.0
_LOOK_SECONDS = 0.1


class DaskCrew:
    """Work handed to a Dask scheduler; every answer that arrives wakes `wait`.

    Parameters
    ----------
    client : distributed.Client
        Connected to workers that have the plugin of the study, or will have it when they come.
    patience : float, optional
        Seconds that the driver shall wait for a worker when there is none; as it likes if left out.
    check : callable, optional
        Raises what keeps workers from coming.
    ready : callable, optional
        Makes the workers ready, for a scheduler that may be ended and started again while the driver lives.
    expect : callable, optional
        Is told into how many pieces the work that is left can be split.
    """

    in_process = False

    def __init__(
        self,
        client: Client,
        patience: float | None = None,
        check: Callable[[], None] | None = None,
        ready: Callable[[], None] | None = None,
        expect: Callable[[int], None] | None = None,
    ) -> None:
        self.patience = patience
        self._client = client
        self._check = check
        self._ready = ready
        self._expect = expect
        self._scheduler = self._information()["id"]
        # Keys of our own, so that a scheduler that outlives a driver never takes a new task for an old one.
        self._series = secrets.token_hex(4)
        self._answers: SimpleQueue[tuple[int, Future]] = SimpleQueue()
        self._held: dict[int, Future] = {}

    @property
    def workers(self) -> int:
        """Workers that the scheduler knows now.

        Raises
        ------
        OutOfWorkersError
            If the scheduler is gone and does not come back.
        """
        information = self._information()
        if self._ready is not None and information["id"] != self._scheduler:
            # One that was started anew at the same address knows nothing of the study.
            self._ready()
            self._scheduler = information["id"]
        return int(information["n_workers"])

    @property
    def link(self) -> str | None:
        """Address of the dashboard on this machine; None if it is somebody else's scheduler, or has no pages."""
        if self._client.cluster is None or not _has_pages():
            return None
        port = self._information()["services"].get("dashboard")
        return None if port is None else f"http://{LOOPBACK}:{port}/status"

    def submit(self, number: int, work: Work, url: str, units: tuple[int, ...]) -> None:
        """Hand a piece of work to the scheduler."""
        key = f"cordillera-{self._series}-{number}-unit-{units[0]}"
        future = self._client.submit(work_if_ready, work, url, units, key=key, pure=False)
        self._held[number] = future
        future.add_done_callback(self._arrival(number))

    def expect(self, pieces: int) -> None:
        """Pass on how much work is left."""
        if self._expect is not None:
            self._expect(pieces)

    def wait(self, seconds: float) -> list[News]:
        """What has arrived, waiting for the first of it at most `seconds`."""
        deadline = time.monotonic() + seconds
        arrived: list[tuple[int, Future]] = []
        while not arrived:
            if self._check is not None:
                self._check()
            left = deadline - time.monotonic()
            try:
                arrived.append(self._answers.get(timeout=max(0.0, min(left, _CHECK_SECONDS))))
            except Empty:
                if left <= _CHECK_SECONDS:
                    return []
        while not self._answers.empty():
            arrived.append(self._answers.get())
        return [self._news(number, future) for number, future in arrived]

    def _information(self) -> Mapping[str, Any]:
        """What the scheduler says of itself, once the client is in touch with it again."""
        while self._client.status == "connecting":
            time.sleep(_LOOK_SECONDS)
        if self._client.status != "running":
            message = (
                "The scheduler is gone and has not come back. What is written is kept; start it again, with workers, "
                "and run the same command."
            )
            raise OutOfWorkersError(message)
        return self._client.scheduler_info(n_workers=0)

    def _arrival(self, number: int) -> Callable[[Future], None]:
        return lambda future: self._answers.put((number, future))

    def _news(self, number: int, future: Future) -> News:
        del self._held[number]
        if future.cancelled():
            return WorkerLost(number)
        try:
            return Returned(number, future.result())
        except KilledWorker:
            return WorkerLost(number)
        except Exception as error:
            # Whatever an engine or a store raises is the driver's to judge.
            return Raised(number, error)


def _has_pages() -> bool:
    """Whether what a scheduler of this process needs to draw its dashboard is installed."""
    try:
        import distributed.dashboard.scheduler  # noqa: F401
    except ImportError:
        return False
    return True
