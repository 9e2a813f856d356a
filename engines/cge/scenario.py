"""Scenarios as schedules: what each year takes as given, for the baseline and with the shocks of a policy."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...data.shock import shock_rules
from ..interface import Scenario, Shock, unknown
from .benchmark import Benchmark
from .economy import Floats, Sets, Settings
from .parts import Schedule

# What a shock may change, with its unit.
SHOCK_PARAMETERS = {name: rule.unit for name, rule in shock_rules().items()}
# Rates that differ within a sector: the multiple of the base year's and what is added to it, in `Given`.
RATES = {"regional_margin": ("margin", "margin_added"), "tariff": ("tariff", "tariff_added")}
SPENDING = ("rural_transfer", "public_services", "public_investment", "programme")


@dataclass(frozen=True, slots=True)
class Given:
    """Shockable parameters before they become a schedule: (year, ..., run).

    Margins and tariffs differ by flow and by cell, and shocks name sectors: each is a multiple of the base year's rate
    and an amount in its own unit, which stands beside it.
    """

    tfp_growth: Floats
    margin: Floats
    margin_added: Floats
    export_price: Floats
    import_price: Floats
    tariff: Floats
    tariff_added: Floats
    transfer: Floats
    services: Floats
    investment: Floats
    foreign_saving: Floats


def schedule(
    sets: Sets, settings: Settings, b: Benchmark, years: int, draw: Mapping[str, Floats], scenario: Scenario
) -> Schedule[Floats]:
    """Exogenous values of years 0 to `years`, (year, entry, run)."""
    given = _baseline(b, years, draw)
    for shock in scenario.shocks:
        _apply(sets, settings, b, given, draw, shock)
    n = b.sectors
    runs = given.margin.shape[-1]
    growth = compounded(draw["factor_growth"], years)
    tfp = np.cumprod(1.0 + given.tfp_growth, axis=0, dtype=np.float64).reshape(years + 1, 2 * n, runs)
    land = b.factor_income[6:8][None, :, None] * growth[:, None, :]
    spending = growth[:, None, :]
    spends = given.transfer.sum(axis=1) + given.services + given.investment > 0.0
    return Schedule(
        tfp,
        land,
        given.margin[:, b.flow_sector] * b.regional_margin[None, :, None] + given.margin_added[:, b.flow_sector],
        given.margin[:, b.export_cell % n] * b.export_margin[None, :, None] + given.margin_added[:, b.export_cell % n],
        given.export_price[:, b.export_cell % n],
        given.import_price[:, b.import_cell % n],
        given.tariff[:, b.import_cell % n] * b.tariff[None, :, None] + given.tariff_added[:, b.import_cell % n],
        given.foreign_saving[:, None],
        given.transfer * spending,
        given.services[:, None] * spending,
        given.investment[:, None] * spending,
        np.where(spends, float(settings["tax_points"]), 0.0)[:, None],
    )


def compounded(rate: Floats, years: int) -> Floats:
    """(1 + rate) ** year for years 0 to `years`, (year, run), by repeated products: powers differ between libraries."""
    factor = np.broadcast_to(1.0 + rate, (years + 1, len(rate))).copy()
    factor[0] = 1.0
    return np.cumprod(factor, axis=0, dtype=np.float64)


def _baseline(b: Benchmark, years: int, draw: Mapping[str, Floats]) -> Given:
    n, runs, periods = b.sectors, len(draw["matrix"]), years + 1
    growth = np.zeros((periods, 2, n, runs))
    growth[1:] = draw["tfp_growth"]
    saving = b.foreign_saving * compounded(draw["foreign_saving_growth"], years)
    return Given(
        growth,
        margin=np.ones((periods, n, runs)),
        margin_added=np.zeros((periods, n, runs)),
        export_price=np.ones((periods, n, runs)),
        import_price=np.ones((periods, n, runs)),
        tariff=np.ones((periods, n, runs)),
        tariff_added=np.zeros((periods, n, runs)),
        transfer=np.zeros((periods, 2, runs)),
        services=np.zeros((periods, runs)),
        investment=np.zeros((periods, runs)),
        foreign_saving=saving,
    )


def _apply(
    sets: Sets, settings: Settings, b: Benchmark, given: Given, draw: Mapping[str, Floats], shock: Shock
) -> None:
    """Change the arrays that the shock names, in the years it acts in."""
    value = draw[shock.value] if isinstance(shock.value, str) else np.full(len(draw["matrix"]), float(shock.value))
    if shock.complement:
        value = 1.0 - value
    scale = draw[shock.scale] if isinstance(shock.scale, str) else float(shock.scale)
    years = slice(shock.first_year, min(shock.last_year, len(given.margin) - 1) + 1)
    sectors = sector_positions(sets, shock.sectors)
    regions = slice(None) if shock.region is None else [sets.regions.index(shock.region)]
    if shock.parameter in SPENDING:
        target, value = _spending_target(settings, b, given, shock, value)
        where: tuple = (years, regions) if target.ndim == 3 else (years,)
    elif shock.parameter == "tfp_growth":
        target, where = given.tfp_growth, (years, regions, sectors)
        adds = bool(settings["rt_tfp_add"]) and sectors == [sets.regional_trade]
        change = "add" if adds and shock.change == "set" else shock.change
        target[where] += scale * (_changed(target[where], change, value) - target[where])
        return
    elif shock.parameter == "foreign_saving":
        target, where = given.foreign_saving, (years,)
    elif shock.parameter in RATES:
        multiple, added = (getattr(given, name) for name in RATES[shock.parameter])
        _change_rate(multiple, added, (years, sectors), shock.change, value, scale)
        return
    else:
        names = {"world_export_price": given.export_price, "world_import_price": given.import_price}
        if shock.parameter not in names:
            raise unknown("shock parameter", shock.parameter, list(SHOCK_PARAMETERS))
        target, where = names[shock.parameter], (years, sectors)
    old = target[where]
    target[where] = old + scale * (_changed(old, shock.change, value) - old)


def _change_rate(
    multiple: Floats, added: Floats, where: tuple, change: str, value: Floats, scale: Floats | float
) -> None:
    """Change a rate that is a multiple of the base year's and an amount added to it."""
    if change != "add":
        old = multiple[where]
        multiple[where] = old + scale * ((old * value if change == "times" else 0.0) - old)
    old = added[where]
    added[where] = old + scale * (_changed(old, change, value) - old)


