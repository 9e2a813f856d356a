import numpy as np
import pytest
from cordillera.analysis import AnalysisError, Results, bands, sobol
from cordillera.cluster import backend
from cordillera.sweeps import run_study, study_from_text

CLAIM = '[[claims]]\nname = "up"\noutput = "y"\nscenario = "steeper"\nrelative_to = "baseline"\nholds = "> 0"'


@pytest.fixture
def text(make_text):
    return make_text('method = "sobol"\nsamples = 32\nseed = 3', more=CLAIM)


@pytest.fixture
def results(tmp_path, text):
    """A finished sweep on disk."""
    return Results(run_study(study_from_text(text), tmp_path / "sweep.zarr", backend("serial")))


def test_a_store_on_disk_gives_what_arrays_in_memory_give(results, text, make_sweep):
    memory = make_sweep(text)
    for output in ("y", "terms"):
        assert results.sobol(output).equals(sobol(memory, output))
        assert results.bands(output, relative_to="baseline").equals(bands(memory, output, relative_to="baseline"))


def test_every_question_can_be_asked_of_a_store_on_disk(results):
    (claim,) = results.claims(resamples=10)
    assert claim.rows == 64
    assert claim.carried_by in ("x1", "x3")
    assert len(results.headlines()) == 0
    assert results.health().loc["SOLVED", "all"] == 320
    assert results.provenance()["citation"] == "Ishigami and Homma (1990)"
    assert results.convergence("y")["samples"].values.tolist() == [8, 16, 32]
    assert np.isfinite(results.moments("y")).all()
    assert results.pawn("y", resamples=2)["rows"].values.tolist() == [64, 64]
    assert results.delta("y", resamples=2, select={})["delta"].sizes["factor"] == 3
    assert results.output("y").sizes["draw"] == 160


def test_a_question_for_another_design_is_refused(results):
    for ask in (results.morris, results.fast):
        with pytest.raises(AnalysisError, match="needs a design"):
            ask("y")
