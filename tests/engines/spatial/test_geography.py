"""Kernels of a world at both resolutions, before and after a project."""

from dataclasses import replace

import numpy as np
import pytest
from cordillera.engines.spatial.geography import CostDraw
from cordillera.engines.spatial.graph import costs_from, grid_graph
from cordillera.engines.spatial.infrastructure import COEFFICIENTS, CostCoefficients
from cordillera.engines.spatial.policy import Change, field_after


def central(engine) -> CostCoefficients:
    return CostCoefficients(*(engine.factors[name].default for name in COEFFICIENTS))


CUT = Change("cost_cut", False, 0.35)


@pytest.mark.parametrize("name", ["corridor", "small"])
def test_a_kernel_is_symmetric_positive_and_has_its_diagonal_beside_it(name: str, request) -> None:
    geography = request.getfixturevalue(name).geography
    kernel = geography.baseline(CostDraw(2.5545, 0.5, central(request.getfixturevalue(name))))
    np.testing.assert_allclose(kernel.matrix, kernel.matrix.T, rtol=1e-12)
    assert (kernel.matrix > 0).all()
    np.testing.assert_array_equal(kernel.own, kernel.matrix.diagonal())


@pytest.mark.parametrize("name", ["corridor", "small"])
def test_no_change_returns_the_kernel_itself(name: str, request) -> None:
    engine = request.getfixturevalue(name)
    draw = CostDraw(2.5545, 0.5, central(engine))
    kernel = engine.geography.baseline(draw)
    assert engine.geography.policy(kernel, draw, ()) is kernel


@pytest.mark.parametrize("name", ["corridor", "small"])
@pytest.mark.parametrize("change", [CUT, Change("crossing_other", False, 0.1), Change("crossing_none", False, 0.2)])
def test_a_project_makes_trade_cheaper_and_leaves_the_own_cell_and_the_kernel_before_alone(
    name: str, change: Change, request
) -> None:
    engine = request.getfixturevalue(name)
    draw = CostDraw(2.5545, 0.5, central(engine))
    kernel = engine.geography.baseline(draw)
    before = kernel.matrix.copy()
    after = engine.geography.policy(kernel, draw, [change])
    np.testing.assert_array_equal(kernel.matrix, before)
    # The rounding of stored costs and gains.
    assert (after.matrix / before).min() > 1 - 1e-4
    assert (after.matrix > before * 1.01).any()
    region = engine.geography.region
    np.testing.assert_array_equal(after.own[region], kernel.own[region])
    np.testing.assert_allclose(after.matrix, after.matrix.T, rtol=1e-6)


def test_after_a_project_the_kernel_is_that_of_costs_solved_again(small) -> None:
    geography, draw = small.geography, CostDraw(2.5545, 0.5, central(small))
    found = geography.policy(geography.baseline(draw), draw, [CUT]).matrix
    world = geography.world
    fine = geography.open_costs(central(small))
    graph = grid_graph(field_after(world, geography.project, central(small), [CUT]), 16)
    integral = np.empty((world.size, world.size))
    costs_from(graph.target, graph.weight, world.ground.cell, world.ground.cell, integral)
    integral[np.diag_indices(world.size)] = 0.5 * fine.local
    np.testing.assert_allclose(found, integral**-2.5545, rtol=1e-11)


def test_a_power_beyond_the_groups_names_the_other_resolution(corridor) -> None:
    low, high = corridor.geography.bounds
    for power in (0.9 * low, 1.1 * high):
        reason = corridor.geography.refusal(CostDraw(power, 0.5, central(corridor)), ())
        assert 'use the setting resolution = "full"' in reason
        assert f"{power:g}" in reason
    assert corridor.geography.refusal(CostDraw(low, 0.5, central(corridor)), ()) == ""


def test_two_changes_at_once_are_known_only_where_costs_are_solved_anew(corridor, small) -> None:
    both = ((CUT, Change("crossing_other", False, 0.1)),)
    reason = corridor.geography.refusal(CostDraw(2.5, 0.5, central(corridor)), both)
    assert "2 changes at once" in reason
    assert "resolution" in reason
    other = central(corridor)._replace(rail=0.2)
    assert corridor.geography.refusal(CostDraw(2.5, 0.5, other), both) == ""
    assert small.geography.refusal(CostDraw(2.5, 0.5, central(small)), both) == ""


@pytest.mark.parametrize("amount", [-0.1, 0.51])
def test_a_change_beyond_the_groups_is_refused_with_its_size(corridor, amount: float) -> None:
    reason = corridor.geography.refusal(CostDraw(2.5, 0.5, central(corridor)), ((Change("cost_cut", False, amount),),))
    assert f"cost_cut is {amount:g}" in reason
    assert "from 0 to 0.5" in reason


@pytest.mark.parametrize("amount", [1.0, 1.2])
def test_a_cut_of_all_costs_and_more_is_refused_at_full_resolution(small, amount: float) -> None:
    assert small.geography.refusal(CostDraw(2.5, 0.5, central(small)), ((Change("cost_cut", False, amount),),))


@pytest.mark.slow
def test_costs_solved_anew_are_those_that_came_with_the_case(corridor) -> None:
    """Coefficients that differ by nothing to speak of, but are not the central ones."""
    geography = corridor.geography
    near = central(corridor)._replace(rail=central(corridor).rail * (1 + 1e-13))
    assert near != central(corridor)
    known, anew = (
        (draw, geography.baseline(draw)) for draw in (CostDraw(2.5545, 0.5, each) for each in (central(corridor), near))
    )
    np.testing.assert_allclose(anew[1].matrix, known[1].matrix, rtol=0.05)
    singles = geography.grouping.singles
    np.testing.assert_allclose(anew[1].matrix[:singles, :singles], known[1].matrix[:singles, :singles], rtol=1e-5)
    one, two = (geography.policy(kernel, draw, [CUT]).matrix / kernel.matrix for draw, kernel in (known, anew))
    np.testing.assert_allclose(two[:singles, :singles], one[:singles, :singles], rtol=0.05)


@pytest.mark.slow
@pytest.mark.parametrize(("cut", "near"), [(0.05, 5e-3), (0.35, 2e-3)])
def test_gains_read_from_the_stored_costs_are_those_of_costs_solved_anew(corridor, cut: float, near: float) -> None:
    beside = corridor.factors["cost_rail"].default * (1 + 1e-13)
    one, two = (
        corridor.solve({"cost_cut": cut} | more, ["cost_cut", "major_road"]) for more in ({}, {"cost_rail": beside})
    )
    for name in ("income_gap", "population_gap", "openness_gap", "utility_gap"):
        for place in ("corridor", "neighbours"):
            np.testing.assert_allclose(
                two[name].sel(place=place), one[name].sel(place=place), rtol=near, err_msg=f"{name} {place}"
            )


def test_the_own_cells_of_a_line_alone_may_get_cheaper_too(small) -> None:
    geography, draw = replace(small.geography, own_cell_kept=False), CostDraw(2.5545, 0.5, central(small))
    base = geography.baseline(draw)
    kept, cheaper = (one.policy(base, draw, [CUT]) for one in (small.geography, geography))
    line = geography.project.corridor
    np.testing.assert_allclose(cheaper.own[line] / base.own[line], 0.65**-draw.power, rtol=1e-6)
    others = np.setdiff1d(np.arange(len(base.own)), line)
    np.testing.assert_array_equal(cheaper.own[others], base.own[others])
    off = ~np.eye(len(base.own), dtype=bool)
    np.testing.assert_array_equal(cheaper.matrix[off], kept.matrix[off])
