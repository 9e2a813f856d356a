"""Indicators of a corridor on cases that are done by hand."""

import numpy as np
import pytest
from cordillera.engines.spatial.accounts import Accounts
from cordillera.engines.spatial.indicators import (
    FLOW_STATISTICS,
    LORENZ_POINTS,
    READINGS,
    TAIL,
    discounted_gain,
    flow_gaps,
    gains,
    gap,
    gini,
    lorenz,
    means_by_place,
    name_places,
    tails,
)
from hypothesis import given, settings
from hypothesis import strategies as st


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, None]


def accounts_of(population: list, income: list, utility: list | None = None) -> Accounts:
    """Accounts by year and cell in one lane; what an indicator does not read is one."""
    people = np.array(population, dtype=float)[..., None]
    ones = np.ones_like(people)
    given_utility = ones if utility is None else np.array(utility, dtype=float)[..., None]
    fields = dict.fromkeys(Accounts._fields, ones)
    return Accounts(**fields | {"population": people, "income": np.array(income, float)[..., None],
                                "utility": given_utility})  # fmt: skip


def test_equal_values_have_no_gini_and_one_owner_the_largest() -> None:
    assert gini(column(3, 3, 3, 3), np.ones((4, 1)))[0] == pytest.approx(0.0, abs=1e-15)
    assert gini(column(0, 0, 0, 5), np.ones((4, 1)))[0] == pytest.approx(0.75)


def test_the_gini_of_two_and_of_four_cells_is_known() -> None:
    assert gini(column(1, 3), np.ones((2, 1)))[0] == pytest.approx(0.25)
    assert gini(column(4, 1, 3, 2), np.ones((4, 1)))[0] == pytest.approx(0.25)


def test_people_weigh_as_if_each_were_a_cell() -> None:
    heads = gini(column(1, 4), column(3, 2))[0]
    assert heads == pytest.approx(gini(column(1, 1, 1, 4, 4), np.ones((5, 1)))[0])


@settings(max_examples=50, deadline=None)
@given(values=st.lists(st.floats(0.01, 1e6), min_size=2, max_size=30), scale=st.floats(1e-3, 1e3))
def test_the_gini_is_half_the_mean_difference_over_the_mean(values: list[float], scale: float) -> None:
    cells = column(*values)
    found = gini(cells, np.ones_like(cells))[0]
    pairs = np.abs(cells - cells.T).mean() / (2.0 * cells.mean())
    assert found == pytest.approx(pairs, abs=1e-12)
    assert gini(scale * cells, np.ones_like(cells))[0] == pytest.approx(found, abs=1e-12)


def test_each_lane_has_its_own_gini() -> None:
    both = np.array([[1.0, 2.0], [3.0, 2.0]])
    np.testing.assert_allclose(gini(both, np.ones((2, 2))), [0.25, 0.0], atol=1e-15)


def test_the_lorenz_curve_of_four_cells_is_known() -> None:
    found = lorenz(column(4, 1, 3, 2), np.ones((4, 1)))[:, 0]
    at = dict(zip(LORENZ_POINTS, found, strict=True))
    assert at[50] == pytest.approx(0.3)
    assert at[10] == pytest.approx(0.04)
    assert at[90] == pytest.approx(0.6 + 0.4 * 0.6)
    even = lorenz(np.ones((7, 1)), np.ones((7, 1)))[:, 0]
    np.testing.assert_allclose(even, np.array(LORENZ_POINTS) / 100.0, rtol=1e-12)


@settings(max_examples=30, deadline=None)
@given(values=st.lists(st.floats(0.01, 1e6), min_size=2, max_size=30))
def test_the_lorenz_curve_rises_below_the_diagonal(values: list[float]) -> None:
    found = lorenz(column(*values), np.ones((len(values), 1)))[:, 0]
    assert (np.diff(found) >= -1e-15).all()
    assert (found <= np.array(LORENZ_POINTS) / 100.0 + 1e-12).all()


def test_gaps_are_in_per_cent_from_the_first_year_on() -> None:
    policy, base = np.array([[[1.0]], [[1.1]], [[1.5]]]), np.ones((3, 1, 1))
    np.testing.assert_allclose(gap(policy, base)[:, 0, 0], [10.0, 50.0])


def test_tails_hold_the_poorest_and_the_richest_cells() -> None:
    income = np.random.default_rng(0).permutation(np.arange(100.0))
    poorest, richest = tails(income)
    assert sorted(income[poorest]) == list(range(TAIL))
    assert sorted(income[richest]) == list(range(100 - TAIL, 100))
    few = tails(np.array([3.0, 1.0, 2.0, 5.0, 4.0]))
    assert (few[0].tolist(), few[1].tolist()) == ([1, 2], [4, 3])


PLACES = name_places(np.array([0, 1]), np.array([2]), np.array([0, 2, 3]), 5, {"first_end": np.array([0])})


