"""Costs between groups: base-year flows are those of the places, and polynomials that hit what they go through."""

from itertools import pairwise

import numpy as np
import pytest
from cordillera.engines import SolveError
from cordillera.engines.spatial.aggregation import CENTRAL_WITHIN, Family, balancing_weights, group_costs
from cordillera.engines.spatial.calibration import calibrate
from cordillera.engines.spatial.fine_costs import blocks_after_field, kernel_of
from cordillera.engines.spatial.geography import CostDraw, GroupedGeography
from cordillera.engines.spatial.grouped_costs import (
    chebyshev_nodes,
    lagrange_weights,
    mix,
    scale_pairs,
)
from cordillera.engines.spatial.grouping import group_far_places
from cordillera.engines.spatial.infrastructure import COEFFICIENTS, CostCoefficients
from cordillera.engines.spatial.parameters import exponents
from cordillera.engines.spatial.policy import Change, field_after
from cordillera.engines.spatial.product import grouped_product
from hypothesis import given, settings
from hypothesis import strategies as st

WITHINS = np.array([CENTRAL_WITHIN])
WITHINS = np.array([CENTRAL_WITHIN])
POWERS, CHANGE_POWERS, AMOUNTS = chebyshev_nodes(1.2, 4.8, 5), chebyshev_nodes(1.2, 4.8, 3), (0.2, 0.4)


@pytest.fixture(scope="module")
def parts(small, with_own_cache):
    """The small globe, its costs, its groups, and the costs between them."""
    geography = small.geography
    world, project = geography.world, geography.project
    central = CostCoefficients(*(small.factors[name].default for name in COEFFICIENTS))
    fine = geography.open_costs(central)
    grouping = group_far_places(world, project, 30)
    fields = [field_after(world, project, central, [Change("cost_cut", False, amount)]) for amount in AMOUNTS]
    families = [(Family("cost_cut", False, AMOUNTS), fields)]
    return (
        geography,
        central,
        fine,
        grouping,
        group_costs(fine, grouping, POWERS, WITHINS, CHANGE_POWERS, families),
        fields,
    )


def summed(flows: np.ndarray, grouping) -> np.ndarray:
    member = np.arange(grouping.size)[:, None] == grouping.group
    return member @ flows @ member.T


@pytest.mark.parametrize("node", range(len(POWERS)))
def test_flows_between_groups_are_the_sums_of_those_of_their_places(parts, node: int) -> None:
    geography, _, fine, grouping, costs, _ = parts
    world, power = geography.world, POWERS[node]
    kernel = kernel_of(fine, power, CENTRAL_WITHIN)
    weights = balancing_weights(kernel, world.people * world.income)
    flows = summed(weights[:, None] * kernel.astype(float) * weights, grouping)
    total = np.bincount(grouping.group, weights, grouping.size)
    grouped = np.exp(-power * costs.log_costs(power, CENTRAL_WITHIN))
    np.testing.assert_allclose(total[:, None] * grouped * total, flows, rtol=2e-6)
    income = np.bincount(grouping.group, world.people * world.income, grouping.size)
    np.testing.assert_allclose(flows.sum(axis=1) / flows.sum(), income / income.sum(), rtol=1e-6)


def test_incomes_and_people_of_groups_are_those_of_their_places_in_the_base_year(parts, make_parameters) -> None:
    geography, central, _, grouping, costs, _ = parts
    world = geography.world
    groups = GroupedGeography(
        world, geography.project, grouping, lambda: costs, central, 16, (1.2, 4.8), (0.2, 1.25), {"cost_cut": 0.4}
    ).locations(np.zeros(1))
    np.testing.assert_allclose(groups.people.sum(), world.people.sum(), rtol=1e-13)
    np.testing.assert_allclose((groups.people * groups.income).sum(), (world.people * world.income).sum(), rtol=1e-13)
    np.testing.assert_allclose(groups.people_next.sum(), world.people.sum(), rtol=1e-13)
    assert groups.cells.sum() == world.size
    p = make_parameters()
    power = float(p.theta[0] * p.upsilon[0])
    kernel = np.exp(-power * costs.log_costs(power, CENTRAL_WITHIN))
    start = np.zeros((grouping.size, 1))
    found = calibrate(p, exponents(p), groups, grouped_product(kernel), start, 1e-10)
    assert found.residual[0] <= 1e-10


