"""Which rows of a store an analysis may use: whole blocks, independent rows, and their weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ..engines import Draws, Outcome, unknown
from ..sweeps.design import block_count
from ..sweeps.design import independent_rows as rows_of_block
from ..sweeps.factor import index_names
from ..sweeps.quadrature import quadrature_weights
from ..sweeps.study import Study


class AnalysisError(ValueError):
    """An analysis that this store cannot give."""


class SweepResults(Protocol):
    """What an analysis reads of a store."""

    @property
    def study(self) -> Study: ...
    @property
    def samples(self) -> int: ...
    @property
    def block_rows(self) -> int: ...
    @property
    def attrs(self) -> Mapping[str, object]: ...
    def design(self) -> Draws: ...
    def unit_design(self) -> Draws: ...
    def environments(self) -> Mapping[str, int]: ...
    def outcome(self) -> xr.DataArray: ...
    def output(self, name: str) -> xr.DataArray: ...


@dataclass(frozen=True, slots=True)
class Rows:
    """One output under one scenario, or its difference from another, one line a draw.

    Parameters
    ----------
    values : (draw, cell) float
        The cells of the output laid in a line.
    run : (draw,) bool
        Whether every run that the value needs has been made.
    solved : (draw,) bool
        Whether they all solved and left a finite number in every cell that is ever finite.
    size : (cell,) float
        The largest magnitude of a level that enters the value, by which rounding is judged.
    """

    values: NDArray[np.floating]
    run: NDArray[np.bool_]
    solved: NDArray[np.bool_]
    size: NDArray[np.float64]

    @property
    def failed(self) -> NDArray[np.bool_]:
        """Draws that ran without a usable result."""
        return self.run & ~self.solved


@dataclass(frozen=True, eq=False)
class OutputSample:
    """One output of a store, narrowed to some labels, and what became of the runs behind it.

    Parameters
    ----------
    array : xarray.DataArray
        The output, (scenario, draw, ...), read when it is used.
    outcome : xarray.DataArray
        Values of `Outcome`, (scenario, draw).
    relative_to : str, optional
        The scenario that the others are compared with.
    """

    array: xr.DataArray
    outcome: xr.DataArray
    relative_to: str | None

    @cached_property
    def reference(self) -> NDArray[np.floating] | None:
        """The values of the scenario that the others are compared with, (draw, cell), read once."""
        return None if self.relative_to is None else _cells(self.array, self.relative_to)

    @property
    def scenarios(self) -> list[str]:
        """The scenarios to analyse, without the one that they are compared with."""
        return [str(name) for name in self.array["scenario"].values if name != self.relative_to]

    @property
    def dims(self) -> list[str]:
        """The dimensions of a cell."""
        return [str(name) for name in self.array.dims if name not in ("scenario", "draw")]

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of `dims`."""
        return tuple(self.array.sizes[name] for name in self.dims)

    @property
    def coords(self) -> dict[str, NDArray]:
        """The labels of `dims`."""
        return {name: self.array[name].values for name in self.dims if name in self.array.coords}

    @property
    def attrs(self) -> dict[str, str]:
        """What a result says about itself."""
        return {
            "output": str(self.array.name),
            "relative_to": self.relative_to or "",
            "units": str(self.array.attrs.get("units", "")),
            "long_name": str(self.array.attrs.get("long_name", self.array.name)),
        }

    def rows(self, scenario: str, usable: NDArray[np.bool_] | None = None) -> Rows:
        """The rows of one scenario, less those of the scenario that it is compared with.

        Parameters
        ----------
        scenario : str
            One of `scenarios`.
        usable : (draw,) bool, optional
            Draws to take for solved at most, where this is a portion of an output; all if left out.
        """
        values = _cells(self.array, scenario)
        states = [self.outcome.sel(scenario=scenario).values]
        levels = [values]
        if self.reference is not None:
            states.append(self.outcome.sel(scenario=self.relative_to).values)
            levels.append(self.reference)
            values = values - self.reference
        run = np.all([state != Outcome.NOT_RUN for state in states], axis=0)
        solved = np.all([state == Outcome.SOLVED for state in states], axis=0)
        if usable is not None:
            solved &= usable
        finite = np.isfinite(values)
        if not finite.all():
            # A cell that never holds a number (sea on a map) says nothing about its rows.
            ever = finite[solved].any(axis=0)
            solved &= finite[:, ever].all(axis=1)
        size = np.max([_magnitude(level, solved) for level in levels], axis=0)
        return Rows(values, run, solved, size)


