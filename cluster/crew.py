"""Dask workers as the driver sees them; the same for every way of starting them."""

import secrets
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

from distributed import Client, Future
from distributed.scheduler import KilledWorker

from ..sweeps import News, Raised, Returned, Work, WorkerLost
from .plugin import work_if_ready

_CHECK_SECONDS = 5.0


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
    """

    in_process = False

    def __init__(self, client: Client, patience: float | None = None, check: Callable[[], None] | None = None) -> None:
        self.patience = patience
        self._client = client
        self._check = check
        # Keys of our own, so that a scheduler that outlives a driver never takes a new task for an old one.
        self._series = secrets.token_hex(4)
        self._answers: SimpleQueue[tuple[int, Future]] = SimpleQueue()
        self._held: dict[int, Future] = {}

    @property
    def workers(self) -> int:
        """Workers that the scheduler knows now."""
        return int(self._client.scheduler_info(n_workers=0)["n_workers"])

    @property
    def link(self) -> str | None:
        """Address of the dashboard."""
        return self._client.dashboard_link or None

    def submit(self, number: int, work: Work, url: str, units: tuple[int, ...]) -> None:
        """Hand a piece of work to the scheduler."""
        key = f"cordillera-{self._series}-{number}-unit-{units[0]}"
        future = self._client.submit(work_if_ready, work, url, units, key=key, pure=False)
        self._held[number] = future
        future.add_done_callback(self._arrival(number))

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
