"""One draw in names, one labelled Dataset out: what `Engine.solve` does for every engine."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from .interface import BASELINE, Draws, Engine, Factor, Scenario, unknown
from .outcome import REMEDY, Outcome


class SolveError(RuntimeError):
    """A single run that was asked for by name did not solve."""


def solve_labelled(
    engine: Engine,
    values: Mapping[str, float] | None = None,
    scenarios: Sequence[str | Scenario] = (),
    outputs: Sequence[str] | None = None,
) -> xr.Dataset:
    """Solve one draw, given by name, under the baseline and `scenarios`.

    Parameters
    ----------
    engine : Engine
        The model.
    values : mapping of str to float
        Factors that differ from their defaults.
    scenarios : sequence of str or Scenario
        Names of the case's scenarios, or scenarios of your own.
    outputs : sequence of str, optional
        Names of the outputs wanted; all if left out.

    Returns
    -------
    xarray.Dataset
        One variable an output, with dimensions (scenario, ...), units and labels.

    Raises
    ------
    UnknownNameError
        If a factor, scenario or output does not exist.
    SolveError
        If a run does not solve; the message holds the remedy.
    """
    values = dict(values or {})
    for name in values:
        if name not in engine.factors:
            raise unknown("factor", name, list(engine.factors))
    wanted = list(engine.outputs) if outputs is None else list(outputs)
    for name in wanted:
        if name not in engine.outputs:
            raise unknown("output", name, list(engine.outputs))
    draws = Draws(tuple(values), np.array([list(values.values())], dtype=np.float64).reshape(1, len(values)))
    policies = resolve_scenarios(engine, scenarios)
    for reason in engine.infeasible(draws, policies).values():
        raise SolveError(reason)
    solution = engine.solve_draws(draws, policies, wanted)
    for label, outcome in zip(solution.scenarios, solution.outcome[:, 0], strict=True):
        if outcome != Outcome.SOLVED:
            state = Outcome(outcome)
            message = f"Scenario {label!r} ended as {state.name} with {values or 'default values'}. {REMEDY[state]}"
            raise SolveError(message)
    arrays = {
        name: (
            ("scenario", *engine.outputs[name].dims),
            solution.outputs[name][:, 0],
            {"units": engine.outputs[name].unit, "long_name": engine.outputs[name].label},
        )
        for name in wanted
    }
    coords = {dim: list(engine.coords[dim]) for name in wanted for dim in engine.outputs[name].dims}
    return xr.Dataset(arrays, coords={"scenario": list(solution.scenarios), **coords})


def out_of_bounds(factors: Mapping[str, Factor], draws: Draws) -> dict[int, str]:
    """Rows in which a factor lies outside the bounds that its model accepts, each with the first that does."""
    reasons: dict[int, str] = {}
    for i, name in enumerate(draws.factors):
        factor, column = factors[name], draws.values[:, i]
        for row in np.flatnonzero(~((column >= factor.low) & (column <= factor.high))):
            text = f"{name} = {column[row]:g} lies outside [{factor.low:g}, {factor.high:g}]; {factor.description}"
            reasons.setdefault(int(row), text)
    return reasons


def resolve_scenarios(engine: Engine, scenarios: Sequence[str | Scenario]) -> list[Scenario]:
    """Names and values alike as scenarios, the baseline left out."""
    resolved = []
    for item in scenarios:
        if isinstance(item, Scenario):
            resolved.append(item)
        elif item != BASELINE:
            if item not in engine.scenarios:
                raise unknown("scenario", item, list(engine.scenarios))
            resolved.append(engine.scenarios[item])
    return resolved
