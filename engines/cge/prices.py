"""Within-period prices, equations 1 to 8 and the price side of 9 to 13, each explicit given the unknown prices.

CES and CET functions stand in their dual, calibrated-share form: a price is the root of the share-weighted sum of
powers of prices relative to the base year. Powers over their sum ("drift" of the shares) are kept, since quantities
follow from them by multiplication. Equation numbers are those of the model description.
"""

import numpy as np

from .base import Base, column
from .benchmark import Indices
from .parts import Behaviour, Prices, Schedule
from .tape import Vector, at_least, exp, stack, total

SMALL = 1e-6


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


def purchase_prices(base: Base, local: Vector, imported: Vector, regional: Vector, services: Vector | None) -> Vector:
    """Equations 2, 3 and 4: what buyers pay before sales tax, over the base year; without `services`, no margins."""
    b = base.numbers
    paid = stack([local, imported, regional])
    if services is not None:
        margin = column(b.local_margin[base.cell_of_term])
        owner = np.concatenate([base.trade_of_cell, base.trade_of_import, base.trade_of_flow])
        paid = paid + services[owner] * margin
    return paid / column(np.concatenate([b.local_price, b.import_price, b.flow_price]))


def armington_price(
    base: Base, behaviour: Behaviour[Vector], purchase: Vector, cells: Indices, terms: Indices
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

    Returns the price of trade services (region), purchase prices (term), composite prices (cell), share drift (term).
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


def cet_price(base: Base, behaviour: Behaviour[Vector], outlet: Vector) -> tuple[Vector, Vector]:
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


def all_prices(base: Base, behaviour: Behaviour[Vector], schedule: Schedule[Vector], logs: Vector) -> Prices[Vector]:
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