def output_sample(
    store: SweepResults,
    output: str,
    relative_to: str | None = None,
    select: Mapping[str, object] | None = None,
    outcome: xr.DataArray | None = None,
) -> OutputSample:
    """An output narrowed to the labels of `select`, to be analysed as it is or relative to a scenario.

    `outcome` is that of the store, for a caller that has read it already.

    Raises
    ------
    AnalysisError
        If the output has no such dimension or label.
    UnknownNameError
        If the store has no such output or scenario.
    """
    array = output_array(store, output, select)
    return sample_of(array, store.outcome() if outcome is None else outcome, relative_to)


def sample_of(array: xr.DataArray, outcome: xr.DataArray, relative_to: str | None = None) -> OutputSample:
    """An output (scenario, draw, ...), or a part of its cells, to be analysed as it is or relative to a scenario.

    Raises
    ------
    UnknownNameError
        If there is no such scenario.
    """
    known = [str(name) for name in array["scenario"].values]
    if relative_to is not None and relative_to not in known:
        raise unknown("scenario", relative_to, known)
    return OutputSample(array, outcome, relative_to)


def output_array(store: SweepResults, output: str, select: Mapping[str, object] | None = None) -> xr.DataArray:
    """An output (scenario, draw, ...), read when it is used, narrowed to the labels of `select`.

    Raises
    ------
    AnalysisError
        If the output has no such dimension or label.
    UnknownNameError
        If the store does not keep the output.
    """
    if output not in store.study.outputs:
        raise unknown("output", output, list(store.study.outputs))
    array = store.output(output)
    for dimension, label in (select or {}).items():
        array = _narrow(array, dimension, label)
    return array


def whole_blocks(store: SweepResults, good: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which blocks are good in every row, (block,)."""
    return np.asarray(good.reshape(-1, store.block_rows).all(axis=1))


def independent_rows(store: SweepResults) -> NDArray[np.intp]:
    """Rows of the whole design that stand for the factors' joint distribution.

    A Saltelli block holds two, its first (A) and its last (B): the crossed rows between repeat their values. Of a
    Morris trajectory only the first row counts, its others are steps from it. In every other design all rows do. They
    count alike, but for those of a quadrature: see `sampling_weights`.
    """
    blocks = store.samples if store.study.design.nested else block_count(store.study)
    return np.flatnonzero(np.tile(rows_of_block(store.study), blocks))


def is_sample(store: SweepResults) -> bool:
    """Whether the independent rows are drawn from the factors' laws, or are points that somebody's design has set."""
    return store.study.design.method not in ("grid", "factorial", "quadrature")


def sampling_weights(store: SweepResults) -> NDArray[np.float64] | None:
    """Weights of the points of a quadrature, (draw,), adding up to 1; None where the rows are a sample."""
    if store.study.design.method != "quadrature":
        return None
    laws = tuple(factor.distribution for factor in store.study.factors)
    return quadrature_weights(laws, store.study.design.rule or "stroud")


def factor_columns(study: Study) -> dict[str, list[int]]:
    """The names that a design crosses, groups or single factors, each with its columns, in SALib's order."""
    return {
        name: [column for column, factor in enumerate(study.factors) if factor.index_name == name]
        for name in index_names(study.factors)
    }


def _magnitude(values: NDArray[np.floating], solved: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The largest magnitude in each cell of the solved rows, (cell,); 0 without any."""
    kept = values if solved.all() else values[solved]
    return np.maximum(kept.max(axis=0, initial=0.0), -kept.min(axis=0, initial=0.0)).astype(np.float64)


def _cells(array: xr.DataArray, scenario: str) -> NDArray[np.floating]:
    """One scenario of an output as (draw, cell)."""
    known = [str(name) for name in array["scenario"].values]
    if scenario not in known:
        raise unknown("scenario", scenario, known)
    values = array.sel(scenario=scenario).transpose("draw", ...).values
    return values.reshape(len(values), -1)


def _narrow(array: xr.DataArray, dimension: str, label: object) -> xr.DataArray:
    """One label of a dimension, which then goes, or several, in the order in which they are asked for."""
    if dimension not in array.dims:
        have = ", ".join(str(name) for name in array.dims[2:]) or "none, it is a single number"
        message = f"Output {array.name!r} has no dimension {dimension!r}; its dimensions are: {have}."
        raise AnalysisError(message)
    known = [str(value) for value in array[dimension].values]
    several = isinstance(label, list | tuple | np.ndarray)
    wanted = [str(value) for value in label] if several else [str(label)]
    for value in wanted:
        if value not in known:
            message = f"Output {array.name!r} has no {dimension} {value!r}; known: {', '.join(known[:40])}."
            raise AnalysisError(message)
    places = [known.index(value) for value in wanted]
    return array.isel({dimension: places if several else places[0]})
