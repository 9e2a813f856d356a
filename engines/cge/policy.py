"""Policies of a case as scenarios of the engine."""

from dataclasses import asdict

from ...data import Case
from ...data.shock import ShockNames, place_faults
from .. import entry
from ..interface import Scenario, Shock
from .economy import Sets


def read_scenarios(case: Case) -> dict[str, Scenario]:
    """Policies of the case's `scenarios.toml`, which have been checked with its tables."""
    return {
        name: Scenario(
            name,
            entry.text(table, "label"),
            tuple(entry.shock(shock) for shock in entry.tables(table, "shocks")),
            str(table.get("description", "")),
        )
        for name, table in case.scenarios.items()
    }


def shock_faults(shock: Shock, sets: Sets, years: int) -> dict[str, str]:
    """What is wrong with where, when and by how much a shock acts, by key; see `cordillera.engines.Engine`."""
    sectors = list(dict.fromkeys([*sets.sectors, *sets.families, *sets.rows, *sets.parents]))
    return place_faults(asdict(shock), ShockNames(sets.regions, sectors, None, years))
