"""Scenarios of a study: the case's, its own, and sums of both."""

from pathlib import Path

import pytest
from cordillera.engines import Scenario, Shock
from cordillera.sweeps import StudyError, study_from_text

HEAD = 'name = "t"\nengine = "ishigami"\n'
TAIL = '[design]\nmethod = "sobol"\nsamples = 4\n[factors.x1]\ndistribution = "uniform"\nlow = 0\nhigh = 1\n'
SHOCK = '{ parameter = "a", change = "add", value = 1 }'


def scenarios(lines: str) -> tuple[Scenario, ...]:
    """The scenarios of a study that lists them so."""
    return study_from_text(HEAD + lines + "\n" + TAIL).scenarios


def tables(lines: str) -> tuple[Scenario, ...]:
    """The scenarios of a study that has them as tables."""
    return study_from_text(HEAD + TAIL + lines + "\n").scenarios


def faults(lines: str) -> dict[str, str]:
    """Messages of the faults by their path."""
    with pytest.raises(StudyError) as caught:
        scenarios(lines)
    return {fault.path: fault.message for fault in caught.value.faults}


def test_a_name_is_the_scenario_of_the_case() -> None:
    (steeper,) = scenarios('scenarios = ["steeper"]')
    assert steeper.label == "Twice the weight of x3"


def test_the_baseline_is_always_run_and_need_not_be_listed() -> None:
    assert [scenario.name for scenario in scenarios('scenarios = ["baseline", "steeper"]')] == ["steeper"]
    assert scenarios("scenarios = []") == ()


def test_a_scenario_of_the_study_is_a_list_of_shocks() -> None:
    lines = """
[[scenarios.mine.shocks]]
parameter = "a"
change = "times"
value = "b"
scale = 0.5
complement = true
first_year = 2
last_year = 5
sectors = ["coffee", "mining"]
"""
    (mine,) = tables(lines)
    shock = Shock("a", "times", "b", None, ("coffee", "mining"), 2, 5, 0.5, True)
    assert mine == Scenario("mine", "mine", (shock,))


def test_inline_tables_and_tables_say_the_same() -> None:
    inline = scenarios(f'scenarios = ["steeper", {{ name = "mine", label = "Mine", shocks = [{SHOCK}] }}]')
    apart = tables(f'[scenarios.steeper]\n[scenarios.mine]\nlabel = "Mine"\nshocks = [{SHOCK}]')
    several = tables(
        f'[[scenarios]]\nname = "steeper"\n[[scenarios]]\nname = "mine"\nlabel = "Mine"\nshocks = [{SHOCK}]'
    )
    assert inline == apart == several


def test_combined_policies_have_the_shocks_of_all_of_them_in_order() -> None:
    lines = f'scenarios = [{{ name = "both", combine = ["mine", "steeper"] }}, {{ name = "mine", shocks = [{SHOCK}] }}]'
    both, mine = scenarios(lines)
    assert both.shocks == (Shock("a", "add", 1.0), Shock("b", "times", 2.0))
    assert both.label == "mine + Twice the weight of x3"
    assert mine.name == "mine"


def test_sums_may_be_summed() -> None:
    lines = (
        f'scenarios = [{{ name = "all", combine = ["both", "mine"] }}, {{ name = "mine", shocks = [{SHOCK}] }}, '
        '{ name = "both", combine = ["mine", "steeper"] }]'
    )
    assert [shock.parameter for shock in scenarios(lines)[0].shocks] == ["a", "b", "a"]


