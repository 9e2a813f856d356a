"""The model of Peru opened once, and its solved paths as columns (entry, year x run) for laws to be tested on."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import cordillera
import numpy as np
import pytest
from cordillera.engines import BASELINE, Draws, Scenario
from cordillera.engines.cge.engine import CgeEngine, Matrix
from cordillera.engines.cge.factors import base_state, behaviour, columns
from cordillera.engines.cge.parts import Behaviour, Rules, Schedule, State, Year
from cordillera.engines.cge.primal import (
    Calibration,
    Structure,
    calibrate,
    given_of,
    residual,
    structure_of,
    variables_of,
)
from cordillera.engines.cge.program import LANES, Path, record
from cordillera.engines.cge.scenario import schedule
from cordillera.engines.cge.year import solve_year

STATES = tuple(field.name for field in fields(State))
# Wide ranges, well beyond those of the bundled study.
RANGES = {
    **{f"{kind}_{family}": (0.4, 2.0) for kind in ("armington", "transformation") for family in (
        "agriculture", "mining", "manufacturing", "services",
    )},
    "armington_maize": (0.5, 1.5),
    "transformation_food": (0.5, 1.5),
    "factor_substitution": (0.5, 1.6),
    "frisch": (0.7, 2.0),
    "income_elasticity_spread": (0.0, 1.6),
    "migration_elasticity": (0.0, 0.4),
    "dependents_share": (0.0, 1.0),
    "investment_mobility_regions": (0.2, 3.0),
    "investment_mobility_sectors": (0.0, 1.5),
    "depreciation": (0.03, 0.08),
    "factor_growth": (0.0, 0.03),
    "tfp_growth": (0.0, 0.02),
    "transaction_cost_tfp": (0.0, 0.15),
    "transaction_cost_cut": (0.0, 0.6),
    "tfp_investment_elasticity": (0.0, 1.5),
    "transfer": (0.0, 3000.0),
    "foreign_saving_growth": (-0.03, 0.06),
}  # fmt: skip


@dataclass(frozen=True, repr=False)
class Inputs:
    """What a group of runs is solved from."""

    behaviour: Behaviour
    schedule: Schedule
    state: State


@dataclass(frozen=True, repr=False)
class Columns:
    """All years of all runs side by side, (entry, year x run)."""

    behaviour: Behaviour
    schedule: Schedule
    state: State
    logs: np.ndarray
    year: Year
    path: Path

    @staticmethod
    def by_year(values: np.ndarray) -> np.ndarray:
        """A vector as (entry, year, run)."""
        return values.reshape(len(values), -1, LANES)


@dataclass(frozen=True, repr=False)
class World:
    """An engine and one of its matrices, possibly under other rules than the engine's own."""

    engine: CgeEngine
    matrix: Matrix

    def under(self, **changes: object) -> "World":
        """The same economy with some rules changed."""
        rules: Rules = replace(self.matrix.program.rules, **changes)
        start = self.inputs(Draws((), np.zeros((LANES, 0))))
        program = record(self.matrix.program.base, rules, start.behaviour, start.schedule, start.state)
        return World(self.engine, Matrix(self.matrix.benchmark, program))

    def scenario(self, name: str = BASELINE) -> Scenario:
        """A scenario of the case by name, or the baseline."""
        return Scenario(BASELINE, "Baseline") if name == BASELINE else self.engine.scenarios[name]

    def inputs(self, draws: Draws, name: str = BASELINE) -> Inputs:
        """Vectors of the runs under a scenario."""
        e, b = self.engine, self.matrix.benchmark
        draw = columns(e.factors, draws)
        return Inputs(
            behaviour(e.sets, e.settings, e.elasticity, b, draw),
            schedule(e.sets, e.settings, b, e.years, draw, self.scenario(name)),
            base_state(b, len(draws.values)),
        )

    def first_year(self, draws: Draws, name: str = BASELINE) -> Inputs:
        """The same with the schedule of the base year alone, (entry, run)."""
        given = self.inputs(draws, name)
        first = Schedule(*(getattr(given.schedule, f.name)[0] for f in fields(Schedule)))
        return replace(given, schedule=first)

    def path(self, draws: Draws, name: str = BASELINE, central=None) -> Path:
        """The solved path of one group of runs, started from the central one."""
        given = self.inputs(draws, name)
        start = central or self.engine.central(self.matrix, self.scenario(name))
        shift = np.zeros((*start.logs.shape, LANES))
        everybody = np.ones(LANES, dtype=bool)
        return self.matrix.program.solve(given.behaviour, given.schedule, given.state, start, shift, everybody)

    def recorded(self, path: Path, name: str) -> np.ndarray:
        """A named vector of a path, (year, entry, run)."""
        return path.recorded[:, self.matrix.program.recorded[name]]

    def columns(self, draws: Draws, name: str = BASELINE) -> Columns:
        """Years and runs side by side, each year evaluated with numpy at what the kernel found."""
        program = self.matrix.program
        path, given = self.path(draws, name), self.inputs(draws, name)
        years = len(path.logs)
        repeated = Behaviour(*(np.tile(getattr(given.behaviour, f.name), years) for f in fields(Behaviour)))
        each = Schedule(*(flat(getattr(given.schedule, f.name)) for f in fields(Schedule)))
        state = State(*(flat(self.recorded(path, field)) for field in STATES))
        logs = flat(path.logs)
        year = solve_year(program.base, program.rules, repeated, each, state, logs)
        return Columns(repeated, each, state, logs, year, path)

    def structure(self) -> Structure:
        """Places of the full model."""
        return structure_of(self.matrix.benchmark, self.matrix.program.rules)

    def primal(self, at: Columns) -> tuple[Structure, Calibration, dict[str, np.ndarray]]:
        """The full model's residuals, by equation."""
        s = self.structure()
        p = calibrate(s, at.behaviour)
        v = variables_of(s, 1.0 - at.behaviour.factor, at.state, at.schedule.tfp, at.year)
        return s, p, residual(s, p, given_of(s, at.schedule, at.state), v)


def flat(values: np.ndarray) -> np.ndarray:
    """(year, entry, run) as (entry, year x run)."""
    return np.ascontiguousarray(np.moveaxis(values, 0, 1).reshape(values.shape[1], -1))


def wide_draws(count: int, seed: int, ranges: dict[str, tuple[float, float]] = RANGES) -> Draws:
    """Random draws over wide ranges."""
    generator = np.random.default_rng(seed)
    low, high = np.array(list(ranges.values())).T
    values = generator.uniform(low, high, (count, len(ranges)))
    return Draws(tuple(ranges), values)


@pytest.fixture(scope="session")
def peru() -> CgeEngine:
    return cordillera.engine("cge", case="peru-2002")


@pytest.fixture(scope="session")
def world(peru: CgeEngine) -> World:
    return World(peru, peru.open_matrix(0))


@pytest.fixture(scope="session")
def draw_widely() -> Callable[[int, int], Draws]:
    return wide_draws


@pytest.fixture(scope="session")
def mixed(peru: CgeEngine) -> Draws:
    """One group of runs: the defaults, then random draws over wide ranges."""
    drawn = wide_draws(LANES, seed=11)
    values = drawn.values.copy()
    values[0] = [peru.factors[name].default for name in drawn.factors]
    return Draws(drawn.factors, values)
