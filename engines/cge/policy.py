"""Policies of a case as scenarios of the engine."""

from collections.abc import Mapping, Sequence

from ...data import Case, CaseError, Fault
from .. import entry
from ..interface import Factor, Scenario, Shock, UnknownNameError, unknown
from .economy import Sets
from .scenario import BY_REGION, BY_SECTOR, SHOCK_PARAMETERS, sector_positions


def read_scenarios(case: Case, sets: Sets, factors: Mapping[str, Factor]) -> dict[str, Scenario]:
    """Policies of the case's `scenarios.toml`.

    Raises
    ------
    CaseError
        If a shock names a parameter, a factor or a sector that does not exist, or acts where or when it cannot.
    """
    years = entry.whole_number(case.meta, "years")
    scenarios, faults = {}, []
    for name, table in case.scenarios.items():
        shocks = []
        for i, shock in enumerate(entry.tables(table, "shocks")):
            made = entry.shock(shock)
            place = f"{name}.shocks[{i}]"
            faults += [Fault("scenarios", words, column=place) for words in _unknown(made, factors)]
            faults += [
                Fault("scenarios", words, column=f"{place}.{key}")
                for key, words in shock_faults(made, sets, years).items()
            ]
            shocks.append(made)
        scenarios[name] = Scenario(name, entry.text(table, "label"), tuple(shocks), str(table.get("description", "")))
    if faults:
        raise CaseError(case.name, faults)
    return scenarios


def shock_faults(shock: Shock, sets: Sets, years: int) -> dict[str, str]:
    """What is wrong with where and when a shock acts, in words by key; see `cordillera.engines.Engine`."""
    found = {}
    known = shock.parameter in SHOCK_PARAMETERS
    if shock.region is not None and known and shock.parameter not in BY_REGION:
        found["region"] = _no_axis(shock, "region", shock.region, BY_REGION)
    elif shock.region is not None and shock.region not in sets.regions:
        found["region"] = str(unknown("region", shock.region, sets.regions))
    if shock.sectors and known and shock.parameter not in BY_SECTOR:
        found["sectors"] = _no_axis(shock, "sectors", list(shock.sectors), BY_SECTOR)
    else:
        for i, name in enumerate(shock.sectors):
            try:
                sector_positions(sets, (name,))
            except UnknownNameError as error:
                found[f"sectors[{i}]"] = str(error)
    if shock.first_year > years:
        found["first_year"] = f"{shock.first_year} is after the last year of the case; it must be from 1 to {years}"
    return found


def _no_axis(shock: Shock, key: str, value: object, allowed: Sequence[str]) -> str:
    return f"{value!r} is not allowed: {shock.parameter} has no {key}; leave it out. Allowed for {', '.join(allowed)}."


def _unknown(shock: Shock, factors: Mapping[str, Factor]) -> list[str]:
    """Names in a shock that the model does not have."""
    words = []
    if shock.parameter not in SHOCK_PARAMETERS:
        words.append(str(unknown("parameter", shock.parameter, list(SHOCK_PARAMETERS))))
    words += [
        str(unknown("factor", amount, list(factors)))
        for amount in (shock.value, shock.scale)
        if isinstance(amount, str) and amount not in factors
    ]
    return words