@pytest.mark.parametrize(
    ("lines", "path", "words"),
    [
        ('scenarios = ["steper"]', "scenarios[0]", "Did you mean 'steeper'?"),
        ('scenarios = ["steeper", "steeper"]', "scenarios[1]", "a second time; it is at scenarios[0]"),
        ("scenarios = [3]", "scenarios[0]", "must be a table, not 3"),
        ('scenarios = [{ name = "m" , shocks = [], combine = [] }]', "scenarios[0]", "either 'shocks'"),
        ('scenarios = [{ name = "m", combine = ["steeper"] }]', "scenarios[0]", "at least two"),
        ('scenarios = [{ name = "m", combine = ["steeper", "flat"] }]', "scenarios[0].combine[1]", "unknown scenario"),
        ('scenarios = [{ name = "m", combine = ["m", "steeper"] }]', "scenarios[0].combine[0]", "m -> m"),
        ('scenarios = [{ name = "steeper", shocks = [] }]', "scenarios[0]", "give yours another name"),
        ('scenarios = [{ name = "baseline", shocks = [] }]', "scenarios[0]", "give yours another name"),
        ('scenarios = [{ label = "m", shocks = [] }]', "scenarios[0].name", "is missing"),
        ('scenarios = [{ name = "m", shoks = [] }]', "scenarios[0].shoks", "Did you mean 'shocks'?"),
        ('scenarios = [{ name = "m", shocks = [4] }]', "scenarios[0].shocks[0]", "must be a table, not 4"),
    ],
)
def test_faults_of_the_list_name_their_place(lines: str, path: str, words: str) -> None:
    assert words in faults(lines)[path]


@pytest.mark.parametrize(
    ("shock", "path", "words"),
    [
        ('parameter = "c", change = "add", value = 1', "parameter", "unknown parameter 'c'. Allowed: a, b."),
        ('parameter = "a", change = "ad", value = 1', "change", "Did you mean 'add'?"),
        ('parameter = "a", change = "add", value = "x9"', "value", "unknown factor 'x9'"),
        ('parameter = "a", change = "add", value = true', "value", "True is not allowed"),
        ('parameter = "a", change = "add", value = nan', "value", "nan is not allowed"),
        ('parameter = "a", change = "add"', "value", "is missing"),
        ('parameter = "a", change = "add", value = 1, scale = "x9"', "scale", "unknown factor 'x9'"),
        ('parameter = "a", change = "add", value = 1, region = "coast"', "region", "unknown region 'coast'"),
        ('parameter = "a", change = "add", value = 1, first_year = 0', "first_year", "0 is not allowed"),
        ('parameter = "a", change = "add", value = 1, first_year = 5, last_year = 4', "last_year", "before first_year"),
        ('parameter = "a", change = "add", value = 1, valeu = 2', "valeu", "Did you mean 'value'?"),
    ],
)
def test_faults_of_a_shock_name_key_value_and_what_is_allowed(shock: str, path: str, words: str) -> None:
    found = faults(f'scenarios = [{{ name = "m", shocks = [{{ {shock} }}] }}]')
    assert words in found[f"scenarios[0].shocks[0].{path}"]


def test_a_circle_of_sums_is_a_fault() -> None:
    lines = 'scenarios = [{ name = "p", combine = ["q", "steeper"] }, { name = "q", combine = ["p", "steeper"] }]'
    assert "in a circle: p -> q -> p" in " ".join(faults(lines).values())


def test_a_table_has_its_name_already() -> None:
    with pytest.raises(StudyError, match="the name is 'mine' already"):
        tables('[scenarios.mine]\nname = "yours"\nshocks = []')


def test_a_misspelt_scenario_is_one_fault_though_claims_look_at_it() -> None:
    claim = '[[claims]]\nname = "c"\noutput = "y"\nscenario = "steeper"\nholds = "> 0"\n'
    with pytest.raises(StudyError, match="1 fault\n"):
        study_from_text(f'{HEAD}scenarios = ["steper"]\n{TAIL}{claim}')


VALLEYS = str(Path(__file__).parents[1] / "cases" / "two-valleys")
IN_VALLEYS = f"""
name = "t"
engine = "cge"
case = "{VALLEYS}"
design = {{ method = "latin", samples = 4 }}
factors.migration_elasticity = {{ distribution = "uniform", low = 0.0, high = 0.4 }}
"""


