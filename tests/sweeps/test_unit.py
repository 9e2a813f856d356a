import pytest
from cordillera.sweeps import Layout
from cordillera.sweeps.unit import choose_unit_blocks
from hypothesis import given
from hypothesis import strategies as st

layouts = st.builds(
    Layout, block_rows=st.integers(1, 40), blocks=st.integers(1, 3000), unit_blocks=st.sampled_from([1, 2, 4, 64, 1024])
)


@given(layouts)
def test_units_hold_every_row_once(layout: Layout) -> None:
    rows = [row for unit in range(layout.units) for row in range(*layout.rows_of(unit).indices(layout.rows))]
    assert rows == list(range(layout.rows))


@given(layouts)
def test_doubling_the_blocks_leaves_full_units_as_they_are(layout: Layout) -> None:
    doubled = Layout(layout.block_rows, 2 * layout.blocks, layout.unit_blocks)
    full = layout.blocks // layout.unit_blocks
    assert [doubled.rows_of(unit) for unit in range(full)] == [layout.rows_of(unit) for unit in range(full)]


@given(st.integers(1, 2**26), st.floats(1e-7, 1e4), st.integers(1, 10**10))
def test_a_unit_is_a_power_of_two_within_an_eighth_of_the_design(blocks: int, seconds: float, size: int) -> None:
    chosen = choose_unit_blocks(blocks, seconds, size)
    assert chosen & (chosen - 1) == 0
    assert chosen == 1 or (chosen <= blocks / 8 and chosen * size <= 2**27)


def test_a_unit_of_a_large_sweep_is_about_five_seconds_of_work() -> None:
    assert 3.0 < choose_unit_blocks(2**16, 0.2, 10_000) * 0.2 < 7.5


def test_a_plan_of_a_million_seconds_has_longer_units_and_no_more_than_a_file_system_takes() -> None:
    blocks, seconds = 2**17, 8.0
    chosen = choose_unit_blocks(blocks, seconds, 10_000)
    assert chosen * seconds > 20.0
    assert blocks / chosen <= 2**15.5
    assert choose_unit_blocks(2**10 * blocks, seconds, 10_000) * seconds <= 60.0 * 2**0.5


@given(st.integers(1, 2**26), st.floats(1e-4, 1e4))
def test_a_plan_within_forty_hours_has_units_of_five_seconds_at_most(blocks: int, seconds: float) -> None:
    if blocks * seconds < 1.6e5:
        assert choose_unit_blocks(blocks, seconds, 1) <= max(1.0, 5.0 * 2**0.5 / seconds)


def test_a_unit_that_is_no_power_of_two_is_refused() -> None:
    with pytest.raises(ValueError, match="3 blocks, which is not a power of two"):
        Layout(5, 12, 3)


def test_a_unit_beyond_the_design_is_refused() -> None:
    with pytest.raises(IndexError, match="no unit 4: the design has units 0 to 3"):
        Layout(5, 16, 4).rows_of(4)
