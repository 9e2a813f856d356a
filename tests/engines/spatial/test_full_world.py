"""The built-in case with every place of the world a location: `pytest -m full`, minutes and 6 GB."""

import cordillera
import numpy as np
import pytest
from cordillera.engines.spatial import SpatialEngine
from cordillera.engines.spatial.fine_costs import blocks_after_field
from cordillera.engines.spatial.graph import costs_from, grid_graph
from cordillera.engines.spatial.policy import Change, field_after
from equilibrium import check

pytestmark = [pytest.mark.full, pytest.mark.timeout(3600)]

COMPARED = ("income_gap", "population_gap", "utility_gap", "productivity_gap", "openness_gap")


@pytest.fixture(scope="module")
def world(with_own_cache: None) -> SpatialEngine:
    engine = cordillera.engine("spatial", resolution="full")
    engine.prepare()
    return engine


def test_the_region_among_groups_gives_the_effects_of_the_whole_world(world, corridor) -> None:
    fine, grouped = (engine.solve({}, ["major_road", "cost_cut"], COMPARED) for engine in (world, corridor))
    for name in COMPARED:
        for place in ("corridor", "neighbours", "richest_20"):
            found, wanted = (each[name].sel(place=place).values[1:] for each in (grouped, fine))
            np.testing.assert_allclose(found, wanted, rtol=0.02, err_msg=f"{name} of {place}")


def test_costs_along_the_corridor_equal_those_solved_anew(world) -> None:
    geography = world.geography
    costs = geography.open_costs(geography.central)
    field = field_after(geography.world, geography.project, geography.central, [Change("cost_cut", False, 0.35)])
    graph, cell = grid_graph(field, costs.metric), geography.world.ground.cell
    chosen = np.random.default_rng(1).choice(geography.world.size, 60, replace=False)
    anew = np.empty((60, len(cell)), np.float32)
    costs_from(graph.target, graph.weight, cell[chosen], cell, anew)
    updated = np.empty_like(anew)
    for first, block in blocks_after_field(costs, field):
        inside = (chosen >= first) & (chosen < first + len(block))
        updated[inside] = block[chosen[inside] - first]
    off = chosen[:, None] != np.arange(geography.world.size)
    np.testing.assert_allclose(updated[off], anew[off], rtol=2e-6)


@pytest.mark.parametrize("scenario", ["major_road", "cost_cut"])
def test_every_year_of_the_whole_world_is_an_equilibrium_in_levels(world, make_run, scenario: str) -> None:
    # Year 0 is under the kernel of the baseline, every other under that of the policy.
    check(make_run(world, scenario=world.scenarios[scenario]))


def test_every_year_of_the_baseline_of_the_whole_world_is_an_equilibrium_in_levels(world, make_run) -> None:
    check(make_run(world))