def test_places_of_the_region_keep_their_own_costs_at_every_exponent(parts) -> None:
    geography, _, fine, grouping, costs, _ = parts
    region = geography.project.region
    singles = grouping.singles
    wanted = np.log(fine.integral[np.ix_(region, region)].astype(float) + np.eye(singles))
    off = ~np.eye(singles, dtype=bool)
    for power in (1.3, 2.0, 2.5545, 4.7):
        found = costs.log_costs(power, 0.7)[:singles, :singles]
        np.testing.assert_allclose(found[off], wanted[off], rtol=1e-12)
        np.testing.assert_allclose(found.diagonal(), np.log(0.7 * fine.local[region]), rtol=1e-12)


def test_costs_between_groups_are_symmetric(parts) -> None:
    costs = parts[4]
    for power in (1.2, 2.5, 4.8):
        found = costs.log_costs(power, 0.5)
        np.testing.assert_allclose(found, found.T, rtol=1e-13)


@pytest.mark.parametrize("power", [1.6, 2.5545, 4.0])
def test_costs_between_nodes_are_near_those_that_are_computed_there(parts, power: float) -> None:
    _, _, fine, grouping, costs, _ = parts
    exact = group_costs(fine, grouping, np.array([power]), WITHINS, CHANGE_POWERS[:1], [])
    np.testing.assert_allclose(costs.log_costs(power, 0.5), exact.log_costs(power, 0.5), atol=3e-3)


@pytest.mark.parametrize("amount", AMOUNTS)
@pytest.mark.parametrize("node", range(len(CHANGE_POWERS)))
def test_a_change_gives_groups_the_flows_of_their_places_at_base_year_weights(parts, amount: float, node: int) -> None:
    geography, _, fine, grouping, costs, fields = parts
    world, power = geography.world, CHANGE_POWERS[node]
    kernel = kernel_of(fine, power, CENTRAL_WITHIN)
    weights = balancing_weights(kernel, world.people * world.income)
    after = kernel.astype(float)
    for start, block in blocks_after_field(fine, fields[AMOUNTS.index(amount)]):
        after[start : start + len(block)] = np.maximum(block, np.float32(1e-9)).astype(float) ** -power
    after[np.diag_indices(world.size)] = kernel.diagonal()
    before, later = (summed(weights[:, None] * each * weights, grouping) for each in (kernel.astype(float), after))
    base = np.exp(-power * costs.log_costs(power, CENTRAL_WITHIN))
    found = costs.changed(base, power, "cost_cut", False, amount)
    np.testing.assert_allclose(found / base, later / before, rtol=3e-6)
    assert (found >= base).all()
    np.testing.assert_array_equal(found, found.T)


def test_a_change_of_no_size_leaves_every_bit_of_the_kernel(parts) -> None:
    costs = parts[4]
    for power in (1.7, 2.5545):
        base = np.exp(-power * costs.log_costs(power, 0.5))
        np.testing.assert_array_equal(costs.changed(base, power, "cost_cut", False, 0.0), base)


def test_a_larger_change_makes_no_pair_dearer(parts) -> None:
    costs = parts[4]
    base = np.exp(-2.5 * costs.log_costs(2.5, 0.5))
    steps = [costs.changed(base, 2.5, "cost_cut", False, amount) for amount in (0.05, 0.15, 0.3, 0.4)]
    for less, more in pairwise(steps):
        assert (more >= less * (1 - 1e-3)).all()
    singles = parts[3].singles
    for step in steps:
        np.testing.assert_array_equal(step.diagonal()[:singles], base.diagonal()[:singles])


def test_one_place_a_group_is_the_world_itself(parts, make_parameters) -> None:
    geography, central, fine, *_ = parts
    world = geography.world
    project = type(geography.project)(
        geography.project.corridor, np.zeros(6, bool), np.arange(world.size), np.arange(2)
    )
    alone = group_far_places(world, project, 30)
    assert alone.size == alone.singles == world.size
    costs = group_costs(fine, alone, POWERS, WITHINS, CHANGE_POWERS[:1], [])
    draw = CostDraw(2.5, 0.5, central)
    groups = GroupedGeography(world, project, alone, lambda: costs, central, 16, (1.2, 4.8), (0.2, 1.25), {})
    np.testing.assert_allclose(groups.baseline(draw).matrix, geography.baseline(draw).matrix, rtol=1e-6)
    for one, two in zip(groups.locations(np.zeros(1)), geography.locations(np.zeros(1)), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-13)


