import math

import numpy as np
import pytest
from cordillera.analysis import claims
from cordillera.analysis.claims import wilson
from cordillera.engines import Outcome
from cordillera.sweeps import claim_from_table
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

SOBOL = 'method = "sobol"\nsamples = {}\nseed = 3'
ABOVE = {"name": "above", "output": "y", "scenario": "steeper", "holds": "> 0.6"}
EFFECT = {"name": "effect", "output": "y", "scenario": "steeper", "relative_to": "baseline", "holds": "> 0"}


def first_decides(unit, scenario):
    return unit[:, 0] + 0.1 * unit[:, 1]


def ask(store, *tables):
    return claims(store, [claim_from_table(table) for table in tables])


@given(st.integers(0, 300), st.integers(1, 300))
def test_wilsons_interval_is_that_of_scipy(successes, more):
    rows = successes + more
    theirs = binomtest(successes, rows).proportion_ci(method="wilson")
    assert wilson(successes, rows) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_an_interval_ends_exactly_where_all_or_none_hold():
    for rows in range(1, 2000):
        assert wilson(rows, rows)[1] == 1.0
        assert wilson(0, rows)[0] == 0.0


def test_shares_count_the_first_and_last_rows_of_blocks_only(make_sweep, make_text):
    store = make_sweep(make_text(SOBOL.format(32)), first_decides)
    (result,) = ask(store, ABOVE)
    values = store.output("y").sel(scenario="steeper").values.reshape(32, 5)[:, [0, 4]]
    assert result.rows == 64
    assert result.share == (values > 0.6).mean()
    assert (result.low, result.high) == pytest.approx(wilson((values > 0.6).sum(), 64))
    assert result.failed == result.missing == 0


def test_failed_draws_widen_the_interval_both_ways(make_sweep, make_text):
    failed = [("steeper", draw, Outcome.NO_CONVERGENCE) for draw in (0, 5, 10, 11)]
    (result,) = ask(make_sweep(make_text(SOBOL.format(32)), first_decides, failed=failed), ABOVE)
    successes = round(result.share * result.rows)
    assert (result.rows, result.failed, result.dropped) == (61, 3, 3)
    assert result.low == pytest.approx(wilson(successes, 64)[0])
    assert result.high == pytest.approx(wilson(successes + 3, 64)[1])


def test_draws_that_have_not_run_are_missing_and_widen_nothing(make_sweep, make_text):
    waiting = [(name, draw, Outcome.NOT_RUN) for name in ("baseline", "steeper") for draw in range(80, 160)]
    (result,) = ask(make_sweep(make_text(SOBOL.format(32)), first_decides, failed=waiting), ABOVE)
    assert (result.rows, result.failed, result.missing) == (32, 0, 32)
    successes = round(result.share * 32)
    assert (result.low, result.high) == pytest.approx(wilson(successes, 32))


def test_a_part_that_is_known_to_fail_decides_though_another_run_failed(make_sweep, make_text):
    failed = [("baseline", 0, Outcome.NO_CONVERGENCE)]
    both = {
        "name": "both",
        "all": [
            {"output": "y", "scenario": "steeper", "holds": "> 100"},
            {"output": "y", "scenario": "baseline", "holds": "> 0"},
        ],
    }
    (result,) = ask(make_sweep(make_text(SOBOL.format(8)), first_decides, failed=failed), both)
    assert (result.share, result.rows, result.failed) == (0.0, 16, 0)


def test_the_indicator_is_carried_by_the_factor_that_decides(make_sweep, make_text):
    (result,) = ask(make_sweep(make_text(SOBOL.format(256)), first_decides), ABOVE)
    assert result.carried_by == "x1"
    assert result.total["x1"] > 0.9
    assert result.total["x3"] == 0.0
    assert result.total_confidence["x1"] > 0
    assert result.flip.factor in ("x1", "x2")
    assert result.box.cases == "holds"
    assert result.box.limits[0].factor == "x1"


