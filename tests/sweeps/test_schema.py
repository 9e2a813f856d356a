from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import zarr
from cordillera.engines import Output
from cordillera.sweeps import create_store, study_from_text
from cordillera.sweeps.schema import ArraySpec, SchemaError, coordinates, scenario_names
from fragile_engine import FragileEngine, study_text


@dataclass(frozen=True)
class OddEngine(FragileEngine):
    """An engine whose outputs are given by the test."""

    odd: dict[str, Output] = field(default_factory=dict)

    @property
    def outputs(self) -> dict[str, Output]:
        return self.odd

    @property
    def coords(self) -> dict[str, tuple[str, ...] | tuple[int, ...]]:
        return {"year": (1, 10, 20), "draw": ("a", "b")}


def odd(*dims: str) -> OddEngine:
    return OddEngine(odd={"map": Output("map", dims, "", "", dtype="float32")})


def test_the_baseline_comes_first_and_once() -> None:
    study = study_from_text(study_text(8))
    assert scenario_names(study.scenarios) == ("baseline", "steeper")


def test_whole_numbers_stay_numbers_and_names_stay_text() -> None:
    labels = coordinates(odd("year"), ["map"], ["baseline"], ["x1", "x2"])
    assert labels["year"].dtype == np.int64
    assert labels["factor"].tolist() == ["x1", "x2"]


def test_a_dimension_without_labels_is_named() -> None:
    with pytest.raises(SchemaError, match="Output 'map' has a dimension 'region' without labels"):
        coordinates(odd("year", "region"), ["map"], ["baseline"], ["x1"])


def test_a_dimension_that_the_store_keeps_for_itself_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="Output 'map' has a dimension 'draw', a name that the store needs"):
        coordinates(odd("draw"), ["map"], ["baseline"], ["x1"])
    assert list(tmp_path.iterdir()) == []


def test_a_map_may_be_single_precision(tmp_path: Path) -> None:
    study = study_from_text(study_text(8))
    engine = OddEngine(odd={name: Output(name, ("year",), "", "", dtype="float32") for name in study.outputs})
    store = create_store(study, engine, tmp_path / "a.zarr")
    assert store.output("y").dtype == np.float32
    assert store.output("y")["year"].values.tolist() == [1, 10, 20]


def test_a_wide_map_can_be_read_by_cells_and_stays_one_object_a_unit(tmp_path: Path) -> None:
    dims = ("scenario", "draw", "cell")
    ArraySpec("map", dims, (2, 512, 10_007), (2, 256, 10_007), "float32").create(zarr.create_group(tmp_path))
    array = zarr.open_array(tmp_path / "map")
    assert array.shape == (2, 512, 10_007)
    assert array.chunks[:2] == (1, 256)
    assert np.prod(array.chunks) * 4 <= 2**20
    assert array.shards is not None
    assert array.shards[:2] == (2, 256)
    values = np.arange(2 * 256 * 10_007, dtype=np.float32).reshape(2, 256, 10_007)
    array[:, 256:] = values
    np.testing.assert_array_equal(array[1, 256:, 9_000:], values[1, :, 9_000:])
    assert [path.is_file() for path in (tmp_path / "map" / "c").rglob("*")].count(True) == 1
