"""TLS between a driver and its workers, with keys that are made for one sweep and end with it."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from distributed.security import Security

from .queueing import QueueError

_PREFIX = ".credentials-"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the driver holds, and what a worker is told: paths of files, never their contents."""

    security: Security
    arguments: tuple[str, ...]


@contextmanager
def credentials(folder: Path) -> Iterator[Credentials]:
    """New keys, on disk as files that only this user can read, for as long as the context lasts."""
    security = temporary_security()
    # What a driver left that was killed: the keys of a scheduler that is gone.
    for left in folder.glob(f"{_PREFIX}*"):
        shutil.rmtree(left, ignore_errors=True)
    place = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=folder))
    contents: Mapping[str, str] = {
        "ca-file": str(security.tls_ca_file),
        "cert": str(security.tls_worker_cert),
        "key": str(security.tls_worker_key),
    }
    try:
        arguments: list[str] = ["--protocol", "tls://"]
        for name, content in contents.items():
            path = place / f"{name}.pem"
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
                file.write(content)
            arguments += [f"--tls-{name}", str(path)]
        yield Credentials(security, tuple(arguments))
    finally:
        shutil.rmtree(place, ignore_errors=True)


def temporary_security() -> Security:
    """Keys that are made now and are in the memory of this process alone."""
    try:
        return Security.temporary()
    except ImportError:
        message = (
            "Workers on other machines are reached through TLS, which needs the package cryptography. Install it: "
            "pip install cryptography. On a network that is yours alone, 'insecure = true' in the cluster file "
            "does without."
        )
        raise QueueError(message) from None
