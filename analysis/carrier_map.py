"""Maps of what carries the uncertainty where: the leading assumption of each cell and its index."""

from collections.abc import Container, Mapping, Sequence

import numpy as np
import xarray as xr
from markupsafe import Markup
from numpy.typing import NDArray

from .exhibit import Exhibit, Panel, PanelGroup
from .field import NOBODY, named
from .importance import CELL, UNSETTLED
from .map_output import MapOutput, map_frame, map_panel
from .map_panel import HATCHED_KEY, NOTHING
from .scale import category_colours, index_scale
from .subject import Subject
from .tables import plain, short

# Cells whose range of 90 in 100 draws is narrower than this share of the usual one are said to hardly vary.
FLAT = 0.01
_MOST_COLOURS = 6
# Above so many cells the table has the leading index alone.
_MOST_LISTED = 2000
_LAST = "Another assumption"
_UNSETTLED, _FLAT = -2, -1


def carrier_exhibit(subject: Subject, output: MapOutput, colours: Mapping[int, tuple[str, str]]) -> Exhibit:
    """The assumption with the largest total-order index in every cell, and that index, a row a scenario."""
    found = output.found
    states, drawn = _states(output), output.drawn(found)
    mapped = output.drawn(states)
    places = {factor: place for place, factor in enumerate(colours)}
    fills = [colour for colour, _ in colours.values()]
    groups, used = [], set()
    for scenario in map(str, found["scenario"].values):
        state = mapped.sel(scenario=scenario).values
        if not (state >= 0).any():
            continue
        classes = np.array([places.get(factor, len(fills) - 1) if factor >= 0 else factor for factor in state.tolist()])
        used |= set(classes.tolist())
        total = np.where(state >= 0, drawn["total"].sel(scenario=scenario).values, np.nan)
        title = subject.scenarios[scenario]
        label = f"Map of the assumption that carries most of {output.label}, {title}"
        name = f"{subject.slug}-leading-{output.name}-{scenario}"
        drawing = output.plate.classes(classes, fills, name=name, label=label)
        shown = ("index", "Its total-order index", "share of the variance", total, index_scale())
        panels = (Panel("The leading assumption", Markup(drawing)), map_panel(subject, output, scenario, shown))
        groups.append(PanelGroup(title, panels, "wide two"))
    legend = [pair for place, pair in enumerate(colours.values()) if place in used]
    legend += [(HATCHED_KEY, "not settled")] if _UNSETTLED in used else []
    legend += [(NOTHING, "hardly varies")] if _FLAT in used else []
    data = map_frame(found, ("total", "half_width"), output.plate.dimension).rename(
        columns={"total": "total_order_index"}
    )
    data.insert(
        len(data.columns) - 2,
        "leading_assumption",
        [_factor(subject, found, place) for place in found["leading"].values.ravel()],
    )
    words = {_UNSETTLED: "not settled", _FLAT: "hardly varies"}
    data["shown"] = [words.get(state, "yes") for state in states.values.ravel().tolist()]
    if found.sizes[CELL] <= _MOST_LISTED:
        data = data.assign(**_every_index(found))
    return Exhibit(
        f"map-carriers-{output.name}",
        f"{output.label}: what carries the uncertainty where",
        data,
        (_carrier_words(used, "the middle one" if output.plate.masked else "the widest"),),
        tuple(groups),
        tuple(legend),
    )


def _every_index(found: xr.Dataset) -> dict[str, NDArray[np.float64]]:
    """The total-order index of each factor, a column each, in the lines of a `map_frame`."""
    indices = found["indices"].transpose("factor", "scenario", CELL)
    return {
        f"total_order_index_{name}": column.ravel()
        for name, column in zip(indices["factor"].values, indices.values, strict=True)
    }


def _carrier_words(used: Container[int], usual: str) -> str:
    text = (
        "The leading assumption of a cell has its largest total-order index: the share of the variance that would be "
        "left if every other assumption were known."
    )
    if _UNSETTLED in used:
        text += f" Hatched: the half-width of that index is above {short(UNSETTLED)}."
    if _FLAT in used:
        text += f" Grey: the range of the draws is narrower than {short(100 * FLAT)} % of {usual} on the map."
    return text


def _states(output: MapOutput) -> xr.DataArray:
    """The leading factor of each place, or that it has not settled, or that the place hardly varies."""
    found, drawn = output.found, output.drawn(output.found)
    width, on_map = (each["q95"] - each["q05"] for each in (found, drawn))
    # On a map of the world the widest are those of a region that hardly shows.
    usual = on_map.median(CELL) if output.plate.masked else on_map.max(CELL)
    flat = ~(width > FLAT * usual) | (found["leading"] == NOBODY)
    return found["leading"].where(named(found), _UNSETTLED).where(~flat, _FLAT)


def leading_colours(subject: Subject, outputs: Sequence[MapOutput]) -> dict[int, tuple[str, str]]:
    """Colour and name of the factors that lead in most cells of any map, the same throughout the chapter."""
    leaders = np.concatenate([_states(each).values.ravel() for each in outputs])
    factors, counts = np.unique(leaders[leaders >= 0], return_counts=True)
    order = factors[np.argsort(-counts, kind="stable")].tolist()
    kept = order if len(order) <= _MOST_COLOURS else order[: _MOST_COLOURS - 1]
    found = outputs[0].found
    names = [_factor(subject, found, factor) for factor in kept]
    keys = kept
    if len(kept) < len(order):
        names, keys = [*names, _LAST], [*kept, len(found.attrs["factors"])]
    return dict(zip(keys, zip(category_colours(len(keys)), names, strict=True), strict=True))


def _factor(subject: Subject, found: xr.Dataset, place: int) -> str:
    if place == NOBODY:
        return ""
    name = str(found.attrs["factors"][place])
    return subject.factors.get(name, plain(name))
