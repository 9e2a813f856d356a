"""A study as a value: its identity, its record, and what may be changed about it."""

import json
import pickle
from pathlib import Path

import pytest
from cordillera.sweeps import (
    Choice,
    LogNormal,
    LogUniform,
    Normal,
    Study,
    Triangular,
    Uniform,
    read_study,
    record_differences,
    study_from_text,
)

TEXT = """
name = "angles"
engine = "ishigami"
scenarios = ["steeper", { name = "heavier", shocks = [{ parameter = "a", change = "times", value = 2 }] }]
outputs = ["y", "terms"]
failures_allowed = 0.02

[design]
method = "sobol"
samples = 64
seed = 2002

[factors.x1]
distribution = "uniform"
low = -3
high = 3
group = "angles"

[factors.x2]
distribution = "triangular"
low = -3.0
mode = 0.0
high = 3.0
group = "angles"

[factors.a]
distribution = "choice"
values = [5, 7]
weights = [1, 3]

[factors.b]
distribution = "log_uniform"
low = 0.05
high = 0.2

[[claims]]
name = "Steeper is higher"
output = "y"
scenario = "steeper"
relative_to = "baseline"
holds = "> 0"

[report]
title = "Angles"
notes = ["A note."]
"""
SAME_NUMBERS = {
    "the name": ('name = "angles"', 'name = "other"'),
    "a description": ('engine = "ishigami"', 'engine = "ishigami"\ndescription = "words"'),
    "the samples": ("samples = 64", "samples = 128"),
    "the failures allowed": ("failures_allowed = 0.02", ""),
    "a precision": ("failures_allowed = 0.02", "target_halfwidth = 0.05"),
    "a claim": ('holds = "> 0"', 'holds = "< 0"'),
    "the title of the report": ('title = "Angles"', ""),
    "how the number of a shock is written": ("value = 2 ", "value = 2.0 "),
    "how a number is written": ("low = -3\n", "low = -3.00\n"),
    "the order of the outputs": ('["y", "terms"]', '["terms", "y"]'),
    "the label of a scenario": ('name = "heavier"', 'name = "heavier", label = "Heavier"'),
}
OTHER_NUMBERS = {
    "the seed": ("seed = 2002", "seed = 2003"),
    "second order": ("seed = 2002", "seed = 2002\nsecond_order = true"),
    "the method": ('method = "sobol"', 'method = "latin"'),
    "an end of a distribution": ("low = -3\n", "low = -2\n"),
    "a distribution": ('distribution = "log_uniform"', 'distribution = "uniform"'),
    "a weight": ("weights = [1, 3]", "weights = [1, 4]"),
    "a group": ('high = 3.0\ngroup = "angles"', "high = 3.0"),
    "a scenario": ("scenarios = [", 'scenarios = [{ name = "flat", combine = ["steeper", "heavier"] }, '),
    "a shock": ("value = 2 ", "value = 3 "),
    "the outputs kept": ('["y", "terms"]', '["y"]'),
    "a setting": ("[design]", "[settings]\nresolution = 2\n[design]"),
}


@pytest.fixture
def study() -> Study:
    """The study above."""
    return study_from_text(TEXT)


def changed(old: str, new: str) -> Study:
    """The study above with one thing changed."""
    assert TEXT.count(old) == 1
    return study_from_text(TEXT.replace(old, new))


def test_the_fields_hold_what_the_file_says(study: Study) -> None:
    assert (study.name, study.engine, study.case) == ("angles", "ishigami", "ishigami")
    assert [scenario.name for scenario in study.scenarios] == ["steeper", "heavier"]
    assert [factor.name for factor in study.factors] == ["x1", "x2", "a", "b"]
    assert [factor.group for factor in study.factors] == ["angles", "angles", None, None]
    assert [factor.distribution for factor in study.factors] == [
        Uniform(-3.0, 3.0),
        Triangular(-3.0, 0.0, 3.0),
        Choice((5.0, 7.0), (1.0, 3.0)),
        LogUniform(0.05, 0.2),
    ]
    assert (study.design.method, study.design.samples, study.design.seed) == ("sobol", 64, 2002)
    assert study.design.second_order is False
    assert study.failures_allowed == 0.02
    assert study.target_halfwidth is None
    assert study.report.title == "Angles"
    assert study.text == TEXT


