"""Claims: where they hold, where that is unknown, and how they are written."""

import cordillera
import numpy as np
import pytest
import xarray as xr
from cordillera.sweeps import Claim, StudyError, claim_from_table
from hypothesis import given
from hypothesis import strategies as st

NAN = np.nan


def growth(values: list[list[list[float]]], scenarios: tuple[str, ...] = ("baseline", "reform")) -> xr.Dataset:
    """A dataset of one output over (scenario, draw, region)."""
    array = xr.DataArray(
        values,
        dims=("scenario", "draw", "region"),
        coords={"scenario": list(scenarios), "region": ["coast", "inland"]},
    )
    return xr.Dataset({"growth": array})


SAMPLE = growth(
    [
        [[5.0, 4.0], [5.0, 4.0], [5.0, 4.0], [NAN, NAN]],
        [[6.0, 4.0], [4.0, 5.0], [NAN, 4.5], [7.0, 1.0]],
    ]
)


def claim(**keys: object) -> Claim:
    """A claim about growth under the reform."""
    return claim_from_table({"name": "c", "output": "growth", "scenario": "reform", **keys})


def told(made: Claim, dataset: xr.Dataset = SAMPLE) -> list[bool | None]:
    """True, false or None (unknown) by draw."""
    verdict = made.holds(dataset)
    assert verdict.holds.dims == verdict.known.dims == ("draw",)
    pairs = zip(verdict.holds.values, verdict.known.values, strict=True)
    return [bool(holds) if known else None for holds, known in pairs]


def test_a_level_at_a_label_is_compared() -> None:
    assert told(claim(select={"region": "coast"}, holds="> 5")) == [True, False, None, True]


def test_relative_to_takes_the_difference_from_the_other_scenario() -> None:
    assert told(claim(select={"region": "coast"}, relative_to="baseline", holds=">= 1")) == [True, False, None, None]


def test_difference_takes_the_second_label_off_the_first() -> None:
    gap = [{"region": "coast"}, {"region": "inland"}]
    assert told(claim(difference=gap, holds="> 0")) == [True, False, None, True]


def test_a_paired_difference_of_differences_is_the_change_of_the_gap() -> None:
    gap = [{"region": "coast"}, {"region": "inland"}]
    assert told(claim(difference=gap, relative_to="baseline", holds="> 0")) == [True, False, None, None]


def test_a_claim_without_a_label_must_hold_at_every_label() -> None:
    assert told(claim(holds="> 3.5")) == [True, True, None, False]


def test_a_list_of_labels_must_hold_at_each_of_them() -> None:
    assert told(claim(select={"region": ["coast", "inland"]}, holds="> 3.5")) == [True, True, None, False]
    assert told(claim(select={"region": ["inland"]}, holds="> 3.5")) == [True, True, True, False]


def test_all_parts_must_hold_and_one_that_fails_settles_what_another_does_not_know() -> None:
    parts = [{"select": {"region": "coast"}, "holds": "> 0"}, {"select": {"region": "inland"}, "holds": "> 4.2"}]
    made = claim_from_table({"name": "c", "output": "growth", "scenario": "reform", "all": parts})
    assert told(made) == [False, True, None, False]
    lost = growth([[[5.0, 4.0]], [[NAN, 4.0]]])
    assert told(made, lost) == [False]


def test_a_part_may_say_otherwise_than_what_stands_beside_all() -> None:
    parts = [{"select": {"region": "coast"}, "holds": "> 0"}, {"scenario": "baseline", "holds": "> 0"}]
    made = claim_from_table({"name": "c", "output": "growth", "scenario": "reform", "all": parts})
    assert [part.scenario for part in made.parts] == ["reform", "baseline"]
    assert made.scenarios_needed == ("reform", "baseline")
    assert made.outputs_needed == ("growth",)


