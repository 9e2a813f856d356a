"""Incomes and budgets: equations 16 to 21."""

import numpy as np

from .base import Base, column, row_of, weights
from .parts import Prices, Rules, Schedule, State
from .tape import Vector, dot_total, total


def labour_supply(base: Base, endowment: Vector) -> Vector:
    """Workers of each region and skill, over both households."""
    entry = np.arange(12)
    return total(weights(6, 12, base.skill_of_endowment, entry), endowment)


def tax_points(base: Base, rules: Rules, schedule: Schedule[Vector], capital: Vector, consumer: Vector) -> Vector:
    """Points on capital income: those that pay the programmes of a scenario (equal yield), or given ones."""
    if not rules.solve_tax_points:
        return schedule.tax_points
    return programmes(schedule) * consumer[0:1] / taxable_capital(rules, capital)


def programmes(schedule: Schedule[Vector]) -> Vector:
    """What a scenario spends, at base prices: transfers, public services, public investment."""
    extra = schedule.extra_transfer
    return extra[0:1] + extra[1:2] + schedule.public_services + schedule.public_investment


def taxable_capital(rules: Rules, capital: Vector) -> Vector:
    """Capital income that pays the extra points: all of mining's, a part of the rest."""
    return capital[0:1] + capital[2:3] + (capital[1:2] + capital[3:4]) * rules.other_capital_taxed


def after_tax_capital(base: Base, rules: Rules, capital: Vector, points: Vector) -> Vector:
    """Mining and other capital income of each region after corporate tax and extra points."""
    weight = np.array([1.0, rules.other_capital_taxed, 1.0, rules.other_capital_taxed])
    spread = points[np.zeros(4, dtype=np.int64)]
    return capital * (spread * column(-weight) + column(1.0 - base.numbers.capital_tax.repeat(2)))


def remittances(base: Base, after_tax: Vector) -> tuple[Vector, Vector]:
    """Equation 17: fixed shares of after-tax capital income go abroad and to the other region."""
    b = base.numbers
    mining, other = np.array([0, 2]), np.array([1, 3])
    abroad = after_tax[mining] * column(b.foreign_remittance[:, 0]) + after_tax[other] * column(
        b.foreign_remittance[:, 1]
    )
    away = after_tax[mining] * column(b.regional_remittance[:, 0]) + after_tax[other] * column(
        b.regional_remittance[:, 1]
    )
    return abroad, away


def household_income(
    base: Base,
    schedule: Schedule[Vector],
    state: State[Vector],
    labour: tuple[Vector, Vector],
    land: Vector,
    profits: Vector,
    consumer: Vector,
) -> Vector:
    """Equation 18: labour and land by ownership, profits to urban households, transfers per head at consumer prices.

    `labour` is supply and income by region and skill, `profits` what capital leaves to each region.
    """
    b = base.numbers
    supply, income = labour
    earned = dot_total(
        base.household_labour, state.endowment / supply[base.skill_of_endowment], income[base.skill_of_endowment]
    )
    region = base.region_of_household
    urban = column(np.array([0.0, 1.0, 0.0, 1.0]))
    transfers = state.population * column(b.transfer) + schedule.extra_transfer[region] * (1.0 - urban)
    owned = land[region] * column(b.land_owner) + profits[region] * urban
    return earned + owned + transfers * consumer[np.zeros(4, dtype=np.int64)]


def consumption_spending(base: Base, income: Vector) -> Vector:
    """Equation 19: income less direct tax, less a fixed share of the rest that is saved."""
    return income * column((1.0 - base.numbers.tax_rate) * (1.0 - base.numbers.saving_rate))


def recurrent_spending(
    base: Base,
    rules: Rules,
    schedule: Schedule[Vector],
    population: Vector,
    prices: Prices[Vector],
    points: Vector,
    capital: Vector,
) -> Vector:
    """Equation 20: what a fixed saving share of revenue and transfers leave, and the services of a scenario.

    Solved tax points pay for a scenario's programmes exactly; given ones leave a rest, which is spent here.
    """
    b = base.numbers
    pooled = prices.revenue * (b.revenue * (1.0 - b.government_saving))
    ordinary = total(row_of(b.transfer), population)
    spent = pooled + (schedule.public_services - ordinary) * prices.consumer[0:1]
    if rules.solve_tax_points:
        return spent
    rest = points * taxable_capital(rules, capital) - programmes(schedule) * prices.consumer[0:1]
    return spent + rest


def savings_pool(base: Base, schedule: Schedule[Vector], income: Vector, prices: Prices[Vector]) -> Vector:
    """Equation 21: household, public and foreign saving, and the public investment that a scenario pays for."""
    b = base.numbers
    private = total(row_of(b.saving_rate * (1.0 - b.tax_rate)), income)
    public = prices.revenue * (b.revenue * b.government_saving) + schedule.public_investment * prices.consumer[0:1]
    return private + public + schedule.foreign_saving * prices.exchange_rate


def public_revenue(
    base: Base,
    schedule: Schedule[Vector],
    prices: Prices[Vector],
    composite: Vector,
    imports: Vector,
    capital: Vector,
    income: Vector,
) -> Vector:
    """Equation 20: sales taxes, tariffs, corporate tax and direct tax."""
    b = base.numbers
    duty = schedule.tariff * schedule.world_import_price
    return (
        dot_total(base.sales_tax_base, prices.composite, composite)
        + dot_total(base.tariff_base, duty, imports) * prices.exchange_rate
        + total(row_of(b.capital_tax.repeat(2)), capital)
        + total(row_of(b.tax_rate), income)
    )
