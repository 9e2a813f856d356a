"""The social accounting matrix with labels: every account of both regions, as a square table that balances.

A row receives, a column pays, in millions. Each region has its own activities, commodities, trade margins, factors,
households, taxes, government, savings and accounts with the other region and abroad, laid out as the published matrix
of flows: goods reach the other region and the world from the commodity's account at their price with margins, and what
a region buys from the other stands in its own account of regional linkages.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .benchmark import Benchmark
from .economy import CAPITAL, FACTORS, GROUPS, LAND, SKILLS, Floats, Sets, Totals
from .matrix import SocialAccountingMatrix

TAXES = ("tariff", "sales_tax", "corporate_tax", "direct_tax")
MARGINS = ("local", "regional")
INSTITUTIONS = ("government", "savings", "regional_linkages", "rest_of_world")
COLUMNS = ("account", "region", "group", "item")


@dataclass(frozen=True)
class AccountMatrix:
    """A labelled square matrix.

    Parameters
    ----------
    frame : DataFrame
        Rows receive, columns pay; both are labelled `region group item` in the same order.
    accounts : DataFrame
        The accounts in that order, with the columns `COLUMNS`.
    """

    frame: pd.DataFrame
    accounts: pd.DataFrame

    @property
    def imbalance(self) -> pd.Series:
        """What each account receives less what it pays, relative to the larger of the two."""
        received, paid = self.frame.sum(axis=1), self.frame.sum(axis=0)
        return (received - paid) / np.maximum(np.maximum(received.abs(), paid.abs()), np.finfo(float).tiny)


def account_matrix(sets: Sets, totals: Totals, matrix: SocialAccountingMatrix, benchmark: Benchmark) -> AccountMatrix:
    """All flows of a base year between labelled accounts.

    Parameters
    ----------
    sets : Sets
        Labels.
    totals : Totals
        The reconciled matrix of flows, which has the saving of the government, the other region and the world.
    matrix : SocialAccountingMatrix
        Flows of goods, taxes on them, and payments to factors.
    benchmark : Benchmark
        The same base year calibrated, which has the incomes and transfers.
    """
    listed = list(_accounts(sets))
    accounts = pd.DataFrame(
        [(" ".join(filter(None, account)), *account) for account in listed], columns=pd.Index(COLUMNS)
    )
    position = {account: i for i, account in enumerate(listed)}
    cells = np.zeros((len(listed), len(listed)))
    for region in range(2):
        book = _Book(sets, region, cells, position)
        _production(book, sets, matrix)
        _sales(book, sets, matrix)
        _purchases(book, sets, matrix)
        _incomes(book, sets, benchmark)
        _institutions(book, sets, matrix, benchmark)
        _closing_flows(book, totals)
    names = pd.Index(accounts["account"], name="receives")
    return AccountMatrix(pd.DataFrame(cells, names, names.rename("pays")), accounts)


def _accounts(sets: Sets) -> Iterator[tuple[str, str, str]]:
    for region in sets.regions:
        for group, items in (
            ("activities", sets.sectors),
            ("commodities", sets.sectors),
            ("margins", MARGINS),
            ("factors", FACTORS),
            ("households", GROUPS),
            ("taxes", TAXES),
            *((name, ("",)) for name in INSTITUTIONS),
        ):
            for item in items:
                yield region, group, item


class _Book:
    """Enters flows of one region by the names of its accounts."""

    def __init__(self, sets: Sets, region: int, cells: Floats, position: dict[tuple[str, str, str], int]) -> None:
        self.region = region
        self._name = sets.regions[region]
        self._cells = cells
        self._position = position

    def enter(self, receiver: tuple[str, str], payer: tuple[str, str], amount: float) -> None:
        """Add a payment between accounts given as (group, item)."""
        row, column = (self._position[(self._name, *account)] for account in (receiver, payer))
        self._cells[row, column] += amount

    def received(self, account: tuple[str, str]) -> float:
        """What an account has received so far."""
        return float(self._cells[self._position[(self._name, *account)]].sum())


def _production(book: _Book, sets: Sets, matrix: SocialAccountingMatrix) -> None:
    """Activities pay for inputs and factors; commodities pay activities for all that they make."""
    r = book.region
    output = matrix.value_added[r] + matrix.intermediate[r].sum(axis=0)
    for a, code in enumerate(sets.sectors):
        book.enter(("activities", code), ("commodities", code), output[a])
        for b in np.flatnonzero(matrix.intermediate[r, :, a]):
            book.enter(("commodities", sets.sectors[b]), ("activities", code), matrix.intermediate[r, b, a])
        for f, factor in enumerate(FACTORS):
            book.enter(("factors", factor), ("activities", code), matrix.factor_payment[r, f, a])


def _sales(book: _Book, sets: Sets, matrix: SocialAccountingMatrix) -> None:
    """Sales abroad and to the other region; their margins go to the region's own regional trade."""
    r = book.region
    sent = np.where(matrix.exporter == r, matrix.regional, 0.0)
    for buyer, sold, margin in (
        ("rest_of_world", matrix.exports[r], matrix.export_margin[r]),
        ("regional_linkages", sent, matrix.regional_margin),
    ):
        for a in np.flatnonzero(sold):
            code = sets.sectors[a]
            book.enter(("commodities", code), (buyer, ""), (1.0 + margin[a]) * sold[a])
            book.enter(("margins", "regional"), ("commodities", code), margin[a] * sold[a])
            book.enter(("commodities", sets.sectors[sets.regional_trade]), ("margins", "regional"), margin[a] * sold[a])


