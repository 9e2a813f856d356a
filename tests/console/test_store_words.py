"""What commands say of a store whose case has changed, or of which a part is torn."""

import shutil
from pathlib import Path

import pytest
from command import cordillera
from cordillera.sweeps.store import Store

VALLEYS = Path(__file__).parents[1] / "cases" / "two-valleys"
STUDY = """
name = "own"
engine = "cge"
case = "./valleys"
outputs = ["gdp_growth"]
design = { method = "latin", samples = 4, seed = 3 }
[scenarios.open_mines]
[factors.frisch]
distribution = "uniform"
low = 0.6
high = 1.4
"""


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A finished store of a case that lies beside its study."""
    shutil.copytree(VALLEYS, tmp_path / "valleys")
    (tmp_path / "own.toml").write_text(STUDY, encoding="utf-8")
    made = cordillera("run", tmp_path / "own.toml", "--out", tmp_path / "own.zarr", "--cluster", "serial")
    assert made.exit_code == 0, made.stderr
    return tmp_path / "own.zarr"


def change_case(store: Path) -> None:
    policies = store.parent / "valleys" / "scenarios.toml"
    text = policies.read_text(encoding="utf-8")
    assert "value = 0.02" in text
    policies.write_text(text.replace("value = 0.02", "value = 0.03"), encoding="utf-8")


def tear(store: Path, array: str) -> None:
    shard = min(file for file in (store / array / "c").rglob("*") if file.is_file())
    shard.write_bytes(shard.read_bytes()[:-3] + b"abc")


def test_other_bits_are_a_fault_that_says_what_has_changed(store: Path) -> None:
    assert cordillera("replay", store, "1").exit_code == 0
    change_case(store)
    other = cordillera("replay", store, "1")
    assert other.exit_code == 2
    assert "Changed since the store was made: engine.identity: the tables of the case" in words(other.stderr)
    assert "Not the stored bits: gdp_growth." in words(other.stderr)
    again = cordillera("run", store.parent / "own.toml", "--out", store, "--cluster", "serial")
    assert again.exit_code == 2
    assert "the tables of the case are not those that the store was made with" in words(again.stderr)
    analysed = cordillera("analyze", store)
    assert analysed.exit_code == 0
    assert "no more what it was when these runs were made" in words(analysed.stderr)


def test_a_case_that_has_gone_is_told_once_with_where_it_was(store: Path) -> None:
    shutil.rmtree(store.parent / "valleys")
    result = cordillera("analyze", store)
    assert result.exit_code == 2
    told = words(result.stderr)
    assert f"The case of the store at {store}" in told
    assert str(store.parent / "valleys") in told
    assert told.count("fault") == 0


def test_a_torn_status_is_a_damage_to_replay_and_is_told_by_status(store: Path) -> None:
    tear(store, "status/outcome")
    replayed = cordillera("replay", store, "1")
    assert replayed.exit_code == 2
    assert "cordillera verify" in replayed.stderr
    standing = words(cordillera("status", store).stdout)
    assert "1 unit of it cannot be read and counted as not run" in standing
    assert cordillera("verify", store).exit_code == 2
    mended = cordillera("run", store.parent / "own.toml", "--out", store, "--cluster", "serial")
    assert mended.exit_code == 0, mended.stderr
    assert cordillera("replay", store, "1").exit_code == 0


def test_damage_that_cannot_be_marked_is_listed_all_the_same(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tear(store, "results/gdp_growth")

    def refuse(self: Store, unit: int) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Store, "reopen_unit", refuse)
    result = cordillera("verify", store)
    assert result.exit_code == 2
    told = words(result.stderr)
    assert "results/gdp_growth of unit 0: an object of it is torn" in told
    assert "could not be marked as not run: Permission denied" in told
    assert "counts as not run now" not in told


@pytest.mark.parametrize(
    "command",
    [("export", "--format", "csv"), ("export", "--format", "netcdf"), ("report",)],
    ids=["csv", "file", "page"],
)
def test_nothing_is_written_into_a_store(store: Path, command: tuple[str, ...]) -> None:
    before = set(store.rglob("*"))
    for out in (store, store / "deeper" / "x.html"):
        result = cordillera(command[0], store, *command[1:], "--out", out)
        assert result.exit_code == 2
        assert "lies in the store at" in words(result.stderr)
    assert set(store.rglob("*")) == before


def test_a_workbook_has_the_ending_of_one(store: Path, tmp_path: Path) -> None:
    result = cordillera("export", store, "--format", "xlsx", "--out", tmp_path / "book")
    assert result.exit_code == 2
    assert "give one that ends in .xlsx" in words(result.stderr)
