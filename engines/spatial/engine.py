"""The spatial growth model as an engine: draws and scenarios in, maps and indicators out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ..interface import (
    BASELINE,
    Draws,
    Factor,
    Memory,
    Output,
    Provenance,
    Scenario,
    Shock,
    Solution,
    Steps,
    Switch,
    unknown,
)
from ..labelled import out_of_bounds, solve_labelled
from ..outcome import Outcome
from .accounts import Accounts, accounts
from .calibration import Calibration, calibrate
from .dynamics import Path, simulate
from .geography import CostDraw, Geography, Kernel
from .indicators import Places
from .infrastructure import COEFFICIENTS, CostCoefficients
from .locations import Locations
from .outputs import Money, WorldSeries, compute
from .parameters import PARAMETERS, Exponents, Parameters, exponents, parameters_of, violated
from .policy import SHOCK_PARAMETERS, Change, changes_of, shock_faults

Floats = NDArray[np.float64]

NUMBERS_VERSION = 3
CALIBRATED, SOLVED = 1e-10, 5e-9


class Key(NamedTuple):
    """What draws that are solved together have in common."""

    costs: CostDraw
    changes: tuple[tuple[Change, ...], ...]
    unfinished_only: bool


class Lanes(NamedTuple):
    """Draws that share a kernel, ready to be solved."""

    parameters: Parameters
    exponents: Exponents
    world: Locations
    calibration: Calibration


class Solved(NamedTuple):
    """One path of some lanes and what it means."""

    path: Path
    accounts: Accounts
    world: WorldSeries


@dataclass(frozen=True)
class SpatialEngine:
    """See `cordillera.engine`.

    `held` keeps the fundamentals of the default draw in every draw; `tolerance` bounds the residual of every year.
    """

    case: str
    identity: str
    geography: Geography
    places: Mapping[bool, Places]
    money: Money | None
    years: int
    held: bool
    run_seconds: float
    memory: Memory
    factors: Mapping[str, Factor]
    scenarios: Mapping[str, Scenario]
    outputs: Mapping[str, Output]
    coords: Mapping[str, Sequence[str] | Sequence[int]]
    provenance: Provenance
    income_gradient: float
    whole_host: bool
    switches: Sequence[Switch] = ()
    tolerance: float = SOLVED
    name: str = "spatial"
    numbers_version: int = NUMBERS_VERSION
    shock_parameters: Mapping[str, str] = field(default_factory=lambda: SHOCK_PARAMETERS)

    def prepare(self, progress: Steps | None = None) -> None:
        """Solve the costs of the world, where no run has done so yet."""
        self.geography.prepare(progress)

    def seconds_to_prepare(self) -> float:
        """About how long one core needs for what `prepare` does; 0 once it is done on this machine."""
        return self.geography.seconds_to_prepare()

    def solve_draws(
        self, draws: Draws, scenarios: Sequence[Scenario], outputs: Sequence[str] | None = None
    ) -> Solution:
        """Every draw under the baseline and each scenario; draws with one kernel are solved side by side."""
        wanted = list(outputs or self.outputs)
        values = self._columns(draws)
        rows = len(draws.values)
        solution = self._empty(wanted, [BASELINE, *(scenario.name for scenario in scenarios)], rows)
        refused = self._refusals(values, scenarios)
        solution.outcome[:, list(refused)] = Outcome.INFEASIBLE
        keys = {row: self._key(values, row, scenarios) for row in range(rows) if row not in refused}
        for key in dict.fromkeys(keys.values()):
            same = [row for row, other in keys.items() if other == key]
            for first in range(0, len(same), self.geography.lanes):
                chosen = np.array(same[first : first + self.geography.lanes])
                # Always as many lanes, so that every sum is made in one way: the last draw fills those that are left.
                lanes = chosen[np.minimum(np.arange(self.geography.lanes), len(chosen) - 1)]
                self._solve(key, {name: column[lanes] for name, column in values.items()}, chosen, wanted, solution)
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
        """Rows with a factor outside its bounds, a condition of the model that is broken, or a kernel out of reach."""
        reasons = out_of_bounds(self.factors, draws)
        for row, text in self._refusals(self._columns(draws), scenarios).items():
            reasons.setdefault(row, text)
        return reasons

    def shock_faults(self, shock: Shock) -> dict[str, str]:
        """Limits of a shock that a project cannot have, in words by key."""
        return shock_faults(shock)

    def _columns(self, draws: Draws) -> dict[str, Floats]:
        values = {name: np.full(len(draws.values), factor.default) for name, factor in self.factors.items()}
        for i, name in enumerate(draws.factors):
            if name not in values:
                raise unknown("factor", name, list(values))
            values[name] = draws.values[:, i]
        return values

    def _refusals(self, values: Mapping[str, Floats], scenarios: Sequence[Scenario]) -> dict[int, str]:
        """Rows that cannot be solved, each with the reason."""
        found = violated(parameters_of(values))
        for row in range(len(values["theta"])):
            key = self._key(values, row, scenarios)
            reason = self.geography.refusal(key.costs, key.changes)
            if reason:
                found.setdefault(row, reason)
        return found

    def _key(self, values: Mapping[str, Floats], row: int, scenarios: Sequence[Scenario]) -> Key:
        """What decides the kernels of a draw, and which cells its results are of."""
        draw = {name: float(column[row]) for name, column in values.items()}
        known = zip(COEFFICIENTS, self.geography.central, strict=True)
        coefficients = CostCoefficients(*(draw.get(name, default) for name, default in known))
        costs = CostDraw(draw["theta"] * draw["upsilon"], draw["within_cell"], coefficients)
        return Key(costs, tuple(changes_of(scenario, draw) for scenario in scenarios), bool(draw.get("stretch", 0.0)))

    def _solve(
        self,
        key: Key,
        values: Mapping[str, Floats],
        rows: NDArray[np.intp],
        wanted: Sequence[str],
        solution: Solution,
    ) -> None:
        """Fill the rows of draws that share their kernels."""
        costs, changes, unfinished_only = key
        places = self.places[unfinished_only]
        kernel = self.geography.baseline(costs)
        lanes = self._calibrated(values, kernel, costs)
        base = self._path(lanes, kernel, None)
        self._store(lanes, base, base, places, 0, rows, wanted, solution)
        for place, change in enumerate(changes, start=1):
            after = self.geography.policy(kernel, costs, change)
            solved = base if after is kernel else self._path(lanes, after, base.path)
            self._store(lanes, solved, base, places, place, rows, wanted, solution)

    def _calibrated(self, values: Mapping[str, Floats], kernel: Kernel, costs: CostDraw) -> Lanes:
        p = parameters_of(values)
        e = exponents(p)
        world = self.geography.locations(values["income_gradient"] - self.income_gradient)
        if self.held:
            return self._held(p, e, costs)
        start = np.zeros((len(world.land), len(p.theta)))
        return Lanes(p, e, world, calibrate(p, e, world, kernel.product, start, CALIBRATED))

    def _held(self, p: Parameters, e: Exponents, costs: CostDraw) -> Lanes:
        """The fundamentals of the default draw, under the parameters of each lane."""
        default = {name: np.full(len(p.theta), factor.default) for name, factor in self.factors.items()}
        central = CostDraw(
            float(default["theta"][0] * default["upsilon"][0]),
            float(default["within_cell"][0]),
            self.geography.central,
        )
        kernel = self.geography.baseline(central)
        base = parameters_of(default)
        world = self.geography.locations(np.zeros(len(p.theta)))
        start = np.zeros((len(world.land), len(p.theta)))
        return Lanes(p, e, world, calibrate(base, exponents(base), world, kernel.product, start, CALIBRATED))

    def _path(self, lanes: Lanes, kernel: Kernel, reference: Path | None) -> Solved:
        p, e, world, found = lanes
        path = simulate(p, e, world, found.fundamentals, kernel.product, self.years, self.tolerance, reference)
        levels = accounts(p, e, world, found.fundamentals, path, kernel.own, self.geography.region)
        return Solved(path, levels, world_series(lanes, path))

    def _empty(self, wanted: Sequence[str], names: Sequence[str], rows: int) -> Solution:
        for name in wanted:
            if name not in self.outputs:
                raise unknown("output", name, list(self.outputs))
        shape = (len(names), rows)
        arrays = {
            name: np.full(
                (*shape, *(len(self.coords[dim]) for dim in self.outputs[name].dims)), np.nan, self.outputs[name].dtype
            )
            for name in wanted
        }
        return Solution(
            tuple(names), arrays, np.zeros(shape, np.uint8), np.full(shape, np.inf), np.zeros(shape, np.int32)
        )

    def _store(
        self,
        lanes: Lanes,
        solved: Solved,
        base: Solved,
        places: Places,
        scenario: int,
        rows: NDArray[np.intp],
        wanted: Sequence[str],
        solution: Solution,
    ) -> None:
        with np.errstate(all="ignore"):
            arrays = compute(
                solved.accounts, base.accounts, solved.world, base.world, places, self.money, lanes.parameters.beta
            )
        used = slice(0, len(rows))
        residual = np.maximum(solved.path.residual, lanes.calibration.residual)[used]
        met = (solved.path.residual <= self.tolerance) & (lanes.calibration.residual <= CALIBRATED)
        outcome = np.where(met, Outcome.SOLVED, Outcome.NO_CONVERGENCE).astype(np.uint8)[used]
        outcome[~np.isfinite(residual)] = Outcome.NOT_FINITE
        for name in wanted:
            values = np.moveaxis(arrays[name], -1, 0)[: len(rows)]
            solution.outputs[name][scenario, rows] = values
            broken = ~np.isfinite(values.reshape(len(rows), -1)).all(axis=1)
            outcome[broken & (outcome == Outcome.SOLVED)] = Outcome.NOT_FINITE
        if scenario:
            outcome[solution.outcome[0, rows] != Outcome.SOLVED] = Outcome.BASELINE_FAILED
        solution.outcome[scenario, rows] = outcome
        solution.residual[scenario, rows] = residual
        solution.iterations[scenario, rows] = (solved.path.products + lanes.calibration.products)[used]
        for name in wanted:
            solution.outputs[name][scenario, rows[outcome != Outcome.SOLVED]] = np.nan


def world_series(lanes: Lanes, path: Path) -> WorldSeries:
    """Movers, growth and the inclusive value of the whole world, (4) and section 4.4 of the 2018 study."""
    p, _, _, found = lanes
    given = found.fundamentals
    people = np.exp(path.log_density + given.log_land)
    moved = np.maximum(np.diff(people, axis=0), 0.0).sum(axis=1) / people[0].sum(axis=0)
    income = np.exp(path.log_utility - given.log_amenity + p.lambda_ * path.log_density)
    product = (income * people).sum(axis=1)
    growth = product[1:] / product[:-1] - 1.0
    pull = (path.log_utility - given.log_migration_cost) / p.omega
    highest = pull.max(axis=1, keepdims=True)
    value = p.omega * (highest[:, 0] + np.log(np.exp(pull - highest).sum(axis=1)))
    none = np.zeros((1, people.shape[2]))
    unit = product[0] / people[0].sum(axis=0)
    moving, growing = (100.0 * np.concatenate([none, each]) for each in (moved, growth))
    return WorldSeries(moving, growing, value, income / unit, people)


__all__ = ["PARAMETERS", "SpatialEngine"]
