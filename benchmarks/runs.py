"""The runs that are timed: trade elasticities of every sector drawn about their published values."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from cordillera.engines import BASELINE, Draws, Scenario
from cordillera.engines.cge.engine import CgeEngine, Matrix
from cordillera.engines.cge.factors import base_state, behaviour, columns
from cordillera.engines.cge.parts import Behaviour, Schedule, State
from cordillera.engines.cge.program import Path
from cordillera.engines.cge.scenario import schedule
from cordillera.engines.lanes import LANES

SEED = 2002
POLICIES = ("coastal_boom", "transaction_costs", "social_transfers", "inland_productivity")
KINDS = ("armington", "transformation")


@dataclass(frozen=True)
class Group:
    """`LANES` draws under one scenario, with what the engine found."""

    behaviour: Behaviour
    schedule: Schedule
    start: State
    path: Path


@dataclass(frozen=True)
class Bench:
    """The engine, warm, with its central matrix and the scenarios of the study."""

    engine: CgeEngine

    @cached_property
    def matrix(self) -> Matrix:
        """The central matrix."""
        return self.engine.open_matrix(0)

    @cached_property
    def policies(self) -> list[Scenario]:
        """Scenarios beside the baseline."""
        return [self.engine.scenarios[name] for name in POLICIES]

    @cached_property
    def default(self) -> Group:
        """The baseline at the default of every factor."""
        return self._group(Draws((), np.zeros((LANES, 0))))[0]

    def draws(self, count: int, spread: float) -> Draws:
        """Every sector's two trade elasticities, uniform about the published ones by `spread`."""
        codes = [code for i, code in enumerate(self.engine.sets.sectors) if i != self.engine.sets.regional_trade]
        names = tuple(f"{kind}_{code}" for kind in KINDS for code in codes)
        generator = np.random.default_rng(SEED)
        return Draws(names, generator.uniform(1.0 - spread, 1.0 + spread, (count, len(names))))

    def groups(self, draws: Draws) -> list[list[Group]]:
        """Whole groups of draws, each under the baseline and every policy, started as the engine starts them."""
        return [
            self._group(Draws(draws.factors, draws.values[first : first + LANES]))
            for first in range(0, len(draws.values) - LANES + 1, LANES)
        ]

    def _group(self, draws: Draws) -> list[Group]:
        everybody = np.ones(LANES, dtype=bool)
        found: list[Group] = []
        shift = None
        for scenario in (Scenario(BASELINE, "Baseline"), *self.policies):
            given = self.inputs(draws, scenario)
            central = self.engine.central(self.matrix, scenario)
            start = np.zeros((*central.logs.shape, LANES)) if shift is None else shift
            path = self.matrix.program.solve(*given, central, start, everybody)
            found.append(Group(*given, path))
            if shift is None:
                shift = np.where(np.isfinite(path.residual)[:, None], path.logs - central.logs[..., None], 0.0)
        return found

    def inputs(self, draws: Draws, scenario: Scenario) -> tuple[Behaviour, Schedule, State]:
        """What the draws mean under a scenario."""
        e, b = self.engine, self.matrix.benchmark
        values = columns(e.factors, draws)
        return (
            behaviour(e.sets, e.settings, e.elasticity, b, values),
            schedule(e.sets, e.settings, b, e.years, values, scenario),
            base_state(b, len(draws.values)),
        )

    def state(self, path: Path, year: int, lane: int) -> State:
        """What a year inherited, as columns."""
        places = self.matrix.program.recorded
        return State(*(path.recorded[year, places[f.name], lane][:, None] for f in fields(State)))


def one(part: Behaviour | Schedule, lane: int, year: int | None = None) -> Behaviour | Schedule:
    """One run's vectors as columns, of one year where there are years."""
    vectors = (getattr(part, f.name) for f in fields(part))
    return type(part)(*((v if year is None else v[year])[:, lane : lane + 1] for v in vectors))


def shares(groups: Sequence[Sequence[Group]], tolerance: float) -> tuple[float, int]:
    """Share of runs in which some year needed more than Broyden's method, and the number of runs left unsolved."""
    paths = [group.path for scenarios in groups for group in scenarios]
    helped = np.concatenate([(path.method > 0).any(axis=0) for path in paths])
    unsolved = np.concatenate([~(path.residual <= tolerance).all(axis=0) for path in paths])
    return float(helped.mean()), int(unsolved.sum())
