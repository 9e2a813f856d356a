"""The verbs of the library: run a study, open what was run."""

from pathlib import Path

import pytest
from cordillera.analysis import widest_interval
from cordillera.cluster import SerialBackend
from cordillera.sweeps import Progress, StoreNotFoundError, study_from_text
from cordillera.verbs import open_store, run

STUDY = """
name = "waves"
engine = "ishigami"
outputs = ["y"]
{more}
design = {{ method = "{method}", samples = 16 }}
factors.x1 = {{ distribution = "uniform", low = -3.0, high = 3.0 }}
factors.x3 = {{ distribution = "uniform", low = -3.0, high = 3.0 }}
"""


def test_what_was_run_can_be_opened_and_asked(tmp_path: Path) -> None:
    seen: list[Progress] = []
    study = study_from_text(STUDY.format(method="sobol", more=""))
    results = run(study, tmp_path / "a.zarr", cluster=SerialBackend(), progress=seen.append)
    assert seen[-1].done == seen[-1].runs
    again = open_store(tmp_path / "a.zarr")
    assert again.store.identity == results.store.identity
    assert again.sobol("y").equals(results.sobol("y"))


def test_a_study_is_doubled_until_it_has_the_precision_that_it_asks_for(tmp_path: Path) -> None:
    study = study_from_text(STUDY.format(method="sobol", more="target_halfwidth = 0.25"))
    store = run(study, tmp_path / "a.zarr", cluster="serial").store
    assert widest_interval(store) <= 0.25
    assert store.samples > 16


def test_a_design_that_cannot_grow_runs_once_whatever_precision_is_asked_for(tmp_path: Path) -> None:
    study = study_from_text(STUDY.format(method="latin", more=""))
    assert run(study, tmp_path / "a.zarr", cluster="serial").store.samples == 16


def test_a_store_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreNotFoundError, match=r"nothing\.zarr"):
        open_store(tmp_path / "nothing.zarr")