def valley_faults(lines: str) -> dict[str, str]:
    """Messages of the faults of a study of the two valleys by their path."""
    with pytest.raises(StudyError) as caught:
        study_from_text(IN_VALLEYS + lines)
    return {fault.path: fault.message for fault in caught.value.faults}


@pytest.mark.parametrize(
    ("shock", "key", "words"),
    [
        ('parameter = "tariff", sectors = ["farm", "frm"]', "sectors[1]", ["'frm'", "Did you mean 'farm'?", "make"]),
        ('parameter = "tfp_growth", region = "sout"', "region", ["'sout'", "Did you mean 'south'?", "north"]),
        ('parameter = "tfp_growth", region = "national"', "region", ["'national'", "north, south"]),
        ('parameter = "tfp_growth", first_year = 5', "first_year", ["5 is after", "from 1 to 4"]),
        ('parameter = "tariff", region = "south"', "region", ["'south'", "tariff has no region", "rural_transfer"]),
        ('parameter = "public_services", sectors = ["farm"]', "sectors", ["farm", "public_services has no sectors"]),
        ('parameter = "foreign_saving", region = "north"', "region", ["'north'", "foreign_saving has no region"]),
        ('parameter = "rural_transfer", sectors = ["mine"]', "sectors", ["['mine']", "rural_transfer has no sectors"]),
    ],
)
def test_where_and_when_a_shock_acts_is_checked_against_the_model(shock: str, key: str, words: list[str]) -> None:
    lines = f'scenarios = [{{ name = "mine", shocks = [{{ {shock}, change = "add", value = 0.01 }}] }}]'
    found = valley_faults(lines)
    assert list(found) == [f"scenarios[0].shocks[0].{key}"]
    for part in ["in scenario 'mine'", *words]:
        assert part in found[f"scenarios[0].shocks[0].{key}"]


def test_faults_of_where_and_when_are_told_with_the_others() -> None:
    shock = (
        '{ parameter = "tfp_growth", change = "add", value = 1, region = "x", sectors = ["y", "z"], first_year = 5 }'
    )
    found = valley_faults(f'outputs = ["gpd"]\nscenarios = [{{ name = "mine", shocks = [{shock}] }}]')
    keys = ("region", "sectors[0]", "sectors[1]", "first_year")
    assert set(found) == {"outputs[0]", *(f"scenarios[0].shocks[0].{key}" for key in keys)}


def test_a_shock_that_the_model_can_make_passes() -> None:
    shocks = (
        '{ parameter = "tfp_growth", change = "add", value = 1, region = "south", sectors = ["manufacturing", '
        '"services_between"], first_year = 4 }, { parameter = "rural_transfer", change = "add", value = 1, '
        'region = "north" }, { parameter = "tariff", change = "times", value = 0, sectors = ["make"], last_year = 9 }'
    )
    (mine,) = study_from_text(f'{IN_VALLEYS}scenarios = [{{ name = "mine", shocks = [{shocks}] }}]').scenarios
    assert [shock.first_year for shock in mine.shocks] == [4, 1, 1]


@pytest.mark.parametrize("limit", ['region = "region"', 'sectors = ["road"]', "first_year = 2", "last_year = 9"])
def test_a_corridor_is_built_as_a_whole(limit: str) -> None:
    lines = f"""
name = "t"
engine = "spatial"
settings = {{ resolution = "region" }}
design = {{ method = "latin", samples = 4 }}
factors.theta = {{ distribution = "uniform", low = 5.5, high = 7.5 }}
scenarios = [{{ name = "mine", shocks = [{{ parameter = "cost_cut", change = "add", value = 0.1, {limit} }}] }}]
"""
    key = limit.partition(" ")[0]
    with pytest.raises(StudyError, match="built as a whole before year 1") as caught:
        study_from_text(lines)
    assert f"scenarios[0].shocks[0].{key}" in [fault.path for fault in caught.value.faults]
