"""Parameters of the full model in level form, calibrated to the base year, and what a year is given.

CES and CET functions have a shift and a share for each argument, so that at base quantities they return the base total
and marginal products are the base prices, whatever the elasticity.
"""

from typing import NamedTuple

import numpy as np

from .economy import Floats
from .parts import Behaviour, Schedule, State
from .primal_base import base_year
from .primal_structure import Structure, Variables, column, sums


class Calibration(NamedTuple):
    """Parameters of a run; (entry, run). Exponents: `rho` 1/sigma - 1 (CES), `rhot` 1/Omega + 1 (CET)."""

    base: Variables
    alpha_va: Floats  # by activity
    delta_va: Floats  # by factor and activity, as QF
    rho_va: Floats  # one
    alpha_q: Floats  # by good
    delta_q: Floats  # by term
    rho_q: Floats  # by good
    alpha_t: Floats  # by activity
    delta_t: Floats  # by outlet
    rho_t: Floats  # by activity
    gamma: Floats  # subsistence per head, by household and good bought
    beta: Floats  # marginal budget shares
    beta_reg: Floats  # one
    kappa: Floats  # base investment per unit of new capital, by region


class Given(NamedTuple):
    """Exogenous values of a year; (entry, run)."""

    A: Floats  # productivity, by activity
    K: Floats  # capital, by activity
    land: Floats  # by region
    endowment: Floats  # workers, by household and skill
    population: Floats  # by household
    eta: Floats  # shares of the regions in new capital, where the rule fixes them in advance
    pwe: Floats  # by export
    pwm: Floats  # by import
    tm: Floats  # tariffs, by import
    mu: Floats  # regional trade services per unit, by flow
    mue: Floats  # the same, by export
    FSAV: Floats  # one
    transfer: Floats  # programme of transfers, by region
    services: Floats  # programme of public services
    investment: Floats  # programme of public investment
    points: Floats  # tax points, where they are not solved for


def calibrate(s: Structure, behaviour: Behaviour[Floats]) -> Calibration:
    """Shifts and shares that reproduce the base year under a run's elasticities."""
    b = s.numbers
    base = base_year(s, behaviour.investment_per_capital)
    sector, goods = s.activity % b.sectors, s.good % b.sectors
    rho_va = behaviour.factor / (1.0 - behaviour.factor)
    rho_q = (behaviour.armington / (1.0 - behaviour.armington))[goods]
    rho_t = (behaviour.transformation / (behaviour.transformation - 1.0))[sector]
    user = factor_users(s)
    pay = np.concatenate([s.mobile_pay, np.ones((len(s.activity), 1))])
    bought = np.concatenate([base.QD[s.local_activity], base.QM, base.QRD])
    sold = np.concatenate([base.QD, base.QE, base.QR])
    paid = np.concatenate([base.PDD, base.PM, base.PRD])
    delta_va = _shares(len(s.activity), user, pay * base.QF ** (1.0 + rho_va))
    delta_q = _shares(len(s.good), s.term_good, paid * bought ** (1.0 + rho_q[s.term_good]))
    delta_t = _shares(len(s.activity), s.outlet_activity, sold ** (1.0 - rho_t[s.outlet_activity]))
    inputs = sums(len(s.activity), user, delta_va * base.QF ** (-rho_va))
    supply = sums(len(s.good), s.term_good, delta_q * bought ** (-rho_q[s.term_good]))
    outlets = sums(len(s.activity), s.outlet_activity, delta_t * sold ** rho_t[s.outlet_activity])
    entry = np.flatnonzero(b.consumption.ravel())
    return Calibration(
        base=base,
        alpha_va=base.QVA / inputs ** (-1.0 / rho_va),
        delta_va=delta_va,
        rho_va=rho_va,
        alpha_q=base.QQ / supply ** (-1.0 / rho_q),
        delta_q=delta_q,
        rho_q=rho_q,
        alpha_t=base.QX / outlets ** (1.0 / rho_t),
        delta_t=delta_t,
        rho_t=rho_t,
        gamma=behaviour.subsistence[entry],
        beta=behaviour.marginal_share[entry],
        beta_reg=behaviour.mobility_regions,
        kappa=behaviour.investment_per_capital,
    )


def factor_users(s: Structure) -> np.ndarray:
    """The activity of each entry of `QF`."""
    return np.concatenate([s.mobile_activity, np.arange(len(s.activity))])


def given_of(s: Structure, schedule: Schedule[Floats], state: State[Floats]) -> Given:
    """What a year takes as given, from its schedule and from what it inherits."""
    b = s.numbers
    return Given(
        A=schedule.tfp[s.activity],
        K=state.capital[s.activity],
        land=schedule.land,
        endowment=state.endowment,
        population=state.population,
        eta=sums(2, np.arange(2 * b.sectors) // b.sectors, state.capital_share),
        pwe=schedule.world_export_price * column(1.0 + b.export_margin),
        pwm=schedule.world_import_price,
        tm=schedule.tariff,
        mu=schedule.regional_margin,
        mue=schedule.export_margin,
        FSAV=schedule.foreign_saving,
        transfer=schedule.extra_transfer,
        services=schedule.public_services,
        investment=schedule.public_investment,
        points=schedule.tax_points,
    )


def _shares(size: int, index: np.ndarray, weight: Floats) -> Floats:
    """Weights over the sum of those with the same index."""
    return weight / sums(size, index, weight)[index]
