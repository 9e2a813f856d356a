"""Which assumption is listed first for a cell."""

from collections.abc import Callable

import pytest
from cordillera.analysis.carriers import carriers, outputs_of_interest
from cordillera.analysis.sample import AnalysisError, SweepResults
from cordillera.engines import Outcome


def test_the_largest_factor_comes_first(make_sweep: Callable[..., SweepResults], make_text: Callable[..., str]) -> None:
    text = make_text('method = "sobol"\nsamples = 256\nseed = 3')
    sweep = make_sweep(text, lambda unit, scenario: scenario * (5 * unit[:, 1] + unit[:, 2]))
    found = carriers(sweep, "y", count=2)
    assert list(found["factor"]) == ["x2", "x3"]
    assert found["amount"].is_monotonic_decreasing
    assert set(found["scenario"]) == {"steeper"}


def test_a_cell_that_does_not_vary_is_not_listed(
    make_sweep: Callable[..., SweepResults], make_text: Callable[..., str]
) -> None:
    sweep = make_sweep(make_text('method = "sobol"\nsamples = 16\nseed = 3'))
    assert set(carriers(sweep, "terms")["cell"]) == {"Third"}


def test_an_output_that_never_varies_is_told_as_such(
    make_sweep: Callable[..., SweepResults], make_text: Callable[..., str]
) -> None:
    sweep = make_sweep(make_text('method = "sobol"\nsamples = 16\nseed = 3'), lambda unit, scenario: 0 * unit[:, 0])
    with pytest.raises(AnalysisError, match="y does not vary over the draws that solved"):
        carriers(sweep, "y")


def test_a_sweep_with_one_whole_block_is_told_that_it_has_too_few(
    make_sweep: Callable[..., SweepResults], make_text: Callable[..., str]
) -> None:
    failed = [("steeper", 5 * block, Outcome.NO_CONVERGENCE) for block in range(15)]
    sweep = make_sweep(make_text('method = "sobol"\nsamples = 16\nseed = 3'), failed=failed)
    with pytest.raises(AnalysisError, match="Fewer than two whole blocks"):
        carriers(sweep, "y")


def test_a_search_curve_that_has_lost_a_point_says_why_nothing_is_ranked(
    make_sweep: Callable[..., SweepResults], make_text: Callable[..., str]
) -> None:
    failed = [("baseline", 3, Outcome.NO_CONVERGENCE), ("baseline", 9, Outcome.NO_CONVERGENCE)]
    sweep = make_sweep(make_text('method = "fast"\nsamples = 65\nseed = 3'), failed=failed)
    with pytest.raises(AnalysisError, match=r"Runs failed \(Baseline: 2 of 195\).*search curve cannot miss a point"):
        carriers(sweep, "y")


def test_the_size_of_main_effects_ranks_a_factorial_design(
    make_sweep: Callable[..., SweepResults], make_text: Callable[..., str]
) -> None:
    sweep = make_sweep(make_text('method = "factorial"'), lambda unit, s: s * (unit[:, 0] - 3 * unit[:, 1]))
    found = carriers(sweep, "y")
    assert list(found["factor"]) == ["x2", "x1", "x3"]
    assert list(found["amount"]) == pytest.approx([3.0, 1.0, 0.0])
    assert found["confidence"].isna().all()


def test_claims_say_which_outputs_are_of_interest(
    make_sweep: Callable[..., SweepResults], make_text: Callable[..., str]
) -> None:
    claim = (
        '[[claims]]\nname = "up"\noutput = "terms"\nscenario = "steeper"\nselect = { term = "third" }\nholds = "> 0"'
    )
    design = 'method = "latin"\nsamples = 8'
    assert outputs_of_interest(make_sweep(make_text(design, more=claim))) == ["terms"]
    assert outputs_of_interest(make_sweep(make_text(design))) == ["y", "terms"]
    assert outputs_of_interest(make_sweep(make_text(design, more='[report]\noutputs = ["y"]'))) == ["y"]
