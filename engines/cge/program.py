"""The model of one matrix under one set of rules, recorded on a tape and ready to be solved."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ..lanes import LANES
from .base import Base, Weights
from .economy import Floats
from .parts import Behaviour, Rules, Schedule, State, Year
from .solver import TOLERANCE, Layout, Path, empty_path, solve_path
from .tape import Recorder, Rows, Tape, total
from .transition import equivalent_income, next_state
from .year import residuals, solve_year

Parts = TypeVar("Parts", Behaviour, Schedule, State)


@dataclass(frozen=True, slots=True)
class CentralPath:
    """Solution with every factor at its default, and the inverse Jacobian of each year, where runs start from."""

    logs: Floats
    inverses: Floats
    solved: bool


@dataclass(frozen=True)
class Program:
    """A recorded model. `recorded` names slices of the rows that a path keeps of each year."""

    base: Base
    rules: Rules
    tape: Tape
    layout: Layout
    rows: int
    behaviour_rows: slice
    recorded: Mapping[str, slice]

    def solve(
        self,
        behaviour: Behaviour[Floats],
        schedule: Schedule[Floats],
        state: State[Floats],
        central: CentralPath,
        shift: Floats,
        wanted: NDArray[np.bool_],
    ) -> Path:
        """Paths of `LANES` runs, of which some are wanted; the arrays of `schedule` are (year, row, lane)."""
        values = np.ones((self.rows, LANES))
        values[self.behaviour_rows] = joined(behaviour)
        given = np.ascontiguousarray(joined(schedule, axis=1))
        path = empty_path(len(given), self.layout)
        start, known = joined(state), (central.logs, central.inverses)
        solve_path(self.tape, self.layout, values, given, start, *known, shift, wanted, False, path)
        return path

    def central_path(
        self, behaviour: Behaviour[Floats], schedule: Schedule[Floats], state: State[Floats]
    ) -> CentralPath:
        """The path of lane 0, solved by Newton's method from year to year."""
        values = np.ones((self.rows, LANES))
        values[self.behaviour_rows] = joined(behaviour)
        given = np.ascontiguousarray(joined(schedule, axis=1))
        years, size = given.shape[0], self.layout.unknowns
        inverses = np.zeros((years, size, size))
        start, shift = np.zeros((years, size)), np.zeros((years, size, LANES))
        first = np.arange(LANES) == 0
        path = empty_path(years, self.layout)
        solve_path(self.tape, self.layout, values, given, joined(state), start, inverses, shift, first, True, path)
        logs = np.ascontiguousarray(path.logs[:, :, 0])
        return CentralPath(logs, inverses, bool((path.residual[:, 0] <= TOLERANCE).all()))


def joined(parts: Parts, axis: int = 0) -> Floats:
    """The vectors of a record one below the other, in the order of its fields."""
    return np.concatenate([getattr(parts, field.name) for field in fields(parts)], axis=axis)


def record(base: Base, rules: Rules, behaviour: Behaviour, schedule: Schedule, state: State) -> Program:
    """Record the model once; the arguments give the lengths of the vectors."""
    recorder = Recorder()
    size = 2 * base.numbers.sectors + len(base.numbers.flow) + 10
    logs = recorder.vector(size)
    behaviour_rows, schedule_rows = _inputs(recorder, behaviour), _inputs(recorder, schedule)
    state_rows = _inputs(recorder, state)
    year = solve_year(base, rules, behaviour_rows, schedule_rows, state_rows, logs)
    residual = residuals(base, schedule_rows, schedule_rows.land, year, logs).materialize()
    year_end = recorder.cut()
    kept = _kept(base, behaviour_rows, schedule_rows, state_rows, year)
    blocks = {name: vector.materialize() for name, vector in kept.items()}
    following = next_state(base, rules, behaviour_rows, state_rows, year)
    carried = np.concatenate([_row_numbers(getattr(following, f.name)) for f in fields(following)])
    recorded, slices = [], {}
    for name, block in blocks.items():
        slices[name] = slice(sum(map(len, recorded)), sum(map(len, recorded)) + block.size)
        recorded.append(np.arange(block.start, block.start + block.size))
    first_schedule, first_state = _first_row(schedule_rows), _first_row(state_rows)
    layout = Layout(
        size,
        first_schedule,
        first_state - first_schedule,
        first_state,
        len(carried),
        residual.start,
        year_end,
        recorder.cut(),
        carried.astype(np.int64),
        np.concatenate(recorded).astype(np.int64),
    )
    return Program(base, rules, recorder.tape(), layout, recorder.rows, slice(size, first_schedule), slices)


def _inputs(recorder: Recorder, parts: Parts) -> Parts:
    return type(parts)(*(recorder.vector(getattr(parts, field.name).shape[-2]) for field in fields(parts)))


def _first_row(parts: Parts) -> int:
    return getattr(parts, fields(parts)[0].name).materialize().start


def _row_numbers(vector: Rows) -> np.ndarray:
    block = vector.materialize()
    return np.arange(block.start, block.start + block.size)


def _kept(
    base: Base, behaviour: Behaviour[Rows], schedule: Schedule[Rows], state: State[Rows], year: Year[Rows]
) -> dict[str, Rows]:
    """What reports are made of, year by year."""
    b = base.numbers
    cells, exports = 2 * b.sectors, len(b.export)
    investment: Weights = base.regions
    return {
        "value_added": year.value_added,
        "rental": year.prices.rental,
        "wage": year.prices.wage,
        "land_rent": year.prices.land,
        "exchange_rate": year.prices.exchange_rate,
        "consumer_price": year.prices.consumer,
        "services_price": year.prices.local[base.services_cells],
        "labour": year.labour,
        "land": schedule.land,
        "investment": total(investment, year.investment),
        "imports": year.purchases[cells : cells + len(b.imports)],
        "exports": year.outlets[cells : cells + exports],
        "flows": year.outlets[cells + exports :],
        "tax_points": year.tax_points,
        "equivalent_income": equivalent_income(base, behaviour, year, state.population),
        "capital": state.capital,
        "endowment": state.endowment,
        "population": state.population,
        "region_share": state.region_share,
        "capital_share": state.capital_share,
    }


__all__ = ["CentralPath", "Parts", "Path", "Program", "joined", "record"]
