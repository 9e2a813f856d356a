"""Study files from somebody else: every one is read or refused in words, and none reaches out of its folder."""

import tomllib
from pathlib import Path
from unittest.mock import patch

import pytest
from cordillera.sweeps import StudyError, reading, study_from_text
from cordillera.sweeps.reading import read_study
from hypothesis import given
from hypothesis import strategies as st
from mutation import CELLS, DIGITS, contents, fuzzing, tables, trees

TEXT = """name = "t"
engine = "ishigami"
scenarios = [
    "steeper",
    { name = "own", shocks = [{ parameter = "a", change = "add", value = 1.0, first_year = 1, last_year = 2 }] },
    { name = "both", combine = ["steeper", "own"] },
]
outputs = ["y", "terms"]
failures_allowed = 0.01
target_halfwidth = 0.1

[design]
method = "sobol"
samples = 16
seed = 3
second_order = false

[factors.x1]
distribution = "normal"
mean = 0.0
standard_deviation = 1.0
low = -3.0
high = 3.0
group = "g"

[factors.x2]
distribution = "choice"
values = [1.0, 2.0]
weights = [1.0, 2.0]

[factors.x3]
distribution = "empirical"
file = "a.csv"
column = "x3"

[[claims]]
name = "c"
output = "y"
scenario = "steeper"
relative_to = "baseline"
holds = "> 0"

[[claims]]
name = "d"
all = [
    { output = "terms", scenario = "own", difference = [{ term = "first" }, { term = "second" }], holds = "within 3" },
    { output = "terms", scenario = "both", select = { term = "first" }, holds = "between -1 and 2" },
]

[report]
title = "T"
notes = ["n"]
outputs = ["y"]
"""
TREE = tomllib.loads(TEXT)
FILES = {"a.csv": "x3\n1\n2\n"}
DESIGNS = (
    TREE["design"],
    {"method": "csv", "file": "a.csv"},
    {"method": "morris", "samples": 4, "levels": 4},
    {"method": "grid", "levels": 2},
    {"method": "latin", "samples": 4, "seed": 1},
    {"method": "fast", "samples": 65, "seed": 1},
    {"method": "quadrature", "rule": "stroud"},
)
COUNTS = (200, pytest.param(4000, marks=pytest.mark.slow))


def identity_or_fault(text: str | bytes, files: dict[str, str] = FILES) -> str | None:
    """The identity of a study, or None where it is refused."""
    try:
        return study_from_text(text, "study", files).identity
    except StudyError as error:
        assert error.faults
        return None


def test_the_study_that_is_tampered_with_is_sound() -> None:
    assert identity_or_fault(TEXT) is not None


@pytest.mark.parametrize("count", COUNTS)
def test_a_study_of_any_tables_is_read_or_refused(count: int) -> None:
    @fuzzing(count)
    @given(st.sampled_from(DESIGNS).flatmap(lambda design: trees(TREE | {"design": design})))
    def holds(tree: dict[str, object]) -> None:
        # The tree goes in as TOML would give it; not every one can be written as TOML.
        with patch.object(reading, "_parse", lambda text, origin: (tree, text)):
            identity_or_fault("")

    holds()


@pytest.mark.parametrize("count", COUNTS)
def test_a_study_of_any_bytes_is_read_or_refused(count: int) -> None:
    @fuzzing(count)
    @given(contents(TEXT.encode()))
    def holds(content: bytes) -> None:
        identity_or_fault(content)

    holds()


@pytest.mark.parametrize("count", COUNTS)
def test_a_design_of_any_cells_is_read_or_refused(count: int) -> None:
    plain = TEXT.replace('group = "g"', "").split("[[claims]]")[0]
    text = plain.replace(
        'method = "sobol"\nsamples = 16\nseed = 3\nsecond_order = false', 'method = "csv"\nfile = "a.csv"'
    )
    rows = "x1,x2,x3\n1.0,1,0.5\n2.0,2,-1\n"
    assert identity_or_fault(text, {"a.csv": rows}) is not None

    @fuzzing(count)
    @given(tables(rows.encode()))
    def holds(content: bytes) -> None:
        identity_or_fault(text, {"a.csv": content.decode()})

    holds()


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 5000 + "]" * 5000,
        "a = " + "{a = " * 5000 + "1" + "}" * 5000,
        ".".join(["a"] * 5000) + " = 1",
        "[" + ".".join(["a"] * 5000) + "]",
        f"name = {DIGITS}",
        "name = 0x" + "f" * 6000,
        TEXT.replace("low = -3.0", "low = 0x" + "f" * 6000),
        TEXT.replace("low = -3.0", "low = 1e400"),
        TEXT.replace("samples = 16", "samples = 0x" + "f" * 6000),
        TEXT + '\n[settings]\nworld = "x"\n',
        TEXT + TEXT,
        TEXT.encode("utf-16"),
        TEXT.replace('name = "t"', 'name = "t\\u0000"'),
        TEXT.replace('name = "own"', 'name = "own\\u001b[2J"'),
        TEXT.replace('"T"', '"\\ud800"'),
    ],
    ids=range(15),
)
def test_what_goes_too_far_is_refused_at_once(text: str | bytes) -> None:
    assert (identity_or_fault(text) is None) == ("world" not in str(text))


def test_ends_of_lines_of_another_system_change_no_number() -> None:
    assert identity_or_fault(TEXT.replace("\n", "\r\n")) == identity_or_fault(TEXT)


@pytest.mark.parametrize("cell", [*CELLS, "1e400", "nan"])
def test_a_sample_of_any_cell_is_read_or_refused(cell: str) -> None:
    identity_or_fault(TEXT, {"a.csv": f"x3\n1\n{cell}\n"})


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A study in a folder of its own, with a file outside that it shall not reach."""
    (tmp_path / "secret.csv").write_text("x3\n1\n2\n")
    folder = tmp_path / "received"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "a.csv").write_text("x3\n1\n2\n")
    (folder / "linked.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "linked").symlink_to(tmp_path)
    (folder / "endless.csv").symlink_to("/dev/zero")
    return folder / "study.toml"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../secret.csv", "outside the folder"),
        ("inner/../../secret.csv", "outside the folder"),
        ("linked.csv", "outside the folder"),
        ("linked/secret.csv", "outside the folder"),
        ("endless.csv", "outside the folder"),
        ("/etc/hostname", "outside the folder"),
        ("/dev/stdin", "outside the folder"),
        ("..\\\\secret.csv", "there is no such file"),
        ("a\\u0000b", "null"),
        ("inner", "is a folder"),
    ],
)
def test_a_study_names_no_file_outside_its_folder(study: Path, name: str, words: str) -> None:
    study.write_text(TEXT.replace("a.csv", name))
    with pytest.raises(StudyError, match=words):
        read_study(study)


def test_a_file_in_a_folder_below_is_read(study: Path) -> None:
    study.write_text(TEXT.replace("a.csv", "inner/a.csv"))
    assert read_study(study).files == {"inner/a.csv": "x3\n1\n2\n"}


def test_a_byte_order_mark_in_front_is_no_part_of_a_study(study: Path) -> None:
    study.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("a.csv", "inner/a.csv").encode())
    assert read_study(study).name == "t"


def test_a_device_is_no_study(tmp_path: Path) -> None:
    (tmp_path / "study.toml").symlink_to("/dev/zero")
    with pytest.raises(StudyError, match="is not a file"):
        read_study(tmp_path / "study.toml")
