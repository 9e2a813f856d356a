"""What is written to a tape does what numpy does, operation by operation and for the whole model."""

from dataclasses import fields

import numpy as np
import pytest
import scipy.sparse as sparse
from cordillera.engines.cge.kernel import run_tape
from cordillera.engines.cge.parts import State
from cordillera.engines.cge.program import LANES, joined
from cordillera.engines.cge.tape import Recorder, at_least, dot_total, exp, log, stack, total
from cordillera.engines.cge.transition import equivalent_income, next_state
from cordillera.engines.cge.year import residuals, solve_year

SIZE = 6
INDEX = np.array([3, 3, 0, 5])
WEIGHTS = sparse.csr_matrix(np.array([[1.0, 0.0, -2.0, 0.0, 0.5, 0.0], [0.0] * 6, [1.0] * 6]))
COLUMN = np.linspace(0.5, 2.0, SIZE).reshape(-1, 1)

EXPRESSIONS = {
    "sum": lambda x, y: x + y,
    "difference": lambda x, y: x - y,
    "negative": lambda x, y: -x,
    "constant added": lambda x, y: x + COLUMN,
    "number added from the left": lambda x, y: 2.0 + x,
    "taken from a number": lambda x, y: 1.5 - x,
    "scaled": lambda x, y: x * COLUMN,
    "scaled from the left": lambda x, y: 3.0 * x,
    "divided by a constant": lambda x, y: x / COLUMN,
    "constant divided": lambda x, y: 2.0 / x,
    "product": lambda x, y: x * y,
    "product of scaled vectors": lambda x, y: (x * 2.0) * (y / 3.0),
    "product of sums": lambda x, y: (x + y) * (x - 0.5),
    "ratio": lambda x, y: x / y,
    "ratio of scaled vectors": lambda x, y: (x * 3.0) / (y * 2.0),
    "power of a vector": lambda x, y: x**y,
    "power of a constant": lambda x, y: x**1.7,
    "exp": lambda x, y: exp(x - y),
    "log": lambda x, y: log(x + y),
    "floor": lambda x, y: at_least(x - y, 0.1),
    "pick": lambda x, y: x[INDEX] * y[INDEX],
    "slice": lambda x, y: x[1:4] + y[2:5],
    "total": lambda x, y: total(WEIGHTS, x),
    "total of a sum": lambda x, y: total(WEIGHTS, x * 2.0 + y - 1.0),
    "dot": lambda x, y: dot_total(WEIGHTS, x, y),
    "dot of scaled vectors": lambda x, y: dot_total(WEIGHTS, x * 2.0, y + 1.0),
    "stack": lambda x, y: stack([x, y[0:2], x * 2.0]),
    "stack of sums": lambda x, y: stack([x + y, x[0:2]]),
    "one entry spread": lambda x, y: x + y[0:1],
    "one entry times many": lambda x, y: x * y[0:1],
    "nothing kept": lambda x, y: x * 0.0 + 2.0,
    "composed": lambda x, y: total(WEIGHTS, (x / y + 1.0) ** 2.0) * 3.0 - 1.0,
}


def on_tape(expression, *inputs: np.ndarray) -> np.ndarray:
    recorder = Recorder()
    block = expression(*(recorder.vector(len(values)) for values in inputs)).materialize()
    workspace = np.full((recorder.rows, LANES), np.nan)
    workspace[: sum(map(len, inputs))] = np.concatenate(inputs)
    run_tape(recorder.tape(), 0, recorder.cut(), workspace)
    return workspace[block.rows]


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_an_expression_on_the_tape_equals_numpy(name: str) -> None:
    generator = np.random.default_rng(6)
    x, y = generator.uniform(0.5, 2.0, (2, SIZE, LANES))
    np.testing.assert_allclose(on_tape(EXPRESSIONS[name], x, y), EXPRESSIONS[name](x, y), rtol=1e-14)


def test_a_vector_that_stands_in_rows_is_not_copied() -> None:
    recorder = Recorder()
    x = recorder.vector(SIZE)
    assert x.materialize() == x[0:SIZE].materialize()
    assert recorder.cut() == 0
    assert x[1:3].materialize().start == 1
    assert recorder.cut() == 0
    (x * 2.0).materialize()
    assert recorder.cut() == 1


def test_the_recorded_model_equals_its_numpy_evaluation(world, mixed) -> None:
    program, start = world.matrix.program, world.first_year(mixed, "social_transfers")
    layout = program.layout
    logs = np.random.default_rng(7).normal(0.0, 0.03, (layout.unknowns, LANES))
    values = np.ones((program.rows, LANES))
    values[: layout.unknowns] = logs
    values[program.behaviour_rows] = joined(start.behaviour)
    values[layout.schedule : layout.schedule + layout.schedule_size] = joined(start.schedule)
    values[layout.state : layout.state + layout.state_size] = joined(start.state)
    run_tape(program.tape, 0, layout.next_end, values)
    year = solve_year(program.base, program.rules, start.behaviour, start.schedule, start.state, logs)
    left = residuals(program.base, start.schedule, start.schedule.land, year, logs)
    np.testing.assert_allclose(values[layout.residual : layout.residual + layout.unknowns], left, atol=1e-12)
    following = next_state(program.base, program.rules, start.behaviour, start.state, year)
    np.testing.assert_allclose(values[layout.carried], joined(following), rtol=1e-11, atol=1e-12)
    kept = values[layout.recorded]
    wanted = {
        "value_added": year.value_added,
        "rental": year.prices.rental,
        "consumer_price": year.prices.consumer,
        "tax_points": year.tax_points,
        "equivalent_income": equivalent_income(program.base, start.behaviour, year, start.state.population),
        **{field.name: getattr(start.state, field.name) for field in fields(State)},
    }
    for name, expected in wanted.items():
        np.testing.assert_allclose(kept[program.recorded[name]], expected, rtol=1e-11, err_msg=name)


def test_what_a_path_records_is_what_numpy_finds_at_its_prices(world, mixed) -> None:
    at = world.columns(mixed, "coastal_boom")
    for name, expected in (
        ("value_added", at.year.value_added),
        ("capital", at.state.capital),
        ("wage", at.year.prices.wage),
        ("labour", at.year.labour),
        ("flows", at.year.outlets[-len(world.matrix.benchmark.flow) :]),
    ):
        found = np.moveaxis(world.recorded(at.path, name), 0, 1).reshape(expected.shape)
        np.testing.assert_allclose(found, expected, rtol=1e-11, err_msg=name)
