"""The chapter's account of itself: assumptions, conclusions in detail, run health, reproduction and provenance."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass

import numpy as np
import pandas as pd
from markupsafe import Markup

from ..engines import Engine, Outcome
from ..sweeps.distribution import Choice, Distribution
from .box import Limit
from .claim_words import claim_glyph, decided, interval_words, undecided_words
from .claims import ClaimResult
from .exhibit import Card, Exhibit
from .flip import Flip
from .health import health, provenance
from .publication import ReproductionScore
from .subject import Subject, level_words
from .tables import Cell, TextTable, number, percent, plain, short

_HIDDEN = {"record", "format", "outputs", "notes", "dimensions", "study_origin", "title"}
_OUTCOME_COLOURS = {"SOLVED": "#185562", "NOT_RUN": "#dde3e8"}
_FAILED_COLOUR = "#b3460f"
# A categorical assumption of more levels than this has its range in numbers.
_MOST_LEVELS = 4


def assumption_exhibit(subject: Subject, engine: Engine | None) -> Exhibit:
    """What was varied, over which range, and where the central value comes from."""
    records, rows = [], []
    for factor in subject.store.study.factors:
        known = engine.factors.get(factor.name) if engine is not None else None
        law = factor.distribution
        record = {
            "factor": factor.name,
            "name": subject.factors[factor.name],
            "description": "" if known is None else known.description,
            "group": factor.group or "",
            "distribution": plain(re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(law).__name__).lower()),
            "parameters": _parameters(law),
            "central": math.nan if known is None else known.default,
            "levels": "" if known is None else ", ".join(known.levels),
            "unit": "" if known is None else known.unit,
            "source": "" if known is None else known.source,
        }
        records.append(record)
        group = f"; group {plain(factor.group)}" if factor.group else ""
        low, high = law.support
        ends = f"{short(low)} to {short(high)}" if math.isfinite(low) and math.isfinite(high) else record["parameters"]
        central, note = short(record["central"]), _beyond_ends(law) if ends != record["parameters"] else ""
        levels = subject.levels.get(factor.name, ())
        if levels and isinstance(law, Choice) and len(law.values) <= _MOST_LEVELS:
            central, ends = level_words((record["central"],), levels), level_words(law.values, levels)
            note = "" if len(set(law.weights)) == 1 else _parameters(law, ("values",))
        rows.append(
            (
                Cell(record["description"] or record["name"], note=f"{factor.name}{group}"),
                Cell(central, "number"),
                Cell(ends, "number", record["unit"]),
                Cell(record["distribution"], note=note),
                Cell(record["source"]),
            )
        )
    table = TextTable(("Assumption", "Central value", "Range", "Distribution", "Source"), tuple(rows))
    return Exhibit("assumptions", "What was varied", pd.DataFrame(records), table=table)


def claim_exhibit(claims: Sequence[ClaimResult], subject: Subject) -> Exhibit:
    """Every conclusion with what turns it: indices of its indicator, the smallest flip, the region where it fails."""
    cards = tuple(Card(claim.claim, claim_glyph(claim), tuple(_claim_lines(claim, subject))) for claim in claims)
    records = [
        {
            "conclusion": claim.claim,
            "assumption": subject.factors.get(factor, factor),
            "total_order_index": value,
            "half_width": claim.total_confidence.get(factor, math.nan),
            "flips_alone": claim.flip.share.get(factor, math.nan) if claim.flip else math.nan,
        }
        for claim in claims
        for factor, value in (claim.total or {"": math.nan}).items()
    ]
    rows = subject.words.rows
    caption = (
        f"The smallest change is the nearest pair of stored {rows} that differ in one assumption and in the verdict. "
        f"The region is found by peeling away what does not matter (PRIM) and describes the {rows}, not the world.",
    )
    return Exhibit("claim-details", "", pd.DataFrame(records), caption, cards=cards)


def _claim_lines(claim: ClaimResult, subject: Subject) -> list[tuple[str, str]]:
    words = subject.words
    lines = [
        (
            "Holds in",
            f"{percent(claim.share)} ({interval_words(claim)})" if claim.rows else claim.note or f"no {words.row}",
        )
    ]
    if claim.failed:
        has = f"1 {words.row} has" if claim.failed == 1 else f"{claim.failed:,} {words.rows} have"
        lines.append(("Failed", f"{has} no verdict; the bounds count both ways"))
    if claim.missing:
        lines.append(("Not run yet", f"{claim.missing:,} {words.row if claim.missing == 1 else words.rows}"))
    lines.append(("What decides", _deciders(claim, subject.factors)))
    if claim.rows:
        lines.append(("Smallest change", _flip_words(claim.flip, subject)))
        lines.append(("Where", _box_words(claim, subject)))
    return lines


def _deciders(claim: ClaimResult, names: Mapping[str, str]) -> str:
    if not decided(claim):
        return undecided_words(claim)
    leading = sorted(claim.total.items(), key=lambda item: -item[1] if math.isfinite(item[1]) else math.inf)[:3]
    shown = [
        f"{names.get(name, plain(name))} ({number(value, 2)} ± {number(claim.total_confidence[name], 1)})"
        for name, value in leading
        if value > claim.total_confidence[name]
    ]
    return "; ".join(shown) + " (total-order indices of the verdict)"


def _flip_words(flip: Flip | None, subject: Subject) -> str:
    if flip is None:
        return f"No change of one assumption alone, among the {subject.words.rows} at hand, turns the verdict."
    moved = [
        f"“{subject.factors.get(name, plain(name))}” from {_amount(name, start, subject)} "
        f"to {_amount(name, end, subject)}"
        for name, start, end in flip.moves
    ]
    return f"Moving {', '.join(moved)}, all else equal, {flip.effect}."


def _box_words(claim: ClaimResult, subject: Subject) -> str:
    box, rows = claim.box, subject.words.rows
    if box is None:
        rarer = "holds" if claim.share < 0.5 else "fails"
        return f"It {rarer} too rarely to say where."
    if not box.limits:
        return f"No range of a few assumptions tells where it {box.cases}."
    where = " and ".join(
        f"“{subject.factors.get(limit.factor, plain(limit.factor))}”{_limit_words(limit, subject)}"
        for limit in box.limits
    )
    return (
        f"Where {where}, it {box.cases} in {percent(box.density)} of the {rows}, against {percent(box.overall)} over "
        f"all; {percent(box.coverage)} of the {rows} in which it {box.cases} lie there."
    )


def _limit_words(limit: Limit, subject: Subject) -> str:
    if limit.levels and limit.factor in subject.levels:
        return f" is {level_words(limit.levels, subject.levels[limit.factor])}"
    return limit.words[len(limit.factor) :]


def _amount(factor: str, value: float, subject: Subject) -> str:
    return level_words((value,), subject.levels[factor]) if factor in subject.levels else short(value, 3)


def health_exhibit(subject: Subject) -> Exhibit:
    """Runs by outcome and scenario, as counts and as bars."""
    table = health(subject.store)
    states = [str(state) for state in table.index]
    rows = []
    for name, label in subject.scenarios.items():
        counts = dict(zip(states, table[name].to_numpy(dtype=np.int64).tolist(), strict=True))
        rows.append((Cell(label), Cell(_stack(counts)), *(Cell(f"{count:,}", "number") for count in counts.values())))
    columns = ("Scenario", "Share of the runs", *(plain(state.lower()) for state in states))
    remedies = tuple(
        f"{plain(state.lower())}: {remedy}"
        for state, remedy in zip(states, table["remedy"], strict=True)
        if state != Outcome.SOLVED.name
    )
    data = table.reset_index()
    return Exhibit("health", "", data, remedies or ("Every run solved.",), table=TextTable(columns, tuple(rows)))


def _stack(counts: Mapping[str, int]) -> Markup:
    total = max(sum(counts.values()), 1)
    parts = Markup("").join(
        Markup('<span style="width:{:.2f}%;background:{}" title="{}"></span>').format(
            100 * count / total, _OUTCOME_COLOURS.get(state, _FAILED_COLOUR), f"{state}: {count:,}"
        )
        for state, count in counts.items()
        if count
    )
    return Markup('<span class="stack">{}</span>').format(parts)


def reproduction_exhibit(scores: Sequence[ReproductionScore]) -> Exhibit:
    """The central run against the published tables, a line for each set of parameters."""
    tables = list(dict.fromkeys(name for score in scores for name in score.errors))
    rows = tuple(
        (
            Cell(score.parameters, note=score.note),
            Cell(f"{score.signs_agree} of {score.signs_of}", "number"),
            Cell(f"{score.findings_hold} of {score.findings_of}", "number"),
            *(Cell(number(score.errors.get(name, math.nan), 2), "number") for name in tables),
        )
        for score in scores
    )
    columns = (
        "Set of parameters",
        "Signs that agree",
        "Findings that hold",
        *(f"Error, {plain(name)}" for name in tables),
    )
    records = [
        {key: value for key, value in asdict(score).items() if key != "errors"}
        | {f"error_{name}": value for name, value in score.errors.items()}
        for score in scores
    ]
    caption = (
        "Error: root mean square difference from the published table, in points a year (index and level numbers times "
        "10).",
    )
    return Exhibit("reproduction", "", pd.DataFrame(records), caption, table=TextTable(columns, rows))


def provenance_exhibit(subject: Subject) -> Exhibit:
    """Where the numbers come from, line by line."""
    about = {name: value for name, value in provenance(subject.store).items() if name not in _HIDDEN and value}
    rows = tuple((Cell(plain(name)), Cell(value)) for name, value in about.items())
    data = pd.DataFrame({"item": list(about), "value": list(about.values())})
    return Exhibit("provenance", "", data, table=TextTable(("Item", "Value"), rows))


def case_notes(subject: Subject) -> tuple[str, ...]:
    """What the case says of itself."""
    return tuple(str(note) for note in json.loads(str(subject.store.attrs.get("notes", "[]"))))


def _parameters(law: Distribution, without: tuple[str, ...] = ()) -> str:
    known = asdict(law) if is_dataclass(law) and not isinstance(law, type) else {}
    return "; ".join(f"{name} = {_value(value)}" for name, value in known.items() if name not in without)


def _beyond_ends(law: Distribution) -> str:
    """What a distribution has beyond the two ends of its range."""
    if isinstance(law, Choice) and len(set(law.weights)) == 1:
        return f"{len(law.values)} values, equally likely"
    return _parameters(law, ("low", "high"))


def _value(value: object) -> str:
    if isinstance(value, float):
        return short(value)
    if isinstance(value, tuple | list):
        listed = [_value(item) for item in value[:8]]
        return ", ".join(listed) + (f" and {len(value) - 8} more" if len(value) > 8 else "")
    return str(value)
