"""The maps of a chapter: the effect of each policy by cell, how firm it is, and which assumption carries it where."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from markupsafe import Markup
from numpy.typing import NDArray

from ..data import CaseError
from ..data.coastline import read_coastline
from ..data.corridor import cell_label, read_corridor
from ..engines import BASELINE, Engine
from .exhibit import Exhibit, Panel, PanelGroup
from .field import NOBODY, fields, named
from .geography import centres, fitted
from .importance import CELL, UNSETTLED
from .map_panel import HATCHED_KEY, NOTHING, Ground, category_panel, ground, value_panel
from .scale import Scale, amount_scale, category_colours, index_scale, share_scale, signed_scale
from .subject import Subject
from .tables import number, percent, plain, short

Floats = NDArray[np.float64]

# Cells whose range of 90 in 100 draws is narrower than this share of the widest are said to hardly vary.
FLAT = 0.01
_MOST_COLOURS = 6
_LAST = "Another assumption"
_UNSETTLED, _FLAT = -2, -1


@dataclass(frozen=True, slots=True)
class MapOutput:
    """An output by cell with its statistics (scenario, cell)."""

    name: str
    label: str
    unit: str
    found: xr.Dataset


def map_exhibits(subject: Subject, engine: Engine | None) -> list[Exhibit]:
    """Two figures for every output that is a map: the effect of each policy, and what carries its uncertainty.

    Parameters
    ----------
    subject : Subject
        What the chapter is about.
    engine : Engine, optional
        For the cells of a corridor, which are outlined.
    """
    outputs = [_map_output(subject, name) for name in map_outputs(subject)]
    outputs = [each for each in outputs if np.isfinite(each.found["median"]).any()]
    if not outputs:
        return []
    colours = _colours(subject, outputs)
    exhibits: list[Exhibit] = []
    lands: dict[tuple[str, ...], Ground] = {}
    for each in outputs:
        labels = tuple(str(label) for label in each.found[CELL].values)
        if labels not in lands:
            lands[labels] = _ground(labels, engine)
        land = lands[labels]
        exhibits.append(_effect_exhibit(subject, each, land))
        if named(each.found).any():
            exhibits.append(_carrier_exhibit(subject, each, land, colours))
    return exhibits


def map_outputs(subject: Subject) -> list[str]:
    """Outputs of the store whose one dimension is `cell` with labels of cells of one degree."""
    arrays = {name: subject.array(name) for name in subject.store.study.outputs}
    return [
        name
        for name, array in arrays.items()
        if array.dims[2:] == (CELL,) and CELL in array.coords and centres(array[CELL].values) is not None
    ]


def _map_output(subject: Subject, name: str) -> MapOutput:
    array = subject.array(name)
    found = fields(subject.store, name, relative_to=BASELINE if subject.policies else None)
    label = str(array.attrs.get("long_name", plain(name)))
    return MapOutput(name, label, str(array.attrs.get("units", "")), found)


def _ground(labels: Sequence[str], engine: Engine | None) -> Ground:
    """The map that holds the cells, with the coast, borders and the corridor of the case."""
    points = centres(labels)
    if points is None:
        raise ValueError(f"The cells {labels[0]} to {labels[-1]} are no cells of one degree.")
    lines = read_coastline()
    return ground(points, fitted(points), lines.coast, lines.border, _corridor(engine))


def _corridor(engine: Engine | None) -> Floats:
    """Centres of the cells of the case's line, (cell, 2); none if the case is no corridor."""
    nothing = np.empty((0, 2))
    if engine is None:
        return nothing
    try:
        case = read_corridor(engine.case)
    except CaseError:
        return nothing
    found = centres(cell_label(int(cell)) for cell in case.corridor)
    return nothing if found is None else found


def _effect_exhibit(subject: Subject, output: MapOutput, land: Ground) -> Exhibit:
    """Median, width of the range and share of draws with a positive effect, a row a scenario."""
    found, unit = output.found, output.unit
    groups = []
    for scenario in map(str, found["scenario"].values):
        here = found.sel(scenario=scenario)
        median, width = here["median"].values, (here["q95"] - here["q05"]).values
        if not np.isfinite(median).any():
            continue
        drawn = [
            ("median", "Median of the draws", unit, median, signed_scale(median)),
            ("width", "Width of the 90 % range", _width_unit(unit), width, amount_scale(width)),
        ]
        positive = here["share_positive"].values
        if subject.policies and np.isfinite(positive).any():
            drawn.append(("positive", "Share of the draws with a gain", "", positive, share_scale()))
        title = subject.scenarios[scenario]
        panels = tuple(_panel(subject, output, land, scenario, each) for each in drawn)
        groups.append(PanelGroup(title, panels, "wide" if len(panels) > 2 else "wide two"))
    caption = (
        _spread_words(subject, output, bool(len(land.marked))),
        "Classes are those of each map; cells beyond the last bound are in the last class. A cell without a number is "
        "grey. Made with Natural Earth; roads and rail (c) OpenStreetMap contributors, ODbL.",
    )
    data = _frame(found, ("median", "q05", "q95", "share_positive"))
    return Exhibit(f"map-{output.name}", f"{output.label}, by cell", data, caption, tuple(groups))