def test_a_total_index_of_the_indicator_is_the_share_of_changes_that_turn_it(make_sweep, make_text):
    (result,) = ask(make_sweep(make_text(SOBOL.format(256)), first_decides), ABOVE)
    variance = result.share * (1 - result.share)
    for name, share in result.flip.share.items():
        assert result.total[name] == pytest.approx(share / (2 * variance))


def test_a_claim_that_always_holds_is_carried_by_nothing(make_sweep, make_text):
    (result,) = ask(make_sweep(make_text(SOBOL.format(64)), lambda unit, scenario: unit[:, 0] + scenario), EFFECT)
    assert result.share == 1.0
    assert result.low == pytest.approx(wilson(128, 128)[0])
    assert (result.carried_by, result.flip, result.box) == ("", None, None)


def test_a_claim_on_what_is_not_kept_says_so(make_sweep, make_text):
    store = make_sweep(make_text(SOBOL.format(8)).replace("[design]", 'outputs = ["terms"]\n[design]', 1))
    gone = {"name": "other", "output": "terms", "select": {"term": "first"}, "scenario": "boom", "holds": "> 0"}
    unkept, unknown = ask(store, ABOVE, gone)
    assert math.isnan(unkept.share)
    assert "has not kept the output 'y'" in unkept.note
    assert "has not kept the scenario 'boom'" in unknown.note


def test_the_studys_own_claims_are_judged_in_their_order(make_sweep, make_text):
    more = '[[claims]]\nname = "one"\noutput = "y"\nscenario = "steeper"\nholds = "> 0"\n'
    more += '[[claims]]\nname = "two"\noutput = "y"\nscenario = "steeper"\nholds = "<= 0"'
    one, two = claims(make_sweep(make_text(SOBOL.format(64), more=more)))
    assert (one.claim, two.claim) == ("one", "two")
    assert one.share + two.share == pytest.approx(1.0)
    assert one.total == pytest.approx(two.total)


def test_other_designs_have_shares_and_boxes_but_no_indices(make_sweep, make_text):
    (result,) = ask(make_sweep(make_text('method = "latin"\nsamples = 300\nseed = 1'), first_decides), ABOVE)
    assert result.rows == 300
    assert result.box is not None
    assert (result.carried_by, result.flip) == ("", None)


def test_a_quadrature_gives_no_shares(make_sweep, make_text):
    (result,) = ask(make_sweep(make_text('method = "quadrature"\nrule = "stroud"')), ABOVE)
    assert math.isnan(result.share)
    assert "use a Sobol or Latin design" in result.note


def test_the_interval_covers_the_truth(make_sweep, make_text):
    (result,) = ask(make_sweep(make_text(SOBOL.format(512)), lambda unit, _: unit[:, 0]), ABOVE)
    assert result.low < 0.4 < result.high
    assert np.isclose(result.share, 0.4, atol=0.01)


def test_points_of_a_grid_are_counted_and_have_no_interval(make_sweep, make_text):
    (result,) = ask(make_sweep(make_text('method = "grid"\nlevels = 3'), first_decides), ABOVE)
    # x1 at 0, 0.5 and 1 with a tenth of x2 at 0, 0.5 and 1: above 0.6 are x1 = 1 and none of x1 = 0.5.
    assert (result.rows, result.share) == (27, 1 / 3)
    assert result.low == result.high == result.share
    assert "no sample" in result.note


def test_failed_points_of_a_grid_leave_the_share_open(make_sweep, make_text):
    failed = [("steeper", draw, Outcome.NO_CONVERGENCE) for draw in (0, 1, 2)]
    (result,) = ask(make_sweep(make_text('method = "grid"\nlevels = 3'), first_decides, failed=failed), ABOVE)
    assert (result.rows, result.low, result.high) == (24, 9 / 27, 12 / 27)
