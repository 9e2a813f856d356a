"""How single things read on the command line."""

import cordillera
from cordillera.console.wording import accepted_by, default_of, grouped_reasons, seconds_to_prepare
from cordillera.engines import Factor


def test_a_choice_is_told_by_its_levels_and_a_number_by_its_ends() -> None:
    number = Factor("x", "", 0.5, 0.0, 2.0, "", "")
    choice = Factor("c", "", 1.0, 0.0, 1.0, "", "", ("other_road", "no_road"))
    many = Factor("m", "", 0.0, 0.0, 9.0, "", "", tuple(f"matrix {i}" for i in range(10)))
    assert (default_of(number), accepted_by(number)) == (0.5, "0 to 2")
    assert (default_of(choice), accepted_by(choice)) == ("no_road", "other_road or no_road")
    assert (default_of(many), accepted_by(many)) == ("matrix 0", "matrix 0 to matrix 9 (10 levels)")


def test_reasons_that_differ_in_numbers_alone_are_one_line() -> None:
    reasons = [(row, f"theta is {0.5 * row:g}; it must be above 4") for row in range(9)]
    reasons.insert(3, (40, "x1 + x2 > 3.5"))
    lines = grouped_reasons(reasons, 200)
    assert lines == [
        "Draw 0: theta is 0; it must be above 4. Alike in draws 1, 2, 3, 4, 5 and 3 more.",
        "Draw 40: x1 + x2 > 3.5.",
        "These are the first 10 of 200 infeasible draws.",
    ]
    assert grouped_reasons([], 0) == []
    assert grouped_reasons(reasons[:2], 2) == ["Draw 0: theta is 0; it must be above 4. Alike in draws 1."]


def test_an_engine_that_shares_nothing_needs_no_time_to_prepare() -> None:
    assert seconds_to_prepare(cordillera.engine("ishigami")) == 0.0
    assert seconds_to_prepare(cordillera.engine("spatial")) == 0.0
