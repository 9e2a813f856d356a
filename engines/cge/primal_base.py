"""Every variable of the full model in the base year."""

import numpy as np

from .economy import Floats
from .primal_structure import Structure, Variables, column, stacked, sums


def base_year(s: Structure, kappa: Floats) -> Variables:
    """Every variable in the base year, read off the benchmark: prices are one before margins and taxes.

    `kappa` is base investment per unit of new capital, (region, run).
    """
    prices, quantities = _base_prices(s), _base_quantities(s)
    return Variables(**prices, **quantities, **_base_incomes(s, kappa))


def _base_prices(s: Structure) -> dict[str, Floats]:
    b = s.numbers

    def one(size: int) -> Floats:
        return np.ones((size, 1))

    activities, goods = len(s.activity), len(s.good)
    return {
        "PE": one(len(b.export)), "PM": column(b.import_price), "PRD": column(b.flow_price), "PR": one(len(b.flow)),
        "PDD": column(b.local_price[s.good[s.local_good]]), "PD": one(activities), "PQ": one(goods),
        "PX": one(activities), "PVA": one(activities), "W": one(8), "RK": one(activities), "PK": one(2),
        "CPI": one(1), "DPI": one(1), "EXR": one(1), "V": one(1),
    }  # fmt: skip


def _base_quantities(s: Structure) -> dict[str, Floats]:
    b, a, g = s.numbers, s.activity, s.good
    local = column(b.local[a])
    bought = stacked(local[s.local_activity], column(b.imports), column(b.flow))
    margins = sums(2, s.good_region[s.term_good], column(b.local_margin[g])[s.term_good] * bought)
    services = b.local[[b.regional_trade, b.sectors + b.regional_trade]]
    return {
        "QVA": column((b.output * b.value_added_share)[a]),
        "QX": column(b.output[a]),
        "QF": stacked(s.mobile_quantity, column(b.capital[a])),
        "QINT": sums(len(g), s.input_good, s.input_share * column(b.output[a])[s.input_activity]),
        "QD": local,
        "QE": column(b.export),
        "QR": column(b.flow),
        "QM": column(b.imports),
        "QRD": column(b.flow),
        "QQ": column(b.composite[g]),
        "QT": stacked(margins, column(services)),
        "C": column((b.consumption / b.population[:, None])[b.consumption != 0.0]),
        "QG": column(b.government[b.government != 0.0]),
        "QI": column(b.investment[b.investment != 0.0]),
    }


def _base_incomes(s: Structure, kappa: Floats) -> dict[str, Floats]:
    b = s.numbers
    profits = sums(4, s.activity_kind, column(b.capital[s.activity]))
    after_tax = profits * column(1.0 - b.capital_tax.repeat(2))
    capital = profits[::2] + profits[1::2]
    share, invested = capital / capital.sum(), np.full((1, 1), b.investment.sum())
    return {
        "YF": stacked(column(b.factor_income[:8]), profits),
        "YH": column(b.household_income),
        "EH": column(b.consumption.sum(axis=1)),
        "FR": sums(2, np.arange(4) // 2, after_tax * column(b.foreign_remittance)),
        "RR": sums(2, np.arange(4) // 2, after_tax * column(b.regional_remittance)),
        "POINTS": np.zeros((1, 1)),
        "SHK": share,
        "NK": invested / (share * kappa).sum(axis=0, keepdims=True),
        "INV": invested,
        "GR": np.full((1, 1), b.revenue),
        "GC": np.full((1, 1), b.government.sum()),
    }
