"""The full model of one year: its variables, and what of the benchmark its equations need.

Only what exists has a place: an activity is a cell (region x sector) that produces, a good a cell that is bought.
Vectors are columns (entry, run) of numbers, or of symbols of an algebra system.
"""

from typing import NamedTuple

import numpy as np
import scipy.sparse as sparse

from .benchmark import Benchmark, Indices
from .economy import Floats
from .parts import Rules

MOBILE = 4  # skills and land, the factors that move between sectors


class Variables(NamedTuple):
    """Everything that one year determines, by the symbols of the model description; prices are those of the base year.

    Counts are those of `peru-2002`, 1,593 in all. `C` is consumption per head, `QF` lists mobile factors before
    capital, `QT` local before regional trade services, `W` wages (region x skill) before land rents, `YF` incomes of
    labour, land and (region x mining, other) capital, `POINTS` the extra tax on capital income, `V` the national
    profit rate.
    """

    PE: Floats  # 49, export prices
    PM: Floats  # 46, import prices
    PRD: Floats  # 34, prices of goods from the other region
    PR: Floats  # 34, producers' prices of them
    PDD: Floats  # 72, buyers' prices of local goods
    PD: Floats  # 74, producers' prices of them
    PQ: Floats  # 72, composite prices
    PX: Floats  # 74, prices of output
    PVA: Floats  # 74, prices of value added
    QVA: Floats  # 74
    QX: Floats  # 74
    QF: Floats  # 266
    QINT: Floats  # 72
    QD: Floats  # 74
    QE: Floats  # 49
    QR: Floats  # 34, sales to the other region
    QM: Floats  # 46
    QRD: Floats  # 34, purchases from the other region
    QQ: Floats  # 72
    QT: Floats  # 4
    C: Floats  # 122
    QG: Floats  # 8
    QI: Floats  # 16
    W: Floats  # 8
    RK: Floats  # 74
    YF: Floats  # 12
    YH: Floats  # 4
    EH: Floats  # 4
    FR: Floats  # 2, remittances abroad
    RR: Floats  # 2, remittances to the other region
    POINTS: Floats  # 1
    SHK: Floats  # 2
    PK: Floats  # 2
    NK: Floats  # 1
    V: Floats  # 1
    INV: Floats  # 1
    CPI: Floats  # 1
    DPI: Floats  # 1
    EXR: Floats  # 1
    GR: Floats  # 1
    GC: Floats  # 1


# All that doubles if every price doubles; the profit rate too, where rentals are not deflated.
NOMINAL = (
    "PE", "PM", "PRD", "PR", "PDD", "PD", "PQ", "PX", "PVA", "W", "RK", "YF", "YH", "EH", "FR", "RR", "PK", "INV",
    "CPI", "DPI", "EXR", "GR", "GC",
)  # fmt: skip


class Structure(NamedTuple):
    """Where things stand and what never changes. Names end in what they point at; `numbers` are by cell.

    A term is one source of a good (local goods, then imports, then goods from the other region), an outlet one use of
    an output (local sales, then exports, then sales to the other region), an input a pair of a good and the activity
    that uses it, `mobile` a pair of an activity and a factor other than capital, `bought` a pair of a household and a
    good. `first_term` is the term of a good against which the other terms are measured.
    """

    numbers: Benchmark
    rules: Rules
    activity: Indices
    activity_region: Indices
    activity_kind: Indices
    good: Indices
    good_region: Indices
    trade_good: Indices
    services_activity: Indices
    services_region: Indices
    local_activity: Indices
    local_good: Indices
    export_activity: Indices
    flow_activity: Indices
    import_good: Indices
    flow_good: Indices
    term_good: Indices
    first_term: Indices
    other_term: Indices
    outlet_activity: Indices
    input_good: Indices
    input_activity: Indices
    input_share: Floats
    mobile_activity: Indices
    mobile_factor: Indices
    mobile_price: Indices
    mobile_quantity: Floats
    mobile_pay: Floats
    bought_household: Indices
    bought_good: Indices
    public_good: Indices
    capital_good: Indices


