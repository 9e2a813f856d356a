"""Distributions as a study writes them: their tables, and the frozen values made of them."""

import math
from collections.abc import Callable, Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, ValidationInfo, field_validator, model_validator

from ..data.system import reading_words
from ..engines import Factor
from .columns import read_columns, read_number
from .distribution import Choice, Distribution, Empirical, LogNormal, LogUniform, Normal, Triangular, Uniform
from .fault import Fault, nearest, shown
from .specification import FileName, Name, Table

Positive = Annotated[float, Field(gt=0)]
ReadFile = Callable[[str], str]


class _Law(Table):
    distribution: str
    group: Name | None = None


class UniformTable(_Law):
    """`low`, `high`."""

    distribution: Literal["uniform"]
    low: float
    high: float

    @field_validator("high")
    @classmethod
    def _above_low(cls, high: float, earlier: ValidationInfo) -> float:
        return _above(high, earlier)

    def law(self) -> Distribution:
        """The distribution."""
        return Uniform(self.low, self.high)


class LogUniformTable(_Law):
    """`low`, `high`, both positive."""

    distribution: Literal["log_uniform"]
    low: Positive
    high: Positive

    @field_validator("high")
    @classmethod
    def _above_low(cls, high: float, earlier: ValidationInfo) -> float:
        return _above(high, earlier)

    def law(self) -> Distribution:
        """The distribution."""
        return LogUniform(self.low, self.high)


class TriangularTable(_Law):
    """`low`, `mode`, `high`."""

    distribution: Literal["triangular"]
    low: float
    mode: float
    high: float

    @field_validator("high")
    @classmethod
    def _above_mode(cls, high: float, earlier: ValidationInfo) -> float:
        low, mode = earlier.data.get("low"), earlier.data.get("mode")
        if low is not None and mode is not None and not low <= mode <= high:
            raise ValueError(f"mode = {mode:g} must lie between low = {low:g} and high = {high:g}")
        return _above(high, earlier)

    def law(self) -> Distribution:
        """The distribution."""
        return Triangular(self.low, self.mode, self.high)


class NormalTable(_Law):
    """`mean`, `standard_deviation`, and `low`, `high` if truncated."""

    distribution: Literal["normal"]
    mean: float
    standard_deviation: Positive
    low: float | None = None
    high: float | None = None

    @field_validator("high")
    @classmethod
    def _above_low(cls, high: float | None, earlier: ValidationInfo) -> float | None:
        return None if high is None else _above(high, earlier)

    @model_validator(mode="after")
    def _something_left(self) -> "NormalTable":
        _require_mass(self.law())
        return self

    def law(self) -> Normal:
        """The distribution."""
        return Normal(self.mean, self.standard_deviation, *_cuts(self.low, self.high, -math.inf))


class LogNormalTable(_Law):
    """`median`, `spread` (standard deviation of the logarithm), and `low`, `high` if truncated."""

    distribution: Literal["lognormal"]
    median: Positive
    spread: Positive
    low: Annotated[float, Field(ge=0)] | None = None
    high: Positive | None = None

    @field_validator("high")
    @classmethod
    def _above_low(cls, high: float | None, earlier: ValidationInfo) -> float | None:
        return None if high is None else _above(high, earlier)

    @model_validator(mode="after")
    def _something_left(self) -> "LogNormalTable":
        _require_mass(self.law())
        return self

    def law(self) -> LogNormal:
        """The distribution."""
        return LogNormal(self.median, self.spread, *_cuts(self.low, self.high, 0.0))


class ChoiceTable(_Law):
    """`values` (numbers, or labels of levels) and `weights`."""

    distribution: Literal["choice"]
    values: Annotated[list[float | Name], Field(min_length=1)] | None = None
    weights: Annotated[list[Positive], Field(min_length=1)] | None = None


class EmpiricalTable(_Law):
    """`file` (a CSV) and `column`."""

    distribution: Literal["empirical"]
    file: FileName
    column: Name | None = None


LawTable = (
    UniformTable | LogUniformTable | TriangularTable | NormalTable | LogNormalTable | ChoiceTable | EmpiricalTable
)
LAW_TABLES: Mapping[str, type[LawTable]] = {
    "uniform": UniformTable,
    "log_uniform": LogUniformTable,
    "triangular": TriangularTable,
    "normal": NormalTable,
    "lognormal": LogNormalTable,
    "choice": ChoiceTable,
    "empirical": EmpiricalTable,
}


def build_law(table: LawTable, factor: Factor, path: str, read: ReadFile, faults: list[Fault]) -> Distribution | None:
    """The distribution of one factor, held to what the engine accepts; None with its faults appended."""
    if isinstance(table, ChoiceTable):
        law = _choice(table, factor, path, faults)
    elif factor.levels:
        more = f" and {len(factor.levels) - 12} more" if len(factor.levels) > 12 else ""
        allowed = ", ".join(factor.levels[:12]) + more
        faults.append(
            Fault(
                f"{path}.distribution",
                f"{factor.name} has levels, so it needs 'choice', not {table.distribution!r}. Levels: {allowed}.",
            )
        )
        return None
    elif isinstance(table, EmpiricalTable):
        law = _empirical(table, factor, path, read, faults)
    else:
        law = table.law()
    if law is not None:
        low, high = law.support
        if low < factor.low or high > factor.high:
            faults.append(Fault(path, _outside(factor, low, high)))
            return None
    return law


