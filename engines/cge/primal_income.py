"""Equations 15 to 24 of the full model: households, government, saving and investment, and the markets."""

import numpy as np

from .economy import Floats
from .parts import Allocation, Deflator
from .primal_calibration import Calibration, Given
from .primal_prices import local_sales, regional_consumption
from .primal_structure import Structure, Variables, column, sums

REGION_OF_HOUSEHOLD = np.array([0, 0, 1, 1])
URBAN = column(np.array([0.0, 1.0, 0.0, 1.0]))
REGION_OF_PROFIT = np.array([0, 0, 1, 1])
OTHER_PROFIT = column(np.array([0.0, 1.0, 0.0, 1.0]))


def consumption(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """15. PQ (c - gamma) = beta (EH / pop - sum of gamma PQ), per head."""
    price = v.PQ[s.bought_good]
    committed = sums(4, s.bought_household, p.gamma * price)
    free = v.EH / g.population - committed
    return (price * (v.C - p.gamma) - p.beta * free[s.bought_household]) / p.base.C


def factor_income(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """16. Labour W sum of wdist QF, land, and capital sum of RK QF by region, mining and other."""
    mobile, capital = _factors(s, v)
    wages = v.W * sums(8, s.mobile_price, s.mobile_pay * mobile)
    profits = sums(4, s.activity_kind, v.RK * capital)
    return (v.YF - np.concatenate([wages, profits])) / p.base.YF


def foreign_remittance(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """17a. FR: fixed shares of mining's and other capital income after tax."""
    return (v.FR - _sent(s, v, s.numbers.foreign_remittance)) / _profits(p.base.YF)


def regional_remittance(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """17b. RR: the same to the other region."""
    return (v.RR - _sent(s, v, s.numbers.regional_remittance)) / _profits(p.base.YF)


def household_income(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """18. YH: labour Lh / Ls, land by ownership, profits left in the region if urban, transfers at consumer prices."""
    b = s.numbers
    household, skill = np.divmod(np.arange(12), 3)
    price = 3 * REGION_OF_HOUSEHOLD[household] + skill
    owned = g.endowment / sums(6, price, g.endowment)[price]
    labour = sums(4, household, owned * v.YF[price])
    land = column(b.land_owner) * v.YF[6:8][REGION_OF_HOUSEHOLD]
    left = _profits(_after_tax(s, v)) - v.FR - v.RR + v.RR[::-1]
    transfers = column(b.transfer) * g.population + (1.0 - URBAN) * g.transfer[REGION_OF_HOUSEHOLD]
    income = labour + land + URBAN * left[REGION_OF_HOUSEHOLD] + transfers * v.CPI
    return (v.YH - income) / p.base.YH


def spending(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """19. EH = (1 - s) (1 - t) YH."""
    b = s.numbers
    return (v.EH - column((1.0 - b.saving_rate) * (1.0 - b.tax_rate)) * v.YH) / p.base.EH


def public_revenue(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """20a. GR: sales tax, tariffs, corporate tax and direct tax."""
    b = s.numbers
    rate = b.sales_tax[s.good]
    sales = (column(rate / (1.0 + rate)) * v.PQ * v.QQ).sum(axis=0, keepdims=True)
    tariffs = (g.tm * g.pwm * v.QM).sum(axis=0, keepdims=True) * v.EXR
    corporate = (column(b.capital_tax.repeat(2)) * v.YF[8:]).sum(axis=0, keepdims=True)
    direct = (column(b.tax_rate) * v.YH).sum(axis=0, keepdims=True)
    return (v.GR - sales - tariffs - corporate - direct) / p.base.GR


def recurrent_spending(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """20b. GC: revenue and extra tax less saving, transfers and public investment."""
    b = s.numbers
    extra = v.POINTS * _taxable(s, v)
    transfers = (column(b.transfer) * g.population).sum(axis=0, keepdims=True) + g.transfer[:1] + g.transfer[1:]
    left = (1.0 - b.government_saving) * v.GR + extra - (transfers + g.investment) * v.CPI
    return (v.GC - left) / p.base.GC


def government_demand(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """20c. QG: fixed shares of the regions in spending, a fixed mix of goods in each."""
    region = s.good_region[s.public_good]
    cost = sums(2, region, p.base.QG * v.PQ[s.public_good])
    return (v.QG * cost[region] / p.base.QG - (column(s.numbers.government_share) * v.GC)[region]) / p.base.GC


def tax_points(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """20d. The extra tax on capital pays for the programmes of a scenario, unless its rate is given."""
    if not s.rules.solve_tax_points:
        return v.POINTS - g.points
    programmes = g.transfer[:1] + g.transfer[1:] + g.services + g.investment
    return (v.POINTS * _taxable(s, v) - programmes * v.CPI) / _taxable(s, p.base)


def savings_pool(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """21. INV = sum of s (1 - t) YH + gsav GR + FSAV EXR, and the public investment that extra tax pays for."""
    b = s.numbers
    private = (column(b.saving_rate * (1.0 - b.tax_rate)) * v.YH).sum(axis=0, keepdims=True)
    pool = private + b.government_saving * v.GR + g.FSAV * v.EXR + g.investment * v.CPI
    return (v.INV - pool) / p.base.INV


def regional_shares(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """22a. SHK = K_r / K (1 + beta_reg (v_r / v - 1)), or as inherited where last year's profits decide."""
    if s.rules.allocation != Allocation.CURRENT:
        return v.SHK - g.eta
    capital = sums(2, s.activity_region, _factors(s, v)[1])
    earned = sums(2, s.activity_region, _profit_rate(s, v) * _factors(s, v)[1])
    pull = 1.0 + p.beta_reg * (earned / capital / v.V - 1.0)
    return v.SHK - capital / (capital[:1] + capital[1:]) * pull


def national_profit_rate(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """22b. V: the mean over all activities, weighted by capital."""
    return v.V - mean_profit_rate(s, v)


def mean_profit_rate(s: Structure, v: Variables) -> Floats:
    """Profit rate of the nation, weighted by capital."""
    capital = _factors(s, v)[1]
    return (_profit_rate(s, v) * capital).sum(axis=0, keepdims=True) / capital.sum(axis=0, keepdims=True)


def new_capital(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """22c. INV = NK sum of PK kappa SHK."""
    return (v.INV - v.NK * (v.PK * p.kappa * v.SHK).sum(axis=0, keepdims=True)) / p.base.INV


def price_of_capital(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """22d. PK[r] = sum of imix PQ."""
    region = s.good_region[s.capital_good]
    return v.PK - sums(2, region, _capital_mix(s, p) * v.PQ[s.capital_good])


def investment_demand(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """22e. QI = imix kappa SHK NK."""
    wanted = (p.kappa * v.SHK)[s.good_region[s.capital_good]] * _capital_mix(s, p) * v.NK
    return (v.QI - wanted) / p.base.QI


def goods_market(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """23a. QQ = QINT + sum of pop c + QG + QI, and QT1 for the trade sector."""
    size = len(s.good)
    households = sums(size, s.bought_good, g.population[s.bought_household] * v.C)
    public, invested = sums(size, s.public_good, v.QG), sums(size, s.capital_good, v.QI)
    return (v.QQ - v.QINT - households - public - invested - sums(size, s.trade_good, v.QT[:2])) / p.base.QQ


def flow_market(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """23b. QR = QRD: what one region sells the other buys."""
    return (v.QR - v.QRD) / p.base.QR


def labour_market(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """23c. Sum of QF = workers of the region and skill."""
    used = sums(8, s.mobile_price, _factors(s, v)[0])[:6]
    household, skill = np.divmod(np.arange(12), 3)
    supply = sums(6, 3 * REGION_OF_HOUSEHOLD[household] + skill, g.endowment)
    return used / supply - 1.0


def land_market(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """23d. Sum of QF = land of the region."""
    return sums(8, s.mobile_price, _factors(s, v)[0])[6:] / g.land - 1.0


def capital_in_place(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """23e. QF = K in each activity."""
    return _factors(s, v)[1] / g.K - 1.0


def current_account(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """24. Sum of pwe QE + FSAV = sum of pwm QM + sum of FR / EXR, over base exports.

    Dropped: it follows from all others by Walras's law.
    """
    earned = (g.pwe * v.QE).sum(axis=0, keepdims=True) + g.FSAV
    paid = (g.pwm * v.QM).sum(axis=0, keepdims=True) + (v.FR / v.EXR).sum(axis=0, keepdims=True)
    return (earned - paid) / p.base.QE.sum()


def _factors(s: Structure, v: Variables) -> tuple[Floats, Floats]:
    """Mobile factors, and capital by activity."""
    return v.QF[: len(s.mobile_activity)], v.QF[len(s.mobile_activity) :]


def _after_tax(s: Structure, v: Variables) -> Floats:
    """Capital income by region, mining and other, less corporate tax and the extra points that it pays."""
    extra = 1.0 + OTHER_PROFIT * (s.rules.other_capital_taxed - 1.0)
    return v.YF[8:] * (1.0 - column(s.numbers.capital_tax.repeat(2)) - extra * v.POINTS)


def _taxable(s: Structure, v: Variables) -> Floats:
    """Capital income that the extra points are levied on."""
    part = 1.0 + OTHER_PROFIT * (s.rules.other_capital_taxed - 1.0)
    return (part * v.YF[8:]).sum(axis=0, keepdims=True)


def _profits(income: Floats) -> Floats:
    """Capital income by region, from the last four entries: mining and other in each region."""
    return sums(2, REGION_OF_PROFIT, income[-4:])


def _sent(s: Structure, v: Variables, rate: Floats) -> Floats:
    return sums(2, REGION_OF_PROFIT, column(rate) * _after_tax(s, v))


def _profit_rate(s: Structure, v: Variables) -> Floats:
    """Rentals over what the rules deflate them by."""
    region = s.activity_region
    if s.rules.deflator == Deflator.NONE:
        return v.RK
    if s.rules.deflator == Deflator.PRICE_OF_CAPITAL:
        return v.RK / v.PK[region]
    if s.rules.deflator == Deflator.REGIONAL_CPI:
        bought = regional_consumption(s)
        return v.RK / (sums(2, s.good_region, bought * v.PQ) / sums(2, s.good_region, bought))[region]
    sold = local_sales(s)
    return v.RK / (sums(2, region, sold * v.PD) / sums(2, region, sold))[region]


def _capital_mix(s: Structure, p: Calibration) -> Floats:
    """Goods in one unit of new capital of their region."""
    region = s.good_region[s.capital_good]
    return p.base.QI / sums(2, region, p.base.QI)[region]
