"""Numbered matrices in files: every bit kept, the same bytes each time, and another economy's passed over."""

import errno
from pathlib import Path

import cordillera
import numpy as np
import pytest
from cordillera.data import bundled_cases, case_engine, read_case
from cordillera.data.template import write_template
from cordillera.engines.cge.build import Economy
from cordillera.engines.cge.engine import CgeEngine
from cordillera.engines.cge.settings import read_settings
from cordillera.engines.cge.shipped import (
    FILE,
    DamagedMatricesError,
    StoredMatrices,
    cache_file,
    load_stored,
    save,
)

TWO_VALLEYS = str(Path(__file__).parents[2] / "cases" / "two-valleys")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def economy() -> Economy:
    case = read_case(TWO_VALLEYS)
    return Economy(case, read_settings(case, None, {}))


@pytest.fixture(scope="module")
def stored(economy: Economy) -> StoredMatrices:
    return StoredMatrices(
        economy.matrix_identity, {number: economy.balanced(number) for number in (0, 2)}, {1: "market of α misses"}
    )


def test_what_is_read_has_the_bits_that_were_written(tmp_path: Path, stored: StoredMatrices) -> None:
    save(tmp_path / FILE, stored)
    found = load_stored(tmp_path, stored.identity)
    assert found.numbers == (0, 2)
    assert found.infeasible == {1: "market of α misses"}
    for number, matrix in stored.matrices.items():
        for name in matrix.__dataclass_fields__:
            assert getattr(found.matrices[number], name).tobytes() == getattr(matrix, name).tobytes()


def test_the_same_matrices_make_the_same_bytes_that_numpy_opens(tmp_path: Path, stored: StoredMatrices) -> None:
    for name in ("one", "two"):
        save(tmp_path / name / FILE, stored)
    assert (tmp_path / "one" / FILE).read_bytes() == (tmp_path / "two" / FILE).read_bytes()
    with np.load(tmp_path / "one" / FILE, allow_pickle=False) as arrays:
        assert arrays["number"].tolist() == [0, 2]
        assert arrays["intermediate"].dtype == np.float64


def test_matrices_of_another_economy_are_passed_over(tmp_path: Path, stored: StoredMatrices) -> None:
    save(tmp_path / FILE, stored)
    assert load_stored(tmp_path, "another").matrices == {}


def test_shipped_matrices_come_before_drawn_ones_and_drawn_ones_are_added(
    tmp_path: Path, stored: StoredMatrices, economy: Economy
) -> None:
    save(tmp_path / FILE, StoredMatrices(stored.identity, {0: stored.matrices[0]}))
    save(cache_file(stored.identity), StoredMatrices(stored.identity, {0: stored.matrices[2], 3: stored.matrices[2]}))
    found = load_stored(tmp_path, stored.identity)
    assert found.numbers == (0, 3)
    assert found.matrices[0].local.tobytes() == stored.matrices[0].local.tobytes()


def test_a_damaged_file_is_named_with_the_remedy(tmp_path: Path, stored: StoredMatrices) -> None:
    save(tmp_path / FILE, stored)
    whole = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DamagedMatricesError, match=r"matrices.npz is damaged .*cordillera matrices"):
        load_stored(tmp_path, stored.identity)


def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, stored: StoredMatrices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    save(tmp_path / FILE, stored)
    before = (tmp_path / FILE).read_bytes()
    monkeypatch.setattr(np.lib.format, "write_array", fail)
    with pytest.raises(OSError, match="No space left"):
        save(tmp_path / FILE, stored)
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    assert (tmp_path / FILE).read_bytes() == before


@pytest.mark.parametrize("name", [name for name in bundled_cases() if case_engine(name) == "cge"])
def test_the_shipped_matrices_follow_from_the_tables_as_they_are(name: str) -> None:
    case = read_case(name)
    economy = Economy(case, read_settings(case, None, {}))
    found = load_stored(case.folder, economy.matrix_identity)
    assert len(found.numbers) == 1 + case.meta["noise"]["shipped"], "run python -m cordillera.data.build_matrices"
    for number in (0, found.numbers[-1]):
        made = economy.balanced(number)
        for part in made.__dataclass_fields__:
            np.testing.assert_allclose(getattr(found.matrices[number], part), getattr(made, part), rtol=1e-9, atol=1e-9)


def test_a_copy_of_a_bundled_case_has_the_matrices_that_come_with_it(tmp_path: Path) -> None:
    write_template("peru-2002", tmp_path / "copy")
    own, copied = (cordillera.engine("cge", case) for case in ("peru-2002", str(tmp_path / "copy")))
    assert isinstance(own, CgeEngine)
    assert isinstance(copied, CgeEngine)
    assert copied.identity == own.identity
    assert copied.factors["matrix"].levels == own.factors["matrix"].levels
    for number in (0, 3):
        one, other = (engine.open_matrix(number).benchmark.output for engine in (own, copied))
        np.testing.assert_array_equal(one, other)
