"""The verbs of the library: run a study, and open what was run."""

from os import PathLike

from . import sweeps
from .analysis.convergence import widest_interval
from .analysis.results import Results
from .cluster import backend, fitted
from .sweeps import Backend, Study, Watcher


def run(
    study: Study,
    out: str | PathLike[str],
    *,
    cluster: str | Backend = "local",
    workers: int | None = None,
    mix: bool = False,
    run_limit: float | None = None,
    progress: Watcher | None = None,
) -> Results:
    """Run a study, or what a store still lacks of it.

    Parameters
    ----------
    study : Study
        From `read_study`.
    out : str or path
        Where the store is, or shall be made.
    cluster : str or Backend
        Where the work runs: `local` (one process a core of this machine), `serial` (this process), or the path of a
        cluster file.
    workers : int, optional
        Processes; one a core of `local`, or as the cluster file says, if left out.
    mix : bool
        Go on with a store that other library versions or another processor made, even if the bits differ.
    run_limit : float, optional
        Seconds that a run may hang before its process is ended and the run recorded as `TIMED_OUT`; ten minutes if
        left out. `serial` ends none.
    progress : callable, optional
        Called with a `Progress` about once a second.

    Returns
    -------
    Results
        The complete store with its analyses as methods. A study with a `target_halfwidth` has been doubled until the
        widest interval of a total index is within it.

    Raises
    ------
    StudyMismatchError
        If the store holds another study.
    NotEnoughMemoryError
        If a worker would have less memory than the engine says that it needs; looked at where `cluster` is a name.

    Examples
    --------
    >>> study = cordillera.read_study("peru-divergence")  # doctest: +SKIP
    >>> results = cordillera.run(study, "peru.zarr")  # doctest: +SKIP
    """
    place = fitted(backend(cluster, workers), study) if isinstance(cluster, str) else cluster
    store = sweeps.run_study(study, out, place, progress=progress, mix=mix, run_limit=run_limit)
    target = study.target_halfwidth
    while target is not None and study.design.nested and widest_interval(store) > target:
        store = sweeps.extend(out, 2 * store.samples, place, progress=progress, mix=mix, run_limit=run_limit)
    return Results(store)


def open_store(url: str | PathLike[str]) -> Results:
    """Open a store that exists, finished or not, for reading.

    Parameters
    ----------
    url : str or path
        A folder, or any address that zarr opens.

    Returns
    -------
    Results
        The store with its analyses as methods.

    Raises
    ------
    StoreNotFoundError
        If there is nothing there.
    NotAStoreError
        If it is something else.
    """
    return Results(sweeps.open_store(url))
