"""Technology a year later."""

import numpy as np
from cordillera.engines.spatial.innovation import log_innovation, log_technology_next


def test_firms_innovate_as_the_first_order_condition_says(make_parameters) -> None:
    p = make_parameters()
    density = np.array([[10.0], [1e6]])
    wanted = (0.319 * density / (0.15 * (0.8 * 125 + 0.319))) ** (1 / 125)
    np.testing.assert_allclose(np.exp(log_innovation(p, np.log(density))), wanted, rtol=1e-13)


def test_technology_is_own_innovation_and_a_part_of_the_mean_of_all_cells(make_parameters) -> None:
    p = make_parameters(gamma2=0.6)
    tau, density, cells = np.array([[2.0], [5.0]]), np.array([[7.0], [9.0]]), np.array([[3.0], [1.0]])
    found = np.exp(log_technology_next(p, np.log(tau), np.log(density), cells))
    phi = (0.319 * density / (0.15 * (0.8 * 125 + 0.319))) ** (1 / 125)
    mean = (3 * 2.0 + 5.0) / 4
    np.testing.assert_allclose(found, phi ** (6.5 * 0.319) * mean**0.4 * tau**0.6, rtol=1e-12)


def test_without_diffusion_the_mean_does_not_matter(make_parameters) -> None:
    p = make_parameters(gamma2=1.0)
    density, cells = np.ones((3, 1)), np.ones((3, 1))
    one = log_technology_next(p, np.zeros((3, 1)), density, cells)
    two = log_technology_next(p, np.array([[0.0], [4.0], [0.0]]), density, cells)
    np.testing.assert_array_equal(one[[0, 2]], two[[0, 2]])
