"""What it costs to cross a cell, and a new line through it."""

import numpy as np
import pytest
from cordillera.engines.spatial.infrastructure import (
    CostCoefficients,
    Infrastructure,
    instantaneous_cost,
    with_crossing,
)
from hypothesis import given, settings
from hypothesis import strategies as st

COST = CostCoefficients(0.1434, 0.4302, 0.5636, 1.1272, 1.9726, 0.0779, 0.779)


def cell(rail: float = 0.0, major: float = 0.0, other: float = 0.0, water: float = 0.0) -> Infrastructure:
    return Infrastructure(*(np.array([[share]]) for share in (rail, major, other, water)))


def cost_after(shares: Infrastructure, mode: str = "road", share: float = 0.1, from_other: bool = True) -> float:
    after = with_crossing(shares, np.array([0]), mode, share, from_other)
    return float((instantaneous_cost(after, COST) / instantaneous_cost(shares, COST)).item())


def test_a_cell_without_anything_costs_the_product_of_what_is_not_there() -> None:
    assert instantaneous_cost(cell(), COST).item() == pytest.approx(0.4302 * 1.9726 * 0.779, rel=1e-14)
    full = cell(1.0, 1.0, 0.0, 1.0)
    assert instantaneous_cost(full, COST).item() == pytest.approx(0.1434 * 0.5636 * 0.0779, rel=1e-14)


def test_shares_are_powers() -> None:
    half = instantaneous_cost(cell(0.5, 0.2, 0.3, 0.25), COST).item()
    wanted = (0.1434 * 0.4302) ** 0.5 * 0.5636**0.2 * 1.1272**0.3 * 1.9726**0.5 * 0.0779**0.25 * 0.779**0.75
    assert half == pytest.approx(wanted, rel=1e-14)


def test_a_major_road_in_place_of_other_roads_saves_6_70_per_cent() -> None:
    assert 100 * (1 - cost_after(cell(other=0.5))) == pytest.approx(6.70, abs=0.005)
    assert cost_after(cell(other=0.5)) == pytest.approx(2.0**-0.1, rel=1e-12)


def test_a_major_road_where_there_was_none_saves_11_8_per_cent() -> None:
    assert 100 * (1 - cost_after(cell(other=0.5), from_other=False)) == pytest.approx(11.8, abs=0.05)
    assert 100 * (1 - cost_after(cell(other=0.0))) == pytest.approx(11.8, abs=0.05)
    assert cost_after(cell(other=0.5), from_other=False) == pytest.approx(3.5**-0.1, rel=1e-4)


def test_a_full_cell_without_bare_land_takes_from_other_roads_whatever_was_asked() -> None:
    assert cost_after(cell(major=0.3, other=0.7), from_other=False) == pytest.approx(2.0**-0.1, rel=1e-12)


def test_rail_and_water_take_the_place_of_what_has_none() -> None:
    assert cost_after(cell(rail=0.2), "rail") == pytest.approx(3.0**-0.1, rel=1e-12)
    assert cost_after(cell(water=0.2), "water") == pytest.approx(10.0**-0.1, rel=1e-12)


@pytest.mark.parametrize("mode", ["road", "rail", "water"])
def test_a_line_stops_at_a_full_cell(mode: str) -> None:
    field = {"road": "major_road", "rail": "rail", "water": "water"}[mode]
    nearly = cell()._replace(**{field: np.array([[0.95]])})
    after = with_crossing(nearly, np.array([0]), mode, 0.1, True)
    assert getattr(after, field).item() == 1.0
    full = with_crossing(after, np.array([0]), mode, 0.1, True)
    assert instantaneous_cost(full, COST).item() == instantaneous_cost(after, COST).item()


@settings(max_examples=60, deadline=None)
@given(major=st.floats(0.0, 1.0), part=st.floats(0.0, 1.0), share=st.floats(0.0, 1.0), from_other=st.booleans())
def test_shares_stay_shares_and_nothing_gets_dearer(major: float, part: float, share: float, from_other: bool) -> None:
    before = cell(major=major, other=part * (1.0 - major))
    after = with_crossing(before, np.array([0]), "road", share, from_other)
    bare = 1.0 - after.major_road - after.other_road
    assert after.major_road.item() == pytest.approx(min(1.0, major + share), abs=1e-12)
    assert after.other_road.item() >= -1e-12
    assert bare.item() >= -1e-12
    gone = before.other_road - after.other_road
    room = before.other_road if from_other else 1.0 - before.major_road - before.other_road
    first = gone if from_other else (after.major_road - before.major_road) - gone
    assert first.item() == pytest.approx(min(min(share, 1.0 - major), room.item()), abs=1e-12)
    assert (instantaneous_cost(after, COST) <= instantaneous_cost(before, COST) * (1 + 1e-12)).all()


def test_other_cells_keep_their_bits_and_the_given_shares_are_left_alone() -> None:
    draw = np.random.default_rng(0)
    before = Infrastructure(*(draw.uniform(0.0, 0.4, (3, 4)) for _ in range(4)))
    copy = Infrastructure(*(values.copy() for values in before))
    after = with_crossing(before, np.array([5, 7]), "road", 0.1, True)
    for was, kept, now in zip(copy, before, after, strict=True):
        np.testing.assert_array_equal(was, kept)
        np.testing.assert_array_equal(np.delete(now.ravel(), [5, 7]), np.delete(was.ravel(), [5, 7]))
    np.testing.assert_allclose((after.major_road - before.major_road).ravel()[[5, 7]], 0.1, rtol=1e-12)


def test_a_line_of_no_size_changes_no_bit() -> None:
    draw = np.random.default_rng(1)
    before = Infrastructure(*(draw.uniform(0.0, 0.4, (3, 4)) for _ in range(4)))
    for from_other in (True, False):
        after = with_crossing(before, np.arange(12), "road", 0.0, from_other)
        np.testing.assert_array_equal(instantaneous_cost(after, COST), instantaneous_cost(before, COST))
