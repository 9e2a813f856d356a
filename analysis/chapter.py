"""One study's chapter of the report, put together from its store."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from ..engines import Engine, Outcome, UnknownNameError
from .account import (
    assumption_exhibit,
    case_notes,
    claim_exhibit,
    health_exhibit,
    provenance_exhibit,
    reproduction_exhibit,
)
from .atlas import map_exhibits
from .claims import ClaimResult, claims
from .evidence import agreement_exhibit, convergence_exhibits, fan_exhibits, importance_exhibits, importance_of
from .exhibit import Chapter, Exhibit, LongText, Section
from .front import facts, failure_words, front_page, skipped_lines
from .headline import headline_questions, headline_table
from .importance import Importance
from .publication import Publication
from .resolution import case_resolution, resolution_exhibit, resolution_sentence
from .sample import AnalysisError, SweepResults
from .subject import Subject, subject_of
from .tables import plain


@dataclass(frozen=True, slots=True)
class _Counts:
    """Runs of a sweep by what became of them."""

    runs: int
    failed: int
    missing: int


def chapter_of(store: SweepResults, engine: Engine | None, publication: Publication, slug: str) -> Chapter:
    """Everything that the page says of one study.

    Parameters
    ----------
    store : Store
        The sweep, finished or not.
    engine : Engine, optional
        For descriptions, central values and headlines.
    publication : Publication
        What was published beyond the headlines.
    slug : str
        The chapter's anchor, unique on the page.
    """
    headlines = pd.DataFrame() if engine is None else headline_table(store, engine)
    about = list(headlines["output"].value_counts().index) if len(headlines) else []
    subject = subject_of(store, engine, slug, about, headline_questions(headlines))
    judged = claims(store)
    found, lacking = _importance(subject)
    counts = _counts(store)
    study = store.study
    return Chapter(
        anchor=slug,
        title=study.report.title or plain(study.name),
        eyebrow=f"{study.engine} · {study.case} · {study.name}",
        description=study.description,
        facts=facts(subject, counts.failed, counts.missing),
        alerts=_alerts(store, counts),
        front=front_page(subject, headlines, judged, found),
        headline_file="",
        claim_file="",
        sections=tuple(
            section
            for section in (
                _paths(subject),
                _maps(subject, engine),
                _carriers(subject, found, lacking),
                *_signs(subject, publication),
                _settled(subject),
                _conclusions(subject, judged),
                _reproduction(publication),
                _resolution(subject, engine),
                Section("assumptions", "The assumptions", (assumption_exhibit(subject, engine),)),
                _health(subject, counts, headlines),
                _provenance(subject),
            )
            if section is not None
        ),
    )


def _importance(subject: Subject) -> tuple[dict[str, Importance], str]:
    """What carries the uncertainty, or why that cannot be said."""
    try:
        return importance_of(subject), ""
    except AnalysisError as error:
        return {}, str(error)


def _counts(store: SweepResults) -> _Counts:
    states = store.outcome().values
    missing = int((states == Outcome.NOT_RUN).sum())
    return _Counts(states.size, states.size - missing - int((states == Outcome.SOLVED).sum()), missing)


def _alerts(store: SweepResults, counts: _Counts) -> tuple[str, ...]:
    """What the reader must know before trusting any number of the chapter."""
    alerts = []
    if counts.missing:
        alerts.append(
            f"This sweep is not finished: {counts.missing:,} of {counts.runs:,} runs are still to be made. Everything "
            "below is over those that have been."
        )
    made = counts.runs - counts.missing
    if made and counts.failed / made > store.study.failures_allowed:
        alerts.append(failure_words(counts.failed, made, store.study.failures_allowed))
    return tuple(alerts)


def _paths(subject: Subject) -> Section | None:
    exhibits = fan_exhibits(subject)
    return Section("paths", "Paths over time", tuple(exhibits)) if exhibits else None


def _maps(subject: Subject, engine: Engine | None) -> Section | None:
    exhibits = map_exhibits(subject, engine)
    return Section("maps", "Maps", tuple(exhibits)) if exhibits else None


def _carriers(subject: Subject, found: dict[str, Importance], lacking: str) -> Section | None:
    title = "Which assumptions carry the uncertainty"
    if lacking:
        return Section("importance", title, paragraphs=(lacking,))
    exhibits = importance_exhibits(subject, found)
    return Section("importance", title, tuple(exhibits)) if exhibits else None


def _signs(subject: Subject, publication: Publication) -> list[Section]:
    if not publication.grids:
        return []
    exhibits, paragraphs = _tried([lambda grid=grid: agreement_exhibit(subject, grid) for grid in publication.grids])
    return [Section("signs", "Do the published signs stand?", tuple(exhibits), tuple(paragraphs))]


def _tried(makers: Sequence[Callable[[], Exhibit]]) -> tuple[list[Exhibit], list[str]]:
    """The exhibits that can be made, and in words why the others cannot."""
    exhibits, reasons = [], []
    for make in makers:
        try:
            exhibits.append(make())
        except (AnalysisError, UnknownNameError) as error:
            reasons.append(str(error))
    return exhibits, reasons


def _settled(subject: Subject) -> Section | None:
    exhibits = convergence_exhibits(subject)
    return Section("convergence", "Is the sweep large enough?", tuple(exhibits)) if exhibits else None


def _conclusions(subject: Subject, judged: Sequence[ClaimResult]) -> Section | None:
    if not judged:
        return None
    return Section("conclusions", "The conclusions in detail", (claim_exhibit(judged, subject),))


def _reproduction(publication: Publication) -> Section | None:
    if not publication.scores:
        return None
    paragraphs = ("The central run, before anything is varied, beside the published tables.",)
    if publication.unexplained:
        paragraphs += ("What the model does not give back: " + " ".join(publication.unexplained),)
    return Section(
        "reproduction",
        "How well the model reproduces the study",
        (reproduction_exhibit(publication.scores),),
        paragraphs,
    )


def _resolution(subject: Subject, engine: Engine | None) -> Section | None:
    frame = None if engine is None else case_resolution(engine)
    if frame is None or frame.empty:
        return None
    title = "How far the region's resolution can be trusted"
    return Section("resolution", title, (resolution_exhibit(subject, frame),), (resolution_sentence(frame),))


def _health(subject: Subject, counts: _Counts, headlines: pd.DataFrame) -> Section:
    made = counts.runs - counts.missing
    paragraphs = (failure_words(counts.failed, made, subject.store.study.failures_allowed),)
    skipped = skipped_lines(headlines)
    if skipped:
        listed = "; ".join(f"{name} ({reason.rstrip('.')})" for name, reason in skipped)
        paragraphs += (f"Published results that this sweep cannot show: {listed}.",)
    return Section("health", "Run health", (health_exhibit(subject),), paragraphs)


def _provenance(subject: Subject) -> Section:
    study = subject.store.study
    notes = (*study.report.notes, *case_notes(subject))
    return Section(
        "provenance",
        "Where the numbers come from",
        (provenance_exhibit(subject),),
        notes,
        LongText("The study file", study.text),
    )
