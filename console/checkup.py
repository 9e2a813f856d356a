"""What `cordillera doctor` looks at, for a place by its name."""

import tempfile
from dataclasses import replace
from pathlib import Path

from ..cluster import Finding, QueueBackend, backend
from ..cluster import examine as look
from ..cluster.backend import is_file, of_size
from ..cluster.doctor import look_here


def examine(cluster: str, workers: int | None = None) -> list[Finding]:
    """Look at this machine and at the workers of `cluster`, and run a small sweep on them.

    Parameters
    ----------
    cluster : str
        As in `run`.
    workers : int, optional
        As in `run`; one of a queue if left out.

    Returns
    -------
    list of Finding
        In the order in which they were made; all is well if none has a remedy.
    """
    # Nodes of a cluster see the folder at hand, but not this machine's temporary files.
    place = Path.cwd() if is_file(cluster) else Path(tempfile.gettempdir())
    try:
        found = backend(cluster, workers)
    except ValueError as error:
        return [*look_here(place), Finding(f"small sweep on {cluster}", "failed", str(error))]
    if isinstance(found, QueueBackend):
        count = workers or 1
        found = replace(found, spec=replace(of_size(found.spec, count), least_workers=count))
    return look(found, place, cluster)
