"""The keys of `case.toml` or of the sheet `case`, and the policies of a case, in one plain form."""

import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from .fault import Fault, nearest, shown
from .layout import KeyRule, key_rules
from .raw import RawTable, cell_text, is_blank
from .shock import ShockNames, name_faults, place_faults
from .typed import DOMAINS, parse_label, parse_number

# The run without any policy, which every engine has.
BASELINE = "baseline"
RESERVED = ("national", "total")
CHANGES = ("add", "times", "set")
SHOCK_KEYS = (
    "parameter", "change", "value", "region", "sectors", "first_year", "last_year", "scale", "complement",
)  # fmt: skip
SCENARIO_COLUMNS = ("scenario", "label", "description", *SHOCK_KEYS)
MOST_YEARS = 200
LONGEST_NAME = 200

Manifest = dict[str, object]
Policies = dict[str, dict[str, object]]


def read_manifest(entries: Mapping[str, object], place: str, faults: list[Fault]) -> Manifest:
    """The keys of a case that obey their rules; those of a table in it are dotted.

    Parameters
    ----------
    entries : mapping
        Keys, dotted, and their values as they stand in the file or sheet.
    place : str
        The file or sheet, for messages.
    """
    rules = key_rules()
    faults.extend(
        Fault(place, f"unknown key.{nearest(key, list(rules))}", column=key) for key in entries if key not in rules
    )
    found: Manifest = {}
    for key, rule in rules.items():
        if key in entries:
            try:
                found[key] = _value(entries[key], rule, found)
            except ValueError as error:
                faults.append(Fault(place, str(error), column=key))
        elif rule.required:
            faults.append(Fault(place, f"the key is missing: {rule.meaning}", column=key))
    if ("noise.spread" in found) != ("noise.seed" in found):
        faults.append(Fault(place, "spread and seed belong together; give both or none", column="noise"))
    return found


def flattened(tree: Mapping[str, object]) -> dict[str, object]:
    """Keys of a tree of tables, dotted."""
    flat: dict[str, object] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            # No key of a case is longer; a table in a table is told as a value that is not allowed.
            flat.update({f"{key}.{inner}": item for inner, item in value.items()})
        else:
            flat[key] = value
    return flat


def nested(flat: Mapping[str, object]) -> dict[str, object]:
    """The tree of dotted keys."""
    tree: dict[str, object] = {}
    for key, value in flat.items():
        table, dot, inner = key.partition(".")
        if dot:
            tree.setdefault(table, {})[inner] = value  # type: ignore[index]
        else:
            tree[key] = value
    return tree


def sheet_entries(raw: RawTable, faults: list[Fault]) -> dict[str, object]:
    """Keys of the sheet `case`; one that stands in several rows is a list."""
    if not {"key", "value"} <= set(raw.columns):
        faults.append(Fault(raw.place, "must have the columns key and value", 1))
        return {}
    key, value = raw.columns.index("key"), raw.columns.index("value")
    entries: dict[str, object] = {}
    for number, cells in raw.rows:
        if is_blank(cells[key]):
            faults.append(Fault(raw.place, "the key is blank", number, "key"))
        elif not is_blank(cells[value]):
            name = str(cells[key]).strip()
            many = name in key_rules() and key_rules()[name].kind in ("regions", "texts")
            if name in entries and not many:
                faults.append(Fault(raw.place, f"{name} stands here twice", number, "key"))
            entries[name] = [*entries.get(name, []), cells[value]] if many else cells[value]  # type: ignore[misc]
    return entries


def read_policies(
    tree: Mapping[str, object],
    place: str,
    names: ShockNames | None,
    faults: list[Fault],
    rows: Mapping[str, Sequence[int]] = MappingProxyType({}),
) -> Policies:
    """Policies with their shocks checked.

    `names` are those of a case of the two-region model, of which parameters are checked too; `rows` holds the row of
    each shock where they come from a sheet.
    """
    policies: Policies = {}
    for name, table in tree.items():
        if not isinstance(table, Mapping) or not isinstance(table.get("shocks"), Sequence):
            faults.append(Fault(place, "must be a table with a label and a list of shocks", column=name))
            continue
        if not (name and name.isprintable() and len(name) <= LONGEST_NAME):
            words = f"{shown(name)} is no name of a policy; it must be {LONGEST_NAME} printable letters at most"
            faults.append(Fault(place, words))
        for key in sorted(set(table) - {"label", "description", "shocks"}):
            words = f"unknown key.{nearest(key, ['label', 'description', 'shocks'])}"
            faults.append(Fault(place, words, column=f"{name}.{key}"))
        if is_blank(table.get("label")) or not cell_text(table["label"]):
            faults.append(Fault(place, "the label is missing: the policy in two or three words", column=name))
        numbers = rows.get(name, [None] * len(table["shocks"]))
        if name == BASELINE:
            words = "is the name of the run without any policy; give this one another"
            faults.append(Fault(place, words, next(iter(numbers), None), name))
        shocks = [
            _shock(shock, Fault(place, "", numbers[i], f"{name}.shocks[{i}]"), names, faults)
            for i, shock in enumerate(table["shocks"])
        ]
        policies[name] = {
            "label": cell_text(table.get("label", "")),
            "description": cell_text(table.get("description") or ""),
            "shocks": shocks,
        }
    return policies


