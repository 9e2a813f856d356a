"""The within-period equations in the order in which each is explicit, given the unknown prices.

Unknowns are the logs of local prices (cells), regional prices (flows), wages (6), land rents (2), the exchange rate and
public revenue, all relative to the base year. CES and CET functions stand in their dual, calibrated-share form: a price
is the root of the share-weighted sum of powers of prices, and quantities follow by division. Equation numbers are those
of the model description. Vectors are numpy arrays (entry, run), rows of a tape, or symbols.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Generic

import numpy as np

from .base import Base, column
from .tape import Vector, at_least, dot_total, exp, stack, total

SMALL = 1e-6


class Allocation(IntEnum):
    """How new capital is shared out."""

    CURRENT = 0
    LAGGED = 1
    INERTIA = 2


class Deflator(IntEnum):
    """What a rental is divided by to give a profit rate."""

    NONE = 0
    PRICE_OF_CAPITAL = 1
    REGIONAL_CPI = 2
    REGIONAL_DOMESTIC_PRICE = 3


@dataclass(frozen=True, slots=True)
class Rules:
    """Structural switches of the model."""

    allocation: Allocation
    deflator: Deflator
    mining_is_a_type: bool
    solve_tax_points: bool
    other_capital_taxed: float


@dataclass(frozen=True, slots=True)
class Behaviour(Generic[Vector]):
    """Elasticities and rates of a run. Powers are 1 - elasticity (CES) or 1 + elasticity (CET), by sector."""

    armington: Vector
    armington_root: Vector
    transformation: Vector
    transformation_root: Vector
    factor: Vector
    factor_root: Vector
    subsistence: Vector
    marginal_share: Vector
    mobility_regions: Vector
    mobility_sectors: Vector
    investment_per_capital: Vector
    migration: Vector
    dependents: Vector
    depreciation: Vector
    factor_growth: Vector


@dataclass(frozen=True, slots=True)
class Schedule(Generic[Vector]):
    """What is given for each year in advance: productivity, margins, world prices, public programmes."""

    tfp: Vector
    land: Vector
    regional_margin: Vector
    export_margin: Vector
    world_export_price: Vector
    world_import_price: Vector
    tariff: Vector
    foreign_saving: Vector
    extra_transfer: Vector
    public_services: Vector
    public_investment: Vector
    tax_points: Vector


@dataclass(frozen=True, slots=True)
class State(Generic[Vector]):
    """What a year inherits from the year before."""

    capital: Vector
    endowment: Vector
    population: Vector
    region_share: Vector
    capital_share: Vector


@dataclass(frozen=True, slots=True)
class Prices(Generic[Vector]):
    """Prices of a year, relative to the base year."""

    local: Vector
    regional: Vector
    wage: Vector
    land: Vector
    exchange_rate: Vector
    revenue: Vector
    services: Vector
    purchase: Vector
    composite: Vector
    composite_share: Vector
    outlet: Vector
    output: Vector
    outlet_share: Vector
    unit_cost: Vector
    unit_cost_power: Vector
    rental: Vector
    rental_power: Vector
    wage_power: Vector
    land_power: Vector
    consumer: Vector
    domestic: Vector
    capital_good: Vector


@dataclass(frozen=True, slots=True)
class Year(Generic[Vector]):
    """Everything that follows from the unknowns in one year."""

    prices: Prices[Vector]
    value_added: Vector
    output: Vector
    employment: Vector
    land: Vector
    labour: Vector
    labour_income: Vector
    land_income: Vector
    capital_income: Vector
    tax_points: Vector
    foreign_remittance: Vector
    regional_remittance: Vector
    household_income: Vector
    spending: Vector
    government: Vector
    saving: Vector
    consumption: Vector
    government_goods: Vector
    capital_share: Vector
    new_capital: Vector
    investment: Vector
    composite: Vector
    purchases: Vector
    outlets: Vector
    collected: Vector


# --- Prices -----------------------------------------------------------------------------------------------------


def split_unknowns(base: Base, logs: Vector) -> tuple[Vector, Vector, Vector, Vector, Vector, Vector]:
    """Levels of local and regional prices, wages, land rents, the exchange rate and revenue."""
    levels = exp(logs)
    cells = 2 * base.numbers.sectors
    last = cells + len(base.numbers.flow)
    return (
        levels[:cells],
        levels[cells:last],
        levels[last : last + 6],
        levels[last + 6 : last + 8],
        levels[last + 8 : last + 9],
        levels[last + 9 : last + 10],
    )


def foreign_export_price(base: Base, schedule: Schedule[Vector], exchange_rate: Vector, local: Vector) -> Vector:
    """Equation 1: producer's price abroad, net of the regional trade services that bring the good to the border."""
    world = exchange_rate * schedule.world_export_price * column(1.0 + base.numbers.export_margin)
    return at_least(world - schedule.export_margin * local[base.services_of_export], SMALL)