def test_groups_of_cells_are_what_they_are_called() -> None:
    groups = {name: cells.tolist() for name, cells in PLACES.groups.items()}
    assert groups == {
        "corridor": [0, 1],
        "neighbours": [2],
        "elsewhere": [3, 4],
        "region": [0, 1, 2, 3, 4],
        "home": [0, 2, 3],
        "first_end": [0],
    }
    assert PLACES.off_corridor.tolist() == [2, 3, 4]


def test_groups_without_cells_are_left_out() -> None:
    none = np.array([], dtype=np.intp)
    assert "neighbours" not in name_places(np.array([0]), none, np.array([1]), 2, {"corridor_large": none}).groups


def test_means_go_over_the_cells_of_each_group_and_over_the_tails_of_each_lane() -> None:
    away = np.array([[1.0, 10.0], [3.0, 30.0], [5.0, 50.0], [7.0, 70.0], [9.0, 90.0]])
    poorest, richest = [np.array([0, 1]), np.array([3, 4])], [np.array([4]), np.array([2])]
    found = means_by_place(away, PLACES, poorest, richest)
    wanted = [[2, 20], [5, 50], [8, 80], [5, 50], [13 / 3, 130 / 3], [1, 10], [2, 80], [9, 50]]
    np.testing.assert_allclose(found, wanted)


def test_every_reading_of_the_gain_is_as_it_says() -> None:
    base = accounts_of([[1, 1], [1, 3], [2, 2]], [[1, 1], [10, 20], [10, 20]], [[1, 1], [1, 1], [2, 2]])
    policy = accounts_of([[1, 1], [2, 3], [2, 3]], [[1, 1], [11, 20], [10, 22]], [[1, 1], [1.5, 1], [2, 3]])
    found = dict(zip(READINGS, gains(policy, base, np.array([0, 1]))[:, 0], strict=True))
    product = (22 + 60) / 70, (20 + 66) / 60
    heads = 5 / 4, 5 / 4
    assert found["total_gdp"] == pytest.approx(100 * (sum(product) / 2 - 1))
    assert found["gdp_per_head"] == pytest.approx(
        100 * (sum(a / b for a, b in zip(product, heads, strict=True)) / 2 - 1)
    )
    assert found["mean_income"] == pytest.approx((10 + 0 + 0 + 10) / 4)
    assert found["mean_gdp"] == pytest.approx((120 + 0 + 0 + 65) / 4)
    assert found["mean_utility"] == pytest.approx((50 + 0 + 0 + 50) / 4)


def test_a_discounted_gain_weighs_the_first_year_in_full() -> None:
    base = accounts_of([[1, 1]] * 3, [[1, 1], [10, 20], [20, 40]])
    policy = accounts_of([[1, 1]] * 3, [[9, 9], [13, 20], [20, 40]])
    cells = np.array([0, 1])
    found = discounted_gain(policy, base, cells, np.array([0.5]))
    assert found[0] == pytest.approx(100 * 3 / (30 + 0.5 * 60))
    assert discounted_gain(base, base, cells, np.array([0.9]))[0] == 0.0


def test_every_statistic_of_flows_is_as_it_says() -> None:
    ones = [[1.0] * 3] * 3
    base = accounts_of([[100, 200, 50], [110, 190, 50], [130, 190, 40]], ones)
    policy = accounts_of([[100, 200, 50], [115, 188, 47], [136, 186, 38]], ones)
    found = dict(zip(FLOW_STATISTICS, flow_gaps(policy, base, np.array([1, 2]))[:, 0], strict=True))
    head = 100 * np.array([[5 / 100, -2 / 200, -3 / 50], [1 / 100, -2 / 200, 1 / 50]])
    # Where nobody moved in the baseline there is no ratio, and it counts as none.
    ratio = 100 * np.array([[15 / 10 - 1, -12 / -10 - 1, 0], [21 / 20 - 1, 0, -9 / -10 - 1]])
    assert found["per_head"] == pytest.approx(head.mean())
    assert found["per_head_median"] == pytest.approx(np.median(head))
    assert found["losing_share"] == pytest.approx(100.0)
    assert found["ratio_median"] == pytest.approx(np.median(ratio))
    assert found["ratio_mean"] == pytest.approx(ratio.mean())
    assert found["ratio_aggregate"] == pytest.approx(100 * (5 - 2 - 3 + 1 - 2 + 1) / (10 + 10 + 0 + 20 + 0 + 10))


def test_no_project_moves_nobody() -> None:
    base = accounts_of([[100, 200], [110, 190], [130, 170]], [[1.0, 1.0]] * 3)
    np.testing.assert_array_equal(flow_gaps(base, base, np.array([1])), 0.0)
    np.testing.assert_array_equal(gains(base, base, np.array([0, 1])), 0.0)
