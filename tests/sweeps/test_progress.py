import pytest
from cordillera.sweeps import Progress


def test_the_rate_counts_only_what_this_driver_solved() -> None:
    state = Progress(runs=1000, done=600, failed=3, solved_here=100, seconds=20.0, workers=2)
    assert state.rate == pytest.approx(5.0)
    assert state.seconds_left == pytest.approx(80.0)


def test_before_the_first_batch_nothing_is_promised() -> None:
    state = Progress(runs=1000, done=0, failed=0)
    assert state.rate == 0.0
    assert state.seconds_left is None
