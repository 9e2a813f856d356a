"""The tape's derivatives, the inverse, and that no lane reads another."""

import numpy as np
import pytest
from cordillera.engines.cge.kernel import apply_inverse, invert, jacobian, largest, run_tape
from cordillera.engines.cge.program import LANES, joined
from cordillera.engines.cge.tape import Recorder, at_least, dot_total, exp, log, total
from cordillera.engines.cge.year import residuals, solve_year
from scipy import sparse


def workspace(world, draws, logs: np.ndarray) -> np.ndarray:
    """Rows of the model's tape, filled for the base year and run."""
    program, start = world.matrix.program, world.first_year(draws, "social_transfers")
    layout = program.layout
    values = np.ones((program.rows, LANES))
    values[: layout.unknowns] = logs
    values[program.behaviour_rows] = joined(start.behaviour)
    values[layout.schedule : layout.schedule + layout.schedule_size] = joined(start.schedule)
    values[layout.state : layout.state + layout.state_size] = joined(start.state)
    run_tape(program.tape, 0, layout.year_end, values)
    return values


def random_logs(world, spread: float = 0.03) -> np.ndarray:
    return np.random.default_rng(8).normal(0.0, spread, (world.matrix.program.layout.unknowns, LANES))


def derivatives(world, values: np.ndarray, lane: int) -> np.ndarray:
    program = world.matrix.program
    size = program.layout.unknowns
    out = np.zeros((size, size))
    tangents = np.zeros_like(values)
    jacobian(program.tape, program.layout.year_end, values, lane, tangents, 0, program.layout.residual, out)
    return out


@pytest.mark.parametrize("lane", [0, 5])
def test_the_jacobian_is_what_a_complex_step_finds(world, mixed, lane: int) -> None:
    program, start, logs = world.matrix.program, world.first_year(mixed, "social_transfers"), random_logs(world)
    size, step = program.layout.unknowns, 1e-30

    def one(part):
        return type(part)(
            *(np.repeat(getattr(part, name)[:, lane : lane + 1], size, axis=1) for name in part.__slots__)
        )

    behaviour, schedule, state = one(start.behaviour), one(start.schedule), one(start.state)
    moved = logs[:, lane : lane + 1] + 1j * step * np.eye(size)
    year = solve_year(program.base, program.rules, behaviour, schedule, state, moved)
    wanted = residuals(program.base, schedule, schedule.land, year, moved).imag / step
    found = derivatives(world, workspace(world, mixed, logs), lane)
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-10 * np.abs(wanted).max())


def test_the_jacobian_is_what_finite_differences_find(world, mixed) -> None:
    logs, step, layout = random_logs(world), 1e-6, world.matrix.program.layout
    found = derivatives(world, workspace(world, mixed, logs), 2)
    rows = slice(layout.residual, layout.residual + layout.unknowns)
    for unknown in (0, 40, 80, 110, layout.unknowns - 2, layout.unknowns - 1):
        up, down = logs.copy(), logs.copy()
        up[unknown] += step
        down[unknown] -= step
        wanted = (workspace(world, mixed, up)[rows, 2] - workspace(world, mixed, down)[rows, 2]) / (2.0 * step)
        np.testing.assert_allclose(found[:, unknown], wanted, atol=1e-6 * max(1.0, np.abs(wanted).max()))


def test_every_operation_has_its_derivative() -> None:
    weights = sparse.csr_matrix(np.array([[1.0, 2.0, 0.0], [0.0, -1.0, 0.5], [1.0, 1.0, 1.0]]))
    recorder = Recorder()
    x = recorder.vector(3)
    y = exp(x * 0.3) * log(x + 3.0) / (x + 1.0)
    block = (at_least(total(weights, y) + dot_total(weights, y, x), 1.0) * x).materialize()
    tape, last = recorder.tape(), recorder.cut()

    def at(values: np.ndarray) -> np.ndarray:
        rows = np.ones((recorder.rows, LANES))
        rows[:3] = values[:, None]
        run_tape(tape, 0, last, rows)
        return rows

    point, found = np.array([0.5, 1.2, 2.0]), np.zeros((3, 3))
    jacobian(tape, last, at(point), 3, np.zeros((recorder.rows, LANES)), 0, block.start, found)
    for k, step in enumerate(1e-6 * np.eye(3)):
        wanted = (at(point + step)[block.rows, 0] - at(point - step)[block.rows, 0]) / 2e-6
        np.testing.assert_allclose(found[:, k], wanted, rtol=1e-7, atol=1e-8)