def _purchases(book: _Book, sets: Sets, matrix: SocialAccountingMatrix) -> None:
    """Imports, goods from the other region, local margins, and taxes on commodities."""
    r = book.region
    arriving = np.where(matrix.exporter == 1 - r, matrix.regional, 0.0)
    margin = matrix.local_margin[r] * (matrix.local[r] + matrix.imports[r] + arriving)
    for payee, amounts in (
        (("rest_of_world", ""), matrix.imports[r]),
        (("regional_linkages", ""), arriving * (1.0 + matrix.regional_margin)),
        (("margins", "local"), margin),
        (("taxes", "tariff"), matrix.tariff[r]),
        (("taxes", "sales_tax"), matrix.sales_tax[r]),
    ):
        for b in np.flatnonzero(amounts):
            book.enter(payee, ("commodities", sets.sectors[b]), amounts[b])
    book.enter(("commodities", sets.sectors[sets.trade]), ("margins", "local"), margin.sum())


def _incomes(book: _Book, sets: Sets, b: Benchmark) -> None:
    """Factors pay their owners, tax, and what goes abroad and to the other region."""
    r = book.region
    labour = b.factor_income[3 * r : 3 * r + 3]
    workers = b.endowment[2 * r : 2 * r + 2]
    for s, skill in enumerate(SKILLS):
        for g, group in enumerate(GROUPS):
            book.enter(("households", group), ("factors", skill), labour[s] * workers[g, s] / workers[:, s].sum())
    for g, group in enumerate(GROUPS):
        book.enter(("households", group), ("factors", FACTORS[LAND]), b.factor_income[6 + r] * b.land_owner[2 * r + g])
    capital = ("factors", FACTORS[CAPITAL])
    income, tax, abroad, away = _capital(b, r)
    arriving = _capital(b, 1 - r)[3]
    book.enter(("taxes", "corporate_tax"), capital, tax)
    book.enter(("rest_of_world", ""), capital, abroad)
    book.enter(("regional_linkages", ""), capital, away)
    book.enter(capital, ("regional_linkages", ""), arriving)
    book.enter(("households", "urban"), capital, income - tax - abroad - away + arriving)


def _capital(b: Benchmark, region: int) -> tuple[float, float, float, float]:
    """Capital income of a region, and of it tax, what goes abroad and what goes to the other region."""
    by_sector = b.capital.reshape(2, b.sectors)[region]
    kinds = np.array([by_sector[b.mining], by_sector.sum() - by_sector[b.mining]])
    after_tax = kinds * (1.0 - b.capital_tax[region])
    return (
        float(by_sector.sum()),
        float(by_sector.sum() * b.capital_tax[region]),
        float(after_tax @ b.foreign_remittance[region]),
        float(after_tax @ b.regional_remittance[region]),
    )


def _institutions(book: _Book, sets: Sets, matrix: SocialAccountingMatrix, b: Benchmark) -> None:
    """Budgets of households and the government, the pool of savings, and what closes the outside accounts."""
    r = book.region
    households = slice(2 * r, 2 * r + 2)
    income, direct = b.household_income[households], b.tax_rate[households] * b.household_income[households]
    transfer = b.transfer[households] * b.population[households]
    for g, group in enumerate(GROUPS):
        household = ("households", group)
        book.enter(household, ("government", ""), transfer[g])
        book.enter(("taxes", "direct_tax"), household, direct[g])
        book.enter(("savings", ""), household, b.saving_rate[2 * r + g] * (income[g] - direct[g]))
    for payer, amounts in (
        *((("households", group), matrix.consumption[2 * r + g]) for g, group in enumerate(GROUPS)),
        (("government", ""), matrix.government[r]),
        (("savings", ""), matrix.investment[r]),
    ):
        for a in np.flatnonzero(amounts):
            book.enter(("commodities", sets.sectors[a]), payer, amounts[a])


def _closing_flows(book: _Book, totals: Totals) -> None:
    """Taxes go to the government, and every account that may run a surplus saves it."""
    for tax in TAXES:
        book.enter(("government", ""), ("taxes", tax), book.received(("taxes", tax)))
    for name in ("government", "rest_of_world", "regional_linkages"):
        book.enter(("savings", ""), (name, ""), totals.flows["savings", name][book.region])


def group_mask(accounts: pd.DataFrame, region: str, group: str, items: tuple[str, ...] = ()) -> NDArray[np.bool_]:
    """Which accounts belong to a group of a region, or to some items of it."""
    mask = ((accounts["region"] == region) & (accounts["group"] == group)).to_numpy()
    return mask & accounts["item"].isin(items).to_numpy() if items else mask
