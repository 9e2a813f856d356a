"""Reading a study: every fault at once, with its place, and never a traceback."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from cordillera.engines import Engine, Factor, IshigamiEngine, Output
from cordillera.sweeps import Choice, Empirical, Study, StudyError, bundled_studies, read_study, study_from_text
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

HEAD = 'name = "t"\nengine = "ishigami"\n'
DESIGN = '[design]\nmethod = "sobol"\nsamples = 4\n'
FACTOR = '[factors.x1]\ndistribution = "uniform"\nlow = 0\nhigh = 1\n'
GOOD = HEAD + DESIGN + FACTOR


def faults(text: str | bytes, files: dict[str, str] | None = None) -> dict[str, str]:
    """Messages of the faults of a text, by their path."""
    with pytest.raises(StudyError) as caught:
        study_from_text(text, files=files)
    return {fault.path: fault.message for fault in caught.value.faults}


def law(keys: str, factor: str = "x1") -> dict[str, str]:
    """Faults of a study with one factor drawn as `keys` say."""
    return faults(HEAD + DESIGN.replace("sobol", "latin") + f"[factors.{factor}]\n{keys}\n")


def test_every_fault_of_a_study_is_told_in_one_message() -> None:
    text = """
name = "many"
engine = "ishigami"
scenarios = ["steper"]
outputs = ["z"]
failures_allowed = 2
colour = "red"
[design]
method = "sobol"
samples = 100
sead = 1
[factors.x1]
distribution = "uniform"
low = 3
high = 1
[factors.x4]
distribution = "uniform"
low = 0
high = 1
[factors.a]
distribution = "uniforn"
[factors.b]
distribution = "choice"
values = [1, 2]
weights = [1, -1]
[factors.x2]
distribution = "uniform"
low = 0
high = 4
[[claims]]
name = "c"
output = "terms"
scenario = "baseline"
select = { term = "fourth" }
holds = "> 0"
"""
    found = faults(text)
    expected = {
        "failures_allowed": "2",
        "colour": "unknown key 'colour'",
        "design.samples": "use 64 or 128",
        "design.sead": "Did you mean 'seed'?",
        "factors.x1.high": "high = 1 must be above low = 3",
        "factors.x4": "unknown factor 'x4'",
        "factors.a.distribution": "Did you mean 'uniform'?",
        "factors.b.weights[1]": "-1",
        "factors.x2": "the model takes x2 from -3.14159 to 3.14159 radian",
        "scenarios[0]": "Did you mean 'steeper'?",
        "outputs[0]": "unknown output 'z'",
        "claims[0].select.term": "unknown term 'fourth'. Allowed: first, second, third.",
    }
    for path, words in expected.items():
        assert words in found[path], path
    assert set(found) == set(expected)


def test_the_message_names_the_file_and_the_number_of_faults(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD.replace("high = 1", "high = -1"))
    with pytest.raises(StudyError) as caught:
        read_study(path)
    assert str(caught.value) == f"{path}: 1 fault\n  factors.x1.high: high = -1 must be above low = 0"


@pytest.mark.parametrize(
    ("keys", "path", "words"),
    [
        ('distribution = "uniform"\nlow = 0', "factors.x1.high", "is missing"),
        ('distribution = "uniform"\nlow = 0\nhigh = "1"', "factors.x1.high", "'1' is not allowed"),
        ('distribution = "uniform"\nlow = 0\nhigh = inf', "factors.x1.high", "inf is not allowed"),
        ('distribution = "uniform"\nlow = 0\nhigh = true', "factors.x1.high", "True is not allowed"),
        ('distribution = "uniform"\nlow = 1\nhigh = 1', "factors.x1.high", "must be above"),
        ('distribution = "log_uniform"\nlow = 0\nhigh = 1', "factors.x1.low", "greater than 0"),
        ('distribution = "triangular"\nlow = 0\nmode = 2\nhigh = 1', "factors.x1.high", "mode = 2 must lie between"),
        (
            'distribution = "normal"\nmean = 0\nstandard_deviation = 0',
            "factors.x1.standard_deviation",
            "greater than 0",
        ),
        ('distribution = "normal"\nmean = 0\nstandard_deviation = 1', "factors.x1", "Give 'low' and 'high'"),
        (
            'distribution = "normal"\nmean = 0\nstandard_deviation = 1e-200\nlow = 1\nhigh = 2',
            "factors.x1",
            "almost nothing",
        ),
        ('distribution = "choice"', "factors.x1.values", "is missing"),
        ('distribution = "choice"\nvalues = []', "factors.x1.values", "[] is not allowed"),
        ('distribution = "choice"\nvalues = [1, 1]', "factors.x1.values", "a value twice"),
        ('distribution = "choice"\nvalues = [1, "two"]', "factors.x1.values[1]", "'two' is not a number"),
        ('distribution = "choice"\nvalues = [1, 2]\nweights = [1]', "factors.x1.weights", "1 numbers for 2 values"),
        ('distribution = "choice"\nvalues = [1, 2]\nweights = [1, 0]', "factors.x1.weights[1]", "greater than 0"),
        ("low = 1", "factors.x1", "has no 'distribution'"),
        ("distribution = 4", "factors.x1.distribution", "unknown distribution"),
    ],
)
def test_faults_of_a_distribution_name_key_value_and_what_is_allowed(keys: str, path: str, words: str) -> None:
    assert words in law(keys)[path]


@pytest.mark.parametrize(
    ("design", "path", "words"),
    [
        ("", "design", "has no 'method'"),
        ('method = "sobbol"', "design.method", "Did you mean 'sobol'?"),
        ('method = "sobol"', "design.samples", "is missing"),
        ('method = "sobol"\nsamples = 0', "design.samples", "greater than or equal to 1"),
        ('method = "sobol"\nsamples = 4.0', "design.samples", "4.0 is not allowed"),
        ('method = "sobol"\nsamples = 3', "design.samples", "3 is not a power of two; use 2 or 4"),
        ('method = "sobol"\nsamples = 4\nseed = 0', "design.seed", "0 is not allowed"),
        ('method = "latin"\nsamples = 4\nsecond_order = true', "design.second_order", "unknown key"),
        ('method = "fast"\nsamples = 64', "design.samples", "greater than or equal to 65"),
        ('method = "morris"\nsamples = 4\nlevels = 3', "design.levels", "multiple of 2"),
        ('method = "quadrature"\nrule = "strood"', "design.rule", "Did you mean 'stroud'?"),
        ('method = "grid"\nlevels = 1', "design.levels", "greater than or equal to 2"),
        ('method = "csv"\nfile = "none.csv"', "design.file", "not among the files"),
    ],
)
def test_faults_of_a_design_name_key_value_and_what_is_allowed(design: str, path: str, words: str) -> None:
    assert words in faults(HEAD + f"[design]\n{design}\n" + FACTOR, files={})[path]


def test_a_design_that_goes_to_the_ends_needs_ends() -> None:
    text = HEAD + '[design]\nmethod = "morris"\nsamples = 4\n'
    text += '[factors.x1]\ndistribution = "normal"\nmean = 0\nstandard_deviation = 1\nlow = -1\n'
    assert "Give 'low' and 'high'" in faults(text)["factors.x1"]


def test_quadrature_of_a_law_that_is_not_symmetric_is_a_fault_of_the_factor() -> None:
    text = HEAD + '[design]\nmethod = "quadrature"\n'
    text += '[factors.b]\ndistribution = "triangular"\nlow = 0.0\nmode = 0.2\nhigh = 0.6\n'
    assert "use 'sobol' or 'latin'" in faults(text)["factors.b"]


def test_a_grid_that_nobody_can_run_is_a_fault() -> None:
    text = HEAD + '[design]\nmethod = "grid"\nlevels = 10000\n' + FACTOR + FACTOR.replace("x1", "x2")
    assert "1e+08 rows" in faults(text)["design.levels"]


def test_groups_must_leave_something_to_compare() -> None:
    grouped = FACTOR + 'group = "all"\n'
    assert "all are in one group" in faults(HEAD + DESIGN + grouped)["factors"]
    clash = FACTOR + 'group = "x2"\n' + FACTOR.replace("x1", "x2")
    assert "the name of a factor" in faults(HEAD + DESIGN + clash)["factors.x1.group"]
    fast = HEAD + '[design]\nmethod = "fast"\nsamples = 65\n' + grouped + FACTOR.replace("x1", "x2")
    assert "'fast' has no groups" in faults(fast)["design.method"]


@pytest.mark.parametrize(
    ("text", "path", "words"),
    [
        ("", "engine", "is missing"),
        (GOOD.replace("ishigami", "ishigamy"), "engine", "Did you mean 'ishigami'?"),
        (GOOD.replace('"t"', '""'), "name", "'' is not allowed"),
        (HEAD + DESIGN, "factors", "there are none"),
        ("scenarios = 3\n" + GOOD, "scenarios", "must be a list of names"),
        ('outputs = ["y", "y"]\n' + GOOD, "outputs[1]", "twice"),
        ("outputs = []\n" + GOOD, "outputs", "is empty"),
        ("claims = 3\n" + GOOD, "claims", "must be tables"),
        ("factors = 3\n" + HEAD + DESIGN, "factors", "must be tables"),
        ("settings = 3\n" + GOOD, "settings", "must be a table"),
        (GOOD + '[settings]\nname = "x"\n', "settings.name", "'engine' and 'case'"),
        (GOOD + "[settings]\nx = [1]\n", "settings.x", "[1]"),
        (GOOD + "[settings]\nx = nan\n", "settings.x", "nan"),
        (GOOD + '[report]\noutputs = ["z"]\n', "report.outputs[0]", "unknown output 'z'"),
        ('outputs = ["y"]\n' + GOOD + '[[claims]]\nname = "c"\noutput = "terms"\nscenario = "steeper"\nholds = "> 0"\n',
         "claims[0].output", "add it to 'outputs'"),
        (GOOD + '[[claims]]\nname = "c"\noutput = "y"\nscenario = "flat"\nholds = "> 0"\n',
         "claims[0].scenario", "Allowed: baseline, steeper."),
        (GOOD + '[[claims]]\nname = "c"\noutput = "y"\nscenario = "steeper"\nselect = { term = "a" }\nholds = "> 0"\n',
         "claims[0].select.term", "unknown dimension"),
        (GOOD + 2 * '[[claims]]\nname = "c"\noutput = "y"\nscenario = "steeper"\nholds = "> 0"\n',
         "claims[1].name", "'c' is the name of claims[0] already"),
        ("name = ", "", "is not TOML"),
        (b"name = '\xff'", "", "is not UTF-8"),
        ("x = " + 5000 * "[", "", "nested too deeply"),
        ("x = " + 5000 * "9", "", "is not TOML"),
        (GOOD + "[report]\ntitle" + 3000 * ".a" + " = 1\n", "report.title", "nested too deeply"),
    ],
)  # fmt: skip
def test_faults_of_a_file_name_their_place(text: str | bytes, path: str, words: str) -> None:
    assert words in faults(text)[path]


def test_a_study_that_does_not_exist_is_told_with_the_bundled_ones(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="no such file, and no bundled study"):
        read_study("peru-divergense")
    with pytest.raises(StudyError, match="is a folder"):
        read_study(tmp_path)
    with pytest.raises(StudyError):
        read_study("\0")
    with pytest.raises(StudyError):
        read_study("x" * 5000)


def test_the_bundled_studies_are_free_of_faults() -> None:
    for name in bundled_studies():
        assert read_study(name).name == name


class Registered:
    """An engine as an installed package would offer it."""

    name = "toy"

    @staticmethod
    def load() -> object:
        def build(case: str | None, resolution: int = 1) -> Engine:
            matrix = Factor("matrix", "", 0.0, 0.0, 2.0, "Which matrix", "none", levels=("base", "low", "high"))
            return replace(
                IshigamiEngine(),
                name="toy",
                case=case or "toy",
                factors={**IshigamiEngine().factors, "matrix": matrix},
                outputs={"path": Output("path", ("year", "region"), "", "A path")},
                coords={"year": (1, 10), "region": ("coast", "inland")},
            )

        return build


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> str:
    """The head and design of a study of an engine with a categorical factor, years and regions."""
    monkeypatch.setattr("cordillera.engines.entry_points", lambda group: [Registered()])
    return 'name = "t"\nengine = "toy"\n' + DESIGN


def drawn(text: str) -> object:
    """The distribution of the only factor of a study."""
    return study_from_text(text).factors[0].distribution


def test_a_choice_over_levels_takes_labels_or_indices_and_by_itself_all_of_them(toy: str) -> None:
    choice = toy + '[factors.matrix]\ndistribution = "choice"\n'
    assert drawn(choice) == Choice((0.0, 1.0, 2.0), (1.0, 1.0, 1.0))
    assert drawn(choice + "weights = [2, 1, 1]") == Choice((0.0, 1.0, 2.0), (2.0, 1.0, 1.0))
    assert drawn(choice + 'values = ["high", "base"]') == Choice((2.0, 0.0), (1.0, 1.0))
    assert drawn(choice + "values = [1, 2]\nweights = [1, 3]") == Choice((1.0, 2.0), (1.0, 3.0))


@pytest.mark.parametrize(
    ("keys", "path", "words"),
    [
        ('distribution = "choice"\nvalues = ["hihg"]', "factors.matrix.values[0]", "Did you mean 'high'?"),
        ('distribution = "choice"\nvalues = [3]', "factors.matrix.values[0]", "An index runs from 0 to 2"),
        ('distribution = "choice"\nvalues = [0.5]', "factors.matrix.values[0]", "0.5 is not a level"),
        ('distribution = "choice"\nvalues = ["low", 1]', "factors.matrix.values", "a value twice"),
        ('distribution = "choice"\nweights = [1]', "factors.matrix.weights", "1 numbers for 3 values"),
        ('distribution = "uniform"\nlow = 0\nhigh = 2', "factors.matrix.distribution", "needs 'choice'"),
    ],
)
def test_faults_of_a_categorical_factor_name_its_levels(toy: str, keys: str, path: str, words: str) -> None:
    assert words in faults(toy + f"[factors.matrix]\n{keys}\n")[path]


def test_a_condition_that_is_none_hides_no_other_fault_of_its_claim() -> None:
    text = GOOD + '[[claims]]\nname = "c"\noutput = "terns"\nscenario = "flat"\nholds = "big"\n'
    assert set(faults(text)) == {"claims[0].holds", "claims[0].output", "claims[0].scenario"}


def test_a_label_of_a_claim_may_be_a_year(toy: str) -> None:
    claim = '[[claims]]\nname = "c"\noutput = "path"\nscenario = "baseline"\nholds = "> 0"\n'
    claim += 'select = { year = 10 }\ndifference = [{ region = "coast" }, { region = "inland" }]\n'
    made = study_from_text(toy + FACTOR + claim)
    assert made.claims[0].parts[0].select == (("year", 10),)
    assert "unknown year 11" in faults(toy + FACTOR + claim.replace("10", "11"))["claims[0].select.year"]
    wrong = faults(toy + FACTOR + claim.replace('"inland"', '"inlnd"'))
    assert "Did you mean 'inland'?" in wrong["claims[0].difference[1].region"]


def test_a_switch_that_an_engine_does_not_have_is_a_fault(toy: str) -> None:
    assert study_from_text(toy + FACTOR + "[settings]\nresolution = 2\n").settings == {"resolution": 2}
    told = faults(toy + FACTOR.replace("x1", "x9") + "[settings]\nresolutoin = 2\n")
    assert "resolutoin" in told["settings.resolutoin"]
    # What else is wrong is told with it.
    assert "unknown factor 'x9'" in told["factors.x9"]


def test_a_case_beside_the_study_is_found_from_anywhere(toy: str, tmp_path: Path) -> None:
    (tmp_path / "economy").mkdir()
    (tmp_path / "s.toml").write_text('case = "./economy"\n' + toy + FACTOR)
    made = read_study(tmp_path / "s.toml")
    assert made.case == "./economy"
    assert made.build_engine().case == str(tmp_path / "economy")
    (tmp_path / "s.toml").write_text('case = "economy"\n' + toy + FACTOR)
    assert read_study(tmp_path / "s.toml").build_engine().case == "economy"


def test_a_design_file_that_is_not_there_is_one_fault() -> None:
    assert set(faults(HEAD + '[design]\nmethod = "csv"\nfile = "f.csv"\n', {})) == {"design.file"}


def test_an_empirical_law_comes_from_a_column_beside_the_study(tmp_path: Path) -> None:
    (tmp_path / "seen.csv").write_text("year,x1\n2001,0.5\n2002,-1\n2003,0.25\n", encoding="utf-8")
    (tmp_path / "s.toml").write_text(HEAD + DESIGN + '[factors.x1]\ndistribution = "empirical"\nfile = "seen.csv"\n')
    assert read_study(tmp_path / "s.toml").factors[0].distribution == Empirical((-1.0, 0.25, 0.5))


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("x1\n0.5\nmuch\n", "", "row 3, column 'x1': 'much' is not a number"),
        ("x1\n0.5\ninf\n", "", "'inf' is not a number"),
        ("x1\n", "", "at least one row"),
        ("x1,x1\n1,2\n", "", "repeated column name"),
        ("x1,y\n1\n", "", "row 2 has 1 cells, the header 2"),
        ("u,v\n1,2\n", "", "has the columns u, v"),
        ("u,v\n1,2\n", 'column = "w"', "has no column 'w'"),
        ("x1\n4\n", "", "the model takes x1"),
    ],
)
def test_faults_of_an_empirical_file_name_row_and_column(table: str, column: str, words: str) -> None:
    text = HEAD + DESIGN + f'[factors.x1]\ndistribution = "empirical"\nfile = "f.csv"\n{column}\n'
    assert words in " ".join(faults(text, {"f.csv": table}).values())


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("x1,x9\n1,2\n", "unknown factor 'x9'"),
        ("x1\n0.5\n9\n", "9 is outside the model's -3.14159 to 3.14159"),
        ("x1\n0.5\nmuch\n", "'much' is not a number"),
        ("x2\n0.5\n", "has no column in 'f.csv'"),
        ("x1\n2\n", "2 cannot come from the distribution of x1, 0 to 1"),
    ],
)
def test_faults_of_a_design_file_name_row_and_column(table: str, words: str) -> None:
    text = HEAD + '[design]\nmethod = "csv"\nfile = "f.csv"\n' + FACTOR
    assert words in " ".join(f"{path} {message}" for path, message in faults(text, {"f.csv": table}).items())


def test_levels_in_a_design_file_may_be_labels_or_indices(toy: str) -> None:
    text = toy.replace('method = "sobol"\nsamples = 4', 'method = "csv"\nfile = "f.csv"')
    made = study_from_text(text, files={"f.csv": "matrix,x1\nhigh,0\n0,1\n"})
    assert made.design.table == ((2.0, 0.0), (0.0, 1.0))
    assert made.design.samples == 2
    assert "'middle' is not a level" in " ".join(faults(text, {"f.csv": "matrix\nmiddle\n"}).values())


def read_without_a_traceback(text: str | bytes) -> Study | None:
    """What the reader makes of any text; nothing but a StudyError may come out of it."""
    try:
        return study_from_text(text, files={})
    except StudyError as error:
        assert error.faults
        assert all(fault.message for fault in error.faults)
        return None


@given(st.binary(max_size=200))
@example(GOOD.encode())
def test_no_bytes_are_more_than_a_fault(raw: bytes) -> None:
    read_without_a_traceback(raw)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_no_damage_to_a_good_file_is_more_than_a_fault(data: st.DataObject) -> None:
    raw = bytearray((GOOD + '[[claims]]\nname = "c"\noutput = "y"\nscenario = "steeper"\nholds = "> 0"\n').encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        kept = data.draw(st.integers(0, 6))
        raw[at : at + kept] = data.draw(st.binary(max_size=4) | st.sampled_from([b"9" * 30, b"-", b"[", b"{}", b"\n"]))
    read_without_a_traceback(bytes(raw))


ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["x1", "y", "steeper", "baseline", "> 0", "uniform", "choice", "csv", "sobol", "a.csv"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text("abcxyz_", min_size=1, max_size=3)
            | st.sampled_from(
                ["name", "shocks", "combine", "all", "select", "term", "value", "values", "weights", "x1"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
PLACES = ["name", "engine", "case", "outputs", "scenarios", "claims", "settings", "report", "failures_allowed",
          "design.method", "design.samples", "design.seed", "factors.x1", "factors.x1.low", "factors.x1.distribution",
          "scenarios.mine", "scenarios.mine.shocks", "target_halfwidth"]  # fmt: skip


def as_toml(value: object) -> str:
    """A value as TOML writes it inline; what TOML does not have becomes a date."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {as_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    return "1979-05-27" if value is None else json.dumps(value)


