"""From the tables of a case and a choice of settings to an engine."""

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ...data import Case, CaseError, Fault, read_case
from ...data.layout import setting_rules
from .. import entry
from ..interface import Draws, Factor, Provenance, Scenario
from ..lanes import LANES
from .base import build_base
from .benchmark import Benchmark, benchmark
from .economy import Priors, Sets, Settings, Totals, read_priors, read_sets, read_totals
from .engine import CgeEngine, Matrix, MatrixShelf
from .entropy import InfeasibleMatrixError
from .factors import base_state, behaviour, columns, list_factors
from .matrix import SocialAccountingMatrix, balance, noisy
from .outputs import coordinates, list_outputs
from .parts import Allocation, Deflator, Rules
from .policy import read_scenarios
from .program import record
from .scenario import schedule
from .settings import list_switches, read_settings
from .shipped import load_stored


class MissingMatrixError(LookupError):
    """A numbered matrix that a study uses and this machine does not have."""


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

    @cached_property
    def matrix_identity(self) -> str:
        """Hash of what matrices and their base years follow from: tables, noise, and the settings that they read."""
        rules = setting_rules(self.sets.regions)
        read = sorted((name, value) for name, value in self.settings.items() if rules[name].matrix)
        return hashlib.sha256(f"{self.case.base_identity}{read}".encode()).hexdigest()

    def matrix_numbers(self) -> tuple[int, ...]:
        """Numbers of the matrices that are there without balancing any: the central one, those shipped, those drawn."""
        return tuple(sorted({0, *load_stored(self.case.folder, self.matrix_identity).numbers}))

    def matrix(self, number: int) -> SocialAccountingMatrix:
        """The balanced matrix of a number: 0 from the priors, the others from priors with lognormal noise.

        Raises
        ------
        InfeasibleMatrixError
            If the noisy priors of this number meet no matrix.
        """
        stored = load_stored(self.case.folder, self.matrix_identity).matrices
        return stored[number] if number in stored else self.balanced(number)

    def balanced(self, number: int) -> SocialAccountingMatrix:
        """The same, computed."""
        return balance(self.sets, self.totals, self.numbered_priors(number))

    def numbered_priors(self, number: int) -> Priors:
        """Priors of a numbered matrix; the noise depends on the case's seed and the number alone."""
        if number == 0:
            return self.priors
        noise = entry.table(self.case.meta, "noise") if "noise" in self.case.meta else {}
        if "spread" not in noise:
            words = "has no noise, so there is only matrix 0; give noise.spread and noise.seed, such as 0.2 and 1"
            raise CaseError(self.case.name, [Fault("case", words, column="noise")])
        generator = np.random.default_rng([entry.whole_number(noise, "seed"), number])
        return noisy(self.priors, generator, entry.number(noise, "spread"))

    def benchmark(self, number: int) -> Benchmark:
        """The base year of a numbered matrix."""
        return self.central if number == 0 else self.calibrated(self.matrix(number))

    @cached_property
    def central(self) -> Benchmark:
        """The base year of matrix 0."""
        return self.calibrated(self.matrix(0))

    def calibrated(self, matrix: SocialAccountingMatrix) -> Benchmark:
        """The base year of a matrix.

        Raises
        ------
        InfeasibleMatrixError
            If a rate that follows from it makes no sense.
        """
        return benchmark(self.sets, self.totals, self.priors, self.settings, matrix)


@dataclass(frozen=True)
class MatrixBuilder:
    """Opens matrices of an economy for the engine; numbers count the feasible ones."""

    economy: Economy
    feasible: tuple[int, ...]

    def __call__(self, number: int) -> Matrix:
        economy = self.economy
        if number >= len(self.feasible):
            message = (
                f"Level {number} of the factor `matrix` is not on this machine, which has {len(self.feasible)} "
                f"matrices of {economy.case.name}. Run `cordillera matrices` here as where the study was made."
            )
            raise MissingMatrixError(message)
        b = economy.benchmark(self.feasible[number])
        base = build_base(b)
        factors = economy_factors(economy, self.feasible)
        draw = columns(factors, Draws((), np.zeros((LANES, 0))))
        years = entry.whole_number(economy.case.meta, "years")
        program = record(
            base,
            economy.rules,
            behaviour(economy.sets, economy.settings, economy.priors.trade_elasticity, b, draw),
            schedule(economy.sets, economy.settings, b, years, draw, Scenario("baseline", "Baseline")),
            base_state(b, LANES),
        )
        return Matrix(b, program)


def economy_factors(economy: Economy, numbers: tuple[int, ...]) -> dict[str, Factor]:
    """Factors of an economy; the levels of `matrix` are the numbers that have one."""
    factors = list_factors(economy.sets, economy.settings, len(numbers))
    return {**factors, "matrix": replace(factors["matrix"], levels=tuple(map(str, numbers)))}


def build_engine(case: str | None = None, **settings: object) -> CgeEngine:
    """The two-region model of a case.

    Parameters
    ----------
    case : str, optional
        A bundled name, a folder or a workbook; `peru-2002` if left out.
    **settings
        `set` picks a parameter set of the case; the others override its structural switches.

    Raises
    ------
    CaseError
        If the case has faults, or its priors meet no matrix.
    """
    loaded = read_case(case or "peru-2002")
    chosen = settings.pop("set", None)
    values = read_settings(loaded, None if chosen is None else str(chosen), settings)
    economy = Economy(loaded, values)
    try:
        economy.benchmark(0)
    except InfeasibleMatrixError as error:
        raise CaseError(loaded.name, [Fault("priors and settings", str(error))]) from error
    feasible = economy.matrix_numbers()
    factors = economy_factors(economy, feasible)
    years = entry.whole_number(loaded.meta, "years")
    return CgeEngine(
        case=case or "peru-2002",
        identity=economy.identity,
        sets=economy.sets,
        settings=values,
        rules=economy.rules,
        elasticity=economy.priors.trade_elasticity,
        years=years,
        factors=factors,
        scenarios=read_scenarios(loaded),
        outputs=list_outputs(entry.text(loaded.meta, "currency"), entry.whole_number(loaded.meta, "base_year")),
        coords=coordinates(economy.sets, years, economy.sets.households),
        provenance=Provenance(
            entry.text(loaded.meta, "citation"),
            entry.text(loaded.meta, "licence"),
            entry.texts(loaded.meta, "notes") if "notes" in loaded.meta else (),
        ),
        open_matrix=MatrixShelf(MatrixBuilder(economy, feasible)),
        switches=list_switches(loaded, values),
    )


__all__ = ["Economy", "InfeasibleMatrixError", "build_engine", "read_settings"]
