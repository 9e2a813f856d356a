"""The spatial model of a case: a world, a line through it, and a resolution."""

from collections.abc import Container, Mapping
from typing import cast

import numpy as np

from ...data import CaseError, Fault, model_table
from ...data.case import CASES
from ...data.corridor import INCOME_GRADIENT, KERNEL, CorridorCase, is_location, read_corridor
from ...data.corridor_tables import cell_label
from ...data.line import COLUMNS, LINE_WORDS, ROWS
from ...data.source import POLICIES
from ..entry import shock as read_shock
from ..interface import Factor, Memory, Provenance, Scenario
from .aggregation import CENTRAL_WITHIN
from .engine import SpatialEngine
from .geography import FineGeography, Geography, GroupedGeography
from .grouping import group_far_places
from .indicators import Places, name_places
from .infrastructure import COEFFICIENTS, CostCoefficients, Infrastructure
from .outputs import Money, coordinates, list_outputs
from .places_on_map import location_labels
from .policy import faults_of
from .settings import DEFAULTS, Settings, list_switches, read_settings
from .shelf import (
    AMOUNTS,
    BOUNDS,
    CHANGE_POWERS,
    COSTS_VERSION,
    GROUPS_VERSION,
    LARGEST,
    POWERS,
    WITHIN_BOUNDS,
    WITHINS,
    FineShelf,
    GroupedShelf,
    digest,
)
from .world import Indices, Project, Terrain, World

# Seconds of a run on one core, by resolution: what units are sized by.
RUN_SECONDS = {"region": 0.012, "full": 8.0}
# 1.3 GB of the whole world are the costs between its places, in a file that the processes of a host share.
MEMORY = {"region": Memory(500_000_000), "full": Memory(5_900_000_000, shared=1_300_000_000)}
# A steeper world: the published slope of the wellbeing ladder on log income, and of log utility on the ladder.
LADDER_SLOPE, UTILITY_SLOPE = 0.84, 1.8
# People in a cell with a large city.
LARGE_CITY = 1e6


def build_engine(case: str | None = None, **settings: object) -> SpatialEngine:
    """The spatial model of a case.

    Parameters
    ----------
    case : str, optional
        A bundled name or a folder; `pacific-corridor` if left out.
    **settings
        As `Settings` says.

    Raises
    ------
    CaseError
        If the case or a setting has faults.
    """
    name = case or "pacific-corridor"
    loaded = read_corridor(name)
    chosen = read_settings(loaded.name, settings)
    world = case_world(loaded, chosen)
    project = case_project(loaded, world)
    factors = list_factors(project.mode, project.has_both_stretches)
    geography = case_geography(loaded, chosen, factors, world, project)
    places = with_the_same_groups(
        {only: case_places(loaded, world, project, only) for only in {False, project.has_both_stretches}}
    )
    labels = world.labels(project.region)
    money = Money(**loaded.money) if loaded.money else None
    years = cast(int, loaded.meta["years"])
    return SpatialEngine(
        case=name,
        identity=digest(
            [loaded.identity, chosen.resolution, chosen.fundamentals, chosen.costs_by, chosen.block]
            # Left out where they are as ever, so that stores that know nothing of them go on.
            + [
                each
                for name in ("own_cell", "next_year", "least_land", "least_people")
                if (each := getattr(chosen, name)) != getattr(DEFAULTS, name)
            ]
        ),
        geography=geography,
        places=places,
        money=money,
        years=years,
        held=chosen.fundamentals == "held",
        run_seconds=RUN_SECONDS[chosen.resolution],
        memory=MEMORY[chosen.resolution],
        whole_host=chosen.resolution == "full",
        factors=factors,
        scenarios=read_scenarios(loaded, factors),
        outputs=list_outputs(money is not None),
        coords=coordinates(labels, places[False], years, location_labels(geography)),
        provenance=Provenance(
            str(loaded.meta["citation"]), str(loaded.meta["licence"]), tuple(cast(list, loaded.meta.get("notes", [])))
        ),
        income_gradient=INCOME_GRADIENT,
        switches=list_switches(chosen),
    )


def list_factors(mode: str = "road", stretches: bool = False) -> dict[str, Factor]:
    """Every factor by name.

    What a line replaces is asked of roads alone, and which part of it is built where some of it is finished.
    """
    left_out = {name for name, applies in (("crossing_from", mode == "road"), ("stretch", stretches)) if not applies}
    listed = []
    for row in model_table("spatial_factors").to_dict("records"):
        label = row["label"].replace("a new line", f"a new {LINE_WORDS[mode]}")
        words = f"{label} ({row['description']})" if row["description"] else label
        bounds = float(row["low"]), float(row["high"])
        listed.append(Factor(row["name"], row["unit"], float(row["default"]), *bounds, words, row["source"]))
    for row in model_table("spatial_choices").to_dict("records"):
        levels = tuple(row["levels"].split())
        words = f"{row['label']} ({row['description']})"
        listed.append(Factor(row["name"], "", 0.0, 0.0, len(levels) - 1.0, words, row["source"], levels))
    return {factor.name: factor for factor in listed if factor.name not in left_out}


def read_scenarios(case: CorridorCase, factors: Container[str]) -> dict[str, Scenario]:
    """The policies of a case."""
    found, faults = {}, []
    for name, policy in case.scenarios.items():
        shocks = tuple(read_shock(entries) for entries in cast(list, policy["shocks"]))
        found[name] = Scenario(name, str(policy["label"]), shocks, str(policy["description"]))
        faults += [Fault(POLICIES, words, column=name) for words in faults_of(found[name], factors)]
    if faults:
        raise CaseError(case.name, faults)
    return found


