"""Where a study was read, as its store records it: no more than it takes to find a case beside the study."""

import os
from pathlib import Path

from .study import Study, case_location


def recorded_origin(study: Study, address: str) -> str:
    """The name of the study's file; with the way there from the store if its case lies beside it.

    The way keeps the folders of a user out of a store that stands beside the study, and both may move together. To a
    store at a URL there is none, and the path is absolute.
    """
    origin = Path(study.origin)
    if case_location(study.case, study.origin) == study.case:
        return origin.name
    place = origin.parent.resolve() / origin.name
    return str(place) if "://" in _local(address) else os.path.relpath(place, _folder(address))


def restored_origin(recorded: str, address: str) -> str:
    """The path of the study's file, from what its store records."""
    return recorded if "://" in _local(address) else os.path.normpath(_folder(address) / recorded)


def _folder(address: str) -> Path:
    return Path(_local(address)).expanduser().resolve().parent


def _local(address: str) -> str:
    return address.removeprefix("file://")
