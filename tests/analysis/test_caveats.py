"""The page of a sweep without results, in whole or under one policy."""

from dataclasses import replace

import cordillera
import numpy as np
import pytest
import xarray as xr
from cordillera.analysis.caveats import caveats, lost_words, nothing_solved, void_words
from cordillera.analysis.report import write_report
from cordillera.engines import Outcome

SOBOL = 'method = "sobol"\nsamples = 16\nseed = 3'
ENGINE = cordillera.engine("ishigami")
BOTH = ("baseline", "steeper")


def with_path(sweep):
    """The sweep with an output over years."""
    year = xr.DataArray([0, 1, 2, 3], dims="year", coords={"year": [0, 1, 2, 3]})
    path = (100.0 + (1.0 + 0.01 * sweep.results["y"]) * year).transpose("scenario", "draw", "year")
    path.attrs = {"units": "soles", "long_name": "Product"}
    study = replace(sweep.study, outputs=(*sweep.study.outputs, "product"))
    return replace(sweep, study=study, results={**sweep.results, "product": path.rename("product")})


@pytest.fixture
def page_of(make_sweep, make_text, tmp_path):
    def make(failed):
        store = with_path(make_sweep(make_text(SOBOL), failed=failed))
        path = write_report([store], tmp_path / str(len(failed)), engine_of=lambda study: ENGINE)
        return path.read_text(encoding="utf-8")

    return make


def test_a_sweep_in_which_every_run_failed_says_so_and_what_to_do(page_of):
    text = page_of([(name, draw, Outcome.INFEASIBLE) for name in BOTH for draw in range(80)])
    assert "Not one of the 160 runs made has solved" in text
    assert "Infeasible, 160 runs. The draw lies outside" in text
    assert "What to do: look at the ranges" in text
    for section in ("The assumptions", "Run health", "Where the numbers come from"):
        assert f"<h2>{section}</h2>" in text
    for section in ("Paths over time", "Which assumptions carry the uncertainty"):
        assert f"<h2>{section}</h2>" not in text
    assert ">nan" not in text


def test_a_policy_that_never_solved_has_no_empty_paths(page_of):
    whole, part = page_of([]), page_of([("steeper", draw, Outcome.NO_CONVERGENCE) for draw in range(80)])
    assert "test-paths-level-baseline" in part
    assert "test-paths-level-steeper" in whole
    assert "test-paths-level-steeper" not in part


def test_every_way_to_fail_is_named_with_its_remedy_and_what_is_missing_is_not(make_sweep, make_text):
    states = np.array([Outcome.INFEASIBLE, Outcome.NOT_FINITE, Outcome.NOT_RUN])[np.arange(80) % 3]
    failed = [(name, draw, Outcome(int(states[draw]))) for name in BOTH for draw in range(80)]
    store = make_sweep(make_text(SOBOL), failed=failed)
    assert nothing_solved(store)
    first, *remedies = void_words(store)
    assert "Not one of the 108 runs made" in first
    assert [words.split(",")[0] for words in remedies] == ["Infeasible", "Not finite"]
    assert not nothing_solved(make_sweep(make_text(SOBOL), failed=failed[1:]))


def test_a_case_given_as_a_path_is_called_by_its_own_name(make_sweep, make_text, tmp_path, monkeypatch):
    folder = tmp_path / "two.lines"
    folder.mkdir()
    monkeypatch.chdir(folder)
    store = make_sweep(make_text(SOBOL))
    for case in (".", str(folder)):
        engine = replace(ENGINE, case=case)
        text = write_report([store], tmp_path / "page", engine_of=lambda study, engine=engine: engine).read_text()
        assert '<p class="eyebrow">ishigami · two.lines · test</p>' in text


@pytest.mark.parametrize(
    ("design", "lost"),
    [
        ('method = "fast"\nsamples = 65\nseed = 3', "no indices of these"),
        ('method = "quadrature"', "no mean or standard deviation of these"),
        ('method = "factorial"', "no main effects of these"),
    ],
)
def test_a_design_that_needs_every_row_says_what_failed_runs_cost_it(make_sweep, make_text, design, lost):
    assert lost_words(make_sweep(make_text(design))) == ""
    words = lost_words(make_sweep(make_text(design), failed=[("steeper", 3, Outcome.NO_CONVERGENCE)]))
    assert words.startswith("Runs failed (Twice the weight of x3: 1 of")
    assert lost in words
    assert "differences from it" not in words
    of_both = lost_words(make_sweep(make_text(design), failed=[("baseline", 3, Outcome.NO_CONVERGENCE)]))
    assert "and of the differences from it" in of_both


def test_short_search_curves_are_told(make_sweep, make_text):
    (words,) = caveats(make_sweep(make_text('method = "fast"\nsamples = 65\nseed = 3')))
    assert "Raise `samples` to 257 or more" in words
    assert caveats(make_sweep(make_text('method = "fast"\nsamples = 257\nseed = 3'))) == ()


def test_few_draws_are_told_where_the_rows_are_a_sample(make_sweep, make_text):
    (words,) = caveats(make_sweep(make_text('method = "latin"\nsamples = 8\nseed = 3')))
    assert words.startswith("The design has 8 independent draws")
    assert caveats(make_sweep(make_text('method = "latin"\nsamples = 80\nseed = 3'))) == ()
    assert caveats(make_sweep(make_text('method = "grid"\nlevels = 2'))) == ()
