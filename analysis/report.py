"""One HTML page on one study or several, which opens from a file, and the data behind its figures as CSV."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ..data.writing import whole_file
from ..engines import Engine
from ..sweeps.study import Study
from .chapter import chapter_of
from .exhibit import Chapter, Exhibit
from .publication import Publication, case_publication
from .sample import SweepResults
from .tables import slug, write_csv

_PACKAGE = "cordillera.analysis"

EngineLookup = Callable[[Study], Engine | None]
PublicationLookup = Callable[[Study, Engine], Publication]


def built_engine(study: Study) -> Engine | None:
    """The engine that a study names."""
    return study.build_engine()


def published_by_case(study: Study, engine: Engine) -> Publication:
    """What the engine's case says was published."""
    return case_publication(engine)


def write_report(
    stores: Sequence[SweepResults],
    out: Path,
    *,
    engine_of: EngineLookup = built_engine,
    publication_of: PublicationLookup = published_by_case,
) -> Path:
    """Write a report on one store or several.

    Parameters
    ----------
    stores : sequence of Store
        The sweeps, a chapter each, finished or not.
    out : Path
        The page, if it ends in `.html` or `.htm`; otherwise a folder, in which the page is `report.html`. The data go
        into a folder beside the page, `report_data` for `report.html`.
    engine_of : function of a Study
        Gives the engine, for descriptions, central values and headlines; None goes without them.
    publication_of : function of a Study and an Engine
        Gives what was published beyond the headlines: tables of signs and scores of the reproduction.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    ValueError
        If there is no store.
    AnalysisError
        If a table of the case cannot be read.
    """
    if not stores:
        raise ValueError("A report needs at least one store; give the path of one.")
    page = out if out.suffix.lower() in (".html", ".htm") else out / "report.html"
    folder = page.with_name(f"{page.stem}_data")
    chapters = []
    for store, name in zip(stores, _slugs(stores), strict=True):
        engine = engine_of(store.study)
        publication = Publication() if engine is None else publication_of(store.study, engine)
        chapters.append(_filed(chapter_of(store, engine, publication, name), folder))
    # A store may hold halves of letters, which are none.
    with whole_file(page) as partial:
        partial.write_text(_rendered(chapters, folder.name), encoding="utf-8", errors="replace")
    return page


def _slugs(stores: Sequence[SweepResults]) -> list[str]:
    """A name for each store, unique on the page."""
    names: list[str] = []
    for store in stores:
        name = wanted = slug(store.study.name)
        number = 2
        while name in names:
            name, number = f"{wanted}-{number}", number + 1
        names.append(name)
    return names


def _filed(chapter: Chapter, folder: Path) -> Chapter:
    """The chapter with its data written, each figure and table pointing at its file."""
    prefix = chapter.anchor
    front = chapter.front
    headline_file = claim_file = ""
    if front.headlines:
        headline_file = _written(Exhibit("headlines", "", front.headline_data), prefix, folder).file
    if front.claims:
        claim_file = _written(Exhibit("conclusions", "", front.claim_data), prefix, folder).file
    sections = tuple(
        replace(
            section,
            anchor=f"{prefix}-{section.name}",
            exhibits=tuple(_written(exhibit, prefix, folder) for exhibit in section.exhibits),
        )
        for section in chapter.sections
    )
    return replace(chapter, headline_file=headline_file, claim_file=claim_file, sections=sections)


def _written(exhibit: Exhibit, prefix: str, folder: Path) -> Exhibit:
    name = f"{prefix}-{slug(exhibit.name)}"
    write_csv(exhibit.data, folder / f"{name}.csv")
    return replace(exhibit, anchor=f"{name}-figure", file=f"{folder.name}/{name}.csv")


def _rendered(chapters: Sequence[Chapter], folder: str) -> str:
    loader = PackageLoader(_PACKAGE, "templates")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters["ticked"] = _ticked
    style = loader.get_source(environment, "style.css")[0]
    title = chapters[0].title if len(chapters) == 1 else "How far can these results be trusted?"
    text = environment.get_template("report.html.j2").render(
        chapters=chapters,
        title=title,
        tagline="Uncertainty report: how far can these results be trusted?",
        style=Markup(style),
        version=version("cordillera"),
        folder=folder,
    )
    return re.sub(r"\n\s*\n+", "\n", text)


def _ticked(text: str) -> Markup:
    """A text in which what stands between backticks is code."""
    parts = [Markup("<code>{}</code>") if place % 2 else Markup("{}") for place in range(len(text.split("`")))]
    return Markup("").join(form.format(part) for form, part in zip(parts, text.split("`"), strict=True))
