"""The design of a study: from its table to a `DesignSpec`, held to its factors."""

from dataclasses import replace

import numpy as np

from ..data.system import reading_words
from ..engines import Engine, Factor
from .columns import read_columns, read_number
from .design import row_count
from .distribution import Choice, Empirical
from .factor import StudyFactor, index_names
from .fault import Fault, shown, unknown_fault
from .law import ReadFile, level_index
from .specification import (
    LARGEST_SAMPLES,
    CsvTable,
    DesignTable,
    FastTable,
    GridTable,
    LatinTable,
    MorrisTable,
    QuadratureTable,
    SobolTable,
)
from .study import DesignSpec

# The dimensions of the Sobol sequence (21201) hold two copies of the factors.
_SOBOL_FACTORS = 10_600
_FACTORIAL_FACTORS = 512
_ENDS_WANTED = ("morris", "grid", "factorial")


def read_design(
    table: DesignTable, factors: tuple[StudyFactor, ...], engine: Engine, read: ReadFile, faults: list[Fault]
) -> tuple[DesignSpec, tuple[StudyFactor, ...]]:
    """The design, and the factors: those of a `csv` design may stand in its file alone.

    `samples` of a design whose size follows from its other settings is left at 0 for `sized` to fill in.
    """
    if isinstance(table, SobolTable):
        return DesignSpec("sobol", table.samples, table.seed, second_order=table.second_order), factors
    if isinstance(table, MorrisTable):
        return DesignSpec("morris", table.samples, table.seed, levels=table.levels), factors
    if isinstance(table, LatinTable | FastTable):
        return DesignSpec(table.method, table.samples, table.seed), factors
    if isinstance(table, GridTable):
        return DesignSpec("grid", 0, levels=table.levels), factors
    if isinstance(table, QuadratureTable):
        return DesignSpec("quadrature", 0, rule=table.rule), factors
    if isinstance(table, CsvTable):
        return _read_table(table, factors, engine, read, faults)
    return DesignSpec("factorial", 0), factors


def check_design(spec: DesignSpec, factors: tuple[StudyFactor, ...]) -> list[Fault]:
    """What makes a design impossible with these factors."""
    if not factors:
        return [Fault("factors", "there are none; give at least one table [factors.NAME]")]
    faults = [*_check_groups(spec, factors), *_check_laws(spec, factors)]
    if spec.method == "sobol" and len(factors) > _SOBOL_FACTORS:
        faults.append(Fault("factors", f"a 'sobol' design takes up to {_SOBOL_FACTORS} factors, not {len(factors)}"))
    if spec.method == "factorial" and len(factors) > _FACTORIAL_FACTORS:
        faults.append(Fault("factors", f"a 'factorial' design takes up to {_FACTORIAL_FACTORS}, not {len(factors)}"))
    if spec.method == "grid" and row_count(factors, spec) > LARGEST_SAMPLES:
        rows = row_count(factors, spec)
        words = f"the full grid has {rows:.3g} rows, more than {LARGEST_SAMPLES}; take fewer levels or factors"
        faults.append(Fault("design.levels", words))
    return faults


def sized(spec: DesignSpec, factors: tuple[StudyFactor, ...]) -> DesignSpec:
    """The design with its number of rows, where that follows from its other settings."""
    return replace(spec, samples=row_count(factors, spec))


def _check_groups(spec: DesignSpec, factors: tuple[StudyFactor, ...]) -> list[Fault]:
    faults = []
    ungrouped = {factor.name for factor in factors if factor.group is None}
    for factor in factors:
        if factor.group in ungrouped:
            words = f"{factor.group!r} is the name of a factor without a group; call the group otherwise"
            faults.append(Fault(f"factors.{factor.name}.group", words))
    grouped = any(factor.group for factor in factors)
    if grouped and spec.method == "fast":
        faults.append(Fault("design.method", "'fast' has no groups; take 'sobol' or leave the groups out"))
    if grouped and spec.method in ("sobol", "morris") and len(index_names(factors)) < 2:
        faults.append(Fault("factors", "all are in one group, so that there is nothing to compare; make two at least"))
    return faults


def _check_laws(spec: DesignSpec, factors: tuple[StudyFactor, ...]) -> list[Fault]:
    faults = []
    for factor in factors:
        path = f"factors.{factor.name}"
        if spec.method in _ENDS_WANTED and np.isinf(factor.distribution.support).any():
            words = f"has no end, and a {spec.method!r} design goes to the ends; give 'low' and 'high'"
            faults.append(Fault(path, words))
        if spec.method == "quadrature" and factor.distribution.centre is None:
            words = (
                "quadrature needs a symmetric continuous distribution (uniform, triangular with its mode in the "
                "middle, normal; log_uniform and lognormal on a log scale); use 'sobol' or 'latin' for others"
            )
            faults.append(Fault(path, words))
    return faults


def _read_table(
    table: CsvTable, factors: tuple[StudyFactor, ...], engine: Engine, read: ReadFile, faults: list[Fault]
) -> tuple[DesignSpec, tuple[StudyFactor, ...]]:
    """The rows of a file; a column without a table of its own is drawn from its own values."""
    spec = DesignSpec("csv", 0, file=table.file)
    try:
        columns = read_columns(read(table.file))
    except (OSError, ValueError) as error:
        faults.append(Fault("design.file", f"{shown(table.file)}: {reading_words(error)}"))
        return spec, factors
    declared = {factor.name: factor for factor in factors}
    faults += [
        Fault(f"factors.{name}", f"has no column in {shown(table.file)}, which has {', '.join(columns)}")
        for name in declared
        if name not in columns
    ]
    rows, found = [], []
    for name, cells in columns.items():
        here = f"{table.file}, column {name!r}"
        if name not in engine.factors:
            faults.append(unknown_fault(here, "factor", name, list(engine.factors)))
            continue
        values = _read_column(cells, engine.factors[name], declared.get(name), here, faults)
        if values:
            rows.append(values)
            found.append(declared.get(name) or StudyFactor(name, Empirical(tuple(sorted(values)))))
    if len(rows) < len(columns):
        return spec, tuple(found)
    return replace(spec, table=tuple(zip(*rows, strict=True))), tuple(found)


def _read_column(
    cells: list[str], factor: Factor, declared: StudyFactor | None, path: str, faults: list[Fault]
) -> list[float]:
    """The numbers of a column, or nothing with its faults appended."""
    values = []
    for row, cell in enumerate(cells, start=2):
        try:
            value = _read_cell(cell, factor, declared)
        except ValueError as error:
            faults.append(Fault(f"{path}, row {row}", str(error)))
        else:
            values.append(value)
    return values if len(values) == len(cells) else []


def _read_cell(cell: str, factor: Factor, declared: StudyFactor | None) -> float:
    if factor.levels:
        index = level_index(cell, factor)
        if index is None and cell.isascii() and cell.isdigit():
            index = level_index(float(cell), factor)
        if index is None:
            raise ValueError(f"{shown(cell)} is not a level of {factor.name}: {', '.join(factor.levels[:12])}")
        value = index
    else:
        try:
            value = read_number(cell)
        except ValueError:
            raise ValueError(f"{shown(cell)} is not a number") from None
    if not factor.low <= value <= factor.high:
        raise ValueError(f"{value:g} is outside the model's {factor.low:g} to {factor.high:g}")
    if declared is not None:
        low, high = declared.distribution.support
        outside = not low <= value <= high
        if isinstance(declared.distribution, Choice) and value not in declared.distribution.values:
            outside = True
        if outside:
            raise ValueError(f"{value:g} cannot come from the distribution of {factor.name}, {low:g} to {high:g}")
    return value
