"""Designs against SALib, block by block."""

import warnings

import cordillera
import numpy as np
import pytest
from cordillera.engines import Draws
from cordillera.sweeps import (
    Study,
    block_count,
    block_rows,
    independent_rows,
    salib_problem,
    sample,
    study_from_text,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from SALib.analyze import fast as fast_analysis
from SALib.analyze import sobol as sobol_analysis
from SALib.sample import fast_sampler, ff, latin, morris, sobol

FACTORS = """
[factors.x1]
distribution = "uniform"
low = -3.14
high = 3.14
{x1}
[factors.x2]
distribution = "triangular"
low = -3.0
mode = 0.0
high = 3.0
{x2}
[factors.x3]
distribution = "normal"
mean = 0.0
standard_deviation = 1.0
low = -3.0
high = 3.0
{x3}
[factors.b]
distribution = "log_uniform"
low = 0.05
high = 0.2
"""
GROUPED = {"x1": 'group = "angles"', "x3": 'group = "angles"'}
TABLE = "x1,b,x2\n0.5,0.1,-1\n-2,0.15,1.5\n3,0.2,0\n"
DESIGNS = {
    "sobol": 'method = "sobol"\nsamples = 16\nseed = 7',
    "sobol_second_order": 'method = "sobol"\nsamples = 8\nseed = 7\nsecond_order = true',
    "morris": 'method = "morris"\nsamples = 6\nseed = 7\nlevels = 6',
    "latin": 'method = "latin"\nsamples = 20\nseed = 7',
    "fast": 'method = "fast"\nsamples = 65\nseed = 7',
    "factorial": 'method = "factorial"',
    "grid": 'method = "grid"\nlevels = 3',
    "stroud": 'method = "quadrature"',
    "degree_5": 'method = "quadrature"\nrule = "degree_5"',
}


def study(design: str, groups: dict[str, str] | None = None) -> Study:
    """An Ishigami study with the given design."""
    groups = {"x1": "", "x2": "", "x3": ""} | (groups or {})
    return study_from_text(f'name = "t"\nengine = "ishigami"\n[design]\n{design}\n' + FACTORS.format(**groups))


def table_study(factors: str = "") -> Study:
    """A study of the rows of a file."""
    text = f'name = "t"\nengine = "ishigami"\n[design]\nmethod = "csv"\nfile = "rows.csv"\n{factors}'
    return study_from_text(text, files={"rows.csv": TABLE})


def whole(made: Study) -> np.ndarray:
    """All rows of the unit cube."""
    return sample(made, 0, block_count(made)).unit


@pytest.mark.parametrize("second_order", [False, True])
@pytest.mark.parametrize("groups", [{}, GROUPED, GROUPED | {"x2": 'group = "other"'}], ids=["none", "one", "two"])
def test_sobol_rows_are_those_of_salib(second_order: bool, groups: dict[str, str]) -> None:
    made = study(f'method = "sobol"\nsamples = 32\nseed = 2002\nsecond_order = {str(second_order).lower()}', groups)
    expected = sobol.sample(salib_problem(made), 32, calc_second_order=second_order, seed=2002)
    np.testing.assert_array_equal(whole(made), expected)
    assert len(expected) == 32 * block_rows(made)


@pytest.mark.parametrize("first", [1, 4095, 2**14 - 3])
def test_blocks_far_into_a_sequence_are_those_of_salib(first: int) -> None:
    made = study('method = "sobol"\nsamples = 16384\nseed = 2002')
    expected = sobol.sample(salib_problem(made), 2**14, calc_second_order=False, seed=2002)
    rows = slice(first * block_rows(made), (first + 3) * block_rows(made))
    np.testing.assert_array_equal(sample(made, first, first + 3).unit, expected[rows])


def test_the_small_sobol_design_is_the_first_half_of_the_large_one() -> None:
    small = study('method = "sobol"\nsamples = 512\nseed = 3')
    large = small.with_samples(1024)
    np.testing.assert_array_equal(whole(small), whole(large)[: 512 * block_rows(small)])
    assert small.identity == large.identity


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_blocks_made_alone_are_those_of_the_whole(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(DESIGNS)))
    made = study(DESIGNS[name])
    first = data.draw(st.integers(0, block_count(made)))
    last = data.draw(st.integers(first, block_count(made)))
    all_rows, some = sample(made, 0, block_count(made)), sample(made, first, last)
    rows = slice(first * block_rows(made), last * block_rows(made))
    np.testing.assert_array_equal(some.unit, all_rows.unit[rows])
    np.testing.assert_array_equal(some.value, all_rows.value[rows])


@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
def test_values_carry_the_unit_cube_to_the_units_of_the_factors(design: str) -> None:
    made = study(design)
    unit, value = sample(made, 0, block_count(made))
    assert unit.shape == value.shape == (block_count(made) * block_rows(made), 4)
    assert unit.min() >= 0.0
    assert unit.max() <= 1.0
    for i, factor in enumerate(made.factors):
        np.testing.assert_array_equal(value[:, i], factor.distribution.inverse(unit[:, i].copy()))


@pytest.mark.parametrize("name", ["sobol", "morris", "latin", "fast"])
def test_another_seed_makes_other_rows(name: str) -> None:
    made, other = study(DESIGNS[name]), study(DESIGNS[name].replace("seed = 7", "seed = 8"))
    assert not np.array_equal(whole(made), whole(other))


