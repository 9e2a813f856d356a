import numpy as np
import pytest
from cordillera.analysis import AnalysisError, sobol
from cordillera.engines import Outcome, UnknownNameError
from cordillera.sweeps import salib_problem
from SALib.analyze import sobol as salib_sobol

SOBOL = 'method = "sobol"\nsamples = {}\nseed = 3'


def test_a_store_has_the_indices_of_salib_for_every_scenario_and_cell(make_sweep, make_text):
    store = make_sweep(make_text(SOBOL.format(64)))
    found = sobol(store, "terms", resamples=30, seed=8)
    assert found["total"].dims == ("factor", "scenario", "term")
    for scenario in ("baseline", "steeper"):
        for term in ("first", "second", "third"):
            values = store.output("terms").sel(scenario=scenario, term=term).values
            theirs = salib_sobol.analyze(
                salib_problem(store.study), values, calc_second_order=False, num_resamples=30, seed=8
            )
            ours = found.sel(scenario=scenario, term=term)
            assert ours["first"].values == pytest.approx(theirs["S1"], abs=1e-10)
            assert ours["total_confidence"].values == pytest.approx(theirs["ST_conf"], abs=1e-10)


def test_the_ishigami_engine_has_its_closed_form_variance_and_indices(ishigami):
    found = sobol(ishigami, "y").sel(scenario="baseline")
    variance = 7**2 / 8 + 0.1 * np.pi**4 / 5 + 0.01 * np.pi**8 / 18 + 0.5
    assert float(found["variance"]) == pytest.approx(variance, rel=0.02)
    assert found["first"].values == pytest.approx([0.3139, 0.4424, 0.0], abs=0.03)
    assert found["total"].values == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)
    assert float(found["second"].sel(factor="x1", factor_with="x3")) == pytest.approx(0.2437, abs=0.05)
    assert np.isnan(found["second"].sel(factor="x3", factor_with="x1"))


def test_a_difference_leaves_its_reference_out_and_explains_the_paired_effect(make_sweep, make_text):
    store = make_sweep(make_text(SOBOL.format(512)))
    found = sobol(store, "y", relative_to="baseline")
    assert list(found["scenario"].values) == ["steeper"]
    # Twice the weight of x3 adds b x3^4 sin(x1): nothing of x2, and x1 alone explains as in a product.
    assert float(found["total"].sel(factor="x2").item()) == pytest.approx(0.0, abs=1e-12)
    assert found.attrs["relative_to"] == "baseline"


def test_a_failed_run_drops_its_block_for_its_scenario_and_no_other(make_sweep, make_text):
    text = make_text(SOBOL.format(32))
    whole = make_sweep(text)
    store = make_sweep(text, failed=[("steeper", 7, Outcome.NO_CONVERGENCE)])
    found = sobol(store, "y", seed=4)
    assert list(found["dropped"].values) == [0, 1]
    assert list(found["blocks"].values) == [32, 31]
    before = sobol(whole, "y", seed=4)
    assert (found["total"].sel(scenario="baseline") == before["total"].sel(scenario="baseline")).all()
    kept = np.delete(whole.output("y").sel(scenario="steeper").values.reshape(32, 5), 1, axis=0)
    theirs = salib_sobol.analyze(salib_problem(store.study), kept.ravel(), calc_second_order=False, seed=4)
    assert found["total"].sel(scenario="steeper").values == pytest.approx(theirs["ST"], abs=1e-10)
    assert found["first_confidence"].sel(scenario="steeper").values == pytest.approx(theirs["S1_conf"], abs=1e-10)


def test_a_failed_baseline_drops_the_block_of_every_difference(make_sweep, make_text):
    failed = [("baseline", 0, Outcome.NO_CONVERGENCE), ("steeper", 0, Outcome.BASELINE_FAILED)]
    store = make_sweep(make_text(SOBOL.format(16)), failed=failed)
    assert sobol(store, "y", relative_to="baseline")["dropped"].item() == 1


def test_runs_not_made_yet_are_missing_and_not_failed(make_sweep, make_text):
    failed = [(name, draw, Outcome.NOT_RUN) for name in ("baseline", "steeper") for draw in range(40, 80)]
    found = sobol(make_sweep(make_text(SOBOL.format(16)), failed=failed), "y")
    assert list(found["missing"].values) == [8, 8]
    assert list(found["dropped"].values) == [0, 0]
    assert np.isfinite(found["total"]).all()


