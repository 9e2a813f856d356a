"""What a shock makes of a rate, in the unit that the parameter is told in."""

import cordillera
import numpy as np
import pytest
from cordillera.data import read_case
from cordillera.engines import Draws, Scenario, Shock
from cordillera.engines.cge.build import Economy
from cordillera.engines.cge.factors import columns
from cordillera.engines.cge.scenario import schedule
from cordillera.engines.cge.settings import read_settings

YEARS = 3


@pytest.fixture(scope="module")
def rates_under():
    """Rates of two shocks in turn, (year, cell), with those of the base year, (cell,)."""
    case = read_case("peru-2002")
    economy = Economy(case, read_settings(case, None, {}))
    draw = columns(cordillera.engine("cge").factors, Draws((), np.zeros((1, 0))))

    def rates(name: str, *shocks: Shock) -> tuple[np.ndarray, np.ndarray]:
        b = economy.central
        made = schedule(economy.sets, economy.settings, b, YEARS, draw, Scenario("p", "p", shocks))
        return getattr(made, name)[..., 0], getattr(b, name)

    return rates


RATES = [("tariff", "tariff"), ("regional_margin", "regional_margin"), ("export_margin", "regional_margin")]


@pytest.mark.parametrize(("name", "parameter"), RATES)
def test_a_rate_is_set_added_to_and_multiplied_in_its_own_unit(rates_under, name: str, parameter: str) -> None:
    for change, value, expected in (
        ("set", 0.1, lambda base: np.full_like(base, 0.1)),
        ("add", 0.1, lambda base: base + 0.1),
        ("times", 0.4, lambda base: 0.4 * base),
    ):
        made, base = rates_under(name, Shock(parameter, change, value))
        assert base.max() > 0.0
        assert made[0] == pytest.approx(base, abs=1e-15)
        assert made[1:] == pytest.approx(np.broadcast_to(expected(base), made[1:].shape), abs=1e-15)


def test_shocks_of_a_rate_act_one_after_the_other_and_in_part(rates_under) -> None:
    first, second = Shock("tariff", "add", 0.1, first_year=2), Shock("tariff", "times", 0.5, first_year=2, scale=0.2)
    made, base = rates_under("tariff", first, second)
    assert made[1] == pytest.approx(base, abs=1e-15)
    assert made[2] == pytest.approx(0.9 * (base + 0.1), abs=1e-15)


@pytest.mark.parametrize(
    ("shock", "words"),
    [
        (Shock("tariff", "set", -1.0), "must be a number above -1"),
        (Shock("tariff", "add", -5.0), "must be a number above -1"),
        (Shock("regional_margin", "set", -1.0), "not negative"),
        (Shock("regional_margin", "times", 1.5, complement=True), "which 1 - 1.5 is"),
        (Shock("world_export_price", "times", 0.0), "above 0"),
        (Shock("rural_transfer", "set", -3000.0), "not negative"),
    ],
)
def test_an_amount_that_a_parameter_cannot_have_is_a_fault(shock: Shock, words: str) -> None:
    engine = cordillera.engine("cge")
    assert words in engine.shock_faults(shock)["value"]  # pyright: ignore[reportAttributeAccessIssue]
