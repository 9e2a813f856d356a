"""One year: everything that follows from the unknown prices, and what must be zero at the solution.

Unknowns are the logs of local prices (cells), regional prices (flows), wages (6), land rents (2), the exchange rate and
public revenue, all relative to the base year; every other variable is explicit.
"""

import numpy as np

from .base import Base, column, row_of, weights
from .income import (
    after_tax_capital,
    consumption_spending,
    household_income,
    labour_supply,
    public_revenue,
    recurrent_spending,
    remittances,
    savings_pool,
    tax_points,
)
from .investment import current_shares, investment_demand
from .parts import Allocation, Behaviour, Rules, Schedule, State, Year
from .prices import all_prices
from .quantity import absorption, cet_supply, factor_scale, government_demand, household_consumption, value_added
from .tape import Vector, dot_total, stack, total


def solve_year(
    base: Base,
    rules: Rules,
    behaviour: Behaviour[Vector],
    schedule: Schedule[Vector],
    state: State[Vector],
    logs: Vector,
) -> Year[Vector]:
    """Everything that follows from the unknowns."""
    prices = all_prices(base, behaviour, schedule, logs)
    made = value_added(base, schedule.tfp, state.capital, prices)
    b = base.numbers
    output = made / column(np.where(b.active, b.value_added_share, 1.0))
    scale = factor_scale(base, schedule.tfp, made, prices)
    employment = total(base.workers, scale) * (prices.wage_power / prices.wage)
    land = total(base.land_rent, scale) * (prices.land_power / prices.land)
    labour_income = total(base.wage_bill, scale) * prices.wage_power
    land_income = total(base.land_rent, scale) * prices.land_power
    capital_income = dot_total(base.capital_kind, prices.rental, state.capital)
    points = tax_points(base, rules, schedule, capital_income, prices.consumer)
    after_tax = after_tax_capital(base, rules, capital_income, points)
    abroad, away = remittances(base, after_tax)
    mining, other = np.array([0, 2]), np.array([1, 3])
    profits = after_tax[mining] + after_tax[other] - abroad - away + away[np.array([1, 0])]
    supply = labour_supply(base, state.endowment)
    income = household_income(base, schedule, state, (supply, labour_income), land_income, profits, prices.consumer)
    spending = consumption_spending(base, income)
    recurrent = recurrent_spending(base, rules, schedule, state.population, prices, points, capital_income)
    pool = savings_pool(base, schedule, income, prices)
    consumed = household_consumption(base, behaviour, state.population, spending, prices.composite)
    governed = government_demand(base, recurrent, prices.composite)
    shares = state.capital_share
    if rules.allocation == Allocation.CURRENT:
        shares = current_shares(base, rules, behaviour, state.capital, prices)
    new, invested = investment_demand(base, behaviour, pool, shares, prices)
    use = total(base.input_use, output) + total(base.goods_of_households, consumed) + governed + invested
    composite, purchases = absorption(base, use, prices)
    outlets = cet_supply(base, output, prices)
    cells = 2 * b.sectors
    imports = purchases[cells : cells + len(b.imports)]
    collected = public_revenue(base, schedule, prices, composite, imports, capital_income, income)
    return Year(
        prices, made, output, employment, land, supply, labour_income, land_income, capital_income, points, abroad,
        away, income, spending, recurrent, pool, consumed, governed, shares, new, invested, composite, purchases,
        outlets, collected,
    )  # fmt: skip


def residuals(base: Base, schedule: Schedule[Vector], land: Vector, year: Year[Vector], logs: Vector) -> Vector:
    """Equations 8, 14, 20 and 23: relative excess demands, the numeraire, and revenue.

    Order: local markets (regional trade: margins against output), flows, labour, land, numeraire, revenue.
    """
    b = base.numbers
    cells, exports = 2 * b.sectors, len(b.export)
    sold = year.outlets
    margins = total(
        weights(2, exports, b.export_cell // b.sectors, np.arange(exports)),
        schedule.export_margin * sold[cells : cells + exports],
    ) + total(
        weights(2, len(b.flow), b.flow_from // b.sectors, np.arange(len(b.flow))),
        schedule.regional_margin * sold[cells + exports :],
    )
    missing = np.flatnonzero(~b.active)
    plain = np.setdiff1d(np.flatnonzero(b.active), base.services_cells)
    services = base.services_cells[b.active[base.services_cells]]
    local = stack(
        [
            year.purchases[plain] / sold[plain] - 1.0,
            (margins[services // b.sectors] / sold[services] - 1.0),
            logs[missing],
        ]
    )[np.argsort(np.concatenate([plain, services, missing]))]
    flows = year.purchases[cells + len(b.imports) :] / sold[cells + exports :] - 1.0
    return stack(
        [
            local,
            flows,
            year.employment / year.labour - 1.0,
            year.land / land - 1.0,
            year.prices.domestic[b.numeraire_region : b.numeraire_region + 1] - 1.0,
            year.collected / (year.prices.revenue * b.revenue) - 1.0,
        ]
    )


def current_account(base: Base, schedule: Schedule[Vector], year: Year[Vector]) -> Vector:
    """Equation 24, dropped by Walras's law: net inflow of foreign currency, over base exports."""
    b = base.numbers
    cells, exports, imports = 2 * b.sectors, len(b.export), len(b.imports)
    value = column(b.export * (1.0 + b.export_margin))
    earned = total(row_of(1.0 + b.export_margin), schedule.world_export_price * year.outlets[cells : cells + exports])
    paid = total(row_of(np.ones(imports)), schedule.world_import_price * year.purchases[cells : cells + imports])
    sent = (year.foreign_remittance[0:1] + year.foreign_remittance[1:2]) / year.prices.exchange_rate
    return (earned + schedule.foreign_saving - paid - sent) / float(value.sum())
