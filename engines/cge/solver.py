"""Solves a path of years for `LANES` runs: Broyden from the central path, then Newton, then a homotopy from the base.

Broyden's method starts from the central path of the scenario (and the run's own baseline) with the inverse Jacobian of
the central path, kept as a product of rank-one updates (Kelley 1995, section 7.3). A lane that has converged is frozen.
A lane that has not is taken on alone: Newton with the exact Jacobian and a line search, and if that fails the year is
led step by step from the base year, whose solution is known whatever the elasticities.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from ..lanes import LANES, add, add_scaled, divide, load, moved, multiply, same, store, subtract
from .kernel import apply_inverse, invert, jacobian, largest, run_tape

TOLERANCE = 1e-10
BROYDEN_STEPS = 24
NEWTON_STEPS = 20
SHORTEST_NEWTON_STEP = 1.0 / 32.0
HOMOTOPY_STEPS = 16
# Weights of the last three years that carry a quadratic on by one.
EXTRAPOLATION = (3.0, -3.0, 1.0)

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


def empty_path(years: int, layout: Layout) -> Path:
    """A path of which no year has been solved."""
    return Path(
        np.zeros((years, layout.unknowns, LANES)),
        np.zeros((years, len(layout.recorded), LANES)),
        np.full((years, LANES), np.inf),
        np.zeros((years, LANES), np.int64),
        np.full((years, LANES), FAILED),
    )


@njit(cache=True, error_model="numpy")
def solve_path(tape, layout, values, schedule, state, central, inverses, shift, wanted, want_inverses, path):
    """Solve every year in turn, into `path`.

    Nothing is returned: to make a record of Python's is to run Python, where an interrupt that waits is raised, and
    numba does not survive that.

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
        Inverse Jacobians there; if `want_inverses` they are made, from the solution of lane 0.
    shift : (year, unknown, lane)
        What each run's own baseline differs from the central one by.
    wanted : (lane,)
        Lanes that matter; the others go along and nothing waits for them.
    """
    years, size = schedule.shape[0], layout.unknowns
    tangents = np.zeros((values.shape[0], LANES))
    steps = np.zeros((BROYDEN_STEPS, size, LANES))
    start = np.zeros((size, LANES))
    base = np.concatenate((schedule[0], state))
    alive = wanted.copy()
    _write(values, layout.state, state)
    for year in range(years):
        _write(values, layout.schedule, schedule[year])
        _start(start, central, shift, path.logs, year)
        _write(values, 0, start)
        method, count = path.method[year], path.steps[year]
        near = inverses[max(year - 1, 0) if want_inverses else year]
        _broyden(tape, layout, values, near, steps, path.residual[year], count, method, alive)
        for lane in range(LANES):
            if alive[lane] and method[lane] == FAILED:
                _write_lane(values, 0, start, lane)
                rescue(tape, layout, values, tangents, base, lane, count, method)
        run_tape(tape, 0, layout.year_end, values)
        if want_inverses and not _invert_here(tape, layout, values, tangents, inverses[year]):
            return
        largest(values, layout.residual, size, path.residual[year])
        for lane in range(LANES):
            alive[lane] = alive[lane] and path.residual[year, lane] <= TOLERANCE
            if not alive[lane]:
                # Where a lost lane stands depends on how long the others kept it company.
                path.residual[year, lane] = np.inf
        _copy_rows(path.logs[year], values, np.arange(size))
        run_tape(tape, layout.year_end, layout.next_end, values)
        _copy_rows(path.recorded[year], values, layout.recorded)
        for k in range(len(layout.carried)):
            store(values, layout.state + k, load(values, layout.carried[k]))
        for lane in range(LANES):
            if not alive[lane]:
                _write_lane(values, layout.state, state, lane)


@njit(cache=True, error_model="numpy")
def _copy_rows(out, values, rows):
    for k in range(len(rows)):
        store(out, k, load(values, rows[k]))


@njit(cache=True, error_model="numpy")
def _write(values, first, block):
    for k in range(block.shape[0]):
        store(values, first + k, load(block, k))


@njit(cache=True, error_model="numpy")
def _write_lane(values, first, block, lane):
    """One lane of a block of rows."""
    for k in range(block.shape[0]):
        values[first + k, lane] = block[k, lane]


@njit(cache=True, error_model="numpy")
def _start(out, central, shift, logs, year):
    """Central path, the run's own baseline, and the difference from both carried on from the last three years."""
    for k in range(out.shape[0]):
        start = add(same(central[year, k]), load(shift[year], k))
        for back in range(1, min(3, year) + 1):
            before = year - back
            gap = subtract(load(logs[before], k), add(same(central[before, k]), load(shift[before], k)))
            start = add_scaled(start, EXTRAPOLATION[back - 1], gap)
        store(out, k, start)


