"""Reading a case: a bundled one, a folder of tables, or a workbook with one sheet a table."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

CASES = Path(__file__).parent / "cases"
MODELS = Path(__file__).parent / "models"
FOLDERS = ("economy", "priors")


class CaseError(ValueError):
    """A case that cannot be read; the message lists every fault with file or sheet, row and column."""


@dataclass(frozen=True)
class Case:
    """Tables and texts of a case. `identity` is a hash of what decides the numbers."""

    name: str
    folder: Path
    meta: Mapping[str, object]
    tables: Mapping[str, pd.DataFrame]
    scenarios: Mapping[str, Mapping[str, object]]
    identity: str
    results: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def model_table(name: str) -> pd.DataFrame:
    """A table that belongs to a model rather than to a case, as text."""
    return pd.read_csv(MODELS / f"{name}.csv", dtype=str, keep_default_na=False)


def bundled_cases() -> dict[str, Path]:
    """Names and folders of the cases that come with the package."""
    return {path.parent.name: path.parent for path in sorted(CASES.glob("*/case.toml"))}


def read_case(name_or_path: str) -> Case:
    """Read a case by name or path.

    Raises
    ------
    CaseError
        If there is no such case, or if one of its files cannot be read.
    """
    bundled = bundled_cases()
    path = bundled.get(name_or_path, Path(name_or_path))
    if path.suffix == ".xlsx" and path.is_file():
        return _from_workbook(path)
    if not (path / "case.toml").is_file():
        message = (
            f"There is no case {name_or_path!r}. Bundled: {', '.join(bundled)}. Or give the path of a folder that "
            "holds case.toml, or of an .xlsx workbook with a sheet `case`."
        )
        raise CaseError(message)
    tables = {file.stem: _read_csv(file) for folder in FOLDERS for file in sorted((path / folder).glob("*.csv"))}
    results = {file.stem: _read_csv(file) for file in sorted((path / "published").glob("*.csv"))}
    meta = _read_toml(path / "case.toml")
    scenarios = _read_scenarios(path / "scenarios.toml") if (path / "scenarios.toml").is_file() else {}
    return Case(path.name, path, meta, tables, scenarios, _identity(meta, tables, scenarios), results)


def _from_workbook(path: Path) -> Case:
    sheets = pd.read_excel(path, sheet_name=None)
    if "case" not in sheets:
        message = f"{path}: there is no sheet `case` with the columns key and value."
        raise CaseError(message)
    entries = sheets.pop("case")
    text = "\n".join(f"{key} = {value}" for key, value in entries[["key", "value"]].itertuples(index=False))
    try:
        meta = tomllib.loads(text)
        scenarios = {
            name: {"label": label, "shocks": tomllib.loads(f"x = [{shocks}]")["x"]}
            for name, label, shocks in sheets.pop("scenarios", pd.DataFrame(columns=["name", "label", "shocks"]))[
                ["name", "label", "shocks"]
            ].itertuples(index=False)
        }
    except tomllib.TOMLDecodeError as error:
        message = f"{path}: sheet `case` or `scenarios`: {error}. Write values as in TOML, with text in quotes."
        raise CaseError(message) from error
    return Case(path.stem, path.parent, meta, sheets, scenarios, _identity(meta, sheets, scenarios))


def _read_csv(file: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(file)
    except (ValueError, OSError) as error:
        message = f"{file}: {error}. Save it as comma-separated text in UTF-8 with one header line."
        raise CaseError(message) from error


def _read_toml(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        message = f"{file}: {error}."
        raise CaseError(message) from error


def _read_scenarios(file: Path) -> dict[str, Mapping[str, object]]:
    scenarios: dict[str, Mapping[str, object]] = {}
    for name, entry in _read_toml(file).items():
        if not isinstance(entry, Mapping):
            message = f"{file}: {name!r} is {entry!r}; a scenario is a table with a label and shocks."
            raise CaseError(message)
        scenarios[name] = entry
    return scenarios


def _identity(meta: Mapping[str, object], tables: Mapping[str, pd.DataFrame], scenarios: Mapping[str, object]) -> str:
    digest = hashlib.sha256(json.dumps([meta, scenarios], sort_keys=True, default=str).encode())
    for name in sorted(tables):
        frame = tables[name].drop(columns=["source", "note", "meaning"], errors="ignore")
        digest.update(name.encode() + frame.to_csv(index=False).encode())
    return digest.hexdigest()
