"""Reading a case of the spatial model: a folder with a line through the world, its region, and the world itself."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .archive import read_archive
from .case import CASES, find_case
from .corridor_tables import CorridorTables, cell_label
from .fault import CaseError, Fault, nearest, shown
from .line import COLUMNS, MODES, ROWS
from .manifest import Policies, read_policies
from .raw import read_toml
from .source import MANIFEST, POLICIES

WORLD, ROADS, KERNEL = "world.npz", "osm_roads.npz", "kernel.npz"
WORLD_ARRAYS = (
    "country", "land", "area", "population_2000", "growth_2001", "income", "settled", "river", "water", "sea",
)  # fmt: skip
ROAD_ARRAYS = ("major_road", "rail", "settled_on_major")
# The fewest people of a cell that is a location.
LEAST_PEOPLE = 1.0
# The elasticity of income to density that the incomes of the bundled world were made with.
INCOME_GRADIENT = 0.10

_KEYS: dict[str, tuple[type, bool]] = {
    "title": (str, True), "engine": (str, True), "base_year": (int, True), "years": (int, True), "mode": (str, True),
    "world": (str, False), "licence": (str, True), "citation": (str, True), "notes": (list, False),
}  # fmt: skip
_MOST_YEARS = 400
# The bundled world has 4 MB.
_LARGEST_ARCHIVE = 100_000_000


@dataclass(frozen=True)
class CorridorCase:
    """A line through a world.

    Parameters
    ----------
    name : str
        The name of its folder.
    folder : Path
        That folder.
    meta : mapping
        The keys of `case.toml`.
    grid : mapping of str to array
        The layers of the world, (180, 360), rows from the north.
    corridor, region : (cell,) int
        Flat indices of the cells in the grid; the corridor in the order of the line.
    finished : (cell,) bool
        Which cells of the corridor lie on stretches that exist.
    home : (cell,) bool
        Which cells of the region count where its dominant country is left out.
    places : mapping of str to int
        Cells of single cities by name.
    money : mapping of str to float
        Costs and products in millions; empty where the case has none.
    scenarios : mapping
        Policies by name: label, description and shocks.
    identity : str
        SHA-256 (hex) of what decides the numbers.
    world_identity : str
        The same of the world alone.
    """

    name: str
    folder: Path
    meta: Mapping[str, object]
    grid: Mapping[str, NDArray]
    corridor: NDArray[np.intp]
    finished: NDArray[np.bool_]
    region: NDArray[np.intp]
    home: NDArray[np.bool_]
    places: Mapping[str, int]
    money: Mapping[str, float]
    scenarios: Policies
    identity: str
    world_identity: str


def is_location(grid: Mapping[str, NDArray], least_people: float = LEAST_PEOPLE) -> NDArray[np.bool_]:
    """Cells that are locations of the model: land with so many people at least, and never without anybody."""
    people = grid["population_2000"]
    return (grid["land"] > 0) & (people > 0) & (people >= least_people)


def read_corridor(name_or_path: str) -> CorridorCase:
    """Read a case of the spatial model by name or path, and check all of it.

    Parameters
    ----------
    name_or_path : str
        A bundled case, or the path of a folder that holds `case.toml`.

    Raises
    ------
    CaseError
        With every fault in it.

    Examples
    --------
    >>> len(read_corridor("pacific-corridor").corridor)
    32
    """
    folder = find_case(name_or_path)
    faults: list[Fault] = []
    meta = _manifest(folder, faults)
    if not meta or any(fault.column == "world" for fault in faults):
        raise CaseError(folder.name, faults)
    known = len(faults)
    world = CASES / str(meta["world"]) if "world" in meta else folder
    grid = _grid(world, faults)
    # Without its grid nothing is known of the cells that the tables name.
    if len(faults) > known:
        raise CaseError(folder.name, faults)
    reader = CorridorTables(folder, is_location(grid).ravel(), faults)
    corridor, finished = reader.cells("corridor.csv", "finished", order="order")
    region, home = reader.cells("region.csv", "home")
    places = reader.places(set(region.tolist()))
    money = reader.money()
    policies = _policies(folder, faults)
    if not faults and not home.any():
        faults.append(Fault("region.csv", "marks no cell as home; say yes for those that count", column="home"))
    if not faults and len(region) == len(corridor):
        faults.append(Fault("region.csv", "must hold other cells than those of the corridor"))
    if not faults and not set(corridor.tolist()) <= set(region.tolist()):
        outside = [c for c in corridor.tolist() if c not in set(region.tolist())]
        faults.append(
            Fault("region.csv", f"lacks {len(outside)} cells of the corridor, the first at {cell_label(outside[0])}")
        )
    if faults:
        raise CaseError(folder.name, faults)
    world_identity = _digest({name: _bytes_digest(array) for name, array in grid.items()})
    shocks = {name: policy["shocks"] for name, policy in policies.items()}
    decisive = [world_identity, corridor.tolist(), finished.tolist(), region.tolist(), home.tolist(), places, money,
                meta["mode"], meta["years"], shocks]  # fmt: skip
    return CorridorCase(
        folder.name, folder, meta, grid, corridor, finished, region, home, places, money, policies,
        _digest(decisive), world_identity,
    )  # fmt: skip


def _manifest(folder: Path, faults: list[Fault]) -> dict[str, object]:
    try:
        entries: dict[str, Any] = read_toml(folder / MANIFEST)
    except (OSError, ValueError) as error:
        faults.append(Fault(MANIFEST, f"cannot be read: {error}"))
        return {}
    faults.extend(
        Fault(MANIFEST, f"unknown key.{nearest(key, list(_KEYS))}", column=key) for key in entries if key not in _KEYS
    )
    for key, (kind, required) in _KEYS.items():
        value = entries.get(key)
        if value is None:
            if required:
                faults.append(Fault(MANIFEST, "the key is missing", column=key))
        elif not isinstance(value, kind) or isinstance(value, bool):
            words = {str: "a text", int: "a whole number", list: "a list of texts"}[kind]
            faults.append(Fault(MANIFEST, f"{shown(value)} is not allowed; it must be {words}", column=key))
    if not faults:
        if entries["mode"] not in MODES:
            faults.append(
                Fault(MANIFEST, f"unknown mode {entries['mode']!r}.{nearest(entries['mode'], MODES)}", column="mode")
            )
        if not 1 <= entries["years"] <= _MOST_YEARS:
            words = f"{shown(entries['years'])} is not allowed; it must be 1 to {_MOST_YEARS}"
            faults.append(Fault(MANIFEST, words, column="years"))
        worlds = [path.parent.name for path in sorted(CASES.glob(f"*/{WORLD}"))]
        if "world" in entries and entries["world"] not in worlds:
            words = f"unknown world {entries['world']!r}.{nearest(entries['world'], worlds)}"
            faults.append(Fault(MANIFEST, words, column="world"))
        if "world" not in entries and not (folder / WORLD).is_file():
            words = f"the key is missing, and the folder holds no {WORLD}; name a bundled world: {', '.join(worlds)}"
            faults.append(Fault(MANIFEST, words, column="world"))
    return entries


def _grid(folder: Path, faults: list[Fault]) -> dict[str, NDArray]:
    grid: dict[str, NDArray] = {}
    for file, names in ((WORLD, WORLD_ARRAYS), (ROADS, ROAD_ARRAYS)):
        try:
            found = read_archive(folder / file, names, _LARGEST_ARCHIVE)
        except (OSError, ValueError) as error:
            faults.append(Fault(file, f"cannot be read: {error}"))
            continue
        for name in names:
            if name not in found:
                faults.append(Fault(file, "the array is missing", column=name))
            elif found[name].shape != (ROWS, COLUMNS):
                faults.append(
                    Fault(file, f"has the shape {found[name].shape}; it must be ({ROWS}, {COLUMNS})", column=name)
                )
            elif not _is_sound(name, found[name]):
                words = "must hold texts" if name == "country" else "must hold finite numbers that are not negative"
                faults.append(Fault(file, words, column=name))
        grid |= found
    if not faults:
        poor = np.flatnonzero((is_location(grid) & ~(grid["income"] > 0)).ravel())
        if len(poor):
            words = f"{len(poor)} cells have people and no income, the first at {cell_label(int(poor[0]))}"
            faults.append(Fault(WORLD, words, column="income"))
    return grid


def _is_sound(name: str, layer: NDArray) -> bool:
    if name == "country":
        return layer.dtype.kind == "U"
    return layer.dtype.kind in "biuf" and bool((np.isfinite(layer) & (layer >= 0)).all())


def _policies(folder: Path, faults: list[Fault]) -> Policies:
    file = folder / POLICIES
    if not file.is_file():
        return {}
    try:
        tree = read_toml(file)
    except (OSError, ValueError) as error:
        faults.append(Fault(POLICIES, f"cannot be read: {error}"))
        return {}
    return read_policies(tree, POLICIES, None, faults)


def _bytes_digest(array: NDArray) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
