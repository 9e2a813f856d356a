"""The engine for tests of survival, in reach of this process and of its children."""

import os
import sys
from pathlib import Path

import pytest

PLUGINS = str(Path(__file__).parents[1] / "plugins")
if PLUGINS not in sys.path:
    sys.path.insert(0, PLUGINS)


@pytest.fixture(autouse=True)
def plugins_for_children(monkeypatch: pytest.MonkeyPatch) -> None:
    inherited = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(part for part in (PLUGINS, inherited) if part))
