import numpy as np
import pytest
from cordillera.analysis import bands, moments
from cordillera.engines import Outcome
from cordillera.sweeps import quadrature_moments, quadrature_weights

SOBOL = 'method = "sobol"\nsamples = {}\nseed = 3'


def test_only_the_first_and_last_row_of_a_saltelli_block_count(make_sweep, make_text):
    store = make_sweep(make_text(SOBOL.format(16)))
    values = store.output("terms").values.reshape(2, 16, 5, 3)[:, :, [0, 4]].reshape(2, 32, 3)
    found = bands(store, "terms")
    assert found.dims == ("quantile", "scenario", "term")
    assert found.values == pytest.approx(np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95], axis=1), abs=1e-12)
    assert list(found["rows"].values) == [32, 32]


def test_crossed_rows_change_no_band(make_sweep, make_text):
    store = make_sweep(make_text(SOBOL.format(16)))
    before = bands(store, "y").values.copy()
    store.results["y"].values.reshape(2, 16, 5)[:, :, 1:4] = 1e9
    assert (bands(store, "y").values == before).all()


def test_the_band_of_a_difference_is_not_the_difference_of_bands(make_sweep, make_text):
    def shifted(unit, scenario):
        return 100 * unit[:, 0] + scenario

    found = bands(make_sweep(make_text(SOBOL.format(64)), shifted), "y", relative_to="baseline")
    assert list(found["scenario"].values) == ["steeper"]
    assert found.values == pytest.approx(np.ones((5, 1)), abs=1e-12)


def test_a_uniform_output_has_its_quantiles(make_sweep, make_text):
    found = bands(make_sweep(make_text(SOBOL.format(1024)), lambda unit, _: unit[:, 1]), "y")
    assert found.sel(scenario="baseline").values == pytest.approx([0.05, 0.25, 0.5, 0.75, 0.95], abs=2e-3)


def test_a_failed_draw_is_left_out_alone(make_sweep, make_text):
    text = make_text(SOBOL.format(16))
    store = make_sweep(text, failed=[("steeper", 5, Outcome.NO_CONVERGENCE), ("steeper", 6, Outcome.NO_CONVERGENCE)])
    found = bands(store, "y")
    # Draw 6 is a crossed row, which no band uses.
    assert list(found["rows"].values) == [32, 31]
    assert list(found["failed"].values) == [0, 1]
    good = np.delete(make_sweep(text).output("y").sel(scenario="steeper").values.reshape(16, 5)[:, [0, 4]].ravel(), 2)
    assert found.sel(scenario="steeper", quantile=0.5).item() == pytest.approx(np.median(good))


def test_every_row_of_a_latin_hypercube_counts(make_sweep, make_text):
    store = make_sweep(make_text('method = "latin"\nsamples = 40\nseed = 2'))
    assert list(bands(store, "y")["rows"].values) == [40, 40]


def test_only_the_first_row_of_a_morris_trajectory_counts(make_sweep, make_text):
    store = make_sweep(make_text('method = "morris"\nsamples = 10\nseed = 2\nlevels = 4'))
    assert list(bands(store, "y")["rows"].values) == [10, 10]


def test_a_quadrature_has_the_moments_of_its_rule_and_normal_bands(make_sweep, make_text):
    store = make_sweep(make_text('method = "quadrature"\nrule = "stroud"'), lambda unit, _: 3 + unit.sum(axis=1))
    mean, spread = moments(store, "y").sel(scenario="baseline").values
    assert mean == pytest.approx(4.5)
    assert spread == pytest.approx(0.5)
    found = bands(store, "y").sel(scenario="baseline")
    assert found.values == pytest.approx(4.5 + 0.5 * np.array([-1.6449, -0.6745, 0.0, 0.6745, 1.6449]), abs=1e-3)
    assert bands(store, "y").attrs["law"] == "normal"


def test_a_rule_with_negative_weights_has_the_moments_that_sweeps_computes(make_sweep, make_text):
    store = make_sweep(make_text('method = "quadrature"\nrule = "degree_5"'))
    weights = quadrature_weights(tuple(factor.distribution for factor in store.study.factors), "degree_5")
    mean, spread = quadrature_moments(store.output("y"), weights)
    found = moments(store, "y")
    assert found.sel(moment="mean").values == pytest.approx(mean.values)
    assert found.sel(moment="standard_deviation").values == pytest.approx(spread.values)


def test_a_quadrature_does_not_survive_the_loss_of_a_point(make_sweep, make_text):
    store = make_sweep(
        make_text('method = "quadrature"\nrule = "stroud"'), failed=[("steeper", 2, Outcome.NO_CONVERGENCE)]
    )
    found = bands(store, "y")
    assert np.isnan(found.sel(scenario="steeper")).all()
    assert np.isfinite(found.sel(scenario="baseline")).all()


def test_nothing_run_has_no_band(make_sweep, make_text):
    failed = [("steeper", draw, Outcome.NOT_RUN) for draw in range(20)]
    found = bands(make_sweep(make_text(SOBOL.format(4)), failed=failed), "y").sel(scenario="steeper")
    assert np.isnan(found).all()
    assert (found["rows"].item(), found["failed"].item()) == (0, 0)


def test_a_probability_outside_its_range_is_refused(make_sweep, make_text):
    with pytest.raises(ValueError, match="between 0 and 1"):
        bands(make_sweep(make_text(SOBOL.format(4))), "y", quantiles=(5, 95))
