"""The uncertain inputs of the model, and what a draw of them means for its behaviour."""

from collections.abc import Mapping

import numpy as np

from ..interface import Draws, Factor
from .benchmark import Benchmark
from .economy import Floats, Sets, Settings
from .parts import Behaviour, State

FAMILIES = ("agriculture", "mining", "manufacturing", "services")
STUDY = "Thurlow, Morley and Nin Pratt (2009)"
JUDGEMENT = "judgement"
# A CES or CET power of zero has no root; nearer than this to one, an elasticity is moved away from it.
NEAREST_TO_UNITY = 1e-5


def list_factors(sets: Sets, settings: Settings, matrices: int) -> dict[str, Factor]:
    """Every factor by name, with the default of the chosen parameter set."""
    table = f"{STUDY}, Table A3"
    listed = [
        Factor(
            f"{kind}_{name}",
            "multiplier",
            1.0,
            0.05,
            10.0,
            f"{words} of {name} relative to Table A3 (same elasticity for regional and foreign trade)",
            table,
        )
        for kind, words in (
            ("armington", "Armington elasticity"),
            ("transformation", "elasticity of transformation"),
        )
        for name in (*FAMILIES, *(code for i, code in enumerate(sets.sectors) if i != sets.regional_trade))
    ]

    def scalar(name: str, unit: str, default: float, low: float, high: float, words: str, source: str) -> None:
        listed.append(Factor(name, unit, float(default), low, high, words, source))

    s = {key: value for key, value in settings.items() if not isinstance(value, str)}
    model = f"{STUDY}, section 3"
    baseline = f"{STUDY}, section 4"
    policy = f"{STUDY}, section 5"
    scalar("factor_substitution", "", s["sigma_va"], 0.05, 5.0, "Elasticity of substitution between factors", JUDGEMENT)
    scalar(
        "frisch", "multiplier", 1.0, 0.55, 5.0, "Frisch parameter of all households, relative to the case", JUDGEMENT
    )
    scalar(
        "income_elasticity_spread", "", s["income_elas_spread"], 0.0, 2.0,
        "Spread of income elasticities: 0 all equal to one, 1 as in the case", JUDGEMENT,
    )  # fmt: skip
    scalar(
        "migration_elasticity", "% of workers per %", s["mig_elas"], 0.0, 5.0,
        "Workers who move for each per cent that the wage gap between the regions widens", model,
    )  # fmt: skip
    scalar("dependents_share", "", s["dep_share"], 0.0, 1.0, "Share of dependents who move with a worker", model)
    scalar(
        "investment_mobility_regions", "", s["beta_reg"], 0.0, 20.0,
        "Response of a region's share of new capital to its relative profit rate", "inferred from Tables 3 and 5",
    )  # fmt: skip
    scalar(
        "investment_mobility_sectors", "", s["beta_sec"], 0.0, 5.0,
        "Response of a sector's share of its region's new capital to its relative profit rate", JUDGEMENT,
    )  # fmt: skip
    scalar("depreciation", "a year", s["depreciation"], 0.0, 0.3, "Depreciation of capital", baseline)
    scalar("factor_growth", "a year", s["factor_growth"], -0.05, 0.1, "Growth of labour, land and population", baseline)
    scalar("tfp_growth", "a year", s["tfp"], -0.05, 0.1, "Growth of productivity in every sector", baseline)
    scalar(
        "transaction_cost_tfp", "a year", 0.10, 0.0, 0.5,
        "Productivity growth of regional trade when transaction costs fall", policy,
    )  # fmt: skip
    scalar(
        "transaction_cost_cut",
        "share",
        0.35,
        0.0,
        0.95,
        "Cut of the regional trade margins in year 1",
        "policy variant",
    )
    scalar(
        "tfp_investment_elasticity", "multiplier", 1.0, 0.0, 5.0,
        "Productivity that public investment buys, relative to the elasticities of 0.10 and 0.08 of the study", policy,
    )  # fmt: skip
    scalar(
        "transfer", "million soles a year", 1600.0, 0.0, 20000.0, "Public money that a policy scenario spends", policy
    )
    scalar(
        "foreign_saving_growth", "a year", s["fsav_growth"], -0.1, 0.2, "Growth of foreign saving",
        "inferred from the trade volumes of Table 3",
    )  # fmt: skip
    listed.append(
        Factor(
            "matrix",
            "number",
            0.0,
            0.0,
            float(matrices - 1),
            "Social accounting matrix: 0 the central one, the others balanced from noisy priors",
            "minimum cross-entropy from the priors of the case",
            tuple(str(i) for i in range(matrices)),
        )
    )
    return {factor.name: factor for factor in listed}


