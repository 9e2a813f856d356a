"""What a case says of its publication, from somebody else: read or refused in words, and nothing outside its folder."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import xarray as xr
from cordillera.analysis.case_file import file_of
from cordillera.analysis.headline import case_headlines
from cordillera.analysis.reproduction import read_findings
from cordillera.analysis.sample import AnalysisError


@dataclass(frozen=True)
class Named:
    """What of an engine is asked for its case."""

    case: str


@pytest.fixture
def publication(tmp_path: Path) -> Path:
    """A case with a table that names a file of it, and a file outside that it shall not reach."""
    (tmp_path / "secret.csv").write_text("scenario,value,region\na,1,coast\n")
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "own.csv").write_text("scenario,value,region,measure\na,1,coast,x\n")
    (folder / "linked.csv").symlink_to(tmp_path / "secret.csv")
    return folder


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../secret.csv", "outside its folder"),
        ("linked.csv", "outside its folder"),
        ("/etc/hostname", "does not exist|outside its folder"),
        ("own.csv/../../secret.csv", "outside its folder"),
        ("nothing.csv", "does not exist"),
    ],
)
def test_a_table_of_a_case_names_no_file_outside_its_folder(publication: Path, name: str, words: str) -> None:
    assert file_of(publication, "own.csv", "grids.csv") == publication / "own.csv"
    with pytest.raises(AnalysisError, match=words):
        file_of(publication, name, "grids.csv")


@pytest.mark.parametrize("content", [b"", b"\xff\xfea", b'a,b\n"1'])
def test_a_table_for_the_report_that_is_none_is_named(publication: Path, content: bytes) -> None:
    (publication / "headlines.csv").write_bytes(content)
    with pytest.raises(AnalysisError, match=r"headlines\.csv"):
        case_headlines(Named(str(publication)))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "findings = 3",
        "[[findings]]\nscenario = 1",
        "findings = " + "[" * 5000,
        f"findings = [0x{'f' * 6000}]",
        "\0",
    ],
)
def test_findings_that_are_none_are_named(publication: Path, text: str) -> None:
    (publication / "findings.toml").write_text(text)
    with pytest.raises(AnalysisError, match=r"findings\.toml"):
        read_findings(publication / "findings.toml", xr.Dataset())
