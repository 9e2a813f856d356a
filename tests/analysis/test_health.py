from dataclasses import replace

from cordillera.analysis import failed_share, health, provenance
from cordillera.analysis.health import unsolved_policies
from cordillera.engines import Outcome

SOBOL = 'method = "sobol"\nsamples = 8\nseed = 3'


def test_runs_are_counted_by_outcome_and_scenario(make_sweep, make_text):
    failed = [
        ("steeper", 0, Outcome.NO_CONVERGENCE),
        ("steeper", 1, Outcome.NO_CONVERGENCE),
        ("baseline", 2, Outcome.NOT_RUN),
    ]
    table = health(make_sweep(make_text(SOBOL), failed=failed))
    assert table.loc["SOLVED", ["baseline", "steeper", "all"]].tolist() == [39, 38, 77]
    assert table.loc["NO_CONVERGENCE", ["baseline", "steeper"]].tolist() == [0, 2]
    assert table["share"].sum() == 1.0
    assert "narrow the range" in table.loc["NO_CONVERGENCE", "remedy"]
    assert "WORKER_DIED" not in table.index


def test_the_failed_share_is_of_the_runs_made(make_sweep, make_text):
    waiting = [("baseline", draw, Outcome.NOT_RUN) for draw in range(40)]
    store = make_sweep(make_text(SOBOL), failed=[*waiting, ("steeper", 3, Outcome.NOT_FINITE)])
    assert failed_share(store) == 1 / 40


def test_a_policy_that_never_solves_is_named_and_no_factor_is_blamed(make_sweep, make_text):
    broken = [("steeper", draw, Outcome.NO_CONVERGENCE) for draw in range(40)]
    (line,) = unsolved_policies(make_sweep(make_text(SOBOL), failed=broken))
    assert "has not solved in any of 40 draws" in line
    assert unsolved_policies(make_sweep(make_text(SOBOL), failed=broken[1:])) == ()
    both = [*broken, *(("baseline", draw, Outcome.NO_CONVERGENCE) for draw in range(40))]
    assert unsolved_policies(make_sweep(make_text(SOBOL), failed=both)) == ()


def test_nothing_run_has_failed_in_nothing(make_sweep, make_text):
    waiting = [(name, draw, Outcome.NOT_RUN) for name in ("baseline", "steeper") for draw in range(40)]
    assert failed_share(make_sweep(make_text(SOBOL), failed=waiting)) == 0.0


def test_provenance_says_what_computed_the_units(make_sweep, make_text):
    store = replace(make_sweep(make_text(SOBOL)), attrs={"environment": "numpy 2.4; a laptop"})
    assert provenance(store)["environment"] == "numpy 2.4; a laptop"
    one = replace(store, computed={"numpy 2.4; abacus": 4})
    assert provenance(one)["environment"] == "numpy 2.4; abacus"
    two = replace(store, computed={"numpy 2.4; abacus": 3, "numpy 2.4; slide rule": 1})
    assert provenance(two)["environment"] == (
        "numpy 2.4; 3 units: abacus; 1 unit: slide rule. Between these, the last bits of a number may differ."
    )


def test_provenance_names_the_study_and_its_design(make_sweep, make_text):
    store = make_sweep(make_text(SOBOL))
    about = provenance(store)
    assert about["study"] == "test"
    assert about["identity"] == store.study.identity
    assert about["design"] == "sobol, 8 samples, seed 3"
    assert about["draws"] == "40"
