"""Words of a cluster file that go to a command line or into a script."""

import re

from ..sweeps.fault import shown

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.,@+:-]{0,199}", re.ASCII)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


def checked_name(name: str | None) -> str | None:
    """A name as it is; a fault if it could be an option or hold what a shell reads."""
    if name is not None and not _NAME.fullmatch(name):
        raise ValueError(f"{shown(name)} is not a name: letters, digits and any of _.,@+:- after the first")
    return name


def checked_path(path: str | None) -> str | None:
    """A path as it is; a fault if it depends on the folder at hand or has more lines than one."""
    if path is not None and (not path.startswith(("/", "~/")) or _UNPRINTABLE.search(path) or len(path) > 4096):
        raise ValueError(f"{shown(path)} is not an absolute path; begin with / or ~/ and write it on one line")
    return path
