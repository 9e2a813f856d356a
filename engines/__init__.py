"""Models: arrays in, arrays out. Nothing here knows of Dask, Zarr or sweeps."""

from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

from .interface import (
    BASELINE,
    Draws,
    Engine,
    Factor,
    Memory,
    Output,
    Provenance,
    Scenario,
    Shock,
    Solution,
    Steps,
    Switch,
    UnknownNameError,
    memory_of,
    shock_faults_of,
    unknown,
    uses_whole_host,
)
from .ishigami import IshigamiEngine
from .labelled import SolveError, resolve_scenarios
from .outcome import REMEDY, Outcome

__all__ = [
    "BASELINE",
    "REMEDY",
    "Draws",
    "Engine",
    "Factor",
    "Memory",
    "Outcome",
    "Output",
    "Provenance",
    "Scenario",
    "Shock",
    "Solution",
    "SolveError",
    "Steps",
    "Switch",
    "UnknownNameError",
    "engine",
    "memory_of",
    "resolve_scenarios",
    "shock_faults_of",
    "unknown",
    "uses_whole_host",
]


def _ishigami(case: str | None, **settings: object) -> Engine:
    return IshigamiEngine()


def _cge(case: str | None, **settings: object) -> Engine:
    # Imported when asked for: loading the compiled kernels takes longer than starting the command line.
    from .cge import build_engine

    return build_engine(case, **settings)


def _spatial(case: str | None, **settings: Any) -> Engine:
    from .spatial import build_engine, dataset_engine

    if "world" not in settings:
        return build_engine(case, **settings)
    if case is not None:
        raise ValueError(f"Give the case {case!r} or a world of your own, not both.")
    return dataset_engine(**settings)


def _builders() -> dict[str, Callable[..., Engine]]:
    """Built-in engines, and those that an installed package offers under `cordillera.engines`."""
    builders: dict[str, Callable[..., Engine]] = {"cge": _cge, "ishigami": _ishigami, "spatial": _spatial}
    for point in entry_points(group="cordillera.engines"):
        builders.setdefault(point.name, point.load())
    return builders


def engine(name: str, case: str | None = None, **settings: object) -> Engine:
    """A model with its case loaded.

    Parameters
    ----------
    name : str
        `cge`, `spatial`, `ishigami`, or an engine that another package registers under the entry point
        `cordillera.engines`.
    case : str, optional
        A bundled case or a path to a folder or workbook; the engine's built-in case if left out.
    **settings
        Structural switches of the engine, such as `set="base-year"`.

    Raises
    ------
    UnknownNameError
        If there is no such engine or case.
    """
    builders = _builders()
    if name not in builders:
        raise unknown("engine", name, list(builders))
    return builders[name](case, **settings)
