"""The balanced matrix of Peru: what it meets exactly, what it may not be, and what noise does to it."""

from functools import cache

import numpy as np
import pytest
from cordillera.data import CaseError, read_case
from cordillera.engines.cge import InfeasibleMatrixError, build_engine
from cordillera.engines.cge.build import Economy
from cordillera.engines.cge.matrix import SocialAccountingMatrix
from cordillera.engines.cge.settings import read_settings

EXACT = 1e-9


@cache
def economy(parameters: str = "inferred", **overrides: float) -> Economy:
    case = read_case("peru-2002")
    return Economy(case, read_settings(case, parameters, overrides))


@pytest.fixture(scope="module", params=[("inferred", 0), ("inferred", 5), ("base-year", 0)], ids=str)
def solved(request: pytest.FixtureRequest) -> tuple[Economy, SocialAccountingMatrix]:
    parameters, number = request.param
    return economy(parameters), economy(parameters).matrix(number)


def sent(matrix: SocialAccountingMatrix, region: int) -> np.ndarray:
    return np.where(matrix.exporter == region, matrix.regional, 0.0)


def test_every_market_and_every_activity_balances(solved: tuple[Economy, SocialAccountingMatrix]) -> None:
    e, m = solved
    rt, trade = e.sets.regional_trade, e.sets.trade
    for r in range(2):
        arriving = sent(m, 1 - r)
        margin = m.local_margin[r] * (m.local[r] + m.imports[r] + arriving)
        supply = m.local[r] + m.imports[r] + m.tariff[r] + arriving * (1 + m.regional_margin) + margin + m.sales_tax[r]
        use = (
            m.intermediate[r].sum(axis=1)
            + m.consumption[2 * r : 2 * r + 2].sum(axis=0)
            + m.government[r]
            + m.investment[r]
        )
        use[trade] += margin.sum()
        np.testing.assert_allclose(supply, use, rtol=EXACT)
        output = m.value_added[r] + m.intermediate[r].sum(axis=0)
        sold = m.local[r] + m.exports[r] + sent(m, r)
        sold[rt] = (m.export_margin[r] * m.exports[r]).sum() + (m.regional_margin * sent(m, r)).sum()
        np.testing.assert_allclose(sold, output, rtol=EXACT)


def test_the_published_totals_are_met_exactly(solved: tuple[Economy, SocialAccountingMatrix]) -> None:
    e, m = solved
    flows = e.totals.flows
    bill = e.totals.employment.reshape(2, 2, 3).sum(axis=1) * e.totals.wage / 1e3
    for r in range(2):
        met = {
            ("commodities", "activities"): m.intermediate[r].sum(),
            ("commodities", "government"): m.government[r].sum(),
            ("commodities", "investment"): m.investment[r].sum(),
            ("commodities", "rest_of_world"): ((1 + m.export_margin[r]) * m.exports[r]).sum(),
            ("commodities", "regional_linkages"): ((1 + m.regional_margin) * sent(m, r)).sum(),
            ("rest_of_world", "commodities"): m.imports[r].sum(),
            ("taxes", "commodities"): m.tariff[r].sum() + m.sales_tax[r].sum(),
            ("factors", "activities"): m.value_added[r].sum(),
        }
        for cell, value in met.items():
            assert value == pytest.approx(flows[cell][r], rel=EXACT)
        np.testing.assert_allclose(m.factor_payment[r, :3].sum(axis=1), bill[r], rtol=EXACT)
        assert m.factor_payment[r, 3].sum() == pytest.approx(e.totals.land[r], rel=EXACT)
        np.testing.assert_allclose(m.factor_payment[r].sum(axis=0), m.value_added[r], rtol=EXACT)
    np.testing.assert_allclose(m.consumption.sum(axis=1), e.totals.consumption, rtol=EXACT)
    for row, value in e.totals.value_added.items():
        members = np.array([own == row for own in e.sets.rows])
        np.testing.assert_allclose(m.value_added[:, members].sum(axis=1), value, rtol=EXACT)


def test_no_flow_is_negative_and_none_appears_where_the_prior_has_none(
    solved: tuple[Economy, SocialAccountingMatrix],
) -> None:
    e, m = solved
    for name in ("intermediate", "consumption", "government", "investment", "exports", "imports", "local", "tariff"):
        assert (getattr(m, name) >= 0.0).all()
    assert ((m.exports > 0.0) == (e.priors.exports > 0.0)).all()
    assert ((m.regional > 0.0) == (e.priors.regional > 0.0)).all()
    assert ((m.factor_payment > 0.0) == (e.priors.factor_share > 0.0)).all()


def test_the_reconciled_flows_stay_within_the_rounding_of_the_print() -> None:
    printed = economy().case.tables["macro_sam"]
    for region, row, column, value in printed[["region", "row", "column", "value"]].itertuples(index=False):
        assert abs(economy().totals.flows[row, column][economy().sets.regions.index(region)] - value) < 0.5


def test_noise_of_a_number_is_the_same_whenever_it_is_drawn_and_differs_by_number() -> None:
    one, again, other = (economy().numbered_priors(number) for number in (3, 3, 4))
    for name in ("exports", "intermediate", "value_added_share", "factor_share"):
        assert getattr(one, name).tobytes() == getattr(again, name).tobytes()
        assert getattr(one, name).tobytes() != getattr(other, name).tobytes()
    fresh = Economy(economy().case, economy().settings)
    assert fresh.numbered_priors(3).imports.tobytes() == one.imports.tobytes()


def test_noise_has_the_spread_of_the_case_and_leaves_zeros_alone() -> None:
    priors = economy().priors
    ratios = np.concatenate(
        [
            np.log(shaken[priors.factor_share > 0] / priors.factor_share[priors.factor_share > 0])
            for shaken in (economy().numbered_priors(number).factor_share for number in range(1, 30))
        ]
    )
    assert ratios.std() == pytest.approx(0.2, rel=0.02)
    assert abs(ratios.mean()) < 0.01
    assert ((economy().numbered_priors(1).factor_share > 0) == (priors.factor_share > 0)).all()


def test_priors_that_meet_no_matrix_are_an_error_that_names_the_constraint() -> None:
    with pytest.raises(InfeasibleMatrixError, match=r"rtrd \(inland\) misses"):
        economy("inferred", mu_scale=0.3).balanced(0)
    with pytest.raises(CaseError, match=r"priors and settings: The priors are infeasible: .*rtrd \(inland\) misses"):
        build_engine("peru-2002", mu_scale=0.3)


def test_a_base_year_that_makes_no_sense_names_the_region_and_the_share() -> None:
    with pytest.raises(
        CaseError, match=r"shares of the land: .* of coast, .* of inland; they must lie between 0 and 1"
    ):
        build_engine("peru-2002", sav_rural=0.6)
