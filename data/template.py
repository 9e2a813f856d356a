"""A copy of a case's tables to start another case from, as a folder or as a workbook."""

import errno
import math
import os
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from .case import Case, bundled_cases, case_engine, find_case, read_case
from .corridor import ROADS, WORLD, read_corridor
from .layout import column_rules, key_rules, table_rules
from .manifest import SCENARIO_COLUMNS, SHOCK_KEYS, flattened
from .source import MANIFEST, POLICIES
from .workbook import Row, write_workbook
from .writing import whole_file

_CORRIDOR_TABLES = ("corridor.csv", "region.csv", "places.csv", "money.csv", "corridor.geojson", "study.toml")


def write_template(case: str, place: str | os.PathLike[str]) -> tuple[Path, ...]:
    """Copy the tables, keys and policies of a case; what somebody published about it stays behind.

    Parameters
    ----------
    case : str
        A bundled case, a folder or a workbook.
    place : path
        A folder that does not exist yet, or an .xlsx file.

    Returns
    -------
    tuple of Path
        The files.

    Raises
    ------
    CaseError
        If there is no such case, or it has faults.
    FileExistsError
        If something stands there already.
    ValueError
        If a workbook is to become a folder, or a corridor a workbook.
    """
    out, source = Path(place), find_case(case)
    if case_engine(case) == "spatial":
        return _corridor_template(case, source, out)
    loaded = read_case(case)
    if out.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(out))
    if out.suffix.lower() == ".xlsx":
        sheets = {"guide": _guide(), "case": _keys(loaded), "scenarios": _policies(loaded)}
        write_workbook(out, {**sheets, **{name: _table(loaded.tables[name]) for name in table_rules()}})
        return (out,)
    if source.is_file():
        raise ValueError(f"{out}: a workbook is copied into a workbook; give a path that ends in .xlsx.")
    made = []
    for name in (MANIFEST, POLICIES, *(rule.file for rule in table_rules().values())):
        file = source / name if (source / name).is_file() else source / Path(name).name
        if file.is_file():
            made.append(out / name)
            with whole_file(made[-1]) as partial:
                partial.write_bytes(file.read_bytes())
    return tuple(made)


def _corridor_template(case: str, source: Path, out: Path) -> tuple[Path, ...]:
    """The line, its region and its policies, on the world of the case."""
    read_corridor(case)
    if out.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(out))
    if out.suffix.lower() == ".xlsx":
        raise ValueError(f"{out}: a case of the engine 'spatial' is a folder; give the path of a new one.")
    manifest = (source / MANIFEST).read_text(encoding="utf-8")
    own_world = (source / WORLD).is_file()
    bundled = bundled_cases().get(case) == source
    if own_world and bundled:
        manifest = f'world = "{case}"\n{manifest}'
    names = [POLICIES, *_CORRIDOR_TABLES, *((WORLD, ROADS) if own_world and not bundled else ())]
    content = {name: (source / name).read_bytes() for name in names if (source / name).is_file()}
    made = []
    for name, text in {MANIFEST: manifest.encode(), **content}.items():
        made.append(out / name)
        with whole_file(made[-1]) as partial:
            partial.write_bytes(text)
    return tuple(made)


def _guide() -> Iterator[Row]:
    """What every sheet and column is, for whoever fills it in."""
    yield ("sheet", "column", "what it holds", "meaning")
    for name, rule in table_rules().items():
        yield (name, None, "a row for each combination of its keys" if rule.complete else None, rule.meaning)
        for column in column_rules(name):
            yield (name, column.column, column.kind.replace("_", " "), column.meaning)


def _keys(case: Case) -> Iterator[Row]:
    yield ("key", "value", "meaning")
    for key, value in flattened(case.meta).items():
        for item in value if isinstance(value, list | tuple) else (value,):
            yield (key, item, key_rules()[key].meaning)


def _policies(case: Case) -> Iterator[Row]:
    yield SCENARIO_COLUMNS
    for name, policy in case.scenarios.items():
        shocks: list[dict[str, object]] = policy["shocks"]  # type: ignore[assignment]
        for shock in shocks:
            cells = {**shock, "sectors": " ".join(shock.get("sectors", ())) or None}  # type: ignore[arg-type]
            yield (name, policy["label"], policy["description"], *(cells.get(key) for key in SHOCK_KEYS))


def _table(frame: pd.DataFrame) -> Iterator[Row]:
    yield tuple(map(str, frame.columns))
    for row in frame.itertuples(index=False, name=None):
        yield tuple(_shortest(cell) for cell in row)


def _shortest(cell: object) -> object:
    """A whole number without its decimals; everything else as it is."""
    whole = isinstance(cell, float) and math.isfinite(cell) and cell.is_integer() and abs(cell) < 2**53
    return int(cell) if whole else cell  # type: ignore[arg-type]
