"""What the tables of a case must agree on among themselves; nothing here solves anything."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence

from .draft import Draft, Record
from .fault import Fault, nearest
from .layout import label_names
from .macro import check_balance, check_factor_totals, check_flows, check_scale
from .trade import check_direction, check_elasticities, check_regional_trade, check_supply

# Shares that are used as they stand, and weights that are scaled to a published total.
SHARE_GAP, WEIGHT_GAP = 0.005, 0.1
RESERVED_ROW = "total_gdp"


def _keys(draft: Draft) -> Iterator[Fault]:
    codes = draft.codes()
    for key in ("trade_sector", "regional_trade_sector", "mining_sector"):
        name = draft.meta.get(key)
        if isinstance(name, str) and name not in codes:
            yield Fault(draft.places["case"], f"unknown sector {name!r}.{nearest(name, codes)}", column=key)
    chosen = [draft.meta.get(key) for key in ("trade_sector", "regional_trade_sector")]
    if chosen[0] is not None and chosen[0] == chosen[1]:
        words = f"{chosen[0]!r} cannot earn local and regional margins alike; name another sector"
        yield Fault(draft.places["case"], words, column="regional_trade_sector")


def _names(draft: Draft) -> Iterator[Fault]:
    families = label_names("family")
    table = draft.tables["sectors"]
    parents = {record.labels["parent"] for record in table}
    for record in table:
        code, row, parent = (record.labels[name] for name in ("code", "row", "parent"))
        if code in families:
            yield draft.fault("sectors", f"{code!r} is the name of a family; choose another", record.row, "code")
        if row != parent and row in parents:
            yield draft.fault("sectors", f"{row!r} is a row and a group of other rows; rename one", record.row, "row")
        for column, label in (("row", row), ("parent", parent)):
            if label == RESERVED_ROW:
                words = f"{label!r} is the name of the total; choose another"
                yield draft.fault("sectors", words, record.row, column)
    for row, members in _by_row(draft).items():
        groups = sorted({record.labels["parent"] for record in members})
        if len(groups) > 1:
            words = f"row {row!r} belongs to {', '.join(groups)}; it must belong to one group"
            yield draft.fault("sectors", words, members[-1].row, "parent")


def _group_shares(draft: Draft) -> Iterator[Fault]:
    for row, members in _by_row(draft).items():
        for region in draft.regions:
            column = f"group_share_{region}"
            blank = [record for record in members if math.isnan(record.numbers[column])]
            if blank and len(members) > 1:
                words = f"is blank, but row {row!r} has {len(members)} sectors; give the share of each"
                yield draft.fault("sectors", words, blank[0].row, column)
            elif not blank:
                yield from _sum_faults(draft, "sectors", members, column, f"row {row!r}, ", SHARE_GAP)


def _by_row(draft: Draft) -> dict[str, list[Record]]:
    rows: dict[str, list[Record]] = {}
    for record in draft.tables["sectors"]:
        rows.setdefault(record.labels["row"], []).append(record)
    return rows


def _mixes(draft: Draft) -> Iterator[Fault]:
    for table, prefixes in (
        ("households", ("budget_share_",)),
        ("demand_and_trade", ("government_mix", "investment_mix_", "foreign_import_mix")),
    ):
        for column in draft.numbers(table):
            if column.startswith(prefixes):
                yield from _sum_faults(draft, table, draft.tables[table], column, "", WEIGHT_GAP)


def _sum_faults(
    draft: Draft, table: str, members: Sequence[Record], column: str, what: str, gap: float
) -> Iterator[Fault]:
    total = sum(record.numbers[column] for record in members)
    if abs(total - 1.0) > gap:
        rows = f"rows {members[0].row} to {members[-1].row}" if len(members) > 1 else f"row {members[0].row}"
        yield draft.fault(table, f"{what}{rows} add up to {total:g} and should add up to 1", column=column)


def _factor_shares(draft: Draft) -> Iterator[Fault]:
    names = [*label_names("skill"), "land", "capital"]
    for region in draft.regions:
        active = draft.active(region)
        members = [record for record in draft.of_region("factor_shares", region) if record.labels["code"] in active]
        for record in members:
            code, total = record.labels["code"], sum(record.numbers[name] for name in names)
            if abs(total - 1.0) > SHARE_GAP:
                words = f"the shares of {code} ({region}) add up to {total:g} and should add up to 1"
                yield draft.fault("factor_shares", words, record.row, ", ".join(names))
            if record.numbers["capital"] <= 0.0:
                words = f"{code} ({region}) has value added but no capital; every sector needs a share above 0"
                yield draft.fault("factor_shares", words, record.row, "capital")
        for name in names:
            if not any(record.numbers[name] > 0.0 for record in members):
                words = f"no sector of {region} that has value added uses it; give one a share above 0"
                yield draft.fault("factor_shares", words, column=name)


def _people(draft: Draft) -> Iterator[Fault]:
    table = draft.tables["population"]
    for record in table:
        poor, people = record.numbers["poor_population"], record.numbers["population"]
        if poor > people:
            words = f"{poor:g} is more than the population of {people:g}"
            yield draft.fault("population", words, record.row, "poor_population")
    if not any(r.numbers["poor_population"] > 0.0 for r in table if r.labels["household"] == "rural"):
        words = "no rural household has poor people; transfers to the poor need some"
        yield draft.fault("population", words, column="poor_population")


def _intermediates(draft: Draft) -> Iterator[Fault]:
    bought: dict[str, list[Record]] = {}
    for record in draft.tables["intermediate_mix"]:
        bought.setdefault(record.labels["activity"], []).append(record)
    column = "share_of_intermediate_cost"
    for record in draft.tables["sectors"]:
        code, share = record.labels["code"], record.numbers["value_added_share"]
        inputs: Iterable[Record] = bought.get(code, ())
        total = sum(row.numbers[column] for row in inputs)
        if share < 1.0 and total <= 0.0:
            words = f"{code} has a value-added share of {share:g} but buys nothing; give its inputs or a share of 1"
            yield draft.fault("intermediate_mix", words, column="activity")
        elif share == 1.0 and total > 0.0:
            words = f"{code} buys inputs, so its value-added share must be below 1"
            yield draft.fault("sectors", words, record.row, "value_added_share")
        elif total > 0.0:
            yield from _sum_faults(draft, "intermediate_mix", bought[code], column, f"activity {code!r}, ", WEIGHT_GAP)


Check = Callable[[Draft], Iterator[Fault]]
_DEMAND = ("sectors", "demand_and_trade", "households", "intermediate_mix")
# The tables and keys that a check needs, and the check.
CHECKS: tuple[tuple[Sequence[str], Sequence[str], Check], ...] = (
    (("sectors",), (), _keys),
    (("sectors",), (), _names),
    (("sectors",), ("regions",), _group_shares),
    (("households", "demand_and_trade"), (), _mixes),
    (("sectors", "intermediate_mix"), (), _intermediates),
    (("sectors", "value_added", "factor_shares"), ("regions",), _factor_shares),
    (("population",), (), _people),
    (("macro_sam",), ("regions",), check_flows),
    (("macro_sam",), ("regions",), check_balance),
    (("macro_sam", "value_added", "population"), ("regions",), check_scale),
    (("macro_sam", "employment", "wages", "land"), ("regions",), check_factor_totals),
    (("demand_and_trade", "scalars"), ("regions",), check_direction),
    (_DEMAND, ("regional_trade_sector",), check_regional_trade),
    ((*_DEMAND, "value_added", "scalars"), ("regions",), check_supply),
    (("sectors", "demand_and_trade"), (), check_elasticities),
)


def check_consistency(draft: Draft) -> list[Fault]:
    """Faults between tables. A check whose tables have faults of their own is left out."""
    return [
        fault
        for tables, keys, check in CHECKS
        if set(tables) <= set(draft.tables) and set(keys) <= set(draft.meta)
        for fault in check(draft)
    ]
