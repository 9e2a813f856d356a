"""Where compiled kernels are kept between processes.

Numba keeps compiled functions beside the source and looks only at the file of the function itself: it does not see
that a function in another file, which was compiled into it, has changed. So the folder is named by a hash of all
sources of an engine, and a changed engine starts with an empty one.
"""

import hashlib
import importlib.metadata
from collections.abc import Iterator
from contextlib import contextmanager
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
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError:
        # No place to keep anything: numba then looks for one by itself, or compiles in every process.
        yield
        return
    settings["CACHE_DIR"] = str(target)
    try:
        yield
    finally:
        settings["CACHE_DIR"] = before


def source_hash(folder: Path) -> str:
    """Hash of the Python sources of a folder and of the one above, and of the compiler's versions."""
    digest = hashlib.sha256()
    for package in ("numba", "llvmlite", "numpy"):
        digest.update(importlib.metadata.version(package).encode())
    for file in sorted((*folder.glob("*.py"), *folder.parent.glob("*.py"))):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:20]
