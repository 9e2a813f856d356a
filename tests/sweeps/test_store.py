import warnings
from pathlib import Path

import cordillera
import numpy as np
import pytest
import xarray as xr
import zarr
from cordillera.engines import Draws, Outcome
from cordillera.sweeps import (
    AlignmentError,
    Store,
    create_store,
    open_store,
    sample,
    study_from_text,
)
from fragile_engine import study_text


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store of four units of four blocks of five draws."""
    study = study_from_text(study_text(16, "ishigami"))
    return create_store(study, study.build_engine(), tmp_path / "sweep.zarr", unit_blocks=4)


def write(store: Store, unit: int) -> None:
    blocks = store.layout.blocks_of(unit)
    rows = sample(store.study, blocks.start, blocks.stop)
    solution = store.study.build_engine().solve_draws(Draws(store.factors, rows.value), store.study.scenarios)
    store.write_unit(unit, rows, solution, 0.4, "here")


def test_a_new_store_says_what_it_is_and_that_nothing_has_run(store: Store) -> None:
    assert store.scenarios == ("baseline", "steeper")
    assert store.outputs == ("y", "terms")
    assert store.factors == ("x1", "x2", "x3")
    assert (store.samples, store.block_rows, store.unit_rows, store.runs) == (16, 5, 20, 160)
    assert store.identity == store.study.identity
    assert not store.complete_units().any()
    assert (store.outcome() == Outcome.NOT_RUN).all()
    assert np.isnan(store.design().values).all()


def test_a_written_unit_reads_back_as_the_engine_gave_it(store: Store) -> None:
    write(store, 2)
    study = store.study
    rows = sample(study, 8, 12)
    assert store.complete_units().tolist() == [False, False, True, False]
    assert store.outcome()[:, 40:60].values.tolist() == [[1] * 20] * 2
    assert store.unit_design().values[40:60].tobytes() == rows.unit.tobytes()
    assert store.design().values[40:60].tobytes() == rows.value.tobytes()
    alone = cordillera.engine("ishigami").solve(
        dict(zip(store.factors, rows.value[3], strict=True)), scenarios=["steeper"]
    )
    terms = store.output("terms")
    assert terms.isel(draw=43).values.tobytes() == alone["terms"].values.tobytes()
    assert float(terms.sel(scenario="steeper", term="second")[43]) == float(
        alone["terms"].sel(scenario="steeper", term="second")
    )
    assert store.status("seconds")[0, 40:60].values.tolist() == [0.01] * 20


def test_plain_xarray_opens_it_without_a_warning(store: Store) -> None:
    write(store, 0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tree = xr.open_datatree(store.url, engine="zarr")
        plain = xr.open_datatree(store.url, engine="zarr", consolidated=False)
    assert tree["results/terms"].dims == ("scenario", "draw", "term")
    assert plain["results/terms"].sel(scenario="baseline", term="first").shape == (80,)
    assert plain["design/value"].sel(factor="x2").shape == (80,)
    assert plain["status/outcome"].attrs["flag_meanings"].startswith("NOT_RUN SOLVED")
    assert tree.attrs["identity"] == store.identity
    assert tree.attrs["licence"] == "public domain"


def test_every_array_has_a_checksum_and_one_shard_a_unit(store: Store) -> None:
    for path, array in store.root.members(max_depth=None):
        if not isinstance(array, zarr.Array):
            continue
        assert "crc32c" in str(array.metadata.to_dict()["codecs"]), path
        dims = array.metadata.dimension_names
        if "draw" in dims:
            shard = array.shards or array.chunks
            assert shard[dims.index("draw")] == store.unit_rows, path
            assert all(size == shard[i] for i, size in enumerate(array.shape) if dims[i] != "draw"), path


def test_a_large_output_can_be_read_by_scenario(tmp_path: Path) -> None:
    study = study_from_text(study_text(2**17, "ishigami"))
    store = create_store(study, study.build_engine(), tmp_path / "large.zarr", unit_blocks=2**16)
    terms = store.array("results/terms")
    assert terms.shards == (2, 5 * 2**16, 3)
    assert terms.chunks == (1, 5 * 2**16, 3)
    write(store, 1)
    rows = store.layout.rows_of(1)
    assert np.isfinite(store.output("terms").isel(scenario=1)[rows]).all()


def test_half_a_unit_is_refused(store: Store) -> None:
    rows = sample(store.study, 0, 2)
    solution = store.study.build_engine().solve_draws(Draws(store.factors, rows.value), store.study.scenarios)
    with pytest.raises(AlignmentError, match="Unit 0 holds 2 scenarios of 20 rows"):
        store.write_unit(0, rows, solution, 0.1, "here")
    assert not store.complete_units().any()


def test_another_list_of_scenarios_is_refused(store: Store) -> None:
    rows = sample(store.study, 0, 4)
    solution = store.study.build_engine().solve_draws(Draws(store.factors, rows.value), [])
    with pytest.raises(AlignmentError, match="Unit 0 holds 2 scenarios"):
        store.write_unit(0, rows, solution, 0.1, "here")


def test_a_unit_whose_status_is_torn_counts_as_not_run(store: Store) -> None:
    for unit in range(4):
        write(store, unit)
    shard = Path(store.url) / "status" / "outcome" / "c" / "0" / "1"
    shard.write_bytes(shard.read_bytes()[:-3])
    assert open_store(store.url).complete_units().tolist() == [True, False, True, True]


def test_an_unknown_output_is_named_with_those_there_are(store: Store) -> None:
    with pytest.raises(KeyError, match=r"keeps no output 'z'. It keeps: y, terms"):
        store.output("z")
