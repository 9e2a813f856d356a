"""Classes of a map: where they begin, their colours, and what stands at their ends."""

import math
from dataclasses import dataclass

import cmcrameri  # noqa: F401 - registers its colour maps as cmc.*
import matplotlib as mpl
import numpy as np
from matplotlib.colors import to_hex
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from .tables import short

Floats = NDArray[np.float64]

# Brown for losses and blue for gains, as in the map of published signs.
_SIGNED, _AMOUNT = "cmc.vik_r", "cmc.acton_r"
_STEPS = (1.0, 2.0, 5.0)
# Ticks that need no third digit but 25.
_TICKS = [1, 2, 2.5, 5, 10]
_CLASSES, _MOST_ON_BOTH = 5, 3
# Where half of the cells lie below this share of the largest values, equal classes would put nearly all in one.
_SKEWED = 0.25
_LARGEST = 0.98
# The key has no zero where the values beyond it are as small as this share of the others, and few of all.
_SMALL, _FEW = 0.02, 0.05


@dataclass(frozen=True, slots=True)
class Scale:
    """Classes of numbers with a colour each.

    Parameters
    ----------
    bounds : tuple of float
        Where a class ends and the next begins, rising; the first and the last class are open.
    colours : tuple of str
        One more than there are bounds.
    labels : tuple of str
        What the key says at each bound.
    """

    bounds: tuple[float, ...]
    colours: tuple[str, ...]
    labels: tuple[str, ...]

    def classes(self, values: Floats) -> NDArray[np.intp]:
        """The class of each value; -1 for NaN."""
        return np.where(np.isnan(values), -1, np.digitize(values, self.bounds))


def signed_scale(values: Floats) -> Scale:
    """Classes that mirror each other about zero, or on one side of it if the values hardly touch the other."""
    known = values[np.isfinite(values)]
    steps = _steps(np.abs(known))
    gain, loss = (float(np.max(side * known, initial=0.0)) for side in (1.0, -1.0))
    if min(gain, loss) > steps[0]:
        # The largest and every other one below, so that as few bounds reach as far.
        steps = steps[::-1][:: math.ceil(len(steps) / _MOST_ON_BOTH)][::-1]
    shades = [0.5 + 0.46 * (place + 0.6) / (len(steps) + 1) for place in range(len(steps) + 1)]
    mirrored, darker = [-step for step in reversed(steps)], [1.0 - shade for shade in reversed(shades)]
    few = _FEW * known.size
    if loss <= _SMALL * gain and np.sum(known < 0) <= few:
        bounds, places = steps, shades
    elif gain <= _SMALL * loss and np.sum(known > 0) <= few:
        bounds, places = mirrored, darker
    elif loss <= steps[0]:
        bounds, places = [0.0, *steps], darker[-1:] + shades
    elif gain <= steps[0]:
        bounds, places = [*mirrored, 0.0], darker + shades[:1]
    else:
        bounds, places = [*mirrored, 0.0, *steps], darker + shades
    return _scale(bounds, _shades(_SIGNED, places), [_text(bound) for bound in bounds])


def amount_scale(values: Floats) -> Scale:
    """Classes of what is never negative."""
    steps = _steps(values[np.isfinite(values)])
    return _scale(steps, _ramp(len(steps) + 1), [_text(step) for step in steps])


def share_scale() -> Scale:
    """Classes of the share of draws in which an effect is positive."""
    bounds = [0.05, 0.25, 0.5, 0.75, 0.95]
    places = [0.04, 0.22, 0.4, 0.6, 0.78, 0.96]
    return _scale(bounds, _shades(_SIGNED, places), [f"{100 * bound:.0f} %" for bound in bounds])


def index_scale() -> Scale:
    """Classes of a total-order index."""
    bounds = [0.2, 0.4, 0.6, 0.8]
    return _scale(bounds, _ramp(len(bounds) + 1), [_text(bound) for bound in bounds])


def category_colours(count: int) -> list[str]:
    """Colours that are told apart by every kind of colour vision, for at most six categories."""
    return [to_hex(colour) for colour in mpl.colormaps["cmc.batlowS"](range(count))]


def _scale(bounds: list[float], colours: list[str], labels: list[str]) -> Scale:
    return Scale(tuple(bounds), tuple(colours), tuple(labels))


def _steps(amounts: Floats) -> list[float]:
    """Round bounds of classes of amounts: equal steps, or 1, 2, 5, 10 where a few cells have most."""
    largest = float(np.quantile(amounts, _LARGEST)) if amounts.size else 0.0
    if not largest > 0:
        return [1.0]
    if float(np.median(amounts)) > _SKEWED * largest:
        ticks = MaxNLocator(_CLASSES, steps=_TICKS).tick_values(0.0, largest)
        return [float(tick) for tick in ticks if 0 < tick <= largest] or [float(ticks[1])]
    power = math.floor(math.log10(largest))
    ladder = [step * 10.0**exponent for exponent in range(power - 3, power + 1) for step in _STEPS]
    return [step for step in ladder if step <= largest][-_CLASSES:]


def _text(bound: float) -> str:
    return short(bound, 3)


def _shades(name: str, places: list[float]) -> list[str]:
    return [to_hex(mpl.colormaps[name](place)) for place in places]


def _ramp(count: int) -> list[str]:
    return _shades(_AMOUNT, np.linspace(0.05, 0.92, count).tolist())
