"""Which cells of the labelled matrix are published, and which are reconstructed inside a published sum."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...data.draft import Record, records
from .accounts import AccountMatrix, group_mask
from .economy import FACTORS, LAND, Sets

PUBLISHED, RECONSTRUCTED = "published", "reconstructed"
_TOTALS = ("total", "published", "matrix", "difference", "reason", "cells", "source")
_SAME = 1e-9
_ROUNDED = "the printed matrix of flows balances up to its rounding only"
_SCALED = "scaled to the printed matrix of flows, whose totals are others"
Tables = Mapping[str, pd.DataFrame]
Records = Sequence[Record]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class PublishedTotal:
    """A published number that is the sum of the cells in some rows and columns.

    Parameters
    ----------
    name, source : str
        What it is, and where it is printed.
    published : float
        As it is printed, or as printed numbers multiply to it; in millions.
    rows, columns : (account,) bool
        The block that adds up to it.
    """

    name: str
    published: float
    source: str
    rows: Mask
    columns: Mask


def published_totals(sets: Sets, tables: Tables, accounts: pd.DataFrame) -> list[PublishedTotal]:
    """Everything that the tables of a case fix, with its block of the labelled matrix."""
    read = {name: records(table) for name, table in tables.items()}
    return [
        *_flows(read["macro_sam"], accounts),
        *_value_added(sets, read["value_added"], accounts),
        *_wage_bills(read["employment"], read["wages"], accounts),
        *_land(read["land"], read["macro_sam"], accounts),
        *_spending(read["population"], accounts),
    ]


def totals_table(matrix: AccountMatrix, totals: list[PublishedTotal]) -> pd.DataFrame:
    """Every published total beside the sum of its cells.

    Returns
    -------
    DataFrame
        `total`, `published`, `matrix`, `difference` with its `reason` in words, `cells` (how many there are) and
        `source`.
    """
    cells = matrix.frame.to_numpy()
    rows = []
    for total in totals:
        block = cells[np.ix_(total.rows, total.columns)]
        held = float(block.sum())
        gap = held - total.published
        rows.append(
            (total.name, total.published, held, gap, _reason(total, gap), np.count_nonzero(block), total.source)
        )
    return pd.DataFrame(rows, columns=list(_TOTALS))


def _reason(total: PublishedTotal, gap: float) -> str:
    """Why a sum of cells is not the published number."""
    if abs(gap) <= _SAME * abs(total.published):
        return ""
    return _ROUNDED if " from " in total.name else _SCALED


def cell_table(matrix: AccountMatrix, totals: list[PublishedTotal]) -> pd.DataFrame:
    """Every cell that is not zero.

    Returns
    -------
    DataFrame
        `receives`, `pays`, `value`, `status` (published where a published total is this one cell, else reconstructed)
        and `within` (the published totals that it is a part of).
    """
    cells = matrix.frame.to_numpy()
    within: dict[tuple[int, int], list[str]] = {}
    alone: set[tuple[int, int]] = set()
    for total in totals:
        block = np.argwhere((cells != 0.0) & total.rows[:, None] & total.columns[None, :])
        for row, column in block.tolist():
            within.setdefault((row, column), []).append(total.name)
        if len(block) == 1:
            alone.add((int(block[0, 0]), int(block[0, 1])))
    names = list(matrix.frame.index)
    listed = [
        (
            names[row],
            names[column],
            cells[row, column],
            PUBLISHED if (row, column) in alone else RECONSTRUCTED,
            "; ".join(within.get((row, column), ())),
        )
        for row, column in np.argwhere(cells != 0.0).tolist()
    ]
    return pd.DataFrame(listed, columns=pd.Index(["receives", "pays", "value", "status", "within"]))


def _flows(flows: Records, accounts: pd.DataFrame) -> Iterator[PublishedTotal]:
    for flow in flows:
        region, row, column = (flow.labels[name] for name in ("region", "row", "column"))
        yield PublishedTotal(
            f"{row} from {column} ({region})",
            flow.numbers["value"],
            flow.labels["source"],
            group_mask(accounts, region, row),
            group_mask(accounts, region, column.replace("investment", "savings")),
        )


def _value_added(sets: Sets, rows: Records, accounts: pd.DataFrame) -> Iterator[PublishedTotal]:
    for record in rows:
        row, region = record.labels["row"], record.labels["region"]
        members = tuple(code for code, own in zip(sets.sectors, sets.rows, strict=True) if own == row)
        yield PublishedTotal(
            f"value added of {row} ({region})",
            record.numbers["value"],
            record.labels["source"],
            group_mask(accounts, region, "factors"),
            group_mask(accounts, region, "activities", members),
        )


def _wage_bills(employment: Records, wages: Records, accounts: pd.DataFrame) -> Iterator[PublishedTotal]:
    for record in wages:
        region, skill = record.labels["region"], record.labels["skill"]
        groups = [other for other in employment if (other.labels["region"], other.labels["skill"]) == (region, skill)]
        workers = sum(group.numbers["workers"] for group in groups)
        sources = dict.fromkeys(one.labels["source"] for one in (*groups, record))
        yield PublishedTotal(
            f"wage bill of {skill} labour ({region})",
            workers * record.numbers["wage"] / 1e3,
            "; ".join(sources),
            group_mask(accounts, region, "factors", (skill,)),
            group_mask(accounts, region, "activities"),
        )


def _land(land: Records, flows: Records, accounts: pd.DataFrame) -> Iterator[PublishedTotal]:
    value_added = {
        flow.labels["region"]: flow.numbers["value"]
        for flow in flows
        if (flow.labels["row"], flow.labels["column"]) == ("factors", "activities")
    }
    for record in land:
        region = record.labels["region"]
        yield PublishedTotal(
            f"land rents ({region})",
            record.numbers["share_of_value_added"] * value_added[region],
            record.labels["source"],
            group_mask(accounts, region, "factors", (FACTORS[LAND],)),
            group_mask(accounts, region, "activities"),
        )


def _spending(people: Records, accounts: pd.DataFrame) -> Iterator[PublishedTotal]:
    for record in people:
        region, group = record.labels["region"], record.labels["household"]
        yield PublishedTotal(
            f"spending of {group} households ({region})",
            record.numbers["population"] * record.numbers["expenditure_per_head"] / 1e3,
            record.labels["source"],
            group_mask(accounts, region, "commodities"),
            group_mask(accounts, region, "households", (group,)),
        )