def sheet_policies(raw: RawTable, faults: list[Fault]) -> tuple[dict[str, object], dict[str, list[int]]]:
    """The tree of the sheet `scenarios`, which has a row for each shock, and the rows; sectors share a cell."""
    faults.extend(
        Fault(raw.place, f"is no column of this table.{nearest(name, SCENARIO_COLUMNS)}", 1, name)
        for name in raw.columns
        if name not in SCENARIO_COLUMNS
    )
    tree: dict[str, dict] = {}
    rows: dict[str, list[int]] = {}
    for number, cells in raw.rows:
        row = {key: cell for key, cell in zip(raw.columns, cells, strict=True) if not is_blank(cell)}
        if "scenario" not in row:
            faults.append(Fault(raw.place, "is blank; it must be the name of the policy", number, "scenario"))
            continue
        policy = tree.setdefault(str(row["scenario"]).strip(), {"shocks": []})
        policy.update({key: row[key] for key in ("label", "description") if key in row})
        shock = {key: row[key] for key in SHOCK_KEYS if key in row}
        if "sectors" in shock:
            shock["sectors"] = str(shock["sectors"]).replace(",", " ").split()
        policy["shocks"].append(shock)
        rows.setdefault(str(row["scenario"]).strip(), []).append(number)
    return dict(tree), rows


def _value(raw: object, rule: KeyRule, found: Manifest) -> object:
    """One value; a ValueError says what is allowed."""
    if rule.kind in DOMAINS:
        return parse_number(raw, rule.kind)
    if rule.kind in ("integer", "count", "whole"):
        value = parse_number(raw, "number")
        low, high = {"integer": (-math.inf, math.inf), "count": (1, MOST_YEARS), "whole": (0, 2**31)}[rule.kind]
        if not value.is_integer() or not low <= value <= high:
            raise ValueError(f"{shown(raw)} is not allowed; it must be a whole number from {low} to {high}")
        return int(value)
    if rule.kind == "texts":
        return [str(item) for item in _listed(raw)]
    if rule.kind == "regions":
        return _regions([parse_label(item) for item in _listed(raw)])
    if is_blank(raw) or isinstance(raw, bool | list | dict):
        raise ValueError(f"{shown(raw)} is not allowed; it must be a text: {rule.meaning}")
    if rule.kind == "text":
        return str(raw)
    label = parse_label(raw)
    regions: Sequence[str] = found.get("regions", ())  # type: ignore[assignment]
    if rule.kind == "region" and regions and label not in regions:
        raise ValueError(f"unknown region {label!r}.{nearest(label, regions)}")
    return label


def _listed(raw: object) -> Iterable[object]:
    return raw if isinstance(raw, list | tuple) else [raw]


def _regions(labels: list[str]) -> list[str]:
    if len(labels) != 2 or labels[0] == labels[1] or set(labels) & set(RESERVED):
        words = f"two different labels, none of them {' or '.join(RESERVED)}"
        raise ValueError(f"{shown(labels)} is not allowed; it must be {words}")
    return labels


def _shock(raw: object, here: Fault, names: ShockNames | None, faults: list[Fault]) -> dict[str, object]:
    """One shock without what it leaves at its default."""

    def fault(key: str, message: str) -> None:
        faults.append(Fault(here.place, message, here.row, f"{here.column}.{key}".rstrip(".")))

    if not isinstance(raw, Mapping):
        fault("", f"must be a table with {', '.join(SHOCK_KEYS[:3])}, not {shown(raw)}")
        return {}
    shock: dict[str, object] = {}
    for key, value in raw.items():
        try:
            shock[key] = _shock_value(key, value, names.regions if names else ())
        except ValueError as error:
            fault(str(key), str(error))
    for key in SHOCK_KEYS[:3]:
        if key not in raw:
            fault(key, "is missing")
    for key, words in (name_faults(shock, names) | place_faults(shock, names) if names else {}).items():
        fault(key, words)
    return shock


def _shock_value(key: str, value: object, regions: Sequence[str]) -> object:
    if key not in SHOCK_KEYS:
        raise ValueError(f"unknown key.{nearest(key, SHOCK_KEYS)}")
    if key in ("value", "scale"):
        try:
            return parse_number(value, "number")
        except ValueError:
            if "," in str(value):
                raise
            return parse_label(value)
    if key in ("first_year", "last_year"):
        return int(parse_number(value, "not_negative"))
    if key == "sectors":
        return [parse_label(item) for item in _listed(value)]
    if key == "complement":
        if str(value).lower() not in ("true", "false"):
            raise ValueError(f"{shown(value)} is not allowed; it must be true or false")
        return str(value).lower() == "true"
    label = parse_label(value)
    allowed = {"change": CHANGES, "region": regions}.get(key)
    if allowed and label not in allowed:
        raise ValueError(f"unknown {key} {label!r}.{nearest(label, allowed)}")
    return label
