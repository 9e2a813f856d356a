"""Structural switches and parameters of a case: a set of them, with what a study overrides."""

from collections.abc import Mapping

from ...data import Case, CaseError, Fault
from ...data.fault import nearest
from ...data.layout import setting_rules
from ...data.typed import parse_setting
from ..entry import texts
from ..interface import Switch, unknown
from .economy import Settings


def read_settings(case: Case, chosen: str | None, overrides: Mapping[str, object]) -> Settings:
    """Structural switches of a parameter set, with overrides.

    Raises
    ------
    UnknownNameError
        If the set or a switch does not exist.
    CaseError
        If a switch is given a value that it cannot have.
    """
    table = case.tables["scalars"].set_index("name")
    name = (chosen or str(case.meta["default_set"])).replace("-", "_")
    sets = parameter_sets(case)
    if name.replace("_", "-") not in sets:
        raise unknown("parameter set", name.replace("_", "-"), sets)
    settings: dict[str, float | str | bool] = dict(zip(table.index.tolist(), table[name].tolist(), strict=True))
    rules = setting_rules(texts(case.meta, "regions"))
    faults = []
    for key, value in overrides.items():
        if key not in rules:
            raise unknown("setting", key, list(rules))
        try:
            settings[key] = parse_setting(value, rules[key])
        except ValueError as error:
            faults.append(Fault("settings", str(error), column=key))
    if settings["allocation"] == "inertia" and overrides.get("mining_type"):
        words = (
            "does nothing under the allocation 'inertia', which knows regions only; set allocation to current or lagged"
        )
        faults.append(Fault("settings", words, column="mining_type"))
    endings = trade_patterns(case)
    if settings["trade_pattern"] not in endings:
        words = f"unknown pattern {settings['trade_pattern']!r}.{nearest(str(settings['trade_pattern']), endings)}"
        faults.append(Fault("settings", words, column="trade_pattern"))
    if faults:
        raise CaseError(case.name, faults)
    return settings


def list_switches(case: Case, settings: Settings) -> tuple[Switch, ...]:
    """Every setting of a case, as a study may give it."""
    rules = setting_rules(texts(case.meta, "regions"))
    patterns = "|".join(trade_patterns(case))
    return tuple(
        Switch(name, settings[name], _accepted(patterns if rule.kind == "label" else rule.kind), rule.meaning)
        for name, rule in rules.items()
    )


def _accepted(kind: str) -> str:
    """The values of a setting in words."""
    if kind == "flag":
        return "true or false"
    return kind.replace("|", " or ") if "|" in kind else kind.replace("_", " ")


def parameter_sets(case: Case) -> list[str]:
    """Parameter sets of a case, as `--set` names them."""
    labels = ("name", "meaning", "source")
    return [str(name).replace("_", "-") for name in case.tables["scalars"].columns if name not in labels]


def trade_patterns(case: Case) -> list[str]:
    """Patterns of trade that the case has columns for."""
    columns = case.tables["demand_and_trade"].columns
    values = {str(value) for value in case.tables["scalars"].set_index("name").loc["trade_pattern"]}
    return ["base", *sorted(value for value in values if any(str(name).endswith(f"_{value}") for name in columns))]
