"""What a policy does to a line through the world: which of its cells get cheaper to cross, and by how much."""

from collections.abc import Container, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..interface import Scenario, Shock
from .infrastructure import CostCoefficients, instantaneous_cost, with_crossing
from .world import Project, World

Floats = NDArray[np.float64]

# What a shock may change, with its unit.
SHOCK_PARAMETERS = {
    "cost_cut": "share by which a cell of the corridor gets cheaper to cross, from year 1 on",
    "crossing": "share of a corridor cell's sub-cells that a new line of the case's mode takes, from year 1 on",
}
# The last year of a shock without an end.
_FOREVER = 10_000
CROSSINGS = ("crossing_other", "crossing_none")


class ScenarioError(ValueError):
    """A scenario asks for what the model cannot do."""


class Change(NamedTuple):
    """One change of a project: `kind` is `cost_cut` or one of `CROSSINGS`."""

    kind: str
    unfinished_only: bool
    amount: float


def changes_of(scenario: Scenario, draw: Mapping[str, float]) -> tuple[Change, ...]:
    """What a scenario changes in a draw; amounts of one kind are added up, and those of no size left out.

    Raises
    ------
    ScenarioError
        If a shock has parts that a project cannot have.
    """
    faults = faults_of(scenario, draw)
    if faults:
        raise ScenarioError(f"Scenario {scenario.name!r} {'; it '.join(faults)}.")
    amounts: dict[str, float] = {}
    for shock in scenario.shocks:
        value = _number(shock.value, draw)
        value = 1.0 - value if shock.complement else value
        before = amounts.get(shock.parameter, 0.0)
        after = {"add": before + value, "times": before * value, "set": value}[shock.change]
        amounts[shock.parameter] = before + _number(shock.scale, draw) * (after - before)
    crossing = CROSSINGS[int(draw.get("crossing_from", 0.0))]
    kinds = {"cost_cut": "cost_cut", "crossing": crossing}
    unfinished = bool(draw.get("stretch", 0.0))
    return tuple(Change(kinds[name], unfinished, amount) for name, amount in amounts.items() if amount != 0.0)


def field_after(world: World, project: Project, coefficients: CostCoefficients, changes: Sequence[Change]) -> Floats:
    """Cost of a unit of distance in every cell of the grid once a project is there, (row, column)."""
    cell, shares = world.ground.cell, world.ground.infrastructure
    for change in changes:
        if change.kind in CROSSINGS:
            cells = cell[project.cells(change.unfinished_only)]
            shares = with_crossing(shares, cells, project.mode, change.amount, change.kind == CROSSINGS[0])
    field = instantaneous_cost(shares, coefficients)
    for change in changes:
        if change.kind == "cost_cut":
            field.flat[cell[project.cells(change.unfinished_only)]] *= 1.0 - change.amount
    return field


def faults_of(scenario: Scenario, factors: Container[str]) -> list[str]:
    """What a scenario asks for that a project cannot have, in words."""
    found: list[str] = []
    made: set[str] = set()
    for shock in scenario.shocks:
        if shock.parameter not in SHOCK_PARAMETERS:
            found.append(f"changes {shock.parameter!r}; a corridor knows {', '.join(SHOCK_PARAMETERS)}")
        if shock_faults(shock):
            found.append(
                "limits a shock to a region, sectors or years; a corridor is built as a whole before year 1, so leave "
                "region, sectors, first_year and last_year out"
            )
        if shock.change == "times" and shock.parameter not in made:
            found.append(f"multiplies {shock.parameter}, which is nothing without the project; use add")
        made.add(shock.parameter)
        found += [
            f"takes its size from {amount!r}, which is no factor"
            for amount in (shock.value, shock.scale)
            if isinstance(amount, str) and amount not in factors
        ]
    return found


def shock_faults(shock: Shock) -> dict[str, str]:
    """Limits of a shock that a project cannot have, in words by key; see `cordillera.engines.Engine`."""
    limits = {
        "region": shock.region is not None,
        "sectors": bool(shock.sectors),
        "first_year": shock.first_year > 1,
        "last_year": shock.last_year < _FOREVER,
    }
    return {
        key: f"{getattr(shock, key)!r} is not allowed: a corridor is built as a whole before year 1; leave it out"
        for key, limited in limits.items()
        if limited
    }


def _number(amount: float | str, draw: Mapping[str, float]) -> float:
    return draw[amount] if isinstance(amount, str) else float(amount)
