"""The figures of a chapter: paths over time, what carries the uncertainty, whether it has settled, signs by sector."""

from dataclasses import replace

import numpy as np
import pandas as pd
import xarray as xr
from markupsafe import Markup

from ..engines import BASELINE
from .agreement import PublishedGrid, sign_agreement
from .bands import bands
from .convergence import convergence
from .exhibit import Exhibit, Panel, PanelGroup
from .figures import convergence_panel, fan_panel, index_panel, series_colours, series_key
from .importance import CELL, UNSETTLED, Importance, importance, in_cells, ranked, settled, unranked_words
from .sample import AnalysisError
from .subject import Subject, period_dimension
from .tables import HeatMap, agreement_cell, agreement_legend, long_frame, number, plain, short
from .vocabulary import Vocabulary

_BARS = 8
_LINES = 5
# Six stand in a row; of four or five, paths and differences have a row each.
_ROWS = {4: "narrow four", 5: "narrow five"}


def fan_exhibits(subject: Subject) -> list[Exhibit]:
    """Paths of the study's outputs over time, by scenario: as an index, and as difference from the baseline."""
    names = ["paths", *(f"paths-{output}" for output in subject.paths[1:])]
    return [_fan_exhibit(subject, output, name) for output, name in zip(subject.paths, names, strict=False)]


def _fan_exhibit(subject: Subject, output: str, name: str) -> Exhibit:
    array = subject.array(output)
    period = period_dimension(array)
    leading = ("quantile", "scenario", period)
    level = in_cells(bands(subject.store, output), leading).transpose("quantile", "scenario", CELL, period)
    base = level.sel(scenario=BASELINE).isel({period: 0}, drop=True)
    indexed = bool((base.sel(quantile=0.5) > 0).all() and np.allclose(base.max("quantile"), base.min("quantile"), 1e-6))
    scale = 100.0 / base.sel(quantile=0.5, drop=True) if indexed else 1.0
    unit = str(array.attrs.get("units", ""))
    parts = {"level": level * scale}
    if subject.policies:
        away = in_cells(bands(subject.store, output, relative_to=BASELINE), leading)
        parts["difference"] = away.transpose("quantile", "scenario", CELL, period) * scale
    label = str(array.attrs.get("long_name", plain(output)))
    measure = f"an index, {period} {array[period].values[0]} = 100" if indexed else unit
    caption = f"Across: {plain(period).lower()}. Paths in {measure or 'the unit of the output'}, all on one scale."
    if subject.policies:
        difference = "points of that index" if indexed else "the same unit"
        caption += f" Differences from the baseline in {difference}, on one scale for each policy."
    fans = f"{subject.words.fan} {subject.words.caution}".rstrip()
    data = pd.concat([long_frame(part.rename("value")).assign(kind=kind) for kind, part in parts.items()])
    groups = _fans(subject, name, parts, 100.0 if indexed else 0.0)
    return Exhibit(name, f"{label} under each policy", data, (fans, caption), groups)


def _fans(subject: Subject, name: str, parts: dict[str, xr.DataArray], reference: float) -> tuple[PanelGroup, ...]:
    """A group of panels for each scenario: its paths, then its differences from the baseline."""
    colours = dict(zip(subject.scenarios, series_colours(len(subject.scenarios)), strict=True))
    fans_of_a_row = parts["level"].sizes[CELL]
    groups = []
    for scenario, title in subject.scenarios.items():
        panels: list[Panel] = []
        for kind, fans in parts.items():
            if scenario not in fans["scenario"].values or not fans.sel(scenario=scenario).notnull().any():
                continue
            line = reference if kind == "level" else 0.0
            limits = _limits(fans if kind == "level" else fans.sel(scenario=scenario), line)
            for place, cell in enumerate(fans[CELL].values):
                drawing = fan_panel(
                    fans.sel(scenario=scenario).isel({CELL: place}),
                    name=f"{subject.slug}-{name}-{kind}-{scenario}-{place}",
                    label=f"{title}, {cell}, {kind}",
                    colour=colours[scenario],
                    limits=limits,
                    reference=line,
                )
                word, beside = ("path", 0) if kind == "level" else ("difference", 1)
                panels.append(Panel(str(cell), Markup(drawing), word, 2 * place + beside))
        if panels:
            groups.append(PanelGroup(title, tuple(panels), _ROWS.get(fans_of_a_row, "narrow")))
    return tuple(groups)


