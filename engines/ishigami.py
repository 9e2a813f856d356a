"""The Ishigami function as an engine: variance shares known in closed form, microseconds a run.

    y = sin(x1) + a sin(x2)^2 + b x3^4 sin(x1),   x1, x2, x3 uniform on [-pi, pi]

Ishigami and Homma (1990); a = 7 and b = 0.1 as in Sobol and Levitan (1999). It shows that an installation works and
is the oracle of the tests of designs, stores and indices.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import xarray as xr

from .interface import BASELINE, Draws, Factor, Memory, Output, Provenance, Scenario, Shock, Solution, Steps
from .labelled import solve_labelled
from .outcome import Outcome

_ANGLE = {
    name: Factor(name, "radian", 0.0, -np.pi, np.pi, f"Input {name} of the function", "Ishigami and Homma (1990)")
    for name in ("x1", "x2", "x3")
}
_SCALARS = {
    "a": Factor("a", "", 7.0, 0.0, 100.0, "Weight of sin(x2)^2", "Sobol and Levitan (1999)"),
    "b": Factor("b", "", 0.1, 0.0, 10.0, "Weight of x3^4 sin(x1)", "Sobol and Levitan (1999)"),
}
MEMORY = Memory(200_000_000)


@dataclass(frozen=True)
class IshigamiEngine:
    """The function under the baseline and under scenarios that change `a` or `b`."""

    name: str = "ishigami"
    case: str = "ishigami"
    numbers_version: int = 1
    identity: str = hashlib.sha256(b"ishigami").hexdigest()
    run_seconds: float = 1e-6
    memory: Memory = MEMORY
    factors: Mapping[str, Factor] = field(default_factory=lambda: _ANGLE | _SCALARS)
    scenarios: Mapping[str, Scenario] = field(
        default_factory=lambda: {
            "steeper": Scenario("steeper", "Twice the weight of x3", (Shock("b", "times", 2.0),)),
        }
    )
    shock_parameters: Mapping[str, str] = field(default_factory=lambda: {"a": "weight", "b": "weight"})
    outputs: Mapping[str, Output] = field(
        default_factory=lambda: {
            "y": Output("y", (), "", "Value of the function"),
            "terms": Output("terms", ("term",), "", "The three terms of the sum"),
        }
    )
    coords: Mapping[str, Sequence[str]] = field(default_factory=lambda: {"term": ("first", "second", "third")})
    provenance: Provenance = field(default_factory=lambda: Provenance("Ishigami and Homma (1990)", "public domain"))

    def prepare(self, progress: Steps | None = None) -> None:
        """Nothing takes long."""

    def solve_draws(
        self, draws: Draws, scenarios: Sequence[Scenario], outputs: Sequence[str] | None = None
    ) -> Solution:
        """The function at every draw, under the baseline and each scenario."""
        count = len(draws.values)
        column = {name: np.full(count, factor.default) for name, factor in self.factors.items()}
        column.update({name: draws.values[:, i] for i, name in enumerate(draws.factors)})
        terms = np.stack([_terms(column, scenario) for scenario in (Scenario(BASELINE, "Baseline"), *scenarios)])
        arrays = {"y": terms.sum(axis=-1), "terms": terms}
        shape = terms.shape[:2]
        outcome = np.where(np.isfinite(arrays["y"]), Outcome.SOLVED, Outcome.NOT_FINITE).astype(np.uint8)
        return Solution(
            (BASELINE, *(scenario.name for scenario in scenarios)),
            {name: arrays[name] for name in (outputs or self.outputs)},
            outcome,
            np.zeros(shape),
            np.zeros(shape, dtype=np.int32),
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
        """Rows with an angle outside [-pi, pi]."""
        reasons = {}
        for i, name in enumerate(draws.factors):
            factor = self.factors[name]
            outside = np.flatnonzero((draws.values[:, i] < factor.low) | (draws.values[:, i] > factor.high))
            reasons.update({int(row): f"{name} is outside [{factor.low:g}, {factor.high:g}]" for row in outside})
        return reasons


def _terms(column: Mapping[str, np.ndarray], scenario: Scenario) -> np.ndarray:
    weight = {"a": column["a"], "b": column["b"]}
    for shock in scenario.shocks:
        value = column[shock.value] if isinstance(shock.value, str) else shock.value
        old = weight[shock.parameter]
        weight[shock.parameter] = {"add": old + value, "times": old * value, "set": 0 * old + value}[shock.change]
    wave = np.sin(column["x1"])
    return np.stack([wave, weight["a"] * np.sin(column["x2"]) ** 2, weight["b"] * column["x3"] ** 4 * wave], axis=-1)
