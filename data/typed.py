"""From cells to numbers and labels, by the rules of the layout, with a fault for every cell that breaks them."""

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from .fault import Fault, nearest, shown
from .layout import ColumnRule, Labels, SettingRule, column_rules, table_rules
from .raw import RawTable, cell_text, is_blank

LABEL = re.compile(r"[A-Za-z0-9_]{1,40}")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
LARGEST = 1e15

# Kind of number: lowest and highest value, whether the lowest itself is allowed, and the rule in words.
DOMAINS: Mapping[str, tuple[float, float, bool, str]] = {
    "number": (-LARGEST, LARGEST, True, "a number"),
    "positive": (0.0, LARGEST, False, "a number above 0"),
    "not_negative": (0.0, LARGEST, True, "a number that is not negative"),
    "share": (0.0, 1.0, True, "a number from 0 to 1"),
    "positive_share": (0.0, 1.0, False, "a number above 0, at most 1"),
    "rate": (-0.5, 1.0, True, "a number from -0.5 to 1"),
    "above_minus_one": (-1.0, LARGEST, False, "a number above -1"),
    "spread": (0.0, 2.0, True, "a number from 0 to 2"),
    "below_minus_one": (-LARGEST, math.nextafter(-1.0, -2.0), True, "a number below -1"),
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the cells of a case may say.

    Parameters
    ----------
    labels : Labels
        What columns are named after.
    allowed, needed : mapping
        Labels by kind: those that a cell may hold, and those that a complete table must have where these are fewer.
        A kind that is left out is not known.
    settings : mapping
        Parameters by name.
    variants : tuple of str
        Endings of columns that take the place of others.
    """

    labels: Labels
    allowed: Mapping[str, tuple[str, ...]]
    needed: Mapping[str, tuple[str, ...]]
    settings: Mapping[str, SettingRule]
    variants: tuple[str, ...] = ()


def parse_number(cell: object, kind: str) -> float:
    """A cell as a number of a domain.

    Raises
    ------
    ValueError
        If it is none; the message shows the cell and says what is allowed.
    """
    low, high, closed, words = DOMAINS[kind]
    # Texts as they stand in a file, and the numbers of a sheet, are read alike; a date or a truth value is neither.
    text = "" if isinstance(cell, bool) else cell_text(cell)
    if not NUMBER.fullmatch(text):
        comma = "; write a point for the decimals" if NUMBER.fullmatch(text.replace(",", ".")) else ""
        raise ValueError(f"{shown(cell)} is not a number{comma}; it must be {words}")
    value = float(text)
    if not (low <= value <= high) or (value == low and not closed):
        raise ValueError(f"{shown(cell) if len(text) > 60 else cell} is not allowed; it must be {words}")
    return value


def parse_label(cell: object) -> str:
    """A cell as a label; a spreadsheet may have made a number of it.

    Raises
    ------
    ValueError
        If it holds anything but letters, digits and underscores.
    """
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else cell_text(cell)
    if isinstance(cell, bool) or not LABEL.fullmatch(text):
        raise ValueError(f"{shown(cell)} is no label; it must be letters, digits and underscores, at most 40")
    return text


def parse_setting(cell: object, rule: SettingRule) -> float | str | bool:
    """A cell as the value of a parameter.

    Raises
    ------
    ValueError
        If it is none; the message says what is allowed.
    """
    if rule.kind in DOMAINS:
        return parse_number(cell, rule.kind)
    if rule.kind == "flag":
        text = str(cell).strip().lower()
        if text not in ("true", "false"):
            raise ValueError(f"{shown(cell)} is not allowed; it must be True or False")
        return text == "true"
    text = parse_label(cell)
    choices = () if rule.kind == "label" else tuple(rule.kind.split("|"))
    if choices and text not in choices:
        raise ValueError(f"{shown(cell)} is not allowed.{nearest(text, choices)}")
    return text


def typed_table(table: str, raw: RawTable, vocabulary: Vocabulary, faults: list[Fault]) -> pd.DataFrame:
    """The columns of a table that it has and should have, parsed; its index holds the rows of the spreadsheet."""
    wanted = expected_columns(table, vocabulary)
    _check_header(table, raw, wanted, vocabulary, faults)
    data: dict[str, list[object]] = {}
    names = [dict(zip(raw.columns, cells, strict=True)).get("name") for _, cells in raw.rows]
    for column, rule in wanted.items():
        if column in raw.columns:
            position = raw.columns.index(column)
            data[column] = [
                _cell(cells[position], column, rule, vocabulary, Fault(raw.place, "", number, column), faults, name)
                for (number, cells), name in zip(raw.rows, names, strict=True)
            ]
    frame = pd.DataFrame(data, index=pd.Index([number for number, _ in raw.rows], dtype="int64"))
    _check_keys(table, raw.place, frame, vocabulary, faults)
    return frame


def expected_columns(table: str, vocabulary: Vocabulary) -> dict[str, ColumnRule]:
    """Every column that a table may have, by name."""
    wanted: dict[str, ColumnRule] = {}
    for rule in column_rules(table):
        names = vocabulary.labels.expand(rule.column)
        wanted.update(dict.fromkeys(names, rule))
        if rule.variants:
            wanted.update({f"{name}_{ending}": rule for ending in vocabulary.variants for name in names})
    return wanted


def _check_header(
    table: str, raw: RawTable, wanted: Mapping[str, ColumnRule], vocabulary: Vocabulary, faults: list[Fault]
) -> None:
    unknown = [name for name in raw.columns if name not in wanted]
    plain = [name for rule in column_rules(table) for name in vocabulary.labels.expand(rule.column)]
    missing = [name for name in plain if name not in raw.columns]
    faults.extend(Fault(raw.place, f"the column is missing.{_near(name, unknown)}", 1, name) for name in missing)
    # Where the regions or sets are not known, neither are the columns named after them.
    if vocabulary.labels.regions and vocabulary.labels.sets:
        faults.extend(
            Fault(raw.place, f"is no column of this table.{nearest(name, list(wanted))}", 1, name) for name in unknown
        )


def _near(name: str, unknown: Sequence[str]) -> str:
    words = nearest(name, unknown).partition(" Allowed:")[0].replace("Did you mean", "Is it")
    return words or " Add it."


def _cell(
    cell: object,
    column: str,
    rule: ColumnRule,
    vocabulary: Vocabulary,
    place: Fault,
    faults: list[Fault],
    name: object,
) -> object:
    """One cell; what breaks a rule becomes a fault and a blank."""
    number = rule.kind in DOMAINS
    try:
        if is_blank(cell):
            if rule.blank:
                return math.nan if number else ""
            raise ValueError(_blank_words(rule))
        if number:
            return parse_number(cell, rule.kind)
        if rule.kind in ("text", "source"):
            return str(cell).strip()
        if rule.kind == "value":
            known = vocabulary.settings.get(str(name).strip())
            return None if known is None else parse_setting(cell, known)
        return _known_label(cell, rule.kind, vocabulary)
    except ValueError as error:
        faults.append(Fault(place.place, str(error), place.row, column))
        return math.nan if number else ""


def _blank_words(rule: ColumnRule) -> str:
    if rule.kind == "source":
        return "is blank; say where the numbers of the row come from"
    words = f"; it must be {DOMAINS[rule.kind][3]}" if rule.kind in DOMAINS else ""
    return f"is blank{words}"


def _known_label(cell: object, kind: str, vocabulary: Vocabulary) -> str:
    text = parse_label(cell)
    allowed = vocabulary.allowed.get(kind)
    if allowed is not None and text not in allowed:
        raise ValueError(f"unknown {kind.replace('_', ' ')} {text!r}.{nearest(text, allowed)}")
    return text


def _check_keys(table: str, place: str, frame: pd.DataFrame, vocabulary: Vocabulary, faults: list[Fault]) -> None:
    """Rows that stand twice, and rows that are missing from a table that needs them all."""
    rules = [rule for rule in column_rules(table) if rule.key]
    keys = [rule.column for rule in rules]
    if not set(keys) <= set(frame.columns):
        return
    first: dict[tuple, int] = {}
    for number, *labels in frame[keys].itertuples(name=None):
        known = tuple(labels)
        if known in first and "" not in known:
            words = f"{_joined(known)} stands in row {first[known]} already; keep one of them"
            faults.append(Fault(place, words, number))
        first.setdefault(known, number)
    ranges = [vocabulary.needed.get(rule.kind, vocabulary.allowed.get(rule.kind)) for rule in rules]
    if table_rules()[table].complete and all(labels is not None for labels in ranges):
        missing = [known for known in itertools.product(*(labels or () for labels in ranges)) if known not in first]
        faults.extend(
            Fault(place, f"there is no row for {_joined(known)}", column=", ".join(keys)) for known in missing
        )


def _joined(labels: Sequence[object]) -> str:
    return ", ".join(map(str, labels))
