"""How far a region among groups of far places gives what the world by single places would."""

import math

import numpy as np
import pandas as pd

from ..engines import Engine
from .case_file import case_text, table_from_text
from .exhibit import Exhibit
from .publication import case_folder
from .sample import AnalysisError
from .subject import Subject
from .tables import Cell, TextTable, number, plain

COLUMNS = ("item", "label", "scenario", "draw", "full", "region", "difference_percent")
CENTRAL = "central"
_NUMBERS = ("full", "region", "difference_percent")


def read_resolution(text: str, origin: str) -> pd.DataFrame:
    """Results at two resolutions, from the text of a case's `resolution.csv`.

    Parameters
    ----------
    text : str
        A CSV with the columns `COLUMNS`; `draw` is "central" or the number of a draw.
    origin : str
        What the text is called in messages.

    Raises
    ------
    AnalysisError
        If a column is missing or a number cannot be read.
    """
    frame = table_from_text(text, origin)
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        message = f"{origin} lacks the column(s) {', '.join(missing)}; it must have {', '.join(COLUMNS)}."
        raise AnalysisError(message)
    records: list[dict[str, str | float]] = []
    faults: list[str] = []
    for line, row in enumerate(frame.to_dict("records"), start=2):
        cells: dict[str, str | float] = {name: str(row[name]).strip() for name in COLUMNS}
        for name in _NUMBERS:
            try:
                # An empty cell stands for a difference that means nothing, such as one from zero.
                cells[name] = float(cells[name] or math.nan)
            except ValueError:
                faults.append(f"line {line}: {name} is {cells[name]!r}, which is not a number")
        records.append(cells)
    if faults:
        raise AnalysisError(f"{origin} has faults.\n" + "\n".join(faults))
    return pd.DataFrame.from_records(records, columns=list(COLUMNS))


def case_resolution(engine: Engine) -> pd.DataFrame | None:
    """The results at two resolutions that an engine's case has; None if it has none.

    Raises
    ------
    AnalysisError
        If its table cannot be read.
    """
    table = case_folder(engine).joinpath("resolution.csv")
    return read_resolution(case_text(table), str(table)) if table.is_file() else None


def resolution_exhibit(subject: Subject, frame: pd.DataFrame) -> Exhibit:
    """The central run at both resolutions, a line a result, with the largest difference in the other draws."""
    central = frame.loc[frame["draw"] == CENTRAL]
    others = frame.loc[frame["draw"] != CENTRAL]
    largest = others["difference_percent"].abs().groupby([others["item"], others["scenario"]]).max()
    rows = []
    for line in central.to_dict("records"):
        scenario = str(line["scenario"])
        cells = (
            Cell(str(line["label"]), note=subject.scenarios.get(scenario, plain(scenario))),
            Cell(number(float(line["full"])), "number"),
            Cell(number(float(line["region"])), "number"),
            Cell(number(float(line["difference_percent"]), 2), "number"),
        )
        if len(others):
            most = float(largest.get((line["item"], line["scenario"]), math.nan))
            cells += (Cell(number(most, 2), "number"),)
        rows.append(cells)
    draws = others["draw"].nunique()
    columns = ("Result", "Whole world", "Region", "Difference, %")
    if draws:
        columns += (f"Largest difference in {draws} other draws, %",)
    return Exhibit("resolution", "", frame, table=TextTable(columns, tuple(rows)))


def resolution_sentence(frame: pd.DataFrame) -> str:
    """What the two resolutions are, and how far they differ at most."""
    central = frame.loc[frame["draw"] == CENTRAL]
    others = frame.loc[frame["draw"] != CENTRAL]
    text = (
        "The runs keep every place of the region and group the places of the rest of the world. Beside them stands the "
        "same run with every place of the world by itself."
    )
    if central["difference_percent"].notna().any():
        text += f" In the central run {_largest(central)}"
        if others["difference_percent"].notna().any():
            text += f"; over {others['draw'].nunique()} other draws {_largest(others)}"
        text += "."
    return text


def _largest(frame: pd.DataFrame) -> str:
    amounts = frame["difference_percent"].abs()
    place = int(np.nanargmax(amounts.to_numpy()))
    return f"no result differs by more than {number(float(amounts.iloc[place]), 2)} % (“{frame['label'].iloc[place]}”)"
