"""Classes of a map."""

import numpy as np
import pytest
from cordillera.analysis.scale import (
    amount_scale,
    category_colours,
    index_scale,
    share_scale,
    signed_scale,
)

SKEWED = np.concatenate([np.full(95, 0.03), np.linspace(1.0, 10.0, 20)])


@pytest.mark.parametrize(
    "scale",
    [
        signed_scale(SKEWED),
        signed_scale(-SKEWED),
        signed_scale(np.concatenate([SKEWED, -SKEWED])),
        signed_scale(np.linspace(-3.0, 4.0, 50)),
        signed_scale(np.zeros(4)),
        signed_scale(np.array([])),
        amount_scale(SKEWED),
        amount_scale(np.full(3, 7.0)),
        amount_scale(np.array([np.nan])),
        share_scale(),
        index_scale(),
    ],
)
def test_a_scale_has_a_colour_for_every_class_and_a_label_for_every_bound(scale):
    assert len(scale.colours) == len(scale.bounds) + 1
    assert len(scale.labels) == len(scale.bounds)
    assert len(set(scale.colours)) == len(scale.colours)
    assert list(scale.bounds) == sorted(set(scale.bounds))
    assert len(scale.bounds) <= 9


def test_a_few_large_values_do_not_press_the_others_into_one_class():
    values = np.concatenate([np.geomspace(0.02, 0.9, 90), np.linspace(1.0, 10.0, 30)])
    assert amount_scale(values).bounds == (0.5, 1.0, 2.0, 5.0) or len(set(amount_scale(values).classes(values))) >= 5


def test_zero_parts_gains_from_losses_where_there_are_both():
    scale = signed_scale(np.linspace(-3.0, 4.0, 50))
    assert 0.0 in scale.bounds
    assert scale.classes(np.array([-1e-6]))[0] + 1 == scale.classes(np.array([1e-6]))[0]


def test_many_small_losses_beside_large_gains_have_a_class_of_their_own():
    scale = signed_scale(np.concatenate([np.full(40, -0.001), np.linspace(0.0, 10.0, 60)]))
    assert scale.bounds[0] == 0.0
    assert 0.0 not in signed_scale(np.concatenate([[-0.001], np.linspace(0.1, 10.0, 60)])).bounds


@pytest.mark.parametrize(
    "values", [np.linspace(-3.0, 4.0, 50), np.concatenate([SKEWED, -0.3 * SKEWED]), -np.linspace(-0.1, 7.0, 90)]
)
def test_bounds_of_losses_and_gains_mirror_each_other(values):
    bounds = signed_scale(values).bounds
    low, high = [-bound for bound in reversed(bounds) if bound < 0], [bound for bound in bounds if bound > 0]
    assert low == high or not low or not high
    assert low or high


def test_a_bound_is_a_number_that_is_written_as_it_is():
    for scale in (signed_scale(np.linspace(-0.9, 61.0, 300)), amount_scale(np.linspace(5.0, 62.0, 300))):
        read = [float(label.replace("\u2212", "-")) for label in scale.labels]
        assert read == pytest.approx(list(scale.bounds), rel=1e-12)


def test_values_beyond_the_bounds_are_in_the_last_classes_and_none_in_no_class():
    assert share_scale().classes(np.array([0.0, 0.5, 1.0, np.nan])).tolist() == [0, 3, 5, -1]
    assert index_scale().classes(np.array([-0.1, 1.4])).tolist() == [0, 4]


def test_categories_have_colours_of_their_own():
    assert [len(set(category_colours(count))) for count in range(7)] == list(range(7))
