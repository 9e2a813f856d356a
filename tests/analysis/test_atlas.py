"""The maps of a chapter."""

from dataclasses import replace

import cordillera
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from cordillera.analysis.atlas import map_exhibits, map_outputs
from cordillera.analysis.region import region_of
from cordillera.analysis.report import write_report
from cordillera.analysis.subject import subject_of
from cordillera.engines import Outcome
from cordillera.engines.spatial.places_on_map import places_on_map

SOBOL = 'method = "sobol"\nsamples = 32\nseed = 3'
CELLS = [f"{south + 0.5}N {west + 0.5}W" for south in range(14, 18) for west in range(88, 92)]


def with_map(sweep, name="income_map", cells=CELLS):
    """The sweep with a map whose first cells follow x1 and the others x3; the last one hardly moves."""
    unit = sweep.unit.values
    first = np.arange(len(cells)) < len(cells) // 2
    away = np.where(first, unit[:, :1], unit[:, 2:3] - 2.0) * np.where(np.arange(len(cells)) == len(cells) - 1, 1e-4, 1)
    values = np.stack([0.0 * away, away])
    values[(sweep.states != Outcome.SOLVED).values] = np.nan
    labels = {"scenario": ["baseline", "steeper"], "draw": np.arange(len(unit)), "cell": cells}
    array = xr.DataArray(values, dims=["scenario", "draw", "cell"], coords=labels, name=name)
    array.attrs = {"units": "%", "long_name": "Income"}
    study = replace(sweep.study, outputs=(*sweep.study.outputs, name))
    return replace(sweep, study=study, results={**sweep.results, name: array})


@pytest.fixture
def store(make_sweep, make_text):
    return with_map(make_sweep(make_text(SOBOL)))


def exhibits_of(store, engine=None):
    return map_exhibits(subject_of(store, None, "test", []), engine, region_of(engine))


def with_world(sweep, engine, name="income_gap_world"):
    """The sweep with an effect in every location of a world: firm in the first half of them, vague in the others."""
    unit, count = sweep.unit.values, len(engine.coords["location"])
    first = np.arange(count) < count // 2
    values = np.stack([np.zeros((len(unit), count)), np.where(first, unit[:, :1] + 1.0, unit[:, 2:3] - 0.5)])
    labels = {
        "scenario": ["baseline", "steeper"],
        "draw": np.arange(len(unit)),
        "location": list(engine.coords["location"]),
    }
    array = xr.DataArray(values, dims=["scenario", "draw", "location"], coords=labels, name=name)
    array.attrs = {"units": "%", "long_name": "Income"}
    study = replace(sweep.study, outputs=(*sweep.study.outputs, name))
    return replace(sweep, study=study, results={**sweep.results, name: array})


def test_an_output_is_a_map_by_its_dimension_and_labels(store):
    assert map_outputs(subject_of(store, None, "test", [])) == ["income_map"]
    other = with_map(store, "places", ["coast", "inland"])
    assert map_outputs(subject_of(other, None, "test", [])) == ["income_map"]


def test_a_map_has_a_figure_of_the_effect_and_one_of_what_carries_it(store):
    effect, carriers = exhibits_of(store)
    assert [panel.title for panel in effect.groups[0].panels] == [
        "Median of the draws",
        "Width of the 90 % range",
        "Share of the draws with a gain",
    ]
    assert [panel.title for panel in carriers.groups[0].panels] == ["The leading assumption", "Its total-order index"]
    assert [name for _, name in carriers.legend] == ["X1", "X3", "hardly varies"]
    assert "a gain in 50" in effect.caption[0].replace("\u2009", " ")
    assert "outlined" not in effect.caption[0]


def test_the_data_behind_a_map_have_a_line_for_every_cell(store):
    effect, carriers = exhibits_of(store)
    assert list(effect.data.columns) == [
        "scenario", "cell", "latitude", "longitude", "median", "q05", "q95", "share_positive",
    ]  # fmt: skip
    assert list(carriers.data.columns) == [
        "scenario", "cell", "latitude", "longitude", "leading_assumption", "total_order_index", "half_width", "shown",
        "total_order_index_x1", "total_order_index_x2", "total_order_index_x3",
    ]  # fmt: skip
    each = carriers.data[[f"total_order_index_x{number}" for number in (1, 2, 3)]]
    np.testing.assert_array_equal(each.max(axis=1), carriers.data["total_order_index"])
    assert list(effect.data["cell"]) == CELLS
    assert effect.data["latitude"].iloc[0] == 14.5
    assert effect.data["longitude"].iloc[0] == -88.5
    assert list(carriers.data["leading_assumption"]) == ["X1"] * 8 + ["X3"] * 8
    assert list(carriers.data["shown"]) == ["yes"] * 15 + ["hardly varies"]


