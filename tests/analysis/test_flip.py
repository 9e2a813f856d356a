import numpy as np
import pytest
from cordillera.analysis.flip import smallest_flip

SOBOL = 'method = "sobol"\nsamples = 64\nseed = 3\nsecond_order = {}'


def verdict(store, rule):
    holds = rule(store.unit_design().values)
    return holds, np.ones(len(holds), dtype=bool)


@pytest.mark.parametrize("second_order", ["false", "true"])
def test_the_two_draws_differ_in_one_factor_and_in_the_verdict(make_sweep, make_text, second_order):
    store = make_sweep(make_text(SOBOL.format(second_order)))
    holds, known = verdict(store, lambda unit: unit[:, 0] + 0.2 * unit[:, 1] > 0.5)
    flip = smallest_flip(store, holds, known)
    unit = store.unit_design().values
    differs = unit[flip.holds_draw] != unit[flip.fails_draw]
    assert differs.sum() == 1
    assert holds[flip.holds_draw] and not holds[flip.fails_draw]
    assert flip.distance == pytest.approx(np.abs(unit[flip.holds_draw] - unit[flip.fails_draw]).max())
    assert flip.factor == ("x1", "x2", "x3")[int(differs.argmax())]
    assert flip.share["x1"] > flip.share["x2"] > flip.share["x3"] == 0.0


def test_no_other_stored_pair_is_nearer(make_sweep, make_text):
    store = make_sweep(make_text(SOBOL.format("false")))
    holds, known = verdict(store, lambda unit: unit[:, 2] > 0.5)
    unit = store.unit_design().values.reshape(64, 5, 3)
    verdicts = holds.reshape(64, 5)
    turned = verdicts[:, 0] != verdicts[:, 3]
    nearest = np.abs(unit[:, 0, 2] - unit[:, 3, 2])[turned].min()
    assert smallest_flip(store, holds, known).distance == pytest.approx(nearest)


def test_a_draw_without_a_verdict_takes_no_part(make_sweep, make_text):
    store = make_sweep(make_text(SOBOL.format("false")))
    holds, known = verdict(store, lambda unit: unit[:, 0] > 0.5)
    first = smallest_flip(store, holds, known)
    known[first.fails_draw] = False
    second = smallest_flip(store, holds, known)
    assert first.fails_draw != second.fails_draw
    assert second.distance >= first.distance


def test_nothing_turns_a_claim_that_always_holds(make_sweep, make_text):
    store = make_sweep(make_text(SOBOL.format("false")))
    assert smallest_flip(store, *verdict(store, lambda unit: unit[:, 0] >= 0)) is None


def test_a_group_moves_as_one_and_says_how_each_member_moved(make_sweep, make_text):
    text = make_text(SOBOL.format("false"))
    text = text.replace("[factors.x2]", 'group = "odd"\n[factors.x2]') + 'group = "odd"\n'
    store = make_sweep(text)
    flip = smallest_flip(store, *verdict(store, lambda unit: unit[:, 0] > 0.5))
    assert flip.factor == "odd"
    assert set(flip.holds_values) == {"x1", "x3"}
    assert flip.words.startswith("Moving x1 from ")


def test_a_choice_has_no_distance(make_sweep, make_text):
    choice = '[factors.a]\ndistribution = "choice"\nvalues = [1.0, 2.0, 3.0]'
    store = make_sweep(make_text(SOBOL.format("false"), more=choice))
    holds = store.design().values[:, 3] > 1.5
    flip = smallest_flip(store, holds, np.ones_like(holds))
    assert (flip.factor, flip.distance) == ("a", 1.0)
    assert flip.fails_values["a"] == 1.0
    assert flip.words.endswith(" to 1, all else equal, is enough to make it fail.")


def test_a_claim_that_rarely_holds_is_told_what_makes_it_hold(make_sweep, make_text):
    store = make_sweep(make_text(SOBOL.format("false")))
    x1 = store.design().values[:, 0]
    rare = x1 > np.quantile(x1, 0.9)
    flip = smallest_flip(store, rare, np.ones_like(rare))
    assert flip.towards == "holds"
    ((name, start, end),) = flip.moves
    assert (name, start, end) == ("x1", flip.fails_values["x1"], flip.holds_values["x1"])
    assert start < end
    assert flip.words.endswith("all else equal, is enough to make it hold.")
    often = smallest_flip(store, ~rare, np.ones_like(rare))
    assert often.towards == "fails"
    assert often.words.startswith(f"Moving x1 from {start:.3g} to {end:.3g}")
    assert often.words.endswith("is enough to make it fail.")
