"""The first page of a study: its published results and its conclusions, each in a line, and the verdict."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from ..engines import BASELINE
from .bands import bands
from .caveats import lost_words
from .claim_words import bounds_words, claim_glyph, decided, interval_words, undecided_words
from .claims import ClaimResult
from .exhibit import ClaimLine, Fact, Front, HeadlineLine
from .glyph import interval_glyph
from .importance import Importance, in_cells, ranked, share_words
from .sample import independent_rows
from .subject import Subject
from .tables import number, percent, plain, short
from .verdict import WEAK, carrier_sentence, range_sentence, verdict
from .vocabulary import QUADRATURE, Vocabulary

Scalar = str | float | int | bool

_MINUS = "−"


def front_page(
    subject: Subject, headlines: pd.DataFrame, claims: Sequence[ClaimResult], found: Mapping[str, Importance]
) -> Front:
    """The first page.

    Parameters
    ----------
    subject : Subject
        What the chapter is about.
    headlines : DataFrame
        As `headline_table` returns it; may be empty.
    claims : sequence of ClaimResult
        May be empty.
    found : mapping of str to Importance
        By scenario, for the verdict of a study without headlines and claims.
    """
    names = subject.factors
    nothing_else = () if len(headlines) or claims else _plain_verdict(subject, found)
    return Front(
        verdict=verdict(headlines, [_without_noise(claim) for claim in claims], names, nothing_else, subject.words),
        words=subject.words,
        headlines=tuple(_headline_lines(headlines, subject)) if len(headlines) else (),
        headline_caption=_headline_caption(headlines, subject) if len(headlines) else "",
        headline_data=headlines,
        claims=tuple(_claim_line(claim, names) for claim in claims),
        claim_caption=_claim_caption(claims, subject.words) if claims else "",
        claim_data=claim_frame(claims, names),
    )


def facts(subject: Subject, failed: int, missing: int) -> tuple[Fact, ...]:
    """The size of the exercise in a few numbers."""
    store = subject.store
    draws = len(independent_rows(store))
    runs = store.outcome().size
    shown = [
        Fact(f"{len(store.study.factors)}", "assumptions varied"),
        Fact(f"{len(subject.policies)}", "policy compared" if len(subject.policies) == 1 else "policies compared"),
        Fact(f"{draws:,}", subject.words.counted),
        Fact(f"{runs - missing:,}", "runs of the model"),
        Fact(f"{failed:,}", "failed runs"),
    ]
    if missing:
        shown.append(Fact(f"{missing:,}", "runs still to make"))
    return tuple(fact for fact in shown if fact.label != "policies compared" or subject.policies)


def claim_frame(claims: Sequence[ClaimResult], names: Mapping[str, str]) -> pd.DataFrame:
    """The conclusions as a table, one line each."""
    return pd.DataFrame(
        [
            {
                "conclusion": claim.claim,
                "share": claim.share,
                "low": claim.low,
                "high": claim.high,
                "draws": claim.rows,
                "failed": claim.failed,
                "missing": claim.missing,
                "decided_by": names.get(claim.carried_by, claim.carried_by),
                "total_order_index": claim.total.get(claim.carried_by, math.nan),
                "note": claim.note,
            }
            for claim in claims
        ]
    )


def _without_noise(claim: ClaimResult) -> ClaimResult:
    return claim if decided(claim) else replace(claim, carried_by="")


def _headline_lines(table: pd.DataFrame, subject: Subject) -> list[HeadlineLine]:
    labels = [str(label) for label in table["label"]]
    units: dict[str, set[str]] = {}
    for label, unit in zip(labels, table["unit"], strict=True):
        units.setdefault(_split(label, labels)[0], set()).add(str(unit))
    lines, group = [], ""
    for row in table.to_dict("records"):
        heading, label = _split(str(row["label"]), labels)
        shared = heading and len(units[heading]) == 1
        line = _headline_line({str(name): value for name, value in row.items()}, subject, label, not shared)
        if heading != group:
            line = replace(line, group=heading or "Other results", unit=str(row["unit"]) if shared else "")
        group = heading
        lines.append(line)
    return lines


def _split(label: str, others: Sequence[str]) -> tuple[str, str]:
    """A label such as "Boom: growth inland" as heading and label, where more than one line has the heading."""
    heading, separator, rest = label.partition(": ")
    shared = separator and sum(other.startswith(f"{heading}: ") for other in others) > 1
    return (heading, rest[:1].upper() + rest[1:]) if shared else ("", label)


def _headline_line(row: Mapping[str, Scalar], subject: Subject, label: str, with_unit: bool) -> HeadlineLine:
    places = int(row["decimals"])

    def text(name: str) -> str:
        value = float(row[name])
        shown = f"{value:,.{places}f}" if math.isfinite(value) else "–"
        return (shown if shown.strip("-0.,") else shown.lstrip("-")).replace("-", _MINUS)

    quantiles = {0.05: float(row["q05"]), 0.25: float(row["q25"]), 0.75: float(row["q75"]), 0.95: float(row["q95"])}
    sign = float(row["probability_of_sign"])
    if not math.isfinite(quantiles[0.05]):
        interval = f"no {subject.words.row}"
    elif subject.words is QUADRATURE:
        interval = f"{text('mean')} ± {number(float(row['standard_deviation']), 2)}"
    else:
        interval = f"{text('q05')} to {text('q95')}"
    head = subject.words.interval_head.lower()
    values = f"published {text('published')}, model {text('central')}, {head} {interval} {row['unit']}"
    carrier = str(row["carried_by"] or "")
    return HeadlineLine(
        label=label,
        place=_place(str(row["table"]), str(row["page"])),
        published=text("published"),
        central=text("central"),
        glyph=interval_glyph(quantiles, float(row["central"]), float(row["published"]), f"{row['label']}: {values}"),
        interval=interval,
        interval_unit=str(row["unit"]) if with_unit else "",
        outside=math.isfinite(quantiles[0.05]) and not row["inside"],
        sign=percent(sign),
        weak=sign < WEAK,
        carrier=subject.factors.get(carrier, plain(carrier)) if carrier else "–",
        carrier_share=share_words(float(row["carried_share"]), float(row["carried_confidence"])),
    )


def _place(table: str, page: str) -> str:
    """Where a number is printed, in one piece: a table with its page, or a section."""
    words = f"Table {table}, p. {page}" if table else page
    return words.replace(" ", "\u00a0")


def _headline_caption(table: pd.DataFrame, subject: Subject) -> str:
    words = subject.words
    skipped = len(table.attrs.get("skipped", {}))
    text = (
        f"Each range has a scale of its own, which holds zero. A published value outside the range of {words.outer} "
        f"is set in colour"
    )
    if np.isfinite(table["probability_of_sign"].to_numpy(dtype=np.float64)).any():
        text += (
            f", and so is a sign that holds in fewer than three quarters of the {words.rows}; a published zero has no "
            "sign"
        )
    text += f". {words.caution}" if words.caution else "."
    if carried := _CARRIED.get(subject.store.study.design.method, _BY_DISTANCE):
        text += f" What carries it: the assumption with {carried}."
    failed = int(np.max(table["failed"].to_numpy()))
    if failed and words is not QUADRATURE:
        text += f" Up to {failed:,} failed {words.rows} are left out of a line."
    if skipped:
        text += f" This sweep cannot show {skipped} further published results; their reasons are under “Run health”."
    return text


_BY_VARIANCE = "the largest share of the variance, interactions counted"
_BY_DISTANCE = "the largest PAWN distance"
_CARRIED = {
    "sobol": _BY_VARIANCE,
    "fast": _BY_VARIANCE,
    "morris": "the largest mean absolute effect",
    "factorial": "the largest main effect",
    "quadrature": "",
}


def _claim_line(claim: ClaimResult, names: Mapping[str, str]) -> ClaimLine:
    decides = names.get(claim.carried_by, plain(claim.carried_by)) if decided(claim) else undecided_words(claim)
    return ClaimLine(
        statement=claim.claim,
        share=percent(claim.share),
        weak=claim.share < WEAK,
        glyph=claim_glyph(claim),
        interval=bounds_words(claim) or "–" if claim.rows else interval_words(claim),
        carrier=decides,
    )


def _claim_caption(claims: Sequence[ClaimResult], words: Vocabulary) -> str:
    rows = sorted({claim.rows for claim in claims})
    counted = f"{rows[0]:,}" if len(rows) == 1 else f"{rows[0]:,} to {rows[-1]:,}"
    if not rows[-1]:
        return f"No conclusion can be counted over the {words.counted}."
    text = f"Shares of {counted} {words.counted}; {words.bounds}; dashed line: half of the {words.rows}."
    if any(claim.failed for claim in claims):
        text += f" Whiskers end where every failed {words.row} counts against, or for, the conclusion."
    return text


def _plain_verdict(subject: Subject, found: Mapping[str, Importance]) -> tuple[str, ...]:
    """What can be said of a study without headlines and claims: the range of its key output, and what matters most."""
    if not subject.key:
        return ()
    scenario = subject.policies[0] if subject.policies else BASELINE
    quantiles = bands(subject.store, subject.key, quantiles=(0.05, 0.5, 0.95), select=subject.select)
    cells = in_cells(quantiles.sel(scenario=scenario), ("quantile",))
    low, middle, high = (float(value) for value in cells.isel(cell=0).values)
    if not math.isfinite(middle):
        return (lost_words(subject.store) or f"No {subject.words.row} has a result yet.",)
    array = subject.array(subject.key)
    where = " ".join(part for part in (str(cells["cell"].values[0]), f"({subject.scenarios[scenario]})") if part)
    label = f"{array.attrs.get('long_name') or plain(subject.key)}, {where}"
    rows = int(quantiles["rows"].sel(scenario=scenario))
    sentences = [range_sentence(label, str(array.attrs.get("units", "")), (low, middle, high), rows, subject.words)]
    if scenario in found:
        total = found[scenario].indices["total"]
        leader = ranked(total, 1)
        if leader:
            amount = float(np.nanmean(total.sel(factor=leader[0]).values))
            sentences.append(carrier_sentence(subject.factors.get(leader[0], leader[0]), amount, found[scenario].unit))
    return tuple(sentences)


def skipped_lines(table: pd.DataFrame) -> list[tuple[str, str]]:
    """Published results that the sweep cannot show, each with the reason."""
    return [(str(name), str(reason)) for name, reason in table.attrs.get("skipped", {}).items()]


def failure_words(failed: int, runs: int, allowed: float) -> str:
    """What the failures of a sweep mean for the reader."""
    share = failed / runs if runs else 0.0
    limit = "within" if share <= allowed else "above"
    counted = f"{failed:,} of {runs:,} runs failed ({percent(share)})"
    return f"{counted}, {limit} the study's limit of {short(100 * allowed)} %."
