"""Whether the published totals of a case agree: the matrix of flows, value added, wages and spending."""

from collections.abc import Iterator

from .draft import Draft
from .fault import Fault, nearest
from .layout import LINKED, flow_rules
from .typed import DOMAINS

# How far a table that is scaled to the matrix of flows may be from it: more is another unit or another year.
VALUE_ADDED_GAP, SPENDING_GAP = 0.01, 0.1


def check_flows(draft: Draft) -> Iterator[Fault]:
    """Cells of the published matrix that do not exist, have the wrong sign, or are missing."""
    rules = flow_rules()
    found = set()
    for record in draft.tables["macro_sam"]:
        region, row, column = (record.labels[name] for name in ("region", "row", "column"))
        found.add((region, row, column))
        rule, value = rules.get((row, column)), record.numbers["value"]
        if rule is None:
            payers = [payer for account, payer in rules if account == row]
            words = f"{column} pays nothing to {row} in this model.{nearest(column, payers)}"
            yield draft.fault("macro_sam", words, record.row, "column")
            continue
        low, _, closed, words = DOMAINS[rule.sign]
        if value < low or (value == low and not closed):
            message = f"{value:g} is not allowed for {rule.meaning}; it must be {words}"
            yield draft.fault("macro_sam", message, record.row, "value")
    for region in draft.regions:
        for (row, column), rule in rules.items():
            if rule.sign == "positive" and (region, row, column) not in found:
                words = f"there is no row for {region}, {row}, {column}: {rule.meaning}"
                yield draft.fault("macro_sam", words, column="region, row, column")


def check_balance(draft: Draft) -> Iterator[Fault]:
    """Accounts of the published matrix, and links between the regions, that rounding cannot explain."""
    rounding = _rounding([record.numbers["value"] for record in draft.tables["macro_sam"]])
    for region in draft.regions:
        received: dict[str, list[float]] = {}
        paid: dict[str, list[float]] = {}
        for record in draft.of_region("macro_sam", region):
            payer = record.labels["column"].replace("investment", "savings")
            received.setdefault(record.labels["row"], []).append(record.numbers["value"])
            paid.setdefault(payer, []).append(record.numbers["value"])
        for account in {**received, **paid}:
            inner, outer = received.get(account, []), paid.get(account, [])
            gap = sum(inner) - sum(outer)
            if abs(gap) > rounding * (len(inner) + len(outer)):
                words = (
                    f"{account} of {region} receives {sum(inner):,.10g} and pays {sum(outer):,.10g}: they differ by "
                    f"{gap:+,.10g}, which rounding does not explain"
                )
                yield draft.fault("macro_sam", words, column="value")
    one, two = draft.regions
    for payment, receipt, sign in LINKED:
        for payer, receiver in ((one, two), (two, one)):
            books, other = draft.flow(payer, *payment), draft.flow(receiver, *receipt)
            if abs(books - sign * other) > 2 * rounding and (sign > 0 or payer == one):
                words = (
                    f"{payer} books {books:,.10g} in {' from '.join(payment)}, {receiver} books {other:,.10g} in "
                    f"{' from '.join(receipt)}; they must be {'equal' if sign > 0 else 'opposite'}"
                )
                yield draft.fault("macro_sam", words, column="value")


def check_factor_totals(draft: Draft) -> Iterator[Fault]:
    """Wages and land rents leave something for capital, and every labour market has workers."""
    for region in draft.regions:
        workers: dict[str, float] = {}
        for record in draft.of_region("employment", region):
            skill = record.labels["skill"]
            workers[skill] = workers.get(skill, 0.0) + record.numbers["workers"]
        for skill, count in workers.items():
            if count <= 0.0:
                words = f"no worker in {region} is {skill}; every skill needs workers in each region"
                yield draft.fault("employment", words, column="workers")
        total = draft.flow(region, "factors", "activities")
        wages = sum(
            workers.get(record.labels["skill"], 0.0) * record.numbers["wage"] / 1e3
            for record in draft.of_region("wages", region)
        )
        rents = sum(record.numbers["share_of_value_added"] * total for record in draft.of_region("land", region))
        if wages + rents >= total:
            words = (
                f"wages and land rents of {region} are {wages + rents:,.1f} million, its value added is {total:,.1f}; "
                "they must leave something for capital"
            )
            yield draft.fault("wages", words, column="wage")


def check_scale(draft: Draft) -> Iterator[Fault]:
    """Tables that are scaled to the matrix of flows are near it to begin with."""
    for region in draft.regions:
        made = sum(record.numbers["value"] for record in draft.of_region("value_added", region))
        spent = sum(
            record.numbers["population"] * record.numbers["expenditure_per_head"] / 1e3
            for record in draft.of_region("population", region)
        )
        for table, columns, total, cell, gap in (
            ("value_added", "value", made, ("factors", "activities"), VALUE_ADDED_GAP),
            (
                "population",
                "population, expenditure_per_head",
                spent,
                ("commodities", "households"),
                SPENDING_GAP,
            ),
        ):
            published = draft.flow(region, *cell)
            if abs(total - published) > gap * abs(published):
                words = (
                    f"{region} adds up to {total:,.10g} million, macro_sam has {published:,.10g} in {', '.join(cell)}; "
                    f"they may differ by {gap:.0%}"
                )
                yield draft.fault(table, words, column=columns)


def _rounding(values: list[float]) -> float:
    """Half of the last decimal that is printed, and at least a millionth of the largest number."""
    printed = [f"{value:.9g}" for value in values]
    decimals = max((len(text.partition(".")[2]) for text in printed if "e" not in text), default=0)
    return max(0.5 * 10.0**-decimals, 1e-6 * max((abs(value) for value in values), default=1.0))
