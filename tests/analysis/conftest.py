"""Sweeps held in memory: a study of the Ishigami engine, with its own numbers or those of any function of the draws."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import cordillera
import numpy as np
import pytest
import xarray as xr
from cordillera.engines import Draws, Outcome, resolve_scenarios
from cordillera.sweeps import Study, block_count, block_rows, sample, study_from_text
from numpy.typing import NDArray

# Values in the unit cube (draw, factor) and the number of the scenario, to one number a draw.
Function = Callable[[NDArray[np.float64], int], NDArray[np.float64]]


@dataclass(frozen=True)
class MemorySweep:
    """What an analysis reads of a store, from arrays."""

    study: Study
    draws: Draws
    unit: Draws
    states: xr.DataArray
    results: Mapping[str, xr.DataArray]
    attrs: Mapping[str, object] = field(default_factory=dict)
    computed: Mapping[str, int] = field(default_factory=dict)

    @property
    def samples(self) -> int:
        return self.study.design.samples

    @property
    def block_rows(self) -> int:
        return block_rows(self.study)

    def design(self) -> Draws:
        return self.draws

    def unit_design(self) -> Draws:
        return self.unit

    def environments(self) -> Mapping[str, int]:
        return self.computed

    def outcome(self) -> xr.DataArray:
        return self.states

    def output(self, name: str) -> xr.DataArray:
        return self.results[name]


def study_text(design: str, factors: Sequence[str] = ("x1", "x2", "x3"), more: str = "") -> str:
    """A study of the Ishigami engine under the baseline and `steeper`."""
    tables = "\n".join(
        f'[factors.{name}]\ndistribution = "uniform"\nlow = -3.141592653589793\nhigh = 3.141592653589793'
        if name.startswith("x")
        else f'[factors.{name}]\ndistribution = "uniform"\nlow = 0.0\nhigh = 10.0'
        for name in factors
    )
    return f'name = "test"\nengine = "ishigami"\nscenarios = ["steeper"]\n[design]\n{design}\n{tables}\n{more}\n'


def memory_sweep(
    text: str,
    function: Function | None = None,
    failed: Sequence[tuple[str, int, Outcome]] = (),
) -> MemorySweep:
    """A finished sweep. `function` gives the output `y`; the engine solves if it is left out."""
    study = study_from_text(text)
    rows = sample(study, 0, block_count(study))
    names = tuple(factor.name for factor in study.factors)
    engine = cordillera.engine("ishigami")
    scenarios = resolve_scenarios(engine, study.scenarios)
    solved = engine.solve_draws(Draws(names, rows.value), scenarios)
    values = dict(solved.outputs)
    if function is not None:
        values["y"] = np.stack([function(rows.unit, i) for i in range(len(solved.scenarios))])
    labels = {"scenario": list(solved.scenarios), "draw": np.arange(len(rows.unit))}
    states = xr.DataArray(solved.outcome.copy(), dims=("scenario", "draw"), coords=labels)
    results = {}
    for name in study.outputs:
        dims = engine.outputs[name].dims
        coords = labels | {dim: list(engine.coords[dim]) for dim in dims}
        attrs = {"units": "points", "long_name": engine.outputs[name].label}
        results[name] = xr.DataArray(
            values[name].copy(), dims=("scenario", "draw", *dims), coords=coords, name=name, attrs=attrs
        )
    for scenario, draw, state in failed:
        states.loc[{"scenario": scenario, "draw": draw}] = state
        for array in results.values():
            array.loc[{"scenario": scenario, "draw": draw}] = np.nan
    return MemorySweep(study, Draws(names, rows.value), Draws(names, rows.unit), states, results)


@pytest.fixture
def make_sweep() -> Callable[..., MemorySweep]:
    """`memory_sweep`, which solves a study in memory."""
    return memory_sweep


@pytest.fixture
def make_text() -> Callable[..., str]:
    """`study_text`, the text of a small study."""
    return study_text


@pytest.fixture(scope="session")
def ishigami() -> MemorySweep:
    """The Ishigami function over 1024 base points with second order."""
    return memory_sweep(study_text('method = "sobol"\nsamples = 1024\nseed = 11\nsecond_order = true'))
