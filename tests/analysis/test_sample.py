import numpy as np
import pytest
from cordillera.analysis.sample import (
    AnalysisError,
    factor_columns,
    independent_rows,
    output_array,
    output_sample,
    sampling_weights,
    whole_blocks,
)
from cordillera.engines import Outcome

SOBOL = 'method = "sobol"\nsamples = 4\nseed = 3'


@pytest.mark.parametrize(
    ("design", "wanted"),
    [
        (SOBOL, [0, 4, 5, 9, 10, 14, 15, 19]),
        (SOBOL + "\nsecond_order = true", [0, 7, 8, 15, 16, 23, 24, 31]),
        ('method = "morris"\nsamples = 3\nseed = 3\nlevels = 4', [0, 4, 8]),
        ('method = "latin"\nsamples = 3\nseed = 3', [0, 1, 2]),
        ('method = "grid"\nlevels = 2', list(range(8))),
    ],
)
def test_independent_rows_are_a_sample_of_the_factors(make_sweep, make_text, design, wanted):
    store = make_sweep(make_text(design))
    assert independent_rows(store).tolist() == wanted
    assert sampling_weights(store) is None


def test_independent_rows_of_a_sobol_design_are_uniform_in_every_factor(make_sweep, make_text):
    store = make_sweep(make_text(SOBOL.replace("4", "512")))
    unit = np.sort(store.unit_design().values[independent_rows(store)], axis=0)
    assert np.abs(unit - (np.arange(1024)[:, None] + 0.5) / 1024).max() < 0.01


def test_the_weights_of_a_quadrature_add_up_to_one(make_sweep, make_text):
    weights = sampling_weights(make_sweep(make_text('method = "quadrature"\nrule = "stroud"')))
    assert weights.sum() == pytest.approx(1.0)


def test_several_labels_keep_their_dimension_in_the_order_asked_for(make_sweep, make_text):
    store = make_sweep(make_text(SOBOL))
    part = output_array(store, "terms", {"term": ["third", "first"]})
    assert part["term"].values.tolist() == ["third", "first"]
    with pytest.raises(AnalysisError, match="no term 'fourth'"):
        output_array(store, "terms", {"term": ["third", "fourth"]})


def test_a_group_has_the_columns_of_its_members(make_sweep, make_text):
    text = make_text(SOBOL).replace("[factors.x2]", 'group = "odd"\n[factors.x2]') + 'group = "odd"\n'
    assert factor_columns(make_sweep(text).study) == {"odd": [0, 2], "x2": [1]}


def test_a_pair_is_solved_only_if_both_runs_are(make_sweep, make_text):
    failed = [("baseline", 1, Outcome.NO_CONVERGENCE), ("steeper", 2, Outcome.NOT_RUN)]
    rows = output_sample(make_sweep(make_text(SOBOL), failed=failed), "y", "baseline").rows("steeper")
    assert np.flatnonzero(~rows.solved).tolist() == [1, 2]
    assert np.flatnonzero(rows.failed).tolist() == [1]
    assert np.flatnonzero(~rows.run).tolist() == [2]


def test_a_block_is_whole_if_all_its_rows_are_good(make_sweep, make_text):
    good = np.ones(20, dtype=bool)
    good[6] = False
    assert whole_blocks(make_sweep(make_text(SOBOL)), good).tolist() == [True, False, True, True]
