"""What comes with the package, and the engine that a case belongs to."""

from dataclasses import dataclass
from pathlib import Path

from ..data import bundled_cases, case_engine, read_case
from ..data.corridor import read_corridor
from ..engines import Engine, engine
from ..engines.ishigami import IshigamiEngine


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """One case: its name, its engine, and in a line what it is."""

    name: str
    engine: str
    title: str


def list_cases() -> list[CaseEntry]:
    """The cases that come with the package, by name."""
    own = IshigamiEngine()
    known = [CaseEntry(own.case, own.name, "A function with known variance shares, to try an installation")]
    known += [_entry(name) for name in bundled_cases()]
    return sorted(known, key=lambda entry: entry.name)


def is_case(name_or_path: str) -> bool:
    """Whether something is a case and no study: a folder, a workbook, or the name of a bundled case."""
    path = Path(name_or_path)
    return path.is_dir() or path.suffix.lower() == ".xlsx" or name_or_path in bundled_cases()


def load_case(case: str) -> Engine:
    """The engine of a case, with the case loaded.

    Parameters
    ----------
    case : str
        A bundled case, or the path of a folder or workbook.

    Raises
    ------
    CaseError
        If there is no such case, or it has faults.
    """
    if case == IshigamiEngine().case:
        return engine(IshigamiEngine().name)
    return engine(_entry(case).engine, case)


def _entry(case: str) -> CaseEntry:
    name = case_engine(case)
    meta = read_corridor(case).meta if name == "spatial" else read_case(case).meta
    return CaseEntry(case, name, str(meta.get("title", "")))
