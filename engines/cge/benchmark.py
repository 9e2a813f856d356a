"""The base year in the form the equations need: quantities, shares and rates read off the matrix.

Functions are in calibrated-share form, so a draw's elasticities never enter here: they change no share, and the base
year is reproduced whatever they are. Lists number what exists: `import_cell` the cells (region x sector) that import,
`export_cell` those that export abroad, and flow `k` the regional sales of sector `flow_sector[k]` from cell
`flow_from[k]` to cell `flow_to[k]`. A cell is region * sectors + sector.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .economy import CAPITAL, LAND, RURAL, URBAN, Floats, Priors, Sets, Settings, Totals
from .entropy import InfeasibleMatrixError
from .matrix import SocialAccountingMatrix

Indices = NDArray[np.int64]


class Benchmark(NamedTuple):
    """Base-year arrays. Axes: cell, flow, household (region x rural, urban), skill; money in millions."""

    sectors: int
    trade: int
    regional_trade: int
    mining: int
    numeraire_region: int
    # production
    output: Floats
    value_added_share: Floats
    active: NDArray[np.bool_]
    input_start: Indices
    input_good: Indices
    input_share: Floats
    labour_share: Floats
    land_share: Floats
    capital_share: Floats
    labour_payment: Floats
    land_payment: Floats
    capital: Floats
    # sales
    local: Floats
    local_sales_share: Floats
    export_cell: Indices
    export: Floats
    export_sales_share: Floats
    export_margin: Floats
    flow_sector: Indices
    flow_from: Indices
    flow_to: Indices
    flow: Floats
    flow_sales_share: Floats
    regional_margin: Floats
    # purchases
    local_margin: Floats
    local_price: Floats
    local_share: Floats
    import_cell: Indices
    imports: Floats
    import_price: Floats
    import_share: Floats
    tariff: Floats
    flow_price: Floats
    flow_share: Floats
    composite: Floats
    sales_tax: Floats
    # households and government
    consumption: Floats
    income_elasticity: Floats
    population: Floats
    endowment: Floats
    land_owner: Floats
    tax_rate: Floats
    saving_rate: Floats
    transfer: Floats
    poor_share: Floats
    capital_tax: Floats
    foreign_remittance: Floats
    regional_remittance: Floats
    government: Floats
    government_share: Floats
    government_saving: float
    revenue: float
    investment: Floats
    foreign_saving: float
    cell_workers: Floats
    factor_income: Floats
    household_income: Floats


def benchmark(
    sets: Sets, totals: Totals, priors: Priors, settings: Settings, matrix: SocialAccountingMatrix
) -> Benchmark:
    """Read the base year off a balanced matrix.

    Raises
    ------
    InfeasibleMatrixError
        If a rate that follows from the matrix makes no sense (a share of land above one); it is named.
    """
    n = len(sets.sectors)
    production = _production(sets, matrix, settings, totals)
    sales = _sales(sets, matrix)
    purchases = _purchases(matrix, sales)
    institutions = _institutions(sets, totals, settings, matrix, production, purchases)
    macro = totals.flows
    revenue = float(macro["government", "taxes"].sum())
    return Benchmark(
        sectors=n,
        trade=sets.trade,
        regional_trade=sets.regional_trade,
        mining=sets.mining,
        numeraire_region=sets.remote,
        income_elasticity=priors.income_elasticity[[RURAL, URBAN, RURAL, URBAN]],
        government_saving=float(macro["savings", "government"].sum()) / revenue,
        revenue=revenue,
        foreign_saving=float(macro["savings", "rest_of_world"].sum()),
        **production,
        **sales,
        **purchases,
        **institutions,
    )


def _production(sets: Sets, matrix: SocialAccountingMatrix, settings: Settings, totals: Totals) -> dict[str, NDArray]:
    n = len(sets.sectors)
    value_added = matrix.value_added.ravel()
    output = value_added + matrix.intermediate.sum(axis=1).ravel()
    safe = np.where(output > 0.0, output, 1.0)
    start, good, share = [0], [], []
    for r in range(2):
        for a in range(n):
            used = np.flatnonzero(matrix.intermediate[r, :, a])
            good.append(used + r * n)
            share.append(matrix.intermediate[r, used, a] / safe[r * n + a])
            start.append(start[-1] + len(used))
    payment = matrix.factor_payment
    by_cell = payment.transpose(0, 2, 1).reshape(2 * n, -1)
    factor_share = by_cell / np.where(value_added > 0.0, value_added, 1.0)[:, None]
    employment = totals.employment.reshape(2, 2, -1).sum(axis=1)
    distortion = np.ones((2 * n, 3))
    distortion[np.tile(np.array(sets.families) == "agriculture", 2)] = float(settings["agri_wage"])
    bill = by_cell[:, :LAND]
    workers = bill / distortion
    for r in range(2):
        cells = slice(r * n, (r + 1) * n)
        workers[cells] *= employment[r] / workers[cells].sum(axis=0)
    return {
        "output": output,
        "value_added_share": value_added / safe,
        "active": value_added > 0.0,
        "input_start": np.array(start, dtype=np.int64),
        "input_good": np.concatenate(good).astype(np.int64),
        "input_share": np.concatenate(share),
        "labour_share": factor_share[:, :LAND].copy(),
        "land_share": factor_share[:, LAND].copy(),
        "capital_share": factor_share[:, CAPITAL].copy(),
        "labour_payment": bill.copy(),
        "land_payment": by_cell[:, LAND].copy(),
        "capital": by_cell[:, CAPITAL].copy(),
        "cell_workers": workers,
    }


def _sales(sets: Sets, matrix: SocialAccountingMatrix) -> dict[str, NDArray]:
    n = len(sets.sectors)
    sector = np.flatnonzero(matrix.regional > 0.0)
    origin = matrix.exporter[sector]
    flow = matrix.regional[sector]
    flow_from = origin * n + sector
    export_cell = np.flatnonzero(matrix.exports.ravel() > 0.0)
    export = matrix.exports.ravel()[export_cell]
    local = matrix.local.ravel().copy()
    # Regional trade services have no local market: what they sell are the margins.
    sold = local.copy()
    margin_cells = np.array([sets.regional_trade, n + sets.regional_trade])
    sold[margin_cells] = _margin_use(n, matrix, sector, origin, flow)
    total = sold.copy()
    np.add.at(total, export_cell, export)
    np.add.at(total, flow_from, flow)
    safe = np.where(total > 0.0, total, 1.0)
    return {
        "local": sold,
        "local_sales_share": sold / safe,
        "export_cell": export_cell.astype(np.int64),
        "export": export,
        "export_sales_share": export / safe[export_cell],
        "export_margin": matrix.export_margin.ravel()[export_cell],
        "flow_sector": sector.astype(np.int64),
        "flow_from": flow_from.astype(np.int64),
        "flow_to": ((1 - origin) * n + sector).astype(np.int64),
        "flow": flow,
        "flow_sales_share": flow / safe[flow_from],
        "regional_margin": matrix.regional_margin[sector],
    }


def _margin_use(n: int, matrix: SocialAccountingMatrix, sector: Indices, origin: Indices, flow: Floats) -> Floats:
    """Regional trade services used by each region's regional and foreign sales."""
    use = (matrix.export_margin * matrix.exports).sum(axis=1)
    np.add.at(use, origin, matrix.regional_margin[sector] * flow)
    return use


