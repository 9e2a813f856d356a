"""exp and log as the tape carries them out, against references in extended precision."""

import numpy as np
import pytest
from cordillera.engines.cge.kernel import run_tape
from cordillera.engines.cge.program import LANES
from cordillera.engines.cge.tape import Recorder, exp, log
from hypothesis import given, settings
from hypothesis import strategies as st

LARGEST_ERROR = 2.0  # units in the last place


def carried_out(function, values: np.ndarray) -> np.ndarray:
    """`function` of numbers, on a tape of its own."""
    rows = -(-len(values) // LANES)
    recorder = Recorder()
    given_rows = recorder.vector(rows)
    block = function(given_rows).materialize()
    tape = recorder.tape()
    workspace = np.ones((recorder.rows, LANES))
    workspace[:rows].flat[: len(values)] = values
    run_tape(tape, 0, recorder.cut(), workspace)
    return workspace[block.rows].ravel()[: len(values)]


def errors(found: np.ndarray, exact: np.ndarray) -> np.ndarray:
    """Distance from an extended result in units in the last place of the nearest float."""
    return np.abs((found.astype(np.longdouble) - exact) / np.spacing(np.abs(exact.astype(np.float64)))).astype(float)


def test_the_references_are_more_precise_than_what_they_check() -> None:
    assert np.finfo(np.longdouble).nmant > 52


@pytest.mark.parametrize("width", [1e-12, 1e-3, 0.3, 3.0, 50.0, 699.0])
def test_exp_is_within_two_units_in_the_last_place(width: float) -> None:
    values = np.random.default_rng(1).uniform(-width, width, 20_000)
    assert errors(carried_out(exp, values), np.exp(values.astype(np.longdouble))).max() <= LARGEST_ERROR


@pytest.mark.parametrize("width", [1e-12, 1e-6, 1e-3, 0.3, 3.0, 50.0, 690.0])
def test_log_is_within_two_units_in_the_last_place(width: float) -> None:
    values = np.exp(np.random.default_rng(2).uniform(-width, width, 20_000))
    assert errors(carried_out(log, values), np.log(values.astype(np.longdouble))).max() <= LARGEST_ERROR


@settings(max_examples=200, deadline=None)
@given(st.floats(-699.0, 699.0))
def test_exp_of_any_number_is_within_two_units(value: float) -> None:
    at = np.array([value])
    assert errors(carried_out(exp, at), np.exp(at.astype(np.longdouble))).max() <= LARGEST_ERROR


@settings(max_examples=200, deadline=None)
@given(st.floats(1e-300, 1e300))
def test_log_of_any_positive_number_is_within_two_units(value: float) -> None:
    at = np.array([value])
    assert errors(carried_out(log, at), np.log(at.astype(np.longdouble))).max() <= LARGEST_ERROR


def test_edges_of_exp() -> None:
    at = np.array([0.0, -0.0, 1e-320, -1e-320, 700.0, -700.0, 1e4, -1e4, np.inf, -np.inf])
    found = carried_out(exp, at)
    assert np.all(found[:4] == 1.0)
    np.testing.assert_allclose(found[[4, 6, 8]], np.exp(700.0), rtol=1e-15)
    np.testing.assert_allclose(found[[5, 7, 9]], np.exp(-700.0), rtol=1e-15)


def test_edges_of_log() -> None:
    tiny, huge = np.finfo(float).tiny, np.finfo(float).max
    at = np.array([1.0, np.nextafter(1.0, 2.0), np.nextafter(1.0, 0.0), tiny, huge, np.sqrt(0.5), np.sqrt(2.0)])
    found = carried_out(log, at)
    assert found[0] == 0.0
    assert errors(found[1:], np.log(at[1:].astype(np.longdouble))).max() <= LARGEST_ERROR


def test_powers_of_two_have_exact_multiples_of_the_logarithm_of_two() -> None:
    exponents = np.arange(-1000, 1001)
    found = carried_out(log, np.ldexp(1.0, exponents))
    assert errors(found, exponents * np.log(np.longdouble(2.0))).max() <= LARGEST_ERROR


def test_one_undoes_the_other() -> None:
    values = np.random.default_rng(3).uniform(-20.0, 20.0, 4000)
    np.testing.assert_allclose(carried_out(log, carried_out(exp, values)), values, rtol=1e-14, atol=1e-15)


def test_a_number_has_the_same_bits_wherever_it_stands() -> None:
    values = np.random.default_rng(4).uniform(-3.0, 3.0, 64)
    for function, at in ((exp, values), (log, np.exp(values))):
        found = carried_out(function, at)
        for shift in range(1, LANES + 1):
            assert np.array_equal(np.roll(found, shift), carried_out(function, np.roll(at, shift)))


def test_both_rise_where_their_argument_rises() -> None:
    grid = np.linspace(-2.0, 2.0, 100_001)
    assert np.all(np.diff(carried_out(exp, grid)) >= 0.0)
    assert np.all(np.diff(carried_out(log, np.linspace(0.2, 3.0, 100_001))) >= 0.0)
