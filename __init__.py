"""Cordillera: run a policy model thousands of times and see how far its headline results can be trusted."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .engines import Scenario, Shock, engine
    from .sweeps import read_study
    from .verbs import open_store, run

__all__ = ["Scenario", "Shock", "engine", "open_store", "read_study", "run"]
__version__ = "0.1.0"

_HOMES = {
    "Scenario": ".engines",
    "Shock": ".engines",
    "engine": ".engines",
    "open_store": ".verbs",
    "read_study": ".sweeps",
    "run": ".verbs",
}


def __getattr__(name: str) -> object:
    # Imported when first used: `cordillera --help` must not wait for the models, and a worker needs no figures.
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(_HOMES[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
