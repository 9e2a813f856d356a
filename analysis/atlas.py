"""The maps of a chapter: the effect of each policy by cell, how firm it is, and which assumption carries it where."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import xarray as xr
from markupsafe import Markup

from ..engines import BASELINE, Engine
from .carrier_map import carrier_exhibit, leading_colours
from .exhibit import Exhibit, PanelGroup
from .field import fields, named
from .geography import centres
from .importance import CELL
from .map_output import Drawn, MapOutput, map_frame, map_panel
from .map_panel import NOTHING
from .plate import LOCATION, Plate, region_plate, world_plate
from .region import Region
from .scale import amount_scale, share_scale, signed_scale
from .subject import Subject
from .tables import percent, plain
from .vocabulary import Vocabulary

# An effect has a firm sign if as many of the draws have it.
FIRM = 0.95


def map_exhibits(subject: Subject, engine: Engine | None, region: Region | None) -> list[Exhibit]:
    """Two figures for every output that is a map: the effect of each policy, and what carries its uncertainty.

    Parameters
    ----------
    subject : Subject
        What the chapter is about.
    engine : Engine, optional
        For the world around a region.
    region : Region, optional
        Whose line is outlined.
    """
    outputs = [_map_output(subject, name, plate) for name, plate in _plates(subject, engine, region)]
    outputs = [each for each in outputs if np.isfinite(each.found["median"]).any()]
    if not outputs:
        return []
    colours = leading_colours(subject, outputs)
    exhibits: list[Exhibit] = []
    for each in outputs:
        exhibits.append(_effect_exhibit(subject, each))
        if named(each.found).any():
            exhibits.append(carrier_exhibit(subject, each, colours))
    return _with_lines(exhibits, [each.plate.lines for each in outputs if each.plate.lines])


def map_outputs(subject: Subject) -> list[str]:
    """Outputs of the store whose one dimension is `cell` with labels of cells of one degree."""
    arrays = {name: subject.array(name) for name in subject.store.study.outputs}
    return [
        name
        for name, array in arrays.items()
        if array.dims[2:] == (CELL,) and CELL in array.coords and centres(array[CELL].values) is not None
    ]


def world_outputs(subject: Subject) -> list[str]:
    """Outputs of the store whose one dimension is the locations of a world."""
    return [name for name in subject.store.study.outputs if subject.array(name).dims[2:] == (LOCATION,)]


def _plates(subject: Subject, engine: Engine | None, region: Region | None) -> list[tuple[str, Plate]]:
    """The outputs that are maps, those of the region first, each with what it is drawn on."""
    found: list[tuple[str, Plate]] = []
    lands: dict[tuple[str, ...], Plate] = {}
    for name in map_outputs(subject):
        labels = tuple(str(label) for label in subject.array(name)[CELL].values)
        if labels not in lands:
            lands[labels] = region_plate(labels, region)
        found.append((name, lands[labels]))
    world: Plate | None = None
    for name in world_outputs(subject):
        world = world or world_plate(subject.array(name).sizes[LOCATION], engine, region, subject.slug)
        if world is not None:
            found.append((name, world))
    return found


def _map_output(subject: Subject, name: str, plate: Plate) -> MapOutput:
    array = subject.array(name)
    found = fields(subject.store, name, relative_to=BASELINE if subject.policies else None)
    level = None
    if subject.policies and bool((array.sel(scenario=BASELINE).fillna(0.0) != 0.0).any()):
        level = fields(subject.store, name).sel(scenario=[BASELINE])
    label = str(array.attrs.get("long_name", plain(name)))
    return MapOutput(name, label, str(array.attrs.get("units", "")), found, level, plate)


def _with_lines(exhibits: list[Exhibit], lines: Sequence[str]) -> list[Exhibit]:
    """The lines that drawings share, before the first of all."""
    if not lines:
        return exhibits
    first = exhibits[0]
    panel = first.groups[0].panels[0]
    group = replace(
        first.groups[0], panels=(replace(panel, svg=Markup(lines[0]) + panel.svg), *first.groups[0].panels[1:])
    )
    return [replace(first, groups=(group, *first.groups[1:])), *exhibits[1:]]


def _effect_exhibit(subject: Subject, output: MapOutput) -> Exhibit:
    """Median, width of the range and share of draws with a positive effect, a row a scenario."""
    groups, masked = [], False
    parts = [output.found] if output.level is None else [output.level, output.found]
    for found in parts:
        effect = bool(subject.policies) and found is not output.level
        for scenario in map(str, found["scenario"].values):
            drawn, hidden = _effect_maps(output, output.drawn(found.sel(scenario=scenario)), effect, subject.words)
            masked |= hidden
            if drawn:
                title = subject.scenarios[scenario] + ("" if effect or not subject.policies else ": the level")
                panels = tuple(map_panel(subject, output, scenario, each) for each in drawn)
                groups.append(PanelGroup(title, panels, "wide" if len(panels) > 2 else "wide two"))
    caption = (
        _spread_words(subject, output),
        "Classes are those of each map; cells beyond the last bound are in the last class. "
        f"{'Grey cells have no number or no firm sign' if masked else 'A cell without a number is grey'}. "
        "Made with Natural Earth; roads and rail (c) OpenStreetMap contributors, ODbL.",
    )
    rows = subject.words.rows
    legend = ((NOTHING, f"the sign holds in fewer than {100 * FIRM:.0f} of 100 {rows}"),) if masked else ()
    names = ("median", "q05", "q95", "share_positive")
    data = pd.concat([map_frame(found, names, output.plate.dimension) for found in parts], ignore_index=True)
    return Exhibit(f"map-{output.name}", f"{output.label}, by cell", data, caption, tuple(groups), legend)


def _effect_maps(output: MapOutput, here: xr.Dataset, effect: bool, words: Vocabulary) -> tuple[list[Drawn], bool]:
    """What is drawn of one scenario, and whether effects without a firm sign are left out of it."""
    unit, positive = output.unit, here["share_positive"].values
    median, width = here["median"].values, (here["q95"] - here["q05"]).values
    if not np.isfinite(median).any():
        return [], False
    vague = (positive > 1.0 - FIRM) & (positive < FIRM) & (effect and output.plate.masked)
    shown = np.where(vague, np.nan, median)
    known = shown if np.isfinite(shown).any() else median
    drawn = [
        ("median", f"{words.middle[:1].upper()}{words.middle[1:]}", unit, shown, signed_scale(known)),
        ("width", "Width of the 90 % range", _width_unit(unit), width, amount_scale(width)),
    ]
    if effect and np.isfinite(positive).any():
        drawn.append(("positive", f"{words.share_head} with a gain", "", positive, share_scale()))
    return drawn, bool(vague.any())


def _spread_words(subject: Subject, output: MapOutput) -> str:
    """What is shown, and in how many cells the sign is firm."""
    if not subject.policies:
        return output.plate.words.format("")
    parts = []
    for scenario in map(str, output.found["scenario"].values):
        share = output.drawn(output.found)["share_positive"].sel(scenario=scenario).values
        share = share[np.isfinite(share)]
        if share.size:
            gain, loss = percent(float((share >= FIRM).mean())), percent(float((share <= 1.0 - FIRM).mean()))
            parts.append(f"{subject.scenarios[scenario]}: a gain in {gain}, a loss in {loss}")
    firm = (
        f" Cells whose sign holds in at least {100 * FIRM:.0f} of 100 {subject.words.rows}: {'; '.join(parts)}."
        if parts
        else ""
    )
    return f"{output.plate.words.format('; differences from the baseline')}{firm}"


def _width_unit(unit: str) -> str:
    return "points" if unit == "%" else unit
