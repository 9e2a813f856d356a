"""The social accounting matrix: two regions, balanced by minimum cross-entropy to the priors.

Flows are at base prices. Producers' prices of local sales, regional sales and exports are one, so `local`, `regional`
and `exports` are quantities too; `imports` are at border prices. Purchasers' prices add trade margins and taxes.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .economy import CAPITAL, FACTORS, LAND, Floats, Priors, Sets, Totals, column_shares
from .entropy import Constraint, InfeasibleMatrixError, minimum_cross_entropy, ras

LEAST_SHARE_OF_LOCAL_SALES = 0.05


@dataclass(frozen=True, slots=True)
class SocialAccountingMatrix:
    """Balanced base-year flows in millions; axes (region, ..., sector), households region by region.

    `intermediate` is (region, input, activity); `factor_payment` is (region, factor, sector); `regional` is the flow
    of each good out of region `exporter` (-1 where there is none). Margins are rates per unit: `regional_margin` of the
    exporter's regional trade on regional sales, `export_margin` of the region's own regional trade on foreign sales,
    `local_margin` of trade services on everything sold in a region.
    """

    value_added: Floats
    intermediate: Floats
    consumption: Floats
    government: Floats
    investment: Floats
    exports: Floats
    imports: Floats
    local: Floats
    regional: Floats
    exporter: NDArray[np.int64]
    tariff: Floats
    sales_tax: Floats
    regional_margin: Floats
    export_margin: Floats
    local_margin: Floats
    factor_payment: Floats


class _Flows:
    """Numbers the unknown flows block by block and collects the constraints on them."""

    def __init__(self) -> None:
        self.prior: list[Floats] = []
        self.start: dict[str, int] = {}
        self.index: dict[str, NDArray[np.intp]] = {}
        self.constraints: list[Constraint] = []
        self.size = 0

    def add(self, name: str, prior: Floats) -> None:
        """Every positive entry of `prior` becomes an unknown; the others stay zero."""
        positions = np.full(prior.shape, -1, dtype=np.intp)
        active = prior > 0.0
        positions[active] = self.size + np.arange(active.sum())
        self.index[name] = positions
        self.prior.append(prior[active])
        self.size += int(active.sum())

    def require(self, name: str, total: float, *terms: tuple[NDArray[np.intp] | np.intp, Floats | float]) -> None:
        """The weighted sum of the flows at the given positions equals `total`."""
        flows, weights = [], []
        for positions, weight in terms:
            positions = np.atleast_1d(positions).ravel()
            weight = np.broadcast_to(weight, positions.shape)
            flows.append(positions[positions >= 0])
            weights.append(weight[positions >= 0])
        self.constraints.append(Constraint(name, np.concatenate(flows), np.concatenate(weights), float(total)))

    def values(self, name: str, solution: Floats) -> Floats:
        """The solved block, with zeros where there is no flow."""
        positions = self.index[name]
        return np.where(positions >= 0, solution[positions], 0.0)


def balance(sets: Sets, totals: Totals, priors: Priors) -> SocialAccountingMatrix:
    """The balanced matrix nearest to the priors.

    Raises
    ------
    InfeasibleMatrixError
        If the priors cannot meet the totals; the message names the accounts.
    """
    flows = _Flows()
    value_added = _value_added(sets, totals, priors)
    margin_cost = _add_unknowns(flows, sets, totals, priors, value_added)
    _require_macro_totals(flows, sets, totals, priors)
    _require_activity_balance(flows, sets, priors, value_added, margin_cost)
    _require_commodity_balance(flows, sets, priors)
    solution = minimum_cross_entropy(np.concatenate(flows.prior), flows.constraints)
    block = {name: flows.values(name, solution) for name in flows.index}
    inflow = np.where(1 - np.arange(2)[:, None] == priors.exporter, block["regional"], 0.0)
    handled = block["local"] + block["imports"] + inflow
    return SocialAccountingMatrix(
        value_added,
        block["intermediate"],
        block["consumption"],
        block["government"],
        block["investment"],
        block["exports"],
        block["imports"],
        block["local"],
        block["regional"],
        priors.exporter,
        block["tariff"],
        block["sales_tax"],
        priors.regional_margin,
        priors.export_margin,
        np.divide(block["local_margin"], handled, out=np.zeros_like(handled), where=handled > 0.0),
        _factor_payments(sets, totals, priors, value_added),
    )


def noisy(priors: Priors, generator: np.random.Generator, spread: float) -> Priors:
    """Priors with lognormal noise of standard deviation `spread` on every flow and share."""

    def shaken(values: Floats) -> Floats:
        return values * np.exp(spread * generator.standard_normal(values.shape))

    rates = {
        name: shaken(getattr(priors, name))
        for name in (
            "value_added", "intermediate", "factor_share", "budget_share", "government", "investment", "exports",
            "imports", "regional", "tariff", "sales_tax",
        )
    }  # fmt: skip
    share = priors.value_added_share
    ratio = shaken((1.0 - share) / share)
    rates["value_added_share"] = 1.0 / (1.0 + ratio)
    rates["intermediate"] = column_shares(rates["intermediate"])
    return replace(priors, **rates)


def _value_added(sets: Sets, totals: Totals, priors: Priors) -> Floats:
    """Value added of each row of Table 4, split over its sectors as the priors are."""
    split = priors.value_added.copy()
    for row, value in totals.value_added.items():
        members = np.array([label == row for label in sets.rows])
        split[:, members] *= _ratio(value, split[:, members].sum(axis=1))[:, None]
    return split


def _ratio(total: Floats, sum_of_parts: Floats) -> Floats:
    """What parts are multiplied by to add up to a total; zero where there is nothing to share out."""
    return np.divide(total, sum_of_parts, out=np.zeros_like(total), where=sum_of_parts > 0.0)


def _add_unknowns(flows: _Flows, sets: Sets, totals: Totals, priors: Priors, value_added: Floats) -> Floats:
    """All unknown flows with their priors. Returns the intermediate cost of regional trade by region."""
    macro = totals.flows
    rt = sets.regional_trade
    cost = value_added * (1.0 / priors.value_added_share - 1.0)
    ordinary = np.arange(len(sets.sectors)) != rt
    target = macro["commodities", "activities"] - cost[:, rt]
    cost[:, ordinary] *= _ratio(target, cost[:, ordinary].sum(axis=1))[:, None]
    consumption = priors.budget_share[[0, 1, 0, 1]]
    consumption = consumption * (totals.consumption / consumption.sum(axis=1))[:, None]
    government = priors.government / priors.government.sum() * macro["commodities", "government"][:, None]
    investment = priors.investment / priors.investment.sum(axis=1, keepdims=True)
    investment = investment * macro["commodities", "investment"][:, None]
    exports = (
        priors.exports
        * _ratio(macro["commodities", "rest_of_world"], (priors.exports * (1.0 + priors.export_margin)).sum(axis=1))[
            :, None
        ]
    )
    imports = priors.imports / priors.imports.sum() * macro["rest_of_world", "commodities"][:, None]
    regional = np.zeros_like(priors.regional)
    for r in range(2):
        out = priors.exporter == r
        value = (priors.regional * (1.0 + priors.regional_margin))[out].sum()
        if value > 0.0:
            regional[out] = priors.regional[out] * macro["commodities", "regional_linkages"][r] / value
    intermediate = priors.intermediate[None] * cost[:, None, :]
    use = intermediate.sum(axis=2) + consumption.reshape(2, 2, -1).sum(axis=1) + government + investment
    tariff, sales_tax = _tax_priors(priors, imports, use, macro["taxes", "commodities"])
    inflow = np.where(1 - np.arange(2)[:, None] == priors.exporter, regional, 0.0)
    sold = value_added + cost - exports - np.where(np.arange(2)[:, None] == priors.exporter, regional, 0.0)
    local = np.maximum(sold, LEAST_SHARE_OF_LOCAL_SALES * (value_added + cost))
    local[:, rt] = 0.0
    for name, prior in (
        ("intermediate", intermediate), ("consumption", consumption),
        ("government", government), ("investment", investment), ("exports", exports), ("imports", imports),
        ("local", local), ("regional", regional), ("tariff", tariff), ("sales_tax", sales_tax),
        ("local_margin", priors.local_margin * (local + imports + inflow)),
    ):  # fmt: skip
        flows.add(name, prior)
    return cost[:, rt]


def _tax_priors(priors: Priors, imports: Floats, use: Floats, revenue: Floats) -> tuple[Floats, Floats]:
    """Tariffs and sales taxes at the listed rates, scaled to each region's revenue on commodities."""
    tariff = priors.tariff * imports
    sales_tax = priors.sales_tax * use
    scale = _ratio(revenue, (tariff + sales_tax).sum(axis=1))[:, None]
    return tariff * scale, sales_tax * scale


