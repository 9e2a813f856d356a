"""Structural switches of the model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ...data import CaseError, Fault
from ...data.corridor import LEAST_PEOPLE
from ...data.fault import nearest
from ..interface import Switch
from .metric import Metric
from .world import LEAST_LAND


@dataclass(frozen=True, slots=True)
class Settings:
    """Structural switches of the model.

    Parameters
    ----------
    resolution : {"region", "full"}
        The region among groups of distant places, or every place of the world.
    fundamentals : {"recalibrated", "held"}
        Whether every draw is calibrated to the base year, or keeps the fundamentals of the default draw.
    metric : {"graph", "marching"}
        Costs along the edges of a graph, or those of a front that marches over the grid.
    neighbours : {8, 16, 32}
        Directions of the graph.
    block : int
        Degrees of a block of distant places.
    own_cell : {"kept", "cheaper"}
        Whether a good that is used in the cell where it is made costs under a policy what it did, or gets cheaper with
        the cell.
    next_year : {"country", "world"}
        Whether people in the year after the base year follow the growth of their country, or that of the world.
    least_land : float
        The smallest share of its cell that a place has as land.
    least_people : float
        The fewest people of a cell that is a location; 0 takes every cell with people and an income.
    """

    resolution: Literal["region", "full"] = "region"
    fundamentals: Literal["recalibrated", "held"] = "recalibrated"
    metric: Literal["graph", "marching"] = "graph"
    neighbours: int = 16
    block: int = 20
    own_cell: Literal["kept", "cheaper"] = "kept"
    next_year: Literal["country", "world"] = "country"
    least_land: float = LEAST_LAND
    least_people: float = LEAST_PEOPLE

    @property
    def costs_by(self) -> Metric:
        """The metric in one value."""
        return "marching" if self.metric == "marching" else self.neighbours


DEFAULTS = Settings()
ALLOWED: Mapping[str, tuple[object, ...]] = {
    "resolution": ("region", "full"),
    "fundamentals": ("recalibrated", "held"),
    "metric": ("graph", "marching"),
    "neighbours": (8, 16, 32),
    "block": (5, 10, 20, 30),
    "own_cell": ("kept", "cheaper"),
    "next_year": ("country", "world"),
    "least_land": (0.001, LEAST_LAND, 0.05),
    "least_people": (0.0, LEAST_PEOPLE, 10.0, 100.0),
}
_MEANING: Mapping[str, str] = {
    "resolution": "the region among groups of distant places, or every place of the world",
    "fundamentals": "calibrate every draw to the base year, or keep the fundamentals of the default draw",
    "metric": "costs along the edges of a graph, or of a front that marches over the grid",
    "neighbours": "directions of the graph",
    "block": "degrees of a block of distant places",
    "own_cell": "whether goods used in the cell where they are made get cheaper with it under a policy",
    "next_year": "whose growth people in the year after the base year follow",
    "least_land": "smallest share of its cell that a place has as land",
    "least_people": "fewest people of a cell that is a location",
}


def list_switches(settings: Settings) -> tuple[Switch, ...]:
    """Every setting, as a study may give it."""
    return tuple(
        Switch(name, getattr(settings, name), " or ".join(map(str, ALLOWED[name])), meaning)
        for name, meaning in _MEANING.items()
    )


def read_settings(case: str, given: Mapping[str, object]) -> Settings:
    """The switches, checked."""
    faults = []
    for name, value in given.items():
        if name not in ALLOWED:
            faults.append(Fault("settings", f"unknown setting.{nearest(name, list(ALLOWED))}", column=name))
        elif value not in ALLOWED[name]:
            allowed = ", ".join(map(repr, ALLOWED[name]))
            faults.append(Fault("settings", f"{value!r} is not allowed; it must be one of {allowed}", column=name))
    if faults:
        raise CaseError(case, faults)
    return Settings(**given)  # type: ignore[arg-type]
