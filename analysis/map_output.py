"""An output that is a map: its statistics by cell, a drawing of one of them, and the table behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd
import xarray as xr
from markupsafe import Markup
from numpy.typing import NDArray

from .exhibit import Panel
from .geography import centres
from .importance import CELL
from .plate import Plate
from .scale import Scale
from .subject import Subject
from .tables import number

Floats = NDArray[np.float64]
_Table = TypeVar("_Table", xr.Dataset, xr.DataArray)

# What is drawn: a word for it, its title, its unit, a number a cell, and the classes.
Drawn = tuple[str, str, str, Floats, Scale]


@dataclass(frozen=True, slots=True)
class MapOutput:
    """An output by cell with its statistics.

    Parameters
    ----------
    name, label, unit : str
        Of the output.
    found : Dataset
        As `fields` returns it, of the effects of policies where there are any.
    level : Dataset or None
        The same of the baseline itself, where that is not nothing.
    plate : Plate
        What it is drawn on.
    """

    name: str
    label: str
    unit: str
    found: xr.Dataset
    level: xr.Dataset | None
    plate: Plate

    def drawn(self, found: _Table) -> _Table:
        """Statistics by cell of the map."""
        return found if self.plate.cell_of is None else found.isel({CELL: self.plate.cell_of})


def map_panel(subject: Subject, output: MapOutput, scenario: str, drawn: Drawn) -> Panel:
    """A map of one statistic of an output under a scenario."""
    kind, title, unit, values, scale = drawn
    name = f"{subject.slug}-{kind}-{output.name}-{scenario}"
    known = values[np.isfinite(values)]
    ends = f"{number(float(known.min()))} to {number(float(known.max()))} {unit}".strip() if known.size else "no number"
    label = f"Map of {output.label}, {subject.scenarios[scenario]}. {title}: {ends}"
    return Panel(title, Markup(output.plate.values(values, scale, name=name, label=label)), unit)


def map_frame(found: xr.Dataset, names: Sequence[str], dimension: str) -> pd.DataFrame:
    """A line a scenario and cell: the labels, the centre, and the numbers."""
    labels = [str(label) for label in found[CELL].values]
    points = centres(labels)
    scenarios = [str(name) for name in found["scenario"].values]
    frame = pd.DataFrame({"scenario": np.repeat(scenarios, len(labels)), dimension: labels * len(scenarios)})
    if points is not None:
        frame["latitude"], frame["longitude"] = np.tile(points.T, len(scenarios))
    for name in names:
        frame[name] = found[name].transpose("scenario", CELL).values.ravel()
    return frame
