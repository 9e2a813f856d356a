"""Equations 1 to 8 of the full model: prices. Each returns what is left over, relative to the base year.

Every equation takes the structure `s`, the calibration `p`, what the year is given `g`, and the variables `v`.
"""

from .economy import Floats
from .primal_calibration import Calibration, Given
from .primal_structure import Structure, Variables, column, stacked, sums


def local_margin(s: Structure, v: Variables, good) -> Floats:
    """Cost of the local trade services that goods need on their way to the buyer, per unit."""
    rate = column(s.numbers.local_margin[s.good])
    return rate[good] * v.PQ[s.trade_good[s.good_region[good]]]


def foreign_export_price(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """1. PE = pwe EXR - mue PD[rt, r]: the border price less the regional trade services to get there."""
    services = s.services_activity[s.activity_region[s.export_activity]]
    return v.PE - (g.pwe * v.EXR - g.mue * v.PD[services])


def foreign_import_price(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """2. PM = pwm (1 + tm) EXR + lm PQ[trade, r]: border price, tariff and local margin."""
    return (v.PM - (g.pwm * (1.0 + g.tm) * v.EXR + local_margin(s, v, s.import_good))) / p.base.PM


def regional_price(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """3. PRD[r] = PR[s] + mu PD[rt, s] + lm PQ[trade, r]: services of the exporting region's regional trade."""
    services = s.services_activity[s.activity_region[s.flow_activity]]
    return (v.PRD - (v.PR + g.mu * v.PD[services] + local_margin(s, v, s.flow_good))) / p.base.PRD


def local_demand_price(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """4. PDD = PD + lm PQ[trade, r]."""
    return (v.PDD - (v.PD[s.local_activity] + local_margin(s, v, s.local_good))) / p.base.PDD


def absorption(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """5. PQ QQ = (1 + tq) (PDD QD + PM QM + PRD QRD)."""
    paid = stacked(v.PDD * v.QD[s.local_activity], v.PM * v.QM, v.PRD * v.QRD)
    tax = column(1.0 + s.numbers.sales_tax[s.good])
    return (v.PQ * v.QQ - tax * sums(len(s.good), s.term_good, paid)) / p.base.QQ


def output_value(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """6. PX QX = PD QD + PE QE + PR QR."""
    earned = stacked(v.PD * v.QD, v.PE * v.QE, v.PR * v.QR)
    return (v.PX * v.QX - sums(len(s.activity), s.outlet_activity, earned)) / p.base.QX


def activity_costs(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """7. PX QX = PVA QVA + sum over goods of ica PQ QX."""
    inputs = sums(len(s.activity), s.input_activity, s.input_share * v.PQ[s.input_good])
    return (v.PX * v.QX - v.PVA * v.QVA - inputs * v.QX) / p.base.QX


def consumer_price_index(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """8a. CPI = sum of cw PQ, weights from base consumption of all households."""
    return v.CPI - _mean(regional_consumption(s), v.PQ)


def domestic_price_index(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """8b. DPI = sum of dw PD in the region of the numeraire, weights from base local sales to buyers of goods."""
    sold = local_sales(s) * column(s.activity_region == s.numbers.numeraire_region)
    return v.DPI - _mean(sold, v.PD)


def numeraire(s: Structure, p: Calibration, g: Given, v: Variables) -> Floats:
    """8c. DPI = 1."""
    return v.DPI - 1.0


def regional_consumption(s: Structure) -> Floats:
    """Base consumption by good, (good, 1)."""
    b = s.numbers
    return sums(len(s.good), s.bought_good, column(b.consumption[b.consumption != 0.0]))


def local_sales(s: Structure) -> Floats:
    """Base local sales by activity, (activity, 1); regional trade services have no buyers of their own."""
    b = s.numbers
    return column(b.local[s.activity]) * column(s.activity % b.sectors != b.regional_trade)


def _mean(weight: Floats, values: Floats) -> Floats:
    """The weighted mean over all entries, (1, run)."""
    return (weight * values).sum(axis=0, keepdims=True) / weight.sum()
