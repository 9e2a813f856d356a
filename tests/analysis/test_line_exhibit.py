"""The figures of a corridor besides its maps."""

from dataclasses import replace

import cordillera
import numpy as np
import pytest
import xarray as xr
from cordillera.analysis.line_exhibit import line_exhibits
from cordillera.analysis.region import region_of
from cordillera.analysis.subject import subject_of
from cordillera.engines import Outcome

SOBOL = 'method = "sobol"\nsamples = 32\nseed = 3'
ENGINE = cordillera.engine("spatial")
REGION = region_of(ENGINE)


def with_output(sweep, name, dimension, effect):
    """The sweep with an output whose effect is a function of the unit draws, (draw, label)."""
    unit, labels = sweep.unit.values, list(ENGINE.coords[dimension])
    values = np.stack([np.zeros((len(unit), len(labels))), effect(unit, labels)])
    values[(sweep.states != Outcome.SOLVED).values] = np.nan
    coords = {"scenario": ["baseline", "steeper"], "draw": np.arange(len(unit)), dimension: labels}
    array = xr.DataArray(values, dims=["scenario", "draw", dimension], coords=coords, name=name)
    array.attrs = {"units": "%", "long_name": f"The gap of {name}"}
    study = replace(sweep.study, outputs=(*sweep.study.outputs, name))
    return replace(sweep, study=study, results={**sweep.results, name: array})


def exhibits_of(store, region=REGION):
    return {each.name: each for each in line_exhibits(subject_of(store, None, "test", []), region)}


@pytest.fixture
def sweep(make_sweep, make_text):
    return make_sweep(make_text(SOBOL))


def test_the_cells_of_the_line_stand_in_its_order(sweep):
    place = {label: i for i, label in enumerate(REGION.corridor)}
    store = with_output(
        sweep, "income_gap_map", "cell", lambda unit, cells: unit[:, :1] + [100 * place.get(cell, -1) for cell in cells]
    )
    found = exhibits_of(store)["along-income_gap_map"]
    assert list(found.data["cell"]) == list(REGION.corridor)
    assert found.data["q50"].is_monotonic_increasing
    assert list(found.data.columns) == ["scenario", "cell", "q05", "q25", "q50", "q75", "q95"]
    assert (found.data["q05"] < found.data["q95"]).all()


def test_groups_of_cells_stand_side_by_side(sweep):
    store = with_output(sweep, "income_gap", "place", lambda unit, places: unit[:, :1] + np.arange(len(places)))
    found = exhibits_of(store)["places-income_gap"]
    assert list(found.data["place"]) == list(ENGINE.coords["place"])
    drawing = str(found.groups[0].panels[0].svg)
    for name in ("Mexico City", "Poorest 20", "Neighbours"):
        assert f">{name}</text>" in drawing


def test_the_names_of_places_are_explained_once_a_result_has_them(sweep):
    assert exhibits_of(sweep) == {}
    store = with_output(sweep, "income_gap", "place", lambda unit, places: unit[:, :1] + np.zeros(len(places)))
    names = exhibits_of(store)["places"]
    assert dict(zip(names.data["name"], names.data["what_it_is"], strict=True))["home"] == "the region without MEX"


def test_flows_stand_against_the_people_of_a_cell_with_a_range_for_each(sweep):
    size = np.log10(REGION.people)
    store = with_output(sweep, "flow_gap_map", "cell", lambda unit, cells: (1.0 + unit[:, :1]) * (size - 4.0))
    found = exhibits_of(store)["flows-by-size"]
    assert list(found.data["cell"]) == list(REGION.cells)
    np.testing.assert_allclose(found.data["people_in_year_0"], REGION.people)
    assert (found.data["on_the_line"] == "yes").sum() == len(REGION.corridor)
    used = np.sort(
        store.unit.values[:: store.block_rows, 0].tolist() + store.unit.values[4 :: store.block_rows, 0].tolist()
    )
    low, middle, high = np.quantile(1.0 + used, [0.05, 0.5, 0.95])
    np.testing.assert_allclose(found.data["median"], middle * (size - 4.0), rtol=1e-6)
    assert f"{middle:.1f} ({low:.1f} to {high:.1f}) over the region" in found.caption[1]
    assert f"{middle:.1f} ({low:.1f} to {high:.1f}) along the line" in found.caption[1]


def test_an_output_of_another_region_or_model_has_no_figure(sweep):
    store = with_output(sweep, "income_gap_map", "cell", lambda unit, cells: unit[:, :1] + np.zeros(len(cells)))
    assert exhibits_of(store, None) == {}
    assert exhibits_of(store, replace(REGION, cells=REGION.cells[::-1])) == {}


def test_a_policy_that_never_solved_has_no_panel(make_sweep, make_text):
    gone = [("steeper", draw, Outcome.NO_CONVERGENCE) for draw in range(160)]
    store = with_output(
        make_sweep(make_text(SOBOL), failed=gone),
        "flow_gap_map",
        "cell",
        lambda unit, cells: unit[:, :1] * np.ones(304),
    )
    assert exhibits_of(store) == {}
