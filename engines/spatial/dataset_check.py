"""What must be true of a world in a Dataset, and of the cells that are named in it: every fault told at once."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ...data import CaseError, Fault
from ...data.fault import nearest, shown
from ...data.line import MODES

Indices = NDArray[np.intp]

INFRASTRUCTURE = ("rail", "major_road", "other_road", "water")
MOST_YEARS = 400
_NEEDED = ("land", "population_0", "population_1", "income")
_SHARES = ("land", *INFRASTRUCTURE)
_AMOUNTS = (*_SHARES, "population_0", "population_1", "income", "area", "utility")
_NUMBERS = (*_AMOUNTS, "ladder")
_KNOWN = (*_NUMBERS, "cost", "country")
_GRID = ("latitude", "longitude")
# Shares that add up to one may exceed it by their last bits, and so may sums of costs.
_ROUNDING = 1e-9
# Centres of cells may be stored as float32.
_OFF_CENTRE = 1e-3


class Shape(NamedTuple):
    """How a world is laid out: over a grid, or over places in one dimension."""

    on_grid: bool
    dims: tuple[str, ...]


def checked_shape(world: object, years: object, mode: object) -> Shape:
    """The layout of a world, once nothing is wrong with it.

    Raises
    ------
    CaseError
        With every fault of the Dataset, of the number of years and of the mode.
    """
    faults = []
    if isinstance(years, bool) or not isinstance(years, int | np.integer) or not 1 <= years <= MOST_YEARS:
        faults.append(Fault("years", f"is {shown(years)}; it must be a whole number from 1 to {MOST_YEARS}"))
    if mode not in MODES:
        faults.append(Fault("mode", f"is {shown(mode)}; it must be one of {', '.join(MODES)}"))
    if not isinstance(world, xr.Dataset):
        faults.append(Fault("world", f"is a {type(world).__name__}; it must be an xarray.Dataset"))
        raise CaseError("world", faults)
    dims = tuple(str(name) for name in world["land"].dims) if "land" in world else _GRID
    shape = Shape(set(dims) == set(_GRID), dims)
    faults += _variables(world, shape)
    layout = {name: _layout(world, name, shape) for name in _KNOWN if name in world}
    faults += [fault for found in layout.values() for fault in found]
    faults += _values(world, [name for name, found in layout.items() if not found])
    if shape.on_grid:
        faults += _coordinates(world)
    if faults:
        raise CaseError("world", faults)
    return shape


def _variables(world: xr.Dataset, shape: Shape) -> list[Fault]:
    """What is missing, not known, or of no use."""
    needed = [*_NEEDED, *(INFRASTRUCTURE if shape.on_grid else ["cost"])]
    faults = [Fault("world", "the variable is missing", column=name) for name in needed if name not in world]
    unknown = [str(name) for name in world.data_vars if name not in _KNOWN]
    faults += [Fault("world", f"unknown variable.{nearest(name, _KNOWN)}", column=name) for name in unknown]
    if shape.on_grid and "cost" in world:
        words = "the costs of a grid are solved from its roads, rails and water; leave it out"
        faults.append(Fault("world", words, column="cost"))
    if not shape.on_grid:
        words = "places that are no grid have costs of their own, and no use for it; leave it out"
        faults += [Fault("world", words, column=name) for name in INFRASTRUCTURE if name in world]
    return faults


def _layout(world: xr.Dataset, name: str, shape: Shape) -> list[Fault]:
    """What is wrong with the dimensions or the kind of a variable."""
    array = world[name]
    dims = tuple(str(dim) for dim in array.dims)
    listed = ", ".join(dims) or "none"
    if name == "cost":
        count = world.sizes[shape.dims[0]] if len(shape.dims) == 1 else 0
        if count and array.shape != (count, count):
            return [Fault("world", f"has the shape {array.shape}; it must be ({count}, {count})", column=name)]
    elif len(shape.dims) not in (1, 2) or (len(shape.dims) == 2 and not shape.on_grid):
        words = f"has the dimensions {listed}; it must have latitude and longitude, or one of any name"
        return [Fault("world", words, column=name)]
    elif set(dims) != set(shape.dims):
        words = f"has the dimensions {listed}; land has {', '.join(shape.dims)}, and all must have the same"
        return [Fault("world", words, column=name)]
    if name != "country" and array.dtype.kind not in "iuf":
        return [Fault("world", f"holds {array.dtype}, which are no numbers", column=name)]
    return []


def _values(world: xr.Dataset, names: Sequence[str]) -> list[Fault]:
    """What is wrong with the numbers of variables whose layout is right."""
    faults = []
    for name in (name for name in _NUMBERS if name in names):
        values = world[name].values.astype(np.float64)
        wrong = ~np.isfinite(values) if name == "ladder" else ~(np.isfinite(values) & (values >= 0))
        if name in _SHARES:
            wrong |= values > 1
        if wrong.any():
            words = "finite" if name == "ladder" else "finite and not negative"
            words = f"{words}, and a share, not above 1" if name in _SHARES else words
            faults.append(Fault("world", f"is {_first(world[name], wrong)}; it must be {words}", column=name))
    if {"major_road", "other_road"} <= set(names):
        roads = world["major_road"] + world["other_road"]
        if (wrong := roads.values > 1.0 + _ROUNDING).any():
            words = f"major_road and other_road cover more than a cell: {_first(roads, wrong)}"
            faults.append(Fault("world", words, column="other_road"))
    return faults


def _first(array: xr.DataArray, wrong: NDArray[np.bool_]) -> str:
    """The first value that is wrong, and where it stands."""
    place = tuple(int(each) for each in np.argwhere(wrong)[0])
    where = ", ".join(f"{dim} {each}" for dim, each in zip(array.dims, place, strict=True))
    return f"{array.values[place]:g} at {where} (counted from 0)"


def _coordinates(world: xr.Dataset) -> list[Fault]:
    """Coordinates that are not those of a grid over the whole globe."""
    faults = []
    for name, first, whole in (("latitude", 90.0, -180.0), ("longitude", -180.0, 360.0)):
        if name not in world.coords:
            continue
        count = world.sizes[name]
        centres = first + (np.arange(count) + 0.5) * whole / count
        given = world[name].values
        if given.dtype.kind not in "iuf" or np.abs(given - centres).max() > _OFF_CENTRE:
            way = "rows go from north to south" if name == "latitude" else "columns go from west to east"
            words = (
                f"begins {shown(given[:1].tolist()[0])}; {count} cells over the globe have their centres from "
                f"{centres[0]:g} to {centres[-1]:g}, where {way}"
            )
            faults.append(Fault("world", words, column=name))
    return faults


def checked_cells(wanted: object, name: str, count: int) -> list[int]:
    """Flat indices of cells as whole numbers, each below `count` and listed once.

    Raises
    ------
    CaseError
        If they are something else.
    """
    if wanted is None:
        raise _wrong(name, "is missing; give the flat indices of its cells")
    array = np.asarray(wanted)
    if array.dtype.kind == "b":
        raise _wrong(name, "is a mask; give flat indices, as numpy.flatnonzero(mask) has them")
    if array.ndim != 1 or (array.size and array.dtype.kind not in "iu"):
        raise _wrong(name, f"is {shown(wanted)}; it must be a list of whole numbers, the flat indices of cells")
    cells = [int(cell) for cell in array]
    if not cells:
        raise _wrong(name, "lists no cell")
    outside = [cell for cell in cells if not 0 <= cell < count]
    if outside:
        raise _wrong(name, f"cell {outside[0]} lies outside the world, whose cells are 0 to {count - 1}")
    if len(set(cells)) < len(cells):
        twice = next(cell for i, cell in enumerate(cells) if cell in cells[:i])
        raise _wrong(name, f"lists cell {twice} twice")
    return cells


def checked_costs(cost: NDArray[np.floating], cell: Indices, line: Indices) -> None:
    """Costs between places, (place, place), that are those of cheapest ways.

    `cell` names the places in the Dataset; the ways over the places `line` are what a project makes cheaper.

    Raises
    ------
    CaseError
        If the line is a single place, a cost is not finite or positive, two senses differ, or a way over the line is
        cheaper than the cheapest.
    """
    if len(line) < 2:
        raise CaseError("world", [Fault("corridor", "lists one place; it takes two to bring them nearer together")])
    for wrong, words in (
        (~np.isfinite(cost) | ~(cost > 0), "it must be finite and positive"),
        (~np.isclose(cost, cost.T, rtol=1e-6, atol=0.0), "the way back has another; it must be symmetric"),
    ):
        if wrong.any():
            i, j = np.argwhere(wrong)[0]
            raise _wrong("cost", f"is {cost[i, j]:g} from {cell[i]} to {cell[j]}; {words}")
    apart = cost - np.diag(np.diag(cost))
    for k in line:
        way = apart[:, k, None] + apart[k]
        wrong = way < apart * (1.0 - 1e-6)
        if wrong.any():
            i, j = np.argwhere(wrong)[0]
            words = (
                f"is {cost[i, j]:g} from {cell[i]} to {cell[j]}, but {way[i, j]:g} by way of {cell[k]}; path integrals "
                "are those of the cheapest way, so it must not be above that"
            )
            raise _wrong("cost", words)


def _wrong(name: str, words: str) -> CaseError:
    return CaseError("world", [Fault(name, words)])