@settings(max_examples=30, deadline=None)
@given(at=st.floats(-3.0, 3.0), coefficients=st.lists(st.floats(-5.0, 5.0), min_size=1, max_size=5))
def test_the_weights_give_polynomials_of_lower_degree_exactly(at: float, coefficients: list[float]) -> None:
    nodes = chebyshev_nodes(-2.0, 2.0, 5)
    polynomial = np.polynomial.Polynomial(coefficients)
    found = lagrange_weights(nodes, at) @ polynomial(nodes)
    assert found == pytest.approx(polynomial(at), rel=1e-10, abs=1e-10)


def test_at_a_node_the_weight_is_one_and_nothing_else() -> None:
    nodes = chebyshev_nodes(1.2, 4.8, 5)
    for place, node in enumerate(nodes):
        np.testing.assert_array_equal(lagrange_weights(nodes, node), np.eye(5)[place])
    assert lagrange_weights(nodes, 2.0).sum() == pytest.approx(1.0, rel=1e-13)


def test_nodes_lie_inside_their_bounds_and_mirror_each_other() -> None:
    nodes = chebyshev_nodes(1.2, 4.8, 5)
    assert (np.diff(nodes) > 0).all()
    assert 1.2 < nodes[0] < nodes[-1] < 4.8
    np.testing.assert_allclose(nodes + nodes[::-1], 6.0, rtol=1e-14)


def test_nodes_are_mixed_as_numpy_does() -> None:
    draw = np.random.default_rng(0)
    nodes, weights = draw.normal(size=(4, 5, 6)), draw.normal(size=4)
    out = np.empty((5, 6))
    mix(nodes, weights, out)
    np.testing.assert_allclose(out, np.tensordot(weights, nodes, 1), rtol=1e-12, atol=1e-14)


def test_pairs_are_scaled_with_their_mirror_images() -> None:
    kernel = np.arange(1.0, 10.0).reshape(3, 3) + np.arange(1.0, 10.0).reshape(3, 3).T
    before = kernel.copy()
    scale_pairs(kernel, np.array([3, 8], np.int32), np.array([2.0, 3.0]))
    factor = np.array([[1, 2, 1], [2, 1, 1], [1, 1, 3]])
    np.testing.assert_array_equal(kernel, before * factor)


def test_balancing_weights_make_flows_add_up_to_incomes(parts) -> None:
    geography, _, fine, *_ = parts
    income = geography.world.people * geography.world.income
    kernel = kernel_of(fine, 2.5545, 0.5)
    weights = balancing_weights(kernel, income)
    flows = weights * (kernel.astype(float) @ weights)
    np.testing.assert_allclose(flows / flows.sum(), income / income.sum(), rtol=1e-9)


def pairs(apart: float) -> np.ndarray:
    """A kernel of pairs that trade more with each other than at home, whose eigenvalues reach far below zero."""
    kernel = np.full((40, 40), 1e-3)
    kernel[np.arange(40), np.arange(40) ^ 1] = apart
    np.fill_diagonal(kernel, 1.0)
    return kernel


@pytest.mark.parametrize("apart", [0.5, 2.0, 6.0, 30.0])
def test_weights_balance_however_far_below_zero_the_eigenvalues_reach(apart: float) -> None:
    income = np.exp(np.random.default_rng(4).normal(0.0, 0.5, 40))
    weights = balancing_weights(pairs(apart), income)
    np.testing.assert_allclose(weights * (pairs(apart) @ weights), income / income.mean(), rtol=1e-9)


@pytest.mark.filterwarnings("ignore:overflow encountered in exp:RuntimeWarning")
def test_weights_that_are_not_found_are_no_weights() -> None:
    # Two places that trade with each other alone must have one income.
    kernel = np.array([[0.0, 1.0], [1.0, 0.0]])
    with pytest.raises(SolveError, match="Weights of places in groups end at a residual of"):
        balancing_weights(kernel, np.array([1.0, 5.0]))
