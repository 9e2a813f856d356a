"""What a store and a central run say, as tables for a reader or as one JSON object for a program."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from ..analysis import AnalysisError, ClaimResult, Results
from ..analysis.carriers import carriers, outputs_of_interest
from ..analysis.caveats import caveats, missing_words, nothing_solved, void_words
from ..analysis.claim_words import bounds_words, decided, undecided_words
from ..analysis.front import failure_words
from ..analysis.importance import UNSETTLED, VARIANCE_SHARE, in_cells, share_words
from ..analysis.interactions import clear, has_interactions, interactions
from ..analysis.tables import decimals, number, percent
from ..analysis.vocabulary import QUADRATURE, vocabulary
from ..engines import BASELINE, Outcome
from .terminal import say, show, write_json

_CELLS_SHOWN = 40
_BANDS_SHOWN = 2
_PAIRS_SHOWN = 10
_NO_CLAIM = (
    "This study tests no conclusion. Add a table [[claims]] to it, with name, output, scenario and holds (such as "
    '"> 0"), and give `cordillera run` again with the same store: no run is repeated.'
)


def analysis(results: Results, outputs: Sequence[str] | None, as_json: bool) -> None:
    """Headlines, claims, moments of a quadrature, and what carries the variance of some outputs."""
    store = results.store
    missing = missing_words(store)
    chosen = list(outputs) if outputs else outputs_of_interest(store)
    headlines, claims = results.headlines(), results.claims()
    importances, reasons = {}, []
    for name in chosen:
        try:
            importances[name] = carriers(store, name)
        except AnalysisError as error:
            reasons.append(str(error))
    known, lacking = caveats(store), "\n".join(dict.fromkeys(reasons))
    moments = {}
    if store.study.design.method == "quadrature":
        moments = {name: results.moments(name, relative_to=_reference(results)) for name in chosen}
    together = {}
    if has_interactions(store):
        together = {name: interactions(store, name, relative_to=_reference(results)) for name in chosen}
    claimed = [name for claim in store.study.claims for name in claim.scenarios_needed]
    shown = {*claimed, *(headlines["scenario"] if len(headlines) else ())}
    unshown = [one.name for one in store.study.scenarios if outputs or one.name not in shown]
    if as_json:
        ranges = {name: results.bands(name, relative_to=_reference(results)) for name in chosen}
        write_json(
            {
                "study": store.study.name,
                "identity": store.identity,
                "runs": results.health()["all"].to_dict(),
                "unfinished": missing,
                "caveats": known,
                "headlines": headlines.to_dict("records"),
                "claims": [asdict(claim) for claim in claims],
                "bands": {name: _band_records(found) for name, found in ranges.items()},
                "carriers": {name: frame.to_dict("records") for name, frame in importances.items()},
                "carriers_lacking": lacking,
                "interactions": {name: frame.to_dict("records") for name, frame in together.items()},
                "moments": {name: _moment_records(found) for name, found in moments.items()},
            }
        )
        return
    if nothing_solved(store):
        for line in void_words(store):
            say(line)
        return
    for line in (missing, _failures(results), *known):
        if line:
            say(line)
    _show_headlines(headlines, results)
    _show_claims(claims)
    if not claims and not len(headlines):
        _show_bands(results, chosen or list(store.study.outputs)[:_BANDS_SHOWN])
        say(_NO_CLAIM)
    elif unshown:
        # Policies of the user's own have no line above.
        _show_bands(results, chosen, unshown)
    for name, found in moments.items():
        _show_cells(name, found, "moment", ("mean", "standard deviation"))
    for name, frame in importances.items():
        _show_carriers(name, frame)
    for name, frame in together.items():
        _show_interactions(name, frame)
    if lacking and lacking not in known:
        say(lacking)


def _failures(results: Results) -> str:
    """How many runs failed, if any did."""
    table = results.health()
    counts = dict(zip(map(str, table.index), table["all"].to_numpy(dtype=int).tolist(), strict=True))
    made = sum(counts.values()) - counts.get(Outcome.NOT_RUN.name, 0)
    failed = made - counts[Outcome.SOLVED.name]
    return failure_words(failed, made, results.store.study.failures_allowed) if failed else ""


def _show_headlines(table: pd.DataFrame, results: Results) -> None:
    if not len(table):
        return
    words = vocabulary(results.store)
    rows = [
        (
            row["label"],
            *decimals([row["published"], row["central"]], places=row["decimals"]),
            _mean_and_spread(row) if words is QUADRATURE else _interval(row["q05"], row["q95"], row["decimals"]),
            percent(row["probability_of_sign"]),
            f"{row['carried_by']} {share_words(row['carried_share'], row['carried_confidence'])}".strip(),
        )
        for row in table.to_dict("records")
    ]
    ends = "mean ± standard deviation" if words is QUADRATURE else "5 to 95 %"
    show("Headlines", ("result", "published", "central", ends, "sign holds", "carried by"), rows)


def _interval(low: float, high: float, places: int) -> str:
    return " to ".join(decimals([low, high], places=places)) if np.isfinite(low) else "no draw"


def _mean_and_spread(row: Mapping[str, Any]) -> str:
    if not np.isfinite(row["mean"]):
        return "–"
    (mean,) = decimals([row["mean"]], places=row["decimals"])
    return f"{mean} ± {number(row['standard_deviation'], 2)}"


def _show_claims(claims: Sequence[ClaimResult]) -> None:
    rows = [
        (
            one.claim,
            percent(one.share),
            bounds_words(one) or "–",
            one.carried_by if decided(one) else undecided_words(one),
            one.failed,
            one.note,
        )
        for one in claims
    ]
    if rows:
        show("Claims", ("claim", "holds", "interval", "carried by", "failed draws", "note"), rows)


def _show_bands(results: Results, outputs: Sequence[str], scenarios: Sequence[str] = ()) -> None:
    """The range of some outputs, as differences from the baseline where there are policies; of some or all of these."""
    if results.store.study.design.method == "quadrature":
        return
    for name in outputs:
        found = results.bands(name, quantiles=(0.05, 0.5, 0.95), relative_to=_reference(results))
        if scenarios:
            found = found.sel(scenario=list(scenarios))
        _show_cells(name, found, "quantile", ("5 %", "median", "95 %"))


def _band_records(found: xr.DataArray) -> list[dict[str, str | float]]:
    names = [f"q{round(100 * float(level)):02d}" for level in found["quantile"].values]
    return [
        {"scenario": scenario, "cell": cell, **dict(zip(names, figures, strict=True))}
        for scenario, cell, figures in _by_cell(found, "quantile")
    ]


def _reference(results: Results) -> str | None:
    """What outputs are compared with: the baseline where there are policies."""
    return BASELINE if results.store.study.scenarios else None


def _by_cell(found: xr.DataArray, summary: str) -> list[tuple[str, str, tuple[float, ...]]]:
    """Scenario, cell and figures of a summary (summary, scenario, ...)."""
    cells = in_cells(found, (summary, "scenario"))
    lines = cells.transpose("scenario", "cell", summary).values
    return [
        (str(scenario), str(cell), tuple(map(float, figures)))
        for scenario, by_cell in zip(cells["scenario"].values, lines, strict=True)
        for cell, figures in zip(cells["cell"].values, by_cell, strict=True)
    ]


def _moment_records(found: xr.DataArray) -> list[dict[str, str | float]]:
    return [
        {"scenario": scenario, "cell": cell, "mean": mean, "standard_deviation": spread}
        for scenario, cell, (mean, spread) in _by_cell(found, "moment")
    ]


def _show_cells(name: str, found: xr.DataArray, summary: str, heads: Sequence[str]) -> None:
    rows = [
        (scenario, cell, *(number(one, 3) for one in figures)) for scenario, cell, figures in _by_cell(found, summary)
    ]
    more = len(rows) - _CELLS_SHOWN
    note = f"{more} more cells; `cordillera export` writes them all" if more > 0 else ""
    what = "difference from the baseline" if found.attrs.get("relative_to") else "level"
    title = ", ".join(part for part in (f"{name}: {what}", str(found.attrs.get("units", ""))) if part)
    show(title, ("scenario", "cell", *heads), rows[:_CELLS_SHOWN], note)


def _show_carriers(output: str, frame: pd.DataFrame) -> None:
    cells: dict[tuple[str, str], list[str]] = {}
    for row in frame.to_dict("records"):
        named = cells.setdefault((row["scenario"], row["cell"]), [])
        if row["unit"] != VARIANCE_SHARE or not row["confidence"] > UNSETTLED:
            named.append(f"{row['factor']} {_with_half_width(row)}")
    rows = [(*cell, ", ".join(named) or "not settled") for cell, named in cells.items()]
    more = len(rows) - _CELLS_SHOWN
    note = f"{more} more cells with --json" if more > 0 else ""
    title = f"{output}: what carries it ({frame['unit'].iloc[0]})"
    show(title, ("scenario", "cell", "largest first"), rows[:_CELLS_SHOWN], note)


def _with_half_width(row: Mapping[str, Any]) -> str:
    if row["unit"] == VARIANCE_SHARE:
        return f"{row['amount']:.2f} ± {row['confidence']:.2f}"
    half_width = f" ± {number(row['confidence'], 2)}" if np.isfinite(row["confidence"]) else ""
    return f"{number(row['amount'], 3)}{half_width}"


def _show_interactions(output: str, pairs: pd.DataFrame) -> None:
    rows = [
        (
            row["scenario"],
            row["cell"],
            f"{row['factor']} and {row['factor_with']}",
            f"{row['amount']:.2f} ± {row['confidence']:.2f}",
        )
        for row in pairs.head(_PAIRS_SHOWN).to_dict("records")
    ]
    note = f"{clear(pairs)} of {len(pairs)} pairs have an interval above zero"
    if len(pairs) > _PAIRS_SHOWN:
        note += f"; the {_PAIRS_SHOWN} largest are shown, and with --json all are listed"
    title = f"{output}: pairs that act together (share of the variance beyond what each carries alone)"
    show(title, ("scenario", "cell", "pair, largest first", "share"), rows, note)
