"""The root of the checkout is the package itself, which pytest would import a second time under the folder's name."""

from pathlib import Path

import pytest


class PlainRoot:
    """Collects the root of the checkout as a folder, not as a package."""

    @staticmethod
    def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        if path == parent.config.rootpath:
            return pytest.Dir.from_parent(parent, path=path)
        return None


def pytest_configure(config: pytest.Config) -> None:
    # Registered as a plugin because the hooks of this file are not asked about folders above it.
    config.pluginmanager.register(PlainRoot())
