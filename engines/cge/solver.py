"""Solves a path of years for `LANES` runs: Broyden from the central path, then Newton, then a homotopy from the base.

Broyden's method starts from the central path of the scenario (and the run's own baseline) with the inverse Jacobian of
the central path, kept as a product of rank-one updates (Kelley 1995, section 7.3). A lane that has converged is frozen.
A lane that has not is taken on alone: Newton with the exact Jacobian and a line search, and if that fails the year is
led step by step from the base year, whose solution is known whatever the elasticities.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from .kernel import apply_inverse, invert, jacobian, largest, run_tape
from .lanes import LANES, add_product, load, same, store

TOLERANCE = 1e-10
BROYDEN_STEPS = 24
NEWTON_STEPS = 40
SMALLEST_HOMOTOPY_STEP = 1.0 / 1024.0

BROYDEN, NEWTON, HOMOTOPY, FAILED = 0, 1, 2, 3


class Layout(NamedTuple):
    """Where things stand on the tape. Rows: unknowns from 0; `behaviour`, `schedule`, `state` are first rows."""

    unknowns: int
    schedule: int
    schedule_size: int
    state: int
    state_size: int
    residual: int
    year_end: int
    next_end: int
    carried: np.ndarray
    recorded: np.ndarray


class Path(NamedTuple):
    """A solved path; (year, row, lane), and (year, lane) for the last three."""

    logs: np.ndarray
    recorded: np.ndarray
    residual: np.ndarray
    steps: np.ndarray
    method: np.ndarray


@njit(cache=True, error_model="numpy")
def solve_path(tape, layout, values, schedule, state, central, inverses, shift, want_inverses):
    """Solve every year in turn.

    Parameters
    ----------
    tape, layout
        The recorded model.
    values : (row, lane)
        Workspace whose behaviour rows are filled.
    schedule : (year, row, lane)
        Exogenous values of every year.
    state : (row, lane)
        Capital, workers, people and shares of the base year.
    central : (year, unknown)
        Logs of the unknowns on the central path.
    inverses : (year, unknown, unknown)
        Inverse Jacobians there; filled in instead of read if `want_inverses`, from lane 0 with Newton's method.
    shift : (year, unknown, lane)
        What each run's own baseline differs from the central one by.
    """
    years, size = schedule.shape[0], layout.unknowns
    path = Path(
        np.zeros((years, size, LANES)),
        np.zeros((years, len(layout.recorded), LANES)),
        np.full((years, LANES), np.inf),
        np.zeros((years, LANES), np.int64),
        np.full((years, LANES), FAILED),
    )
    tangents = np.zeros((values.shape[0] if want_inverses else 1, LANES))
    steps = np.zeros((BROYDEN_STEPS, size, LANES))
    alive = np.ones(LANES, np.bool_)
    _write(values, layout.state, state)
    for year in range(years):
        _write(values, layout.schedule, schedule[year])
        _start(values, central, shift, path.logs, year, size)
        if want_inverses:
            path.method[year] = NEWTON
            if not _central_year(tape, layout, values, tangents, inverses[year], path.residual[year], year):
                return path
        else:
            _broyden(
                tape, layout, values, inverses[year], steps, path.residual[year], path.steps[year], path.method[year]
            )
            for lane in range(LANES):
                if alive[lane] and path.method[year, lane] == FAILED:
                    if len(tangents) == 1:
                        tangents = np.zeros((values.shape[0], LANES))
                    _write_lane(values, 0, central[year] + shift[year, :, lane], lane)
                    rescue(
                        tape, layout, values, tangents, schedule[0], state, lane, path.steps[year], path.method[year]
                    )
            run_tape(tape, 0, layout.year_end, values)
            largest(values, layout.residual, size, path.residual[year])
        for lane in range(LANES):
            alive[lane] = alive[lane] and path.residual[year, lane] <= TOLERANCE
        path.logs[year] = values[:size]
        run_tape(tape, layout.year_end, layout.next_end, values)
        for k in range(len(layout.recorded)):
            store(path.recorded[year], k, load(values, layout.recorded[k]))
        for k in range(len(layout.carried)):
            store(values, layout.state + k, load(values, layout.carried[k]))
        for lane in range(LANES):
            if not alive[lane]:
                _write_lane(values, layout.state, state[:, lane], lane)
    return path


@njit(cache=True, error_model="numpy")
def _write(values, first, block):
    for k in range(block.shape[0]):
        store(values, first + k, load(block, k))


@njit(cache=True, error_model="numpy")
def _write_lane(values, first, column, lane):
    for k in range(len(column)):
        values[first + k, lane] = column[k]


@njit(cache=True, error_model="numpy")
def _start(values, central, shift, logs, year, size):
    """Central path, the run's own baseline, and the difference from both carried on from the last three years."""
    for k in range(size):
        for lane in range(LANES):
            start = central[year, k] + shift[year, k, lane]
            for back, weight in ((1, 3.0), (2, -3.0), (3, 1.0)):
                before = year - back
                if before >= 0:
                    gap = logs[before, k, lane] - central[before, k] - shift[before, k, lane]
                    start += weight * gap
            values[k, lane] = start


