"""Dask workers as the driver sees them; the same for every way of starting them."""

import secrets
from collections.abc import Callable
from queue import Empty, SimpleQueue

from distributed import Client, Future
from distributed.scheduler import KilledWorker

from ..sweeps import News, Raised, Returned, Work, WorkerLost


class DaskCrew:
    """Work handed to a Dask scheduler; every answer that arrives wakes `wait`.

    Parameters
    ----------
    client : distributed.Client
        Connected to workers that have the plugin of the study.
    """

    in_process = False

    def __init__(self, client: Client) -> None:
        self._client = client
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
        future = self._client.submit(work, url, units, key=key, pure=False)
        self._held[number] = future
        future.add_done_callback(self._arrival(number))

    def wait(self, seconds: float) -> list[News]:
        """What has arrived, waiting for the first of it at most `seconds`."""
        try:
            arrived = [self._answers.get(timeout=seconds)]
            while not self._answers.empty():
                arrived.append(self._answers.get())
        except Empty:
            return []
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
