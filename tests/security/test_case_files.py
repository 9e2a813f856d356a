"""Cases from somebody else, as folders and workbooks: each is read or refused in words, and none is a bomb."""

import shutil
from pathlib import Path

import pytest
from cordillera.data import CaseError, read_case
from cordillera.data.corridor import read_corridor
from cordillera.data.template import write_template
from hypothesis import given
from hypothesis import strategies as st
from mutation import DIGITS, contents, fuzzing, tables
from received import is_read, packed, parts_of

TWO_VALLEYS = Path(__file__).parents[1] / "cases" / "two-valleys"
BEYOND = "0x" + "f" * 6000
COUNTS = (60, pytest.param(1500, marks=pytest.mark.slow))
FEW = (25, pytest.param(600, marks=pytest.mark.slow))


def changed_files(folder: Path) -> st.SearchStrategy[tuple[Path, bytes]]:
    """One file of a folder, and what somebody made of it."""

    def changed(file: Path) -> st.SearchStrategy[tuple[Path, bytes]]:
        content = file.read_bytes()
        made = st.one_of(tables(content), contents(content)) if file.suffix == ".csv" else contents(content)
        return made.map(lambda new: (file.relative_to(folder), new))

    return st.sampled_from(sorted(path for path in folder.rglob("*") if path.is_file())).flatmap(changed)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A case of the two-region model, to be spoilt."""
    return Path(shutil.copytree(TWO_VALLEYS, tmp_path / "case"))


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A case as a workbook."""
    return write_template(str(TWO_VALLEYS), tmp_path / "case.xlsx")[0]


def test_what_is_tampered_with_is_sound(case: Path, workbook: Path, world: Path) -> None:
    assert is_read(case)
    assert is_read(workbook)
    assert is_read(world, read_corridor)


@pytest.mark.parametrize("count", COUNTS)
def test_a_case_of_any_files_is_read_or_refused(count: int, case: Path) -> None:
    @fuzzing(count)
    @given(changed_files(TWO_VALLEYS))
    def holds(change: tuple[Path, bytes]) -> None:
        file, content = change
        (case / file).write_bytes(content)
        try:
            is_read(case)
        finally:
            shutil.copy(TWO_VALLEYS / file, case / file)

    holds()


@pytest.mark.parametrize("count", COUNTS)
def test_a_corridor_of_any_files_is_read_or_refused(count: int, corridor: Path, tmp_path: Path) -> None:
    sound = Path(shutil.copytree(corridor, tmp_path / "sound"))

    @fuzzing(count)
    @given(changed_files(sound))
    def holds(change: tuple[Path, bytes]) -> None:
        file, content = change
        (corridor / file).write_bytes(content)
        try:
            is_read(corridor, read_corridor)
        finally:
            shutil.copy(sound / file, corridor / file)

    holds()


@pytest.mark.parametrize("count", FEW)
def test_a_workbook_of_any_bytes_is_read_or_refused(count: int, workbook: Path) -> None:
    whole, parts = workbook.read_bytes(), parts_of(workbook)
    one = st.sampled_from(sorted(parts)).flatmap(
        lambda name: contents(parts[name]).map(lambda content: packed(parts | {name: content}))
    )

    @fuzzing(count)
    @given(st.one_of(contents(whole), one))
    def holds(content: bytes) -> None:
        workbook.write_bytes(content)
        is_read(workbook)

    holds()


@pytest.mark.parametrize("file", ["case.toml", "scenarios.toml"])
@pytest.mark.parametrize(
    "line",
    [
        "a = " + "[" * 5000,
        ".".join(["a"] * 5000) + " = 1",
        f"years = {DIGITS}",
        f"years = {BEYOND}",
        f"engine = {BEYOND}",
        f"notes = [{BEYOND}]",
        f"regions = [{BEYOND}, 1]",
        f"[a]\nlabel = {BEYOND}\nshocks = []",
        f"[a]\nlabel = 'a'\nshocks = [{{ parameter = 'p', change = 'add', value = {BEYOND} }}]",
        "[\"a\\u0000b\"]\nlabel = 'a'\nshocks = []",
    ],
    ids=range(10),
)
def test_what_goes_too_far_is_refused(file: str, line: str, case: Path, corridor: Path) -> None:
    for folder, reader in ((case, read_case), (corridor, read_corridor)):
        (folder / file).write_text(line)
        assert not is_read(folder, reader)
        (folder / file).write_bytes((TWO_VALLEYS / file).read_bytes() + b"\n" + line.encode())
        is_read(folder, reader)


@pytest.mark.parametrize(
    "name", ["../pacific-corridor", "../../data/cases/pacific-corridor", "/etc", "a/../pacific-corridor"]
)
def test_a_world_is_one_of_those_that_are_bundled(corridor: Path, name: str) -> None:
    text = (corridor / "case.toml").read_text(encoding="utf-8")
    (corridor / "case.toml").write_text(
        text.replace('world = "pacific-corridor"', f'world = "{name}"'), encoding="utf-8"
    )
    with pytest.raises(CaseError, match="unknown world"):
        read_corridor(str(corridor))


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b'a,b\n"1'])
def test_a_published_table_that_is_none_is_named(case: Path, content: bytes) -> None:
    (case / "published").mkdir(exist_ok=True)
    (case / "published" / "own.csv").write_bytes(content)
    with pytest.raises(CaseError, match=r"published/own\.csv"):
        read_case(str(case))


@pytest.mark.parametrize("name", ["a\0b", "a\x1b[2J", "x" * 300])
def test_a_city_has_a_name_that_can_be_shown(corridor: Path, name: str) -> None:
    lines = (corridor / "places.csv").read_text(encoding="utf-8").splitlines()
    cells = lines[1].split(",")
    (corridor / "places.csv").write_text("\n".join([lines[0], ",".join([name, *cells[1:]])]), encoding="utf-8")
    with pytest.raises(CaseError, match="printable letters"):
        read_corridor(str(corridor))


def sheet(rows: str) -> bytes:
    """The XML of a sheet."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'.encode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b" " * 110_000_000, "bytes, more than"),
        (sheet('<row r="1"><c r="A1"><v>1</v></c></row><row r="99999999999"/>'), "cells"),
        (sheet("".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 500))), "cells"),
        (b'<!DOCTYPE a [<!ENTITY a "' + b"x" * 1000 + b'">' + b"".join(
            b'<!ENTITY %c "%b">' % (letter, b"&%c;" % (letter - 1) * 50) for letter in range(98, 106)
        ) + b"]>" + sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>&i;</t></is></c></row>'), "workbook"),
    ],
    ids=["large", "a row far below", "cells far to the right", "entities of entities"],
)  # fmt: skip
def test_a_workbook_that_unpacks_to_too_much_is_refused(workbook: Path, content: bytes, words: str) -> None:
    parts = parts_of(workbook)
    name = next(name for name in parts if name.startswith("xl/worksheets/sheet"))
    for part in [name for name in parts if name.startswith("xl/worksheets/sheet")]:
        parts[part] = content if part == name else sheet("")
    # Every sheet is asked for by its name, which stands in the book; the one that is spoilt is called `case` here.
    book = parts["xl/workbook.xml"].replace(b'name="case"', b'name="other"').replace(b'name="guide"', b'name="case"')
    workbook.write_bytes(packed(parts | {"xl/workbook.xml": book}))
    with pytest.raises(CaseError, match=words):
        read_case(str(workbook))
