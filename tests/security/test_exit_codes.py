"""The command line turns every input that is none into one message and an exit code."""

import json
import shutil
from pathlib import Path

import pytest
from cordillera.cli import app
from cordillera.console.terminal import FAULT
from cordillera.data.case import CASES
from typer.testing import CliRunner

TWO_VALLEYS = Path(__file__).parents[1] / "cases" / "two-valleys"
BEYOND = "0x" + "f" * 6000


def refused(*arguments: str) -> str:
    """What a command says that ends with a fault of its input, and with no fault of the program."""
    done = CliRunner().invoke(app, list(arguments))
    assert done.exit_code == FAULT, done.output
    assert isinstance(done.exception, SystemExit)
    assert done.output.count("Error: ") == 1
    assert "Traceback" not in done.output
    assert "fault of Cordillera" not in done.output
    return " ".join(done.output.split())


@pytest.fixture
def folder(tmp_path: Path, finished: Path) -> Path:
    """A folder with a store and a case to be spoilt."""
    shutil.copytree(finished, tmp_path / "a.zarr")
    shutil.copytree(TWO_VALLEYS, tmp_path / "case")
    return tmp_path


@pytest.mark.parametrize(
    "content",
    [b"", b"\0", b"\xff\xfea\x00", b"a = " + b"[" * 5000, f"name = {BEYOND}".encode(), b'name = "a"\nname = "b"\n'],
    ids=["empty", "a zero", "UTF-16", "deep", "many digits", "a key twice"],
)
@pytest.mark.parametrize("command", ["check", "run"])
def test_a_study(command: str, content: bytes, folder: Path) -> None:
    (folder / "study.toml").write_bytes(content)
    more = ["--out", str(folder / "b.zarr")] if command == "run" else []
    assert "study.toml" in refused(command, str(folder / "study.toml"), *more)
    assert not (folder / "b.zarr").exists()


@pytest.mark.parametrize("file", ["case.toml", "scenarios.toml", "priors/sectors.csv"])
@pytest.mark.parametrize("content", [b"\0", b"\xff\xfea\x00", b"a = " + b"[" * 5000, f"a = {BEYOND}".encode()])
def test_a_case(file: str, content: bytes, folder: Path) -> None:
    (folder / "case" / file).write_bytes(content)
    assert "fault" in refused("describe", str(folder / "case"))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
def test_a_workbook(content: bytes, folder: Path) -> None:
    (folder / "case.xlsx").write_bytes(content)
    assert "cannot be read as an .xlsx workbook" in refused("describe", str(folder / "case.xlsx"))


@pytest.mark.parametrize("content", [b"", b"[" * 100_000, b'{"type": ' + b"9" * 5000 + b"}", b"\xff\xfe{\0}\0"])
def test_a_line(content: bytes, folder: Path) -> None:
    (folder / "a.geojson").write_bytes(content)
    assert "GeoJSON" in refused("corridor", str(folder / "a.geojson"), "--out", str(folder / "b"))
    assert not (folder / "b").exists()


@pytest.mark.parametrize(
    "content", [b"", b"\0", b"\xff\xfea\x00", b"kind = " + b"[" * 5000, f"kind = {BEYOND}".encode()]
)
def test_a_cluster_file(content: bytes, folder: Path) -> None:
    (folder / "cluster.toml").write_bytes(content)
    said = refused("run", "peru-divergence", "--out", str(folder / "b.zarr"), "--cluster", str(folder / "cluster.toml"))
    assert "cluster.toml" in said


@pytest.mark.parametrize("command", ["status", "analyze", "verify", "report", "export", "replay"])
@pytest.mark.parametrize("file", ["zarr.json", "status/outcome/zarr.json", "results/y/zarr.json", "scenario/c/0"])
def test_a_store(command: str, file: str, folder: Path) -> None:
    for content in (b"", b"{", b"[" * 100_000):
        (folder / "a.zarr" / file).write_bytes(content)
        if command == "verify" and file == "scenario/c/0":
            # That is what it is for.
            done = CliRunner().invoke(app, ["verify", str(folder / "a.zarr")])
            assert (done.exit_code, "scenario of the labels" in done.output) == (FAULT, True)
            continue
        if command == "status" and file in ("results/y/zarr.json", "scenario/c/0"):
            # It asks for nothing of these.
            continue
        more = {"replay": ["0"], "report": ["--out", str(folder / "r")], "export": ["--out", str(folder / "e")]}
        said = refused(command, str(folder / "a.zarr"), *more.get(command, []))
        assert "a.zarr" in said


@pytest.mark.parametrize("command", ["analyze", "report", "export"])
def test_a_store_with_torn_numbers(command: str, folder: Path) -> None:
    for shard in (folder / "a.zarr" / "results" / "y" / "c").rglob("*"):
        if shard.is_file():
            shard.write_bytes(shard.read_bytes()[:-3] + b"abc")
    more = {"report": ["--out", str(folder / "r")], "export": ["--out", str(folder / "e")]}
    assert "cordillera verify" in refused(command, str(folder / "a.zarr"), *more.get(command, []))


def test_a_store_with_another_outcome_or_attribute(folder: Path) -> None:
    tree = json.loads((folder / "a.zarr" / "zarr.json").read_text())
    tree["attributes"]["study"] = "name = 3"
    (folder / "a.zarr" / "zarr.json").write_text(json.dumps(tree))
    assert "name" in refused("status", str(folder / "a.zarr"))


def test_a_world(folder: Path) -> None:
    corridor = folder / "line"
    shutil.copytree(CASES / "pacific-corridor", corridor)
    (corridor / "world.npz").write_bytes(b"PK\x03\x04")
    text = (corridor / "case.toml").read_text(encoding="utf-8")
    (corridor / "case.toml").write_text(text, encoding="utf-8")
    assert "world.npz: cannot be read" in refused("describe", str(corridor))