def _limits(fans: xr.DataArray, reference: float) -> tuple[float, float]:
    low = np.nanmin([float(fans.min()), reference])
    high = np.nanmax([float(fans.max()), reference])
    margin = 0.06 * (high - low) or 1.0
    return float(low - margin), float(high + margin)


def importance_exhibits(subject: Subject, found: dict[str, Importance]) -> list[Exhibit]:
    """Bars of what carries the uncertainty of the key output, a panel a scenario."""
    if not found:
        return []
    merged = xr.concat([each.indices for each in found.values()], "scenario", combine_attrs="override")
    first = next(iter(found.values()))
    firm = settled(merged, first.unit)
    hidden = int((merged["total"].notnull() & firm["total"].isnull()).sum())
    order = ranked(firm["total"], _BARS)
    shown = firm.sel(factor=order)
    title = str(subject.array(subject.key).attrs.get("long_name", plain(subject.key)))
    panels = _importance_panels(subject, shown, title, first.unit)
    cells = [str(cell) for cell in merged[CELL].values]
    legend = tuple(zip(series_colours(len(cells)), cells, strict=True)) if len(cells) > 1 else ()
    rest = len(ranked(firm["total"], len(merged["factor"]))) - len(order)
    caption = (first.explanation,)
    if rest > 0:
        caption += (f"The {rest} assumptions that matter least on average are left out here; the file has them all.",)
    if hidden:
        caption += (
            f"{hidden} indices are not drawn: their half-widths are above {short(UNSETTLED)}, as happens where a few "
            "extreme draws make up the variance.",
        )
    groups = (PanelGroup("", panels, _layout(len(panels))),)
    data = long_frame(merged)
    return [Exhibit("importance", f"{title}: what carries the uncertainty", data, caption, groups, legend)]


def _importance_panels(subject: Subject, shown: xr.Dataset, title: str, unit: str) -> tuple[Panel, ...]:
    """A panel of bars for each scenario, all on one axis."""
    ends = shown["total"] + shown["total_confidence"].fillna(0.0) if "total_confidence" in shown else shown["total"]
    top = float(np.nanmax(ends.values, initial=0.0))
    names = [subject.factors.get(str(name), plain(str(name))) for name in shown["factor"].values]
    panels = []
    # A result that is a gap to the baseline has nothing to show in the baseline itself.
    varied = shown["total"].fillna(0.0).any(["factor", CELL]).values
    for scenario in map(str, shown["scenario"].values[varied | ~varied.any()]):
        drawing = index_panel(
            shown.sel(scenario=scenario),
            name=f"{subject.slug}-importance-{scenario}",
            label=f"What carries the uncertainty of {title}, {subject.scenarios[scenario]}",
            limit=1.03 * top or 1.0,
            names=names,
            unit=unit,
        )
        panels.append(Panel(subject.scenarios[scenario], Markup(drawing), _quantity(scenario)))
    return tuple(panels)


def importance_of(subject: Subject) -> dict[str, Importance]:
    """The importance of the assumptions for the key output: its level in the baseline, its difference elsewhere.

    Raises
    ------
    AnalysisError
        If the design cannot say, or nothing has an index.
    """
    if not subject.key:
        return {}
    level = importance(subject.store, subject.key, select=subject.select)
    found = {BASELINE: _at(level, [BASELINE])}
    if subject.policies:
        away = importance(subject.store, subject.key, relative_to=BASELINE, select=subject.select)
        found |= {name: _at(away, [name]) for name in subject.policies}
    if not any(each.indices["total"].notnull().any() for each in found.values()):
        raise AnalysisError(unranked_words(subject.store, level, subject.key))
    return found


def _at(found: Importance, scenarios: list[str]) -> Importance:
    return replace(found, indices=found.indices.sel(scenario=scenarios))


def _quantity(scenario: str) -> str:
    return "level" if scenario == BASELINE else "difference from the baseline"


def _layout(count: int) -> str:
    return "wide" + {1: " one", 2: " two"}.get(count, "")


