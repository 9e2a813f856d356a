"""The arrays of a store: their paths, dimensions, types and attributes, from a study and its engine."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

import numpy as np
import zarr
from numpy.typing import NDArray
from zarr.codecs import BloscCodec, Crc32cCodec

from ..engines import BASELINE, REMEDY, Engine, Outcome, Output, Scenario
from .admission import FLOAT, TEXT, WHOLE
from .unit import Layout

SCENARIO, DRAW, FACTOR, UNIT = "scenario", "draw", "factor", "unit"
OUTCOME = "status/outcome"
ENVIRONMENT = "status/environment"
# A larger shard is cut into chunks by scenario, so that a map of one scenario is read alone.
_LARGEST_CHUNK_BYTES = 8 * 2**20
# And what is larger still, by cells: an analysis goes through all draws of a few cells at a time.
_CELLS_CHUNK_BYTES = 2**20
_FILL: Mapping[str, float | int | str] = {
    "float64": float("nan"),
    "float32": float("nan"),
    "int32": 0,
    "uint8": 0,
    "string": "",
}


class SchemaError(ValueError):
    """An engine whose outputs cannot be laid out as one store."""


@dataclass(frozen=True, slots=True)
class ArraySpec:
    """One array of a store; `shape` and `shard` go with `dims`."""

    path: str
    dims: tuple[str, ...]
    shape: tuple[int, ...]
    shard: tuple[int, ...]
    dtype: str
    attributes: Mapping[str, str | list[int]] = field(default_factory=dict)

    def create(self, root: zarr.Group) -> None:
        """Make the array, empty, in the store at `root`; one that is there already is replaced."""
        chunk = self._chunk()
        # A shard is a whole number of chunks and may reach beyond the last cell.
        shard = tuple(-(-size // part) * part for size, part in zip(self.shard, chunk, strict=True))
        root.create_array(
            self.path,
            shape=self.shape,
            chunks=chunk,
            shards=shard if chunk != shard else None,
            dtype=self.dtype,
            fill_value=_FILL[self.dtype],
            compressors=[*self._compression(), Crc32cCodec()],
            dimension_names=self.dims,
            attributes=dict(self.attributes),
            overwrite=True,
        )

    def _compression(self) -> list[BloscCodec]:
        # Draws differ in their last digits, so that only the shuffled exponents shrink; lz4 finds those fastest.
        return [] if self.dtype == "string" else [BloscCodec(cname="lz4", clevel=1, shuffle="shuffle")]

    def _chunk(self) -> tuple[int, ...]:
        if SCENARIO not in self.dims or self.dtype == "string":
            return self.shard
        size = np.dtype(self.dtype).itemsize
        if prod(self.shard) * size <= _LARGEST_CHUNK_BYTES:
            return self.shard
        chunk = (1, *self.shard[1:])
        if prod(chunk) * size <= _LARGEST_CHUNK_BYTES or len(chunk) == 2:
            return chunk
        axis = 2 + int(np.argmax(chunk[2:]))
        pieces = -(-prod(chunk) * size // _CELLS_CHUNK_BYTES)
        return (*chunk[:axis], max(-(-chunk[axis] // pieces), 1), *chunk[axis + 1 :])


def scenario_names(scenarios: Sequence[Scenario]) -> tuple[str, ...]:
    """The scenarios of a store: the baseline first, then those of the study."""
    return (BASELINE, *(scenario.name for scenario in scenarios if scenario.name != BASELINE))


def coordinates(
    engine: Engine, outputs: Sequence[str], scenarios: Sequence[str], factors: Sequence[str]
) -> dict[str, NDArray]:
    """Every coordinate of a store by dimension.

    Raises
    ------
    SchemaError
        If an output has a dimension without labels, or one of a name that the store keeps for itself.
    """
    labels: dict[str, NDArray] = {SCENARIO: _text(scenarios), FACTOR: _text(factors)}
    for name in outputs:
        for dim in engine.outputs[name].dims:
            if dim in (SCENARIO, DRAW, FACTOR, UNIT):
                message = f"Output {name!r} has a dimension {dim!r}, a name that the store needs; give it another."
                raise SchemaError(message)
            if dim not in engine.coords:
                message = f"Output {name!r} has a dimension {dim!r} without labels; add it to the engine's `coords`."
                raise SchemaError(message)
            values = engine.coords[dim]
            whole = all(isinstance(value, int) for value in values)
            labels[dim] = np.array(values, dtype=np.int64) if whole else _text(values)
    return labels


def arrays(
    engine: Engine, outputs: Sequence[str], scenarios: Sequence[str], factors: Sequence[str], layout: Layout
) -> list[ArraySpec]:
    """Every array of a store but the coordinates; `status/outcome` comes last, as it is written last."""
    draw, shard = layout.rows, layout.unit_rows
    runs = (len(scenarios), draw), (len(scenarios), shard)
    factor_attributes = {
        "units": json.dumps({name: engine.factors[name].unit for name in factors}),
        "levels": json.dumps({name: engine.factors[name].levels for name in factors if engine.factors[name].levels}),
    }
    table, part = (draw, len(factors)), (shard, len(factors))
    return [
        ArraySpec("design/unit", (DRAW, FACTOR), table, part, "float64", {"long_name": "Sample in the unit cube"}),
        ArraySpec(
            "design/value",
            (DRAW, FACTOR),
            table,
            part,
            "float64",
            {"long_name": "Value of a factor"} | factor_attributes,
        ),
        *(_result(engine, engine.outputs[name], runs) for name in outputs),
        ArraySpec(
            "status/residual",
            (SCENARIO, DRAW),
            *runs,
            "float64",
            {"long_name": "Largest relative residual", "units": ""},
        ),
        ArraySpec("status/iterations", (SCENARIO, DRAW), *runs, "int32", {"long_name": "Iterations of the solver"}),
        ArraySpec(
            "status/seconds",
            (SCENARIO, DRAW),
            *runs,
            "float64",
            {"long_name": "Seconds a run, as the mean of its unit", "units": "second"},
        ),
        ArraySpec(
            ENVIRONMENT, (UNIT,), (layout.units,), (1,), "string", {"long_name": "Versions and processor of a unit"}
        ),
        ArraySpec(OUTCOME, (SCENARIO, DRAW), *runs, "uint8", _outcome_attributes()),
    ]


def form(path: str, dimensions: Sequence[str]) -> tuple[str, tuple[str, ...] | None]:
    """Kinds of numpy's types and dimensions that the array at a path may have; None for those of an output."""
    if path in dimensions:
        return WHOLE + TEXT, (path,)
    folder, _, name = path.partition("/")
    if folder == "design":
        return FLOAT, (DRAW, FACTOR)
    if folder == "results":
        return FLOAT, None
    if path == ENVIRONMENT:
        return TEXT, (UNIT,)
    return (WHOLE if name in ("outcome", "iterations") else FLOAT), (SCENARIO, DRAW)