def columns(factors: Mapping[str, Factor], draws: Draws) -> dict[str, Floats]:
    """Each factor's values over the draws, (draw,), defaults where the design does not vary it."""
    count = len(draws.values)
    values = {name: np.full(count, factor.default) for name, factor in factors.items()}
    for i, name in enumerate(draws.factors):
        values[name] = draws.values[:, i]
    return values


def behaviour(
    sets: Sets, settings: Settings, elasticity: Floats, b: Benchmark, draw: Mapping[str, Floats]
) -> Behaviour[Floats]:
    """Elasticities and rates of each run, (entry, run); every function is calibrated anew to the base year."""
    runs = len(draw["matrix"])

    def scaled(kind: str) -> Floats:
        by_family = np.stack([draw[f"{kind}_{family}"] for family in sets.families])
        own = np.stack([draw.get(f"{kind}_{code}", np.ones(runs)) for code in sets.sectors])
        return elasticity[:, None] * float(settings["trade_elas_scale"]) * by_family * own

    armington = _away_from_zero(1.0 - scaled("armington"))
    transformation = 1.0 + scaled("transformation")
    factor = _away_from_zero(1.0 - draw["factor_substitution"])[None, :]
    subsistence, marginal = _expenditure_system(settings, b, draw)
    capital = b.capital.reshape(2, -1).sum(axis=1)
    new = (draw["depreciation"] + float(settings["k_growth"])) * capital.sum()
    per_capital = b.investment.sum(axis=1)[:, None] / (new[None, :] * (capital / capital.sum())[:, None])

    def row(name: str) -> Floats:
        return draw[name][None, :]

    return Behaviour(
        armington,
        1.0 / armington,
        transformation,
        1.0 / transformation,
        factor,
        1.0 / factor,
        subsistence,
        marginal,
        row("investment_mobility_regions"),
        row("investment_mobility_sectors"),
        per_capital,
        row("migration_elasticity"),
        row("dependents_share"),
        row("depreciation"),
        row("factor_growth"),
    )


def base_state(b: Benchmark, runs: int) -> State[Floats]:
    """Capital, workers, people and shares of new capital in the base year, the same for every run."""
    by_region = b.capital.reshape(2, -1).sum(axis=1)

    def spread(values: Floats) -> Floats:
        return np.repeat(values.reshape(-1, 1), runs, axis=1)

    return State(
        spread(b.capital),
        spread(b.endowment),
        spread(b.population),
        spread(by_region / by_region.sum()),
        spread(b.capital / b.capital.sum()),
    )


def _away_from_zero(power: Floats) -> Floats:
    return np.where(np.abs(power) < NEAREST_TO_UNITY, NEAREST_TO_UNITY, power)


def _expenditure_system(settings: Settings, b: Benchmark, draw: Mapping[str, Floats]) -> tuple[Floats, Floats]:
    """Subsistence per head and marginal budget shares, (household x good, run).

    Income elasticities are spread about one and scaled so that the marginal shares sum to one (Engel); the Frisch
    parameter gives the part of consumption that is committed.
    """
    share = b.consumption / b.consumption.sum(axis=1, keepdims=True)
    elasticity = 1.0 + draw["income_elasticity_spread"] * (b.income_elasticity[:, :, None] - 1.0)
    # Added up good by good: a library's sum takes another order when there is a single run.
    weighted = share[:, :, None] * elasticity
    norm = np.zeros_like(weighted[:, 0])
    for good in range(weighted.shape[1]):
        norm += weighted[:, good]
    elasticity /= norm[:, None]
    published = np.array([float(settings["frisch_rural"]), float(settings["frisch_urban"])] * 2)
    frisch = published[:, None] * draw["frisch"][None, :]
    per_head = (b.consumption / b.population[:, None])[:, :, None]
    subsistence = per_head * (1.0 + elasticity / frisch[:, None, :])
    marginal = share[:, :, None] * elasticity
    runs = subsistence.shape[-1]
    return subsistence.reshape(-1, runs), marginal.reshape(-1, runs)
