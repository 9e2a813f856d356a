"""Fundamentals against the paper's own equations in levels."""

import numpy as np
from cordillera.engines.spatial.calibration import amenity_over_utility, technology
from cordillera.engines.spatial.parameters import exponents


def test_fundamentals_solve_the_equations_that_define_them(make_model) -> None:
    """(31) and (32), multiplied out."""
    model = make_model(gamma1=0.4, xi=60.0)
    p, e, world = model.parameters, exponents(model.parameters), model.world
    wage = world.income / ((world.income * world.cells).sum() / world.cells.sum())
    density, land = world.density, world.land
    ratio = amenity_over_utility(p, e, world, model.product, np.zeros_like(land), 1e-13)
    a = np.exp(ratio.x)
    left = wage**-p.theta * density ** (p.lambda_ * p.theta) * a**-p.theta
    right = wage ** (1 + p.theta) * density ** (1 - p.lambda_ * p.theta) * land * a**p.theta
    np.testing.assert_allclose(left, np.exp(e.log_kappa1) * (model.kernel @ right), rtol=1e-11)
    tau = np.exp(technology(p, e, world, ratio.x))
    np.testing.assert_allclose(tau, a**p.theta * land * wage**e.d * density**-e.s, rtol=1e-12)


def test_the_cheapest_place_to_enter_costs_one(make_model) -> None:
    given = make_model().calibration().fundamentals
    assert given.log_migration_cost.min() == 0.0
    assert np.ptp(given.log_migration_cost) > 0


def test_period_one_returns_the_people_that_the_costs_of_migration_were_found_from(make_model) -> None:
    model = make_model(omega=0.3)
    np.testing.assert_allclose(model.solved(1).population[1], model.world.people_next, rtol=1e-11)


def test_a_looser_tolerance_is_met_and_told(make_model) -> None:
    loose = make_model().under(tolerance=1e-4).calibration()
    tight = make_model().calibration()
    assert 1e-13 < loose.residual[0] <= 1e-4
    assert tight.residual[0] <= 1e-13
    assert loose.products[0] < tight.products[0]
