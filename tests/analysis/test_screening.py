import warnings

import numpy as np
import pytest
from cordillera.analysis import AnalysisError, delta, fast, main_effects, morris, pawn
from cordillera.engines import Outcome
from cordillera.sweeps import salib_problem
from SALib.analyze import delta as salib_delta
from SALib.analyze import morris as salib_morris

MORRIS = 'method = "morris"\nsamples = 20\nseed = 5\nlevels = 6'
LATIN = 'method = "latin"\nsamples = 200\nseed = 5'
FAST = 'method = "fast"\nsamples = 257\nseed = 5'
FACTORIAL = 'method = "factorial"'


def weighted(unit, scenario):
    return unit @ np.array([4.0, 2.0, 0.0]) + 10 * scenario


def test_morris_of_a_linear_function_is_its_slopes(make_sweep, make_text):
    found = morris(make_sweep(make_text(MORRIS), weighted), "y").sel(scenario="baseline")
    assert found["mean"].values == pytest.approx([4.0, 2.0, 0.0], abs=1e-9)
    assert found["mean_absolute"].values == pytest.approx([4.0, 2.0, 0.0], abs=1e-9)
    assert found["spread"].values == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)


def test_morris_without_a_failed_trajectory_is_salib_on_the_others(make_sweep, make_text):
    store = make_sweep(make_text(MORRIS), failed=[("steeper", 9, Outcome.NO_CONVERGENCE)])
    found = morris(store, "y", seed=3).sel(scenario="steeper")
    kept = np.delete(np.arange(80), range(8, 12))
    values = store.output("y").sel(scenario="steeper").values[kept]
    theirs = salib_morris.analyze(
        dict(salib_problem(store.study)), store.unit_design().values[kept], values, num_levels=6, seed=3
    )
    assert found["rows"].item() == 76
    assert found["mean_absolute"].values == pytest.approx(theirs["mu_star"], abs=1e-12)
    assert found["mean_absolute_confidence"].values == pytest.approx(theirs["mu_star_conf"], abs=1e-12)


def test_morris_takes_a_group_as_one(make_sweep, make_text):
    text = make_text(MORRIS).replace("[factors.x2]", 'group = "odd"\n[factors.x2]') + 'group = "odd"\n'
    found = morris(make_sweep(text, weighted), "y").sel(scenario="baseline")
    assert list(found["factor"].values) == ["odd", "x2"]
    assert found["mean_absolute"].sel(factor="x2").item() == pytest.approx(2.0)
    assert np.isnan(found["spread"].sel(factor="odd"))


def test_delta_is_salibs_on_the_independent_rows(make_sweep, make_text):
    store = make_sweep(make_text(LATIN), weighted)
    found = delta(store, "y", select={}, resamples=5, seed=7).sel(scenario="baseline")
    unit, values = store.unit_design().values, store.output("y").sel(scenario="baseline").values
    with warnings.catch_warnings(record=True):
        theirs = salib_delta.analyze(
            dict(salib_problem(store.study)), unit, values, num_resamples=5, seed=7, method="delta"
        )
    assert found["delta"].values == pytest.approx(theirs["delta_raw"])
    assert found["delta"].values.argmax() == 0


def test_delta_leaves_numpy_and_warnings_as_they_were(make_sweep, make_text):
    store = make_sweep(make_text(LATIN), weighted)
    np.random.seed(1)  # noqa: NPY002
    state, filters, formatting = np.random.get_state()[1].copy(), warnings.filters[:], warnings.formatwarning  # noqa: NPY002
    delta(store, "y", resamples=2)
    assert (np.random.get_state()[1] == state).all()  # noqa: NPY002
    assert warnings.filters[:] == filters
    assert warnings.formatwarning is formatting


def test_pawn_ranks_the_factors_of_a_linear_function(make_sweep, make_text):
    found = pawn(make_sweep(make_text(LATIN), weighted), "y", resamples=10).sel(scenario="baseline")
    middle = found["median"].values
    assert middle[0] > middle[1] > middle[2]
    assert (found["maximum"] >= found["median"]).all()


def test_given_data_measures_take_any_design_and_only_its_independent_rows(make_sweep, make_text):
    store = make_sweep(make_text('method = "sobol"\nsamples = 64\nseed = 1'))
    assert list(pawn(store, "y", resamples=2)["rows"].values) == [128, 128]


def test_fast_has_the_closed_form_indices_of_ishigami(make_sweep, make_text):
    found = fast(make_sweep(make_text(FAST)), "y", resamples=5).sel(scenario="baseline")
    assert found["first"].values == pytest.approx([0.3139, 0.4424, 0.0], abs=0.05)
    assert found["total"].values == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.06)


def test_a_failed_run_leaves_fast_without_indices_for_its_scenario(make_sweep, make_text):
    found = fast(make_sweep(make_text(FAST), failed=[("steeper", 3, Outcome.NO_CONVERGENCE)]), "y", resamples=2)
    assert np.isnan(found["total"].sel(scenario="steeper")).all()
    assert found["rows"].sel(scenario="steeper").item() == 0
    assert np.isfinite(found["total"].sel(scenario="baseline")).all()


def test_main_effects_of_a_linear_function_are_its_slopes_with_their_signs(make_sweep, make_text):
    found = main_effects(make_sweep(make_text(FACTORIAL), lambda unit, _: unit @ np.array([-4.0, 2.0, 0.0])), "y")
    here = found.sel(scenario="baseline")
    assert here["effect"].values == pytest.approx([-4.0, 2.0, 0.0], abs=1e-12)
    assert here["size"].values == pytest.approx([4.0, 2.0, 0.0], abs=1e-12)


def test_main_effects_are_the_means_at_the_ends_of_each_range(make_sweep, make_text):
    store = make_sweep(make_text(FACTORIAL))
    found = main_effects(store, "y", relative_to="baseline").sel(scenario="steeper")
    values = store.output("y").diff("scenario").values.ravel()
    high = store.unit_design().values > 0.5
    expected = [values[high[:, i]].mean() - values[~high[:, i]].mean() for i in range(3)]
    assert found["effect"].values == pytest.approx(expected, abs=1e-12)


def test_a_failed_run_leaves_a_factorial_without_effects_for_its_scenario(make_sweep, make_text):
    found = main_effects(make_sweep(make_text(FACTORIAL), failed=[("steeper", 3, Outcome.NO_CONVERGENCE)]), "y")
    assert np.isnan(found["effect"].sel(scenario="steeper")).all()
    assert np.isfinite(found["effect"].sel(scenario="baseline")).any()


def test_a_cell_that_does_not_vary_is_unknown_and_keeps_its_place(make_sweep, make_text):
    found = pawn(make_sweep(make_text(LATIN), lambda unit, _: np.ones(len(unit))), "y", resamples=2)
    assert found["median"].dims == ("factor", "scenario")
    assert np.isnan(found["median"]).all()


@pytest.mark.parametrize(("measure", "design"), [(delta, LATIN), (fast, FAST)])
def test_seed_zero_is_refused_because_salib_reads_it_as_no_seed(make_sweep, make_text, measure, design):
    with pytest.raises(ValueError, match="seed is 0"):
        measure(make_sweep(make_text(design)), "y", seed=0)


def test_an_analysis_of_another_design_is_refused(make_sweep, make_text):
    store = make_sweep(make_text(LATIN))
    with pytest.raises(AnalysisError, match="needs a design with method = \"morris\"; this study's is 'latin'"):
        morris(store, "y")
    with pytest.raises(AnalysisError, match='needs a design with method = "fast"'):
        fast(store, "y")
