import numpy as np
import pytest
from cordillera.analysis import AnalysisError, convergence, sobol, widest_interval

SOBOL = 'method = "sobol"\nsamples = {}\nseed = 3'


def test_a_quarter_a_half_and_all_are_designs_of_their_own(make_sweep, make_text):
    store = make_sweep(make_text(SOBOL.format(64)))
    found = convergence(store, "y", relative_to="baseline")
    assert list(found["samples"].values) == [16, 32, 64]
    for count in (16, 32, 64):
        alone = sobol(make_sweep(make_text(SOBOL.format(count))), "y", relative_to="baseline")
        assert found["total"].sel(samples=count).values == pytest.approx(alone["total"].values, abs=1e-12)
        assert found["blocks"].sel(samples=count).item() == count


def test_intervals_narrow_as_points_are_added(make_sweep, make_text):
    found = convergence(make_sweep(make_text(SOBOL.format(1024))), "y")
    width = found["total_confidence"].sel(scenario="baseline").max("factor").values
    assert width[0] > width[1] > width[2]


def test_a_small_design_has_fewer_steps(make_sweep, make_text):
    assert list(convergence(make_sweep(make_text(SOBOL.format(4))), "y")["samples"].values) == [2, 4]


def test_the_widest_interval_is_that_of_the_worst_cell(make_sweep, make_text):
    store = make_sweep(make_text(SOBOL.format(32)))
    widths = [float(np.nanmax(sobol(store, name)["total_confidence"])) for name in ("y", "terms")]
    assert widest_interval(store) == max(widths)
    assert widest_interval(store, ["y"]) == widths[0]


def test_nothing_that_varies_has_no_width(make_sweep, make_text):
    store = make_sweep(make_text(SOBOL.format(8)), lambda unit, _: np.ones(len(unit)))
    assert np.isnan(widest_interval(store, ["y"]))


def test_a_design_that_is_not_nested_has_no_convergence(make_sweep, make_text):
    with pytest.raises(AnalysisError, match="Sobol indices need"):
        convergence(make_sweep(make_text('method = "latin"\nsamples = 8\nseed = 1')), "y")
