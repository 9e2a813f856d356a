"""The vectors that the equations pass on: behaviour, what a year is given, what it inherits, prices and results.

A vector is a numpy array (entry, run), rows of a tape, or an array of symbols; the equations do not mind which.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Generic

from .tape import Vector


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
    migrant_self: float = 0.0


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
