"""Numbers, times and sizes as they are shown."""

import warnings

import pytest
from cordillera.cluster import HostWarning
from cordillera.console import terminal
from cordillera.sweeps import Progress


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


@pytest.mark.parametrize(
    ("rate", "said"), [(1234.5, "1,234 runs/s"), (2.54, "2.5 runs/s"), (0.04, "2.4 runs/min"), (0.0, "0.0 runs/s")]
)
def test_a_pace_is_said_as_a_person_says_it(rate: float, said: str) -> None:
    assert terminal.pace(rate) == said


def test_the_dashboard_is_told_once_and_only_if_there_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal.progress("a") as watch:
        watch(Progress(runs=10, done=0, failed=0))
        assert "Dashboard" not in capsys.readouterr().err
        for done in (1, 2):
            watch(Progress(runs=10, done=done, failed=0, link="http://127.0.0.1:4000/status"))
    assert capsys.readouterr().err.count("Dashboard: http://127.0.0.1:4000/status") == 1


def test_a_warning_of_ours_is_told_in_words_and_one_of_others_as_python_does(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(warnings, "showwarning", lambda message, *rest: told.append(str(message)))
    terminal.tell_warnings()
    warnings.showwarning(HostWarning("node1 takes no part."), HostWarning, "ssh.py", 1)
    warnings.showwarning(UserWarning("something"), UserWarning, "other.py", 1)
    assert capsys.readouterr().err == "Warning: node1 takes no part.\n"
    assert told == ["something"]