def foreign_import_price(base: Base, schedule: Schedule[Vector], exchange_rate: Vector) -> Vector:
    """Equation 2 before the local trade margin: border price and tariff."""
    return exchange_rate * schedule.world_import_price * (schedule.tariff + 1.0)


def regional_purchase_price(base: Base, schedule: Schedule[Vector], regional: Vector, local: Vector) -> Vector:
    """Equation 3 before the local trade margin: the other region's price and its regional trade services."""
    return regional + schedule.regional_margin * local[base.services_of_flow]


def purchase_prices(
    base: Base, local: Vector, imported: Vector, regional: Vector, services: Vector | None
) -> Vector:
    """Equations 2, 3 and 4: what buyers pay before sales tax, over the base year; `services` None leaves margins out."""
    b = base.numbers
    paid = stack([local, imported, regional])
    if services is not None:
        margin = column(b.local_margin[base.cell_of_term])
        owner = np.concatenate([base.trade_of_cell, base.trade_of_import, base.trade_of_flow])
        paid = paid + services[owner] * margin
    return paid / column(np.concatenate([b.local_price, b.import_price, b.flow_price]))


def armington_price(
    base: Base, behaviour: Behaviour[Vector], purchase: Vector, cells: np.ndarray, terms: np.ndarray
) -> tuple[Vector, Vector]:
    """Equations 5 and 13: composite price of the cells, and powers of the terms over their sum (share drift).

    The second vector is purchase ** (1 - sigma) / sum(share purchase ** (1 - sigma)).
    """
    power = purchase[terms] ** behaviour.armington[base.sector_of_term[terms]]
    summed = total(base.purchases[cells][:, terms], power)
    position = np.zeros(2 * base.numbers.sectors, dtype=np.int64)
    position[cells] = np.arange(len(cells))
    price = summed ** behaviour.armington_root[base.sector_of_cell[cells]]
    return price, power / summed[position[base.cell_of_term[terms]]]


def composite_prices(
    base: Base, behaviour: Behaviour[Vector], schedule: Schedule[Vector], local: Vector, regional: Vector, rate: Vector
) -> tuple[Vector, Vector, Vector, Vector]:
    """Equations 2 to 5 and 13: trade services first, since they carry no margin and all other goods carry theirs.

    Returns the price of trade services (region), purchase prices (term), composite prices (cell), and share drift (term).
    """
    b = base.numbers
    imported = foreign_import_price(base, schedule, rate)
    bought = regional_purchase_price(base, schedule, regional, local)
    bare = purchase_prices(base, local, imported, bought, None)
    services, services_drift = armington_price(base, behaviour, bare, base.trade_cells, base.trade_terms)
    purchase = purchase_prices(base, local, imported, bought, services)
    others = np.setdiff1d(np.flatnonzero(b.composite > 0.0), base.trade_cells)
    price, drift = armington_price(base, behaviour, purchase, others, base.plain_terms)
    missing = np.flatnonzero(b.composite == 0.0)
    order = np.argsort(np.concatenate([others, base.trade_cells, missing]))
    composite = stack([price, services, local[missing]])[order]
    # Goods that a region does not buy have no term; their price stands in and their demand is zero.
    absent = np.setdiff1d(np.arange(len(base.cell_of_term)), np.concatenate([base.plain_terms, base.trade_terms]))
    term_order = np.argsort(np.concatenate([base.plain_terms, base.trade_terms, absent]))
    shares = stack([drift, services_drift, purchase[absent]])[term_order]
    return services, purchase, composite, shares


def cet_price(
    base: Base, behaviour: Behaviour[Vector], outlet: Vector
) -> tuple[Vector, Vector]:
    """Equations 6 and 12: price of output over all outlets, and outlet powers over their sum (share drift)."""
    power = outlet ** behaviour.transformation[base.sector_of_outlet]
    summed = total(base.outlets, power) + column(~base.numbers.active)
    price = summed ** behaviour.transformation_root[base.sector_of_cell]
    return price, power / summed[base.cell_of_outlet]


def unit_cost(base: Base, tfp: Vector, output: Vector, composite: Vector) -> Vector:
    """Equation 7: price of value added, times productivity: what one unit of the factor bundle may cost."""
    b = base.numbers
    share = column(np.where(b.active, b.value_added_share, 1.0))
    net = (output - total(base.input_cost, composite)) / share
    return at_least(net * tfp, SMALL)


