"""The tables of a case as arrays: what is fixed (`Totals`) and what is only a prior (`Priors`).

Array axes are (region, ...) with two regions, (household) ordered region by region with rural before urban, (factor)
ordered skilled, semi-skilled, unskilled, land, capital, and (sector) in the order of the case. Money is in millions of
the case's currency.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...data.layout import LINKED, flow_rules
from ..entry import texts

SKILLS = ("skilled", "semi_skilled", "unskilled")
FACTORS = (*SKILLS, "land", "capital")
GROUPS = ("rural", "urban")
LAND, CAPITAL = 3, 4
RURAL, URBAN = 0, 1

# A sector that is not traded has none in its table; any value serves, since it has one outlet only.
ELASTICITY_OF_THE_UNTRADED = 1.5

Floats = NDArray[np.float64]
Frames = Mapping[str, pd.DataFrame]
Settings = Mapping[str, float | str | bool]


@dataclass(frozen=True, slots=True)
class Sets:
    """Labels of the axes and the sectors that play a part of their own."""

    regions: tuple[str, str]
    sectors: tuple[str, ...]
    names: tuple[str, ...]
    families: tuple[str, ...]
    rows: tuple[str, ...]
    parents: tuple[str, ...]
    trade: int
    regional_trade: int
    mining: int
    remote: int

    @property
    def households(self) -> tuple[str, ...]:
        """Labels region_group, region by region."""
        return tuple(f"{region}_{group}" for region in self.regions for group in GROUPS)

    def family(self, name: str) -> NDArray[np.intp]:
        """Indices of the sectors of one family of Table A3."""
        return np.flatnonzero(np.array(self.families) == name)


@dataclass(frozen=True, slots=True)
class Totals:
    """What every matrix of the case meets exactly; regional unless said otherwise.

    `flows` is the reconciled macro matrix, {(row, column): (region,)}.
    """

    flows: Mapping[tuple[str, str], Floats]
    value_added: Mapping[str, Floats]
    employment: Floats
    wage: Floats
    population: Floats
    consumption: Floats
    poor_population: Floats
    land: Floats


@dataclass(frozen=True, slots=True)
class Priors:
    """Starting values of the matrix and rates that it takes over."""

    value_added: Floats
    value_added_share: Floats
    intermediate: Floats
    factor_share: Floats
    budget_share: Floats
    income_elasticity: Floats
    government: Floats
    investment: Floats
    exports: Floats
    imports: Floats
    regional: Floats
    exporter: NDArray[np.int64]
    tariff: Floats
    sales_tax: Floats
    regional_margin: Floats
    export_margin: Floats
    local_margin: Floats
    trade_elasticity: Floats


def read_sets(frames: Frames, meta: Mapping[str, object]) -> Sets:
    """Labels from `sectors.csv` and `case.toml`."""
    sectors = frames["sectors"]
    codes = tuple(sectors["code"])
    first, second = texts(meta, "regions")
    return Sets(
        (first, second),
        codes,
        tuple(sectors["sector"]),
        tuple(sectors["family"]),
        tuple(sectors["row"]),
        tuple(sectors["parent"]),
        codes.index(str(meta["trade_sector"])),
        codes.index(str(meta["regional_trade_sector"])),
        codes.index(str(meta["mining_sector"])),
        (first, second).index(str(meta["remote_region"])),
    )


def read_totals(frames: Frames, sets: Sets) -> Totals:
    """Fixed totals; the macro matrix is reconciled, consumption and value added are scaled to it."""
    flows = reconcile(_macro_flows(frames["macro_sam"], sets))
    value_added = {
        str(row): np.array([_single(part, region=region) for region in sets.regions])
        for row, part in frames["value_added"].groupby("row", sort=False)
    }
    scale = flows["factors", "activities"] / np.sum(list(value_added.values()), axis=0)
    people = frames["population"]
    population = _by_household(people, "population", sets)
    spending = population * _by_household(people, "expenditure_per_head", sets) / 1e3
    by_region = spending.reshape(2, 2)
    consumption = by_region * (flows["commodities", "households"] / by_region.sum(axis=1))[:, None]
    employment = np.array(
        [
            [_single(frames["employment"], "workers", region=r, household=g, skill=s) for s in SKILLS]
            for r in sets.regions
            for g in GROUPS
        ]
    )
    wage = np.array([[_single(frames["wages"], "wage", region=r, skill=s) for s in SKILLS] for r in sets.regions])
    land_share = np.array([_single(frames["land"], "share_of_value_added", region=r) for r in sets.regions])
    return Totals(
        flows,
        {str(row): value * scale for row, value in value_added.items()},
        employment,
        wage,
        population,
        consumption.ravel(),
        _by_household(people, "poor_population", sets),
        land_share * flows["factors", "activities"],
    )


def read_priors(frames: Frames, sets: Sets, totals: Totals, settings: Settings) -> Priors:
    """Priors under the chosen settings, with the intermediate use of each region scaled to its macro total."""
    sectors = frames["sectors"].set_index("code").loc[list(sets.sectors)]
    demand = frames["demand_and_trade"].set_index("code").loc[list(sets.sectors)]
    pattern = str(settings["trade_pattern"])
    exporter, regional = _regional_flows(demand, sets, pattern)
    exports = np.array([_of_pattern(demand, f"foreign_exports_{r}", pattern) for r in sets.regions])
    share = np.tile(sectors["value_added_share"].to_numpy(float), (2, 1))
    share[:, sets.regional_trade] = [float(settings[f"rt_vash_{r}"]) for r in sets.regions]
    margin = sectors["regional_margin"].to_numpy(float) * float(settings["mu_scale"])
    export_margin = np.zeros((2, len(sets.sectors)))
    export_margin[sets.remote] = np.where(exports[sets.remote] > 0, margin, 0.0)
    local = np.where(np.isin(sets.families, ("agriculture", "manufacturing")), float(settings["lm_goods"]), 0.0)
    local[sets.mining] = float(settings["lm_mining"])
    return Priors(
        _split_value_added(sectors, totals, sets),
        share,
        _intermediate_mix(frames["intermediate_mix"], sets),
        _factor_shares(frames["factor_shares"], sets, settings),
        np.array([_column(frames["households"], f"budget_share_{g}", sets) for g in GROUPS]),
        np.array([_column(frames["households"], f"income_elasticity_{g}", sets) for g in GROUPS]),
        demand["government_mix"].to_numpy(float),
        np.array([demand[f"investment_mix_{r}"].to_numpy(float) for r in sets.regions]),
        exports,
        demand["foreign_import_mix"].to_numpy(float),
        regional,
        exporter,
        sectors["tariff"].to_numpy(float),
        sectors["sales_tax"].to_numpy(float),
        margin,
        export_margin,
        np.where(np.arange(len(sets.sectors)) == sets.trade, 0.0, local),
        np.nan_to_num(sectors["trade_elasticity"].to_numpy(float), nan=ELASTICITY_OF_THE_UNTRADED),
    )


def reconcile(flows: Mapping[tuple[str, str], Floats]) -> dict[tuple[str, str], Floats]:
    """Least-norm change of the macro matrix that balances every account and every link between the regions.

    Printed figures are rounded, so that some accounts miss by one; each change stays below one half.
    """
    cells = [(key, region) for key, value in flows.items() for region in range(2) if value[region] != 0.0]
    position = {cell: i for i, cell in enumerate(cells)}
    accounts = sorted({label for key in flows for label in key if label != "investment"})
    equations = np.zeros((2 * len(accounts) + 2 * len(LINKED), len(cells)))
    for ((row, column), region), i in position.items():
        equations[2 * accounts.index(row) + region, i] += 1.0
        equations[2 * accounts.index("savings" if column == "investment" else column) + region, i] -= 1.0
    for k, (payment, receipt, sign) in enumerate(LINKED):
        for region in range(2):
            line = 2 * len(accounts) + 2 * k + region
            if (payment, region) in position:
                equations[line, position[payment, region]] += 1.0
            if (receipt, 1 - region) in position:
                equations[line, position[receipt, 1 - region]] -= sign
    values = np.array([flows[key][region] for key, region in cells])
    change = np.linalg.lstsq(equations, -equations @ values, rcond=None)[0]
    balanced = {key: value.copy() for key, value in flows.items()}
    for (key, region), delta in zip(cells, change, strict=True):
        balanced[key][region] += delta
    return balanced


def _macro_flows(frame: pd.DataFrame, sets: Sets) -> dict[tuple[str, str], Floats]:
    flows: dict[tuple[str, str], Floats] = {}
    for region, row, column, value in frame[["region", "row", "column", "value"]].itertuples(index=False):
        flows.setdefault((row, column), np.zeros(2))[sets.regions.index(region)] = value
    # Another economy may lack some; the cells must exist all the same.
    for cell in flow_rules():
        flows.setdefault(cell, np.zeros(2))
    return flows


def _single(frame: pd.DataFrame, column: str = "value", **keys: str) -> float:
    chosen = np.ones(len(frame), dtype=bool)
    for key, label in keys.items():
        chosen &= (frame[key] == label).to_numpy(bool)
    return float(frame[column].to_numpy(float)[chosen][0])


def _by_household(frame: pd.DataFrame, column: str, sets: Sets) -> Floats:
    return np.array([_single(frame, column, region=r, household=g) for r in sets.regions for g in GROUPS])


def _column(frame: pd.DataFrame, column: str, sets: Sets) -> Floats:
    return frame.set_index("code").loc[list(sets.sectors), column].to_numpy(float)


def _of_pattern(demand: pd.DataFrame, column: str, pattern: str) -> Floats:
    """A column, or the one with the ending of a trade pattern where there is one."""
    other = f"{column}_{pattern}"
    return demand[other if other in demand else column].to_numpy(float)


def _regional_flows(demand: pd.DataFrame, sets: Sets, pattern: str) -> tuple[NDArray[np.int64], Floats]:
    """Exporting region (-1 where a good is not traded) and the size of each flow."""
    one, two = sets.regions
    forth = _of_pattern(demand, f"regional_exports_{one}_to_{two}", pattern)
    back = _of_pattern(demand, f"regional_exports_{two}_to_{one}", pattern)
    return np.where(forth > 0, 0, np.where(back > 0, 1, -1)).astype(np.int64), forth + back


def _split_value_added(sectors: pd.DataFrame, totals: Totals, sets: Sets) -> Floats:
    split = np.zeros((2, len(sets.sectors)))
    for r, region in enumerate(sets.regions):
        shares = sectors[f"group_share_{region}"].to_numpy(float)
        # The only sector of a row has no share of its own.
        split[r] = [totals.value_added[row][r] for row in sets.rows] * np.where(np.isnan(shares), 1.0, shares)
    return split


def _intermediate_mix(frame: pd.DataFrame, sets: Sets) -> Floats:
    mix = np.zeros((len(sets.sectors), len(sets.sectors)))
    for activity, good, share in frame[["activity", "input", "share_of_intermediate_cost"]].itertuples(index=False):
        mix[sets.sectors.index(good), sets.sectors.index(activity)] = share
    return column_shares(mix)


def column_shares(mix: Floats) -> Floats:
    """Columns that add up to one; a column of zeros, an activity that buys nothing, stays as it is."""
    total = mix.sum(axis=0)
    return np.divide(mix, total, out=np.zeros_like(mix), where=total > 0.0)


def _factor_shares(frame: pd.DataFrame, sets: Sets, settings: Settings) -> Floats:
    """(region, factor, sector), each column summing to one."""
    indexed = frame.set_index(["region", "code"])
    shares = np.array(
        [[[indexed.loc[(r, code), f] for code in sets.sectors] for f in FACTORS] for r in sets.regions], dtype=float
    )
    shares /= shares.sum(axis=1, keepdims=True)
    capital = float(settings["rt_capital_share"])
    column = shares[:, :, sets.regional_trade]
    labour = column[:, :CAPITAL] / column[:, :CAPITAL].sum(axis=1, keepdims=True)
    shares[:, :CAPITAL, sets.regional_trade] = labour * (1.0 - capital)
    shares[:, CAPITAL, sets.regional_trade] = capital
    return shares
