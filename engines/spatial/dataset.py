"""A world of the user's own as an engine: any number of places, on a grid or with path integrals of their own."""

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ...data import CaseError, Fault
from ..interface import Factor, Memory, Provenance, Scenario, Shock
from .build import LADDER_SLOPE, MEMORY, RUN_SECONDS, UTILITY_SLOPE, list_factors, neighbours_on_grid
from .dataset_check import INFRASTRUCTURE, checked_cells, checked_costs, checked_shape
from .engine import SpatialEngine
from .geography import FineGeography
from .indicators import Places, name_places
from .infrastructure import COEFFICIENTS, CostCoefficients, Infrastructure
from .outputs import coordinates, list_outputs
from .settings import list_switches, read_settings
from .shelf import FineShelf, digest
from .world import Project, Terrain, World

# Costs and kernel are float64 here, twice as wide as those of the bundled world, and years are solved as far.
_WIDER, _SOLVED = 2.0, 1e-11
_OF_CASES = {"resolution", "block", "next_year", "least_people"}
# Factors that mean nothing where costs are given.
_OF_GRIDS = {*COEFFICIENTS, "major_road", "crossing_from"}
_SCENARIOS = {
    "cost_cut": Scenario("cost_cut", "Cheaper corridor", (Shock("cost_cut", "add", "cost_cut"),)),
    "major_road": Scenario("major_road", "New line", (Shock("crossing", "add", "major_road"),)),
}


