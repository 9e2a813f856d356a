"""Paths year by year."""

import numpy as np
from cordillera.engines.spatial.dynamics import period_equation, settle, wages
from cordillera.engines.spatial.fixed_point import gap
from cordillera.engines.spatial.parameters import exponents


def test_every_year_solves_its_equation(make_model) -> None:
    model = make_model()
    p, given = model.parameters, model.calibration().fundamentals
    path = model.path(given)
    for year in range(1, 9):
        equation = period_equation(p, exponents(p), given, path.log_technology[year])
        assert np.abs(gap(equation, model.product, path.log_unknown[year - 1])).max() < 1e-12
        people, utility = settle(p, exponents(p), given, path.log_unknown[year - 1])
        np.testing.assert_array_equal(people, path.log_density[year])
        np.testing.assert_array_equal(utility, path.log_utility[year])


def test_settling_does_not_depend_on_the_level_of_the_unknown(make_model) -> None:
    """People depend on ratios; utility takes the level of the unknown as it is."""
    model = make_model()
    p, given = model.parameters, model.calibration().fundamentals
    x = np.random.default_rng(0).normal(0, 1, given.log_amenity.shape)
    one, two = settle(p, exponents(p), given, x), settle(p, exponents(p), given, x + 700.0)
    np.testing.assert_allclose(two[0], one[0], atol=1e-9)
    total = np.exp(one[0] + given.log_land).sum(axis=0)
    np.testing.assert_allclose(total, model.world.people.sum(axis=0), rtol=1e-12)


def test_wages_balance_trade_in_the_base_year_as_they_were_seen(make_model) -> None:
    model = make_model()
    p, given = model.parameters, model.calibration().fundamentals
    path = model.path(given, 1)
    found = wages(p, exponents(p), given, path)[0]
    seen = np.log(model.world.income)
    np.testing.assert_allclose(found - found[:1], seen - seen[:1], atol=1e-10)


def test_a_path_from_a_reference_is_the_path_itself_where_nothing_changes(make_model) -> None:
    model = make_model()
    given = model.calibration().fundamentals
    path = model.path(given)
    again = model.path(given, reference=path)
    np.testing.assert_allclose(again.log_density, path.log_density, atol=1e-11)
    assert (again.products <= path.products).all()


def test_people_move_to_where_it_gets_cheaper_to_trade(make_model) -> None:
    model = make_model()
    given = model.calibration().fundamentals
    base = model.path(given)
    kernel = model.kernel.copy()
    line = np.ix_([0, 1, 2], [0, 1, 2])
    diagonal = kernel.diagonal().copy()
    kernel[line] *= 2.0
    np.fill_diagonal(kernel, diagonal)
    after = model.under(kernel=kernel).path(given, reference=base)
    np.testing.assert_array_equal(after.log_density[0], base.log_density[0])
    people = [np.exp(path.log_density + given.log_land)[1:, :3].sum(axis=1) for path in (base, after)]
    gained = people[1] / people[0]
    assert (gained > 1.0).all()
    assert (np.diff(gained, axis=0) > 0).all()