def _require_macro_totals(flows: _Flows, sets: Sets, totals: Totals, priors: Priors) -> None:
    macro, index = totals.flows, flows.index
    ordinary = np.arange(len(sets.sectors)) != sets.regional_trade
    for r, region in enumerate(sets.regions):
        flows.require(
            f"intermediate use ({region})",
            macro["commodities", "activities"][r],
            (index["intermediate"][r][:, ordinary], 1.0),
            (index["intermediate"][r][:, ~ordinary], 1.0),
        )
        for g, group in enumerate(("rural", "urban")):
            h = 2 * r + g
            flows.require(f"{group} consumption ({region})", totals.consumption[h], (index["consumption"][h], 1.0))
        for name, account in (("government", "government"), ("investment", "investment")):
            flows.require(f"{name} ({region})", macro["commodities", account][r], (index[name][r], 1.0))
        flows.require(
            f"foreign exports ({region})",
            macro["commodities", "rest_of_world"][r],
            (index["exports"][r], 1.0 + priors.export_margin[r]),
        )
        flows.require(
            f"foreign imports ({region})", macro["rest_of_world", "commodities"][r], (index["imports"][r], 1.0)
        )
        out = priors.exporter == r
        flows.require(
            f"regional exports ({region})",
            macro["commodities", "regional_linkages"][r],
            (index["regional"][out], 1.0 + priors.regional_margin[out]),
        )
        flows.require(
            f"taxes on commodities ({region})",
            macro["taxes", "commodities"][r],
            (index["tariff"][r], 1.0),
            (index["sales_tax"][r], 1.0),
        )


