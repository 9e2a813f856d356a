"""Which assumption is listed first for a cell."""

from collections.abc import Callable

from cordillera.analysis.carriers import carriers, outputs_of_interest
from cordillera.analysis.sample import SweepResults


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
    sweep = make_sweep(make_text('method = "sobol"\nsamples = 16\nseed = 3'), lambda unit, scenario: 0 * unit[:, 0])
    assert len(carriers(sweep, "y")) == 0


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
