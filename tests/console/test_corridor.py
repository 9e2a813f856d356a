"""A corridor on the command line: its central run beside what was printed, and what it is not asked."""

import csv
import json
import shutil
from pathlib import Path

import pytest
from command import cordillera, words
from cordillera.data import bundled_cases


def test_the_reproduction_is_one_object_and_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = cordillera("reproduce", "pacific-corridor", "--resolution", "region", "--json")
    assert result.exit_code == 0, result.stderr
    record = json.loads(result.stdout)
    assert (record["case"], record["resolution"]) == ("pacific-corridor", "region")
    assert record["note"] == "A consistency check on open data, not a replication."
    assert record["findings"]["of"] > 20
    assert {row["scenario"] for row in record["rows"]} == {"major_road", "cost_cut"}
    assert list(tmp_path.iterdir()) == []


def test_the_reproduction_is_a_table_for_a_reader_and_a_file(tmp_path: Path) -> None:
    out = tmp_path / "tables"
    result = cordillera("reproduce", "pacific-corridor", "--resolution", "region", "--out", out)
    assert result.exit_code == 0, result.stderr
    assert "A consistency check on open data, not a replication." in result.stdout
    assert "Income a head, corridor" in result.stdout
    assert "within a factor of 1.5" in words(result)
    assert "(region resolution)" in words(result)
    with (out / "pacific-corridor.csv").open(newline="", encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    assert rows
    assert {"item", "reading", "scenario", "published", "model", "unit", "sign_agrees", "within_factor"} <= set(rows[0])


def test_nothing_is_written_unless_a_folder_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = cordillera("reproduce", "pacific-corridor", "--resolution", "region")
    assert result.exit_code == 0
    assert "With --out FOLDER the table is written as CSV." in words(result)
    assert list(tmp_path.iterdir()) == []


def test_a_case_is_reproduced_from_its_path(tmp_path: Path) -> None:
    """Its table goes into the folder that was asked for, under the name of the case."""
    folder = Path(shutil.copytree(bundled_cases()["pacific-corridor"], tmp_path / "mine"))
    result = cordillera("reproduce", folder, "--resolution", "region", "--out", tmp_path / "tables")
    assert result.exit_code == 0, result.output
    assert [path.name for path in (tmp_path / "tables").iterdir()] == ["mine.csv"]


def test_a_corridor_is_described() -> None:
    result = cordillera("describe", "pacific-corridor")
    assert result.exit_code == 0, result.stderr
    for part in ("theta", "cost_cut", "major_road", "crossing", "income_gap", "stretch"):
        assert part in result.stdout
    record = json.loads(cordillera("describe", "pacific-corridor", "--json").stdout)
    assert record["engine"] == "spatial"
    assert {scenario["name"] for scenario in record["scenarios"]} == {"major_road", "cost_cut"}
    assert record["coords"]["area"] == ["corridor", "neighbours", "region", "home"]


def test_a_corridor_stands_among_the_cases() -> None:
    result = cordillera("cases", "--json")
    entries = {entry["name"]: entry for entry in json.loads(result.stdout)["cases"]}
    assert entries["pacific-corridor"]["engine"] == "spatial"


REFUSED = [
    (("pacific-corridor", "--set", "base-year"), ["no --set", "Use --resolution"]),
    (("pacific-corridor", "--set", "inferred", "--resolution", "region"), ["no --set"]),
    (("peru-2002", "--resolution", "region"), ["no --resolution", "'spatial'"]),
    (("pacific-corridor", "--resolution", "fine"), ["'fine' is not allowed", "'region', 'full'"]),
    (("pacific-coridor",), ["Did you mean 'pacific-corridor'"]),
]


@pytest.mark.parametrize(("arguments", "said"), REFUSED)
def test_what_a_case_does_not_have_is_refused_in_words(arguments: tuple[str, ...], said: list[str]) -> None:
    result = cordillera("reproduce", *arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    for part in said:
        assert part in words(result)


def test_a_line_becomes_a_folder_and_says_what_to_do_next(tmp_path: Path) -> None:
    bundled = bundled_cases()["pacific-corridor"] / "corridor.geojson"
    result = cordillera("corridor", bundled, "--out", tmp_path / "again", "--region", "gtm, slv,mex")
    assert result.exit_code == 0, result.stderr
    assert "CRI, GTM, HND, MEX, NIC, PAN, SLV" in words(result)
    assert "cordillera run" in words(result)
    assert (tmp_path / "again" / "study.toml").is_file()
