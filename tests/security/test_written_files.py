"""What is written of names that somebody chose: no formula in a table, no script on a page, no control characters."""

import csv
import io
import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xarray as xr
from cordillera.analysis.export import export
from cordillera.analysis.report import write_report
from cordillera.analysis.tables import write_csv
from cordillera.cluster import SerialBackend
from cordillera.console import terminal, views
from cordillera.console.visible import visible
from cordillera.data.workbook import neutral, neutral_frame, write_workbook
from cordillera.data.workbook import write_csv as write_rows
from cordillera.sweeps import Store, read_study, run_study
from hypothesis import given
from hypothesis import strategies as st
from mutation import fuzzing

NASTY = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'`$\\frac$ [red]x[/] {x} =1+1 </title> ]]> -->"
FORMULAS = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "＝1+1",
    "\x00=1",
    "\x1f=1",
)
COUNTS = (50, pytest.param(3000, marks=pytest.mark.slow))
ESCAPE = "\x1b[2J\x9b31m\u202e\u2066"


def study_text() -> str:
    """A study of which every text is an attack, as far as a text may be one."""
    nasty, free = json.dumps(NASTY), json.dumps(NASTY + ESCAPE + "\r=1")
    return f"""
name = {nasty}
description = {free}
engine = "ishigami"
design = {{ method = "sobol", samples = 8, seed = 3 }}
[factors.x1]
distribution = "uniform"
low = -3.0
high = 3.0
group = "=group<b>"
[factors.x2]
distribution = "uniform"
low = -3.0
high = 3.0
[scenarios."=cmd|' /C calc'!A0<script>"]
label = {nasty}
description = {free}
shocks = [{{ parameter = "a", change = "add", value = 1.0 }}]
[scenarios."@$\\\\frac{{<b>$"]
label = "-1+1"
shocks = [{{ parameter = "a", change = "add", value = 2.0 }}]
[[claims]]
name = {nasty}
output = "y"
scenario = "@$\\\\frac{{<b>$"
relative_to = "baseline"
holds = "> 0"
[report]
title = {nasty}
notes = [{free}, "=1"]
"""


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("nasty")
    (folder / "study.toml").write_text(study_text(), encoding="utf-8")
    return run_study(read_study(folder / "study.toml"), folder / "a.zarr", SerialBackend())


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would run a cell; a plain number is none."""
    try:
        float(text)
    except ValueError:
        return text.lstrip(" \xa0").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    return False


def cells_of(file: Path) -> Iterator[str]:
    # Every end of line begins a row for somebody.
    text = file.read_text(encoding="utf-8-sig")
    for row in csv.reader(io.StringIO(text)):
        yield from row


class Page(HTMLParser):
    """The elements of a page that could run something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.policy = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "embed", "base", "form", "img", "link"):
            self.found.append(tag)
        for name, value in attrs:
            address = (value or "").strip().lower()
            if name.startswith("on") or address.startswith(("javascript:", "data:text", "http:", "//")):
                self.found.append(f"{tag} {name}={value}")
        if ("http-equiv", "Content-Security-Policy") in attrs:
            self.policy = str(dict(attrs)["content"])


def test_a_report_has_no_script_and_may_have_none(sweep: Store, tmp_path: Path) -> None:
    page = write_report([sweep], tmp_path / "report.html")
    seen = Page()
    seen.feed(page.read_text(encoding="utf-8"))
    assert seen.found == []
    assert seen.policy.startswith("default-src 'none'")
    assert "&lt;script&gt;alert(1)" in page.read_text(encoding="utf-8")


def test_the_data_of_a_report_stand_in_its_folder_and_hold_no_formula(sweep: Store, tmp_path: Path) -> None:
    write_report([sweep], tmp_path / "report.html")
    assert {path.name for path in tmp_path.iterdir()} == {"report.html", "report_data"}
    files = list((tmp_path / "report_data").iterdir())
    assert all(
        file.suffix == ".csv" and set(file.stem) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for file in files
    )
    assert [cell for file in files for cell in cells_of(file) if is_formula(cell)] == []


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_holds_no_formula_and_keeps_its_numbers(form: str, sweep: Store, tmp_path: Path) -> None:
    made = export(sweep, form, tmp_path / ("a.xlsx" if form == "xlsx" else "a"))
    if form == "csv":
        assert [cell for file in made.files for cell in cells_of(file) if is_formula(cell)] == []
        values = pd.read_csv(tmp_path / "a" / "y.csv")["y"].to_numpy()
    else:
        book = openpyxl.load_workbook(made.files[0])
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert "f" not in {cell.data_type for cell in cells}
        assert [cell.value for cell in cells if isinstance(cell.value, str) and is_formula(cell.value)] == []
        values = pd.read_excel(made.files[0], sheet_name="y")["y"].to_numpy()
    np.testing.assert_allclose(values, sweep.output("y").values.ravel(), rtol=1e-15 if form == "csv" else 1e-12)
    assert (values < 0).any()


