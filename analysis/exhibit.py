"""What the report's page is made of, as plain values that the templates lay out."""

from dataclasses import dataclass, field

import pandas as pd
from markupsafe import Markup

from .tables import HeatMap, TextTable
from .vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Panel:
    """One drawing of a figure, with its heading; `order` is its place where the page is narrow."""

    title: str
    svg: Markup
    unit: str = ""
    order: int = 0


@dataclass(frozen=True, slots=True)
class PanelGroup:
    """Panels that stand together.

    `layout` is "narrow" (six on a desk; "narrow four" and "narrow five" as many) or "wide" (three), with "two" or "one"
    added.
    """

    title: str
    panels: tuple[Panel, ...]
    layout: str = "narrow"


@dataclass(frozen=True, slots=True)
class Card:
    """One conclusion in detail: lines are (label, text)."""

    title: str
    glyph: Markup
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A figure or a table of the page, and the numbers behind it, which become the file `name`.csv."""

    name: str
    title: str
    data: pd.DataFrame
    caption: tuple[str, ...] = ()
    groups: tuple[PanelGroup, ...] = ()
    legend: tuple[tuple[str, str], ...] = ()
    heat: HeatMap | None = None
    table: TextTable | None = None
    cards: tuple[Card, ...] = ()
    anchor: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class LongText:
    """A text that is folded away until it is asked for."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a chapter."""

    name: str
    title: str
    exhibits: tuple[Exhibit, ...] = ()
    paragraphs: tuple[str, ...] = ()
    text: LongText | None = None
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class HeadlineLine:
    """One published result on the first page; `group` and its `unit` are set where a new group of lines starts."""

    label: str
    place: str
    published: str
    central: str
    glyph: Markup
    interval: str
    interval_unit: str
    outside: bool
    sign: str
    weak: bool
    carrier: str
    carrier_share: str
    group: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One conclusion on the first page."""

    statement: str
    share: str
    weak: bool
    glyph: Markup
    interval: str
    carrier: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A number that the reader should know before all others."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Front:
    """The first page of a study. `headline_data` and `claim_data` become CSV files."""

    verdict: tuple[str, ...]
    words: Vocabulary
    headlines: tuple[HeadlineLine, ...] = ()
    headline_caption: str = ""
    headline_data: pd.DataFrame = field(default_factory=pd.DataFrame)
    claims: tuple[ClaimLine, ...] = ()
    claim_caption: str = ""
    claim_data: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True, slots=True)
class Chapter:
    """Everything that the page says of one study."""

    anchor: str
    title: str
    eyebrow: str
    description: str
    facts: tuple[Fact, ...]
    alerts: tuple[str, ...]
    front: Front
    headline_file: str
    claim_file: str
    sections: tuple[Section, ...]
