"""What a run reports: Tables 3 to 6 of the study and the series behind them.

Growth is the average annual rate over the whole path, 100 ((x_T / x_0) ** (1 / T) - 1). Values are at base prices;
wages, rents and returns are deflated by the national consumer price index.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from ..interface import Output
from .benchmark import Benchmark
from .economy import SKILLS, Floats, Sets
from .kernel import raise_to

NATIONAL = "national"
SOURCES = ("labour", "capital", "land", "tfp")
RATE = "% a year"
# Series whose average growth is an output too.
GROWN = (
    "gdp", "investment", "exports", "imports", "regional_exports", "wage", "employment", "capital_return", "land_rent",
    "capital_stock", "population", "equivalent_variation",
)  # fmt: skip


def list_outputs(currency: str, year: int) -> dict[str, Output]:
    """Every output by name."""
    money = f"million {currency} of {year}"
    per_head = f"{currency} of {year}"
    series = [
        Output("gdp", ("year", "region"), money, "Real GDP at factor cost", "Table 3"),
        Output("sector_gdp", ("year", "region", "sector"), money, "Real GDP at factor cost by sector", "Table 4"),
        Output("consumer_price", ("year", "region"), "index", "Consumer prices", "Table 3"),
        Output("real_exchange_rate", ("year",), "index", "Exchange rate over consumer prices", "Table 3"),
        Output("investment", ("year", "region"), money, "Investment demand", "Table 3"),
        Output("exports", ("year", "region"), money, "Foreign exports", "Table 3"),
        Output("imports", ("year", "region"), money, "Foreign imports", "Table 3"),
        Output("regional_exports", ("year", "flow"), money, "Exports to the other region", "Table 3"),
        Output("wage", ("year", "region", "skill"), f"{per_head} a worker", "Real wage", "Table 5"),
        Output("employment", ("year", "region", "skill"), "thousand workers", "Employment", "Table 5"),
        Output("capital_return", ("year", "region"), "index", "Real return to capital", "Table 5"),
        Output("land_rent", ("year", "region"), "index", "Real land rent", "Table 5"),
        Output("capital_stock", ("year", "region"), money, "Capital stock, base rent one", "Table 5"),
        Output("population", ("year", "region"), "thousand people", "Population", "Table 6"),
        Output("dependency_ratio", ("year", "region"), "people a worker", "Dependency ratio", "Table 6"),
        Output(
            "equivalent_variation", ("year", "household"), per_head,
            "Spending a head at base prices that gives the year's utility", "Table 6",
        ),
        Output("tax_points", ("year",), "share of capital income", "Extra tax on capital income", "section 5"),
        Output(
            "regional_trade_price", ("region",), "index", "Final price of regional trade over consumer prices",
            "section 5",
        ),
    ]  # fmt: skip
    by_name = {output.name: output for output in series}
    rates = [
        Output(f"{name}_growth", by_name[name].dims[1:], RATE, f"Growth: {by_name[name].label}", by_name[name].place)
        for name in GROWN
    ]
    tables = [
        Output("sector_growth", ("region", "row"), RATE, "Growth of real GDP by row of Table 4", "Table 4"),
        Output("growth_contribution", ("region", "source"), "points a year", "Contribution to GDP growth", "Table 3"),
    ]
    return {output.name: output for output in (*series, *rates, *tables)}


def table_rows(sets: Sets) -> dict[str, list[int]]:
    """Rows of Table 4, in its order, with the sectors that each adds up."""
    rows: dict[str, list[int]] = {"total_gdp": list(range(len(sets.sectors)))}
    for parent in dict.fromkeys(sets.parents):
        members = [i for i, label in enumerate(sets.parents) if label == parent]
        inner = dict.fromkeys(sets.rows[i] for i in members)
        rows[parent] = members
        for row in inner:
            rows[row] = [i for i, label in enumerate(sets.rows) if label == row]
    return rows


def coordinates(sets: Sets, years: int, households: Sequence[str]) -> dict[str, tuple]:
    """Labels of every dimension."""
    return {
        "year": tuple(range(years + 1)),
        "region": (NATIONAL, *sets.regions),
        "flow": tuple(f"from_{region}" for region in sets.regions),
        "sector": sets.sectors,
        "row": tuple(table_rows(sets)),
        "skill": SKILLS,
        "household": tuple(households),
        "source": SOURCES,
    }


def compute(
    sets: Sets, b: Benchmark, recorded: Mapping[str, Floats], margins: tuple[Floats, Floats]
) -> dict[str, Floats]:
    """All outputs from what the paths recorded.

    The run is the last axis, `LANES` long, and sums go over the others, so that every run is added up in the same order
    whatever stands beside it.

    Parameters
    ----------
    recorded : mapping
        Named arrays (year, entry, run).
    margins : tuple
        One plus the base margin rates of flows and exports, to value trade as the study does.

    Returns
    -------
    mapping of str to array
        In the dimensions of `list_outputs`, then the run.
    """
    years, _, runs = recorded["wage"].shape
    n = b.sectors
    value_added = recorded["value_added"].reshape(years, 2, n, runs)
    consumer = recorded["consumer_price"]
    deflator = consumer[:, :1]
    capital = recorded["capital"].reshape(years, 2, n, runs)
    profit = recorded["rental"].reshape(years, 2, n, runs) * capital
    labour = recorded["labour"].reshape(years, 2, 3, runs)
    paid = b.labour_payment.reshape(2, n, 3).sum(axis=1) / b.cell_workers.reshape(2, n, 3).sum(axis=1)
    wage = recorded["wage"].reshape(years, 2, 3, runs) / deflator[:, :, None] * (paid * 1e3)[..., None]
    people = recorded["population"].reshape(years, 2, 2, runs).sum(axis=2)
    land, stock = recorded["land"], capital.sum(axis=2)
    exports = recorded["exports"] * margins[1][:, None]
    flows = recorded["flows"] * margins[0][:, None]
    out = {
        "sector_gdp": _with_nation(value_added),
        "gdp": _with_nation(value_added.sum(axis=2)),
        "consumer_price": consumer,
        "real_exchange_rate": recorded["exchange_rate"][:, 0] / consumer[:, 0],
        "investment": _with_nation(recorded["investment"]),
        "exports": _with_nation(_by_region(exports, b.export_cell // n)),
        "imports": _with_nation(_by_region(recorded["imports"], b.import_cell // n)),
        "regional_exports": _by_region(flows, b.flow_from // n),
        "employment": _with_nation(labour),
        "wage": _weighted_nation(wage, labour),
        "capital_return": _weighted_nation(profit.sum(axis=2) / stock / deflator, stock),
        "land_rent": _weighted_nation(recorded["land_rent"] / deflator, land),
        "capital_stock": _with_nation(stock),
        "population": _with_nation(people),
        "dependency_ratio": _with_nation(people) / _with_nation(labour.sum(axis=2)),
        "equivalent_variation": recorded["equivalent_income"] * 1e3,
        "tax_points": recorded["tax_points"][:, 0],
        "regional_trade_price": _services_price(b, recorded["services_price"][-1] / consumer[-1, :1]),
    }
    for name in GROWN:
        out[f"{name}_growth"] = growth(out[name])
    out["sector_growth"] = _table_growth(sets, out["sector_gdp"])
    out["growth_contribution"] = _contributions(b, out["gdp_growth"], labour, stock, land)
    return out


def growth(series: Floats) -> Floats:
    """Average annual growth in per cent over axis 0; not a number where the ratio of last to first is not positive.

    What there is nothing of in the base year, such as a sector that a region lacks, does not grow.
    """
    exists = series[0] != 0.0
    ratio = np.divide(series[-1], series[0], out=np.ones_like(series[0]), where=exists).reshape(-1, series.shape[-1])
    factor = np.empty_like(ratio)
    raise_to(ratio, 1.0 / (series.shape[0] - 1), factor)
    return (100.0 * (np.where(ratio > 0.0, factor, np.nan) - 1.0)).reshape(series.shape[1:])


def _with_nation(values: Floats) -> Floats:
    """The sum of both regions before them, on axis 1."""
    return np.concatenate([values.sum(axis=1, keepdims=True), values], axis=1)


def _weighted_nation(values: Floats, weights: Floats) -> Floats:
    """The weighted mean of both regions before them, on axis 1."""
    mean = (values * weights).sum(axis=1, keepdims=True) / weights.sum(axis=1, keepdims=True)
    return np.concatenate([mean, values], axis=1)


def _by_region(values: Floats, region: np.ndarray) -> Floats:
    return np.stack([values[:, region == r].sum(axis=1) for r in range(2)], axis=1)


def _services_price(b: Benchmark, final: Floats) -> Floats:
    weight = b.output[[b.regional_trade, b.sectors + b.regional_trade]]
    nation = (final * weight[:, None]).sum(axis=0, keepdims=True) / weight.sum()
    return np.concatenate([nation, final])


def _table_growth(sets: Sets, sector_gdp: Floats) -> Floats:
    rows = [sector_gdp[:, :, members].sum(axis=2) for members in table_rows(sets).values()]
    return growth(np.stack(rows, axis=2))


def _contributions(b: Benchmark, gdp_growth: Floats, labour: Floats, stock: Floats, land: Floats) -> Floats:
    """Base factor shares times growth of the factors; productivity is what remains.

    Labour grows by skill and capital by region, each weighted by its base-year payment.
    """
    n = b.sectors
    value = (b.output * b.value_added_share).reshape(2, n).sum(axis=1)
    bill = b.labour_payment.reshape(2, n, 3).sum(axis=1)
    capital = b.capital.reshape(2, n).sum(axis=1)
    rent = b.land_payment.reshape(2, n).sum(axis=1)
    earned = np.stack(
        [
            (growth(labour) * bill[..., None]).sum(axis=1),
            growth(stock) * capital[:, None],
            growth(land) * rent[:, None],
        ],
        axis=1,
    )
    national = earned.sum(axis=0, keepdims=True) / value.sum()
    shares = np.concatenate([national, earned / value[:, None, None]])
    residual = gdp_growth - shares.sum(axis=1)
    return np.concatenate([shares, residual[:, None]], axis=1)