def _purchases(matrix: SocialAccountingMatrix, sales: dict[str, NDArray]) -> dict[str, NDArray]:
    margin = matrix.local_margin.ravel()
    import_cell = np.flatnonzero(matrix.imports.ravel() > 0.0)
    imports = matrix.imports.ravel()[import_cell]
    tariff = matrix.tariff.ravel()[import_cell] / imports
    local = matrix.local.ravel()
    local_price = 1.0 + margin
    import_price = 1.0 + tariff + margin[import_cell]
    flow_price = 1.0 + sales["regional_margin"] + margin[sales["flow_to"]]
    before_tax = local_price * local
    np.add.at(before_tax, import_cell, import_price * imports)
    np.add.at(before_tax, sales["flow_to"], flow_price * sales["flow"])
    safe = np.where(before_tax > 0.0, before_tax, 1.0)
    sales_tax = matrix.sales_tax.ravel() / safe
    return {
        "local_margin": margin,
        "local_price": local_price,
        "local_share": local_price * local / safe,
        "import_cell": import_cell.astype(np.int64),
        "imports": imports,
        "import_price": import_price,
        "import_share": import_price * imports / safe[import_cell],
        "tariff": tariff,
        "flow_price": flow_price,
        "flow_share": flow_price * sales["flow"] / safe[sales["flow_to"]],
        "composite": before_tax * (1.0 + sales_tax),
        "sales_tax": sales_tax,
    }


