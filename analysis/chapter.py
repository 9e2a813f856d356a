"""One study's chapter of the report, put together from its store."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

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
from .caveats import caveats, nothing_solved, void_words
from .claims import ClaimResult, claims
from .evidence import agreement_exhibit, convergence_exhibits, fan_exhibits, importance_exhibits, importance_of
from .exhibit import Chapter, Exhibit, Front, LongText, Section
from .front import facts, failure_words, front_page, skipped_lines
from .headline import headline_questions, headline_table
from .importance import Importance
from .interactions import interaction_exhibit
from .line_exhibit import line_exhibits
from .moment_exhibit import moment_exhibit
from .publication import Publication
from .region import Region, region_of
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
    if nothing_solved(store):
        return _void_chapter(store, engine, slug)
    headlines = pd.DataFrame() if engine is None else headline_table(store, engine)
    about = list(headlines["output"].value_counts().index) if len(headlines) else []
    subject = subject_of(store, engine, slug, about, headline_questions(headlines))
    region = region_of(engine)
    judged = claims(store)
    found, lacking = _importance(subject)
    counts = _counts(store)
    study = store.study
    return Chapter(
        anchor=slug,
        title=study.report.title or plain(study.name.replace("-", " ")),
        eyebrow=f"{study.engine} · {_case_name(store, engine)} · {study.name}",
        description=study.description,
        facts=facts(subject, counts.failed, counts.missing),
        alerts=_alerts(store, counts),
        front=front_page(subject, headlines, judged, found),
        headline_file="",
        claim_file="",
        sections=tuple(
            section
            for section in (
                _paths(subject, region),
                _along(subject, region),
                _maps(subject, engine, region),
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


def _void_chapter(store: SweepResults, engine: Engine | None, slug: str) -> Chapter:
    """The chapter of a sweep without a single result: why, what was asked, and by what means."""
    study, counts = store.study, _counts(store)
    subject = subject_of(store, engine, slug, [])
    first, *remedies = void_words(store)
    if remedies:
        remedies.append(
            "What to do: look at the ranges under “The assumptions”, narrow them in the study, and run it into a new "
            "store. `cordillera check STUDY` names, before any run, the draws that the model cannot take; "
            "`cordillera replay STORE DRAW` solves one draw again."
        )
    return Chapter(
        anchor=slug,
        title=study.report.title or plain(study.name.replace("-", " ")),
        eyebrow=f"{study.engine} · {_case_name(store, engine)} · {study.name}",
        description=study.description,
        facts=facts(subject, counts.failed, counts.missing),
        alerts=(*_alerts(store, counts)[:1], *remedies),
        front=Front((first,), subject.words),
        headline_file="",
        claim_file="",
        sections=(
            Section("assumptions", "The assumptions", (assumption_exhibit(subject, engine),)),
            Section("health", "Run health", (health_exhibit(subject),)),
            _provenance(subject),
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
    return (*alerts, *caveats(store))


def _case_name(store: SweepResults, engine: Engine | None) -> str:
    """The case by its own name: that of its folder or workbook, where a study gives a path."""
    case = str(store.study.case if engine is None else engine.case)
    place = Path(case).resolve()
    if not Path(case).exists():
        return case
    return place.name if place.is_dir() else place.stem


def _paths(subject: Subject, region: Region | None) -> Section | None:
    exhibits = fan_exhibits(subject)
    if not exhibits:
        return None
    arrays = [subject.array(name) for name in subject.paths]
    areas = [str(label) for array in arrays if "area" in array.coords for label in array["area"].values]
    words = "" if region is None else region.explained(dict.fromkeys(areas))
    return Section("paths", "Paths over time", tuple(exhibits), (words,) if words else ())


def _along(subject: Subject, region: Region | None) -> Section | None:
    exhibits = line_exhibits(subject, region)
    return Section("line", "Along the line and around it", tuple(exhibits)) if exhibits else None


def _maps(subject: Subject, engine: Engine | None, region: Region | None) -> Section | None:
    exhibits = map_exhibits(subject, engine, region)
    return Section("maps", "Maps", tuple(exhibits)) if exhibits else None


def _carriers(subject: Subject, found: dict[str, Importance], lacking: str) -> Section | None:
    title = "Which assumptions carry the uncertainty"
    moments = moment_exhibit(subject)
    if lacking:
        return Section("importance", title, () if moments is None else (moments,), (lacking,))
    made = (*importance_exhibits(subject, found), interaction_exhibit(subject), moments)
    exhibits = [exhibit for exhibit in made if exhibit is not None]
    return Section("importance", title, tuple(exhibits)) if exhibits else None


def _signs(subject: Subject, publication: Publication) -> list[Section]:
    if not publication.grids:
        return []
    outputs = subject.store.study.outputs
    kept = [grid for grid in publication.grids if grid.output in outputs]
    exhibits, reasons = _tried([lambda grid=grid: agreement_exhibit(subject, grid) for grid in kept])
    lacking = [
        f"{grid.place} prints {grid.output}, which the study does not keep."
        for grid in publication.grids
        if grid.output not in outputs
    ]
    return [Section("signs", "Do the published signs stand?", tuple(exhibits), (*reasons, *lacking))]


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
        reasons = Counter(reason.rstrip(".") for _, reason in skipped)
        listed = "; ".join(f"{count} ({reason})" for reason, count in reasons.items())
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
