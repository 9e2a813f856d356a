"""Entries of `case.toml` and `scenarios.toml` by type; one that is missing or of another type is named."""

from collections.abc import Mapping

from ..data import CaseError, Fault
from .interface import Shock

_SHOCK_KEYS = frozenset(Shock.__dataclass_fields__)


def whole_number(entries: Mapping[str, object], key: str) -> int:
    """An integer."""
    value = entries.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise _fault(key, "a whole number", value)


def number(entries: Mapping[str, object], key: str) -> float:
    """A number."""
    value = entries.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise _fault(key, "a number", value)


def text(entries: Mapping[str, object], key: str) -> str:
    """A text."""
    value = entries.get(key)
    if isinstance(value, str):
        return value
    raise _fault(key, "a text", value)


def texts(entries: Mapping[str, object], key: str) -> tuple[str, ...]:
    """A list of texts."""
    value = entries.get(key)
    if isinstance(value, list | tuple):
        found = tuple(item for item in value if isinstance(item, str))
        if len(found) == len(value):
            return found
    raise _fault(key, "a list of texts", value)


def table(entries: Mapping[str, object], key: str) -> Mapping[str, object]:
    """A table of entries."""
    value = entries.get(key)
    if isinstance(value, Mapping):
        return {str(name): entry for name, entry in value.items()}
    raise _fault(key, "a table", value)


def tables(entries: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    """A list of tables."""
    value = entries.get(key)
    if isinstance(value, list | tuple):
        return [table({f"{key}[{i}]": item}, f"{key}[{i}]") for i, item in enumerate(value)]
    raise _fault(key, "a list of tables", value)


def shock(entries: Mapping[str, object]) -> Shock:
    """One shock of a policy."""
    strange = sorted(set(entries) - _SHOCK_KEYS)
    if strange:
        message = f"a shock has no entry {strange[0]!r}; it may have {', '.join(sorted(_SHOCK_KEYS))}"
        raise CaseError("entries", [Fault("scenarios", message)])
    change = text(entries, "change")
    if change != "add" and change != "times" and change != "set":
        raise _fault("change", "one of add, times and set", change)
    complement = entries.get("complement", False)
    if not isinstance(complement, bool):
        raise _fault("complement", "true or false", complement)
    return Shock(
        parameter=text(entries, "parameter"),
        change=change,
        value=_amount(entries, "value"),
        region=text(entries, "region") if "region" in entries else None,
        sectors=texts(entries, "sectors") if "sectors" in entries else (),
        first_year=whole_number(entries, "first_year") if "first_year" in entries else 1,
        last_year=whole_number(entries, "last_year") if "last_year" in entries else 10_000,
        scale=_amount(entries, "scale") if "scale" in entries else 1.0,
        complement=complement,
    )


def _amount(entries: Mapping[str, object], key: str) -> float | str:
    """A number, or the name of a factor."""
    return text(entries, key) if isinstance(entries.get(key), str) else number(entries, key)


def _fault(key: str, wanted: str, value: object) -> CaseError:
    state = "is missing" if value is None else f"is {value!r}"
    return CaseError("entries", [Fault("case", f"entry {key!r} of the case {state}; give {wanted}")])