def test_the_cells_of_a_corridor_are_outlined(store):
    engine = cordillera.engine("spatial")
    plain, marked = exhibits_of(store)[0], exhibits_of(store, engine)[0]
    assert "The cells of the corridor are outlined." in marked.caption[0]
    assert len(marked.groups[0].panels[0].svg) > len(plain.groups[0].panels[0].svg)


def test_another_design_has_the_effect_alone(make_sweep, make_text):
    exhibits = exhibits_of(with_map(make_sweep(make_text('method = "latin"\nsamples = 80\nseed = 3'))))
    assert [exhibit.name for exhibit in exhibits] == ["map-income_map"]


def test_a_store_in_which_nothing_has_run_has_no_maps(make_sweep, make_text):
    missing = [(name, draw, Outcome.NOT_RUN) for name in ("baseline", "steeper") for draw in range(160)]
    assert exhibits_of(with_map(make_sweep(make_text(SOBOL), failed=missing))) == []


def test_the_page_has_its_maps_and_their_data(store, tmp_path):
    engine = cordillera.engine("ishigami")
    page = write_report([store], tmp_path, engine_of=lambda study: engine).read_text(encoding="utf-8")
    assert "<h2>Maps</h2>" in page
    for name in ("test-map-income-map.csv", "test-map-carriers-income-map.csv"):
        assert len(pd.read_csv(tmp_path / "report_data" / name)) == len(CELLS)
    assert "Made with Natural Earth" in page


@pytest.fixture(scope="module")
def spatial():
    return cordillera.engine("spatial")


def test_an_output_of_every_location_is_drawn_on_the_globe(make_sweep, make_text, spatial):
    effect, carriers = exhibits_of(with_world(make_sweep(make_text(SOBOL)), spatial), spatial)
    assert effect.name == "map-income_gap_world"
    assert "17,819 cells of one degree in the Equal Earth projection; differences" in effect.caption[0]
    assert "each cell is painted with the value of its group" in effect.caption[0]
    assert "The corridor is outlined." in effect.caption[0]
    assert list(effect.data.columns) == ["scenario", "location", "median", "q05", "q95", "share_positive"]
    assert list(effect.data["location"]) == list(spatial.coords["location"])
    assert {name for _, name in carriers.legend} == {"X1", "X3"}


def test_an_effect_without_a_firm_sign_is_grey_on_the_globe(make_sweep, make_text, spatial):
    effect, _ = exhibits_of(with_world(make_sweep(make_text(SOBOL)), spatial), spatial)
    assert [words for _, words in effect.legend] == ["the sign holds in fewer than 95 of 100 draws"]
    places = places_on_map(spatial.geography)
    count = len(spatial.coords["location"])
    share = (places.location < count // 2).mean()
    assert f"a gain in {100 * share:.0f}\u2009%" in effect.caption[0]
    assert "no number or no firm sign" in effect.caption[1]


def test_lines_of_the_globe_stand_once_on_the_page(make_sweep, make_text, spatial, tmp_path):
    store = with_world(make_sweep(make_text(SOBOL)), spatial)
    exhibits = exhibits_of(with_world(store, spatial, "people_gap_world"), spatial)
    text = "".join(str(panel.svg) for each in exhibits for group in each.groups for panel in group.panels)
    assert text.count('id="test-globe-lines"') == 1
    assert text.count('href="#test-globe-lines"') == 2 * (3 + 2)


def test_locations_of_another_world_are_left_out(make_sweep, make_text, spatial):
    store = with_world(make_sweep(make_text(SOBOL)), spatial)
    assert exhibits_of(store, cordillera.engine("ishigami")) == []
    other = store.results["income_gap_world"].isel(location=slice(5))
    assert exhibits_of(replace(store, results={**store.results, "income_gap_world": other}), spatial) == []


def test_a_level_has_a_map_of_its_own_beside_those_of_the_effects(store):
    array = store.results["income_map"] + 5.0
    array.attrs = store.results["income_map"].attrs
    effect, _ = exhibits_of(replace(store, results={**store.results, "income_map": array}))
    assert [group.title for group in effect.groups] == ["Baseline: the level", "Twice the weight of x3"]
    assert len(effect.groups[0].panels) == 2
    assert list(effect.data["scenario"].unique()) == ["baseline", "steeper"]
    level = effect.data.loc[effect.data["scenario"] == "baseline", "median"]
    assert level.tolist() == pytest.approx([5.0] * len(CELLS))