def case_world(case: CorridorCase, settings: Settings = DEFAULTS) -> World:
    """The locations of a case's world.

    Raises
    ------
    CaseError
        If a cell of the region has fewer people than the settings ask of a location.
    """
    grid = case.grid
    cell = np.flatnonzero((is_location(grid, settings.least_people) & (grid["income"] > 0)).ravel())
    if left := np.setdiff1d(case.region, cell).tolist():
        words = (
            f"{settings.least_people:g} leaves {len(left)} cells of the region out, the first at {cell_label(left[0])}"
        )
        raise CaseError(case.name, [Fault("settings", words, column="least_people")])

    def at(name: str) -> np.ndarray:
        return grid[name].astype(np.float64).ravel()[cell]

    def layer(name: str) -> np.ndarray:
        return grid[name].astype(np.float64)

    water = np.maximum(np.maximum(layer("river"), layer("water")), layer("sea"))
    other = layer("settled") - layer("settled_on_major")
    people, growth = at("population_2000"), at("growth_2001")
    if settings.next_year == "world":
        growth = np.full(len(growth), (people * growth).sum() / people.sum())
    return World(
        latitude=(89.5 - cell // COLUMNS).astype(np.float64),
        longitude=(-179.5 + cell % COLUMNS).astype(np.float64),
        country=grid["country"].ravel()[cell],
        land=at("land"),
        area=at("area"),
        people=people,
        people_next=people * growth,
        income=at("income"),
        utility=(at("income") / at("income").mean()) ** (LADDER_SLOPE * UTILITY_SLOPE),
        terrain=Terrain((ROWS, COLUMNS), cell, Infrastructure(layer("rail"), layer("major_road"), other, water)),
        least_land=settings.least_land,
    )


def case_project(case: CorridorCase, world: World) -> Project:
    """The line of a case and its region, as places of the world."""
    corridor, region = (np.searchsorted(world.ground.cell, cells) for cells in (case.corridor, case.region))
    return Project(corridor, case.finished, region, region[case.home], str(case.meta["mode"]))


def case_geography(
    case: CorridorCase,
    settings: Settings,
    factors: Mapping[str, Factor],
    world: World,
    project: Project,
) -> Geography:
    """The resolution that is asked for."""
    central = CostCoefficients(*(factors[name].default for name in COEFFICIENTS))
    content = case.world_identity
    if settings.least_people != DEFAULTS.least_people:
        content = digest([content, settings.least_people])
    fine = FineShelf(world, content, settings.costs_by, central)
    if settings.resolution == "full":
        return FineGeography(
            world, project, settings.costs_by, fine, central, own_cell_kept=settings.own_cell == "kept"
        )
    grouping = group_far_places(world, project, settings.block)
    identity = digest(
        [content, settings.costs_by, settings.block, list(central), project.mode]
        + [part.tolist() for part in (case.corridor, case.finished, case.region)]
        + [COSTS_VERSION, GROUPS_VERSION, BOUNDS, len(POWERS), len(CHANGE_POWERS), WITHINS, AMOUNTS, CENTRAL_WITHIN]
    )
    lent = CASES / str(case.meta["world"]) / KERNEL if "world" in case.meta else None
    shelf = GroupedShelf(fine, project, grouping, central, case.folder / KERNEL, identity, lent)
    return GroupedGeography(
        world,
        project,
        grouping,
        shelf,
        central,
        settings.costs_by,
        BOUNDS,
        WITHIN_BOUNDS,
        LARGEST,
        own_cell_kept=settings.own_cell == "kept",
    )


def case_places(case: CorridorCase, world: World, project: Project, unfinished_only: bool) -> Places:
    """Cells of the region by what they are called."""
    position = {int(place): i for i, place in enumerate(project.region)}
    corridor = np.array([position[int(place)] for place in project.cells(unfinished_only)], dtype=np.intp)
    home = np.array([position[int(place)] for place in project.home], dtype=np.intp)
    people = world.people[project.region]
    by_people = np.argsort(people, kind="stable")
    large = people[corridor] >= LARGE_CITY
    others = {
        "first_end": corridor[:1],
        "last_end": corridor[-1:],
        "corridor_large": corridor[large],
        "corridor_small": corridor[~large],
        "fewer_people": by_people[: len(people) // 2],
        "more_people": by_people[len(people) // 2 :],
    }
    for name, cell in case.places.items():
        others[name] = np.array([position[int(np.searchsorted(world.ground.cell, cell))]])
    return name_places(corridor, neighbours_on_grid(world, project.region, corridor), home, len(position), others)


def neighbours_on_grid(world: World, region: Indices, corridor: Indices) -> Indices:
    """Cells of a region that touch one of its corridor and are not in it, as indices into the region."""
    columns = world.ground.shape[1]
    row, column = np.divmod(world.ground.cell[region], columns)
    down = np.abs(row[:, None] - row[corridor])
    right = np.abs(column[:, None] - column[corridor])
    return np.flatnonzero(np.maximum(down, np.minimum(right, columns - right)).min(axis=1) == 1)


def with_the_same_groups(both: Mapping[bool, Places]) -> dict[bool, Places]:
    """Both parts of a line, with the groups that have cells in each."""
    names = [name for name in both[False].groups if all(name in places.groups for places in both.values())]
    return {only: Places({name: places.groups[name] for name in names}) for only, places in both.items()}