def test_a_number_that_is_not_finite_drops_its_block_though_the_run_says_solved(make_sweep, make_text):
    store = make_sweep(make_text(SOBOL.format(16)))
    store.results["terms"].loc[{"scenario": "steeper", "draw": 3, "term": "second"}] = np.nan
    found = sobol(store, "terms")
    assert list(found["dropped"].values) == [0, 1]
    assert np.isfinite(found["total"].sel(scenario="steeper", term="third").values).all()


def test_a_cell_that_never_has_a_number_drops_no_block(make_sweep, make_text):
    store = make_sweep(make_text(SOBOL.format(16)))
    whole = sobol(store, "terms")
    store.results["terms"].loc[{"term": "second"}] = np.nan
    found = sobol(store, "terms")
    assert not found["dropped"].any()
    assert np.isnan(found["total"].sel(term="second")).all()
    assert (found["total"].sel(term="third") == whole["total"].sel(term="third")).all()


def test_rounding_noise_has_no_indices(make_sweep, make_text):
    def steady(unit, scenario):
        return 125_000.0 * (1 + 1e-12 * unit[:, 0]) if scenario == 0 else unit[:, 0]

    found = sobol(make_sweep(make_text(SOBOL.format(16)), steady), "y")
    assert np.isnan(found["total"].sel(scenario="baseline")).all()
    assert np.isfinite(found["total"].sel(scenario="steeper")).all()


def test_a_difference_that_is_rounding_beside_its_levels_has_no_indices(make_sweep, make_text):
    def nearly_equal(unit, scenario):
        return 125_000.0 * (1 + unit[:, 1]) + 1e-7 * scenario * unit[:, 0]

    found = sobol(make_sweep(make_text(SOBOL.format(16)), nearly_equal), "y", relative_to="baseline")
    assert np.isnan(found["total"]).all()


def test_nothing_is_known_when_fewer_than_two_blocks_are_left(make_sweep, make_text):
    failed = [("steeper", draw, Outcome.NOT_FINITE) for draw in range(0, 40, 5)]
    found = sobol(make_sweep(make_text(SOBOL.format(8)), failed=failed), "y")
    assert found["dropped"].sel(scenario="steeper").item() == 8
    assert np.isnan(found["total"].sel(scenario="steeper")).all()


def test_groups_are_indexed_as_one(make_sweep, make_text):
    text = make_text(SOBOL.format(256)).replace("[factors.x2]", 'group = "odd"\n[factors.x2]') + 'group = "odd"\n'
    found = sobol(make_sweep(text), "y").sel(scenario="baseline")
    assert list(found["factor"].values) == ["odd", "x2"]
    assert found["total"].values == pytest.approx([0.5576, 0.4424], abs=0.06)


def test_the_first_blocks_alone_are_the_smaller_design(make_sweep, make_text):
    small, large = (make_sweep(make_text(SOBOL.format(count))) for count in (32, 64))
    assert (sobol(small, "y")["total"].values == sobol(large, "y", blocks=32)["total"].values).all()


def test_selected_labels_have_the_indices_of_the_whole(make_sweep, make_text):
    store = make_sweep(make_text(SOBOL.format(32)))
    part = sobol(store, "terms", select={"term": "third"})
    assert part["total"].dims == ("factor", "scenario")
    assert part["total"].values == pytest.approx(sobol(store, "terms")["total"].sel(term="third").values, abs=1e-14)


def test_what_cannot_be_asked_is_named(make_sweep, make_text):
    store = make_sweep(make_text(SOBOL.format(8)))
    with pytest.raises(UnknownNameError, match="Did you mean 'terms'"):
        sobol(store, "term")
    with pytest.raises(UnknownNameError, match="Unknown scenario 'none'"):
        sobol(store, "y", relative_to="none")
    with pytest.raises(AnalysisError, match="no term 'fourth'; known: first, second, third"):
        sobol(store, "terms", select={"term": "fourth"})
    with pytest.raises(AnalysisError, match="no dimension 'region'; its dimensions are: none"):
        sobol(store, "y", select={"region": "coast"})


def test_a_design_without_crossed_rows_is_refused_with_the_remedy(make_sweep, make_text):
    store = make_sweep(make_text('method = "latin"\nsamples = 20\nseed = 1'))
    with pytest.raises(AnalysisError, match="Use delta or pawn"):
        sobol(store, "y")
