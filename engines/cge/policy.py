"""Policies of a case as scenarios of the engine."""

from collections.abc import Mapping

from ...data import Case, CaseError, Fault
from .. import entry
from ..interface import Factor, Scenario, Shock, UnknownNameError, unknown
from .economy import Sets
from .scenario import SHOCK_PARAMETERS, sector_positions


def read_scenarios(case: Case, sets: Sets, factors: Mapping[str, Factor]) -> dict[str, Scenario]:
    """Policies of the case's `scenarios.toml`.

    Raises
    ------
    CaseError
        If a shock names a parameter, a factor or a sector that does not exist.
    """
    scenarios, faults = {}, []
    for name, table in case.scenarios.items():
        shocks = []
        for i, shock in enumerate(entry.tables(table, "shocks")):
            made = entry.shock(shock)
            faults += [
                Fault("scenarios", fault, column=f"{name}.shocks[{i}]") for fault in _unknown(made, sets, factors)
            ]
            shocks.append(made)
        scenarios[name] = Scenario(name, entry.text(table, "label"), tuple(shocks), str(table.get("description", "")))
    if faults:
        raise CaseError(case.name, faults)
    return scenarios


def _unknown(shock: Shock, sets: Sets, factors: Mapping[str, Factor]) -> list[str]:
    """Names in a shock that the model does not have."""
    words = []
    if shock.parameter not in SHOCK_PARAMETERS:
        words.append(str(unknown("parameter", shock.parameter, list(SHOCK_PARAMETERS))))
    words += [
        str(unknown("factor", amount, list(factors)))
        for amount in (shock.value, shock.scale)
        if isinstance(amount, str) and amount not in factors
    ]
    try:
        sector_positions(sets, shock.sectors)
    except UnknownNameError as error:
        words.append(str(error))
    return words
