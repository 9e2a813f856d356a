"""Drawings of one line in a table's cell."""

import re

from cordillera.analysis.glyph import interval_glyph, share_glyph


def test_the_interval_is_drawn_only_where_it_is_known() -> None:
    known = interval_glyph({0.05: -1.0, 0.25: 0.0, 0.75: 1.0, 0.95: 2.0}, 0.5, 0.7, "all")
    nothing = interval_glyph(dict.fromkeys((0.05, 0.25, 0.75, 0.95), float("nan")), float("nan"), float("nan"), "none")
    assert (known.count("<rect"), known.count("<polygon")) == (2, 1)
    assert (nothing.count("<rect"), nothing.count("<polygon")) == (0, 0)


def test_zero_is_always_on_the_scale_of_an_interval() -> None:
    drawing = interval_glyph({0.05: 2.9, 0.25: 3.0, 0.75: 3.1, 0.95: 3.2}, 3.0, 3.07, "growth")
    places = [float(x) for x in re.findall(r'<rect x="([\d.]+)"', drawing)]
    assert min(places) > 150


def test_a_share_that_is_not_known_is_an_empty_track() -> None:
    assert share_glyph(float("nan"), float("nan"), float("nan"), "none").count("<rect") == 1
    assert share_glyph(0.4, 0.3, 0.5, "some").count("<rect") == 2


def test_what_a_drawing_says_is_escaped() -> None:
    assert 'aria-label="&lt;b&gt;"' in share_glyph(0.4, 0.3, 0.5, "<b>")
