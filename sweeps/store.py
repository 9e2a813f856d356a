"""The store: one Zarr v3 hierarchy that holds a sweep and is its only memory.

Every array is stored in shards of one unit along `draw`, so that two workers that write two units never touch one
object. `status/outcome` is written last and alone says what has run.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import xarray as xr
import zarr
from numpy.typing import NDArray
from zarr.core.sync import sync

from ..data.writing import errors_named
from ..engines import Draws, Outcome, Solution
from . import schema
from .address import PARTIAL
from .admission import (
    TORN,
    DamagedStoreError,
    known_outcomes,
    label_limit,
    read_array,
    read_labels,
)
from .design import UnitSample
from .stored import StoredArray, lost_objects
from .study import Study, record_differences
from .unit import Layout

Selection = slice | tuple[slice, slice]
_DOUBLED = 2**6


class AlignmentError(ValueError):
    """Rows that are not exactly one unit: two writers would share a shard and lose rows."""


@dataclass(frozen=True, eq=False)
class Store:
    """A sweep as it stands: its study, its layout and the arrays at `url`.

    Read it with `design`, `unit_design`, `outcome`, `output` and `status`; rows are draws of the whole design, and
    rows that have not run yet are NaN (`NOT_RUN` in `outcome`).
    """

    url: str
    study: Study
    layout: Layout
    attrs: Mapping[str, object]
    root: zarr.Group
    _open: dict[str, zarr.Array] = field(default_factory=dict, repr=False)
    _lost: dict[str, dict[int, str]] = field(default_factory=dict, repr=False)

    @property
    def identity(self) -> str:
        """Hash of what decides the numbers."""
        return str(self.attrs["identity"])

    @cached_property
    def changes(self) -> tuple[str, ...]:
        """What of the study, its case or its engine decides other numbers now than when the store was made."""
        if self.identity == self.study.identity:
            return ()
        return tuple(record_differences(json.loads(str(self.attrs["record"])), self.study.record))

    @property
    def samples(self) -> int:
        """Base points of the design."""
        return self.study.design.samples

    @property
    def block_rows(self) -> int:
        """Rows of a block."""
        return self.layout.block_rows

    @property
    def unit_rows(self) -> int:
        """Rows of a unit, the shard of every array along `draw`."""
        return self.layout.unit_rows

    @cached_property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the scenarios, `baseline` first."""
        return tuple(str(label) for label in self.coords[schema.SCENARIO])

    @cached_property
    def factors(self) -> tuple[str, ...]:
        """Names of the factors, the columns of the design."""
        return tuple(str(label) for label in self.coords[schema.FACTOR])

    @cached_property
    def outputs(self) -> tuple[str, ...]:
        """Names of the outputs that the store keeps."""
        return tuple(json.loads(str(self.attrs["outputs"])))

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """Names of the dimensions that have labels."""
        return tuple(json.loads(str(self.attrs["dimensions"])))

    @cached_property
    def coords(self) -> Mapping[str, NDArray]:
        """Labels by dimension."""
        return {name: read_labels(self.url, name, self.array(name)) for name in self.dimensions}

    def _longest(self, dim: str) -> int:
        """How long a dimension may be; a store may be doubled while it is open here."""
        own = {schema.DRAW: _DOUBLED * self.layout.rows, schema.UNIT: _DOUBLED * self.layout.units}
        return own[dim] if dim in own else self.array(dim).shape[0]

    @property
    def runs(self) -> int:
        """Runs of the whole sweep: draws times scenarios."""
        return self.layout.rows * len(self.scenarios)

    def array(self, path: str) -> zarr.Array:
        """One array of the hierarchy, by its path.

        Raises
        ------
        DamagedStoreError
            If it is missing, or is not one that a store has.
        """
        if path not in self._open:
            kinds, dims = schema.form(path, self.dimensions)
            longest = label_limit if path in self.dimensions else self._longest
            found = read_array(self.url, self.root, path, kinds, dims, longest)
            # An absent object in a complete unit is then always a lost one, which `verify` reports.
            self._open[path] = found.with_config({"write_empty_chunks": True})
        return self._open[path]

    def design(self) -> Draws:
        """The design in the factors' units, (draw, factor); NaN where a row has not run yet."""
        return Draws(self.factors, self._stored("design/value").read())

    def unit_design(self) -> Draws:
        """The design in the unit cube, (draw, factor); NaN where a row has not run yet."""
        return Draws(self.factors, self._stored("design/unit").read())

    def outcome(self) -> xr.DataArray:
        """What became of every run, (scenario, draw) uint8, values of `Outcome`."""
        outcome = self._labelled(schema.OUTCOME).compute()
        known_outcomes(self.url, outcome.values)
        return outcome

    def output(self, name: str) -> xr.DataArray:
        """One output, (scenario, draw, ...), read when it is used, with labels and units.

        Raises
        ------
        KeyError
            If the store does not keep this output; the message lists those that it keeps.
        DamagedStoreError
            When it is read, if numbers of a unit that has run are lost or torn.
        """
        if name not in self.outputs:
            message = f"The store at {self.url} keeps no output {name!r}. It keeps: {', '.join(self.outputs)}."
            raise KeyError(message)
        return self._labelled(f"results/{name}")

    def status(self, name: str) -> xr.DataArray:
        """`residual`, `iterations` or `seconds` of every run, (scenario, draw)."""
        return self._labelled(f"status/{name}").compute()

    def outcome_of(self, unit: int) -> NDArray[np.uint8]:
        """Outcomes of one unit, (scenario, row); all NOT_RUN if what is stored cannot be read."""
        rows = self.layout.rows_of(unit)
        try:
            return known_outcomes(self.url, np.asarray(self.array(schema.OUTCOME)[:, rows]))
        except DamagedStoreError:
            raise
        except TORN:
            return np.zeros((len(self.scenarios), rows.stop - rows.start), dtype=np.uint8)

    def outcomes(self) -> NDArray[np.uint8]:
        """Outcomes of every run, (scenario, draw), units whose status cannot be read as NOT_RUN."""
        try:
            return known_outcomes(self.url, np.asarray(self.array(schema.OUTCOME)[:]))
        except DamagedStoreError:
            raise
        except TORN:
            return np.concatenate([self.outcome_of(unit) for unit in range(self.layout.units)], axis=1)

    def torn_units(self) -> list[int]:
        """Units whose status is there and cannot be read."""
        try:
            self.array(schema.OUTCOME)[:]
        except TORN:
            return [unit for unit in range(self.layout.units) if self._is_torn(unit)]
        return []

    def _is_torn(self, unit: int) -> bool:
        try:
            self.array(schema.OUTCOME)[:, self.layout.rows_of(unit)]
        except TORN:
            return True
        return False

    def complete_units(self, outcomes: NDArray[np.uint8] | None = None) -> NDArray[np.bool_]:
        """Which units have been written whole, (unit,); from `outcomes` where they have been read already."""
        row_ran = ((self.outcomes() if outcomes is None else outcomes) != Outcome.NOT_RUN).all(axis=0)
        return np.logical_and.reduceat(row_ran, np.arange(0, self.layout.rows, self.layout.unit_rows))

    def environments(self, outcomes: NDArray[np.uint8] | None = None) -> dict[str, int]:
        """Complete units by the versions and the processor that computed them, the most frequent first."""
        lines, complete = self.array(schema.ENVIRONMENT), np.flatnonzero(self.complete_units(outcomes))
        try:
            read = np.asarray(lines[:])[complete].tolist()
        except (*TORN, IndexError):
            read = []
            for unit in complete:
                with suppress(*TORN, IndexError):
                    read.append(np.asarray(lines[int(unit)]).item())
        return dict(Counter(read).most_common())

    def write_unit(self, unit: int, sample: UnitSample, solution: Solution, seconds: float, environment: str) -> None:
        """Write one whole unit, its status last.

        Parameters
        ----------
        unit : int
            Number of the unit.
        sample : UnitSample
            Its rows of the design.
        solution : Solution
            Its runs, all scenarios of the store in their order.
        seconds : float
            Seconds that the unit took to solve.
        environment : str
            Versions and processor that made the numbers.

        Raises
        ------
        AlignmentError
            If rows or scenarios are not exactly those of the unit.
        """
        rows = self.layout.rows_of(unit)
        self._assert_whole(unit, rows, sample, solution)
        runs = (slice(None), rows)
        parts: list[tuple[str, Selection, NDArray]] = [
            ("design/unit", rows, sample.unit),
            ("design/value", rows, sample.value),
            *((f"results/{name}", runs, solution.outputs[name]) for name in self.outputs),
            ("status/residual", runs, solution.residual),
            ("status/iterations", runs, solution.iterations),
            ("status/seconds", runs, np.full(solution.outcome.shape, seconds / solution.outcome.size)),
            (schema.ENVIRONMENT, slice(unit, unit + 1), np.array([environment], np.dtypes.StringDType())),
        ]
        with errors_named(self.url, PARTIAL):
            sync(_write([(self.array(path), where, values) for path, where, values in parts]))
            # Status after the numbers: a torn unit must look as if it had never run.
            self.array(schema.OUTCOME)[:, rows] = solution.outcome

    def reopen_unit(self, unit: int) -> None:
        """Mark one unit as not run, so that the next `run` solves it again."""
        rows = self.layout.rows_of(unit)
        empty = np.zeros((len(self.scenarios), rows.stop - rows.start), dtype=np.uint8)
        self.array(schema.OUTCOME)[:, rows] = empty

    def _assert_whole(self, unit: int, rows: slice, sample: UnitSample, solution: Solution) -> None:
        count = rows.stop - rows.start
        wanted = (len(self.scenarios), count)
        found = [sample.unit.shape[:1], sample.value.shape[:1]]
        shapes = [solution.outputs[name].shape[:2] for name in self.outputs]
        shapes += [solution.outcome.shape, solution.residual.shape, solution.iterations.shape]
        if any(shape != (count,) for shape in found) or any(shape != wanted for shape in shapes):
            message = (
                f"Unit {unit} holds {wanted[0]} scenarios of {count} rows but was given arrays led by "
                f"{sorted(set(found + shapes))}; a part of a unit would overwrite its other rows. Write whole units."
            )
            raise AlignmentError(message)
        if solution.scenarios != self.scenarios:
            message = f"The store holds the scenarios {self.scenarios} but was given {solution.scenarios}."
            raise AlignmentError(message)
        if (solution.outcome == Outcome.NOT_RUN).any():
            message = f"Unit {unit} has runs without an outcome; an engine must give each of its runs one."
            raise AlignmentError(message)

    def _labelled(self, path: str) -> xr.DataArray:
        data = self._stored(path).labelled()
        coords = {str(dim): self.coords[str(dim)] for dim in data.dims if dim in self.coords}
        return xr.DataArray(data, coords, name=path.split("/")[1])

    def _stored(self, path: str) -> StoredArray:
        return StoredArray(self.url, self.array(path), lambda: self._lost_of(path))

    def _lost_of(self, path: str) -> dict[int, str]:
        """What complete units lack of an array, looked up once; a status that is lost is that of a unit to be run."""
        if path == schema.OUTCOME:
            return {}
        if path not in self._lost:
            axis = 0 if path.startswith("design/") else 1
            self._lost[path] = lost_objects(self.array(path), axis, self._written)
        return self._lost[path]

    @cached_property
    def _written(self) -> list[int]:
        """The units that were complete when something was first read of them."""
        return np.flatnonzero(self.complete_units()).tolist()


async def _write(parts: Sequence[tuple[zarr.Array, Selection, NDArray]]) -> None:
    """Write parts of several arrays at once: far away that is one wait instead of many, near by half the overhead."""
    await asyncio.gather(*(array.async_array.setitem(where, values) for array, where, values in parts))
