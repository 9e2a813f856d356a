"""What maps are drawn on: the region of a case, or the whole world."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ..data.coastline import read_coastline
from ..engines import Engine
from ..engines.spatial import SpatialEngine
from ..engines.spatial.places_on_map import places_on_map
from .geography import centres, fitted
from .globe import Globe, globe_category_panel, globe_value_panel
from .map_panel import category_panel, ground, value_panel
from .region import Region

Floats = NDArray[np.float64]
LOCATION = "location"


@dataclass(frozen=True, slots=True)
class Plate:
    """A ground with the ways to draw on it.

    Parameters
    ----------
    values : function
        As `value_panel` without its ground.
    classes : function
        As `category_panel` without its ground.
    words : str
        What the caption says of the cells.
    dimension : str
        What the data call a place.
    masked : bool
        Whether effects without a firm sign are left grey.
    cell_of : (cell,) int, optional
        The place whose value each cell of the map has; as many cells as places, in their order, if left out.
    lines : str
        What the first drawing on the page must hold for the others to refer to.
    """

    values: Callable[..., str]
    classes: Callable[..., str]
    words: str
    dimension: str = "cell"
    masked: bool = False
    cell_of: NDArray[np.intp] | None = None
    lines: str = ""


def region_plate(labels: Sequence[str], region: Region | None) -> Plate:
    """The map that holds some cells of one degree, with the coast, borders and the line of the case.

    Raises
    ------
    ValueError
        If the labels are no cells.
    """
    points = centres(labels)
    if points is None:
        raise ValueError(f"The cells {labels[0]} to {labels[-1]} are no cells of one degree.")
    lines, marked = read_coastline(), np.empty((0, 2)) if region is None else region.centres
    land = ground(points, fitted(points), lines.coast, lines.border, marked)
    outlined = " The cells of the corridor are outlined." if len(marked) else ""
    return Plate(partial(value_panel, land), partial(category_panel, land), f"Cells of one degree{{}}.{outlined}")


def world_plate(count: int, engine: Engine | None, region: Region | None, slug: str) -> Plate | None:
    """The map of the world of an engine; None if it has none on a grid of one degree, or not so many locations.

    Parameters
    ----------
    count : int
        Locations of the output that is to be drawn.
    engine : Engine, optional
        Says which cells a location has.
    region : Region, optional
        Whose line is outlined.
    slug : str
        Unique on the page.
    """
    places = places_on_map(engine.geography) if isinstance(engine, SpatialEngine) else None
    if places is None or int(places.location.max()) + 1 != count:
        return None
    points = np.column_stack([places.latitude, places.longitude])
    marked = np.empty((0, 2)) if region is None else region.centres
    land = Globe(points, read_coastline().coast, marked, f"{slug}-globe")
    groups = int((np.bincount(places.location) > 1).sum())
    words = f"{len(points):,} cells of one degree in the Equal Earth projection{{}}."
    words += " The corridor is outlined." if len(marked) else ""
    if groups:
        words += (
            f" At this resolution the model groups the cells beyond the region, in {groups} groups of more than one: "
            "each cell is painted with the value of its group."
        )
    hidden = '<svg width="0" height="0" style="position:absolute" aria-hidden="true">{}</svg>'
    return Plate(
        partial(globe_value_panel, land),
        partial(globe_category_panel, land),
        words,
        LOCATION,
        masked=True,
        cell_of=places.location,
        lines=hidden.format(land.lines),
    )
