"""What stands for a study on its page."""

from dataclasses import replace

import cordillera
import numpy as np
import pytest
import xarray as xr
from cordillera.analysis.account import assumption_exhibit, claim_exhibit
from cordillera.analysis.box import Box, Limit
from cordillera.analysis.claims import ClaimResult, claims
from cordillera.analysis.evidence import importance_exhibits, importance_of
from cordillera.analysis.headline import headline_questions, headline_table, read_headlines
from cordillera.analysis.subject import level_words, subject_of

SOBOL = 'method = "sobol"\nsamples = 16\nseed = 3'
CLAIM = """
[[claims]]
name = "Two places differ"
output = "wide"
scenario = "steeper"
difference = [{ place = "p1" }, { place = "p7" }]
holds = "> 0"
"""


def with_wide(sweep, places=8):
    """The sweep with a gap to the baseline in more places than a figure has room for, before its other outputs."""
    y = sweep.results["y"]
    place = xr.DataArray(np.arange(1.0, places + 1), dims="place", coords={"place": [f"p{i}" for i in range(places)]})
    wide = ((y - y.sel(scenario="baseline")) * place).transpose("scenario", "draw", "place").rename("wide")
    wide.attrs = {"units": "%", "long_name": "Gap"}
    study = replace(sweep.study, outputs=("wide", *sweep.study.outputs))
    return replace(sweep, study=study, results={"wide": wide, **sweep.results})


@pytest.fixture
def store(make_sweep, make_text):
    return with_wide(make_sweep(make_text(SOBOL)))


def test_an_output_of_many_cells_stands_for_the_study_only_where_somebody_asks(store):
    assert subject_of(store, None, "test", ["wide"]).key != "wide"
    asked = [("wide", {"place": ["p1"]}), ("wide", {"place": ["p3", "p9"]}), ("other", {"place": ["p4"]})]
    subject = subject_of(store, None, "test", ["wide"], asked)
    assert subject.key == "wide"
    assert subject.select == {"place": ["p1", "p3"]}


def test_an_output_of_few_cells_is_shown_whole(make_sweep, make_text):
    store = with_wide(make_sweep(make_text(SOBOL)), places=4)
    subject = subject_of(store, None, "test", ["wide"], [("wide", {"place": ["p1"]})])
    assert (subject.key, subject.select) == ("wide", {})


def test_claims_ask_for_the_places_that_they_compare(make_sweep, make_text):
    sweep = make_sweep(make_text(SOBOL))
    text = make_text(SOBOL, more=CLAIM.replace("wide", "terms").replace("place", "term"))
    text = text.replace('"p1"', '"first"').replace('"p7"', '"third"')
    claim = make_sweep(text).study.claims[0]
    part = replace(claim.parts[0], output="wide", difference=((("place", "p1"),), (("place", "p7"),)))
    study = replace(sweep.study, claims=(replace(claim, parts=(part,)),))
    subject = subject_of(with_wide(replace(sweep, study=study)), None, "test", ["wide"])
    assert subject.select == {"place": ["p1", "p7"]}


def test_headlines_ask_for_where_they_look(make_sweep, make_text):
    head = "id,label,output,scenario,relative_to,select,published,unit,table,page,format_decimals\n"
    lines = read_headlines(f"{head}third,Third,terms,steeper,baseline,term=third,-0.2,points,4,14,1\n", "headlines.csv")
    table = headline_table(make_sweep(make_text(SOBOL)), cordillera.engine("ishigami"), lines)
    assert headline_questions(table) == [("terms", {"term": ["third"]})]
    assert headline_questions(table.iloc[:0]) == []


def test_a_gap_to_the_baseline_has_no_bars_of_the_baseline(store):
    subject = subject_of(store, None, "test", ["wide"], [("wide", {"place": ["p1", "p2"]})])
    (exhibit,) = importance_exhibits(subject, importance_of(subject))
    assert [panel.title for panel in exhibit.groups[0].panels] == ["Twice the weight of x3"]
    assert {label for _, label in exhibit.legend} == {"P1", "P2"}


def categorical(make_sweep, make_text):
    """A study of which x2 has levels, with its engine."""
    text = make_text(SOBOL, factors=("x1", "x3"), more="")
    text += '[factors.x2]\ndistribution = "choice"\nvalues = [0.0, 1.0]\n'
    engine = cordillera.engine("ishigami")
    factor = replace(engine.factors["x2"], default=1.0, levels=("other_road", "no_road"))
    return make_sweep(text), replace(engine, factors={**engine.factors, "x2": factor})


def test_levels_are_shown_in_words(make_sweep, make_text):
    store, engine = categorical(make_sweep, make_text)
    subject = subject_of(store, engine, "test", [])
    assert subject.levels == {"x2": ("other road", "no road")}
    assert level_words((1.0,), subject.levels["x2"]) == "no road"
    exhibit = assumption_exhibit(subject, engine)
    assert exhibit.table is not None
    row = exhibit.table.rows[-1]
    assert [cell.text for cell in row[1:4]] == ["no road", "other road or no road", "Choice"]
    assert [cell.note for cell in row[2:4]] == ["radian", ""]
    assert exhibit.data["levels"].iloc[-1] == "other_road, no_road"


def test_the_region_where_a_claim_fails_names_the_level(make_sweep, make_text):
    store, engine = categorical(make_sweep, make_text)
    subject = subject_of(store, engine, "test", [])
    more = '[[claims]]\nname = "Positive"\noutput = "y"\nscenario = "baseline"\nholds = "> 0"\n'
    (claim,) = claims(make_sweep(make_text(SOBOL, more=more)))
    assert isinstance(claim, ClaimResult)
    box = Box((Limit("x2", levels=(0.0,)),), "fails", 0.5, 0.9, 0.5, 0.25)
    (card,) = claim_exhibit([replace(claim, box=box)], subject).cards
    assert "is other road, it fails in" in dict(card.lines)["Where"]
