"""The world grid of the case `pacific-corridor`, built from packages of open data.

`python -m cordillera.data.world_build --sources DIR --out FOLDER` writes its files; `--reduced` holds those that come
with the case against two of the sources. Nothing of this is needed to run a model.
"""

from .build import build
from .check import Finding, check
from .source import MissingLibraryError, MissingSourceError, Sources

__all__ = ["Finding", "MissingLibraryError", "MissingSourceError", "Sources", "build", "check"]