def test_an_export_says_nothing_of_the_machine(sweep: Store, tmp_path: Path) -> None:
    (file,) = export(sweep, "netcdf", tmp_path / "a.nc").files
    with xr.open_dataset(file) as dataset:
        assert not {"host", "study_origin", "study_files"} & set(dataset.attrs)
        assert str(tmp_path.parent) not in str(dataset.attrs)


def written(rows: list[list[object]], folder: Path) -> list[list[str]]:
    """Cells as they come back from every writer of tables, the names of columns first."""
    frame = pd.DataFrame(rows[1:], columns=pd.Index(rows[0]), dtype=object)
    write_csv(frame, folder / "a.csv")
    write_rows(folder / "b.csv", rows)
    neutral_frame(frame).to_csv(folder / "c.csv", index=False)
    write_workbook(folder / "d.xlsx", {"a": rows})
    sheet = openpyxl.load_workbook(folder / "d.xlsx")["a"]
    assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}
    return [list(cells_of(folder / name)) for name in ("a.csv", "b.csv", "c.csv")]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_writer_of_tables_writes_a_formula(text: str, tmp_path: Path) -> None:
    for cells in written([[text, "b"], [text, 1.5], [f"a{text}", -2.5]], tmp_path):
        assert [cell for cell in cells if is_formula(cell)] == []
        assert {"1.5", "-2.5"} <= set(cells)


@pytest.mark.parametrize("count", COUNTS)
def test_no_text_at_all_becomes_a_formula_or_a_row(count: int, tmp_path: Path) -> None:
    @fuzzing(count)
    @given(st.text(st.one_of(st.characters(), st.sampled_from("=+-@\t\r\n\",;' ")), max_size=8))
    def holds(text: str) -> None:
        for cells in written([["a", "b"], [text, 1.5]], tmp_path):
            assert [cell for cell in cells if is_formula(cell)] == []
            assert (len(cells), cells[3]) == (4, "1.5")

    holds()


@pytest.mark.parametrize("number", [-1.5, 3, "-1.5", "+2", "1e-3", "-.5"])
def test_a_number_stays_one(number: object) -> None:
    assert neutral(number) == number


def test_a_terminal_is_shown_what_it_would_obey(capsys: pytest.CaptureFixture[str]) -> None:
    nasty = f"[red]a[/] {{x}} :warning: [/nothing]{ESCAPE}\ud800\rb"
    terminal.say(nasty)
    terminal.state(nasty)
    terminal.show(nasty, [nasty, "n"], [(nasty, 1)], nasty)
    for error in (ValueError(nasty), OSError(2, "No such file", nasty)):
        with pytest.raises(type(error)) as caught:
            raise error
        assert terminal.tell(caught.value, debug=False) == terminal.FAULT
    for follow in (terminal.progress, terminal.counted):
        with follow(nasty):
            pass
    terminal.write_json({"a": nasty})
    read = capsys.readouterr()
    assert not set(read.out + read.err) & set(f"{ESCAPE[0]}\x9b\u202e\u2066\ud800\r")
    for kept in ("[red]a[/]", "{x}", ":warning:", "[/nothing]", "\\x1b[2J"):
        assert kept in read.out and kept in read.err
    assert json.loads(read.out[read.out.index("{\n") :]) == {"a": nasty}


def test_a_bar_is_named_by_what_is_no_format(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    shown = terminal.Console(file=out, force_terminal=True, width=200)
    monkeypatch.setattr(terminal, "margin", lambda: shown)
    with terminal.counted("{task.fields} [red]a[/nothing]") as watch:
        watch(1, 2)
    assert "{task.fields} [red]a[/nothing]" in out.getvalue()


def test_the_command_line_shows_a_nasty_study(sweep: Store, capsys: pytest.CaptureFixture[str]) -> None:
    views.status(sweep.url, as_json=False)
    assert "[red]x[/] {x} =1+1" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("count", COUNTS)
def test_no_text_moves_the_cursor(count: int) -> None:
    @fuzzing(count)
    @given(st.text(st.characters()))
    def holds(text: str) -> None:
        shown = visible(text)
        assert not any((ord(letter) < 32 and letter not in "\n\t") or 0x7F <= ord(letter) < 0xA0 for letter in shown)
        assert shown.encode().decode() == shown

    holds()
