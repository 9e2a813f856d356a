"""Every variable of the full model in a year that the condensed model has solved."""

import numpy as np

from .benchmark import Benchmark
from .economy import Floats
from .parts import State, Year
from .primal_income import mean_profit_rate
from .primal_structure import Structure, Variables, column, stacked, sums


def variables_of(
    s: Structure, substitution: Floats, state: State[Floats], tfp: Floats, year: Year[Floats]
) -> Variables:
    """Every variable of the full model from a year that the condensed one has solved.

    Parameters
    ----------
    s : Structure
        Of the same benchmark and rules.
    substitution : (1, run) float
        Elasticity of substitution between factors, from which the use of each factor by each activity follows.
    state : State
        What the year inherited, (entry, run).
    tfp : (cell, run) float
        Its productivity.
    year : Year
        Result of `solve_year` on arrays.
    """
    quantities = _quantities(s, state, year) | {"QF": _factor_use(s, substitution, state, tfp, year)}
    v = Variables(**_prices(s, tfp, year), **quantities, **_incomes(s, year), V=year.new_capital)
    return v._replace(V=mean_profit_rate(s, v))


def _prices(s: Structure, tfp: Floats, year: Year[Floats]) -> dict[str, Floats]:
    b, made, a = s.numbers, year.prices, s.activity
    local, imports, flows = _terms(b, made.purchase)
    _, exports, _ = _outlets(b, made.outlet)
    cell = a[s.local_activity]
    return {
        "PE": exports,
        "PM": imports * column(b.import_price),
        "PRD": flows * column(b.flow_price),
        "PR": made.regional,
        "PDD": (local * column(b.local_price))[cell],
        "PD": made.local[a],
        "PQ": made.composite[s.good],
        "PX": made.output[a],
        "PVA": made.unit_cost[a] / tfp[a],
        "W": stacked(made.wage, made.land),
        "RK": made.rental[a],
        "PK": made.capital_good,
        "CPI": made.consumer[:1],
        "DPI": made.domestic[b.numeraire_region : b.numeraire_region + 1],
        "EXR": made.exchange_rate,
    }


def _quantities(s: Structure, state: State[Floats], year: Year[Floats]) -> dict[str, Floats]:
    b, a, g = s.numbers, s.activity, s.good
    _, imports, flows_bought = _terms(b, year.purchases)
    sold, exports, flows_sold = _outlets(b, year.outlets)
    bought = stacked(sold[a[s.local_activity]], imports, flows_bought)
    margins = sums(2, s.good_region[s.term_good], column(b.local_margin[g])[s.term_good] * bought)
    entry = np.flatnonzero(b.consumption.ravel())
    return {
        "QVA": year.value_added[a],
        "QX": year.output[a],
        "QINT": sums(len(g), s.input_good, s.input_share * year.output[a][s.input_activity]),
        "QD": sold[a],
        "QE": exports,
        "QR": flows_sold,
        "QM": imports,
        "QRD": flows_bought,
        "QQ": year.composite[g],
        "QT": stacked(margins, sold[[b.regional_trade, b.sectors + b.regional_trade]]),
        "C": year.consumption[entry] / state.population[s.bought_household],
        "QG": year.government_goods[g[s.public_good]],
        "QI": year.investment[g[s.capital_good]],
    }


def _factor_use(s: Structure, substitution: Floats, state: State[Floats], tfp: Floats, year: Year[Floats]) -> Floats:
    """Mobile factors by activity: base use, scaled with the bundle and with what the factor costs relative to it."""
    b, a = s.numbers, s.activity
    base = column((b.output * b.value_added_share)[a])
    bundle = (year.value_added[a] / base / tfp[a])[s.mobile_activity]
    wage = stacked(year.prices.wage, year.prices.land)[s.mobile_price]
    mobile = s.mobile_quantity * bundle * (year.prices.unit_cost[a][s.mobile_activity] / wage) ** substitution
    return stacked(mobile, state.capital[a])


def _incomes(s: Structure, year: Year[Floats]) -> dict[str, Floats]:
    b = s.numbers
    return {
        "YF": stacked(year.labour_income, year.land_income, year.capital_income),
        "YH": year.household_income,
        "EH": year.spending,
        "FR": year.foreign_remittance,
        "RR": year.regional_remittance,
        "POINTS": year.tax_points,
        "SHK": sums(2, np.arange(2 * b.sectors) // b.sectors, year.capital_share),
        "NK": year.new_capital,
        "INV": year.saving,
        "GR": year.prices.revenue * b.revenue,
        "GC": year.government,
    }


def _terms(b: Benchmark, values: Floats) -> tuple[Floats, Floats, Floats]:
    """Local goods by cell, imports, goods from the other region."""
    local, imports = 2 * b.sectors, len(b.imports)
    return values[:local], values[local : local + imports], values[local + imports :]


def _outlets(b: Benchmark, values: Floats) -> tuple[Floats, Floats, Floats]:
    """Local sales by cell, exports, sales to the other region."""
    local, exports = 2 * b.sectors, len(b.export)
    return values[:local], values[local : local + exports], values[local + exports :]