def _require_activity_balance(
    flows: _Flows, sets: Sets, priors: Priors, value_added: Floats, margin_cost: Floats
) -> None:
    """Sales equal cost in every activity; the output of regional trade is the margins of its region's sales."""
    index = flows.index
    for r, region in enumerate(sets.regions):
        for a, code in enumerate(sets.sectors):
            if a == sets.regional_trade:
                flows.require(f"inputs of {code} ({region})", margin_cost[r], (index["intermediate"][r, :, a], 1.0))
                out = priors.exporter == r
                sales = (
                    (index["regional"][out], -priors.regional_margin[out]),
                    (index["exports"][r], -priors.export_margin[r]),
                )
            else:
                regional = index["regional"][a] if priors.exporter[a] == r else np.intp(-1)
                sales = ((index["local"][r, a], -1.0), (index["exports"][r, a], -1.0), (regional, -1.0))
            flows.require(
                f"output of {code} ({region})",
                -value_added[r, a],
                (index["intermediate"][r, :, a], 1.0),
                *sales,
            )


def _require_commodity_balance(flows: _Flows, sets: Sets, priors: Priors) -> None:
    """Supply at purchasers' prices equals use for every good in every region."""
    index = flows.index
    for r, region in enumerate(sets.regions):
        inflow = priors.exporter == 1 - r
        for b, code in enumerate(sets.sectors):
            if b == sets.regional_trade:
                continue
            regional = index["regional"][b] if inflow[b] else np.intp(-1)
            terms: list[tuple[NDArray[np.intp] | np.intp, Floats | float]] = [
                (index["local"][r, b], 1.0),
                (index["imports"][r, b], 1.0),
                (index["tariff"][r, b], 1.0),
                (regional, 1.0 + priors.regional_margin[b]),
                (index["local_margin"][r, b], 1.0),
                (index["sales_tax"][r, b], 1.0),
                (index["intermediate"][r, b], -1.0),
                (index["consumption"][2 * r : 2 * r + 2, b], -1.0),
                (index["government"][r, b], -1.0),
                (index["investment"][r, b], -1.0),
            ]
            if b == sets.trade:
                terms.append((index["local_margin"][r], -1.0))
            flows.require(f"market of {code} ({region})", 0.0, *terms)


def _factor_payments(sets: Sets, totals: Totals, priors: Priors, value_added: Floats) -> Floats:
    """Payments (region, factor, sector) by RAS to the wage bills, land and capital totals and to value added."""
    workers = totals.employment.reshape(2, 2, -1).sum(axis=1)
    bill = workers * totals.wage / 1e3
    payments = np.zeros((2, priors.factor_share.shape[1], len(sets.sectors)))
    for r, region in enumerate(sets.regions):
        rows = np.zeros(payments.shape[1])
        rows[:LAND] = bill[r]
        rows[LAND] = totals.land[r]
        rows[CAPITAL] = value_added[r].sum() - rows.sum()
        if rows[CAPITAL] <= 0.0:
            message = f"Wages and land rents of {region} exceed its value added by {-rows[CAPITAL]:,.1f}."
            raise InfeasibleMatrixError(message)
        payments[r] = ras(priors.factor_share[r] * value_added[r], rows, value_added[r], region, FACTORS)
    return payments