def convergence_exhibits(subject: Subject) -> list[Exhibit]:
    """The leading total-order indices over a quarter, half and all of the base points."""
    if not subject.key or subject.store.study.design.method != "sobol" or subject.store.samples < 4:
        return []
    relative = BASELINE if subject.policies else None
    steps = convergence(subject.store, subject.key, relative_to=relative, select=subject.select)
    leading = ("samples", "factor", "scenario")
    total, width = (in_cells(steps[name], leading) for name in ("total", "total_confidence"))
    order = ranked(total.isel(samples=-1).where(~(width.isel(samples=-1) > UNSETTLED)), _LINES)
    if not order:
        return []
    panels = []
    for scenario in total["scenario"].values:
        spread = width.sel(scenario=scenario).isel(samples=-1).max("factor").values
        widest = int(np.argmax(np.nan_to_num(spread, nan=-1.0)))
        here = {"scenario": scenario, "factor": order}
        drawing = convergence_panel(
            total.sel(here).isel({CELL: widest}),
            name=f"{subject.slug}-convergence-{scenario}",
            label=f"Total-order indices by number of base points, {subject.scenarios[str(scenario)]}",
            confidence=width.sel(here).isel({CELL: widest}),
        )
        panels.append(Panel(subject.scenarios[str(scenario)], Markup(drawing), str(total[CELL].values[widest])))
    caption = (
        "Total-order indices from the first quarter, the first half and all of the base points, with 95 % confidence "
        "intervals, for the cell of each scenario whose intervals are the widest. Lines that lie flat have settled. "
        "No axis goes beyond 1.2: an index above one is noise.",
    )
    groups = (PanelGroup("", tuple(panels), _layout(len(panels))),)
    key = series_key([subject.factors.get(name, plain(name)) for name in order])
    data = long_frame(xr.Dataset({"total": total, "total_confidence": width}))
    return [Exhibit("convergence", "Have the indices settled?", data, caption, groups, key)]


def agreement_exhibit(subject: Subject, grid: PublishedGrid) -> Exhibit:
    """A published table of effects as a map of how often the draws have the published sign.

    Raises
    ------
    AnalysisError
        If the table does not fit the sweep.
    """
    found = sign_agreement(subject.store, grid)
    labels = dict(grid.labels)
    column, row = (str(name) for name in grid.values.dims[1:])
    scenarios = [str(name) for name in found["scenario"].values]
    columns = found[column].values
    lines = []
    for name in found[row].values:
        cells = []
        for scenario in scenarios:
            for place in columns:
                cell = found.sel({"scenario": scenario, column: place, row: name})
                band = f"{number(float(cell['low']))} to {number(float(cell['high']))}"
                share, published = float(cell["share"]), float(cell["published"])
                cells.append(agreement_cell(share, published, band, grid.threshold, subject.words.rows))
        lines.append((labels.get(str(name), plain(str(name))), tuple(cells)))
    heads = tuple((subject.scenarios.get(name, plain(name)), len(columns)) for name in scenarios)
    second = tuple(labels.get(str(name), plain(str(name))) for _ in scenarios for name in columns)
    heat = HeatMap(heads, second, tuple(lines), agreement_legend(), subject.words.share_head)
    caption = (
        summary_of_signs(found["share"], subject.words),
        f"Published signs: {grid.place}. Point at a cell for its numbers.",
    )
    data = long_frame(found.drop_vars("rows")).merge(
        pd.DataFrame({"scenario": scenarios, "rows": found["rows"].values})
    )
    return Exhibit(f"signs-{grid.output}", grid.title, data, caption, heat=heat)


def summary_of_signs(share: xr.DataArray, words: Vocabulary) -> str:
    """How many of the published signs stand, in a sentence."""
    known = share.values[np.isfinite(share.values)]
    if not known.size:
        return f"No sign can be counted over the {words.counted}."
    firm, lost = int((known >= 0.95).sum()), int((known < 0.5).sum())
    return (
        f"Of {known.size} published signs, {firm} hold in at least 95 in 100 {words.rows} and {lost} are contradicted "
        f"by more than half of them. A number is the share of the {words.rows}, in percent, with the published sign."
    )