@given(place=st.sampled_from(PLACES), value=ANY)
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_value_in_any_place_is_more_than_a_fault(place: str, value: object) -> None:
    tree: dict[str, object] = {
        "name": "t",
        "engine": "ishigami",
        "design": {"method": "sobol", "samples": 4},
        "factors": {"x1": {"distribution": "uniform", "low": 0, "high": 1}},
        "scenarios": {"mine": {"shocks": [{"parameter": "a", "change": "add", "value": 1.0}]}},
    }
    inner, keys = tree, place.split(".")
    for key in keys[:-1]:
        step = inner[key]
        assert isinstance(step, dict)
        inner = step
    inner[keys[-1]] = value
    made = read_without_a_traceback("\n".join(f"{key} = {as_toml(item)}" for key, item in tree.items()))
    if made is not None:
        assert len(made.identity) == 64


@given(table=st.text(max_size=60) | st.text('x1,ab\n\r"0.5 -e', max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_file_that_a_study_names_is_more_than_a_fault(table: str) -> None:
    for text in (
        HEAD + '[design]\nmethod = "csv"\nfile = "f.csv"\n',
        HEAD + DESIGN + '[factors.x1]\ndistribution = "empirical"\nfile = "f.csv"\n',
    ):
        try:
            made = study_from_text(text, files={"f.csv": table})
        except StudyError as error:
            assert error.faults
        else:
            assert made.design.samples > 0