def level_index(value: float | str, factor: Factor) -> float | None:
    """The index of a level given by its label or by the index itself; None if there is none."""
    if isinstance(value, str):
        return float(factor.levels.index(value)) if value in factor.levels else None
    return float(value) if float(value).is_integer() and 0 <= value < len(factor.levels) else None


def _choice(table: ChoiceTable, factor: Factor, path: str, faults: list[Fault]) -> Choice | None:
    given = table.values
    if given is None:
        if not factor.levels:
            faults.append(Fault(f"{path}.values", "is missing: a number has no levels to choose from"))
            return None
        given = list(factor.levels)
    values = [
        value
        for i, item in enumerate(given)
        if (value := _chosen(item, factor, f"{path}.values[{i}]", faults)) is not None
    ]
    if len(values) < len(given):
        return None
    weights = table.weights or [1.0] * len(values)
    if len(weights) != len(values):
        faults.append(Fault(f"{path}.weights", f"has {len(weights)} numbers for {len(values)} values"))
        return None
    if len(set(values)) < len(values):
        faults.append(Fault(f"{path}.values", f"has a value twice: {shown(given)}; give it once with more weight"))
        return None
    if not math.isfinite(sum(weights)):
        faults.append(Fault(f"{path}.weights", "add up to more than a number can hold"))
        return None
    return Choice(tuple(values), tuple(weights))


def _chosen(item: float | str, factor: Factor, path: str, faults: list[Fault]) -> float | None:
    if not factor.levels:
        if isinstance(item, str):
            faults.append(Fault(path, f"{shown(item)} is not a number and {factor.name} has no levels"))
            return None
        return float(item)
    index = level_index(item if isinstance(item, str) else float(item), factor)
    if index is None:
        words = f"{shown(item)} is not a level of {factor.name}.{nearest(str(item), list(factor.levels))}"
        what = f" {factor.name}: {factor.description}." if factor.description else ""
        faults.append(Fault(path, f"{words} An index runs from 0 to {len(factor.levels) - 1}.{what}"))
    return index


def _empirical(
    table: EmpiricalTable, factor: Factor, path: str, read: ReadFile, faults: list[Fault]
) -> Empirical | None:
    here = f"{path}.file"
    try:
        columns = read_columns(read(table.file))
    except (OSError, ValueError) as error:
        faults.append(Fault(here, f"{shown(table.file)}: {reading_words(error)}"))
        return None
    column = table.column or (factor.name if factor.name in columns else next(iter(columns)))
    if column not in columns:
        faults.append(
            Fault(f"{path}.column", f"{shown(table.file)} has no column {column!r}.{nearest(column, list(columns))}")
        )
        return None
    if table.column is None and column != factor.name and len(columns) > 1:
        faults.append(Fault(f"{path}.column", f"is missing: {shown(table.file)} has the columns {', '.join(columns)}"))
        return None
    values = []
    for number, cell in enumerate(columns[column], start=2):
        try:
            values.append(read_number(cell))
        except ValueError:
            faults.append(
                Fault(here, f"{shown(table.file)}, row {number}, column {column!r}: {shown(cell)} is not a number")
            )
    return Empirical(tuple(sorted(values))) if len(values) == len(columns[column]) else None


def _outside(factor: Factor, low: float, high: float) -> str:
    unit = f" {factor.unit}" if factor.unit else ""
    remedy = " Give 'low' and 'high'." if np.isinf([low, high]).any() else " Narrow it."
    return (
        f"reaches from {low:g} to {high:g}, but the model takes {factor.name} from {factor.low:g} to "
        f"{factor.high:g}{unit}.{remedy}"
    )


def _cuts(low: float | None, high: float | None, lowest: float) -> tuple[float, float]:
    return (lowest if low is None else low), (math.inf if high is None else high)


def _above(high: float, earlier: ValidationInfo) -> float:
    """`high`, if it is above the `low` that was read before it."""
    low = earlier.data.get("low")
    if low is not None and not low < high:
        raise ValueError(f"high = {high:g} must be above low = {low:g}")
    if low is not None and not math.isfinite(high - low):
        raise ValueError(f"low = {low:g} and high = {high:g} are too far apart")
    return high


def _require_mass(law: Normal | LogNormal) -> None:
    middle = law.inverse(np.array([0.25, 0.75]))
    if not (np.isfinite(middle).all() and middle[0] < middle[1]):
        raise ValueError("almost nothing of the distribution lies between low and high")