def _changed(old: Floats, change: str, value: Floats) -> Floats:
    if change == "add":
        return old + value
    return old * value if change == "times" else np.broadcast_to(value, old.shape)


def _spending_target(
    settings: Settings, b: Benchmark, given: Given, shock: Shock, value: Floats
) -> tuple[Floats, Floats]:
    """The array that a spending shock changes, and the amounts for it."""
    if shock.parameter == "rural_transfer":
        if shock.region is None:
            poor = b.poor_share.reshape(2, 2).sum(axis=1)
            return given.transfer, poor[:, None] * value[None, :]
        return given.transfer, value
    if shock.parameter == "public_services":
        return given.services, value
    if shock.parameter == "public_investment":
        return given.investment, value
    spent = settings["invest_fiscal"]
    if spent == "none":
        return given.services, 0.0 * value
    return (given.services if spent == "G" else given.investment), value


def sector_positions(sets: Sets, names: tuple[str, ...]) -> list[int]:
    """Positions of sectors given by code, family, or row of Table 4; all of them if none is given."""
    if not names:
        return list(range(len(sets.sectors)))
    chosen: set[int] = set()
    for name in names:
        found = [
            i for i, code in enumerate(sets.sectors) if name in (code, sets.families[i], sets.rows[i], sets.parents[i])
        ]
        if not found:
            named = dict.fromkeys([*sets.sectors, *sets.families, *sets.rows, *sets.parents])
            raise unknown("sector", name, list(named))
        chosen.update(found)
    return sorted(chosen)
