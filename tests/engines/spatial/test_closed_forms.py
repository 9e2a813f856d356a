"""Worlds that are solved by hand: free trade, autarky, places that are all alike, and the balanced path."""

import numpy as np
import pytest
from cordillera.engines.spatial.parameters import balanced_growth


def people_by_hand(model, given, technology: np.ndarray, density_power, local: np.ndarray) -> np.ndarray:
    """People of a year whose utility is abar L^(q - lambda) exp(local), the first being q."""
    p, land = model.parameters, np.log(model.world.land)
    pull = given.log_amenity - given.log_migration_cost + local - p.omega * land
    log_density = pull / (p.omega + p.lambda_ - density_power)
    people = np.exp(log_density + land)
    # The level of density is free in the logarithms: it is set by the number of people.
    return people / people.sum(axis=0) * model.world.people.sum(axis=0)


@pytest.fixture
def free(make_model):
    model = make_model(12)
    return model.under(kernel=np.ones_like(model.kernel))


@pytest.fixture
def alone(make_model):
    model = make_model(12)
    kernel = np.full_like(model.kernel, 1e-15)
    np.fill_diagonal(kernel, np.random.default_rng(1).uniform(0.5, 2.0, len(kernel)))
    return model.under(kernel=kernel)


def test_under_free_trade_prices_are_the_same_and_all_buy_by_size(free) -> None:
    at = free.solved()
    np.testing.assert_allclose(at.price_level, np.broadcast_to(at.price_level[:, :1], at.price_level.shape), rtol=1e-11)
    wage = at.real_wage * at.price_level
    product = wage * at.population
    np.testing.assert_allclose(1.0 - at.openness, product / product.sum(axis=1, keepdims=True), rtol=1e-9)


def test_under_free_trade_people_are_where_the_closed_form_has_them(free) -> None:
    p, given = free.parameters, free.calibration().fundamentals
    path = free.path(given)
    at = free.accounts(given, path)
    # w^(1 + theta) H L^(1 + theta ((1 - mu) - gamma1 / xi)) is proportional to tau L^alpha.
    power = (p.alpha - 1.0 - p.theta * ((1.0 - p.mu) - p.gamma1 / p.xi)) / (1.0 + p.theta)
    for year in range(1, len(at.population)):
        technology = path.log_technology[year]
        local = (technology - np.log(free.world.land)) / (1.0 + p.theta)
        found = people_by_hand(free, given, technology, power, local)
        np.testing.assert_allclose(at.population[year], found, rtol=1e-9)


def test_in_autarky_nothing_is_bought_elsewhere(alone) -> None:
    assert np.abs(alone.solved().openness).max() < 1e-9


def test_in_autarky_people_are_where_the_closed_form_has_them(alone) -> None:
    p, given = alone.parameters, alone.calibration().fundamentals
    path = alone.path(given)
    at = alone.accounts(given, path)
    power = p.alpha / p.theta - (1.0 - p.mu) + p.gamma1 / p.xi
    for year in range(1, len(at.population)):
        technology = path.log_technology[year]
        local = (technology + np.log(alone.kernel.diagonal())[:, None]) / p.theta
        found = people_by_hand(alone, given, technology, power, local)
        np.testing.assert_allclose(at.population[year], found, rtol=1e-8)


@pytest.fixture
def alike(make_model):
    """Places on a ring with the same of everything."""
    model = make_model(10)
    step = np.abs(np.subtract.outer(np.arange(10), np.arange(10)))
    one = np.ones((10, 1))
    world = model.world._replace(
        land=0.7 * one, people=2e6 * one, people_next=2e6 * one, income=9e3 * one, utility=1.3 * one, cells=one
    )
    return model.under(world=world, kernel=(0.5 + np.minimum(step, 10 - step)) ** -2.5)


def test_places_that_are_alike_stay_alike(alike) -> None:
    at = alike.solved()
    for name, values in at._asdict().items():
        np.testing.assert_allclose(values, np.broadcast_to(values[:, :1], values.shape), rtol=1e-11, err_msg=name)
    np.testing.assert_allclose(at.population, 2e6, rtol=1e-12)


def test_a_world_of_equal_places_grows_by_its_innovation_alone(alike) -> None:
    at, p = alike.solved(), alike.parameters
    density = 2e6 / 0.7
    rate = (p.gamma1 * density / (p.nu * (p.mu * p.xi + p.gamma1))) ** (p.gamma1 / p.xi)
    np.testing.assert_allclose(at.income[1:] / at.income[:-1], np.broadcast_to(rate, (8, 10, 1)), rtol=1e-11)
    power = p.theta * p.gamma1 / ((1.0 - p.gamma2) * p.xi)
    np.testing.assert_allclose(balanced_growth(p, density**power), rate, rtol=1e-12)


def test_a_long_path_reaches_balanced_growth(make_model) -> None:
    """With more diffusion than is published, so that a hundred years are long."""
    model = make_model(8, gamma2=0.8)
    p, given = model.parameters, model.calibration().fundamentals
    path = model.path(given, 150)
    at = model.accounts(given, path)
    density = np.exp(path.log_density)
    np.testing.assert_allclose(density[-1], density[-2], rtol=1e-9)
    power = p.theta * p.gamma1 / ((1.0 - p.gamma2) * p.xi)
    cells = model.world.cells
    mean = (density[-1] ** power * cells).sum(axis=0) / cells.sum(axis=0)
    growth = balanced_growth(p, mean)
    for values in (at.utility, at.income):
        np.testing.assert_allclose(values[-1] / values[-2], np.broadcast_to(growth, (8, 1)), rtol=1e-9)
    spread = path.log_technology[-1] - power * path.log_density[-1]
    np.testing.assert_allclose(spread, np.broadcast_to(spread[:1], spread.shape), atol=1e-7)
