"""The packages that the grid is built from."""

from pathlib import Path

import pytest
from cordillera.data.world_build.__main__ import main
from cordillera.data.world_build.source import MissingLibraryError, MissingSourceError, Sources, library, table


def test_a_missing_file_is_told_with_its_package_and_version(tmp_path: Path) -> None:
    with pytest.raises(MissingSourceError, match=r"land-50m.json is missing.*world-atlas 2\.0\.2 \(npm\)"):
        Sources(tmp_path).file("world-atlas/land-50m.json")


def test_all_missing_files_are_told_together(tmp_path: Path) -> None:
    (tmp_path / "world-atlas").mkdir()
    (tmp_path / "world-atlas/land-50m.json").write_text("{}")
    with pytest.raises(MissingSourceError) as caught:
        Sources(tmp_path).require(row["file"] for row in table("packages"))
    assert str(caught.value).count("is missing") == len(table("packages")) - 1


def test_a_missing_library_is_told_with_the_extra_that_installs_it() -> None:
    with pytest.raises(MissingLibraryError, match=r"needs nowhere: pip install 'cordillera\[world\]'"):
        library("nowhere.at_all")


@pytest.mark.parametrize("more", [["--reduced"], ["--out", "new"]])
def test_the_command_says_which_files_it_lacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    assert main(["--sources", str(tmp_path), *more]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "countries-10m.json is missing" in told.err


@pytest.mark.parametrize("more", [[], ["--reduced", "--out", "new"]])
def test_the_command_wants_either_a_folder_or_the_check(tmp_path: Path, more: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--sources", str(tmp_path), *more])


def test_every_entry_of_the_tables_has_a_reason() -> None:
    assert all(row["source"] for row in table("filled"))
    assert all(row["reason"] for row in table("territories"))
