"""The two sentences of the first page say what the numbers say."""

import math

import pandas as pd
from cordillera.analysis.claims import ClaimResult
from cordillera.analysis.verdict import verdict
from cordillera.analysis.vocabulary import QUADRATURE, SAMPLE

NAMES = {"armington": "Trade elasticities"}


def claim(name: str, share: float, carried_by: str = "armington") -> ClaimResult:
    return ClaimResult(name, share, share - 0.02, share + 0.02, 512, 0, carried_by=carried_by)


def headlines(inside: list[bool], signs: list[float]) -> pd.DataFrame:
    count = len(inside)
    return pd.DataFrame(
        {
            "label": [f"result {place}" for place in range(count)],
            "inside": inside,
            "probability_of_sign": signs,
            "carried_by": ["armington"] * count,
        }
    )


def test_headlines_are_counted_and_the_weakest_claim_is_named() -> None:
    first, second = verdict(
        headlines([True, False, True], [1.0, 0.4, math.nan]), [claim("A boom hurts", 0.34)], NAMES, (), SAMPLE
    )
    assert "Of three published results, two lie inside" in first
    assert "one of two keeps its sign" in first
    assert "“A boom hurts”, holds in 34\u2009%" in second
    assert "“Trade elasticities”" in second


def test_without_claims_the_weakest_sign_is_named() -> None:
    _, second = verdict(headlines([True, True], [0.99, 0.6]), [], NAMES, (), SAMPLE)
    assert "“result 1”: it holds in 60\u2009%" in second


def test_headlines_without_a_sign_are_said_to_have_none() -> None:
    _, second = verdict(headlines([True], [math.nan]), [], NAMES, (), SAMPLE)
    assert second == "None of them has a sign to judge."


def test_a_conclusion_that_hardly_ever_holds_is_said_not_to_stand() -> None:
    _, second = verdict(pd.DataFrame(), [claim("a", 0.99), claim("b", 0.02)], NAMES, (), SAMPLE)
    assert second.startswith("The conclusion “b” does not stand: it holds in 2\u2009% of the draws")


def test_signs_that_all_hold_are_not_called_weak() -> None:
    _, second = verdict(headlines([True, True], [1.0, 0.97]), [], NAMES, (), SAMPLE)
    assert second == "Every sign holds in at least 97\u2009% of the draws."


def test_a_quadrature_is_not_told_in_draws_or_signs() -> None:
    (only,) = verdict(headlines([True, False], [math.nan, math.nan]), [], NAMES, (), QUADRATURE)
    assert "one lies inside the range of 90 in 100 of the normal law" in only
    assert "draws" not in only


def test_claims_alone_are_counted() -> None:
    first, _ = verdict(pd.DataFrame(), [claim("a", 0.99), claim("b", 0.2)], NAMES, (), SAMPLE)
    assert "Of two conclusions tested, one holds in at least 95 of 100 draws" in first
    assert "one in fewer than half" in first


def test_conclusions_that_all_hold_are_not_called_weak() -> None:
    assert verdict(pd.DataFrame(), [claim("a", 1.0), claim("b", 0.97)], NAMES, (), SAMPLE)[1] == (
        "Every conclusion that was tested holds in at least 97\u2009% of the draws."
    )


def test_conclusions_that_always_hold_are_told_with_the_number_of_draws() -> None:
    always = [claim("a", 1.0), claim("b", 1.0)]
    assert verdict(pd.DataFrame(), always, NAMES, (), SAMPLE)[1] == (
        f"Every conclusion that was tested holds in every one of the {always[0].rows:,} draws."
    )


def test_a_claim_without_a_share_is_not_judged() -> None:
    assert verdict(pd.DataFrame(), [claim("a", math.nan)], NAMES, ("what is left",), SAMPLE) == ("what is left",)
