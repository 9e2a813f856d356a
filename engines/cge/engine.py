"""The two-region model as an engine: draws and scenarios in, tables out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np
import xarray as xr

from ..interface import BASELINE, Draws, Factor, Memory, Output, Provenance, Scenario, Shock, Solution, Steps, Switch
from ..labelled import out_of_bounds, solve_labelled
from ..lanes import LANES
from ..outcome import Outcome
from .benchmark import Benchmark, Indices
from .economy import Floats, Sets, Settings
from .factors import base_state, behaviour, columns
from .outputs import compute
from .parts import Behaviour, Rules, Schedule, State
from .policy import shock_faults
from .program import CentralPath, Parts, Path, Program
from .scenario import SHOCK_PARAMETERS, schedule
from .verdict import classify

NUMBERS_VERSION = 2
MEMORY = Memory(500_000_000)


@dataclass(frozen=True)
class Matrix:
    """One social accounting matrix, ready to solve, with the central paths that have been asked for."""

    benchmark: Benchmark
    program: Program
    central: dict[Scenario, CentralPath] = field(default_factory=dict)


@dataclass(frozen=True)
class CgeEngine:
    """See `cordillera.engine`; `open_matrix` builds a matrix by its number and remembers it."""

    case: str
    identity: str
    sets: Sets
    settings: Settings
    rules: Rules
    elasticity: Floats
    years: int
    factors: Mapping[str, Factor]
    scenarios: Mapping[str, Scenario]
    outputs: Mapping[str, Output]
    coords: Mapping[str, Sequence[str] | Sequence[int]]
    provenance: Provenance
    open_matrix: "MatrixShelf"
    switches: Sequence[Switch] = ()
    name: str = "cge"
    numbers_version: int = NUMBERS_VERSION
    run_seconds: float = 2e-3
    memory: Memory = MEMORY
    shock_parameters: Mapping[str, str] = field(default_factory=lambda: SHOCK_PARAMETERS)

    def prepare(self, progress: Steps | None = None) -> None:
        """Nothing takes long."""

    def solve_draws(
        self, draws: Draws, scenarios: Sequence[Scenario], outputs: Sequence[str] | None = None
    ) -> Solution:
        """Every draw under the baseline and each scenario; draws of one matrix share its central paths."""
        wanted = list(outputs or self.outputs)
        values = columns(self.factors, draws)
        runs = len(draws.values)
        policies = (Scenario(BASELINE, "Baseline"), *scenarios)
        solution = self._empty(wanted, policies, runs)
        for number in np.unique(values["matrix"]):
            rows = np.flatnonzero(values["matrix"] == number)
            matrix = self.open_matrix(int(number))
            chosen = {name: column[rows] for name, column in values.items()}
            self._solve_matrix(matrix, chosen, policies, rows, wanted, solution)
        return solution

    def solve(
        self,
        values: Mapping[str, float] | None = None,
        scenarios: Sequence[str | Scenario] = (),
        outputs: Sequence[str] | None = None,
    ) -> xr.Dataset:
        """One draw, given by name, as a labelled Dataset."""
        return solve_labelled(self, values, scenarios, outputs)

    def infeasible(self, draws: Draws, scenarios: Sequence[Scenario] = ()) -> dict[int, str]:
        """Rows in which a factor lies outside its bounds."""
        return out_of_bounds(self.factors, draws)

    def shock_faults(self, shock: Shock) -> dict[str, str]:
        """What is wrong with the region, the sectors, the years and the amount of a shock, in words by key."""
        return shock_faults(shock, self.sets, self.years)

    def central(self, matrix: Matrix, scenario: Scenario) -> CentralPath:
        """The path with every factor at its default; a scenario that has none starts from the baseline's."""
        if scenario not in matrix.central:
            defaults = columns(self.factors, Draws((), np.zeros((LANES, 0))))
            path = matrix.program.central_path(*self._inputs(matrix, defaults, scenario))
            if not path.solved and scenario.shocks:
                path = self.central(matrix, Scenario(BASELINE, "Baseline"))
            matrix.central[scenario] = path
        return matrix.central[scenario]

    def _inputs(
        self, matrix: Matrix, draw: Mapping[str, Floats], scenario: Scenario
    ) -> tuple[Behaviour[Floats], Schedule[Floats], State[Floats]]:
        b = matrix.benchmark
        return (
            behaviour(self.sets, self.settings, self.elasticity, b, draw),
            schedule(self.sets, self.settings, b, self.years, draw, scenario),
            base_state(b, len(draw["matrix"])),
        )

    def _empty(self, wanted: Sequence[str], policies: Sequence[Scenario], runs: int) -> Solution:
        shape = (len(policies), runs)
        arrays = {
            name: np.full((*shape, *(len(self.coords[dim]) for dim in self.outputs[name].dims)), np.nan)
            for name in wanted
        }
        names = tuple(policy.name for policy in policies)
        return Solution(names, arrays, np.zeros(shape, np.uint8), np.full(shape, np.inf), np.zeros(shape, np.int32))

    def _solve_matrix(
        self,
        matrix: Matrix,
        draw: Mapping[str, Floats],
        policies: Sequence[Scenario],
        rows: Indices,
        wanted: Sequence[str],
        solution: Solution,
    ) -> None:
        """Fill the rows of one matrix. The last lanes of an incomplete group repeat its last run."""
        inputs = [self._inputs(matrix, draw, policy) for policy in policies]
        central = [self.central(matrix, policy) for policy in policies]
        for first in range(0, len(rows), LANES):
            lanes = np.minimum(np.arange(first, first + LANES), len(rows) - 1)
            kept = slice(first, min(first + LANES, len(rows)))
            shift = np.zeros((*central[0].logs.shape, LANES))
            going = np.arange(LANES) < kept.stop - first
            for s in range(len(policies)):
                behave, given, start = inputs[s]
                parts = _take(behave, lanes), _take(given, lanes), _take(start, lanes)
                path = matrix.program.solve(*parts, central[s], shift, going)
                self._store(matrix.program, path, s, rows[kept], wanted, solution)
                if s == 0:
                    going[: kept.stop - first] = solution.outcome[0, rows[kept]] == Outcome.SOLVED
                    shift = np.where(np.isfinite(path.residual)[:, None], path.logs - central[0].logs[..., None], 0.0)

    def _store(
        self,
        program: Program,
        path: Path,
        scenario: int,
        rows: Indices,
        wanted: Sequence[str],
        solution: Solution,
    ) -> None:
        used = len(rows)
        b = program.base.numbers
        recorded = {name: path.recorded[:, part] for name, part in program.recorded.items()}
        with np.errstate(all="ignore"):
            arrays = compute(self.sets, b, recorded, (1.0 + b.regional_margin, 1.0 + b.export_margin))
            outcome = classify(path.residual, arrays["investment"], recorded["rental"])[:used]
        for name in wanted:
            values = np.moveaxis(arrays[name], -1, 0)[:used]
            solution.outputs[name][scenario, rows] = values
            broken = ~np.isfinite(values.reshape(used, -1)).all(axis=1)
            outcome[broken & (outcome == Outcome.SOLVED)] = Outcome.NOT_FINITE
        if scenario:
            outcome[solution.outcome[0, rows] != Outcome.SOLVED] = Outcome.BASELINE_FAILED
        solution.outcome[scenario, rows] = outcome
        solution.residual[scenario, rows] = path.residual[:, :used].max(axis=0)
        solution.iterations[scenario, rows] = path.steps[:, :used].sum(axis=0)
        for name in wanted:
            solution.outputs[name][scenario, rows[outcome != Outcome.SOLVED]] = np.nan


class MatrixShelf:
    """Opens matrices by number and keeps those opened; what it returns depends on the number alone."""

    def __init__(self, build: Callable[[int], Matrix]) -> None:
        self._build = build
        self._opened: dict[int, Matrix] = {}

    def __call__(self, number: int) -> Matrix:
        if number not in self._opened:
            self._opened[number] = self._build(number)
        return self._opened[number]

    def __reduce__(self) -> tuple:
        return MatrixShelf, (self._build,)


def _take(part: Parts, lanes: Indices) -> Parts:
    """The lanes of every vector of a record."""
    return replace(part, **{f.name: np.ascontiguousarray(getattr(part, f.name)[..., lanes]) for f in fields(part)})
