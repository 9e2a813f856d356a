from pathlib import Path

import numpy as np
import pytest
from cordillera.cluster import SerialBackend
from cordillera.sweeps import create_store, open_store, replay, run_study, study_from_text
from fragile_engine import study_text


def test_a_replayed_draw_has_the_stored_bits(tmp_path: Path) -> None:
    run_study(study_from_text(study_text(16, "ishigami")), tmp_path / "a.zarr", SerialBackend())
    store = open_store(tmp_path / "a.zarr")
    for draw in (0, 41, 79):
        again = replay(tmp_path / "a.zarr", draw)
        assert again["terms"].attrs["same_bits"] == again["y"].attrs["same_bits"] == 1
        assert again["terms"].dims == ("scenario", "term")
        assert again["y"].values.tobytes() == store.output("y")[:, draw].values.tobytes()
        assert again["value"].sel(factor="x2") == store.design().values[draw, 1]
        assert (again["outcome"] == 1).all()


def test_a_draw_that_differs_from_the_store_says_so(tmp_path: Path) -> None:
    run_study(study_from_text(study_text(16, "ishigami")), tmp_path / "a.zarr", SerialBackend())
    store = open_store(tmp_path / "a.zarr", writable=True)
    store.array("results/y")[1, 30] = 0.5
    again = replay(tmp_path / "a.zarr", 30)
    assert again["y"].attrs["same_bits"] == 0
    assert again["terms"].attrs["same_bits"] == 1


def test_a_draw_that_has_not_run_is_solved_all_the_same(tmp_path: Path) -> None:
    study = study_from_text(study_text(16, "ishigami"))
    create_store(study, study.build_engine(), tmp_path / "a.zarr")
    again = replay(tmp_path / "a.zarr", 5)
    assert np.isfinite(again["y"]).all()
    assert again["y"].attrs["same_bits"] == -1


def test_a_draw_beyond_the_design_is_refused(tmp_path: Path) -> None:
    study = study_from_text(study_text(16, "ishigami"))
    create_store(study, study.build_engine(), tmp_path / "a.zarr")
    with pytest.raises(IndexError, match=r"has no draw 80. It has draws 0 to 79"):
        replay(tmp_path / "a.zarr", 80)
