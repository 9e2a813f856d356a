"""Where a study was read, as its store records it."""

from dataclasses import replace
from pathlib import Path

from cordillera.sweeps import study_from_text
from cordillera.sweeps.origin import recorded_origin, restored_origin
from cordillera.sweeps.study import case_location

STUDY = """name = "small"
engine = "ishigami"
design = { method = "sobol", samples = 8, seed = 3 }
factors.x1 = { distribution = "uniform", low = -3.0, high = 3.0 }
factors.x2 = { distribution = "uniform", low = -3.0, high = 3.0 }
"""


def test_a_case_beside_the_study_is_found_from_the_store_wherever_both_are_moved(tmp_path: Path) -> None:
    home = tmp_path / "somebody"
    (home / "studies" / "case").mkdir(parents=True)
    (home / "link").symlink_to(home / "studies")
    study = replace(study_from_text(STUDY), case="./case", origin=str(home / "studies" / "study.toml"))
    for store in (home / "studies" / "a.zarr", home / "link" / "a.zarr"):
        assert recorded_origin(study, str(store)) == "study.toml"
    recorded = recorded_origin(study, str(home / "stores" / "a.zarr"))
    assert recorded == "../studies/study.toml"
    home.rename(tmp_path / "another")
    found = restored_origin(recorded, str(tmp_path / "another" / "stores" / "a.zarr"))
    assert case_location("./case", found) == str(tmp_path / "another" / "studies" / "case")


def test_of_a_study_without_a_case_beside_it_the_name_is_recorded(tmp_path: Path) -> None:
    study = replace(study_from_text(STUDY), origin=str(tmp_path / "study.toml"))
    for address in (str(tmp_path / "a.zarr"), "a.zarr", "s3://bucket/a.zarr", f"file://{tmp_path}/b/a.zarr"):
        assert recorded_origin(study, address) == "study.toml"