def create_coordinate(root: zarr.Group, dim: str, labels: NDArray, attributes: Mapping[str, str]) -> None:
    """Write one coordinate whole, in one chunk."""
    root.create_array(
        dim,
        data=labels,
        chunks=labels.shape,
        compressors=[Crc32cCodec()],
        dimension_names=(dim,),
        attributes=dict(attributes),
        overwrite=True,
    )


def _result(engine: Engine, output: Output, runs: tuple[tuple[int, int], tuple[int, int]]) -> ArraySpec:
    sizes = tuple(len(engine.coords[dim]) for dim in output.dims)
    attributes: dict[str, str | list[int]] = {"units": output.unit, "long_name": output.label}
    if output.place:
        attributes["place"] = output.place
    return ArraySpec(
        f"results/{output.name}",
        (SCENARIO, DRAW, *output.dims),
        (*runs[0], *sizes),
        (*runs[1], *sizes),
        output.dtype,
        attributes,
    )


def _outcome_attributes() -> dict[str, str | list[int]]:
    return {
        "long_name": "What became of a run",
        "flag_values": [int(state) for state in Outcome],
        "flag_meanings": " ".join(state.name for state in Outcome),
        "remedies": json.dumps({state.name: REMEDY[state] for state in Outcome}),
    }


def _text(values: Sequence[object]) -> NDArray:
    return np.array([str(value) for value in values], dtype=np.dtypes.StringDType())
