"""Numbers as a reader sees them, and the CSV file behind every figure and table."""

import math
import re
from dataclasses import dataclass
from pathlib import Path

import cmcrameri  # noqa: F401 - registers its colour maps as cmc.*
import matplotlib as mpl
import numpy as np
import pandas as pd
import xarray as xr
from markupsafe import Markup
from matplotlib.colors import to_hex, to_rgb

from ..data.workbook import neutral_frame
from ..data.writing import whole_file

_ABBREVIATIONS = {"cpi", "gdp", "tfp"}
_MINUS = "−"
_THIN = "\u2009"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table of the page; `kind` is "text" or "number"."""

    text: str | Markup
    kind: str = "text"
    note: str = ""


@dataclass(frozen=True, slots=True)
class TextTable:
    """A plain table of the page."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One coloured cell: what it says, what it says in full, and its colours."""

    text: str
    note: str
    fill: str
    ink: str


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A table of coloured cells: `heads` are (label, number of columns), `columns` the second line of the head.

    `share` says what the shares are of, before the legend.
    """

    heads: tuple[tuple[str, int], ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[HeatCell, ...]], ...]
    legend: tuple[tuple[str, str], ...]
    share: str


def write_csv(frame: pd.DataFrame, path: Path) -> Path:
    """Write a table that a spreadsheet opens without taking a text for a formula.

    Parameters
    ----------
    frame : DataFrame
        Its index is left out.
    path : Path
        The file; its folder is made if need be.
    """
    # The byte order mark is what lets a spreadsheet see that the file is UTF-8.
    with whole_file(path) as partial:
        neutral_frame(frame).to_csv(partial, index=False, encoding="utf-8-sig", lineterminator="\n")
    return path


def number(value: float, digits: int = 3) -> str:
    """A number to `digits` significant digits, never in powers of ten, with a true minus sign; a dash for none."""
    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{min(places, 6)}f}"
    if not text.strip("-0.,"):
        return "0"
    return text.replace("-", _MINUS)


def short(value: float, digits: int = 4) -> str:
    """A number as a person writes it: `digits` significant digits at most, no zeros at the end."""
    text = number(value, digits)
    return text.rstrip("0").rstrip(".") if "." in text else text


def decimals(values: list[float], digits: int = 3, places: int | None = None) -> list[str]:
    """Numbers that stand together, with `places` decimals or those that the largest needs for `digits` digits."""
    if places is None:
        sizes = [abs(value) for value in values if math.isfinite(value) and value]
        places = min(6, max(0, digits - 1 - math.floor(math.log10(max(sizes, default=1.0)))))
    texts = [f"{value:,.{places}f}" if math.isfinite(value) else "–" for value in values]
    return [(text if text.strip("-0.,") else text.lstrip("-")).replace("-", _MINUS) for text in texts]


def percent(share: float) -> str:
    """A share in whole percents; "over 99 %" and "under 1 %" where rounding would claim certainty."""
    if not math.isfinite(share):
        return "–"
    if 0.995 <= share < 1:
        return f"over{_THIN}99{_THIN}%"
    if 0 < share < 0.005:
        return f"under{_THIN}1{_THIN}%"
    return f"{100 * share:.0f}{_THIN}%"


def plain(name: str) -> str:
    """A name of a study or model as words: `coastal_boom` is "Coastal boom"."""
    words = [word.upper() if word in _ABBREVIATIONS else word for word in re.split(r"[_\s]+", name.strip())]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def slug(text: str) -> str:
    """`text` as the name of a file or anchor: lower case letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60].rstrip("-") or "study"


def long_frame(data: xr.DataArray | xr.Dataset) -> pd.DataFrame:
    """Every number of an array or dataset in a line of its own, with its labels."""
    dataset = data.to_dataset(name=str(data.name or "value")) if isinstance(data, xr.DataArray) else data
    if not dataset.dims:
        return pd.DataFrame([{str(name): array.values.item() for name, array in dataset.variables.items()}])
    return dataset.to_dataframe().reset_index()


def agreement_cell(share: float, published: float, interval: str, threshold: float, rows: str = "draws") -> HeatCell:
    """A cell of the map of signs: blue where the draws agree with the publication, brown where they contradict it.

    Parameters
    ----------
    share : float
        Share of the draws whose sign is the published one.
    published : float
        The published number; where it is not larger than `threshold` there is no sign to agree with.
    interval : str
        The model's band in words.
    threshold : float
        In the unit of `published`.
    rows : str
        What the shares are of.
    """
    if not math.isfinite(share) or not math.isfinite(published) or abs(published) <= threshold:
        return HeatCell(
            "·", f"published {number(published)}: no sign to compare; model {interval}", "#f3f5f7", "#5b6b78"
        )
    fill = _agreement_colour(share)
    ink = "#ffffff" if _luminance(fill) < 0.3 else "#1c2b39"
    note = f"published {number(published)}; model {interval}; same sign in {percent(share)} of the {rows}"
    return HeatCell(f"{100 * share:.0f}", note, fill, ink)


def agreement_legend() -> tuple[tuple[str, str], ...]:
    """Colours and their meaning, from contradiction to agreement."""
    return tuple((_agreement_colour(share), f"{100 * share:.0f}{_THIN}%") for share in (0.0, 0.25, 0.5, 0.75, 1.0))


def _agreement_colour(share: float) -> str:
    return to_hex(mpl.colormaps["cmc.vik"](1 - share))


def _luminance(fill: str) -> float:
    colour = np.asarray(to_rgb(fill))
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))
