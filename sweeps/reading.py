"""Reading a study: TOML in, a checked `Study` out, or every fault in one `StudyError`."""

import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from .. import data
from ..data.system import reading_words
from ..engines import Engine, Scenario
from .claim import Claim
from .design_reading import check_design, read_design, sized
from .factor import StudyFactor
from .fault import Fault, StudyError, nearest, shown, unknown_fault
from .law import LAW_TABLES, LawTable, build_law
from .policy import resolve_policies
from .source import FileSource, read_text
from .specification import (
    DESIGN_TABLES,
    DesignTable,
    HeadTable,
    ReportTable,
    joined,
    tagged,
    validated,
)
from .statement import check_claim, read_claim
from .study import DesignSpec, ReportSettings, Setting, Study, build_engine, case_location

_TABLES = ("settings", "scenarios", "design", "factors", "claims", "report")
Law = tuple[str, str, LawTable | None]
# What an engine raises that cannot be built from what a study says.
_UNBUILT = (KeyError, ValueError, TypeError, OSError)


def bundled_studies() -> list[str]:
    """Names of the studies that come with the package."""
    folder = resources.files(data) / "studies"
    return sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml"))


def read_study(name_or_path: str | Path) -> Study:
    """Read a study and check it against its engine.

    Parameters
    ----------
    name_or_path : str or Path
        The name of a bundled study, or the path of a TOML file.

    Returns
    -------
    Study
        Frozen, with its scenarios resolved.

    Raises
    ------
    StudyError
        With every fault: its path in the file, the value, and what is allowed.

    Examples
    --------
    >>> study = cordillera.read_study("peru-divergence")  # doctest: +SKIP
    """
    asked = str(name_or_path)
    bundled = bundled_studies()
    if asked in bundled:
        source = resources.files(data) / "studies" / f"{asked}.toml"
        return study_from_text(source.read_text(encoding="utf-8"), str(source))
    path = Path(asked)
    try:
        text = read_text(path)
    except FileNotFoundError:
        words = f"there is no such file, and no bundled study of that name.{nearest(asked, bundled)}"
        raise StudyError(asked, [Fault("", words)]) from None
    except (OSError, ValueError) as error:
        raise StudyError(asked, [Fault("", reading_words(error))]) from None
    return study_from_text(text, str(path.absolute()))


def study_from_text(text: str | bytes, origin: str = "study", files: Mapping[str, str] | None = None) -> Study:
    """A study from the text of its TOML file.

    Parameters
    ----------
    text : str or bytes
        The contents of the file.
    origin : str
        Where it comes from: the path of the file, beside which other files are looked for, or a name for messages.
    files : mapping of str to str, optional
        The contents of the files that the study names, as kept in `Study.files`; then nothing is read from the disk.

    Raises
    ------
    StudyError
        With every fault that was found.
    """
    tree, decoded = _parse(text, origin)
    return _Reader(tree, decoded, origin, FileSource(origin, files)).study()