def rental_power(base: Base, power: Vector, wage_power: Vector, land_power: Vector) -> Vector:
    """Equations 9 and 10 in the dual: (1 - sigma)-power of the rental that leaves no pure profit.

    Far from the solution wages may leave nothing for capital; then a small positive number stands in.
    """
    b = base.numbers
    rest = power
    for f in range(3):
        rest = rest - wage_power[3 * base.region_of_cell + f] * column(b.labour_share[:, f])
    rest = rest - land_power[base.region_of_cell] * column(b.land_share)
    return at_least(rest / column(np.where(b.active, b.capital_share, 1.0)), SMALL)


def price_indices(base: Base, local: Vector, composite: Vector) -> tuple[Vector, Vector, Vector]:
    """Equation 8: consumer prices (nation and regions), domestic producer prices, prices of capital goods."""
    return (
        total(base.consumer, composite),
        total(base.domestic, local),
        total(base.capital_good, composite),
    )


def all_prices(
    base: Base, behaviour: Behaviour[Vector], schedule: Schedule[Vector], logs: Vector
) -> Prices[Vector]:
    """Every price of a year from the logs of the unknown ones."""
    local, regional, wage, land, rate, revenue = split_unknowns(base, logs)
    services, purchase, composite, composite_share = composite_prices(base, behaviour, schedule, local, regional, rate)
    outlet = stack([local, foreign_export_price(base, schedule, rate, local), regional])
    output, outlet_share = cet_price(base, behaviour, outlet)
    cost = unit_cost(base, schedule.tfp, output, composite)
    cost_power = cost**behaviour.factor
    wage_power, land_power = wage**behaviour.factor, land**behaviour.factor
    capital_power = rental_power(base, cost_power, wage_power, land_power)
    consumer, domestic, capital_good = price_indices(base, local, composite)
    return Prices(
        local, regional, wage, land, rate, revenue, services, purchase, composite, composite_share, outlet, output,
        outlet_share, cost, cost_power, capital_power**behaviour.factor_root, capital_power, wage_power, land_power,
        consumer, domestic, capital_good,
    )  # fmt: skip


# --- Production and factors -------------------------------------------------------------------------------------


def value_added(base: Base, tfp: Vector, capital: Vector, prices: Prices[Vector]) -> Vector:
    """Equation 9: value added that makes the capital of each sector earn its rental."""
    b = base.numbers
    in_place = capital / column(np.where(b.active, b.capital, 1.0))
    bundle = in_place * (prices.rental / prices.unit_cost) * (prices.unit_cost_power / prices.rental_power)
    return bundle * tfp * column(b.output * b.value_added_share)


def factor_scale(base: Base, tfp: Vector, made: Vector, prices: Prices[Vector]) -> Vector:
    """Equation 10: demand for a factor over its base, before the factor's own wage ** -sigma."""
    b = base.numbers
    bundle = made / tfp / column(np.where(b.active, b.output * b.value_added_share, 1.0))
    return bundle * (prices.unit_cost / prices.unit_cost_power)


# --- Incomes ----------------------------------------------------------------------------------------------------


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
    abroad = after_tax[mining] * column(b.foreign_remittance[:, 0]) + after_tax[other] * column(b.foreign_remittance[:, 1])
    away = after_tax[mining] * column(b.regional_remittance[:, 0]) + after_tax[other] * column(b.regional_remittance[:, 1])
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
    earned = dot_total(base.household_labour, state.endowment / supply[base.skill_of_endowment], income[base.skill_of_endowment])
    region = base.region_of_household
    urban = column(np.array([0.0, 1.0, 0.0, 1.0]))
    transfers = state.population * column(b.transfer) + schedule.extra_transfer[region] * (1.0 - urban)
    owned = land[region] * column(b.land_owner) + profits[region] * urban
    return earned + owned + transfers * consumer[np.zeros(4, dtype=np.int64)]


def consumption_spending(base: Base, income: Vector) -> Vector:
    """Equation 19: income less direct tax, less a fixed share of the rest that is saved."""
    return income * column((1.0 - base.numbers.tax_rate) * (1.0 - base.numbers.saving_rate))


