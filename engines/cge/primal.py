"""The full model of a year, all 1,593 equations, to check what the condensed one finds.

Nothing here shares an equation with the modules that solve the model: functions stand in level form with first-order
conditions, and every price, quantity and income is a variable. `EQUATIONS` lists them in the order of the model
description; the current account is dropped by Walras's law and checked apart.
"""

from collections.abc import Callable, Mapping

from . import primal_income as income
from . import primal_prices as price
from . import primal_production as production
from .economy import Floats
from .primal_calibration import Calibration, Given, calibrate, given_of
from .primal_structure import NOMINAL, Structure, Variables, as_vector, from_vector, structure_of
from .primal_variables import variables_of

Equation = Callable[[Structure, Calibration, Given, Variables], Floats]

EQUATIONS: Mapping[str, Equation] = {
    "1 foreign export price": price.foreign_export_price,
    "2 foreign import price": price.foreign_import_price,
    "3 regional price": price.regional_price,
    "4 local demand price": price.local_demand_price,
    "5 absorption": price.absorption,
    "6 output value": price.output_value,
    "7 activity costs": price.activity_costs,
    "8a consumer price index": price.consumer_price_index,
    "8b domestic price index": price.domestic_price_index,
    "8c numeraire": price.numeraire,
    "9 value added": production.value_added,
    "10 factor demand": production.factor_demand,
    "11a intermediate demand": production.intermediate_demand,
    "11b value added demand": production.value_added_demand,
    "12a transformation": production.transformation,
    "12b foreign supply": production.foreign_supply,
    "12c regional supply": production.regional_supply,
    "13a composite supply": production.armington,
    "13b source demand": production.source_demand,
    "14a local margins": production.local_margins,
    "14b regional margins": production.regional_margins,
    "14c regional trade market": production.regional_trade_market,
    "15 consumption": income.consumption,
    "16 factor income": income.factor_income,
    "17a foreign remittance": income.foreign_remittance,
    "17b regional remittance": income.regional_remittance,
    "18 household income": income.household_income,
    "19 spending": income.spending,
    "20a public revenue": income.public_revenue,
    "20b recurrent spending": income.recurrent_spending,
    "20c government demand": income.government_demand,
    "20d tax points": income.tax_points,
    "21 savings pool": income.savings_pool,
    "22a regional shares": income.regional_shares,
    "22b national profit rate": income.national_profit_rate,
    "22c new capital": income.new_capital,
    "22d price of capital": income.price_of_capital,
    "22e investment demand": income.investment_demand,
    "23a goods market": income.goods_market,
    "23b flow market": income.flow_market,
    "23c labour market": income.labour_market,
    "23d land market": income.land_market,
    "23e capital in place": income.capital_in_place,
}
DROPPED = "24 current account"


def residual(s: Structure, p: Calibration, g: Given, v: Variables) -> dict[str, Floats]:
    """What every equation leaves over, relative to the base year, by name; the dropped current account comes last.

    Parameters
    ----------
    s : Structure
        From `structure_of`.
    p : Calibration
        From `calibrate`, (entry, run).
    g : Given
        From `given_of`, (entry, run).
    v : Variables
        Numbers or symbols, (entry, run).

    Returns
    -------
    dict of str to (equation, run) float
    """
    left = {name: equation(s, p, g, v) for name, equation in EQUATIONS.items()}
    left[DROPPED] = income.current_account(s, p, g, v)
    return left


__all__ = [
    "DROPPED",
    "EQUATIONS",
    "NOMINAL",
    "Calibration",
    "Given",
    "Structure",
    "Variables",
    "as_vector",
    "calibrate",
    "from_vector",
    "given_of",
    "residual",
    "structure_of",
    "variables_of",
]