@pytest.mark.parametrize("groups", [{}, GROUPED], ids=["none", "one"])
def test_morris_rows_are_those_of_salib(groups: dict[str, str]) -> None:
    made = study(DESIGNS["morris"], groups)
    expected = morris.sample(salib_problem(made), 6, num_levels=6, seed=7)
    np.testing.assert_allclose(whole(made), expected, atol=1e-15)
    assert block_rows(made) == (5 if not groups else 4)
    assert block_count(made) == 6


def test_latin_fast_and_factorial_rows_are_those_of_salib() -> None:
    problem = salib_problem(study(DESIGNS["latin"]))
    np.testing.assert_array_equal(whole(study(DESIGNS["latin"])), latin.sample(problem, 20, seed=7))
    np.testing.assert_allclose(
        whole(study(DESIGNS["fast"])), fast_sampler.sample(problem, 65, seed=7), rtol=0, atol=1e-15
    )
    np.testing.assert_array_equal(whole(study(DESIGNS["factorial"])), ff.sample(problem)[:, :4])


def test_factors_of_a_group_stay_independent_in_a_latin_hypercube() -> None:
    rows = whole(study(DESIGNS["latin"], GROUPED))
    assert not np.array_equal(rows[:, 0], rows[:, 2])


def test_a_fast_block_is_a_whole_curve() -> None:
    made = study(DESIGNS["fast"])
    assert (block_rows(made), block_count(made)) == (65, 4)


def test_a_grid_has_every_combination_of_its_levels_once() -> None:
    made = study(DESIGNS["grid"])
    rows = whole(made)
    assert len(rows) == 3**4
    assert len(np.unique(rows, axis=0)) == 3**4
    assert set(np.unique(rows)) == {0.0, 0.5, 1.0}


def test_a_grid_takes_each_value_of_a_choice() -> None:
    text = 'name = "t"\nengine = "ishigami"\n[design]\nmethod = "grid"\nlevels = 2\n'
    text += '[factors.a]\ndistribution = "choice"\nvalues = [5, 7, 9]\nweights = [1, 5, 1]\n'
    text += '[factors.b]\ndistribution = "uniform"\nlow = 0\nhigh = 1\n'
    made = study_from_text(text)
    np.testing.assert_array_equal(sample(made, 0, 6).value, [[5, 0], [5, 1], [7, 0], [7, 1], [9, 0], [9, 1]])


def test_the_rows_of_a_file_are_the_draws() -> None:
    made = table_study()
    unit, value = sample(made, 0, 3)
    assert [factor.name for factor in made.factors] == ["x1", "b", "x2"]
    np.testing.assert_array_equal(value, [[0.5, 0.1, -1.0], [-2.0, 0.15, 1.5], [3.0, 0.2, 0.0]])
    np.testing.assert_allclose(unit[:, 0], [0.5, 1 / 6, 5 / 6])
    np.testing.assert_array_equal(sample(made, 1, 2).value, value[1:2])


def test_a_column_with_a_distribution_of_its_own_has_its_probabilities() -> None:
    made = table_study('[factors.b]\ndistribution = "uniform"\nlow = 0\nhigh = 0.2')
    np.testing.assert_allclose(sample(made, 0, 3).unit[:, 1], [0.5, 0.75, 1.0])


def test_a_range_outside_the_design_is_refused_with_the_number_of_blocks() -> None:
    with pytest.raises(IndexError, match="16 blocks"):
        sample(study(DESIGNS["sobol"]), 3, 17)


@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
def test_independent_rows_do_not_repeat_a_coordinate_of_another_draw(design: str) -> None:
    made = study(design)
    assert independent_rows(made).shape == (block_rows(made),)
    if made.design.method == "sobol":
        kept = whole(made)[np.tile(independent_rows(made), block_count(made))]
        assert len(kept) == 2 * made.design.samples
        assert all(len(np.unique(kept[:, i])) == len(kept) for i in range(4))


def test_no_warning_is_raised_by_an_uneven_range_of_blocks() -> None:
    made = study(DESIGNS["sobol"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sample(made, 0, 3)
        sample(made, 5, 8)


def ishigami_study(design: str) -> Study:
    """The three angles, uniform, whose variance shares are known."""
    angles = "".join(
        f'[factors.x{i}]\ndistribution = "uniform"\nlow = {-np.pi!r}\nhigh = {np.pi!r}\n' for i in (1, 2, 3)
    )
    return study_from_text(f'name = "t"\nengine = "ishigami"\n[design]\n{design}\n{angles}')


def outputs(made: Study) -> np.ndarray:
    """The function at every row of the design."""
    draws = Draws(tuple(factor.name for factor in made.factors), sample(made, 0, block_count(made)).value)
    return cordillera.engine("ishigami").solve_draws(draws, ()).outputs["y"][0]


def test_salib_finds_the_known_variance_shares_on_our_sobol_design() -> None:
    made = ishigami_study('method = "sobol"\nsamples = 1024\nseed = 11')
    found = sobol_analysis.analyze(salib_problem(made), outputs(made), calc_second_order=False, seed=1)
    np.testing.assert_allclose(found["S1"], [0.3139, 0.4424, 0.0], atol=0.03)
    np.testing.assert_allclose(found["ST"], [0.5576, 0.4424, 0.2437], atol=0.03)


@pytest.mark.filterwarnings("ignore:FAST confidence intervals")
def test_salib_finds_the_known_first_order_shares_on_our_fast_design() -> None:
    made = ishigami_study('method = "fast"\nsamples = 1025\nseed = 11')
    found = fast_analysis.analyze(salib_problem(made), outputs(made), seed=1)
    np.testing.assert_allclose(found["S1"], [0.3139, 0.4424, 0.0], atol=0.03)