def _panel(
    subject: Subject, output: MapOutput, land: Ground, scenario: str, drawn: tuple[str, str, str, Floats, Scale]
) -> Panel:
    kind, title, unit, values, scale = drawn
    name = f"{subject.slug}-{kind}-{output.name}-{scenario}"
    known = values[np.isfinite(values)]
    ends = f"{number(float(known.min()))} to {number(float(known.max()))} {unit}".strip() if known.size else "no number"
    label = f"Map of {output.label}, {subject.scenarios[scenario]}. {title}: {ends}"
    return Panel(title, Markup(value_panel(land, values, scale, name=name, label=label)), unit)


def _carrier_exhibit(
    subject: Subject, output: MapOutput, land: Ground, colours: Mapping[int, tuple[str, str]]
) -> Exhibit:
    """The assumption with the largest total-order index in every cell, and that index, a row a scenario."""
    found = output.found
    states = _states(found)
    places = {factor: place for place, factor in enumerate(colours)}
    fills = [colour for colour, _ in colours.values()]
    groups, used = [], set()
    for scenario in map(str, found["scenario"].values):
        state = states.sel(scenario=scenario).values
        if not (state >= 0).any():
            continue
        classes = np.array([places.get(factor, len(fills) - 1) if factor >= 0 else factor for factor in state.tolist()])
        used |= set(classes.tolist())
        total = np.where(state >= 0, found["total"].sel(scenario=scenario).values, np.nan)
        title = subject.scenarios[scenario]
        label = f"Map of the assumption that carries most of {output.label}, {title}"
        name = f"{subject.slug}-leading-{output.name}-{scenario}"
        drawing = category_panel(land, classes, fills, name=name, label=label)
        shown = ("index", "Its total-order index", "share of the variance", total, index_scale())
        panels = (Panel("The leading assumption", Markup(drawing)), _panel(subject, output, land, scenario, shown))
        groups.append(PanelGroup(title, panels, "wide two"))
    legend = [pair for place, pair in enumerate(colours.values()) if place in used]
    legend += [(HATCHED_KEY, "not settled")] if _UNSETTLED in used else []
    legend += [(NOTHING, "hardly varies")] if _FLAT in used else []
    data = _frame(found, ("total", "half_width")).rename(columns={"total": "total_order_index"})
    data.insert(4, "leading_assumption", [_factor(subject, found, place) for place in found["leading"].values.ravel()])
    words = {_UNSETTLED: "not settled", _FLAT: "hardly varies"}
    data["shown"] = [words.get(state, "yes") for state in states.values.ravel().tolist()]
    return Exhibit(
        f"map-carriers-{output.name}",
        f"{output.label}: what carries the uncertainty where",
        data,
        (_carrier_words(used),),
        tuple(groups),
        tuple(legend),
    )


def _carrier_words(used: Container[int]) -> str:
    text = (
        "The leading assumption of a cell has its largest total-order index: the share of the variance that would be "
        "left if every other assumption were known."
    )
    if _UNSETTLED in used:
        text += f" Hatched: the half-width of that index is above {short(UNSETTLED)}."
    if _FLAT in used:
        text += f" Grey: the range of the draws is narrower than {short(100 * FLAT)} % of the widest on the map."
    return text


def _spread_words(subject: Subject, output: MapOutput, marked: bool) -> str:
    """What is shown, and in how many cells the sign is firm."""
    outlined = " The cells of the corridor are outlined." if marked else ""
    if not subject.policies:
        return f"Cells of one degree.{outlined}"
    parts = []
    for scenario in map(str, output.found["scenario"].values):
        share = output.found["share_positive"].sel(scenario=scenario).values
        share = share[np.isfinite(share)]
        if share.size:
            gain, loss = percent(float((share >= 0.95).mean())), percent(float((share <= 0.05).mean()))
            parts.append(f"{subject.scenarios[scenario]}: a gain in {gain}, a loss in {loss}")
    firm = f" Cells whose sign holds in at least 95 of 100 draws: {'; '.join(parts)}." if parts else ""
    return f"Cells of one degree; differences from the baseline.{outlined}{firm}"


def _states(found: xr.Dataset) -> xr.DataArray:
    """The leading factor of each cell, or that it has not settled, or that the cell hardly varies."""
    width = found["q95"] - found["q05"]
    flat = ~(width > FLAT * width.max(CELL)) | (found["leading"] == NOBODY)
    return found["leading"].where(named(found), _UNSETTLED).where(~flat, _FLAT)


def _colours(subject: Subject, outputs: Sequence[MapOutput]) -> dict[int, tuple[str, str]]:
    """Colour and name of the factors that lead in most cells of any map, the same throughout the chapter."""
    leaders = np.concatenate([_states(each.found).values.ravel() for each in outputs])
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


def _width_unit(unit: str) -> str:
    return "points" if unit == "%" else unit


def _frame(found: xr.Dataset, names: Sequence[str]) -> pd.DataFrame:
    """A line a scenario and cell: the labels, the centre, and the numbers."""
    labels = [str(label) for label in found[CELL].values]
    points = centres(labels)
    scenarios = [str(name) for name in found["scenario"].values]
    frame = pd.DataFrame({"scenario": np.repeat(scenarios, len(labels)), "cell": labels * len(scenarios)})
    if points is not None:
        frame["latitude"], frame["longitude"] = np.tile(points.T, len(scenarios))
    for name in names:
        frame[name] = found[name].transpose("scenario", CELL).values.ravel()
    return frame
