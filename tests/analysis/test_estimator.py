import numpy as np
import pytest
from cordillera.analysis.estimator import factor_count, resample_counts, sobol_indices
from hypothesis import given, settings
from hypothesis import strategies as st
from SALib.analyze import sobol as salib_sobol
from SALib.sample import sobol as salib_sample

PROBLEM = {"num_vars": 3, "names": ["x1", "x2", "x3"], "bounds": [[0.0, 1.0]] * 3}
A, B = 7.0, 0.1


def functions(unit):
    """Three cells: Ishigami far from zero, a product, and one of tiny numbers."""
    x = np.pi * (2 * unit - 1)
    wave = np.sin(x[:, 0])
    cells = [
        1000 + wave + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * wave,
        unit.prod(axis=1),
        1e-9 * unit.sum(axis=1),
    ]
    return np.stack(cells, axis=1)


def blocks(samples, second_order, seed=5):
    unit = salib_sample.sample(PROBLEM, samples, calc_second_order=second_order, seed=seed)
    values = functions(unit)
    return values.reshape(samples, -1, values.shape[1])


@pytest.mark.parametrize("second_order", [False, True])
@pytest.mark.parametrize("samples", [2, 16, 128])
def test_every_index_and_interval_is_that_of_salib_to_1e_10(second_order, samples):
    values = blocks(samples, second_order)
    ours = sobol_indices(values, second_order=second_order, resamples=50, seed=9)
    for cell in range(values.shape[-1]):
        theirs = salib_sobol.analyze(
            PROBLEM, values[..., cell].ravel(), calc_second_order=second_order, num_resamples=50, seed=9
        )
        for mine, key in (("first", "S1"), ("total", "ST")):
            assert getattr(ours, mine)[:, cell] == pytest.approx(theirs[key], abs=1e-10)
            assert getattr(ours, f"{mine}_confidence")[:, cell] == pytest.approx(theirs[f"{key}_conf"], abs=1e-10)
        if second_order:
            upper = np.triu_indices(3, 1)
            assert ours.second[..., cell][upper] == pytest.approx(theirs["S2"][upper], abs=1e-10)
            assert ours.second_confidence[..., cell][upper] == pytest.approx(theirs["S2_conf"][upper], abs=1e-10)


def test_grouped_rows_have_the_indices_that_salib_gives_groups():
    problem = PROBLEM | {"groups": ["g", "x2", "g"]}
    values = functions(salib_sample.sample(problem, 64, calc_second_order=False, seed=2)).reshape(64, 4, 3)
    theirs = salib_sobol.analyze(problem, values[..., 0].ravel(), calc_second_order=False, seed=3)
    ours = sobol_indices(values, seed=3)
    assert ours.total[:, 0] == pytest.approx(theirs["ST"], abs=1e-10)
    assert ours.first_confidence[:, 0] == pytest.approx(theirs["S1_conf"], abs=1e-10)


def test_ishigami_has_its_closed_form_indices():
    found = sobol_indices(blocks(4096, True), second_order=True, resamples=0)
    fourth, eighth = B * np.pi**4 / 5, B**2 * np.pi**8
    variance = A**2 / 8 + fourth + eighth / 18 + 0.5
    alone = np.array([0.5 * (1 + fourth) ** 2, A**2 / 8, 0.0]) / variance
    joint = eighth * (1 / 18 - 1 / 50) / variance
    assert found.first[:, 0] == pytest.approx(alone, abs=0.01)
    assert found.total[:, 0] == pytest.approx(alone + np.array([joint, 0.0, joint]), abs=0.01)
    assert found.second[0, 2, 0] == pytest.approx(joint, abs=0.02)
    assert found.second[0, 1, 0] == pytest.approx(0.0, abs=0.02)


def test_the_g_function_has_its_closed_form_indices():
    weight = np.array([0.0, 1.0, 4.5])
    unit = salib_sample.sample(PROBLEM, 4096, calc_second_order=False, seed=1)
    values = np.prod((np.abs(4 * unit - 2) + weight) / (1 + weight), axis=1).reshape(4096, 5, 1)
    part = 1 / (3 * (1 + weight) ** 2)
    variance = np.prod(1 + part) - 1
    found = sobol_indices(values)
    assert found.first[:, 0] == pytest.approx(part / variance, abs=0.01)
    assert found.total[:, 0] == pytest.approx(part * np.prod(1 + part) / (1 + part) / variance, abs=0.01)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.1, 10.0), min_size=3, max_size=3), st.integers(1, 50))
def test_indices_of_an_additive_function_sum_to_one(weights, seed):
    unit = salib_sample.sample(PROBLEM, 1024, calc_second_order=False, seed=seed)
    found = sobol_indices((unit @ np.array(weights)).reshape(1024, 5, 1), resamples=0)
    assert found.first.sum() == pytest.approx(1.0, abs=0.03)
    assert found.total.sum() == pytest.approx(1.0, abs=0.03)
    assert found.first == pytest.approx(found.total, abs=0.03)


@settings(max_examples=25, deadline=None)
@given(st.floats(-1e3, 1e3), st.floats(0.01, 1e3))
def test_scale_and_origin_of_an_output_change_nothing(shift, scale):
    values = blocks(32, False)[..., 1:2]
    plain, moved = sobol_indices(values), sobol_indices(shift + scale * values)
    for before, after in zip(plain[:4], moved[:4], strict=True):
        assert after == pytest.approx(before, abs=1e-7)


def test_cells_do_not_depend_on_their_company():
    values = np.random.default_rng(1).random((16, 6, 600))
    together, alone = sobol_indices(values), sobol_indices(values[..., 500:501])
    assert together.total[:, 500] == pytest.approx(alone.total[:, 0], abs=1e-13)
    assert together.total.shape == (4, 600)


def test_a_cell_that_does_not_vary_has_zeros_as_in_salib():
    found = sobol_indices(np.full((8, 5, 1), 3.0))
    assert not found.total.any()
    assert not found.first_confidence.any()


def test_resamples_are_those_that_salib_draws_for_the_seed():
    taken = np.random.default_rng(4).integers(10, size=(10, 6))
    counts = resample_counts(10, 6, 4)
    assert counts.shape == (6, 10)
    assert all((counts[i] == np.bincount(taken[:, i], minlength=10)).all() for i in range(6))


def test_no_resamples_leave_the_confidence_unknown():
    found = sobol_indices(blocks(8, False), resamples=0)
    assert np.isnan(found.total_confidence).all()
    assert np.isfinite(found.total).all()


def test_seed_zero_is_refused_because_salib_reads_it_as_no_seed():
    with pytest.raises(ValueError, match="seed is 0"):
        sobol_indices(blocks(8, False), seed=0)


def test_a_level_outside_its_range_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        sobol_indices(blocks(8, False), level=95)


def test_rows_that_fit_no_design_are_refused():
    assert factor_count(14, False) == 12
    assert factor_count(8, True) == 3
    with pytest.raises(ValueError, match="not 2 D \\+ 2"):
        factor_count(7, True)
    with pytest.raises(ValueError, match="not D \\+ 2"):
        factor_count(2, False)
