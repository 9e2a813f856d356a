"""The benchmark in the form in which the equations use it: columns of numbers and sparse matrices of weights."""

from typing import NamedTuple

import numpy as np
import scipy.sparse as sparse

from .benchmark import Benchmark
from .economy import Floats

Weights = sparse.csr_matrix


class Base(NamedTuple):
    """Columns are (entry, 1), so that they meet vectors of any number of runs; weights are (sum, entry).

    Entries: `cell` (region x sector), `term` (cells, then imports, then flows: what a region buys), `outlet` (cells,
    exports, flows: what a cell sells), `household`, `skill` (region x skill). Index arrays pick the entry that belongs
    to each entry of another vector.
    """

    numbers: Benchmark
    # indices
    sector_of_term: Floats
    sector_of_outlet: Floats
    sector_of_cell: Floats
    trade_of_cell: Floats
    trade_of_import: Floats
    trade_of_flow: Floats
    services_of_flow: Floats
    services_of_export: Floats
    cell_of_term: Floats
    cell_of_outlet: Floats
    trade_cells: Floats
    services_cells: Floats
    plain_terms: Floats
    trade_terms: Floats
    region_of_cell: Floats
    region_of_household: Floats
    cell_of_consumption: Floats
    household_of_consumption: Floats
    skill_of_endowment: Floats
    # sums
    purchases: Weights
    outlets: Weights
    input_cost: Weights
    input_use: Weights
    workers: Weights
    wage_bill: Weights
    land_rent: Weights
    capital_kind: Weights
    consumer: Weights
    domestic: Weights
    capital_good: Weights
    household_labour: Weights
    household_goods: Weights
    goods_of_households: Weights
    government_goods: Weights
    investment_goods: Weights
    margin_use: Weights
    sales_tax_base: Weights
    tariff_base: Weights
    regions: Weights


def _sum(rows: int, columns: int, row: Floats, column: Floats, value: Floats | float = 1.0) -> Weights:
    row, column = np.asarray(row), np.asarray(column)
    data = np.broadcast_to(np.asarray(value, dtype=np.float64), row.shape)
    kept = data != 0.0
    return sparse.csr_matrix((data[kept], (row[kept], column[kept])), shape=(rows, columns))


def build_base(b: Benchmark) -> Base:
    """Indices and weights of a benchmark."""
    n, cells = b.sectors, 2 * b.sectors
    cell = np.arange(cells)
    term_cell = np.concatenate([cell, b.import_cell, b.flow_to])
    outlet_cell = np.concatenate([cell, b.export_cell, b.flow_from])
    term, outlet = np.arange(len(term_cell)), np.arange(len(outlet_cell))
    is_trade = term_cell % n == b.trade
    existing = b.composite[term_cell] > 0.0
    region = cell // n
    household = np.arange(4)
    good = np.arange(4 * n)
    household_of_good = good // n
    cell_of_good = (household_of_good // 2) * n + good % n
    activity = np.repeat(cell, np.diff(b.input_start))
    sold = np.where(cell % n == b.regional_trade, 0.0, b.local)
    consumed = (b.consumption[[0, 2]] + b.consumption[[1, 3]]).ravel()
    by_region = np.bincount(region, weights=consumed)
    skill_row = (3 * region[:, None] + np.arange(3)).ravel()
    cell_of_skill = np.repeat(cell, 3)
    endowment = np.arange(12)
    consumer = sparse.vstack(
        [
            _sum(1, cells, np.zeros(cells, int), cell, consumed / consumed.sum()),
            _sum(2, cells, region, cell, consumed / by_region[region]),
        ],
        format="csr",
    )
    return Base(
        numbers=b,
        sector_of_term=term_cell % n,
        sector_of_outlet=outlet_cell % n,
        sector_of_cell=cell % n,
        trade_of_cell=region,
        trade_of_import=b.import_cell // n,
        trade_of_flow=b.flow_to // n,
        services_of_flow=(b.flow_from // n) * n + b.regional_trade,
        services_of_export=(b.export_cell // n) * n + b.regional_trade,
        cell_of_term=term_cell,
        cell_of_outlet=outlet_cell,
        trade_cells=np.array([b.trade, n + b.trade]),
        services_cells=np.array([b.regional_trade, n + b.regional_trade]),
        plain_terms=term[existing & ~is_trade],
        trade_terms=term[existing & is_trade],
        region_of_cell=region,
        region_of_household=household // 2,
        cell_of_consumption=cell_of_good,
        household_of_consumption=household_of_good,
        skill_of_endowment=3 * (endowment // 6) + endowment % 3,
        purchases=_sum(cells, len(term), term_cell, term, np.concatenate([b.local_share, b.import_share, b.flow_share])),
        outlets=_sum(
            cells,
            len(outlet),
            outlet_cell,
            outlet,
            np.concatenate([b.local_sales_share, b.export_sales_share, b.flow_sales_share]),
        ),
        input_cost=_sum(cells, cells, activity, b.input_good, b.input_share),
        input_use=_sum(cells, cells, b.input_good, activity, b.input_share),
        workers=_sum(6, cells, skill_row, cell_of_skill, b.cell_workers.ravel()),
        wage_bill=_sum(6, cells, skill_row, cell_of_skill, b.labour_payment.ravel()),
        land_rent=_sum(2, cells, region, cell, b.land_payment),
        capital_kind=_sum(4, cells, 2 * region + (cell % n != b.mining), cell),
        consumer=consumer,
        domestic=_sum(2, cells, region, cell, sold / np.bincount(region, weights=sold)[region]),
        capital_good=_sum(2, cells, region, cell, (b.investment / b.investment.sum(axis=1, keepdims=True)).ravel()),
        household_labour=_sum(4, 12, endowment // 3, endowment),
        household_goods=_sum(4, 4 * n, household_of_good, good),
        goods_of_households=_sum(cells, 4 * n, cell_of_good, good),
        government_goods=_sum(2, cells, region, cell, b.government.ravel()),
        investment_goods=_sum(2, cells, region, cell, b.investment.ravel()),
        margin_use=_sum(
            2, len(term), (term_cell // n)[term], term, np.where(existing & ~is_trade, b.local_margin[term_cell], 0.0)
        ),
        sales_tax_base=_sum(1, cells, np.zeros(cells, int), cell, b.sales_tax / (1.0 + b.sales_tax)),
        tariff_base=_sum(1, len(b.imports), np.zeros(len(b.imports), int), np.arange(len(b.imports))),
        regions=_sum(2, cells, region, cell),
    )


def column(values: Floats) -> Floats:
    """Numbers as a column, to meet vectors of runs."""
    return np.asarray(values, dtype=np.float64).reshape(-1, 1)
