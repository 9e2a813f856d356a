"""Numbers, times and sizes as they are shown."""

import pytest
from cordillera.console import terminal


def test_numbers_that_json_does_not_have_become_null() -> None:
    assert terminal.plain({"a": float("nan"), "b": [1.0, float("inf")], "c": (True, None, "x")}) == {
        "a": None,
        "b": [1.0, None],
        "c": [True, None, "x"],
    }


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "less than 1 s"), (42.0, "42 s"), (600.0, "10 min"), (20000.0, "5.6 h")]
)
def test_a_time_is_said_as_a_person_says_it(seconds: float, said: str) -> None:
    assert terminal.duration(seconds) == said


@pytest.mark.parametrize(("count", "said"), [(12, "12 bytes"), (20480, "20.5 kB"), (3.2e9, "3.2 GB"), (5e12, "5.0 TB")])
def test_a_size_is_said_as_a_person_says_it(count: float, said: str) -> None:
    assert terminal.size(count) == said
