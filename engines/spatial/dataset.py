"""A world of the user's own as an engine: any number of places, on a grid or with path integrals of their own."""

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ...data import CaseError, Fault
from ...data.fault import nearest
from ...data.line import MODES
from ..interface import Factor, Memory, Provenance, Scenario, Shock
from .build import LADDER_SLOPE, MEMORY, RUN_SECONDS, UTILITY_SLOPE, list_factors, neighbours_on_grid
from .engine import SpatialEngine
from .geography import FineGeography
from .indicators import name_places
from .infrastructure import COEFFICIENTS, CostCoefficients, Infrastructure
from .outputs import coordinates, list_outputs
from .settings import read_settings
from .shelf import FineShelf, digest
from .world import Project, Terrain, World

_NEEDED = ("land", "population_0", "population_1", "income")
_MODES = ("rail", "major_road", "other_road", "water")
_SHARES = ("land", *_MODES)
_AMOUNTS = (*_SHARES, "population_0", "population_1", "income", "area", "utility")
# Shares that add up to one may exceed it by their last bits.
_ROUNDING = 1e-9
_KNOWN = (*_NEEDED, *_MODES, "cost", "ladder", "utility", "area", "country")
_SCENARIOS = {
    "cost_cut": Scenario("cost_cut", "Cheaper corridor", (Shock("cost_cut", "add", "cost_cut"),)),
    "major_road": Scenario("major_road", "New line", (Shock("crossing", "add", "major_road"),)),
}


def dataset_engine(
    world: xr.Dataset,
    corridor: Sequence[int] | NDArray[np.integer],
    region: Sequence[int] | NDArray[np.integer] | None = None,
    years: int = 20,
    mode: str = "road",
    **settings: object,
) -> SpatialEngine:
    """The spatial model of a world in a Dataset, every place a location.

    Parameters
    ----------
    world : xarray.Dataset
        `land` (share of the cell), `population_0`, `population_1` (heads, a year apart) and `income` (a head), over the
        dimensions `latitude` and `longitude` of a grid that covers the globe from north to south, or over one
        dimension of any name. A grid needs `rail`, `major_road`, `other_road` and `water` (shares of the cell); one
        dimension needs `cost`, (place, place), symmetric path integrals with the cost of the own cell on the diagonal.
        `ladder` or `utility`, `country` and `area` (km2 of land) are optional.
    corridor : sequence of int
        Flat indices of the cells that the project changes, in the order of its line.
    region : sequence of int, optional
        Flat indices of the cells that results are given for; all locations if left out.
    years : int
        Years to simulate.
    mode : {"road", "rail", "water"}
        What the scenario `major_road` builds.
    **settings
        `fundamentals`, `metric`, `neighbours` and `own_cell`, as for a case.

    Raises
    ------
    CaseError
        If something is missing in the Dataset or makes no sense.

    Examples
    --------
    >>> model = cordillera.engine("spatial", world=dataset, corridor=[5, 6, 7])  # doctest: +SKIP
    >>> model.solve({"cost_cut": 0.2}, ["cost_cut"])["income_gap"]  # doctest: +SKIP
    """
    if {"resolution", "block", "next_year"} & set(settings):
        words = "resolution, block and next_year are for cases; in a world of your own every place is a location"
        raise CaseError("world", [Fault("settings", words)])
    chosen = read_settings("world", {**settings, "resolution": "full"})
    if years < 1 or mode not in MODES:
        words = f"years is {years} and mode {mode!r}; there must be a year at least, and a mode of {', '.join(MODES)}"
        raise CaseError("world", [Fault("settings", words)])
    on_grid = {"latitude", "longitude"} <= set(world["land"].dims) if "land" in world else False
    _check(world, on_grid)
    if on_grid:
        world = world.transpose("latitude", "longitude", ...)
    cell = _locations(world)
    places = _world(world, cell, on_grid)
    line, seen = _positions(cell, corridor, "corridor"), _positions(cell, cell if region is None else region, "region")
    if not set(line.tolist()) < set(seen.tolist()):
        raise CaseError("world", [Fault("region", "must hold the cells of the corridor and others besides")])
    project = Project(line, np.zeros(len(line), bool), seen, seen, mode)
    rank = {int(place): i for i, place in enumerate(seen)}
    inside = np.array([rank[int(place)] for place in line], dtype=np.intp)
    near = neighbours_on_grid(places, seen, inside) if on_grid else np.setdiff1d(np.arange(len(seen)), inside)
    ends = {"first_end": inside[:1], "last_end": inside[-1:]}
    groups = name_places(inside, near, np.arange(len(seen)), len(seen), ends)
    content = _fingerprint(world)
    factors = list_factors(mode)
    central = CostCoefficients(*(factors[name].default for name in COEFFICIENTS))
    shelf = FineShelf(places, digest(content), chosen.costs_by, central)
    if places.cost is not None:
        # At once, so that costs which make no sense are refused here and not in the first run.
        shelf(central)
    scenarios = _SCENARIOS if on_grid else {"cost_cut": _SCENARIOS["cost_cut"]}
    part = (places.size / 18_000) ** 2
    return SpatialEngine(
        case="world",
        identity=digest(
            [content, line.tolist(), seen.tolist(), mode, years, chosen.fundamentals, chosen.costs_by, chosen.own_cell]
        ),
        geography=FineGeography(
            places, project, chosen.costs_by, shelf, central, own_cell_kept=chosen.own_cell == "kept"
        ),
        places={False: groups, True: groups},
        money=None,
        years=years,
        held=chosen.fundamentals == "held",
        run_seconds=RUN_SECONDS["full"] * part + 0.01,
        whole_host=True,
        memory=Memory(MEMORY["region"].process + int(MEMORY["full"].process * part), int(MEMORY["full"].shared * part)),
        factors=cast(Mapping[str, Factor], factors),
        scenarios=scenarios,
        outputs=list_outputs(with_money=False),
        coords=coordinates(places.labels(seen), groups, years, places.labels(np.arange(places.size))),
        provenance=Provenance(str(world.attrs.get("citation", "own data")), str(world.attrs.get("licence", ""))),
        income_gradient=factors["income_gradient"].default,
    )


