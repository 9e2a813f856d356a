"""What a run reports: Tables 3 to 6 of the study and the series behind them.

Growth is the average annual rate over the whole path, 100 ((x_T / x_0) ** (1 / T) - 1). Values are at base prices; wages,
rents and returns are deflated by the national consumer price index.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from ..interface import Output
from .benchmark import Benchmark
from .economy import SKILLS, Floats, Sets

NATIONAL = "national"
SOURCES = ("labour", "capital", "land", "tfp")
RATE = "% a year"


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
            "regional_trade_price", ("region",), "index", "Final price of regional trade over consumer prices", "section 5"
        ),
    ]  # fmt: skip
    grown = {
        "gdp": "region", "investment": "region", "exports": "region", "imports": "region", "regional_exports": "flow",
        "wage": "region skill", "employment": "region skill", "capital_return": "region", "land_rent": "region",
        "capital_stock": "region", "population": "region", "equivalent_variation": "household",
    }  # fmt: skip
    by_name = {output.name: output for output in series}
    rates = [
        Output(f"{name}_growth", tuple(dims.split()), RATE, f"Growth: {by_name[name].label}", by_name[name].place)
        for name, dims in grown.items()
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

    Parameters
    ----------
    recorded : mapping
        Named arrays (run, year, entry).
    margins : tuple
        Margin rates of flows and exports, (run, year, entry), to value trade as the study does; base rates.

    Returns
    -------
    mapping of str to array
        (run, ...) in the dimensions of `list_outputs`.
    """
    runs, years = recorded["wage"].shape[:2]
    n = b.sectors
    value_added = recorded["value_added"].reshape(runs, years, 2, n)
    consumer = recorded["consumer_price"]
    deflator = consumer[:, :, :1]
    capital = recorded["capital"].reshape(runs, years, 2, n)
    rental = (recorded["rental"] * recorded["capital"]).reshape(runs, years, 2, n)
    labour = recorded["labour"].reshape(runs, years, 2, 3)
    base_wage = (b.labour_payment.reshape(2, n, 3).sum(axis=1) / b.cell_workers.reshape(2, n, 3).sum(axis=1)) * 1e3
    wage = recorded["wage"].reshape(runs, years, 2, 3) / deflator[..., None] * base_wage
    people = recorded["population"].reshape(runs, years, 2, 2).sum(axis=-1)
    land = recorded["land"]
    stock = capital.sum(axis=-1)
    out = {
        "sector_gdp": _with_nation(value_added, 2),
        "gdp": _with_nation(value_added.sum(axis=-1), 2),
        "consumer_price": consumer,
        "real_exchange_rate": recorded["exchange_rate"][..., 0] / consumer[..., 0],
        "investment": _with_nation(recorded["investment"], 2),
        "exports": _with_nation(_by_region(recorded["exports"] * margins[1], b.export_cell // n), 2),
        "imports": _with_nation(_by_region(recorded["imports"], b.import_cell // n), 2),
        "regional_exports": _by_region(recorded["flows"] * margins[0], b.flow_from // n),
        "employment": _with_nation(labour, 2),
        "wage": _weighted_nation(wage, labour),
        "capital_return": _weighted_nation(rental.sum(axis=-1) / stock / deflator, stock),
        "land_rent": _weighted_nation(recorded["land_rent"] / deflator, land),
        "capital_stock": _with_nation(stock, 2),
        "population": _with_nation(people, 2),
        "dependency_ratio": _with_nation(people, 2) / _with_nation(labour.sum(axis=-1), 2),
        "equivalent_variation": recorded["equivalent_income"] * 1e3,
        "tax_points": recorded["tax_points"][..., 0],
        "regional_trade_price": _services_price(b, recorded, consumer),
    }
    for name in (
        "gdp", "investment", "exports", "imports", "regional_exports", "wage", "employment", "capital_return",
        "land_rent", "capital_stock", "population", "equivalent_variation",
    ):  # fmt: skip
        out[f"{name}_growth"] = growth(out[name])
    out["sector_growth"] = _table_growth(sets, out["sector_gdp"])
    out["growth_contribution"] = _contributions(b, out, labour, capital, land)
    return out


def growth(series: Floats) -> Floats:
    """Average annual growth in per cent over axis 1."""
    years = series.shape[1] - 1
    with np.errstate(invalid="ignore", divide="ignore"):
        return 100.0 * ((series[:, -1] / series[:, 0]) ** (1.0 / years) - 1.0)


def _with_nation(values: Floats, axis: int) -> Floats:
    """The sum of both regions before them."""
    return np.concatenate([values.sum(axis=axis, keepdims=True), values], axis=axis)


def _weighted_nation(values: Floats, weights: Floats) -> Floats:
    """The weighted mean of both regions before them, on axis 2."""
    mean = (values * weights).sum(axis=2, keepdims=True) / weights.sum(axis=2, keepdims=True)
    return np.concatenate([mean, values], axis=2)


def _by_region(values: Floats, region: np.ndarray) -> Floats:
    return np.stack([values[..., region == r].sum(axis=-1) for r in range(2)], axis=-1)


def _services_price(b: Benchmark, recorded: Mapping[str, Floats], consumer: Floats) -> Floats:
    final = recorded["services_price"][:, -1] / consumer[:, -1, :1]
    weight = b.output[[b.regional_trade, b.sectors + b.regional_trade]]
    nation = (final * weight).sum(axis=-1, keepdims=True) / weight.sum()
    return np.concatenate([nation, final], axis=-1)


def _table_growth(sets: Sets, sector_gdp: Floats) -> Floats:
    rows = [sector_gdp[..., members].sum(axis=-1) for members in table_rows(sets).values()]
    return growth(np.stack(rows, axis=-1))


def _contributions(b: Benchmark, out: Mapping[str, Floats], labour: Floats, capital: Floats, land: Floats) -> Floats:
    """Base factor shares times growth of the factors; productivity is what remains.

    Labour grows by skill and capital by sector, each weighted by its base-year payment.
    """
    n = b.sectors
    value = np.array([b.output[:n] @ b.value_added_share[:n], b.output[n:] @ b.value_added_share[n:]])
    bill = b.labour_payment.reshape(2, n, 3).sum(axis=1)
    stock = b.capital.reshape(2, n).sum(axis=1)
    rent = b.land_payment.reshape(2, n).sum(axis=1)
    total = value.sum()
    by_labour = growth(labour) * bill
    regional = np.stack([by_labour.sum(axis=-1), growth(capital.sum(axis=-1)) * stock, growth(land) * rent], axis=-1)
    national = regional.sum(axis=1, keepdims=True) / total
    shares = np.concatenate([national, regional / value[:, None]], axis=1)
    residual = out["gdp_growth"] - shares.sum(axis=-1)
    return np.concatenate([shares, residual[..., None]], axis=-1)