def _institutions(
    sets: Sets,
    totals: Totals,
    settings: Settings,
    matrix: SocialAccountingMatrix,
    production: dict[str, NDArray],
    purchases: dict[str, NDArray],
) -> dict[str, NDArray]:
    macro = totals.flows
    n = len(sets.sectors)
    capital = production["capital"].reshape(2, n)
    capital_total = capital.sum(axis=1)
    capital_tax = macro["taxes", "factors"] / capital_total
    foreign, regional = _remittance_rates(sets, totals, settings, capital, capital_tax)
    population = totals.population
    transfer = (macro["households", "government"] / population.reshape(2, 2).sum(axis=1)).repeat(2)
    wage_bill = production["labour_payment"].reshape(2, n, 3).sum(axis=1)
    owned = totals.employment / totals.employment.reshape(2, 2, 3).sum(axis=1).repeat(2, axis=0)
    labour_income = (owned * wage_bill.repeat(2, axis=0)).sum(axis=1)
    land = production["land_payment"].reshape(2, n).sum(axis=1)
    spending = matrix.consumption.sum(axis=1)
    rural = np.array([RURAL, 2 + RURAL])
    urban = np.array([URBAN, 2 + URBAN])
    saving_rate, tax_rate, income = np.zeros(4), np.zeros(4), np.zeros(4)
    saving_rate[rural] = float(settings["sav_rural"])
    income[rural] = spending[rural] / (1.0 - saving_rate[rural])
    land_owner = np.zeros(4)
    land_owner[rural] = (income - labour_income - transfer * population)[rural] / land
    if np.any((land_owner[rural] < 0.0) | (land_owner[rural] > 1.0)):
        owned_by = ", ".join(f"{share:.3f} of {r}" for r, share in zip(sets.regions, land_owner[rural], strict=True))
        message = (
            f"Rural households would own these shares of the land: {owned_by}; they must lie between 0 and 1. Change "
            "sav_rural, the wages or the consumption of rural households."
        )
        raise InfeasibleMatrixError(message)
    land_owner[urban] = 1.0 - land_owner[rural]
    tax = macro["taxes", "households"]
    saving = macro["savings", "households"] - (saving_rate * income)[rural]
    income[urban] = spending[urban] + saving + tax
    tax_rate[urban] = tax / income[urban]
    saving_rate[urban] = saving / (income[urban] - tax)
    return {
        "consumption": matrix.consumption,
        "population": population,
        "endowment": totals.employment,
        "land_owner": land_owner,
        "tax_rate": tax_rate,
        "saving_rate": saving_rate,
        "transfer": transfer,
        "poor_share": totals.poor_population / totals.poor_population.sum(),
        "capital_tax": capital_tax,
        "foreign_remittance": foreign,
        "regional_remittance": regional,
        "government": matrix.government,
        "government_share": macro["commodities", "government"] / macro["commodities", "government"].sum(),
        "investment": matrix.investment,
        "factor_income": np.concatenate([wage_bill.ravel(), land, capital_total]),
        "household_income": income,
    }


def _remittance_rates(
    sets: Sets, totals: Totals, settings: Settings, capital: Floats, capital_tax: Floats
) -> tuple[Floats, Floats]:
    """Shares of after-tax mining and other capital income sent abroad and to the other region, (region, 2)."""
    mining = capital[:, sets.mining]
    after_tax = np.stack([mining, capital.sum(axis=1) - mining], axis=1) * (1.0 - capital_tax)[:, None]
    rates = []
    for key, share in (("rest_of_world", "mining_remit"), ("regional_linkages", "mining_regremit")):
        paid = totals.flows.get((key, "factors"), np.zeros(2))
        part = np.array([float(settings[share]), 1.0 - float(settings[share])])
        # Where a region has no mining, the rest of its capital pays for all.
        part = np.where(mining[:, None] > 0.0, part, np.array([0.0, 1.0]))
        rates.append(paid[:, None] * part / np.where(after_tax > 0.0, after_tax, 1.0))
    return rates[0], rates[1]
