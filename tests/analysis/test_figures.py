"""Drawings that stand inside a page."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
import xarray as xr
from cordillera.analysis.figures import convergence_panel, fan_panel, index_panel, series_colours, series_key
from cordillera.analysis.tables import agreement_legend

FACTORS = ["first & foremost", "second"]


def fan(name: str = "fan", label: str = "Product") -> str:
    levels = [0.05, 0.25, 0.5, 0.75, 0.95]
    values = np.outer(levels, np.arange(4.0))
    bands = xr.DataArray(values, dims=["quantile", "year"], coords={"quantile": levels, "year": [0, 1, 2, 3]})
    return fan_panel(bands, name=name, label=label, colour="#011959", limits=(-1.0, 4.0), reference=0.0)


def last_value(value: float, height: float) -> str:
    """What stands at the end of a fan that ends in `value`, on an axis of some height."""
    levels = [0.05, 0.25, 0.5, 0.75, 0.95]
    bands = xr.DataArray(np.full((5, 2), value), dims=["quantile", "year"], coords={"quantile": levels, "year": [0, 1]})
    limits = (value - height / 2, value + height / 2)
    drawing = fan_panel(bands, name="fan", label="", colour="#011959", limits=limits, reference=value)
    return re.findall(r"<text[^>]*fill: #011959[^>]*>([^<]*)</text>", drawing)[0]


def bars(**parts: list[list[float]]) -> str:
    arrays = {name: (("factor", "cell"), np.array(values)) for name, values in parts.items()}
    indices = xr.Dataset(arrays, coords={"factor": FACTORS, "cell": ["coast"]})
    return index_panel(indices, name="bars", label="Indices", limit=1.0, names=FACTORS)


def settling() -> str:
    total = xr.DataArray(np.full((3, 2), 0.5), dims=["samples", "factor"], coords={"samples": [4, 8, 16]})
    return convergence_panel(total, name="lines", label="Indices", confidence=total * 0.1)


@pytest.mark.parametrize("drawing", [fan(), bars(total=[[0.5], [np.nan]]), settling()], ids=["fan", "bars", "lines"])
def test_a_drawing_is_one_small_element_that_names_itself_and_calls_nothing(drawing: str) -> None:
    root = ElementTree.fromstring(drawing.replace("xlink:href", "href"))
    assert root.tag == "svg"
    assert root.get("role") == "img"
    assert root.get("aria-label")
    assert "http" not in drawing
    assert len(drawing) < 20_000


def test_identifiers_inside_two_drawings_differ() -> None:
    names = [set(re.findall(r'id="([^"]+)"', fan(name))) for name in ("one", "two")]
    assert names[0].isdisjoint(names[1])
    drawing = fan("one")
    used = re.findall(r'(?:url\(#|href="#)([^)"]+)', drawing)
    assert set(used) <= set(re.findall(r'id="([^"]+)"', drawing))


def test_a_drawing_is_the_same_whenever_it_is_made() -> None:
    assert fan() == fan()


def test_a_small_last_value_keeps_its_digits_unless_the_axis_is_too_tall_to_show_them() -> None:
    assert last_value(0.00392, 0.07) == "0.0039"
    assert last_value(-0.00392, 0.005) == "−0.00392"
    assert last_value(-0.001, 40.0) == "0"
    assert last_value(104.12, 30.0) == "104"


def test_labels_are_escaped() -> None:
    assert 'aria-label="&lt;b&gt; &quot;x&quot;"' in fan(label='<b> "x"')
    assert "first &amp; foremost" in bars(total=[[0.5], [0.2]])


def test_a_method_without_intervals_has_bars_all_the_same() -> None:
    whole = bars(total=[[0.5], [0.2]], first=[[0.4], [0.1]], total_confidence=[[0.1], [0.1]])
    assert len(bars(total=[[0.5], [0.2]])) < len(whole)


def test_series_are_as_many_colours_as_asked_for() -> None:
    assert [len(set(series_colours(count))) for count in (1, 2, 5)] == [1, 2, 5]
    assert [label for _, label in series_key(["a", "b"])] == ["● a", "■ b"]


def test_the_scale_of_agreement_runs_through_five_colours() -> None:
    assert len({colour for colour, _ in agreement_legend()}) == 5
