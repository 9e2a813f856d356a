"""Statistics of every cell of a map."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from cordillera.analysis import bands, sobol
from cordillera.analysis.field import NOBODY, fields, named
from cordillera.engines import Outcome

SOBOL = 'method = "sobol"\nsamples = 32\nseed = 3'
CELLS = ["15.5N 90.5W", "15.5N 89.5W", "14.5N 90.5W", "14.5N 89.5W", "0.5S 0.5E"]


def with_map(sweep, dtype=np.float64):
    """The sweep with a map: two cells that follow x1, one that follows x3, one that never moves, and one of noise."""
    unit = sweep.unit.values
    rough = np.sin(1e4 * unit.sum(axis=1))
    cells = np.stack([unit[:, 0] - 0.2, -unit[:, 0], 3.0 * unit[:, 2] + 0.1 * unit[:, 0], 0.0 * rough, rough], axis=1)
    values = np.stack([0.0 * cells, cells]).astype(dtype)
    values[(sweep.states != Outcome.SOLVED).values] = np.nan
    labels = {"scenario": ["baseline", "steeper"], "draw": np.arange(len(unit)), "cell": CELLS}
    array = xr.DataArray(values, dims=["scenario", "draw", "cell"], coords=labels, name="gap_map")
    array.attrs = {"units": "%", "long_name": "Income: gap"}
    study = replace(sweep.study, outputs=(*sweep.study.outputs, "gap_map"))
    return replace(sweep, study=study, results={**sweep.results, "gap_map": array})


@pytest.fixture
def store(make_sweep, make_text):
    return with_map(make_sweep(make_text(SOBOL)))


def test_a_cell_has_its_band_and_the_share_of_draws_above_zero(store):
    found = fields(store, "gap_map", relative_to="baseline").sel(scenario="steeper")
    band = bands(store, "gap_map", relative_to="baseline", quantiles=(0.05, 0.5, 0.95)).sel(scenario="steeper")
    for name, quantile in (("q05", 0.05), ("median", 0.5), ("q95", 0.95)):
        assert found[name].values == pytest.approx(band.sel(quantile=quantile).values)
    first = store.unit.values.reshape(32, 5, 3)[:, [0, 4], 0]
    assert found["share_positive"][0] == pytest.approx((first > 0.2).mean())
    assert found["share_positive"][1] == 0.0
    assert found["rows"] == 64


def test_a_cell_names_the_factor_with_the_largest_total_index(store):
    found = fields(store, "gap_map", relative_to="baseline", resamples=100).sel(scenario="steeper")
    indices = sobol(store, "gap_map", relative_to="baseline").sel(scenario="steeper")
    assert found["leading"].values[:3].tolist() == [0, 0, 2]
    assert found.attrs["factors"] == ("x1", "x2", "x3")
    assert found["total"].values[:3] == pytest.approx(indices["total"].max("factor").values[:3])
    assert found["half_width"].values[2] == pytest.approx(indices["total_confidence"].sel(factor="x3").values[2])


def test_a_cell_that_never_moves_has_no_sign_and_no_leading_factor(store):
    found = fields(store, "gap_map", relative_to="baseline").sel(scenario="steeper").isel(cell=3)
    assert found["median"] == 0.0
    assert np.isnan(found["share_positive"])
    assert found["leading"] == NOBODY
    assert np.isnan(found["total"])


def test_an_index_that_has_not_settled_names_nobody(store):
    found = fields(store, "gap_map", relative_to="baseline")
    wide = found.assign(half_width=xr.full_like(found["half_width"], 0.51))
    assert named(found).sel(scenario="steeper").values[:4].tolist() == [True, True, True, False]
    assert not named(wide).any()


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_parts_of_the_cells_give_what_the_whole_gives(store, size):
    xr.testing.assert_allclose(fields(store, "gap_map"), fields(store, "gap_map", cells_at_once=size), rtol=1e-12)


def test_a_number_missing_from_one_cell_says_nothing_of_the_others(store):
    array = store.results["gap_map"].copy()
    array.loc[{"scenario": "steeper", "draw": 7, "cell": CELLS[0]}] = np.nan
    torn = replace(store, results={**store.results, "gap_map": array})
    for size in (1, 5):
        found = fields(torn, "gap_map", cells_at_once=size).sel(scenario="steeper")
        assert np.isnan(found["median"].values).tolist() == [True, False, False, False, False]
        assert found["leading"].values[0] == NOBODY
    whole = fields(store, "gap_map").sel(scenario="steeper")
    xr.testing.assert_allclose(found.isel(cell=[1, 2]), whole.isel(cell=[1, 2]), rtol=1e-12)


def test_failed_runs_are_left_out(make_sweep, make_text):
    failed = [("steeper", 0, Outcome.NO_CONVERGENCE), ("baseline", 9, Outcome.NO_CONVERGENCE)]
    found = fields(with_map(make_sweep(make_text(SOBOL), failed=failed)), "gap_map", relative_to="baseline")
    assert found["rows"].values.tolist() == [62]
    assert np.isfinite(found["median"].values).all()


def test_numbers_of_single_precision_name_the_same_factors(make_sweep, make_text):
    found = fields(with_map(make_sweep(make_text(SOBOL)), np.float32), "gap_map").sel(scenario="steeper")
    assert found["leading"].values[:4].tolist() == [0, 0, 2, NOBODY]


def test_rows_of_second_order_change_no_index(make_sweep, make_text):
    found = fields(with_map(make_sweep(make_text(f"{SOBOL}\nsecond_order = true"))), "gap_map").sel(scenario="steeper")
    assert found["leading"].values[:3].tolist() == [0, 0, 2]
    assert found["total"].values[:2] == pytest.approx([1.0, 1.0], abs=0.3)


def test_another_design_has_a_map_of_the_effect_alone(make_sweep, make_text):
    for design in ('method = "latin"\nsamples = 80\nseed = 3', 'method = "quadrature"\nrule = "stroud"'):
        found = fields(with_map(make_sweep(make_text(design))), "gap_map").sel(scenario="steeper")
        assert np.isfinite(found["median"].values).all()
        assert (found["leading"] == NOBODY).all()


def test_nothing_is_known_before_anything_has_run(make_sweep, make_text):
    missing = [(name, draw, Outcome.NOT_RUN) for name in ("baseline", "steeper") for draw in range(160)]
    found = fields(with_map(make_sweep(make_text(SOBOL), failed=missing)), "gap_map", relative_to="baseline")
    assert np.isnan(found["median"]).all()
    assert (found["leading"] == NOBODY).all()
