"""Scenarios of a study: names of the case's, or policies of its own as shocks or as sums of others."""

from collections.abc import Mapping

from ..engines import BASELINE, Engine, Scenario, Shock, shock_faults_of
from .fault import Fault, shown, unknown_fault
from .specification import ScenarioTable, ShockTable, joined, validated

_FORM = "must be a list of names and tables, or tables [scenarios.NAME]"


def resolve_policies(raw: object, engine: Engine, faults: list[Fault]) -> tuple[Scenario, ...]:
    """The scenarios of a study, without the baseline.

    Parameters
    ----------
    raw : object
        What the file says: nothing (all of the case's), a list of names and of tables with a `name`, or a table of
        tables; a table without contents stands for the case's scenario of that name.
    engine : Engine
        Whose scenarios, shock parameters, factors and regions are allowed.
    faults : list of Fault
        What is wrong is appended.
    """
    if raw is None:
        return tuple(scenario for name, scenario in engine.scenarios.items() if name != BASELINE)
    entries = _entries(raw, faults)
    own = {name: (path, table) for path, name, table in entries if table is not None}
    resolved: dict[str, Scenario | None] = {}
    order: dict[str, str] = {}
    for path, name, table in entries:
        if name in order:
            faults.append(Fault(path, f"scenario {name!r} stands here a second time; it is at {order[name]} already"))
        order.setdefault(name, path)
        if table is not None and name == BASELINE:
            faults.append(Fault(path, f"{name!r} is the run without any policy; give yours another name"))
        elif table is not None and name in engine.scenarios:
            faults.append(Fault(path, f"{name!r} is a scenario of the case; give yours another name"))
    for path, name, _ in entries:
        _resolve(name, path, own, engine, resolved, (), faults)
    names = [name for name in order if name != BASELINE]
    return tuple(scenario for name in names if (scenario := resolved[name]) is not None)


Entry = tuple[str, str, ScenarioTable | None]


def _entries(raw: object, faults: list[Fault]) -> list[Entry]:
    """Path, name and own table of every entry."""
    found: list[Entry] = []
    if isinstance(raw, Mapping):
        for name, table in raw.items():
            path = joined("scenarios", str(name))
            if table == {}:
                found.append((path, str(name), None))
            elif isinstance(table, Mapping) and "name" in table:
                faults.append(Fault(joined(path, "name"), f"the name is {name!r} already; leave this out"))
            elif isinstance(table, Mapping):
                _add_own({"name": str(name), **table}, path, found, faults)
            else:
                faults.append(Fault(path, f"must be a table, not {shown(table)}"))
    elif isinstance(raw, list):
        for i, item in enumerate(raw):
            path = joined("scenarios", i)
            if isinstance(item, str):
                found.append((path, item, None))
            elif isinstance(item, Mapping) and set(item) == {"name"} and isinstance(item["name"], str):
                found.append((path, item["name"], None))
            else:
                _add_own(item, path, found, faults)
    else:
        faults.append(Fault("scenarios", f"{_FORM}, not {shown(raw)}"))
    return found


def _add_own(item: object, path: str, found: list[Entry], faults: list[Fault]) -> None:
    table = validated(ScenarioTable, item, path, faults)
    if table is not None:
        found.append((path, table.name, table))


def _resolve(
    name: str,
    path: str,
    own: Mapping[str, tuple[str, ScenarioTable]],
    engine: Engine,
    resolved: dict[str, Scenario | None],
    above: tuple[str, ...],
    faults: list[Fault],
) -> Scenario | None:
    """One scenario by name; the result is kept in `resolved` so that a fault is told once."""
    if name in above:
        faults.append(Fault(path, f"scenarios combine in a circle: {' -> '.join((*above, name))}"))
        return None
    if name in resolved:
        return resolved[name]
    if name == BASELINE:
        resolved[name] = Scenario(BASELINE, "Baseline")
    elif name in own:
        here, table = own[name]
        if table.combine is not None:
            combined = [
                _resolve(part, joined(here, "combine", i), own, engine, resolved, (*above, name), faults)
                for i, part in enumerate(table.combine)
            ]
            parts = [part for part in combined if part is not None]
            resolved[name] = _sum(table, parts) if len(parts) == len(combined) else None
        else:
            shocks = [
                _shock(raw, joined(here, "shocks", i), name, engine, faults) for i, raw in enumerate(table.shocks or [])
            ]
            kept = tuple(shock for shock in shocks if shock is not None)
            resolved[name] = Scenario(name, table.label or name, kept, table.description)
    elif name in engine.scenarios:
        resolved[name] = engine.scenarios[name]
    else:
        faults.append(unknown_fault(path, "scenario", name, sorted({*engine.scenarios, *own})))
        resolved[name] = None
    return resolved[name]


def _sum(table: ScenarioTable, parts: list[Scenario]) -> Scenario:
    label = table.label or " + ".join(part.label for part in parts)
    return Scenario(table.name, label, tuple(shock for part in parts for shock in part.shocks), table.description)


def _shock(raw: object, path: str, scenario: str, engine: Engine, faults: list[Fault]) -> Shock | None:
    table = validated(ShockTable, raw, path, faults)
    if table is None:
        return None
    if table.parameter not in engine.shock_parameters:
        allowed = list(engine.shock_parameters)
        faults.append(unknown_fault(joined(path, "parameter"), "parameter", table.parameter, allowed))
    for key, amount in (("value", table.value), ("scale", table.scale)):
        if isinstance(amount, str) and amount not in engine.factors:
            faults.append(unknown_fault(joined(path, key), "factor", amount, list(engine.factors)))
    shock = Shock(
        parameter=table.parameter,
        change=table.change,
        value=_amount(table.value),
        region=table.region,
        sectors=tuple(table.sectors),
        first_year=table.first_year,
        last_year=table.last_year,
        scale=_amount(table.scale),
        complement=table.complement,
    )
    told = shock_faults_of(engine, shock)
    if told is None:
        regions = [str(region) for region in engine.coords.get("region", ())]
        if shock.region is not None and shock.region not in regions:
            faults.append(unknown_fault(joined(path, "region"), "region", shock.region, regions))
    else:
        faults.extend(Fault(joined(path, key), f"in scenario {scenario!r}: {words}") for key, words in told.items())
    return shock


def _amount(value: float | str) -> float | str:
    """A number as a float: `2` and `2.0` are one policy, with one identity."""
    return value if isinstance(value, str) else float(value)
