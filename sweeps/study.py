"""A study: everything that a sweep is, as a frozen value."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from ..engines import Engine, Scenario, Shock
from ..engines import engine as load_engine
from .claim import Claim
from .factor import StudyFactor
from .quadrature import Rule

Method = Literal["sobol", "morris", "latin", "fast", "factorial", "grid", "csv", "quadrature"]
Setting = str | int | float | bool


@dataclass(frozen=True, slots=True)
class DesignSpec:
    """Which draws are made.

    Parameters
    ----------
    method : str
        One of `Method`.
    samples : int
        Base points (`sobol`), trajectories (`morris`), points of a curve (`fast`), otherwise rows.
    seed : int
        Positive; unused by `factorial`, `grid`, `csv` and `quadrature`.
    second_order : bool
        Whether a Sobol block has the rows for second-order indices.
    levels : int, optional
        Points on each axis of `morris` and `grid`.
    rule : {"stroud", "degree_5"}, optional
        The rule of `quadrature`.
    file : str, optional
        The file of a `csv` design.
    table : tuple of rows
        The rows of a `csv` design, in factor units.
    """

    method: Method
    samples: int
    seed: int = 1
    second_order: bool = False
    levels: int | None = None
    rule: Rule | None = None
    file: str | None = None
    table: tuple[tuple[float, ...], ...] = field(default=(), repr=False)

    @property
    def nested(self) -> bool:
        """Whether the rows for `samples` are the first rows for twice as many."""
        return self.method == "sobol"


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """What a study says about its report."""

    title: str | None = None
    notes: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Study:
    """A sweep as a value: what is varied, how, under which policies, and what is asked of the results.

    Made by `read_study` or `study_from_text`, which check it against its engine. `scenarios` leave the baseline out and
    are resolved; `outputs` are those kept in the store; `files` maps each file that the text refers to by name (an
    empirical distribution, a design) to its contents, so that text and files together are the whole study.
    """

    name: str
    description: str
    engine: str
    case: str
    settings: Mapping[str, Setting]
    scenarios: tuple[Scenario, ...]
    factors: tuple[StudyFactor, ...]
    design: DesignSpec
    outputs: tuple[str, ...]
    claims: tuple[Claim, ...]
    failures_allowed: float
    target_halfwidth: float | None
    report: ReportSettings
    engine_identity: str
    numbers_version: int
    text: str = field(repr=False)
    origin: str
    files: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def record(self) -> dict[str, object]:
        """What decides the numbers, as plain values that JSON holds; `identity` is its hash."""
        design: dict[str, object] = {
            "method": self.design.method,
            "seed": self.design.seed,
            "second_order": self.design.second_order,
            "levels": self.design.levels,
            "rule": self.design.rule,
            "rows": [list(row) for row in self.design.table],
        }
        if not self.design.nested:
            # Without nesting another number of samples is another set of draws.
            design["samples"] = self.design.samples
        return {
            "engine": {"name": self.engine, "identity": self.engine_identity, "numbers_version": self.numbers_version},
            "settings": dict(self.settings),
            "scenarios": {
                scenario.name: [_shock_record(shock) for shock in scenario.shocks] for scenario in self.scenarios
            },
            "scenario_order": [scenario.name for scenario in self.scenarios],
            "factors": {factor.name: _factor_record(factor) for factor in self.factors},
            "factor_order": [factor.name for factor in self.factors],
            "design": design,
            "outputs": sorted(self.outputs),
        }

    @property
    def identity(self) -> str:
        """SHA-256 (hex) of the canonical JSON of `record`."""
        return hashlib.sha256(canonical_json(self.record).encode()).hexdigest()

    def build_engine(self) -> Engine:
        """The engine with its case loaded."""
        return build_engine(self.engine, case_location(self.case, self.origin), self.settings)

    def with_samples(self, samples: int) -> "Study":
        """The same study with another number of samples; the numbers of the rows that both have are the same.

        Raises
        ------
        ValueError
            If the design is not nested, or `samples` is not a power of two.
        """
        if not self.design.nested:
            message = (
                f"The design {self.design.method!r} is not nested: with other samples every row changes. "
                "Only a 'sobol' study can be extended; run this one again into a new store."
            )
            raise ValueError(message)
        if samples < 1 or samples & (samples - 1):
            raise ValueError(f"The samples of a 'sobol' design must be a power of two, not {samples}.")
        return replace(self, design=replace(self.design, samples=samples))


def canonical_json(record: Mapping[str, object]) -> str:
    """JSON with sorted keys and no spaces: one text for one content."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), allow_nan=False)


# The identity of an engine is a hash, which tells a reader nothing.
_DATA_CHANGED = "the tables of the case are not those that the store was made with"


def record_differences(old: Mapping[str, object], new: Mapping[str, object], path: str = "") -> list[str]:
    """Where two records differ, each as a path with the old and the new value."""
    found = []
    for key in sorted({*old, *new}):
        here = f"{path}.{key}" if path else key
        before, after = old.get(key), new.get(key)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            found.extend(record_differences(before, after, here))
        elif canonical_json({"": before}) != canonical_json({"": after}):
            words = f"{_brief(before)} in the store, {_brief(after)} now"
            found.append(f"{here}: {_DATA_CHANGED if here == 'engine.identity' else words}")
    return found


def case_location(case: str, origin: str) -> str:
    """A case that lies beside the study's file as a path from there; any other as it is."""
    beside = Path(origin).parent / case
    looks_like_path = "/" in case or "\\" in case or case.startswith(".") or Path(case).suffix != ""
    return str(beside) if looks_like_path and not Path(case).is_absolute() and beside.exists() else case


def build_engine(name: str, case: str | None, settings: Mapping[str, Setting]) -> Engine:
    """An engine; one with a bundled case, which cannot change, is made once in a process."""
    if case is not None and Path(case).exists():
        return load_engine(name, case, **settings)
    return _bundled(name, case, tuple(sorted(settings.items())))


@lru_cache(maxsize=4, typed=True)
def _bundled(name: str, case: str | None, settings: tuple[tuple[str, Setting], ...]) -> Engine:
    return load_engine(name, case, **dict(settings))


def _factor_record(factor: StudyFactor) -> dict[str, object]:
    # JSON has no infinity: an end that does not exist is none.
    ends = {
        key: None if value in (math.inf, -math.inf) else value for key, value in asdict(factor.distribution).items()
    }
    return {"distribution": type(factor.distribution).__name__, "group": factor.group, **ends}


def _shock_record(shock: Shock) -> dict[str, object]:
    return {**asdict(shock), "sectors": list(shock.sectors)}


def _brief(value: object) -> str:
    text = "nothing" if value is None else canonical_json({"": value})[4:-1]
    return text if len(text) <= 60 else f"{text[:56]} ..."
