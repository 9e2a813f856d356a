import numpy as np
import pytest
from cordillera.analysis.box import find_box

NAMES = ("a", "b", "c")


def draws(count=2000, seed=1):
    return np.random.default_rng(seed).random((count, 3))


def test_a_corner_is_found_with_its_limits():
    values = draws()
    cases = (values[:, 0] > 0.7) & (values[:, 1] < 0.4)
    box = find_box(NAMES, values, cases)
    limits = {limit.factor: limit for limit in box.limits}
    assert set(limits) == {"a", "b"}
    assert limits["a"].low == pytest.approx(0.7, abs=0.03)
    assert limits["a"].high == np.inf
    assert limits["b"].high == pytest.approx(0.4, abs=0.03)
    assert box.density > 0.9
    assert box.coverage > 0.9
    assert box.mass == pytest.approx(0.12, abs=0.03)
    assert box.overall == pytest.approx(cases.mean())


def test_its_figures_are_those_of_the_draws_inside():
    values = draws(500, seed=2)
    cases = values[:, 2] + 0.1 * draws(500, seed=3)[:, 0] > 0.6
    box = find_box(NAMES, values, cases)
    inside = np.ones(500, dtype=bool)
    for limit in box.limits:
        column = values[:, NAMES.index(limit.factor)]
        inside &= (column >= limit.low) & (column <= limit.high)
    assert box.density == pytest.approx(cases[inside].mean())
    assert box.coverage == pytest.approx(inside[cases].mean())


def test_chance_alone_makes_no_box():
    values, coin = draws(400, seed=4), np.random.default_rng(9).random(400) < 0.3
    box = find_box(NAMES, values, coin)
    assert box.density < 0.6


def test_levels_without_an_order_are_taken_one_by_one():
    values = draws()
    values[:, 1] = np.floor(5 * values[:, 1])
    cases = np.isin(values[:, 1], (1, 4))
    box = find_box(NAMES, values, cases, unordered=(False, True, False), name="holds")
    assert [limit.levels for limit in box.limits] == [(1.0, 4.0)]
    assert box.density == 1.0
    assert "b is 1 or 4" in box.words
    assert "it holds in 100 %" in box.words


def test_many_draws_on_one_value_are_peeled_together():
    values = draws()
    values[:, 0] = np.round(values[:, 0])
    cases = values[:, 0] > 0.5
    (limit,) = find_box(NAMES, values, cases).limits
    assert limit.low == pytest.approx(0.5)


def test_too_few_cases_have_no_box():
    values = draws(200)
    rare = np.zeros(200, dtype=bool)
    rare[:9] = True
    assert find_box(NAMES, values, rare) is None
    assert find_box(NAMES, values, ~rare) is None


def test_words_name_the_ends_that_matter():
    values = draws()
    cases = (values[:, 0] > 0.3) & (values[:, 0] < 0.6)
    box = find_box(("migration", "b", "c"), values, cases)
    assert box.words.startswith("Where migration is between 0.")
    assert f"of the draws (over all: {100 * cases.mean():.0f} %)" in box.words
