import numpy as np
import pandas as pd
import pytest
from cordillera.analysis import AnalysisError, bands
from cordillera.analysis.agreement import PublishedGrid, grid_values, sign_agreement
from cordillera.engines import Outcome

SOBOL = 'method = "sobol"\nsamples = 32\nseed = 3'


class Wide:
    """A sweep whose terms stand in two dimensions, as regions and rows do in a published table."""

    def __init__(self, sweep):
        self.sweep = sweep

    def __getattr__(self, name):
        return getattr(self.sweep, name)

    def output(self, name):
        array = self.sweep.output(name)
        return array.expand_dims(side=["left", "right"], axis=2) * np.array([1.0, -1.0])[:, None]


def grid(cells):
    frame = pd.DataFrame(cells, columns=["scenario", "side", "term", "value"])
    return PublishedGrid("Effects", "Table 4, page 14", "terms", grid_values(frame, "side", "term"))


CELLS = [
    ("steeper", "left", "third", 0.5),
    ("steeper", "left", "first", 0.004),
    ("steeper", "right", "third", 0.5),
    ("boom", "left", "third", 1.0),
]


def test_the_share_is_of_independent_draws_with_the_published_sign(make_sweep, make_text):
    store = Wide(make_sweep(make_text(SOBOL)))
    found = sign_agreement(store, grid(CELLS))
    values = store.sweep.output("terms").sel(term="third").values.reshape(2, 32, 5)[:, :, [0, 4]]
    positive = (values[1] - values[0] > 0).mean()
    assert found["share"].sel(side="left", term="third").item() == pytest.approx(positive)
    assert found["share"].sel(side="right", term="third").item() == pytest.approx(1 - positive)
    assert found["share"].dims == ("scenario", "side", "term")
    assert found["rows"].values.tolist() == [64]


def test_numbers_too_small_to_have_a_sign_have_no_share(make_sweep, make_text):
    found = sign_agreement(Wide(make_sweep(make_text(SOBOL))), grid(CELLS))
    assert np.isnan(found["share"].sel(side="left", term="first").item())
    assert np.isnan(found["share"].sel(side="right", term="first").item())


def test_the_band_beside_it_is_that_of_the_output(make_sweep, make_text):
    store = Wide(make_sweep(make_text(SOBOL)))
    found = sign_agreement(store, grid(CELLS))
    band = bands(store, "terms", relative_to="baseline", select={"side": "right", "term": "third"})
    for name, level in (("low", 0.05), ("median", 0.5), ("high", 0.95)):
        ours = found[name].sel(side="right", term="third")
        assert ours.values == pytest.approx(band.sel(quantile=level).values)


def test_failed_draws_are_left_out(make_sweep, make_text):
    store = Wide(make_sweep(make_text(SOBOL), failed=[("steeper", 4, Outcome.NO_CONVERGENCE)]))
    assert sign_agreement(store, grid(CELLS))["rows"].values.tolist() == [63]


def test_labels_that_the_model_does_not_have_are_named(make_sweep, make_text):
    store = Wide(make_sweep(make_text(SOBOL)))
    with pytest.raises(AnalysisError, match="no term 'fourth'"):
        sign_agreement(store, grid([("steeper", "left", "fourth", 1.0)]))
    with pytest.raises(AnalysisError, match="none of the scenarios of Table 4"):
        sign_agreement(store, grid([("boom", "left", "third", 1.0)]))


def test_a_cell_given_twice_is_refused():
    with pytest.raises(ValueError, match="gives the cell"):
        grid([CELLS[0], CELLS[0]])
