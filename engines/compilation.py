"""Where compiled kernels are kept between processes.

Numba keeps compiled functions beside the source and looks only at the file of the function itself: it does not see
that a function in another file, which was compiled into it, has changed. So the folder is named by a hash of all
sources of an engine, and a changed engine starts with an empty one. Where the user's cache cannot be written, as for a
user without a home, each process compiles into a folder of its own and takes it away at its end.
"""

import atexit
import hashlib
import importlib.metadata
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import platformdirs
from numba.core import config


@contextmanager
def kernel_cache(folder: Path) -> Iterator[None]:
    """Within this context, functions that are declared for caching are kept by the hash of the sources in `folder`."""
    # Numba makes the names in this module when it is imported.
    settings = config.__dict__
    before = settings["CACHE_DIR"]
    root = Path(before) if before else Path(platformdirs.user_cache_dir("cordillera")) / "kernels"
    target = root / source_hash(folder)
    settings["CACHE_DIR"] = str(target if _can_be_written(target) else _own_folder(os.getpid()))
    try:
        yield
    finally:
        settings["CACHE_DIR"] = before


def _can_be_written(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


@cache
def _own_folder(process: int) -> Path:
    """A folder of this process, which a forked one does not share."""
    made = tempfile.mkdtemp(prefix=f"cordillera-{process}-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)


def source_hash(folder: Path) -> str:
    """Hash of the Python sources of a folder and of the one above, and of the compiler's versions."""
    digest = hashlib.sha256()
    for package in ("numba", "llvmlite", "numpy"):
        digest.update(importlib.metadata.version(package).encode())
    for file in sorted((*folder.glob("*.py"), *folder.parent.glob("*.py"))):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:20]
