"""Whether every good that is sold is made, and every good that is bought can be had."""

from collections.abc import Iterator

from .draft import Draft
from .fault import Fault


def check_direction(draft: Draft) -> Iterator[Fault]:
    """Each good goes one way between the regions."""
    one, two = draft.regions
    for ending in _endings(draft):
        forth, back = (_column(draft, f"regional_exports_{a}_to_{b}", ending) for a, b in ((one, two), (two, one)))
        for record in draft.tables["demand_and_trade"]:
            if record.numbers[forth] > 0.0 and record.numbers[back] > 0.0:
                code = record.labels["code"]
                words = f"{code} is sold both ways; regional trade is net, so keep the larger flow only"
                yield draft.fault("demand_and_trade", words, record.row, f"{forth}, {back}")


def check_regional_trade(draft: Draft) -> Iterator[Fault]:
    """The sector of regional trade sells margins only."""
    name = draft.meta["regional_trade_sector"]
    for table, column in (("demand_and_trade", "code"), ("households", "code"), ("intermediate_mix", "input")):
        for record in draft.tables[table]:
            for other, value in record.numbers.items() if record.labels[column] == name else ():
                if value > 0.0 and not other.startswith("income_elasticity"):
                    words = f"{name} sells nothing but regional margins; this must be 0, not {value:g}"
                    yield draft.fault(table, words, record.row, other)


def check_supply(draft: Draft) -> Iterator[Fault]:
    """What a region sells it makes, and what it buys it makes or gets from elsewhere."""
    for region, other in (draft.regions, draft.regions[::-1]):
        active, bought = draft.active(region), _bought(draft, region)
        for ending in _endings(draft):
            selling = [
                _column(draft, name, ending)
                for name in (f"foreign_exports_{region}", f"regional_exports_{region}_to_{other}")
            ]
            arriving = _column(draft, f"regional_exports_{other}_to_{region}", ending)
            for record in draft.tables["demand_and_trade"]:
                code = record.labels["code"]
                if code in active:
                    continue
                for column in selling:
                    if record.numbers[column] > 0.0:
                        words = (
                            f"{region} sells {code} but has no value added in it; this must be 0, not "
                            f"{record.numbers[column]:g}"
                        )
                        yield draft.fault("demand_and_trade", words, record.row, column)
                sources = ("foreign_import_mix", arriving)
                if code in bought and not any(record.numbers[name] > 0.0 for name in sources):
                    words = (
                        f"{region} buys {code} but neither makes it nor gets it from elsewhere; give it imports or "
                        "take the demand away"
                    )
                    yield draft.fault("demand_and_trade", words, record.row, ", ".join(sources))


def check_elasticities(draft: Draft) -> Iterator[Fault]:
    """A good that is traded has an elasticity."""
    trade = draft.by_sector("demand_and_trade")
    columns = [name for name in draft.numbers("demand_and_trade") if "exports_" in name or name == "foreign_import_mix"]
    for record in draft.tables["sectors"]:
        code = record.labels["code"]
        elasticity = record.numbers["trade_elasticity"]
        if elasticity != elasticity and any(trade[code].numbers[name] > 0.0 for name in columns):
            words = f"is blank, but {code} is traded; it must be a number above 0"
            yield draft.fault("sectors", words, record.row, "trade_elasticity")


def _bought(draft: Draft, region: str) -> set[str]:
    """Goods that somebody in a region buys."""
    active = draft.active(region)
    used = {
        record.labels["input"]
        for record in draft.tables["intermediate_mix"]
        if record.labels["activity"] in active and record.numbers["share_of_intermediate_cost"] > 0.0
    }
    columns = {
        "households": [name for name in draft.numbers("households") if name.startswith("budget_share_")],
        "demand_and_trade": ["government_mix", f"investment_mix_{region}"],
    }
    final = {
        record.labels["code"]
        for table, names in columns.items()
        for record in draft.tables[table]
        if any(record.numbers[name] > 0.0 for name in names)
    }
    return used | final


def _endings(draft: Draft) -> list[str]:
    """Endings of columns that take the place of others, and none."""
    patterns = next(r.labels for r in draft.tables["scalars"] if r.labels["name"] == "trade_pattern")
    columns = draft.numbers("demand_and_trade")
    texts = ("name", "meaning", "source")
    chosen = dict.fromkeys(f"_{value}" for key, value in patterns.items() if key not in texts and value != "base")
    return ["", *(ending for ending in chosen if any(name.endswith(ending) for name in columns))]


def _column(draft: Draft, name: str, ending: str) -> str:
    return name + ending if name + ending in draft.numbers("demand_and_trade") else name
