"""From the tables of a case and a choice of settings to an engine."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...data import Case, read_case
from ..interface import Draws, Provenance, Scenario, unknown
from . import entry
from .base import build_base
from .benchmark import Benchmark, benchmark
from .economy import Priors, Sets, Settings, Totals, read_priors, read_sets, read_totals
from .engine import CgeEngine, Matrix, MatrixShelf
from .entropy import InfeasibleMatrixError
from .factors import base_state, behaviour, columns, list_factors
from .lanes import LANES
from .matrix import SocialAccountingMatrix, balance, noisy
from .outputs import coordinates, list_outputs
from .parts import Allocation, Deflator, Rules
from .program import record
from .scenario import schedule
from .shipped import load_shipped

DEFLATORS = {
    "none": Deflator.NONE,
    "price_of_capital": Deflator.PRICE_OF_CAPITAL,
    "regional_cpi": Deflator.REGIONAL_CPI,
    "regional_domestic_price": Deflator.REGIONAL_DOMESTIC_PRICE,
}
ALLOCATIONS = {kind.name.lower(): kind for kind in Allocation}


@dataclass(frozen=True)
class Economy:
    """A case under its settings: what is fixed, what is a prior, and the numbered matrices that follow."""

    case: Case
    settings: Settings

    @cached_property
    def sets(self) -> Sets:
        """Labels."""
        return read_sets(self.case.tables, self.case.meta)

    @cached_property
    def totals(self) -> Totals:
        """What every matrix meets."""
        return read_totals(self.case.tables, self.sets)

    @cached_property
    def priors(self) -> Priors:
        """Starting values of the central matrix."""
        return read_priors(self.case.tables, self.sets, self.totals, self.settings)

    @cached_property
    def rules(self) -> Rules:
        """Structural switches."""
        s = self.settings
        return Rules(
            ALLOCATIONS[str(s["allocation"])],
            DEFLATORS[str(s["profit_deflator"])],
            bool(s["mining_type"]),
            s["tax_closure"] == "equal_yield",
            float(s["tax_other"]),
            float(s["migrant_self"]),
        )

    @cached_property
    def identity(self) -> str:
        """Hash of the tables and the settings."""
        return hashlib.sha256(f"{self.case.identity}{sorted(self.settings.items())}".encode()).hexdigest()

    def matrix(self, number: int) -> SocialAccountingMatrix:
        """The balanced matrix of a number: 0 from the priors, the others from priors with lognormal noise.

        Raises
        ------
        InfeasibleMatrixError
            If the noisy priors of this number meet no matrix.
        """
        shipped = load_shipped(self.case.folder, self.identity, number)
        return shipped if shipped is not None else self.balanced(number)

    def balanced(self, number: int) -> SocialAccountingMatrix:
        """The same, computed."""
        return balance(self.sets, self.totals, self.numbered_priors(number))

    def numbered_priors(self, number: int) -> Priors:
        """Priors of a numbered matrix; the noise depends on the case's seed and the number alone."""
        if number == 0:
            return self.priors
        noise = entry.table(self.case.meta, "noise")
        generator = np.random.default_rng([entry.whole_number(noise, "seed"), number])
        return noisy(self.priors, generator, entry.number(noise, "spread"))

    def benchmark(self, number: int) -> Benchmark:
        """The base year of a numbered matrix."""
        return benchmark(self.sets, self.totals, self.priors, self.settings, self.matrix(number))


@dataclass(frozen=True)
class MatrixBuilder:
    """Opens matrices of an economy for the engine; numbers count the feasible ones."""

    economy: Economy
    feasible: tuple[int, ...]

    def __call__(self, number: int) -> Matrix:
        economy, settings = self.economy, self.economy.settings
        b = economy.benchmark(self.feasible[number])
        base = build_base(b)
        factors = list_factors(economy.sets, settings, len(self.feasible))
        draw = columns(factors, Draws((), np.zeros((LANES, 0))))
        years = entry.whole_number(economy.case.meta, "years")
        program = record(
            base,
            economy.rules,
            behaviour(economy.sets, settings, economy.priors.trade_elasticity, b, draw),
            schedule(economy.sets, settings, b, years, draw, Scenario("baseline", "Baseline")),
            base_state(b, LANES),
        )
        return Matrix(b, program)


def read_settings(case: Case, chosen: str | None, overrides: Mapping[str, object]) -> Settings:
    """Structural switches of a parameter set, with overrides.

    Raises
    ------
    UnknownNameError
        If the set or a switch does not exist.
    """
    table = case.tables["scalars"].set_index("name")
    name = (chosen or str(case.meta["default_set"])).replace("-", "_")
    sets = [column for column in table.columns if column not in ("meaning", "source")]
    if name not in sets:
        raise unknown("parameter set", name.replace("_", "-"), [s.replace("_", "-") for s in sets])
    settings: dict[str, float | str | bool] = {str(key): _parsed(value) for key, value in table[name].items()}
    for key, value in overrides.items():
        if key not in settings:
            raise unknown("setting", key, list(settings))
        settings[key] = _parsed(value)
    for key, allowed in (("allocation", ALLOCATIONS), ("profit_deflator", DEFLATORS)):
        if settings[key] not in allowed:
            raise unknown(key, str(settings[key]), list(allowed))
    return settings


def build_engine(case: str | None = None, **settings: object) -> CgeEngine:
    """The two-region model of a case.

    Parameters
    ----------
    case : str, optional
        A bundled name, a folder or a workbook; `peru-2002` if left out.
    **settings
        `set` picks a parameter set of the case; the others override its structural switches.
    """
    loaded = read_case(case or "peru-2002")
    chosen = settings.pop("set", None)
    values = read_settings(loaded, None if chosen is None else str(chosen), settings)
    economy = Economy(loaded, values)
    noise = entry.table(loaded.meta, "noise") if "noise" in loaded.meta else {}
    feasible = tuple(range(1 + (entry.whole_number(noise, "shipped") if "shipped" in noise else 0)))
    years = entry.whole_number(loaded.meta, "years")
    return CgeEngine(
        case=loaded.name,
        identity=economy.identity,
        sets=economy.sets,
        settings=values,
        rules=economy.rules,
        elasticity=economy.priors.trade_elasticity,
        years=years,
        factors=list_factors(economy.sets, values, len(feasible)),
        scenarios=read_scenarios(loaded),
        outputs=list_outputs(entry.text(loaded.meta, "currency"), entry.whole_number(loaded.meta, "base_year")),
        coords=coordinates(economy.sets, years, economy.sets.households),
        provenance=Provenance(
            entry.text(loaded.meta, "citation"),
            entry.text(loaded.meta, "licence"),
            entry.texts(loaded.meta, "notes") if "notes" in loaded.meta else (),
        ),
        open_matrix=MatrixShelf(MatrixBuilder(economy, feasible)),
    )


def read_scenarios(case: Case) -> dict[str, Scenario]:
    """Policies of the case's `scenarios.toml`."""
    scenarios = {}
    for name, table in case.scenarios.items():
        shocks = tuple(entry.shock(shock) for shock in entry.tables(table, "shocks"))
        scenarios[name] = Scenario(name, entry.text(table, "label"), shocks, str(table.get("description", "")))
    return scenarios


def _parsed(value: object) -> float | str | bool:
    if isinstance(value, bool):
        return value
    text = str(value)
    if text in ("True", "False"):
        return text == "True"
    try:
        return float(text)
    except ValueError:
        return text


__all__ = ["Economy", "InfeasibleMatrixError", "build_engine", "read_settings"]
