"""What tests of security share: the mutations, and a small sweep on disk."""

import shutil
from pathlib import Path

import pytest
from cordillera.cluster import SerialBackend
from cordillera.data.case import CASES
from cordillera.sweeps import run_study, study_from_text

CORRIDOR = CASES / "pacific-corridor"
CORRIDOR_FILES = ("case.toml", "scenarios.toml", "corridor.csv", "region.csv", "places.csv", "money.csv")
STUDY = """name = "small"
engine = "ishigami"
scenarios = ["steeper"]
design = { method = "sobol", samples = 8, seed = 3 }
factors.x1 = { distribution = "uniform", low = -3.0, high = 3.0 }
factors.x2 = { distribution = "uniform", low = -3.0, high = 3.0 }
"""


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A complete store of two units."""
    folder = tmp_path_factory.mktemp("finished") / "small.zarr"
    run_study(study_from_text(STUDY), folder, SerialBackend(), unit_blocks=4)
    return folder


@pytest.fixture
def corridor(tmp_path: Path) -> Path:
    """A case of the spatial model on the bundled world, to be spoilt."""
    folder = tmp_path / "line"
    folder.mkdir()
    for name in CORRIDOR_FILES:
        shutil.copy(CORRIDOR / name, folder / name)
    text = (folder / "case.toml").read_text(encoding="utf-8")
    (folder / "case.toml").write_text(f'world = "pacific-corridor"\n{text}', encoding="utf-8")
    return folder


@pytest.fixture
def world(corridor: Path) -> Path:
    """The same with a world of its own."""
    for name in ("world.npz", "osm_roads.npz"):
        shutil.copy(CORRIDOR / name, corridor / name)
    text = (corridor / "case.toml").read_text(encoding="utf-8").split("\n", 1)[1]
    (corridor / "case.toml").write_text(text, encoding="utf-8")
    return corridor
