"""Products with a kernel: numpy's to the last digits, and the same bits for a lane whatever stands beside it."""

import numba
import numpy as np
import pytest
from cordillera.engines.lanes import LANES
from cordillera.engines.spatial.product import fine_product, grouped_product, lanes_product, single_product

SIZES = [1, 3, 4, 7, 8, 9, 15, 64, 101]


def kernel_of(size: int, kind: type = np.float64) -> np.ndarray:
    return np.exp(np.random.default_rng(size).normal(0.0, 2.0, (size, size))).astype(kind)


def vectors_of(size: int, count: int = LANES) -> np.ndarray:
    return np.exp(np.random.default_rng(size + 1).normal(0.0, 2.0, (size, count)))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_lanes_are_multiplied_as_numpy_does(size: int, kind: type) -> None:
    kernel, vectors = kernel_of(size, kind), vectors_of(size)
    out = np.empty((size, LANES))
    lanes_product(kernel, vectors, out)
    np.testing.assert_allclose(out, kernel.astype(np.float64) @ vectors, rtol=1e-13)


@pytest.mark.parametrize("size", SIZES)
def test_one_vector_is_multiplied_as_numpy_does(size: int) -> None:
    kernel, vector = kernel_of(size), vectors_of(size)[:, 0].copy()
    out = np.empty(size)
    single_product(kernel, vector, out)
    np.testing.assert_allclose(out, kernel @ vector, rtol=1e-13)


@pytest.mark.parametrize("size", SIZES)
def test_a_lane_alone_has_the_bits_that_it_has_in_company(size: int) -> None:
    kernel, vectors = kernel_of(size, np.float32), vectors_of(size)
    product = fine_product(kernel)
    together = product(vectors)
    for lane in range(LANES):
        np.testing.assert_array_equal(product(vectors[:, lane : lane + 1])[:, 0], together[:, lane])
    np.testing.assert_array_equal(product(vectors[:, ::-1])[:, ::-1], together)
    np.testing.assert_array_equal(product(vectors[:, :3]), together[:, :3])


@pytest.mark.parametrize("size", SIZES)
def test_lanes_that_are_alike_have_the_bits_of_one_among_others(size: int) -> None:
    kernel, vectors = kernel_of(size, np.float32), vectors_of(size)
    product = fine_product(kernel)
    for count in (1, 2, LANES):
        alike = product(np.repeat(vectors[:, 2:3], count, axis=1))
        np.testing.assert_array_equal(alike, np.repeat(product(vectors)[:, 2:3], count, axis=1))
    assert np.isnan(product(np.full((size, LANES), np.nan))).all()


def test_a_lane_that_is_not_a_number_leaves_the_others_alone() -> None:
    kernel, vectors = kernel_of(20, np.float32), vectors_of(20)
    clean = fine_product(kernel)(vectors)
    spoilt = vectors.copy()
    spoilt[:, 3] = np.nan
    found = fine_product(kernel)(spoilt)
    assert np.isnan(found[:, 3]).all()
    np.testing.assert_array_equal(np.delete(found, 3, 1), np.delete(clean, 3, 1))


def test_the_number_of_threads_changes_no_bit() -> None:
    kernel, vectors = kernel_of(203, np.float32), vectors_of(203)
    before = numba.get_num_threads()
    found = []
    try:
        for threads in range(1, numba.config.NUMBA_NUM_THREADS + 1):
            numba.set_num_threads(threads)
            found.append(fine_product(kernel)(vectors))
    finally:
        numba.set_num_threads(before)
    for other in found[1:]:
        np.testing.assert_array_equal(other, found[0])


def test_a_kernel_of_groups_multiplies_its_one_lane() -> None:
    kernel, vectors = kernel_of(33), vectors_of(33, 1)
    np.testing.assert_allclose(grouped_product(kernel)(vectors), kernel @ vectors, rtol=1e-13)
