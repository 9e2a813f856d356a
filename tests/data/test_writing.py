"""Files that are written whole or not at all, alone and together."""

from pathlib import Path

import pytest
from cordillera.data.writing import whole_file, whole_files


def test_a_file_that_is_not_finished_leaves_the_one_before(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("before")
    with pytest.raises(ArithmeticError), whole_file(file) as partial:
        partial.write_text("half")
        raise ArithmeticError
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert file.read_text() == "before"


def test_files_come_together_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(ArithmeticError), whole_files(tmp_path / "out") as partial:
        (partial / "a.csv").write_text("1")
        raise ArithmeticError
    assert list((tmp_path / "out").iterdir()) == []
    with whole_files(tmp_path / "out") as partial:
        for name in ("a.csv", "b.csv"):
            (partial / name).write_text("1")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.csv", "b.csv"]


def test_an_error_names_the_file_where_it_should_have_been(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"b\.csv") as told, whole_files(tmp_path / "out") as partial:
        (partial / "deeper" / "b.csv").write_text("1")
    assert told.value.filename == str(tmp_path / "out" / "deeper" / "b.csv")


def test_nothing_takes_the_place_of_a_device() -> None:
    null = Path("/dev/null")
    with whole_file(null) as partial:
        assert partial == null