def test_what_is_left_out_has_the_documented_default() -> None:
    text = 'name = "t"\nengine = "ishigami"\n[design]\nmethod = "sobol"\nsamples = 2\n'
    made = study_from_text(text + '[factors.x1]\ndistribution = "uniform"\nlow = 0\nhigh = 1\n')
    assert made.failures_allowed == 0.01
    assert [scenario.name for scenario in made.scenarios] == ["steeper"]
    assert made.outputs == ("y", "terms")
    assert made.claims == ()
    assert made.design.seed > 0


def test_cut_and_uncut_laws_are_read() -> None:
    text = 'name = "t"\nengine = "ishigami"\n[design]\nmethod = "latin"\nsamples = 2\n'
    text += '[factors.x1]\ndistribution = "normal"\nmean = 0\nstandard_deviation = 1\nlow = -2\nhigh = 2.5\n'
    text += '[factors.a]\ndistribution = "lognormal"\nmedian = 7\nspread = 0.1\nhigh = 20\n'
    made = study_from_text(text)
    assert [factor.distribution for factor in made.factors] == [
        Normal(0.0, 1.0, -2.0, 2.5),
        LogNormal(7.0, 0.1, 0.0, 20.0),
    ]
    assert json.loads(json.dumps(made.record, allow_nan=False)) == made.record


@pytest.mark.parametrize("change", SAME_NUMBERS.values(), ids=SAME_NUMBERS)
def test_what_does_not_decide_the_numbers_leaves_the_identity(study: Study, change: tuple[str, str]) -> None:
    assert changed(*change).identity == study.identity


@pytest.mark.parametrize("change", OTHER_NUMBERS.values(), ids=OTHER_NUMBERS)
def test_what_decides_the_numbers_changes_the_identity(study: Study, change: tuple[str, str]) -> None:
    assert changed(*change).identity != study.identity


def test_the_identity_is_a_hash_that_does_not_move_from_run_to_run(study: Study) -> None:
    assert study.identity == ("bd534c6f0483abf12375125d2b2d530bf82cb36b9746364dfc21c74a1acd0e8e")


def test_the_samples_of_a_design_that_is_not_nested_decide_its_numbers() -> None:
    latin = TEXT.replace('"sobol"', '"latin"')
    assert study_from_text(latin).identity != study_from_text(latin.replace("= 64", "= 128")).identity


def test_differences_of_records_name_the_place_and_both_values(study: Study) -> None:
    other = changed("high = 0.2", "high = 0.4").record
    assert record_differences(study.record, other) == ["factors.b.high: 0.2 in the store, 0.4 now"]
    assert record_differences(study.record, study.record) == []
    fewer = changed('["y", "terms"]', '["y"]').record
    assert record_differences(study.record, fewer) == ['outputs: ["terms","y"] in the store, ["y"] now']


def test_more_samples_change_only_the_samples(study: Study) -> None:
    larger = study.with_samples(256)
    assert larger.design.samples == 256
    assert larger.identity == study.identity
    assert larger.factors == study.factors


@pytest.mark.parametrize("samples", [0, -4, 100])
def test_samples_that_are_no_power_of_two_are_refused(study: Study, samples: int) -> None:
    with pytest.raises(ValueError, match=f"power of two, not {samples}"):
        study.with_samples(samples)


def test_a_design_that_is_not_nested_cannot_be_extended() -> None:
    with pytest.raises(ValueError, match="'latin' is not nested"):
        study_from_text(TEXT.replace('"sobol"', '"latin"')).with_samples(128)


def test_a_study_goes_to_another_process_whole(study: Study) -> None:
    there = pickle.loads(pickle.dumps(study))
    assert there == study
    assert there.identity == study.identity


def test_text_and_files_together_are_the_whole_study(tmp_path: Path) -> None:
    text = TEXT.replace(
        'distribution = "log_uniform"\nlow = 0.05\nhigh = 0.2', 'distribution = "empirical"\nfile = "b.csv"'
    )
    (tmp_path / "b.csv").write_text("b\n0.3\n0.1\n0.2\n")
    (tmp_path / "s.toml").write_text(text)
    made = read_study(tmp_path / "s.toml")
    assert made.files == {"b.csv": "b\n0.3\n0.1\n0.2\n"}
    (tmp_path / "b.csv").unlink()
    assert study_from_text(made.text, made.origin, made.files) == made


def test_the_engine_of_a_study_is_the_one_it_names(study: Study) -> None:
    engine = study.build_engine()
    assert (engine.name, engine.identity) == ("ishigami", study.engine_identity)
