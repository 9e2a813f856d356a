"""Reading a case: a bundled one, a folder of tables, or a workbook with one sheet a table."""

import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from .consistency import check_consistency
from .draft import Draft, records
from .fault import CaseError, Fault, nearest
from .layout import Labels, column_rules, flow_rules, key_rules, label_names, setting_rules, table_rules
from .manifest import nested, read_manifest, read_policies
from .raw import RawTable, is_blank, read_bounded, read_toml
from .shock import shock_names
from .source import MANIFEST, Source, open_source
from .typed import Vocabulary, typed_table

CASES = Path(__file__).parent / "cases"
# The engine of a case that names none.
DEFAULT_ENGINE = "cge"


@dataclass(frozen=True)
class Case:
    """Tables and texts of a case.

    Parameters
    ----------
    name : str
        The name of its folder or workbook.
    folder : Path
        That folder or workbook.
    meta : mapping
        The keys of `case.toml`.
    tables : mapping of str to DataFrame
        What the engine reads, with numbers as float64; an index holds the rows of the spreadsheet.
    scenarios : mapping
        Policies by name: label, description and shocks.
    identity : str
        SHA-256 (hex) of what decides the numbers, the same for a folder and a workbook that say the same.
    base_identity : str
        The same of what decides the base year, parameters left out.
    results : mapping of str to DataFrame
        Published results, where the case has any.
    """

    name: str
    folder: Path
    meta: Mapping[str, object]
    tables: Mapping[str, pd.DataFrame]
    scenarios: Mapping[str, Mapping[str, object]]
    identity: str
    base_identity: str = ""
    results: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def bundled_cases() -> dict[str, Path]:
    """Names and folders of the cases that come with the package."""
    return {path.parent.name: path.parent for path in sorted(CASES.glob(f"*/{MANIFEST}"))}


def find_case(name_or_path: str) -> Path:
    """The folder or workbook of a case.

    Raises
    ------
    CaseError
        If there is none.
    """
    bundled = bundled_cases()
    path = bundled.get(name_or_path, Path(name_or_path))
    if not (path / MANIFEST).is_file() and not (path.is_file() and path.suffix.lower() == ".xlsx"):
        message = (
            f"there is no such case.{nearest(name_or_path, list(bundled))} Or give the path of a folder that holds "
            f"{MANIFEST}, or of an .xlsx workbook with a sheet `case`."
        )
        raise CaseError(repr(name_or_path), [Fault(name_or_path, message)])
    return path


def case_engine(name_or_path: str) -> str:
    """The engine that a case names; `cge` if it names none or is a workbook."""
    folder = find_case(name_or_path)
    if folder.is_file():
        return DEFAULT_ENGINE
    try:
        name = read_toml(folder / MANIFEST).get("engine", DEFAULT_ENGINE)
    except (OSError, ValueError):
        return DEFAULT_ENGINE
    return name if isinstance(name, str) else DEFAULT_ENGINE


def read_case(name_or_path: str) -> Case:
    """Read a case by name or path, and check all of it.

    Parameters
    ----------
    name_or_path : str
        A bundled case, the path of a folder that holds `case.toml`, or of an .xlsx workbook with a sheet `case`.

    Raises
    ------
    CaseError
        If there is no such case, or with every fault in it: the file or sheet, the row as a spreadsheet counts it, the
        column, the value and what is allowed.

    Examples
    --------
    >>> read_case("peru-2002").meta["regions"]
    ['coast', 'inland']
    """
    faults: list[Fault] = []
    name = case_engine(name_or_path)
    if name != DEFAULT_ENGINE:
        words = f"this case belongs to the engine {name!r}, and one of {DEFAULT_ENGINE!r} is wanted here"
        raise CaseError(name_or_path, [Fault(MANIFEST, words, column="engine")])
    source = open_source(find_case(name_or_path), faults)
    meta = {} if source.entries is None else read_manifest(source.entries, source.places["case"], faults)
    if meta.get("engine", DEFAULT_ENGINE) != DEFAULT_ENGINE:
        words = f"{meta['engine']!r} is not allowed; a workbook is a case of the engine {DEFAULT_ENGINE!r}"
        faults.append(Fault(source.places["case"], words, column="engine"))
    regions: list[str] = meta.get("regions", [])  # type: ignore[assignment]
    tables: dict[str, pd.DataFrame] = {}
    if source.tables:
        tables = _read_tables(source, meta, tuple(regions), faults)
    names = shock_names(meta, regions, tables.get("sectors"))
    policies = read_policies(source.policies, source.places["scenarios"], names, faults, source.policy_rows)
    if faults:
        raise CaseError(source.origin, faults)
    results = _results(source, faults)
    if faults:
        raise CaseError(source.origin, faults)
    digests = {name: _digest(name, table) for name, table in tables.items()}
    shocks = {name: policy["shocks"] for name, policy in policies.items()}
    decisive = {key: value for key, value in meta.items() if key_rules()[key].numbers}
    base = {key: meta[key] for key in _BASE_YEAR_KEYS if key in meta}
    return Case(
        source.origin,
        source.folder,
        nested(meta),
        tables,
        policies,
        _identity(decisive, base, shocks, digests),
        _identity(base, {name: digest for name, digest in digests.items() if name != "scalars"}),
        results,
    )


