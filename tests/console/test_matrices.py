"""The commands on matrices and templates: what they write, what they say, and words for faults."""

import json
from pathlib import Path

import pandas as pd
import pytest
from command import cordillera

TWO_VALLEYS = Path(__file__).parents[1] / "cases" / "two-valleys"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_a_template_is_checked_and_its_matrix_written(tmp_path: Path) -> None:
    book = tmp_path / "mine.xlsx"
    assert cordillera("template", TWO_VALLEYS, "--out", book).exit_code == 0
    assert cordillera("describe", book).exit_code == 0
    made = cordillera("matrix", book, "--out", tmp_path / "sam.csv")
    assert made.exit_code == 0
    assert "sam-cells.csv" in made.stderr
    square = pd.read_csv(tmp_path / "sam.csv", index_col=0)
    assert list(square.index) == list(square.columns)


def test_matrices_are_counted_with_those_that_are_not_feasible() -> None:
    first = json.loads(cordillera("matrices", TWO_VALLEYS, "--count", 3, "--json").stdout)
    again = json.loads(cordillera("matrices", TWO_VALLEYS, "--count", 3, "--json").stdout)
    assert (first["matrices"], first["made"], again["made"]) == (3, 3, 0)
    assert first["numbers"] == [1, 2, 3]
    assert Path(first["file"]).is_file()
    assert "0 of 3 numbers have none" in cordillera("matrices", TWO_VALLEYS, "--count", 3).stderr


def test_a_template_does_not_write_over_anything(tmp_path: Path) -> None:
    told = cordillera("template", "peru-2002", "--out", tmp_path)
    assert told.exit_code == 2
    assert "File exists" in told.stderr


def test_a_faulty_case_is_told_with_its_cells_and_without_a_traceback(tmp_path: Path) -> None:
    cordillera("template", TWO_VALLEYS, "--out", tmp_path / "mine")
    table = tmp_path / "mine" / "economy" / "wages.csv"
    table.write_text(table.read_text().replace("6000", "much").replace("3000", "-1"))
    told = cordillera("matrix", tmp_path / "mine", "--out", tmp_path / "sam.xlsx")
    assert told.exit_code == 2
    assert "economy/wages.csv, row 2, wage: 'much' is not a number" in told.stderr
    assert "economy/wages.csv, row 3, wage: -1 is not allowed" in told.stderr
    assert "Traceback" not in told.stderr
    assert not (tmp_path / "sam.xlsx").exists()