def dataset_engine(
    world: xr.Dataset,
    corridor: Sequence[int] | NDArray[np.integer] | None = None,
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
        dimension needs `cost`, (place, place), symmetric path integrals of the cheapest ways with the cost of the own
        cell on the diagonal.
        `ladder` or `utility`, `country` and `area` (km2 of land) are optional.
    corridor : sequence of int
        Flat indices of the cells that the project changes, in the order of its line. Where costs are given, the ways
        between two of them get cheaper, so that there must be two.
    region : sequence of int, optional
        Flat indices of the cells that results are given for; all locations if left out.
    years : int
        Years to simulate, at most 400.
    mode : {"road", "rail", "water"}
        What the scenario `major_road` builds.
    **settings
        `fundamentals`, `own_cell` and `least_land`, and on a grid `metric` and `neighbours`, as for a case.

    Returns
    -------
    SpatialEngine
        With costs, kernel and outputs in float64; every year is solved to a residual of 1e-11.

    Raises
    ------
    CaseError
        If something is missing in the Dataset or makes no sense.

    Examples
    --------
    >>> model = cordillera.engine("spatial", world=dataset, corridor=[5, 6, 7])  # doctest: +SKIP
    >>> model.solve({"cost_cut": 0.2}, ["cost_cut"])["income_gap"]  # doctest: +SKIP
    """
    if _OF_CASES & set(settings):
        words = f"{', '.join(sorted(_OF_CASES))} are for cases; in a world of your own every place is a location"
        raise CaseError("world", [Fault("settings", words)])
    chosen = read_settings("world", {**settings, "resolution": "full"})
    on_grid = checked_shape(world, years, mode).on_grid
    if not on_grid and {"metric", "neighbours"} & set(settings):
        words = "metric and neighbours are for grids; these places bring their costs along"
        raise CaseError("world", [Fault("settings", words)])
    if on_grid:
        world = world.transpose("latitude", "longitude", ...)
    cell = _locations(world)
    project = _project(cell, world["land"].size, corridor, region, mode)
    line, seen = project.corridor, project.region
    places = _world(world, cell, on_grid, chosen.least_land)
    if places.cost is not None:
        checked_costs(places.cost, cell, line)
    groups = _groups(places, project)
    content = _fingerprint(world)
    factors = list_factors(mode)
    central = CostCoefficients(*(factors[name].default for name in COEFFICIENTS))
    if not on_grid:
        factors = {name: factor for name, factor in factors.items() if name not in _OF_GRIDS}
    shelf = FineShelf(places, digest(content), chosen.costs_by, central, np.float64)
    scenarios = _SCENARIOS if on_grid else {"cost_cut": _SCENARIOS["cost_cut"]}
    part = (places.size / 18_000) ** 2
    return SpatialEngine(
        case="world",
        identity=digest(
            [
                *(content, line.tolist(), seen.tolist(), mode, years, chosen.fundamentals, chosen.costs_by),
                *(chosen.own_cell, chosen.least_land, _SOLVED),
            ]
        ),
        geography=FineGeography(
            places, project, chosen.costs_by, shelf, central, own_cell_kept=chosen.own_cell == "kept"
        ),
        places={False: groups, True: groups},
        money=None,
        years=years,
        held=chosen.fundamentals == "held",
        run_seconds=_WIDER * RUN_SECONDS["full"] * part + 0.01,
        whole_host=True,
        memory=Memory(
            MEMORY["region"].process + int(_WIDER * MEMORY["full"].process * part),
            int(_WIDER * MEMORY["full"].shared * part),
        ),
        factors=cast(Mapping[str, Factor], factors),
        scenarios=scenarios,
        outputs=list_outputs(with_money=False, kind="float64"),
        coords=coordinates(places.labels(seen), groups, years, places.labels(np.arange(places.size))),
        provenance=Provenance(str(world.attrs.get("citation", "own data")), str(world.attrs.get("licence", ""))),
        income_gradient=factors["income_gradient"].default,
        switches=[each for each in list_switches(chosen) if each.name not in _OF_CASES],
        tolerance=_SOLVED,
    )


def _project(
    cell: NDArray[np.intp],
    count: int,
    corridor: Sequence[int] | NDArray[np.integer] | None,
    region: Sequence[int] | NDArray[np.integer] | None,
    mode: str,
) -> Project:
    """The line and its region as places, from flat indices among `count` cells of which `cell` are locations."""
    line = _positions(cell, checked_cells(corridor, "corridor", count), "corridor")
    seen = np.arange(len(cell))
    if region is not None:
        seen = _positions(cell, checked_cells(region, "region", count), "region")
    if not set(line.tolist()) < set(seen.tolist()):
        raise CaseError("world", [Fault("region", "must hold the cells of the corridor and others besides")])
    return Project(line, np.zeros(len(line), bool), seen, seen, mode)


def _groups(places: World, project: Project) -> Places:
    """Cells of the region by what they are called; without a grid all are neighbours that are not of the line."""
    seen = project.region
    rank = {int(place): i for i, place in enumerate(seen)}
    inside = np.array([rank[int(place)] for place in project.corridor], dtype=np.intp)
    every = np.arange(len(seen))
    near = np.setdiff1d(every, inside) if places.terrain is None else neighbours_on_grid(places, seen, inside)
    return name_places(inside, near, every, len(seen), {"first_end": inside[:1], "last_end": inside[-1:]})


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


def _world(world: xr.Dataset, cell: NDArray[np.intp], on_grid: bool, least_land: float) -> World:
    def at(name: str) -> NDArray[np.float64]:
        return world[name].values.astype(np.float64).ravel()[cell]

    latitude, longitude = np.zeros(len(cell)), np.arange(len(cell), dtype=float)
    terrain, cost = None, None
    if on_grid:
        rows, columns = world.sizes["latitude"], world.sizes["longitude"]
        row, column = np.divmod(cell, columns)
        latitude, longitude = 90.0 - (row + 0.5) * 180.0 / rows, -180.0 + (column + 0.5) * 360.0 / columns
        terrain = Terrain(
            (rows, columns), cell, Infrastructure(*(world[name].values.astype(np.float64) for name in INFRASTRUCTURE))
        )
    else:
        cost = world["cost"].values[np.ix_(cell, cell)].astype(np.float64)
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
    return World(
        latitude,
        longitude,
        country,
        at("land"),
        area,
        people,
        people_next,
        income,
        utility,
        terrain,
        cost,
        least_land=least_land,
    )


def _positions(cell: NDArray[np.intp], wanted: Sequence[int], name: str) -> NDArray[np.intp]:
    """Places of some cells among the locations."""
    position = {int(c): i for i, c in enumerate(cell)}
    missing = [c for c in wanted if c not in position]
    if missing:
        words = f"cell {missing[0]} is no location: it has no land or nobody lives there"
        raise CaseError("world", [Fault(name, words)])
    return np.array([position[c] for c in wanted], dtype=np.intp)


def _fingerprint(world: xr.Dataset) -> list[object]:
    """What the variables hold, as plain values for a hash."""
    return [[str(name), digest(np.asarray(array.values).tolist())] for name, array in sorted(world.data_vars.items())]