_BASE_YEAR_KEYS = (
    "regions", "remote_region", "trade_sector", "regional_trade_sector", "mining_sector", "noise.spread", "noise.seed",
)  # fmt: skip


def _results(source: Source, faults: list[Fault]) -> dict[str, pd.DataFrame]:
    found = {}
    for file in sorted((source.folder / "published").glob("*.csv")):
        try:
            found[file.stem] = pd.read_csv(io.StringIO(read_bounded(file)))
        except (OSError, ValueError) as error:
            faults.append(Fault(f"published/{file.name}", f"cannot be read: {error}"))
    return found


def _read_tables(
    source: Source, meta: Mapping[str, object], regions: tuple[str, ...], faults: list[Fault]
) -> dict[str, pd.DataFrame]:
    """Every table, parsed, and checked against the others as far as it has no fault of its own."""
    scalars = source.tables.get("scalars")
    plain = [rule.column for rule in column_rules("scalars")]
    sets = () if scalars is None else tuple(name for name in scalars.columns if name not in plain)
    parsed: dict[str, pd.DataFrame] = {}
    sound: dict[str, pd.DataFrame] = {}
    for name in table_rules():
        if name in source.tables:
            known = len(faults)
            vocabulary = _vocabulary(source, parsed, regions, sets)
            parsed[name] = typed_table(name, source.tables[name], vocabulary, faults)
            if name == "sectors" and "code" in parsed[name]:
                _check_codes(source, parsed[name], faults)
            if len(faults) == known:
                sound[name] = parsed[name]
    chosen = str(meta.get("default_set", "")).replace("-", "_")
    if sets and chosen and chosen not in sets:
        words = f"unknown set {chosen!r}.{nearest(chosen, sets)}"
        faults.append(Fault(source.places["case"], words, column="default_set"))
    drafted = {name: records(table) for name, table in sound.items()}
    faults.extend(check_consistency(Draft(source.places, meta, drafted)))
    return sound


def _check_codes(source: Source, sectors: pd.DataFrame, faults: list[Fault]) -> None:
    """A code that stands in the table of sectors alone, where the others have one much like it, is told once."""
    used = Counter(
        label
        for name, table in source.tables.items()
        if name != "sectors"
        for label in {str(cell).strip() for column in _sector_columns(name, table) for cell in column if cell}
    )
    strange = [label for label, tables in used.items() if tables > 1 and label not in set(sectors["code"])]
    meant = {}
    for row, code in zip(sectors.index, map(str, sectors["code"]), strict=True):
        lone = code and code not in used and code not in label_names("family")
        near = get_close_matches(code, strange, n=1) if lone else []
        if near:
            words = f"{code!r} stands in no other table, and {near[0]!r} in {used[near[0]]} of them; write it alike"
            faults.append(Fault(source.places["sectors"], words, int(str(row)), "code"))
            meant[code] = near[0]
    # The rows of the other tables are not to blame.
    sectors["code"] = [meant.get(code, code) for code in sectors["code"]]


def _sector_columns(name: str, table: RawTable) -> Iterable[list[object]]:
    """The cells of the columns of a table that hold codes of sectors."""
    for rule in column_rules(name):
        if rule.kind == "sector" and rule.column in table.columns:
            place = table.columns.index(rule.column)
            yield [cells[place] for _, cells in table.rows]


def _vocabulary(
    source: Source, tables: Mapping[str, pd.DataFrame], regions: tuple[str, ...], sets: tuple[str, ...]
) -> Vocabulary:
    """What cells may say, as far as it is known when a table is read; the table of sectors is read first."""
    settings = setting_rules(regions)
    allowed = {kind: label_names(kind) for kind in ("group", "skill", "family")}
    allowed["macro_account"] = tuple(dict.fromkeys(account for cell in flow_rules() for account in cell))
    if regions:
        allowed["region"] = regions
        allowed["setting"] = tuple(settings)
    for kind, column in (("sector", "code"), ("row", "row")):
        if "sectors" in tables and column in tables["sectors"]:
            allowed[kind] = tuple(label for label in dict.fromkeys(tables["sectors"][column]) if label)
    needed = {"setting": tuple(name for name, rule in settings.items() if rule.required)} if regions else {}
    return Vocabulary(Labels(regions, sets), allowed, needed, settings, _variants(source.tables.get("scalars"), sets))


def _variants(scalars: RawTable | None, sets: Iterable[str]) -> tuple[str, ...]:
    """Trade patterns of the parameter sets other than the base: endings of columns."""
    if scalars is None or "name" not in scalars.columns:
        return ()
    found = [
        str(cells[scalars.columns.index(name)]).strip()
        for _, cells in scalars.rows
        if cells[scalars.columns.index("name")] == "trade_pattern"
        for name in sets
        if not is_blank(cells[scalars.columns.index(name)])
    ]
    return tuple(name for name in dict.fromkeys(found) if name != "base")


def _digest(name: str, table: pd.DataFrame) -> str:
    """A hash of the labels and numbers of a table, without its texts."""
    texts = [rule.column for rule in column_rules(name) if rule.kind in ("text", "source")]
    frame = table.drop(columns=[column for column in texts if column in table])
    rows = [
        [cell.hex() if isinstance(cell, float) else cell for cell in row]
        for row in frame.itertuples(index=False, name=None)
    ]
    return _identity([name, *frame.columns], rows)


def _identity(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
