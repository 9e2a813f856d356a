"""A world of the user's own against the same equations in float64 by numpy, with costs by scipy."""

import numpy as np
import pytest
import xarray as xr
from cordillera.engines.spatial import dataset_engine
from cordillera.engines.spatial.graph import EARTH_RADIUS, grid_graph
from cordillera.engines.spatial.infrastructure import COEFFICIENTS, CostCoefficients, Infrastructure, instantaneous_cost
from scipy.sparse.csgraph import dijkstra

POWER, WITHIN, CUT, YEARS = 6.5 * 0.393, 0.5, 0.35, 8
LEVELS = ("income", "population", "utility", "real_wage", "price_level", "openness", "productivity")


def least_costs(field: np.ndarray, cell: np.ndarray) -> np.ndarray:
    """Path integrals between some cells of a grid, (place, place)."""
    graph = grid_graph(field, 16)
    start, edge = np.nonzero(graph.target >= 0)
    edges = np.full((field.size, field.size), np.inf)
    np.minimum.at(edges, (start, graph.target[start, edge]), graph.weight[start, edge])
    return dijkstra(edges, indices=cell)[:, cell]


def assert_solved(engine, make_model, kernels: list[np.ndarray]) -> None:
    """Levels of the engine, baseline and cut, are those of float64 to nine digits."""
    model = make_model().under(world=engine.geography.locations(np.zeros(1)), kernel=kernels[0])
    given = model.calibration().fundamentals
    base = model.path(given, YEARS)
    cut = model.under(kernel=kernels[1])
    expected = {
        "baseline": model.accounts(given, base),
        "cost_cut": cut.accounts(given, cut.path(given, YEARS, base)),
    }
    found = engine.solve({}, ["cost_cut"])
    for scenario, levels in expected.items():
        for name in LEVELS:
            values = getattr(levels, name)[:, engine.geography.region, 0]
            np.testing.assert_allclose(found[name].sel(scenario=scenario), values, rtol=1e-9, err_msg=name)
    gap = 100.0 * (expected["cost_cut"].income / expected["baseline"].income - 1.0)[1:].mean(axis=0)
    found_gap = found["income_gap_map"].sel(scenario="cost_cut").values
    np.testing.assert_allclose(found_gap, gap[engine.geography.region, 0], rtol=1e-7, atol=1e-8)


def test_a_grid_is_solved_to_nine_digits(globe: xr.Dataset, line_of, make_model) -> None:
    line, region = line_of(globe)
    engine = dataset_engine(globe, line, region, years=YEARS)
    world = engine.geography.world
    shares = Infrastructure(*(globe[name].values for name in ("rail", "major_road", "other_road", "water")))
    central = CostCoefficients(*(engine.factors[name].default for name in COEFFICIENTS))
    field = instantaneous_cost(shares, central)
    side = np.deg2rad(15.0) * EARTH_RADIUS
    own = field.ravel()[world.ground.cell] * side * np.sqrt(np.cos(np.deg2rad(world.latitude)))
    cheaper = field.copy()
    cheaper.flat[line] *= 1.0 - CUT
    kernels = []
    for each in (field, cheaper):
        cost = least_costs(each, world.ground.cell)
        # The own cell keeps its cost under a policy.
        np.fill_diagonal(cost, WITHIN * own)
        kernels.append(cost**-POWER)
    assert_solved(engine, make_model, kernels)


def test_listed_places_are_solved_to_nine_digits(make_list, make_model) -> None:
    draw = np.random.default_rng(8)
    count = 40
    rough = np.exp(draw.normal(0.0, 0.6, (count, count)))
    cost = dijkstra(np.minimum(rough, rough.T), directed=False)
    np.fill_diagonal(cost, draw.uniform(0.1, 0.3, count))
    world = make_list(draw, cost)
    line = [3, 17, 8, 25]
    engine = dataset_engine(world, line, years=YEARS)
    edge = cost.copy()
    np.fill_diagonal(edge, 0.0)
    edge[np.ix_(line, line)] *= 1.0 - CUT
    cheaper = dijkstra(edge, directed=False)
    np.fill_diagonal(cheaper, cost.diagonal())
    kernels = []
    for each in (cost, cheaper):
        integral = each.copy()
        np.fill_diagonal(integral, WITHIN * cost.diagonal())
        kernels.append(integral**-POWER)
    assert_solved(engine, make_model, kernels)


def test_every_output_is_kept_in_double_precision(globe: xr.Dataset, line_of) -> None:
    engine = dataset_engine(globe, *line_of(globe), years=2)
    assert {output.dtype for output in engine.outputs.values()} == {"float64"}


@pytest.mark.parametrize("name", ["cost_rail", "major_road", "crossing_from"])
def test_places_with_costs_of_their_own_have_no_factors_of_roads(name: str, make_model) -> None:
    world = xr.Dataset(
        {key: ("place", np.arange(1.0, 6.0) / 10.0) for key in ("land", "population_0", "population_1", "income")}
        | {"cost": (("place", "to"), 1.0 + np.abs(np.subtract.outer(np.arange(5.0), np.arange(5.0))))}
    )
    engine = dataset_engine(world, [1, 2], years=2)
    assert name not in engine.factors
    assert float(engine.solve({}, ["cost_cut"])["income_gap"].sel(scenario="cost_cut", place="corridor")) > 0
