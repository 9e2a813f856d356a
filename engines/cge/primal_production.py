"""Equations 9 to 14 of the full model: production, trade and transaction services, in level form."""

from .economy import Floats
from .primal_calibration import Calibration, Given, factor_users
from .primal_structure import Structure, Variables, column, stacked, sums


def value_added(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """9. QVA = A alpha (sum of delta QF ** -rho) ** (-1 / rho)."""
    made = g.A * p.alpha_va * _factor_sum(s, p, v) ** (-1.0 / p.rho_va)
    return (v.QVA - made) / p.base.QVA


def factor_demand(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """10. W wdist = PVA QVA (sum of delta QF ** -rho) ** -1 delta QF ** (-rho - 1); capital earns its own RK."""
    user = factor_users(s)
    paid = stacked(v.W[s.mobile_price] * s.mobile_pay, v.RK)
    earned = (v.PVA * v.QVA / _factor_sum(s, p, v))[user] * p.delta_va * v.QF ** (-p.rho_va - 1.0)
    return (paid - earned) / stacked(s.mobile_pay, p.base.RK)


def intermediate_demand(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """11a. QINT[b] = sum over activities of ica QX."""
    return (v.QINT - sums(len(s.good), s.input_good, s.input_share * v.QX[s.input_activity])) / p.base.QQ


def value_added_demand(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """11b. QVA = iva QX."""
    return (v.QVA - column(s.numbers.value_added_share[s.activity]) * v.QX) / p.base.QVA


def transformation(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """12a. QX = alpha (sum of delta Q ** rhot) ** (1 / rhot) over local, foreign and regional sales."""
    part = p.delta_t * stacked(v.QD, v.QE, v.QR) ** p.rho_t[s.outlet_activity]
    made = p.alpha_t * sums(len(s.activity), s.outlet_activity, part) ** (1.0 / p.rho_t)
    return (v.QX - made) / p.base.QX


def foreign_supply(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """12b. QE / QD = (PE / PD  delta_d / delta_e) ** (1 / (rhot - 1))."""
    first = len(s.activity)
    last = first + len(s.export_activity)
    return _supply(p, s.export_activity, v.PE, v.QE, p.delta_t[first:last], v) / p.base.QE


def regional_supply(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """12c. QR / QD = (PR / PD  delta_d / delta_r) ** (1 / (rhot - 1))."""
    first = len(s.activity) + len(s.export_activity)
    return _supply(p, s.flow_activity, v.PR, v.QR, p.delta_t[first:], v) / p.base.QR


def armington(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """13a. QQ = alpha (sum of delta Q ** -rho) ** (-1 / rho) over local, foreign and regional supply."""
    part = p.delta_q * _bought(s, v) ** (-p.rho_q[s.term_good])
    return (v.QQ - p.alpha_q * sums(len(s.good), s.term_good, part) ** (-1.0 / p.rho_q)) / p.base.QQ


def source_demand(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """13b, 13c. QM / QD = (PDD / PM  delta_m / delta_d) ** (1 / (1 + rho)), and the same for QRD.

    A good that has no local supply is measured against its first other source.
    """
    term, first = s.other_term, s.first_term[s.other_term]
    price, quantity = stacked(v.PDD, v.PM, v.PRD), _bought(s, v)
    ratio = price[first] / price[term] * (p.delta_q[term] / p.delta_q[first])
    wanted = quantity[first] * ratio ** (1.0 / (1.0 + p.rho_q[s.term_good[term]]))
    return (quantity[term] - wanted) / _bought(s, p.base)[term]


def local_margins(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """14a. QT1[r] = sum of lm (QD + QM + QRD), bought from the trade sector."""
    rate = column(s.numbers.local_margin[s.good])[s.term_good]
    return (v.QT[:2] - sums(2, s.good_region[s.term_good], rate * _bought(s, v))) / p.base.QQ[s.trade_good]


def regional_margins(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """14b. QT2[r] = sum of mu QR + sum of mue QE, by the region that sells."""
    region = s.activity_region
    used = sums(2, region[s.flow_activity], g.mu * v.QR) + sums(2, region[s.export_activity], g.mue * v.QE)
    return (v.QT[2:] - used) / p.base.QX[s.services_activity]


def regional_trade_market(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """14c. QX[rt, r] = QT2[r]: regional trade services have no other buyer."""
    services = s.services_activity[s.services_region]
    return (v.QX[services] - v.QT[2:][s.services_region]) / p.base.QX[services]


def _factor_sum(s: Structure, p: Calibration, v: Variables) -> Floats:
    return sums(len(s.activity), factor_users(s), p.delta_va * v.QF ** (-p.rho_va))


def _supply(p: Calibration, seller, price: Floats, quantity: Floats, share: Floats, v: Variables) -> Floats:
    ratio = price / v.PD[seller] * (p.delta_t[seller] / share)
    return quantity - v.QD[seller] * ratio ** (1.0 / (p.rho_t[seller] - 1.0))


def _bought(s: Structure, v: Variables) -> Floats:
    return stacked(v.QD[s.local_activity], v.QM, v.QRD)
