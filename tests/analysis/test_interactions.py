"""Pairs of assumptions that act together, and the means of a quadrature, as tables of the page."""

import json
from pathlib import Path

import cordillera
import numpy as np
import pytest
from command import cordillera as command
from cordillera.analysis.interactions import clear, interaction_exhibit, interactions
from cordillera.analysis.moment_exhibit import moment_exhibit
from cordillera.analysis.subject import subject_of

SECOND = 'method = "sobol"\nsamples = 1024\nseed = 3\nsecond_order = true'


def subject(store, engine="ishigami"):
    return subject_of(store, cordillera.engine(engine), "test", ["y"])


def test_the_pair_that_multiplies_is_the_only_clear_one(make_sweep, make_text):
    # The product of two centred factors is all interaction; the third stands alone with as much variance.
    store = make_sweep(
        make_text(SECOND),
        lambda unit, scenario: 12 * (unit[:, 0] - 0.5) * (unit[:, 1] - 0.5) + np.sqrt(12) * unit[:, 2],
    )
    pairs = interactions(store, "y")
    (first, _, _), scenarios = pairs.head(3).to_dict("records"), pairs["scenario"].nunique()
    assert (first["factor"], first["factor_with"], scenarios) == ("x1", "x2", 2)
    assert first["amount"] == pytest.approx(0.5, abs=0.1)
    assert clear(pairs) == 2
    assert len(pairs) == 6
    exhibit = interaction_exhibit(subject(store))
    assert exhibit is not None
    assert exhibit.table is not None
    assert "That of 1 of 3 pairs lies above zero" in exhibit.caption[0]


def test_a_design_without_second_order_has_no_pairs(make_sweep, make_text):
    assert interaction_exhibit(subject(make_sweep(make_text('method = "sobol"\nsamples = 16\nseed = 3')))) is None


def test_the_mean_and_spread_of_a_quadrature_are_on_the_page(make_sweep, make_text):
    store = make_sweep(
        make_text('method = "quadrature"\nrule = "degree_5"'), lambda unit, scenario: unit[:, 0] + scenario
    )
    exhibit = moment_exhibit(subject(store))
    assert exhibit is not None
    level, away = exhibit.data.to_dict("records")
    assert (level["mean"], level["standard_deviation"]) == pytest.approx((0.5, np.sqrt(1 / 12)))
    assert (away["measure"], away["mean"]) == ("difference from the baseline", pytest.approx(1.0))
    assert away["standard_deviation"] == pytest.approx(0.0, abs=1e-12)
    assert moment_exhibit(subject(make_sweep(make_text('method = "latin"\nsamples = 20\nseed = 3')))) is None


def test_the_command_prints_pairs_and_gives_them_as_json(tmp_path: Path, make_text) -> None:
    (tmp_path / "own.toml").write_text(make_text(SECOND.replace("1024", "64")), encoding="utf-8")
    out = tmp_path / "own.zarr"
    assert command("run", tmp_path / "own.toml", "--out", out, "--cluster", "serial").exit_code == 0
    shown = command("analyze", out, "--output", "y")
    assert "pairs that act together" in shown.stdout
    assert "x1 and x3" in shown.stdout
    found = json.loads(command("analyze", out, "--output", "y", "--json").stdout)
    assert {row["factor"] for row in found["interactions"]["y"]} <= {"x1", "x2"}
