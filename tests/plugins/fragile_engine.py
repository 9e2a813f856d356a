"""An engine for tests of survival: the Ishigami function, which pauses, dies or raises where the environment says so.

`FRAGILE_PAUSE`: seconds that every draw takes. `FRAGILE_KILL_ABOVE`: a draw whose factors add up to more kills its
process. `FRAGILE_RAISE_ABOVE`: such a draw raises. `FRAGILE_HANG_ABOVE`: such a draw loops for ever in compiled code
and lets no other thread have a turn. None changes a number, so none is a setting of the study.
"""

import os
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat

import numpy as np
import xarray as xr
from cordillera.engines import Draws, Engine, Factor, Output, Provenance, Scenario, Solution, Steps, engine

_STUDY = """
name = "survival"
engine = "{engine}"
scenarios = ["steeper"]

[design]
method = "sobol"
samples = {samples}
seed = 3
"""
_FACTOR = """
[factors.{name}]
distribution = "uniform"
low = {low}
high = 3.0
"""


def study_text(samples: int = 16, engine: str = "fragile", low: float = -3.0) -> str:
    """A Sobol study of three factors and one scenario: blocks of 5 draws, 10 runs."""
    factors = (_FACTOR.format(name=name, low=low) for name in ("x1", "x2", "x3"))
    return _STUDY.format(engine=engine, samples=samples) + "".join(factors)


@dataclass(frozen=True)
class FragileEngine:
    """The Ishigami engine, wrapped."""

    inner: Engine = field(default_factory=lambda: engine("ishigami"))
    name: str = "fragile"
    case: str = "fragile"
    numbers_version: int = 1
    identity: str = "fragile"
    run_seconds: float = 0.02
    provenance: Provenance = field(default_factory=lambda: Provenance("a test", "public domain"))

    @property
    def factors(self) -> Mapping[str, Factor]:
        return self.inner.factors

    @property
    def scenarios(self) -> Mapping[str, Scenario]:
        return self.inner.scenarios

    @property
    def shock_parameters(self) -> Mapping[str, str]:
        return self.inner.shock_parameters

    @property
    def outputs(self) -> Mapping[str, Output]:
        return self.inner.outputs

    @property
    def coords(self) -> Mapping[str, Sequence[str] | Sequence[int]]:
        return self.inner.coords

    def prepare(self, progress: Steps | None = None) -> None:
        """Nothing takes long."""

    def solve_draws(
        self, draws: Draws, scenarios: Sequence[Scenario], outputs: Sequence[str] | None = None
    ) -> Solution:
        for row in range(len(draws.values)):
            time.sleep(float(os.environ.get("FRAGILE_PAUSE", "0")))
            total = draws.values[row].sum() if draws.factors else -np.inf
            if total > float(os.environ.get("FRAGILE_KILL_ABOVE", "inf")):
                os.kill(os.getpid(), signal.SIGKILL)
            if total > float(os.environ.get("FRAGILE_RAISE_ABOVE", "inf")):
                raise ArithmeticError(f"draw with a sum of {total:.3f}")
            if total > float(os.environ.get("FRAGILE_HANG_ABOVE", "inf")):
                sum(repeat(0))
        return self.inner.solve_draws(draws, scenarios, outputs)

    def solve(
        self,
        values: Mapping[str, float] | None = None,
        scenarios: Sequence[str | Scenario] = (),
        outputs: Sequence[str] | None = None,
    ) -> xr.Dataset:
        return self.inner.solve(values, scenarios, outputs)

    def infeasible(self, draws: Draws, scenarios: Sequence[Scenario] = ()) -> dict[int, str]:
        return self.inner.infeasible(draws)


def build(case: str | None, **settings: object) -> Engine:
    """What the entry point names."""
    return FragileEngine()
