"""The benchmark in the form in which the equations use it: columns of numbers and sparse matrices of weights."""

from typing import NamedTuple

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from .benchmark import Benchmark, Indices
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
    sector_of_term: Indices
    sector_of_outlet: Indices
    sector_of_cell: Indices
    trade_of_cell: Indices
    trade_of_import: Indices
    trade_of_flow: Indices
    services_of_flow: Indices
    services_of_export: Indices
    cell_of_term: Indices
    cell_of_outlet: Indices
    trade_cells: Indices
    services_cells: Indices
    plain_terms: Indices
    trade_terms: Indices
    region_of_cell: Indices
    region_of_household: Indices
    cell_of_consumption: Indices
    household_of_consumption: Indices
    skill_of_endowment: Indices
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


def weights(rows: int, columns: int, row: Indices, entry: Indices, value: Floats | float = 1.0) -> Weights:
    """A sparse matrix (sum, entry) from the sum that each entry goes into and its weight; zeros are left out."""
    data = np.broadcast_to(np.asarray(value, dtype=np.float64), np.shape(row))
    kept = data != 0.0
    return sparse.csr_matrix((data[kept], (row[kept], entry[kept])), shape=(rows, columns))


def row_of(values: Floats) -> Weights:
    """One weighted sum over all entries."""
    return weights(1, len(values), np.zeros(len(values), dtype=np.int64), np.arange(len(values)), values)


def scatter(size: int, positions: Indices) -> Weights:
    """Puts a vector's entries at `positions` of a vector of length `size`."""
    return weights(size, len(positions), positions, np.arange(len(positions)))


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
    national = weights(1, cells, np.zeros(cells, int), cell, consumed / consumed.sum())
    regional = weights(2, cells, region, cell, consumed / by_region[region])
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
        purchases=weights(
            cells, len(term), term_cell, term, np.concatenate([b.local_share, b.import_share, b.flow_share])
        ),
        outlets=weights(
            cells,
            len(outlet),
            outlet_cell,
            outlet,
            np.concatenate([b.local_sales_share, b.export_sales_share, b.flow_sales_share]),
        ),
        input_cost=weights(cells, cells, activity, b.input_good, b.input_share),
        input_use=weights(cells, cells, b.input_good, activity, b.input_share),
        workers=weights(6, cells, skill_row, cell_of_skill, b.cell_workers.ravel()),
        wage_bill=weights(6, cells, skill_row, cell_of_skill, b.labour_payment.ravel()),
        land_rent=weights(2, cells, region, cell, b.land_payment),
        capital_kind=weights(4, cells, 2 * region + (cell % n != b.mining), cell),
        consumer=sparse.csr_matrix(sparse.vstack([national, regional], format="csr")),
        domestic=weights(2, cells, region, cell, sold / np.bincount(region, weights=sold)[region]),
        capital_good=weights(2, cells, region, cell, (b.investment / b.investment.sum(axis=1, keepdims=True)).ravel()),
        household_labour=weights(4, 12, endowment // 3, endowment),
        household_goods=weights(4, 4 * n, household_of_good, good),
        goods_of_households=weights(cells, 4 * n, cell_of_good, good),
        government_goods=weights(2, cells, region, cell, b.government.ravel()),
        investment_goods=weights(2, cells, region, cell, b.investment.ravel()),
        margin_use=weights(
            2, len(term), (term_cell // n)[term], term, np.where(existing & ~is_trade, b.local_margin[term_cell], 0.0)
        ),
        sales_tax_base=weights(1, cells, np.zeros(cells, int), cell, b.sales_tax / (1.0 + b.sales_tax)),
        tariff_base=weights(1, len(b.imports), np.zeros(len(b.imports), int), np.arange(len(b.imports))),
        regions=weights(2, cells, region, cell),
    )


def column(values: Floats | NDArray[np.bool_]) -> Floats:
    """Numbers as a column, to meet vectors of runs."""
    return np.asarray(values, dtype=np.float64).reshape(-1, 1)