def place(members: Indices, size: int) -> Indices:
    """Positions in `members` by cell; where a cell is no member, zero, to be met by a zero weight only."""
    positions = np.zeros(size, dtype=np.int64)
    positions[members] = np.arange(len(members))
    return positions


def structure_of(b: Benchmark, rules: Rules) -> Structure:
    """Positions of everything that exists in a benchmark."""
    n = b.sectors
    cells = 2 * n
    activity, good = np.flatnonzero(b.active), np.flatnonzero(b.composite > 0.0)
    to_activity, to_good = place(activity, cells), place(good, cells)
    local = np.flatnonzero(b.active & (b.composite > 0.0))
    term_cell = np.concatenate([local, b.import_cell, b.flow_to])
    term_good = to_good[term_cell]
    _, first = np.unique(term_good, return_index=True)
    input_cell = np.repeat(np.arange(cells), np.diff(b.input_start))
    payment = np.concatenate([b.labour_payment, b.land_payment[:, None]], axis=1)
    physical = np.concatenate([b.cell_workers, b.land_payment[:, None]], axis=1)
    mobile_cell, factor = np.nonzero(payment * b.active[:, None])
    region = mobile_cell // n
    household, sector = np.nonzero(b.consumption)
    return Structure(
        numbers=b,
        rules=rules,
        activity=activity,
        activity_region=activity // n,
        activity_kind=2 * (activity // n) + (activity % n != b.mining),
        good=good,
        good_region=good // n,
        trade_good=to_good[[b.trade, n + b.trade]],
        services_activity=to_activity[[b.regional_trade, n + b.regional_trade]],
        services_region=np.flatnonzero(b.active[[b.regional_trade, n + b.regional_trade]]),
        local_activity=to_activity[local],
        local_good=to_good[local],
        export_activity=to_activity[b.export_cell],
        flow_activity=to_activity[b.flow_from],
        import_good=to_good[b.import_cell],
        flow_good=to_good[b.flow_to],
        term_good=term_good,
        first_term=first[term_good],
        other_term=np.setdiff1d(np.arange(len(term_good)), first),
        outlet_activity=to_activity[np.concatenate([activity, b.export_cell, b.flow_from])],
        input_good=to_good[b.input_good],
        input_activity=to_activity[input_cell],
        input_share=column(b.input_share),
        mobile_activity=to_activity[mobile_cell],
        mobile_factor=factor,
        mobile_price=np.where(factor < MOBILE - 1, 3 * region + factor, 6 + region),
        mobile_quantity=column(physical[mobile_cell, factor]),
        mobile_pay=column((payment / np.where(physical > 0.0, physical, 1.0))[mobile_cell, factor]),
        bought_household=household,
        bought_good=to_good[(household // 2) * n + sector],
        public_good=to_good[np.flatnonzero(b.government)],
        capital_good=to_good[np.flatnonzero(b.investment)],
    )


def column(values: Floats) -> Floats:
    """Numbers as (entry, 1)."""
    return np.asarray(values, dtype=np.float64).reshape(-1, 1)


def sums(size: int, index: Indices, values: Floats) -> Floats:
    """Sums of the entries that share an index, (size, run)."""
    if values.dtype == object:
        # Sparse products do not take symbols.
        out = np.zeros((size, *values.shape[1:]), dtype=object)
        np.add.at(out, index, values)
        return out
    entries = np.arange(len(index))
    return sparse.csr_matrix((np.ones(len(index)), (index, entries)), shape=(size, len(index))) @ values


def stacked(*parts: Floats) -> Floats:
    """One vector after another."""
    return np.concatenate(parts)


def as_vector(v: Variables) -> Floats:
    """All variables one below the other, (variable, run)."""
    runs = max(part.shape[-1] for part in v)
    return np.concatenate([np.broadcast_to(part, (len(part), runs)) for part in v])


def from_vector(like: Variables, values: Floats) -> Variables:
    """The variables of a vector, with the lengths of another set of variables."""
    return Variables(*np.split(values, np.cumsum([len(part) for part in like])[:-1]))