def recurrent_spending(
    base: Base, rules: Rules, schedule: Schedule[Vector], population: Vector, prices: Prices[Vector], points: Vector, capital: Vector
) -> Vector:
    """Equation 20: what a fixed saving share of revenue and transfers leave, and the services of a scenario.

    Solved tax points pay for a scenario's programmes exactly; given ones leave a rest, which is spent here.
    """
    b = base.numbers
    pooled = prices.revenue * (b.revenue * (1.0 - b.government_saving))
    ordinary = total(_row(b.transfer), population)
    spent = pooled + (schedule.public_services - ordinary) * prices.consumer[0:1]
    if rules.solve_tax_points:
        return spent
    rest = points * taxable_capital(rules, capital) - programmes(schedule) * prices.consumer[0:1]
    return spent + rest


def savings_pool(base: Base, schedule: Schedule[Vector], income: Vector, prices: Prices[Vector]) -> Vector:
    """Equation 21: household, public and foreign saving, and the public investment that a scenario pays for."""
    b = base.numbers
    private = total(_row(b.saving_rate * (1.0 - b.tax_rate)), income)
    public = prices.revenue * (b.revenue * b.government_saving) + schedule.public_investment * prices.consumer[0:1]
    return private + public + schedule.foreign_saving * prices.exchange_rate


# --- Demands ----------------------------------------------------------------------------------------------------


def household_consumption(
    base: Base, behaviour: Behaviour[Vector], population: Vector, spending: Vector, composite: Vector
) -> Vector:
    """Equation 15: linear expenditure system per head, times heads."""
    price = composite[base.cell_of_consumption]
    owner = base.household_of_consumption
    committed = dot_total(base.household_goods, behaviour.subsistence, price)
    free = spending - population * committed
    return population[owner] * behaviour.subsistence + behaviour.marginal_share * free[owner] / price


def government_demand(base: Base, spending: Vector, composite: Vector) -> Vector:
    """Equation 20: fixed shares of the regions in spending and a fixed mix of goods within."""
    b = base.numbers
    cost = total(base.government_goods, composite)
    scale = spending[np.zeros(2, dtype=np.int64)] * column(b.government_share) / cost
    return scale[base.region_of_cell] * column(b.government.ravel())


def profit_deflator(rules: Rules, prices: Prices[Vector]) -> Vector | None:
    """Regional price that turns a rental into a profit rate."""
    return {
        Deflator.NONE: None,
        Deflator.PRICE_OF_CAPITAL: prices.capital_good,
        Deflator.REGIONAL_CPI: prices.consumer[1:3],
        Deflator.REGIONAL_DOMESTIC_PRICE: prices.domestic,
    }[rules.deflator]


def investment_demand(
    base: Base, behaviour: Behaviour[Vector], pool: Vector, shares: Vector, prices: Prices[Vector]
) -> tuple[Vector, Vector]:
    """Equation 22: new capital that the pool buys, and the goods it takes in each region."""
    b = base.numbers
    need = total(base.regions, shares) * behaviour.investment_per_capital
    cost = need * prices.capital_good
    new = pool / (cost[0:1] + cost[1:2])
    mix = (b.investment / b.investment.sum(axis=1, keepdims=True)).ravel()
    bought = need * new[np.zeros(2, dtype=np.int64)]
    return new, bought[base.region_of_cell] * column(mix)


def armington_demand(base: Base, composite: Vector, prices: Prices[Vector], terms: np.ndarray) -> Vector:
    """Equation 13: demand for each source, base * composite demand * (composite price / price) ** sigma."""
    b = base.numbers
    quantity = np.concatenate([b.local, b.imports, b.flow])[terms]
    cell = base.cell_of_term[terms]
    scale = composite[cell] * column(quantity / b.composite[cell])
    return scale * (prices.composite[cell] / prices.purchase[terms]) * prices.composite_share[terms]


def absorption(base: Base, use: Vector, prices: Prices[Vector]) -> tuple[Vector, Vector]:
    """Equations 5, 13 and 14: composite demand with trade services last, when all margins are known; all purchases."""
    plain = armington_demand(base, use, prices, base.plain_terms)
    margins = total(base.margin_use[:, base.plain_terms], plain)
    cells = 2 * base.numbers.sectors
    at_trade = _unit(cells, base.trade_cells)
    composite = use + total(at_trade, margins)
    services = armington_demand(base, composite, prices, base.trade_terms)
    terms = np.concatenate([base.plain_terms, base.trade_terms])
    into = _unit(len(base.cell_of_term), terms)
    return composite, total(into, stack([plain, services]))


def cet_supply(base: Base, output: Vector, prices: Prices[Vector]) -> Vector:
    """Equation 12: supply to each outlet, base * output * (outlet price / output price) ** Omega."""
    b = base.numbers
    quantity = np.concatenate([b.local, b.export, b.flow])
    cell = base.cell_of_outlet
    scale = output[cell] * column(quantity / np.where(b.active, b.output, 1.0)[cell])
    return scale * (prices.output[cell] / prices.outlet) * prices.outlet_share


