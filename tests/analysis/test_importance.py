"""How much each assumption matters, in one shape for every design."""

from collections.abc import Callable

import numpy as np
import pytest
import xarray as xr
from cordillera.analysis import AnalysisError, sobol
from cordillera.analysis.importance import VARIANCE_SHARE, brief, importance, in_cells, ranked, settled


def test_a_sobol_design_gives_its_total_order_indices(
    make_sweep: Callable[..., xr.Dataset], make_text: Callable[..., str]
) -> None:
    sweep = make_sweep(make_text('method = "sobol"\nsamples = 64\nseed = 3'))
    found = importance(sweep, "terms", relative_to=None)
    expected = sobol(sweep, "terms")["total"].transpose("factor", "scenario", "term")
    np.testing.assert_array_equal(found.indices["total"].values, expected.values)
    assert found.unit == VARIANCE_SHARE
    assert list(found.indices["cell"].values) == ["First", "Second", "Third"]


@pytest.mark.parametrize(
    ("design", "unit"),
    [
        ('method = "morris"\nsamples = 16\nseed = 3\nlevels = 4', "mean absolute effect, points"),
        ('method = "fast"\nsamples = 129\nseed = 3', VARIANCE_SHARE),
        ('method = "latin"\nsamples = 256\nseed = 3', "median PAWN distance"),
    ],
    ids=["morris", "fast", "latin"],
)
def test_every_other_design_gives_the_nearest_thing(
    make_sweep: Callable[..., xr.Dataset], make_text: Callable[..., str], design: str, unit: str
) -> None:
    found = importance(make_sweep(make_text(design)), "y")
    assert found.unit == unit
    assert set(found.indices["total"].dims) == {"factor", "scenario", "cell"}
    assert np.isfinite(found.indices["total"].values).all()


def test_a_handful_of_rows_is_refused(make_sweep: Callable[..., xr.Dataset], make_text: Callable[..., str]) -> None:
    with pytest.raises(AnalysisError, match="8 rows; at least 64"):
        importance(make_sweep(make_text('method = "latin"\nsamples = 8\nseed = 3')), "y")


def test_dimensions_are_laid_in_one_with_labels_in_words() -> None:
    array = xr.DataArray(
        np.arange(12.0).reshape(2, 2, 3),
        dims=["region", "scenario", "row"],
        coords={"region": ["coast", "inland"], "scenario": ["a", "b"], "row": ["x", "total_gdp", "z"]},
    )
    cells = in_cells(array, ("scenario",))
    assert cells.dims == ("scenario", "cell")
    assert list(cells["cell"].values[:2]) == ["Coast x", "Coast total GDP"]
    assert cells.sel(scenario="b", cell="Inland z").item() == array.sel(region="inland", scenario="b", row="z").item()


def test_factors_are_ranked_by_their_mean_and_unknown_ones_left_out() -> None:
    total = xr.DataArray(
        [[0.1, np.nan], [0.6, 0.2], [np.nan, np.nan]], dims=["factor", "cell"], coords={"factor": ["a", "b", "c"]}
    )
    assert ranked(total, 3) == ["b", "a"]


def test_an_index_that_says_nothing_is_left_out_and_an_effect_is_not() -> None:
    indices = xr.Dataset({"total": ("factor", [0.4, 15.0]), "total_confidence": ("factor", [0.1, 60.0])})
    assert np.isnan(settled(indices, VARIANCE_SHARE)["total"].values).tolist() == [False, True]
    assert settled(indices, "mean absolute effect, points").identical(indices)


@pytest.mark.parametrize(
    ("description", "name"),
    [
        ("Armington elasticity of services relative to Table A3 (for all trade)", "Armington elasticity of services"),
        ("workers who move, for each per cent", "Workers who move"),
        ("Growth of foreign saving.", "Growth of foreign saving"),
        ("", ""),
    ],
)
def test_a_description_is_shortened_to_a_name(description: str, name: str) -> None:
    assert brief(description) == name
