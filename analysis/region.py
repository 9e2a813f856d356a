"""What a report must know of a corridor's region beyond the numbers of a run: its line, its people, and its names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..data import CaseError
from ..data.corridor import CorridorCase, cell_label, read_corridor
from ..data.line import COLUMNS, ROWS
from ..engines import Engine
from .tables import plain

Floats = NDArray[np.float64]

_LARGE = "a million people or more"


@dataclass(frozen=True, slots=True)
class Region:
    """The line of a case and the cells that it is judged by.

    Parameters
    ----------
    corridor : tuple of str
        Labels of the cells of the line, in its order.
    cells : tuple of str
        Labels of the cells of the region.
    people : (cell,) float
        People of each cell of the region in year 0.
    centres : (line cell, 2) float
        Latitude and longitude of the cells of the line.
    mode : str
        "road", "rail" or "water".
    words : mapping of str to str
        What the names of areas and of groups of cells stand for.
    cities : set of str
        Those of them that are cities.
    """

    corridor: tuple[str, ...]
    cells: tuple[str, ...]
    people: Floats
    centres: Floats
    mode: str
    words: Mapping[str, str]
    cities: frozenset[str]

    def title(self, name: str) -> str:
        """A name as a heading: cities with capitals."""
        return name.replace("_", " ").title() if name in self.cities else plain(name)

    def explained(self, names: Iterable[str]) -> str:
        """What some areas or places are, in a sentence; empty if no name is known."""
        known = [f"{name} is {self.words[name]}" for name in names if name in self.words]
        text = "; ".join(known)
        return f"{text[:1].upper()}{text[1:]}." if known else ""


def region_of(engine: Engine | None) -> Region | None:
    """The region of an engine's case; None if it is no corridor."""
    if engine is None or engine.name != "spatial":
        return None
    try:
        case = read_corridor(engine.case)
    except CaseError:
        return None
    corridor, cells = ([cell_label(int(cell)) for cell in each] for each in (case.corridor, case.region))
    row, column = np.divmod(case.corridor, COLUMNS)
    return Region(
        corridor=tuple(corridor),
        cells=tuple(cells),
        people=case.grid["population_2000"].ravel()[case.region].astype(np.float64),
        centres=np.column_stack([ROWS / 2 - 0.5 - row, column - COLUMNS / 2 + 0.5]),
        mode=str(case.meta["mode"]),
        words=_words(case),
        cities=frozenset(case.places),
    )


def _words(case: CorridorCase) -> dict[str, str]:
    country = case.grid["country"].ravel()[case.region]
    countries, left_out = (sorted({str(code) for code in each}) for each in (country, country[~case.home]))
    codes = "country codes of ISO 3166"
    return {
        "corridor": f"the {len(case.corridor)} cells that the line crosses",
        "neighbours": "the cells of the region that touch those of the line",
        "elsewhere": "all other cells of the region",
        "region": f"the {len(case.region)} cells by which the line is judged, in {', '.join(countries)} ({codes})",
        "home": f"the region without {', '.join(left_out)}",
        "first_end": "the first cell of the line",
        "last_end": "the last cell of the line",
        "corridor_large": f"cells of the line with {_LARGE}",
        "corridor_small": "cells of the line with fewer people",
        "fewer_people": "the half of the region's cells with the fewest people",
        "more_people": "the half of the region's cells with the most people",
        "poorest_20": "the 20 cells of the region with the lowest income a head in year 0",
        "richest_20": "the 20 cells of the region with the highest income a head in year 0",
        **{name: f"the cell of the city, {cell_label(int(cell))}" for name, cell in case.places.items()},
    }