class _Reader:
    """The tables of one file on their way to a study, with the faults found so far."""

    def __init__(self, tree: dict[str, object], text: str, origin: str, source: FileSource) -> None:
        self.tree, self.text, self.origin, self.source = tree, text, origin, source
        self.faults: list[Fault] = []

    def study(self) -> Study:
        """Everything read, then everything checked against the engine."""
        faults = self.faults
        head = self._head()
        report = validated(ReportTable, self.tree.get("report", {}), "report", faults)
        settings = self._settings()
        design = tagged(DESIGN_TABLES, "method", self.tree.get("design", {}), "design", faults)
        laws = self._laws()
        claims = self._claims()
        engine = self._engine(head, settings)
        if engine is None:
            raise StudyError(self.origin, faults)
        scenarios, names = self._scenarios(engine)
        outputs = self._outputs(engine)
        spec, factors = self._plan(design, laws, engine)
        for i, name in enumerate(report.outputs if report else ()):
            if name not in outputs:
                faults.append(unknown_fault(joined("report.outputs", i), "output", name, list(outputs)))
        for path, claim in claims:
            faults.extend(check_claim(claim, path, engine, names, outputs))
        if faults or head is None or spec is None or report is None:
            raise StudyError(self.origin, faults)
        return Study(
            name=head.name,
            description=head.description,
            engine=head.engine,
            case=head.case or engine.case,
            settings=settings,
            scenarios=scenarios,
            factors=factors,
            design=sized(spec, factors),
            outputs=outputs,
            claims=tuple(claim for _, claim in claims),
            failures_allowed=head.failures_allowed,
            target_halfwidth=head.target_halfwidth,
            report=ReportSettings(report.title, tuple(report.notes), tuple(report.outputs)),
            engine_identity=engine.identity,
            numbers_version=engine.numbers_version,
            text=self.text,
            origin=self.origin,
            files=self.source.used,
        )

    def _head(self) -> HeadTable | None:
        keys = {key: value for key, value in self.tree.items() if key not in _TABLES}
        allowed = [*HeadTable.model_fields, *_TABLES]
        for key in [key for key in keys if key not in allowed]:
            self.faults.append(Fault(key, f"unknown key {shown(key)}.{nearest(key, allowed)}"))
            del keys[key]
        return validated(HeadTable, keys, "", self.faults)

    def _settings(self) -> dict[str, Setting]:
        raw = self.tree.get("settings", {})
        if not isinstance(raw, Mapping):
            self.faults.append(Fault("settings", f"must be a table, not {shown(raw)}"))
            return {}
        found: dict[str, Setting] = {}
        for key, value in raw.items():
            path = joined("settings", str(key))
            if key in ("name", "case"):
                self.faults.append(Fault(path, "is no switch; the study has 'engine' and 'case' for it"))
            elif isinstance(value, str | bool) or (isinstance(value, int | float) and abs(value) < 1e300):
                found[str(key)] = value
            else:
                self.faults.append(Fault(path, f"must be a text, a number or true/false, not {shown(value)}"))
        return found

    def _laws(self) -> list[Law]:
        """Path, name and table of every factor."""
        raw = self.tree.get("factors", {})
        if not isinstance(raw, Mapping):
            self.faults.append(Fault("factors", f"must be tables [factors.NAME], not {shown(raw)}"))
            return []
        paths = {str(name): joined("factors", str(name)) for name in raw}
        return [
            (path, name, tagged(LAW_TABLES, "distribution", raw[name], path, self.faults))
            for name, path in paths.items()
        ]

    def _claims(self) -> list[tuple[str, Claim]]:
        raw = self.tree.get("claims", [])
        if not isinstance(raw, list):
            self.faults.append(Fault("claims", f"must be tables [[claims]], not {shown(raw)}"))
            return []
        found: list[tuple[str, Claim]] = []
        for i, item in enumerate(raw):
            path = joined("claims", i)
            claim = read_claim(item, path, self.faults)
            if claim is None:
                continue
            for other, known in found:
                if known.name == claim.name:
                    self.faults.append(Fault(joined(path, "name"), f"{claim.name!r} is the name of {other} already"))
            found.append((path, claim))
        return found

    def _engine(self, head: HeadTable | None, settings: dict[str, Setting]) -> Engine | None:
        name = head.engine if head else self.tree.get("engine")
        case = head.case if head else self.tree.get("case")
        if not isinstance(name, str) or not isinstance(case, str | None):
            return None
        place = None if case is None else case_location(case, self.origin)
        try:
            return build_engine(name, place, settings)
        except _UNBUILT as error:
            first = error
        try:
            # What else is wrong can be told with the settings of the case, if it is the study's own that do not fit.
            engine = build_engine(name, place, {}) if settings else None
        except _UNBUILT:
            engine = None
        if engine is None:
            self.faults.append(Fault("case" if isinstance(first, data.CaseError) else "engine", str(first)))
            return None
        known = len(self.faults)
        for key, value in settings.items():
            try:
                build_engine(name, place, {key: value})
            except _UNBUILT as error:
                told = [one.message for one in error.faults] if isinstance(error, data.CaseError) else [str(error)]
                self.faults += [Fault(joined("settings", key), words) for words in told]
        if len(self.faults) == known:
            self.faults.append(Fault("settings", str(first)))
        return engine

    def _outputs(self, engine: Engine) -> tuple[str, ...]:
        raw = self.tree.get("outputs")
        if not isinstance(raw, list):
            return tuple(engine.outputs)
        known = len(self.faults)
        for i, name in enumerate(raw):
            if isinstance(name, str) and name not in engine.outputs:
                self.faults.append(unknown_fault(joined("outputs", i), "output", name, list(engine.outputs)))
            elif name in raw[:i]:
                self.faults.append(Fault(joined("outputs", i), f"{shown(name)} stands here twice"))
        if not raw:
            self.faults.append(Fault("outputs", "is empty; leave it out to keep all"))
        return (
            tuple(engine.outputs) if len(self.faults) > known else tuple(name for name in raw if isinstance(name, str))
        )

    def _scenarios(self, engine: Engine) -> tuple[tuple[Scenario, ...], list[str]]:
        """The scenarios, and the names that claims may use."""
        known = len(self.faults)
        scenarios = resolve_policies(self.tree.get("scenarios"), engine, self.faults)
        if len(self.faults) > known:
            # A claim about a scenario that is misspelt in the list is no second fault.
            return scenarios, list(engine.scenarios)
        return scenarios, [scenario.name for scenario in scenarios]

    def _plan(
        self, table: DesignTable | None, laws: list[Law], engine: Engine
    ) -> tuple[DesignSpec | None, tuple[StudyFactor, ...]]:
        """The design and its factors."""
        factors = self._factors(laws, engine)
        if table is None:
            return None, factors
        spec, factors = read_design(table, factors, engine, self.source.read, self.faults)
        # Where every factor has a fault of its own, that there are none left is no further one.
        if factors or not (self.tree.get("factors") or spec.method == "csv"):
            self.faults.extend(check_design(spec, factors))
        return spec, factors

    def _factors(self, laws: list[Law], engine: Engine) -> tuple[StudyFactor, ...]:
        found = []
        for path, name, table in laws:
            if name not in engine.factors:
                self.faults.append(unknown_fault(path, "factor", name, list(engine.factors)))
            elif table is not None:
                law = build_law(table, engine.factors[name], path, self.source.read, self.faults)
                if law is not None:
                    found.append(StudyFactor(name, law, table.group))
        return tuple(found)


def _parse(text: str | bytes, origin: str) -> tuple[dict[str, object], str]:
    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        return tomllib.loads(decoded), decoded
    except UnicodeDecodeError as error:
        words = f"is not UTF-8 text: byte {error.start} is {error.object[error.start]:#04x}. Save it as UTF-8."
    except RecursionError:
        words = "is nested too deeply"
    except ValueError as error:
        words = f"is not TOML: {error}"
    raise StudyError(origin, [Fault("", words)])
