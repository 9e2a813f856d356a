"""Drawings of one line that stand in a table's cell: a band with the published value, a share with its interval."""

import math
from collections.abc import Mapping

from markupsafe import Markup

from .figures import INK, MUTED, RULE, series_colours

BAND = series_colours(3)[0]
PUBLISHED = "#b3460f"
_WIDTH, _HEIGHT, _MARGIN = 220.0, 30.0, 8.0


def interval_glyph(quantiles: Mapping[float, float], central: float, published: float, label: str) -> Markup:
    """The 5-95 band (thin), the 25-75 band (thick), the central run (line) and the published value (diamond).

    Every line has its own scale, which always holds zero: what can be read across a table is which side of zero a
    band lies on and where the published value falls in it.

    Parameters
    ----------
    quantiles : mapping of float to float
        Values at 0.05, 0.25, 0.75 and 0.95; nothing is drawn for what is not finite.
    central, published : float
        The model's central run and the published value, NaN where there is none.
    label : str
        The same in words.
    """
    known = [value for value in (*quantiles.values(), central, published) if math.isfinite(value)]
    low, high = min([0.0, *known]), max([0.0, *known])
    if high == low:
        high = low + 1.0

    def across(value: float) -> float:
        return _MARGIN + (value - low) / (high - low) * (_WIDTH - 2 * _MARGIN)

    middle = _HEIGHT / 2
    parts = [
        _line(0, middle, _WIDTH, middle, RULE, 1),
        _line(across(0.0), 2, across(0.0), _HEIGHT - 2, MUTED, 1, dash="2 2"),
    ]
    for (lower, upper), half, opacity in (((0.05, 0.95), 4.0, 0.3), ((0.25, 0.75), 7.5, 0.55)):
        ends = quantiles.get(lower, math.nan), quantiles.get(upper, math.nan)
        if all(math.isfinite(end) for end in ends):
            left, right = across(ends[0]), across(ends[1])
            parts.append(
                f'<rect x="{left:.1f}" y="{middle - half}" width="{max(right - left, 1.0):.1f}" height="{2 * half}" '
                f'rx="1.5" fill="{BAND}" fill-opacity="{opacity}"/>'
            )
    if math.isfinite(central):
        parts.append(_line(across(central), middle - 10, across(central), middle + 10, INK, 2))
    if math.isfinite(published):
        place = across(published)
        points = f"{place:.1f},{middle - 6} {place + 6:.1f},{middle} {place:.1f},{middle + 6} {place - 6:.1f},{middle}"
        parts.append(f'<polygon points="{points}" fill="{PUBLISHED}" stroke="#fff" stroke-width="1"/>')
    return _svg(parts, label)


def share_glyph(share: float, low: float, high: float, label: str) -> Markup:
    """A share of the draws as a bar from 0 to 1, its confidence interval as a whisker, a tick at one half.

    Parameters
    ----------
    share, low, high : float
        In [0, 1]; nothing but the track is drawn for NaN.
    label : str
        The same in words.
    """
    middle, width = _HEIGHT / 2, _WIDTH - 2 * _MARGIN
    parts = [f'<rect x="{_MARGIN}" y="{middle - 7}" width="{width}" height="14" rx="1.5" fill="{RULE}"/>']
    if math.isfinite(share):
        parts.append(
            f'<rect x="{_MARGIN}" y="{middle - 7}" width="{share * width:.1f}" height="14" rx="1.5" fill="{BAND}" '
            f'fill-opacity="0.75"/>'
        )
        left, right = (_MARGIN + end * width for end in (low, high))
        parts.append(_line(left, middle, right, middle, PUBLISHED, 2))
        parts += [_line(end, middle - 5, end, middle + 5, PUBLISHED, 2) for end in (left, right)]
    half = _MARGIN + width / 2
    parts.append(_line(half, 2, half, _HEIGHT - 2, MUTED, 1, dash="2 2"))
    return _svg(parts, label)


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float, dash: str = "") -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width}"{dashes}/>'


def _svg(parts: list[str], label: str) -> Markup:
    start = Markup('<svg class="glyph" viewBox="0 0 {:g} {:g}" role="img" aria-label="{}">').format(
        _WIDTH, _HEIGHT, label
    )
    return start + Markup("".join(parts)) + Markup("</svg>")
