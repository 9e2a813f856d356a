"""The same model with what a user would pick instead: CasADi with IPOPT on all equations, SciPy on the condensed ones.

Both are given every year's capital, workers and people by the engine, so that they solve equilibria and nothing else,
and both start each year from the solution of the year before. SciPy takes its own differences of the numpy equations.
"""

import time
from dataclasses import dataclass
from functools import cached_property

import casadi
import numpy as np
import scipy.optimize
from cordillera.engines.cge.primal import (
    EQUATIONS,
    Calibration,
    Given,
    as_vector,
    calibrate,
    from_vector,
    given_of,
    residual,
    structure_of,
    variables_of,
)
from cordillera.engines.cge.year import residuals, solve_year
from runs import Bench, Group, one

AGREEMENT = 1e-6
# With nothing to minimise the second derivatives add nothing; without them IPOPT is two to three times as fast.
IPOPT = {
    "print_time": False,
    "ipopt.print_level": 0,
    "ipopt.sb": "yes",
    "ipopt.tol": 1e-10,
    "ipopt.constr_viol_tol": 1e-10,
    "ipopt.hessian_approximation": "limited-memory",
}


@dataclass(frozen=True)
class FullModel:
    """All 1,593 equations as symbols, built once; parameters are inputs."""

    bench: Bench

    @cached_property
    def structure(self):
        """Places of the variables."""
        return structure_of(self.bench.matrix.benchmark, self.bench.matrix.program.rules)

    @cached_property
    def template(self) -> tuple[Calibration, Given]:
        """Parameters at their defaults, which give the lengths."""
        group = self.bench.default
        p = calibrate(self.structure, one(group.behaviour, 0))
        return p, given_of(self.structure, one(group.schedule, 0, 0), self.bench.state(group.path, 0, 0))

    @cached_property
    def scale(self) -> np.ndarray:
        """Base value of every variable, one where it is zero."""
        base = as_vector(self.template[0].base)
        return np.where(base == 0.0, 1.0, base)

    @cached_property
    def solver(self) -> casadi.Function:
        """IPOPT on a square system: nothing to minimise, every equation a constraint."""
        p, g = self.template
        unknown = casadi.SX.sym("x", len(self.scale))
        v = from_vector(p.base, _entries(unknown) * self.scale)
        lengths = [len(part) for part in (*p[1:], *g)]
        inputs = casadi.SX.sym("p", sum(lengths))
        parts = np.split(_entries(inputs), np.cumsum(lengths)[:-1])
        split = len(p) - 1
        left = residual(self.structure, Calibration(p.base, *parts[:split]), Given(*parts[split:]), v)
        equations = casadi.vertcat(*(entry for name in EQUATIONS for entry in left[name][:, 0]))
        return casadi.nlpsol("peru", "ipopt", {"x": unknown, "p": inputs, "f": 0, "g": equations}, IPOPT)

    def run(self, group: Group, lane: int) -> float:
        """Seconds for all years of one run.

        Raises
        ------
        RuntimeError
            If what it finds is not what the engine finds.
        """
        bench, s = self.bench, self.structure
        own = one(group.behaviour, lane)
        seconds, found = 0.0, np.ones(len(self.scale)) * (as_vector(self.template[0].base)[:, 0] != 0.0)
        for year in range(len(group.path.logs)):
            state, schedule = bench.state(group.path, year, lane), one(group.schedule, lane, year)
            began = time.perf_counter()
            p, g = calibrate(s, own), given_of(s, schedule, state)
            inputs = np.concatenate([part.ravel() for part in (*p[1:], *g)])
            found = np.array(self.solver(x0=found, p=inputs, lbg=0.0, ubg=0.0)["x"])[:, 0]
            seconds += time.perf_counter() - began
            solved = solve_year(
                bench.matrix.program.base, s.rules, own, schedule, state, group.path.logs[year, :, lane : lane + 1]
            )
            wanted = as_vector(variables_of(s, 1.0 - own.factor, state, schedule.tfp, solved))
            check("CasADi and IPOPT", found - (wanted / self.scale)[:, 0])
        return seconds


@dataclass(frozen=True)
class CondensedModel:
    """The 118 equations in numpy, for `scipy.optimize.root`."""

    bench: Bench

    def run(self, group: Group, lane: int) -> float:
        """Seconds for all years of one run; raises as `FullModel.run`."""
        program = self.bench.matrix.program
        own = one(group.behaviour, lane)
        # Levels, not logs: the differences that `hybr` takes are relative to an unknown, and logs begin at zero.
        seconds, found = 0.0, np.ones(program.layout.unknowns)
        for year in range(len(group.path.logs)):
            state, schedule = self.bench.state(group.path, year, lane), one(group.schedule, lane, year)

            def excess(levels: np.ndarray, state=state, schedule=schedule) -> np.ndarray:
                at = np.log(levels)[:, None]
                solved = solve_year(program.base, program.rules, own, schedule, state, at)
                return residuals(program.base, schedule, schedule.land, solved, at)[:, 0]

            began = time.perf_counter()
            found = scipy.optimize.root(excess, found, method="hybr", options={"xtol": 1e-10}).x
            seconds += time.perf_counter() - began
            check("scipy.optimize.root", found - np.exp(group.path.logs[year, :, lane]))
        return seconds


def check(name: str, difference: np.ndarray) -> None:
    """Raise if a peer's solution is not the engine's."""
    error = float(np.abs(difference).max())
    if not error < AGREEMENT:
        message = f"{name} and the engine differ by {error:.1e}, more than {AGREEMENT:.0e}; one of them is wrong."
        raise RuntimeError(message)


def _entries(vector: casadi.SX) -> np.ndarray:
    """A column of symbols as an array of objects, (entry, 1)."""
    out = np.empty((vector.numel(), 1), dtype=object)
    out[:, 0] = [vector[i] for i in range(vector.numel())]
    return out