def test_one_draw_without_a_dimension_gives_one_answer() -> None:
    verdict = claim(select={"region": "coast"}, holds="> 5").holds(SAMPLE.isel(draw=0))
    assert verdict.holds.dims == ()
    assert bool(verdict.holds)
    assert bool(verdict.known)


def test_a_claim_holds_on_a_solved_draw_of_an_engine() -> None:
    solved = cordillera.engine("ishigami").solve({"x1": 1.0, "x3": 2.0}, scenarios=["steeper"])
    table = {"name": "c", "output": "y", "scenario": "steeper", "relative_to": "baseline", "holds": "> 0"}
    assert bool(claim_from_table(table).holds(solved).holds)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("> 1", [1.0001, 5.0], [1.0, -2.0]),
        (">= 1", [1.0, 5.0], [0.9999]),
        ("< -.5", [-0.6], [-0.5, 0.0]),
        ("<= 1e-3", [0.001], [0.0011]),
        ("within 0.1", [-0.1, 0.0, 0.1], [0.11, -0.11]),
        ("between 0.9 and 1.3", [0.9, 1.0, 1.3], [0.89, 1.31]),
        ("  between  -2 and -1 ", [-1.5], [0.0]),
        (">1", [2.0], [0.0]),
    ],
)
def test_conditions_hold_where_they_say(text: str, inside: list[float], outside: list[float]) -> None:
    made = claim(select={"region": "coast"}, holds=text)
    for values, expected in ((inside, True), (outside, False)):
        dataset = growth([[[value, 0.0] for value in values]] * 2)
        assert told(made, dataset) == [expected] * len(values)


@pytest.mark.parametrize(
    "text",
    ["", "5", "= 5", "> x", "> 1 and < 2", "within -1", "within 0", "between 2 and 1", "> 1e999", "> nan", "!= 1"],
)
def test_a_condition_that_is_none_of_the_forms_is_refused(text: str) -> None:
    with pytest.raises(StudyError, match="holds"):
        claim(holds=text)


@given(st.text(max_size=40))
def test_no_text_of_a_condition_is_more_than_a_fault(text: str) -> None:
    try:
        made = claim(holds=text)
    except StudyError:
        return
    assert made.parts[0].condition.text == text.strip()


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"holds": "> 0", "selekt": {"region": "coast"}}, "selekt.*'select'"),
        ({"holds": "> 0", "select": {"region": 1.5}}, "select.region"),
        ({"holds": "> 0", "select": {"region": []}}, "select.region"),
        ({"holds": "> 0", "select": []}, "select"),
        ({"holds": "> 0", "difference": [{"region": "coast"}]}, "two tables"),
        ({"holds": "> 0", "difference": [{"region": "coast"}, {"year": 1}]}, "same dimensions"),
        ({"holds": "> 0", "difference": [{"region": "coast"}, {"region": "coast"}]}, "from itself"),
        ({"holds": "> 0", "relative_to": "reform"}, "the scenario itself"),
        (
            {
                "holds": "> 0",
                "select": {"region": "coast"},
                "difference": [{"region": "coast"}, {"region": "inland"}],
            },
            "stands in 'difference' too",
        ),
        ({}, "holds: is missing"),
        ({"holds": 0}, "holds: 0 is not allowed"),
        ({"all": []}, "is empty"),
        ({"all": [3]}, r"all\[0\]: must be a table, not 3"),
    ],
)
def test_faults_of_a_claim_name_their_place(keys: dict[str, object], words: str) -> None:
    with pytest.raises(StudyError, match=words):
        claim(**keys)


def test_all_faults_of_a_claim_are_told_together() -> None:
    table = {"output": "y", "scenario": "s", "all": [{"holds": "big"}, {"holdz": "> 1"}]}
    with pytest.raises(StudyError) as caught:
        claim_from_table(table, "claims[4]")
    paths = {fault.path for fault in caught.value.faults}
    assert paths == {
        "claims[4].name",
        "claims[4].all[0].holds",
        "claims[4].all[1].holds",
        "claims[4].all[1].holdz",
    }
