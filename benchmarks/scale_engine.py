"""An engine whose cost is set from outside, to measure what a sweep costs beside its runs.

The settings of the study, `run_seconds` and `cells`, decide how its store is laid out; the variable `SCALE_BUSY` says
how many seconds of processor time a run takes in fact, and is no part of the study. So the driver and the store can be
put through a plan of 2,000 seconds of work without doing it.
"""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import xarray as xr
from cordillera.engines import BASELINE, Draws, Engine, Factor, Outcome, Output, Provenance, Scenario, Shock, Solution
from cordillera.engines.labelled import solve_labelled
from numpy.typing import NDArray

FACTORS = tuple(f"x{i}" for i in range(1, 7))
BUSY = "SCALE_BUSY"
_STUDY = """
name = "scale"
engine = "scale"
settings = {{ run_seconds = {run_seconds!r}, cells = {cells} }}
scenarios = ["policy"]
{design}
"""
_FACTOR = """
[factors.{name}]
distribution = "uniform"
low = 0.0
high = 1.0
"""


def study_text(samples: int, *, run_seconds: float = 1e-3, cells: int = 0, method: str = "sobol") -> str:
    """A study of six factors and one policy: of `sobol` blocks of 8 draws and 16 runs, of `csv` the file `rows.csv`."""
    size = 'file = "rows.csv"' if method == "csv" else f"samples = {samples}\nseed = 7"
    design = f'[design]\nmethod = "{method}"\n{size}\n'
    head = _STUDY.format(run_seconds=run_seconds, cells=cells, design=design)
    return head + "".join(_FACTOR.format(name=name) for name in FACTORS)


@dataclass(frozen=True)
class ScaleEngine:
    """A sum of its factors, a table of twelve numbers and, where it is asked for, a map.

    Parameters
    ----------
    run_seconds : float
        Declared seconds of a run.
    cells : int
        Cells of the map, 4 bytes each in a run; no map if 0.
    """

    run_seconds: float = 1e-3
    cells: int = 0
    name: str = "scale"
    case: str = "scale"
    numbers_version: int = 1
    identity: str = "scale"
    provenance: Provenance = field(default_factory=lambda: Provenance("a benchmark", "public domain"))
    shock_parameters: Mapping[str, str] = field(default_factory=lambda: {"level": ""})

    @property
    def factors(self) -> Mapping[str, Factor]:
        """Six numbers between 0 and 1."""
        return {name: Factor(name, "", 0.5, 0.0, 1.0, f"Input {name}", "none") for name in FACTORS}

    @property
    def scenarios(self) -> Mapping[str, Scenario]:
        """One policy, which doubles everything."""
        return {"policy": Scenario("policy", "Twice as much", (Shock("level", "times", 2.0),))}

    @property
    def outputs(self) -> Mapping[str, Output]:
        """A number, a table and perhaps a map."""
        found = {
            "total": Output("total", (), "", "Weighted sum of the factors"),
            "parts": Output("parts", ("part",), "", "Twelve weighted factors"),
        }
        return found | ({"map": Output("map", ("cell",), "", "Map", dtype="float32")} if self.cells else {})

    @property
    def coords(self) -> Mapping[str, Sequence[str] | Sequence[int]]:
        """Labels of the table and of the map."""
        return {"part": [f"part_{i}" for i in range(12)], "cell": range(self.cells)}

    def prepare(self, progress: object = None) -> None:
        """Nothing takes long."""

    def solve_draws(
        self, draws: Draws, scenarios: Sequence[Scenario], outputs: Sequence[str] | None = None
    ) -> Solution:
        """The sums, after the processor time that the environment asks for."""
        shape = (1 + len(scenarios), len(draws.values))
        _work(float(os.environ.get(BUSY, "0")) * shape[0] * shape[1])
        columns = np.full((shape[1], len(FACTORS)), 0.5)
        columns[:, [FACTORS.index(name) for name in draws.factors]] = draws.values
        level = np.array([1.0, *(2.0 for _ in scenarios)])[:, None, None]
        parts = level * np.hstack([columns, columns**2]) / np.arange(1.0, 13.0)
        arrays: dict[str, NDArray[np.floating]] = {"total": parts.sum(axis=-1), "parts": parts}
        if self.cells:
            arrays["map"] = _map(level, columns, self.cells)
        return Solution(
            (BASELINE, *(scenario.name for scenario in scenarios)),
            {name: arrays[name] for name in (outputs or self.outputs)},
            np.full(shape, Outcome.SOLVED, dtype=np.uint8),
            np.zeros(shape),
            np.ones(shape, dtype=np.int32),
        )

    def solve(
        self,
        values: Mapping[str, float] | None = None,
        scenarios: Sequence[str | Scenario] = (),
        outputs: Sequence[str] | None = None,
    ) -> xr.Dataset:
        """One draw, labelled."""
        return solve_labelled(self, values, scenarios, outputs)

    def infeasible(self, draws: Draws, scenarios: Sequence[Scenario] = ()) -> dict[int, str]:
        """Every draw can be solved."""
        return {}


def build(case: str | None, **settings: float) -> Engine:
    """What the entry point names."""
    return ScaleEngine(**{"run_seconds": 1e-3} | settings)  # pyright: ignore[reportArgumentType]


def _work(seconds: float) -> None:
    """Keep the processor busy for so much of the time of this thread, whatever others of the process do."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def _map(level: NDArray[np.float64], columns: NDArray[np.float64], cells: int) -> NDArray[np.float32]:
    """A map whose cells each follow two of the factors."""
    place = np.arange(cells)
    weight = np.linspace(0.1, 1.0, cells).astype(np.float32)
    first, second = columns[:, place % 6].astype(np.float32), columns[:, (place // 6) % 6].astype(np.float32)
    mixed = level.astype(np.float32) * (weight * first + (1 - weight) * second)
    return mixed.astype(np.float32, copy=False)
