"""The tables of a study file as pydantic models, and their faults in words.

Each table is validated by itself, so that one fault hides no other.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from .fault import Fault, nearest, shown, unknown_fault
from .quadrature import Rule

# The Sobol sequence has 30 bits; elsewhere the limit only keeps a slip of the pen from filling the memory.
LARGEST_SAMPLES = 2**26
_LARGEST_SEED = 2**63 - 1
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def _without_control(name: str) -> str:
    if _CONTROL.search(name):
        raise ValueError(f"{shown(name)} holds a control character; leave it out")
    return name


Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_without_control)]
FileName = Annotated[str, Field(min_length=1, max_length=4096)]
Number = float | Name


class Table(BaseModel):
    """A table of a study file: no unknown keys, no silent conversion, no infinity."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class HeadTable(Table):
    """The keys that stand before the tables."""

    name: Name
    description: str = ""
    engine: Name
    case: FileName | None = None
    outputs: list[Name] | None = None
    failures_allowed: Annotated[float, Field(ge=0, le=1)] = 0.01
    target_halfwidth: Annotated[float, Field(gt=0)] | None = None


class ReportTable(Table):
    """`[report]`."""

    title: Name | None = None
    notes: list[str] = []
    outputs: list[Name] = []


Samples = Annotated[int, Field(ge=1, le=LARGEST_SAMPLES)]
Seed = Annotated[int, Field(ge=1, le=_LARGEST_SEED)]


class SobolTable(Table):
    """`method = "sobol"`: Saltelli's design on a scrambled Sobol sequence."""

    method: Literal["sobol"]
    samples: Samples
    seed: Seed = 1
    second_order: bool = False

    @field_validator("samples")
    @classmethod
    def _power_of_two(cls, samples: int) -> int:
        if samples & (samples - 1):
            above = 1 << samples.bit_length()
            raise ValueError(f"{samples} is not a power of two; use {above // 2} or {above}")
        return samples


class MorrisTable(Table):
    """`method = "morris"`: `samples` trajectories on a grid of `levels`."""

    method: Literal["morris"]
    samples: Samples
    seed: Seed = 1
    levels: Annotated[int, Field(ge=2, le=1000, multiple_of=2)] = 4


class LatinTable(Table):
    """`method = "latin"`: Latin hypercube."""

    method: Literal["latin"]
    samples: Samples
    seed: Seed = 1


class FastTable(Table):
    """`method = "fast"`: extended Fourier amplitude sensitivity test, `samples` points on each curve."""

    method: Literal["fast"]
    samples: Annotated[int, Field(ge=65, le=LARGEST_SAMPLES)]
    seed: Seed = 1


class FactorialTable(Table):
    """`method = "factorial"`: folded-over two-level fractional factorial."""

    method: Literal["factorial"]


class GridTable(Table):
    """`method = "grid"`: every combination of `levels` points of each factor."""

    method: Literal["grid"]
    levels: Annotated[int, Field(ge=2, le=10_000)]


class CsvTable(Table):
    """`method = "csv"`: the rows of a file, in factor units, one column a factor."""

    method: Literal["csv"]
    file: FileName


class QuadratureTable(Table):
    """`method = "quadrature"`."""

    method: Literal["quadrature"]
    rule: Rule = "stroud"


DesignTable = (
    SobolTable | MorrisTable | LatinTable | FastTable | FactorialTable | GridTable | CsvTable | QuadratureTable
)
DESIGN_TABLES: Mapping[str, type[DesignTable]] = {
    "sobol": SobolTable,
    "morris": MorrisTable,
    "latin": LatinTable,
    "fast": FastTable,
    "factorial": FactorialTable,
    "grid": GridTable,
    "csv": CsvTable,
    "quadrature": QuadratureTable,
}


class ShockTable(Table):
    """One shock of a scenario."""

    parameter: Name
    change: Literal["add", "times", "set"]
    value: Number
    region: Name | None = None
    sectors: list[Name] = []
    first_year: Annotated[int, Field(ge=1, le=10_000)] = 1
    last_year: Annotated[int, Field(ge=1, le=10_000)] = 10_000
    scale: Number = 1.0
    complement: bool = False

    @field_validator("last_year")
    @classmethod
    def _years_in_order(cls, last_year: int, earlier: ValidationInfo) -> int:
        first_year = earlier.data.get("first_year", 1)
        if first_year > last_year:
            raise ValueError(f"last_year = {last_year} is before first_year = {first_year}")
        return last_year


class ScenarioTable(Table):
    """A scenario of the study's own: `shocks`, or `combine` to add up others."""

    name: Name
    label: Name | None = None
    description: str = ""
    shocks: list[object] | None = None
    combine: list[Name] | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "ScenarioTable":
        if (self.shocks is None) == (self.combine is None):
            raise ValueError("needs either 'shocks' (a list of tables) or 'combine' (a list of scenarios)")
        if self.combine is not None and len(self.combine) < 2:
            raise ValueError("'combine' needs at least two scenarios")
        return self


AnyTable = TypeVar("AnyTable", bound=Table)


def validated(model: type[AnyTable], value: object, path: str, faults: list[Fault]) -> AnyTable | None:
    """`value` as a table, or None with its faults appended."""
    if not isinstance(value, Mapping):
        faults.append(Fault(path, f"must be a table, not {shown(value)}"))
        return None
    try:
        return model.model_validate(dict(value))
    except ValidationError as error:
        faults.extend(_faults(error, model, path))
    return None


def tagged(
    models: Mapping[str, type[AnyTable]], tag: str, value: object, path: str, faults: list[Fault]
) -> AnyTable | None:
    """`value` as the table that its key `tag` names, or None with its faults appended."""
    if not isinstance(value, Mapping):
        faults.append(Fault(path, f"must be a table, not {shown(value)}"))
        return None
    name = value.get(tag)
    if name is None:
        faults.append(Fault(path, f"has no {tag!r}. Allowed: {', '.join(models)}."))
    elif not isinstance(name, str) or name not in models:
        faults.append(unknown_fault(f"{path}.{tag}", tag, name, list(models)))
    else:
        return validated(models[name], value, path, faults)
    return None


def joined(path: str, *keys: str | int) -> str:
    """A path in the file: `claims[0].select.region`."""
    for key in keys:
        path = f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}" if path else key
    return path


def _faults(error: ValidationError, model: type[Table], path: str) -> list[Fault]:
    """One fault for each place; the branches of a union are told together."""
    keys = list(model.model_fields)
    found: dict[str, list[str]] = {}
    for item in error.errors(include_url=False):
        location = item["loc"]
        place = [key for i, key in enumerate(location) if i == 0 or isinstance(key, int)]
        here = joined(path, *place)
        if item["type"] == "extra_forbidden":
            words = f"unknown key {str(location[-1])!r}.{nearest(str(location[-1]), keys)}"
        elif item["type"] == "missing":
            words = "is missing"
        elif item["type"] == "value_error":
            words = str(item["msg"]).removeprefix("Value error, ")
        elif item["type"] == "literal_error":
            allowed = [
                str(choice).strip("'")
                for choice in str(item.get("ctx", {}).get("expected")).replace(" or ", ", ").split(", ")
            ]
            words = f"unknown value {shown(item['input'])}.{nearest(item['input'], allowed)}"
        else:
            words = f"{shown(item['input'])} is not allowed: {item['msg'][:1].lower()}{item['msg'][1:]}"
        found.setdefault(here, []).append(words)
    return [Fault(here, "; or ".join(dict.fromkeys(words))) for here, words in found.items()]
