"""Where the parts of a case stand: files of a folder, or sheets of a workbook."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .fault import Fault
from .layout import table_rules
from .manifest import flattened, sheet_entries, sheet_policies
from .raw import RawTable, read_csv, read_toml, read_workbook, sheet_table

MANIFEST, POLICIES = "case.toml", "scenarios.toml"


@dataclass(frozen=True)
class Source:
    """The parts of a case before they are checked.

    Parameters
    ----------
    origin, folder : str, Path
        Its name, and the folder or workbook.
    places : mapping of str to str
        File or sheet of `case`, `scenarios` and every table, for messages.
    entries : mapping, optional
        Keys of the case, dotted; none if they cannot be read.
    policies : mapping
        The tree of its scenarios.
    tables : mapping of str to RawTable
        The tables that can be read.
    policy_rows : mapping
        The row of each shock where the policies stand in a sheet.
    """

    origin: str
    folder: Path
    places: Mapping[str, str]
    entries: Mapping[str, object] | None
    policies: Mapping[str, object]
    tables: Mapping[str, RawTable]
    policy_rows: Mapping[str, Sequence[int]] = field(default_factory=dict)


def open_source(path: Path, faults: list[Fault]) -> Source:
    """The parts of the case at a path; what is missing or cannot be read becomes a fault.

    Raises
    ------
    CaseError
        If the path is a file that is no workbook.
    """
    return _workbook(path, faults) if path.is_file() else _folder(path, faults)


def _folder(path: Path, faults: list[Fault]) -> Source:
    places = {"case": MANIFEST, "scenarios": POLICIES, **{name: rule.file for name, rule in table_rules().items()}}
    entries = _toml(path / MANIFEST, faults)
    policies = _toml(path / POLICIES, faults) if (path / POLICIES).is_file() else {}
    flat = None if entries is None else flattened(entries)
    tables = {}
    # Without the engine's tables nothing is asked of the files.
    for name, rule in table_rules().items() if _is_ours(flat) else ():
        file = path / rule.file
        if not file.is_file():
            file = path / file.name
        if not file.is_file():
            faults.append(Fault(rule.file, f"the file is missing: {rule.meaning}"))
        elif (table := read_csv(file, rule.file, faults)) is not None:
            tables[name] = table
    return Source(path.name, path, places, flat, policies or {}, tables)


def _workbook(path: Path, faults: list[Fault]) -> Source:
    places = {name: f"sheet {name}" for name in ("case", "scenarios", *table_rules())}
    sheets = read_workbook(path, list(places))
    raw = {name: sheet_table(name, rows, faults) for name, rows in sheets.items()}
    entries = None
    if "case" not in sheets:
        faults.append(Fault(path.name, "there is no sheet `case` with the columns key and value"))
    elif (table := raw["case"]) is not None:
        entries = sheet_entries(table, faults)
    policies, rows = {}, {}
    if (table := raw.get("scenarios")) is not None:
        policies, rows = sheet_policies(table, faults)
    for name, rule in table_rules().items() if _is_ours(entries) else ():
        if name not in sheets:
            faults.append(Fault(path.name, f"the sheet {name} is missing: {rule.meaning}"))
    tables = {name: table for name, table in raw.items() if table is not None and name in table_rules()}
    return Source(path.stem, path, places, entries, policies, tables, rows)


def _is_ours(entries: Mapping[str, object] | None) -> bool:
    return entries is None or entries.get("engine", "cge") == "cge"


def _toml(file: Path, faults: list[Fault]) -> dict[str, object] | None:
    try:
        return read_toml(file)
    except (ValueError, OSError) as error:
        faults.append(Fault(file.name, f"cannot be read: {error}"))
        return None