@njit(cache=True, error_model="numpy")
def _broyden(tape, layout, values, inverse, steps, error, count, method, alive):
    """Broyden's method on all lanes; sets `method` of those that converge."""
    size = layout.unknowns
    norm = np.zeros((BROYDEN_STEPS, LANES))
    step = np.zeros((size, LANES))
    first = np.zeros(LANES)
    moving = np.zeros((1, LANES))
    # A lost lane stays lost: whether it would come back must not depend on how long the others are waited for.
    lost = np.zeros(LANES, np.bool_)
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
            lost[lane] = lost[lane] or error[lane] > 1e3 * first[lane] + 1.0
            going = alive[lane] and method[lane] == FAILED and not lost[lane]
            moving[0, lane] = 1.0 if going else 0.0
            waiting = waiting or going
        if not waiting:
            return
        apply_inverse(inverse, values, layout.residual, step)
        _rank_one_updates(step, steps, norm, iteration, size)
        for k in range(size):
            store(values, k, moved(load(values, k), load(step, k), load(moving, 0)))


@njit(cache=True, error_model="numpy")
def _rank_one_updates(step, steps, norm, iteration, size):
    """Turn the first inverse's step into Broyden's, from the steps taken so far; keep it and its squared length."""
    for j in range(iteration):
        along = divide(_dot_lanes(steps[j], step, size), load(norm, j))
        if j + 1 < iteration:
            for k in range(size):
                store(step, k, add(load(step, k), multiply(along, load(steps[j + 1], k))))
        else:
            scale = divide(same(1.0), subtract(same(1.0), along))
            for k in range(size):
                store(step, k, multiply(scale, load(step, k)))
    store(norm, iteration, _dot_lanes(step, step, size))
    _write(steps[iteration], 0, step)


@njit(cache=True, error_model="numpy")
def _dot_lanes(a, b, size):
    total = same(0.0)
    for k in range(size):
        total = add(total, multiply(load(a, k), load(b, k)))
    return total


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
            step[i] = 0.0
            for j in range(size):
                step[i] -= inverse[i, j] * values[layout.residual + j, lane]
        length = 1.0
        for k in range(size):
            values[k, lane] += step[k]
        while True:
            run_tape(tape, 0, layout.year_end, values)
            largest(values, layout.residual, size, error)
            steps[lane] += 1
            if error[lane] < before or length < SHORTEST_NEWTON_STEP:
                break
            for k in range(size):
                values[k, lane] -= 0.5 * length * step[k]
            length *= 0.5
        if not error[lane] < before:
            return before <= TOLERANCE
    return error[lane] <= TOLERANCE


@njit(cache=True, error_model="numpy")
def rescue(tape, layout, values, tangents, base, lane, steps, method):
    """Newton on one lane, and if it fails a homotopy of everything exogenous from the base year to this one."""
    size = layout.unknowns
    matrix = np.zeros((size, size))
    inverse = np.zeros((size, size))
    if newton(tape, layout, values, tangents, matrix, inverse, lane, steps):
        method[lane] = NEWTON
        return
    # The schedule and the state stand one after the other on the tape.
    given = values[layout.schedule : layout.schedule + base.shape[0]].copy()
    mixed = np.zeros_like(base)
    solved = np.zeros((size, LANES))
    reached, step = 0.0, 0.25
    for _ in range(HOMOTOPY_STEPS):
        share = min(1.0, reached + step)
        for k in range(base.shape[0]):
            mixed[k, lane] = base[k, lane] + share * (given[k, lane] - base[k, lane])
        _write_lane(values, layout.schedule, mixed, lane)
        _write_lane(values, 0, solved, lane)
        if newton(tape, layout, values, tangents, matrix, inverse, lane, steps):
            reached = share
            for k in range(size):
                solved[k, lane] = values[k, lane]
            step *= 2.0
            if reached == 1.0:
                method[lane] = HOMOTOPY
                break
        else:
            step *= 0.5
    _write_lane(values, layout.schedule, given, lane)
    _write_lane(values, 0, solved, lane)


@njit(cache=True, error_model="numpy")
def _invert_here(tape, layout, values, tangents, inverse):
    """Inverse Jacobian at the values of lane 0; False if it has none."""
    matrix = np.zeros(inverse.shape)
    jacobian(tape, layout.year_end, values, 0, tangents, 0, layout.residual, matrix)
    return invert(matrix, inverse)
