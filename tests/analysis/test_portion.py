"""Outputs that are read a portion of their cells after the other."""

import tracemalloc
from dataclasses import replace

import cordillera.analysis.portion as portion_module
import numpy as np
import pytest
import xarray as xr
import zarr
from cordillera.analysis import bands, moments, pawn, sobol
from cordillera.analysis.portion import by_portion, portions
from cordillera.analysis.sample import output_sample
from cordillera.engines import Outcome
from cordillera.sweeps.schema import ArraySpec

SOBOL = 'method = "sobol"\nsamples = 16\nseed = 3'
CELLS = 700


@pytest.fixture
def store(make_sweep, make_text):
    """A sweep with an output of two years and many cells; a failed draw and a cell that never holds a number."""
    sweep = make_sweep(make_text(SOBOL), failed=[("steeper", 11, Outcome.NO_CONVERGENCE)])
    unit = sweep.unit.values
    weight = np.linspace(-1.0, 1.0, 2 * CELLS).reshape(2, CELLS)
    values = np.stack(
        [level * (unit[:, 0, None, None] + weight * np.sin(9 * unit[:, 1, None, None])) for level in (1, 2)]
    )
    values[..., 5] = np.nan
    values[(sweep.states != Outcome.SOLVED).values] = np.nan
    labels = {"scenario": ["baseline", "steeper"], "draw": np.arange(len(unit))}
    labels |= {"year": [1, 10], "cell": np.arange(CELLS)}
    array = xr.DataArray(values, dims=["scenario", "draw", "year", "cell"], coords=labels, name="map")
    study = replace(sweep.study, outputs=(*sweep.study.outputs, "map"))
    return replace(sweep, study=study, results={**sweep.results, "map": array})


@pytest.fixture
def small_memory(monkeypatch):
    """Room for one year of some 256 cells of the sweep at a time, and to read two such portions."""
    monkeypatch.setattr(portion_module, "_WORK_BYTES", 8 * 80 * 2 * 256)
    monkeypatch.setattr(portion_module, "_READ_BYTES", 8 * 80 * 2 * 2 * 512)


def everything(store):
    return [
        measure(store, "map", relative_to=relative)
        for relative in (None, "baseline")
        for measure in (bands, moments, sobol)
    ]


def test_portions_hold_every_cell_once(store, small_memory):
    array = store.output("map")
    flat = array.values.reshape(2, 80, -1)
    found = list(portions(array))
    assert len(found) == 3
    assert sorted(np.concatenate([place for place, _ in found])) == list(range(2 * CELLS))
    for place, part in found:
        np.testing.assert_array_equal(part.values.reshape(2, 80, -1), flat[:, :, place])


def test_an_output_that_fits_is_one_portion(store):
    ((place, part),) = portions(store.output("map"))
    np.testing.assert_array_equal(place, np.arange(2 * CELLS))
    assert part.shape == (2, 80, 2, CELLS)
    ((place, part),) = portions(store.output("y"))
    assert place == slice(None)
    assert part.shape == (2, 80)


def test_portions_give_what_the_whole_gives(store, monkeypatch):
    whole = everything(store)
    monkeypatch.setattr(portion_module, "_WORK_BYTES", 8 * 80 * 2 * 256)
    monkeypatch.setattr(portion_module, "_READ_BYTES", 8 * 80 * 2 * 2 * 512)
    for one, other in zip(whole, everything(store), strict=True):
        xr.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14)
        assert one.attrs == other.attrs
    assert whole[0]["rows"].values.tolist() == [32, 32]


def test_portions_of_one_dimension_give_the_bits_of_the_whole(store, monkeypatch):
    def found():
        return [measure(store, "map", select={"year": 10}) for measure in (bands, sobol, pawn)]

    array = store.results["map"].isel(cell=slice(0, 520))
    store = replace(store, results={**store.results, "map": array})
    whole = found()
    monkeypatch.setattr(portion_module, "_WORK_BYTES", 8 * 80 * 256)
    assert len(list(portions(array.isel(year=1)))) == 3
    for one, other in zip(whole, found(), strict=True):
        xr.testing.assert_identical(one, other)


def test_a_number_missing_from_one_portion_takes_the_draw_out_of_all(store, monkeypatch):
    array = store.results["map"].copy()
    array[1, 40, 1, CELLS - 1] = np.nan
    torn = replace(store, results={**store.results, "map": array})
    whole = everything(torn)
    assert whole[2]["dropped"].values.tolist() == [0, 2]
    monkeypatch.setattr(portion_module, "_WORK_BYTES", 8 * 80 * 2 * 256)
    for one, other in zip(whole, everything(torn), strict=True):
        xr.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14)


def test_each_scenario_is_measured_once_where_all_numbers_are_there(store, small_memory):
    seen = []
    sample = output_sample(store, "map", "baseline")
    found = by_portion(sample, lambda rows: seen.append(rows.values.shape) or {"count": np.asarray(1)})
    assert found == [{"count": 1}]
    assert seen == [(80, 512), (80, 512), (80, 376)]


def on_disk(store, folder, cells):
    """The sweep with a wide map that lies on disk, in chunks of a part of its cells."""
    rows, dims = len(store.unit.values), ("scenario", "draw", "cell")
    group = zarr.create_group(folder)
    ArraySpec("map", dims, (2, rows, cells), (2, rows, cells), "float32").create(group)
    values = store.unit.values[:, :1] * np.linspace(1.0, 2.0, cells)
    group["map"][:] = np.stack([values, 2.0 * values])
    array = xr.open_zarr(folder, chunks=None, consolidated=False)["map"]
    labels = {"scenario": ["baseline", "steeper"], "draw": np.arange(rows), "cell": np.arange(cells)}
    study = replace(store.study, outputs=(*store.study.outputs, "map"))
    return replace(store, study=study, results={**store.results, "map": array.assign_coords(labels)})


def test_memory_does_not_grow_with_the_cells(make_sweep, make_text, tmp_path, monkeypatch):
    sweep = make_sweep(make_text(SOBOL.replace("16", "256")))
    rows = len(sweep.unit.values)
    monkeypatch.setattr(portion_module, "_WORK_BYTES", 8 * rows * 256)
    monkeypatch.setattr(portion_module, "_READ_BYTES", 4 * rows * 2 * 512)
    peaks = []
    for cells in (2_000, 8_000):
        store = on_disk(sweep, tmp_path / str(cells), cells)
        tracemalloc.start()
        for measure in (bands, sobol):
            measure(store, "map", relative_to="baseline")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0]
    assert peaks[1] < 2 * rows * 8_000 * 4
