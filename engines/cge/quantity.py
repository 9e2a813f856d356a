"""Production, demand and trade: equations 9 to 15 and 20, given all prices."""

import numpy as np

from .base import Base, column, scatter
from .benchmark import Indices
from .parts import Behaviour, Prices
from .tape import Vector, dot_total, stack, total


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


def armington_demand(base: Base, composite: Vector, prices: Prices[Vector], terms: Indices) -> Vector:
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
    at_trade = scatter(cells, base.trade_cells)
    composite = use + total(at_trade, margins)
    services = armington_demand(base, composite, prices, base.trade_terms)
    terms = np.concatenate([base.plain_terms, base.trade_terms])
    into = scatter(len(base.cell_of_term), terms)
    return composite, total(into, stack([plain, services]))


def cet_supply(base: Base, output: Vector, prices: Prices[Vector]) -> Vector:
    """Equation 12: supply to each outlet, base * output * (outlet price / output price) ** Omega."""
    b = base.numbers
    quantity = np.concatenate([b.local, b.export, b.flow])
    cell = base.cell_of_outlet
    scale = output[cell] * column(quantity / np.where(b.active, b.output, 1.0)[cell])
    return scale * (prices.output[cell] / prices.outlet) * prices.outlet_share
