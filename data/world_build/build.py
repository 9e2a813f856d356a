"""The files of the world grid, from the sources to the folder of a case."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..archive import save_archive
from .corridor_route import route_corridor, save_corridor, simplified
from .grid import share_of_subcells
from .income import GRADIENT, build_income, country_incomes, income_by_country
from .land import Land, build_land
from .networks import HIGHWAYS_FILE, RAILWAYS_FILE, marked_network, marked_settlements, read_network
from .outlines import build_outlines
from .place import read_places
from .population import build_population, country_totals
from .rivers import RIVERS_FILE, marked_rivers
from .source import Sources, table

SUBCELLS = 40
"""Points of the raster of land on a degree."""


def build(sources: Sources, folder: Path) -> tuple[Path, ...]:
    """Build every file of the world grid.

    Parameters
    ----------
    sources : Sources
        All packages of `packages.csv`.
    folder : Path
        Where the files go; what stands there is overwritten.

    Returns
    -------
    tuple of Path
        The files.

    Raises
    ------
    MissingSourceError
        If files of the sources are missing: with all of them.
    """
    sources.require(row["file"] for row in table("packages"))
    land, places = build_land(sources, SUBCELLS), read_places(sources)
    settled, highways = marked_settlements(places), read_network(sources.file(HIGHWAYS_FILE))
    save_archive(folder / "world.npz", world_layers(sources, land, places, settled))
    save_archive(
        folder / "osm_roads.npz",
        road_layers(marked_network(highways), marked_network(read_network(sources.file(RAILWAYS_FILE))), settled),
    )
    save_corridor(folder, simplified(route_corridor(highways)), land.codes)
    save_archive(folder / "coastline.npz", build_outlines(sources))
    names = ("world.npz", "osm_roads.npz", "corridor.csv", "corridor.geojson", "coastline.npz")
    return tuple(folder / name for name in names)


def world_layers(sources: Sources, land: Land, places: pd.DataFrame, settled: NDArray[np.bool_]) -> dict[str, NDArray]:
    """The layers of `world.npz`, each 180 by 360, zero or empty at sea unless it tells of water."""
    totals, growth, world_growth = country_totals(sources)
    incomes = income_by_country(land.countries, country_incomes(sources))
    population = build_population(land, places, totals)
    growths = np.array([0.0] + [growth.get(country, world_growth) for country in land.countries[1:]])
    layers = {
        "land": land.share,
        "area": land.area,
        "population_2000": population,
        "growth_2001": growths[land.country],
        "country_income": incomes[land.country],
        "income": build_income(population, land.area, land.country, incomes, GRADIENT),
        "settled": share_of_subcells(settled),
        **_water_layers(land.tenths, marked_rivers(sources.file(RIVERS_FILE))),
    }
    return {"country": land.codes, **_single(layers)}


def road_layers(major: NDArray[np.bool_], rail: NDArray[np.bool_], settled: NDArray[np.bool_]) -> dict[str, NDArray]:
    """The layers of `osm_roads.npz`, each 180 by 360, from marked subcells."""
    layers = {
        "major_road": share_of_subcells(major),
        "rail": share_of_subcells(rail),
        "settled_on_major": share_of_subcells(settled & major),
    }
    return _single(layers)


def _water_layers(tenths: NDArray[np.float64], rivers: NDArray[np.bool_]) -> dict[str, NDArray[np.float64]]:
    land = tenths > 0
    coast = land & (tenths < 1)
    return {
        "river": share_of_subcells(rivers & land),
        "water": share_of_subcells(coast | (rivers & land)),
        "sea": share_of_subcells(~land),
    }


def _single(layers: Mapping[str, NDArray]) -> dict[str, NDArray]:
    return {name: layer.astype(np.float32) for name, layer in layers.items()}
