"""How a store stands, from any process that sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike

from ..engines import Outcome
from .address import backing_store
from .batch import tally
from .hierarchy import open_store
from .lock import STALE_SECONDS, DriverRecord, read_driver, silence


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """Counts of runs, and who drives.

    Parameters
    ----------
    name, identity, url : str
        The study and the store.
    runs, done, failed : int
        All runs of the sweep; those in the store; those of them that did not solve.
    units, complete : int
        The same by units.
    outcomes : mapping of str to int
        Runs by outcome, by name.
    environments : mapping of str to int
        Complete units by the versions and the processor that computed them.
    driver : DriverRecord or None
        What stands in `driver.json`.
    driving : bool
        Whether that driver is alive.
    silent : float or None
        Seconds since it was last heard of; a driver at work renews its record every five seconds.
    torn : int
        Units whose status cannot be read, which count as not run.
    """

    name: str
    identity: str
    url: str
    runs: int
    done: int
    failed: int
    units: int
    complete: int
    outcomes: Mapping[str, int]
    environments: Mapping[str, int]
    driver: DriverRecord | None
    driving: bool
    silent: float | None = None
    torn: int = 0

    @property
    def rate(self) -> float:
        """Runs a second, as the driver last told; 0 if nobody drives."""
        return self.driver.progress.rate if self.driving and self.driver and self.driver.progress else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds to the end at that rate."""
        return (self.runs - self.done) / self.rate if self.rate > 0 else None


def read_status(url: str | PathLike[str]) -> StoreStatus:
    """How a store stands now.

    Parameters
    ----------
    url : str or path
        The store, which is only read.

    Raises
    ------
    StoreNotFoundError, NotAStoreError
        If there is none.
    """
    store = open_store(url)
    backing = backing_store(url, writable=False)
    outcomes = store.outcomes()
    counts = tally(outcomes)
    done = outcomes.size - counts.get(Outcome.NOT_RUN, 0)
    driver = read_driver(backing)
    silent = None if driver is None else silence(backing, driver)
    return StoreStatus(
        name=store.study.name,
        identity=store.identity,
        url=store.url,
        runs=store.runs,
        done=done,
        failed=done - counts.get(Outcome.SOLVED, 0),
        units=store.layout.units,
        complete=int(store.complete_units(outcomes).sum()),
        outcomes={outcome.name: count for outcome, count in sorted(counts.items())},
        environments=store.environments(outcomes),
        driver=driver,
        driving=driver is not None and silent is not None and silent <= STALE_SECONDS and not driver.gone,
        # A torn status counts as not run, so a complete store has none.
        torn=len(store.torn_units()) if done < outcomes.size else 0,
        silent=silent,
    )