def public_revenue(
    base: Base, schedule: Schedule[Vector], prices: Prices[Vector], composite: Vector, imports: Vector, capital: Vector, income: Vector
) -> Vector:
    """Equation 20: sales taxes, tariffs, corporate tax and direct tax."""
    b = base.numbers
    duty = schedule.tariff * schedule.world_import_price
    return (
        dot_total(base.sales_tax_base, prices.composite, composite)
        + dot_total(base.tariff_base, duty, imports) * prices.exchange_rate
        + total(_row(b.capital_tax.repeat(2)), capital)
        + total(_row(b.tax_rate), income)
    )


# --- The year ---------------------------------------------------------------------------------------------------


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
        prices, made, output, employment, land, supply, labour_income, land_income, capital_income, points, abroad, away,
        income, spending, recurrent, pool, consumed, governed, shares, new, invested, composite, purchases, outlets,
        collected,
    )  # fmt: skip


def labour_supply(base: Base, endowment: Vector) -> Vector:
    """Workers of each region and skill, over both households."""
    entry = np.arange(12)
    return total(_sum_matrix(6, 12, base.skill_of_endowment, entry), endowment)


def current_shares(
    base: Base, rules: Rules, behaviour: Behaviour[Vector], capital: Vector, prices: Prices[Vector]
) -> Vector:
    """Equation 22: shares of new capital from profit rates; linear in them, so that types add up to the nation.

    Types are the regions, and mining apart in each if it is a type of its own.
    """
    b = base.numbers
    cells = np.arange(2 * b.sectors)
    kind = base.region_of_cell + 2 * ((cells % b.sectors == b.mining) & rules.mining_is_a_type)
    kinds = int(kind.max()) + 1
    deflator = profit_deflator(rules, prices)
    profit = prices.rental if deflator is None else prices.rental / deflator[base.region_of_cell]
    by_kind = _sum_matrix(kinds, len(cells), kind, cells)
    everything = _row(np.ones(len(cells)))
    stock, earned = total(by_kind, capital), dot_total(by_kind, profit, capital)
    national = total(everything, capital)
    average = dot_total(everything, profit, capital) / national
    rate = earned / stock
    spread = np.zeros(kinds, dtype=np.int64)
    pull = (rate / average[spread] - 1.0) * behaviour.mobility_regions + 1.0
    type_share = stock / national[spread] * pull
    own = (profit / rate[kind] - 1.0) * behaviour.mobility_sectors + 1.0
    return type_share[kind] * (capital / stock[kind]) * own


def residuals(base: Base, schedule: Schedule[Vector], land: Vector, year: Year[Vector], logs: Vector) -> Vector:
    """Equations 8, 14, 20 and 23: relative excess demands, the numeraire, and revenue.

    Order: local markets (regional trade: margins against output), flows, labour, land, numeraire, revenue.
    """
    b = base.numbers
    cells, exports = 2 * b.sectors, len(b.export)
    sold = year.outlets
    margins = total(
        _sum_matrix(2, exports, b.export_cell // b.sectors, np.arange(exports)),
        schedule.export_margin * sold[cells : cells + exports],
    ) + total(
        _sum_matrix(2, len(b.flow), b.flow_from // b.sectors, np.arange(len(b.flow))),
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
    earned = total(_row(1.0 + b.export_margin), schedule.world_export_price * year.outlets[cells : cells + exports])
    paid = total(_row(np.ones(imports)), schedule.world_import_price * year.purchases[cells : cells + imports])
    sent = (year.foreign_remittance[0:1] + year.foreign_remittance[1:2]) / year.prices.exchange_rate
    return (earned + schedule.foreign_saving - paid - sent) / float(value.sum())


def _row(weights: np.ndarray):
    return _sum_matrix(1, len(weights), np.zeros(len(weights), dtype=np.int64), np.arange(len(weights)), weights)


def _unit(size: int, positions: np.ndarray):
    """Scatters a vector to `positions` of a longer one."""
    return _sum_matrix(size, len(positions), positions, np.arange(len(positions)))


def _sum_matrix(rows: int, columns: int, row: np.ndarray, column_of: np.ndarray, value: np.ndarray | float = 1.0):
    import scipy.sparse as sparse

    data = np.broadcast_to(np.asarray(value, dtype=np.float64), np.shape(row))
    return sparse.csr_matrix((data, (row, column_of)), shape=(rows, columns))
