"""What a case of the two-region model consists of: tables, columns, keys and labels, as tables in `models` say."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import permutations
from pathlib import Path

import pandas as pd

MODELS = Path(__file__).parent / "models"

# What one region books as paid to the other, the other books as received: (payment, receipt, sign).
LINKED = (
    (("regional_linkages", "commodities"), ("commodities", "regional_linkages"), 1.0),
    (("regional_linkages", "factors"), ("factors", "regional_linkages"), 1.0),
    (("savings", "regional_linkages"), ("savings", "regional_linkages"), -1.0),
)


@dataclass(frozen=True, slots=True)
class TableRule:
    """A table: the folder of its file, and whether it needs a row for every combination of its keys."""

    table: str
    folder: str
    complete: bool
    meaning: str

    @property
    def file(self) -> str:
        """Its place in the folder of a case."""
        return f"{self.folder}/{self.table}.csv"


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """A column, or several that differ by a label in braces.

    `kind` is a domain of numbers, a kind of labels, `text` or `source`. With `variants` there may be columns with an
    ending beside it, which another trade pattern puts in its place.
    """

    table: str
    column: str
    kind: str
    key: bool
    blank: bool
    variants: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class KeyRule:
    """A key of `case.toml`; `numbers` says that it decides the numbers."""

    key: str
    kind: str
    required: bool
    numbers: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class SettingRule:
    """A parameter in `scalars`; `matrix` says that the base year depends on it."""

    name: str
    kind: str
    required: bool
    matrix: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class FlowRule:
    """A cell of the published matrix of flows: who receives, who pays, and the sign it may have."""

    row: str
    column: str
    sign: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels that the columns of a case may be named after."""

    regions: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()

    def expand(self, pattern: str) -> tuple[str, ...]:
        """A pattern with every label, or every pair of regions, in place of its braces."""
        if "{other}" in pattern:
            return tuple(pattern.format(region=one, other=two) for one, two in permutations(self.regions, 2))
        for name, labels in (
            ("region", self.regions),
            ("set", self.sets),
            ("group", label_names("group")),
            ("skill", label_names("skill")),
        ):
            if f"{{{name}}}" in pattern:
                return tuple(pattern.format(**{name: label}) for label in labels)
        return (pattern,)


@cache
def table_rules() -> Mapping[str, TableRule]:
    """Tables by name; `sectors`, which defines labels, comes first."""
    return {
        row["table"]: TableRule(row["table"], row["folder"], row["rows"] == "complete", row["meaning"])
        for row in _rows("tables")
    }


@cache
def column_rules(table: str) -> tuple[ColumnRule, ...]:
    """Columns of a table in their order."""
    return tuple(
        ColumnRule(
            row["table"],
            row["column"],
            row["kind"],
            row["key"] == "yes",
            row["blank"] == "yes",
            row["variants"] == "yes",
            row["meaning"],
        )
        for row in _rows("columns")
        if row["table"] == table
    )


@cache
def key_rules() -> Mapping[str, KeyRule]:
    """Keys of `case.toml`; those of a table in it are dotted."""
    return {
        row["key"]: KeyRule(row["key"], row["kind"], row["required"] == "yes", row["numbers"] == "yes", row["meaning"])
        for row in _rows("keys")
    }


def setting_rules(regions: tuple[str, ...]) -> dict[str, SettingRule]:
    """Parameters by name; those of a region bear its label."""
    labels = Labels(regions)
    return {
        name: SettingRule(name, row["kind"], row["required"] == "yes", row["matrix"] == "yes", row["meaning"])
        for row in _rows("settings")
        for name in labels.expand(row["name"])
    }


@cache
def flow_rules() -> Mapping[tuple[str, str], FlowRule]:
    """Cells of the matrix of flows by row and column."""
    return {(row["row"], row["column"]): FlowRule(**row) for row in _rows("flows")}


@cache
def label_names(kind: str) -> tuple[str, ...]:
    """The fixed labels of a kind: `group`, `skill` or `family`."""
    return tuple(row["label"] for row in _rows("labels") if row["kind"] == kind)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (MODELS / f"cge_{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def model_table(name: str) -> pd.DataFrame:
    """A table that belongs to a model rather than to a case, as text."""
    return pd.read_csv(MODELS / f"{name}.csv", dtype=str, keep_default_na=False)
