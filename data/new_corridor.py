"""A line on the map as a case of the spatial model: a folder of tables that can be edited and swept."""

import errno
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .case import CASES
from .corridor import WORLD, is_location
from .corridor_tables import cell_label
from .fault import CaseError, Fault, nearest
from .line import COLUMNS, LINE_WORDS, read_line
from .source import MANIFEST, POLICIES
from .workbook import write_csv
from .writing import whole_file

_BUNDLED_WORLD = "pacific-corridor"
DEGREES_AROUND = 20.0
STUDY = "study.toml"

_CASE = """title = {title}
engine = "spatial"
world = "{world}"
base_year = 2000
years = 20
mode = "{mode}"
licence = "Grid CC BY 4.0; roads and rail ODbL 1.0, (c) OpenStreetMap contributors"
citation = "Desmet, Nagy and Rossi-Hansberg (2018), The Geography of Development, Journal of Political Economy 126(3)"
"""

_SCENARIOS = """[new_line]
label = "New {line}"
description = "A {line} crosses every cell of the corridor in full length."
shocks = [{{ parameter = "crossing", change = "add", value = "major_road" }}]

[cost_cut]
label = "Cheaper transport"
description = "The cost of transport falls by a share in every cell of the corridor."
shocks = [{{ parameter = "cost_cut", change = "add", value = "cost_cut" }}]
"""

_STUDY = """name = {name}
engine = "spatial"
case = "."
scenarios = ["new_line", "cost_cut"]
outputs = [
    "income_gap", "population_gap", "utility_gap", "productivity_gap", "openness_gap", "gain", "gini", "dilution",
    "area_income", "income_gap_map", "population_gap_map", "flow_gap_map", "income_gap_world",
]

[design]
method = "sobol"
samples = 64
seed = 1

[factors.cost_cut]
distribution = "uniform"
low = 0.2
high = 0.5

[factors.major_road]
distribution = "uniform"
low = 0.05
high = 0.15

[factors.within_cell]
distribution = "uniform"
low = 0.25
high = 1.0

[factors.theta]
distribution = "uniform"
low = 5.0
high = 8.0

[factors.omega]
distribution = "uniform"
low = 0.3
high = 0.7

[factors.lambda]
distribution = "uniform"
low = 0.2
high = 0.45

[[claims]]
name = "People move into the cells of the corridor"
output = "population_gap"
scenario = "new_line"
select = {{ place = "corridor" }}
holds = "> 0"

[[claims]]
name = "The gain does not come from neighbours: their income rises"
output = "income_gap"
scenario = "new_line"
select = {{ place = "neighbours" }}
holds = "> 0"

[report]
outputs = ["area_income"]
"""


@dataclass(frozen=True, slots=True)
class NewCorridor:
    """What was written.

    Parameters
    ----------
    folder, study : Path
        The case, and a study of it to begin with.
    corridor, region : int
        Cells of the line and of its region.
    left_out : tuple of str
        Cells that the line crosses where nobody lives: the sea, as a rule.
    countries : tuple of str
        Countries of the region.
    """

    folder: Path
    study: Path
    corridor: int
    region: int
    left_out: tuple[str, ...]
    countries: tuple[str, ...]


def write_corridor(
    line: str | os.PathLike[str],
    folder: str | os.PathLike[str],
    region: Sequence[str] = (),
    within: float = DEGREES_AROUND,
    mode: str | None = None,
) -> NewCorridor:
    """Make a case of a line.

    Parameters
    ----------
    line : path
        A GeoJSON file with a line, as `read_line` takes it.
    folder : path
        A folder that does not exist yet.
    region : sequence of str
        ISO codes of the countries by which the line is judged; those that it crosses if left out.
    within : float
        Degrees of latitude or longitude from the line beyond which a cell is not of the region.
    mode : {"road", "rail", "water"}, optional
        What the line is, where the file does not say it; a road if left out.

    Raises
    ------
    LineError
        If the file holds no line.
    CaseError
        If nobody lives along the line, or a country is not known.
    FileExistsError
        If the folder exists.
    """
    out, path = Path(folder), Path(line)
    read = read_line(path, mode)
    if out.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(out))
    with np.load(CASES / _BUNDLED_WORLD / WORLD, allow_pickle=False) as stored:
        grid = {name: stored[name] for name in ("country", "land", "population_2000")}
    inhabited = is_location(grid).ravel()
    crossed = [row * COLUMNS + column for row, column in read.cells]
    corridor = [cell for cell in crossed if inhabited[cell]]
    if not corridor:
        words = f"none of the {len(crossed)} cells that the line crosses is inhabited"
        raise CaseError(path.name, [Fault(path.name, words)])
    country = grid["country"].ravel()
    chosen = _countries(country[inhabited], region) if region else sorted({str(country[cell]) for cell in corridor})
    cells = _region(country, inhabited, corridor, chosen, within)
    found = sorted({str(country[cell]) for cell in cells})
    far = [name for name in chosen if name not in found]
    if far:
        words = f"no cell of {', '.join(far)} lies within {within:g} degrees of the line; leave it out or reach further"
        raise CaseError("region", [Fault("region", words)])
    out.mkdir(parents=True)
    cells_of_line = ((i, *_centre(cell), country[cell], "no") for i, cell in enumerate(corridor, 1))
    write_csv(out / "corridor.csv", [("order", "latitude", "longitude", "country", "finished"), *cells_of_line])
    places = ((*_centre(cell), country[cell], "yes") for cell in cells)
    write_csv(out / "region.csv", [("latitude", "longitude", "country", "home"), *places])
    title = _quoted(f"The line of {path.name} on the 1 degree world of 2000")
    manifest = _CASE.format(title=title, world=_BUNDLED_WORLD, mode=read.mode)
    policies, study = _SCENARIOS.format(line=LINE_WORDS[read.mode]), _STUDY.format(name=_quoted(out.name))
    for name, text in ((MANIFEST, manifest), (POLICIES, policies), (STUDY, study)):
        with whole_file(out / name) as partial:
            partial.write_text(text, encoding="utf-8")
    left = tuple(cell_label(cell) for cell in crossed if not inhabited[cell])
    return NewCorridor(out, out / STUDY, len(corridor), len(cells), left, tuple(found))


def _countries(known: NDArray[np.str_], wanted: Sequence[str]) -> list[str]:
    allowed = sorted(set(known.tolist()))
    faults = [
        Fault("region", f"unknown country {name!r}.{nearest(name, allowed)}") for name in wanted if name not in allowed
    ]
    if faults:
        raise CaseError("region", faults)
    return sorted(set(wanted))


def _region(
    country: NDArray[np.str_],
    inhabited: NDArray[np.bool_],
    corridor: Sequence[int],
    chosen: Sequence[str],
    within: float,
) -> list[int]:
    """Cells of some countries near a line, and the line itself."""
    cells = np.flatnonzero(inhabited & np.isin(country, chosen))
    row, column = np.divmod(np.array(corridor), COLUMNS)
    down = np.abs(cells[:, None] // COLUMNS - row)
    along = np.abs(cells[:, None] % COLUMNS - column)
    near = np.maximum(down, np.minimum(along, COLUMNS - along)).min(axis=1) <= within
    return sorted({*cells[near].tolist(), *corridor})


def _centre(cell: int) -> tuple[float, float]:
    return 89.5 - cell // COLUMNS, -179.5 + cell % COLUMNS


def _quoted(text: str) -> str:
    """A text as TOML holds it; what cannot be printed becomes a space."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