@njit(cache=True, error_model="numpy")
def _broyden(tape, layout, values, inverse, steps, error, count, method):
    """Broyden's method on all lanes; sets `method` of those that converge."""
    size = layout.unknowns
    norm = np.zeros((BROYDEN_STEPS, LANES))
    step = np.zeros((size, LANES))
    first = np.zeros(LANES)
    for iteration in range(BROYDEN_STEPS):
        run_tape(tape, 0, layout.year_end, values)
        largest(values, layout.residual, size, error)
        waiting = False
        for lane in range(LANES):
            if iteration == 0:
                first[lane] = error[lane]
            if method[lane] == FAILED and error[lane] <= TOLERANCE:
                method[lane] = BROYDEN
                count[lane] = iteration
            lost = error[lane] > 1e3 * first[lane] + 1.0
            waiting = waiting or (method[lane] == FAILED and not lost)
        if not waiting:
            return
        apply_inverse(inverse, values, layout.residual, step)
        _rank_one_updates(step, steps, norm, iteration, size)
        for k in range(size):
            for lane in range(LANES):
                if method[lane] == FAILED:
                    values[k, lane] += step[k, lane]


@njit(cache=True, error_model="numpy")
def _rank_one_updates(step, steps, norm, iteration, size):
    """Turn the first inverse's step into Broyden's, from the steps taken so far; keep it and its squared length."""
    for j in range(iteration):
        along = _dot_lanes(steps[j], step, size)
        if j + 1 < iteration:
            for lane in range(LANES):
                along[lane] /= norm[j, lane]
            for k in range(size):
                for lane in range(LANES):
                    step[k, lane] += steps[j + 1, k, lane] * along[lane]
        else:
            for lane in range(LANES):
                along[lane] = 1.0 / (1.0 - along[lane] / norm[j, lane])
            for k in range(size):
                for lane in range(LANES):
                    step[k, lane] *= along[lane]
    squared = _dot_lanes(step, step, size)
    for lane in range(LANES):
        norm[iteration, lane] = squared[lane]
    steps[iteration] = step


@njit(cache=True, error_model="numpy")
def _dot_lanes(a, b, size):
    s = same(0.0)
    for k in range(size):
        s = add_product(s, 1.0, load(a, k), load(b, k))
    out = np.empty((1, LANES))
    store(out, 0, s)
    return out[0]


@njit(cache=True, error_model="numpy")
def newton(tape, layout, values, tangents, matrix, inverse, lane, steps):
    """Newton's method with a halving line search on one lane; True if it converges."""
    size = layout.unknowns
    error = np.zeros(LANES)
    step = np.zeros(size)
    run_tape(tape, 0, layout.year_end, values)
    largest(values, layout.residual, size, error)
    for _ in range(NEWTON_STEPS):
        if error[lane] <= 0.01 * TOLERANCE:
            return True
        before = error[lane]
        jacobian(tape, layout.year_end, values, lane, tangents, 0, layout.residual, matrix)
        if not before < np.inf or not invert(matrix, inverse):
            return False
        for i in range(size):
            total = 0.0
            for j in range(size):
                total -= inverse[i, j] * values[layout.residual + j, lane]
            step[i] = total
        length = 1.0
        for k in range(size):
            values[k, lane] += step[k]
        while True:
            run_tape(tape, 0, layout.year_end, values)
            largest(values, layout.residual, size, error)
            steps[lane] += 1
            if error[lane] < before or length < 1e-4:
                break
            for k in range(size):
                values[k, lane] -= 0.5 * length * step[k]
            length *= 0.5
        if not error[lane] < before:
            return before <= TOLERANCE
    return error[lane] <= TOLERANCE


@njit(cache=True, error_model="numpy")
def rescue(tape, layout, values, tangents, base_schedule, base_state, lane, steps, method):
    """Newton on one lane, and if it fails a homotopy of everything exogenous from the base year to this one."""
    size = layout.unknowns
    matrix = np.zeros((size, size))
    inverse = np.zeros((size, size))
    if newton(tape, layout, values, tangents, matrix, inverse, lane, steps):
        method[lane] = NEWTON
        return
    schedule = values[layout.schedule : layout.schedule + layout.schedule_size, lane].copy()
    state = values[layout.state : layout.state + layout.state_size, lane].copy()
    solved = np.zeros(size)
    reached, step = 0.0, 0.25
    while reached < 1.0 and step >= SMALLEST_HOMOTOPY_STEP:
        share = min(1.0, reached + step)
        _write_lane(values, 0, solved, lane)
        _write_lane(values, layout.schedule, base_schedule[:, lane] + share * (schedule - base_schedule[:, lane]), lane)
        _write_lane(values, layout.state, base_state[:, lane] + share * (state - base_state[:, lane]), lane)
        if newton(tape, layout, values, tangents, matrix, inverse, lane, steps):
            reached = share
            solved[:] = values[:size, lane]
            step *= 2.0
        else:
            step *= 0.5
    _write_lane(values, layout.schedule, schedule, lane)
    _write_lane(values, layout.state, state, lane)
    _write_lane(values, 0, solved, lane)
    if reached == 1.0:
        method[lane] = HOMOTOPY


@njit(cache=True, error_model="numpy")
def _central_year(tape, layout, values, tangents, inverse, error, year):
    """One year of the central path by Newton on lane 0, and the inverse Jacobian there; other lanes follow lane 0."""
    size = layout.unknowns
    matrix = np.zeros((size, size))
    steps = np.zeros(LANES, np.int64)
    solved = newton(tape, layout, values, tangents, matrix, inverse, 0, steps)
    for k in range(size):
        for lane in range(LANES):
            values[k, lane] = values[k, 0]
    run_tape(tape, 0, layout.year_end, values)
    largest(values, layout.residual, size, error)
    jacobian(tape, layout.year_end, values, 0, tangents, 0, layout.residual, matrix)
    return invert(matrix, inverse) and solved
