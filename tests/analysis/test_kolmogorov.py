import numpy as np
import pytest
from cordillera.analysis.kolmogorov import pawn_distances
from SALib.analyze import pawn as salib_pawn

PROBLEM = {"num_vars": 3, "names": ["x1", "x2", "x3"], "bounds": [[0.0, 1.0]] * 3}


@pytest.mark.parametrize("slices", [4, 10])
@pytest.mark.parametrize("ties", [False, True])
def test_statistics_are_those_of_salib(slices, ties):
    unit = np.random.default_rng(3).random((200, 3))
    values = unit[:, 0] ** 2 + 0.3 * unit[:, 1]
    values = np.round(values, 1) if ties else values
    theirs = salib_pawn.analyze(PROBLEM, unit, values, S=slices)
    ours = pawn_distances(unit, values, slices=slices, resamples=0)
    assert ours.median == pytest.approx(theirs["median"], abs=1e-12)
    assert ours.maximum == pytest.approx(theirs["maximum"], abs=1e-12)
    assert np.isnan(ours.median_confidence).all()


def test_a_factor_with_few_values_is_sliced_as_salib_does():
    unit = np.random.default_rng(3).random((200, 3))
    unit[:, 0] = np.round(3 * unit[:, 0]) / 3
    values = unit @ [1.0, 0.2, 0.0]
    theirs = salib_pawn.analyze(PROBLEM, unit, values, S=10)
    assert pawn_distances(unit, values, resamples=0).median == pytest.approx(theirs["median"], abs=1e-12)


def test_only_the_order_of_a_factor_matters():
    unit = np.random.default_rng(5).random((100, 3))
    values = unit[:, 0] - unit[:, 2]
    plain, bent = pawn_distances(unit, values, slices=5), pawn_distances(np.exp(unit), values, slices=5)
    assert bent.median == pytest.approx(plain.median, abs=0.05)


def test_confidence_is_repeatable_and_shrinks_with_draws():
    unit = np.random.default_rng(6).random((1600, 3))
    values = unit[:, 0]
    few = pawn_distances(unit[:100], values[:100], resamples=40, seed=3)
    again = pawn_distances(unit[:100], values[:100], resamples=40, seed=3)
    many = pawn_distances(unit, values, resamples=40, seed=3)
    assert (few.median_confidence == again.median_confidence).all()
    assert (many.median_confidence[1:] < few.median_confidence[1:]).all()
