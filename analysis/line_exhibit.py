"""The figures of a corridor besides its maps: along the line, by group of cells, and flows by size of place."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from markupsafe import Markup
from numpy.typing import NDArray

from ..engines import BASELINE
from .bands import QUANTILES, bands, good_rows, quantiles_of
from .exhibit import Exhibit, Panel, PanelGroup
from .line_panel import LINE, OTHER, along_panel, places_panel, size_panel
from .region import Region
from .sample import output_sample, sampling_weights
from .subject import Subject
from .tables import Cell, TextTable, number, plain
from .vocabulary import Vocabulary

Floats = NDArray[np.float64]

ALONG = ("income_gap_map", "population_gap_map")
PLACES = ("income_gap", "population_gap")
FLOWS = "flow_gap_map"
_CELL, _PLACE = "cell", "place"
_LEVELS = (0.05, 0.5, 0.95)
_POINTS = 25


def line_exhibits(subject: Subject, region: Region | None) -> list[Exhibit]:
    """The figures for which the store has kept the outputs; none if the case is no corridor or has no policy.

    Parameters
    ----------
    subject : Subject
        What the chapter is about.
    region : Region, optional
        The line and its cells.
    """
    if region is None or not subject.policies:
        return []
    kept = subject.store.study.outputs
    found = [_along(subject, region, name) for name in ALONG if _is_of(subject, name, region)]
    found += [_places(subject, region, name) for name in PLACES if name in kept]
    if _is_of(subject, FLOWS, region) and sampling_weights(subject.store) is None:
        found.append(_flows(subject, region))
    if any(_PLACE in subject.array(name).dims or "area" in subject.array(name).dims for name in kept):
        found.append(_names(region))
    return [exhibit for exhibit in found if exhibit is not None]


def _is_of(subject: Subject, name: str, region: Region) -> bool:
    """Whether the store has an output by the cells of this region."""
    if name not in subject.store.study.outputs:
        return False
    array = subject.array(name)
    return array.dims[2:] == (_CELL,) and tuple(map(str, array[_CELL].values)) == region.cells


def _bars(words: Vocabulary) -> str:
    return f"Light bar: {words.outer}; dark bar: {words.inner}; dot: {words.middle}."


def _about(subject: Subject, name: str) -> tuple[str, str]:
    """Label and unit of an output."""
    attrs = subject.array(name).attrs
    return str(attrs.get("long_name", plain(name))), str(attrs.get("units", ""))


def _along(subject: Subject, region: Region, name: str) -> Exhibit | None:
    """The cells of the line in its order."""
    label, unit = _about(subject, name)
    found = bands(subject.store, name, select={_CELL: list(region.corridor)})
    ends = f"from {region.corridor[0]}", f"to {region.corridor[-1]}"

    def drawn(levels: Floats, scenario: str) -> str:
        what = f"{label}, by cell of the line, {subject.scenarios[scenario]}"
        return along_panel(levels, ends, name=f"{subject.slug}-along-{name}-{scenario}", label=what)

    panels = _panels(subject, found, _CELL, unit, drawn)
    caption = (f"Every cell that the line crosses, in its order. {_bars(subject.words)}",)
    return _exhibit(f"along-{name}", f"{label}, along the line", _table(found, _CELL), caption, panels)


def _places(subject: Subject, region: Region, name: str) -> Exhibit | None:
    """The groups of cells of an output, side by side."""
    label, unit = _about(subject, name)
    found = bands(subject.store, name)
    names = [region.title(str(place)) for place in found[_PLACE].values]

    def drawn(levels: Floats, scenario: str) -> str:
        what = f"{label}, by group of cells, {subject.scenarios[scenario]}"
        return places_panel(levels, names, name=f"{subject.slug}-places-{name}-{scenario}", label=what)

    panels = _panels(subject, found, _PLACE, unit, drawn)
    caption = (f"Means over the cells of each group, which the table below explains. {_bars(subject.words)}",)
    return _exhibit(f"places-{name}", f"{label}, by group", _table(found, _PLACE), caption, panels)


def _panels(
    subject: Subject, found: xr.DataArray, dim: str, unit: str, drawn: Callable[[Floats, str], str]
) -> list[Panel]:
    """A panel a policy, of (quantile, `dim`) levels, where it solved."""
    panels = []
    for scenario in subject.policies:
        levels = found.sel(scenario=scenario).transpose("quantile", dim).values
        if np.isfinite(levels).all():
            panels.append(Panel(subject.scenarios[scenario], Markup(drawn(levels, scenario)), unit))
    return panels


@dataclass(frozen=True, slots=True)
class _Fit:
    """The lines fitted in each draw: quantiles at some sizes, and those of the slopes for ten times as many people."""

    people: Floats
    lines: Floats
    slope: Floats
    slope_on_line: Floats


def _flows(subject: Subject, region: Region) -> Exhibit | None:
    """How net flows of people differ, against the people of a cell in year 0."""
    label, unit = _about(subject, FLOWS)
    on_line = np.isin(region.cells, region.corridor)
    sample = output_sample(subject.store, FLOWS)
    panels, words, frames = [], [], []
    for scenario in subject.policies:
        rows = sample.rows(scenario)
        values = rows.values[good_rows(subject.store, rows)].astype(np.float64)
        if not len(values) or not np.isfinite(values).all():
            continue
        levels, fit = quantiles_of(values, np.array(_LEVELS)), _fitted(values, region.people, on_line)
        title = subject.scenarios[scenario]
        drawn = size_panel(
            region.people,
            levels,
            on_line,
            (fit.people, fit.lines),
            name=f"{subject.slug}-flows-{scenario}",
            label=f"{label} against the people of each cell, {title}",
            unit=unit,
        )
        panels.append(Panel(title, Markup(drawn)))
        words.append(f"{title}: {_range(fit.slope)} over the region, {_range(fit.slope_on_line)} along the line")
        frames.append(
            pd.DataFrame(
                {
                    "scenario": scenario,
                    "cell": region.cells,
                    "on_the_line": np.where(on_line, "yes", "no"),
                    "people_in_year_0": region.people,
                    **dict(zip(("q05", "median", "q95"), levels, strict=True)),
                }
            )
        )
    if not panels:
        return None
    caption = (
        "A dot a cell of the region: the mean over years of its net flow of people less that of the baseline, in per "
        f"cent of its people in year 0. Dot: the {subject.words.middle}; bar: {subject.words.outer}. Black: the "
        f"straight line that is fitted in each {subject.words.row}, its median and the range of 90 in 100.",
        "Change of the gap, in points, for ten times the people (median, and "
        f"{subject.words.outer}): {'; '.join(words)}.",
    )
    key = ((LINE, "cells of the line"), (OTHER, "other cells of the region"))
    data = pd.concat(frames, ignore_index=True)
    return _exhibit("flows-by-size", f"{label}, by size of place", data, caption, panels, key)


def _fitted(values: Floats, people: Floats, on_line: NDArray[np.bool_]) -> _Fit:
    """The least squares line of each draw over the logarithm of people."""
    size = np.log10(people)
    slope, level = np.polyfit(size, values.T, 1)
    at = np.linspace(size.min(), size.max(), _POINTS)
    lines = quantiles_of(level[:, None] + slope[:, None] * at, np.array(_LEVELS))
    on = np.polyfit(size[on_line], values[:, on_line].T, 1)[0] if on_line.sum() > 2 else np.full(len(values), np.nan)
    slopes = (quantiles_of(each[:, None], np.array(_LEVELS))[:, 0] for each in (slope, on))
    return _Fit(10.0**at, lines, *slopes)


def _range(levels: Floats) -> str:
    low, middle, high = (number(float(level), 2) for level in levels)
    return f"{middle} ({low} to {high})"


def _names(region: Region) -> Exhibit:
    """What the names of areas and groups of cells stand for."""
    rows = tuple((Cell(region.title(name), note=name), Cell(words)) for name, words in region.words.items())
    data = pd.DataFrame({"name": list(region.words), "what_it_is": list(region.words.values())})
    return Exhibit("places", "The names of places", data, table=TextTable(("Name", "What it is"), rows))


def _table(found: xr.DataArray, dimension: str) -> pd.DataFrame:
    """A line a scenario and cell or group, with its quantiles."""
    without = found.sel(scenario=[name for name in found["scenario"].values if name != BASELINE])
    wide = without.to_series().unstack("quantile")
    wide.columns = [f"q{round(100 * level):02d}" for level in QUANTILES]
    order = [(scenario, label) for scenario in without["scenario"].values for label in found[dimension].values]
    return wide.loc[order].reset_index()


def _exhibit(
    name: str,
    title: str,
    data: pd.DataFrame,
    caption: tuple[str, ...],
    panels: list[Panel],
    key: tuple[tuple[str, str], ...] = (),
) -> Exhibit | None:
    if not panels:
        return None
    layout = "wide one" if len(panels) == 1 else "wide two"
    return Exhibit(name, title, data, caption, (PanelGroup("", tuple(panels), layout),), key)