def test_a_floor_that_binds_has_no_slope() -> None:
    recorder = Recorder()
    block = at_least(recorder.vector(2), 1.0).materialize()
    values = np.ones((recorder.rows, LANES))
    values[0], values[1] = 0.5, 2.0
    run_tape(recorder.tape(), 0, recorder.cut(), values)
    found = np.zeros((2, 2))
    jacobian(recorder.tape(), recorder.cut(), values, 0, np.zeros_like(values), 0, block.start, found)
    assert np.array_equal(values[block.rows, 0], [1.0, 2.0])
    assert np.array_equal(found, [[0.0, 0.0], [0.0, 1.0]])


@pytest.mark.parametrize("size", [1, 7, 118])
def test_the_inverse_is_one(size: int) -> None:
    matrix = np.random.default_rng(size).normal(size=(size, size))
    found = np.zeros_like(matrix)
    assert invert(matrix.copy(), found)
    np.testing.assert_allclose(found @ matrix, np.eye(size), atol=1e-10)


def test_the_inverse_needs_its_pivots() -> None:
    matrix, found = np.array([[0.0, 2.0], [4.0, 0.0]]), np.zeros((2, 2))
    assert invert(matrix.copy(), found)
    assert np.array_equal(found, [[0.0, 0.25], [0.5, 0.0]])


@pytest.mark.parametrize("matrix", [[[1.0, 2.0], [2.0, 4.0]], [[0.0, 0.0], [0.0, 1.0]], [[np.nan, 1.0], [1.0, 1.0]]])
def test_a_singular_matrix_is_said_to_be_so(matrix: list[list[float]]) -> None:
    assert not invert(np.array(matrix), np.zeros((2, 2)))


def test_the_step_is_minus_the_inverse_times_the_residual() -> None:
    generator = np.random.default_rng(9)
    inverse, values, out = generator.normal(size=(5, 5)), generator.normal(size=(9, LANES)), np.zeros((5, LANES))
    apply_inverse(inverse, values, 3, out)
    np.testing.assert_allclose(out, -inverse @ values[3:8], rtol=1e-13)


def test_the_largest_error_of_a_lane_is_infinite_where_one_is_not_a_number() -> None:
    values = np.tile(np.array([[0.1], [-0.4], [0.2]]), LANES)
    values[1, 2], values[0, 3], values[2, 4] = np.nan, np.inf, -np.inf
    out = np.zeros(LANES)
    largest(values, 0, 3, out)
    assert np.array_equal(out, np.where(np.isin(np.arange(LANES), (2, 3, 4)), np.inf, 0.4))


def test_a_lane_has_the_same_bits_whatever_stands_in_the_others(world, mixed) -> None:
    logs = random_logs(world)
    alone = workspace(world, mixed, logs)
    poisoned = logs.copy()
    poisoned[:, 1:] = np.nan
    poisoned[:, 2] = 50.0
    assert np.array_equal(workspace(world, mixed, poisoned)[:, 0], alone[:, 0], equal_nan=True)


def test_a_run_has_the_same_bits_in_every_lane(world, mixed) -> None:
    logs = random_logs(world)
    values = workspace(world, mixed, logs)
    for shift in (1, 3):
        turned = type(mixed)(mixed.factors, np.roll(mixed.values, shift, axis=0))
        again = workspace(world, turned, np.roll(logs, shift, axis=1))
        assert np.array_equal(np.roll(values, shift, axis=1), again)
