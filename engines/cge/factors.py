"""The uncertain inputs of the model, and what a draw of them means for its behaviour."""

from collections.abc import Mapping

import numpy as np

from ...data import model_table
from ..interface import Draws, Factor, unknown
from .benchmark import Benchmark
from .economy import Floats, Sets, Settings
from .parts import Behaviour, State

FAMILIES = ("agriculture", "mining", "manufacturing", "services")
TRADE_ELASTICITIES = {"armington": "Trade elasticity", "transformation": "Transformation elasticity"}
SMALLEST_MULTIPLIER, LARGEST_MULTIPLIER = 0.05, 10.0
# A CES or CET power of zero has no root; nearer than this to one, an elasticity is moved away from it.
NEAREST_TO_UNITY = 1e-5


def list_factors(sets: Sets, settings: Settings, matrices: int) -> dict[str, Factor]:
    """Every factor by name. A default that is the name of a setting takes the value of the chosen parameter set."""
    listed = [_trade_elasticity(sets, kind, name) for kind in TRADE_ELASTICITIES for name in _trade_groups(sets)]
    for row in model_table("cge_factors").to_dict("records"):
        default = str(row["default"])
        value = float(settings[default]) if default in settings else float(default)
        words = f"{row['label']} ({row['description']})" if row["description"] else row["label"]
        listed.append(
            Factor(row["name"], row["unit"], value, float(row["low"]), float(row["high"]), words, row["source"])
        )
    listed.append(
        Factor(
            "matrix",
            "number",
            0.0,
            0.0,
            float(matrices - 1),
            "Social accounting matrix (0 the central one; `cordillera matrices` draws others from noisy priors)",
            "minimum cross-entropy from the priors of the case",
            tuple(str(i) for i in range(matrices)),
        )
    )
    return {factor.name: factor for factor in listed}


def _trade_groups(sets: Sets) -> list[str]:
    """Families, then the sectors that trade."""
    return [*FAMILIES, *(code for i, code in enumerate(sets.sectors) if i != sets.regional_trade)]


def _trade_elasticity(sets: Sets, kind: str, name: str) -> Factor:
    """Multiplier of an elasticity of a family or a sector; the multipliers of both apply."""
    of = name if name in FAMILIES else sets.names[sets.sectors.index(name)].lower()
    words = f"{TRADE_ELASTICITIES[kind]} of {of} (relative to the case; regional and foreign trade alike)"
    source = "Thurlow, Morley and Nin Pratt (2009), Table A3"
    return Factor(f"{kind}_{name}", "multiplier", 1.0, SMALLEST_MULTIPLIER, LARGEST_MULTIPLIER, words, source)


def columns(factors: Mapping[str, Factor], draws: Draws) -> dict[str, Floats]:
    """Each factor's values over the draws, (draw,), defaults where the design does not vary it."""
    count = len(draws.values)
    values = {name: np.full(count, factor.default) for name, factor in factors.items()}
    for i, name in enumerate(draws.factors):
        if name not in factors:
            raise unknown("factor", name, list(factors))
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