def _check(world: xr.Dataset, on_grid: bool) -> None:
    """Every fault of the Dataset at once."""
    needed = [*_NEEDED, *(_MODES if on_grid else ["cost"])]
    faults = [Fault("world", "the variable is missing", column=name) for name in needed if name not in world]
    faults += [
        Fault("world", f"unknown variable.{nearest(str(name), _KNOWN)}", column=str(name))
        for name in world.data_vars
        if name not in _KNOWN
    ]
    for name in (name for name in _AMOUNTS if name in world):
        values = world[name].values
        if not (np.isfinite(values).all() and (values >= 0).all()):
            faults.append(Fault("world", "must be finite and not negative", column=name))
        elif name in _SHARES and (values > 1).any():
            faults.append(Fault("world", "is a share: it must not exceed 1", column=name))
    roads = [world[name].values for name in ("major_road", "other_road") if name in world]
    if len(roads) == 2 and (roads[0] + roads[1] > 1.0 + _ROUNDING).any():
        faults.append(Fault("world", "major_road and other_road cover more than a cell", column="other_road"))
    if on_grid and "latitude" in world.coords and (np.diff(world["latitude"].values) > 0).any():
        faults.append(Fault("world", "rows must go from north to south", column="latitude"))
    if faults:
        raise CaseError("world", faults)


def _locations(world: xr.Dataset) -> NDArray[np.intp]:
    """Flat indices of the cells with land and people; all of them must have an income."""
    held = (world["land"].values > 0) & (world["population_0"].values > 0) & (world["population_1"].values > 0)
    cell = np.flatnonzero(held.ravel())
    faults = [
        Fault("world", "must be positive wherever people live", column=name)
        for name in ("income", "area", "utility")
        if name in world and not (world[name].values.ravel()[cell] > 0).all()
    ]
    if faults:
        raise CaseError("world", faults)
    return cell


def _world(world: xr.Dataset, cell: NDArray[np.intp], on_grid: bool) -> World:
    def at(name: str) -> NDArray[np.float64]:
        return world[name].values.astype(np.float64).ravel()[cell]

    latitude, longitude = np.zeros(len(cell)), np.arange(len(cell), dtype=float)
    terrain, cost = None, None
    if on_grid:
        rows, columns = world.sizes["latitude"], world.sizes["longitude"]
        row, column = np.divmod(cell, columns)
        latitude, longitude = 90.0 - (row + 0.5) * 180.0 / rows, -180.0 + (column + 0.5) * 360.0 / columns
        terrain = Terrain(
            (rows, columns), cell, Infrastructure(*(world[name].values.astype(np.float64) for name in _MODES))
        )
    else:
        cost = world["cost"].values[np.ix_(cell, cell)]
    income = at("income")
    if "utility" in world:
        utility = at("utility")
    elif "ladder" in world:
        utility = np.exp(UTILITY_SLOPE * at("ladder"))
    else:
        utility = (income / income.mean()) ** (LADDER_SLOPE * UTILITY_SLOPE)
    country = world["country"].values.astype(str).ravel()[cell] if "country" in world else np.full(len(cell), "")
    area = at("area") if "area" in world else at("land") * np.cos(np.deg2rad(latitude))
    people, people_next = at("population_0"), at("population_1")
    return World(latitude, longitude, country, at("land"), area, people, people_next, income, utility, terrain, cost)


def _positions(cell: NDArray[np.intp], wanted: Sequence[int] | NDArray[np.integer], name: str) -> NDArray[np.intp]:
    """Places of some cells among the locations."""
    position = {int(c): i for i, c in enumerate(cell)}
    missing = [int(c) for c in wanted if int(c) not in position]
    if len(set(map(int, wanted))) < len(wanted):
        raise CaseError("world", [Fault(name, "lists a cell twice")])
    if missing or not len(wanted):
        nobody = "is no location: it has no land or nobody lives there"
        words = f"cell {missing[0]} {nobody}" if missing else "lists no cell"
        raise CaseError("world", [Fault(name, words)])
    return np.array([position[int(c)] for c in wanted], dtype=np.intp)


def _fingerprint(world: xr.Dataset) -> list[object]:
    """What the variables hold, as plain values for a hash."""
    return [[str(name), digest(np.asarray(array.values).tolist())] for name, array in sorted(world.data_vars.items())]
