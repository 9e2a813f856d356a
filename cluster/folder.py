"""The folder beside a store where a queue finds and leaves what belongs to its jobs."""

import hashlib
from pathlib import Path

from .queueing import QueueError
from .specification import QueueSpec


def make_folder(spec: QueueSpec, url: str) -> Path:
    """A folder for the logs and certificates of one store's jobs, which only this user can read.

    Parameters
    ----------
    spec : QueueSpec
        Its `shared_directory` holds the folder if there is one.
    url : str
        The store, absolute; the folder is beside it otherwise.
    """
    local = url.removeprefix("file://")
    if spec.shared_directory is not None:
        mark = hashlib.sha256(url.encode()).hexdigest()[:8]
        folder = Path(spec.shared_directory).expanduser() / f"{Path(local.rstrip('/')).name[:100]}-{mark}.job"
    elif "://" in local:
        message = (
            f"The queue needs a folder that every node sees, and beside {url} there is none. Give "
            "'shared_directory' in the cluster file."
        )
        raise QueueError(message)
    else:
        folder = Path(f"{local.rstrip('/')}.job")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
