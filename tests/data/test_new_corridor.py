"""A line on the map as a case: which cells it takes, what is left out, and what is refused."""

import csv
import json
from pathlib import Path

import pytest
from cordillera.data import CaseError
from cordillera.data.corridor import read_corridor
from cordillera.data.line import LineError
from cordillera.data.new_corridor import write_corridor
from cordillera.sweeps import read_study

# Mombasa, Nairobi, Kampala.
EAST_AFRICA = [[39.67, -4.05], [36.82, -1.29], [32.58, 0.32]]


def line(folder: Path, points: list[list[float]] = EAST_AFRICA, **properties: object) -> Path:
    """A GeoJSON file with a line."""
    path = folder / "line.geojson"
    geometry = {"type": "LineString", "coordinates": points}
    path.write_text(json.dumps({"type": "Feature", "properties": properties, "geometry": geometry}))
    return path


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="") as text:
        return list(csv.DictReader(text))


def test_a_line_becomes_a_case_that_is_read_and_a_study_of_it(tmp_path: Path) -> None:
    made = write_corridor(line(tmp_path, mode="rail"), tmp_path / "east-africa")
    case = read_corridor(str(made.folder))
    assert case.meta["mode"] == "rail"
    assert len(case.corridor) == made.corridor
    assert len(case.region) == made.region
    assert made.countries == ("KEN", "UGA")
    study = read_study(made.study)
    assert [scenario.name for scenario in study.scenarios] == ["new_line", "cost_cut"]
    # What a road replaces is no question of a railway, nor is which part of it is finished.
    assert not {"crossing_from", "stretch"} & set(study.build_engine().factors)


def test_the_corridor_keeps_the_order_of_the_line(tmp_path: Path) -> None:
    write_corridor(line(tmp_path), tmp_path / "out")
    cells = rows(tmp_path / "out" / "corridor.csv")
    assert [int(row["order"]) for row in cells] == list(range(1, len(cells) + 1))
    assert (cells[0]["latitude"], cells[0]["longitude"]) == ("-4.5", "39.5")
    assert (cells[-1]["latitude"], cells[-1]["longitude"]) == ("0.5", "32.5")
    assert {row["finished"] for row in cells} == {"no"}


def test_the_bundled_line_gives_the_bundled_corridor(tmp_path: Path) -> None:
    bundled = read_corridor("pacific-corridor")
    made = write_corridor(
        bundled.folder / "corridor.geojson", tmp_path / "again", ["MEX", "GTM", "SLV", "HND", "NIC", "CRI", "PAN"]
    )
    again = read_corridor(str(made.folder))
    assert again.corridor.tolist() == bundled.corridor.tolist()
    assert set(again.region.tolist()) == set(bundled.region.tolist())


def test_cells_where_nobody_lives_are_left_out_and_told(tmp_path: Path) -> None:
    made = write_corridor(line(tmp_path, [[-64.0, 10.2], [-64.0, 13.0]]), tmp_path / "out")
    assert made.corridor >= 1
    assert "12.5N 63.5W" in made.left_out


def test_the_region_ends_at_a_distance_from_the_line(tmp_path: Path) -> None:
    near = write_corridor(line(tmp_path), tmp_path / "near", within=2.0)
    far = write_corridor(line(tmp_path), tmp_path / "far")
    assert near.corridor == far.corridor
    assert near.corridor < near.region < far.region


def test_a_name_with_quotes_stays_a_text(tmp_path: Path) -> None:
    made = write_corridor(line(tmp_path), tmp_path / 'a "road"\\x')
    assert read_study(made.study).name == 'a "road"\\x'


def test_the_sea_is_no_corridor(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="inhabited"):
        write_corridor(line(tmp_path, [[-30.0, -40.0], [-28.0, -41.0]]), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_unknown_country_is_named_with_those_that_are_known(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"unknown country 'KEM'"):
        write_corridor(line(tmp_path), tmp_path / "out", ["KEM"])


def test_a_folder_that_exists_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(FileExistsError):
        write_corridor(line(tmp_path), tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_mode_that_nobody_builds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LineError, match="tram"):
        write_corridor(line(tmp_path, mode="tram"), tmp_path / "out")


@pytest.mark.parametrize(("mode", "word"), [("road", "road"), ("rail", "railway"), ("water", "waterway")])
def test_a_policy_is_called_by_what_is_built(tmp_path: Path, mode: str, word: str) -> None:
    made = write_corridor(line(tmp_path, mode=mode), tmp_path / "new")
    policy = read_corridor(str(made.folder)).scenarios["new_line"]
    assert policy["label"] == f"New {word}"
    assert str(policy["description"]).startswith(f"A {word} crosses every cell")
