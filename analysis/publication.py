"""What a study published beyond its headlines, as data that the report sets beside the sweep."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import pandas as pd

from ..engines import Engine
from .agreement import PublishedGrid, grid_values
from .case_file import case_text, file_of, table_from_text
from .reproduction import IN_SAMPLE, reproduce
from .sample import AnalysisError

GRID_COLUMNS = ("file", "where", "output", "column", "row", "title", "place")


@dataclass(frozen=True, slots=True)
class ReproductionScore:
    """How well the central run gives the published tables back.

    Parameters
    ----------
    parameters : str
        Name of the set of parameters ("inferred", "base-year").
    signs_agree, signs_of : int
        Signs of the published deviations.
    findings_hold, findings_of : int
        Findings of the publication in words.
    errors : mapping of str to float
        Root mean square error of each table.
    note : str
        What the reader must know of this set.
    """

    parameters: str
    signs_agree: int
    signs_of: int
    findings_hold: int
    findings_of: int
    errors: Mapping[str, float]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """What is set beside a sweep.

    Parameters
    ----------
    grids : tuple of PublishedGrid
        Tables of effects, shown as maps of signs.
    scores : tuple of ReproductionScore
        The central run against the published tables, one for each set of parameters.
    unexplained : tuple of str
        What the model does not give back, in words.
    """

    grids: tuple[PublishedGrid, ...] = ()
    scores: tuple[ReproductionScore, ...] = ()
    unexplained: tuple[str, ...] = ()


def score_from_record(record: Mapping[str, object], note: str = "") -> ReproductionScore:
    """A score from the object that `cordillera reproduce --json` prints.

    Parameters
    ----------
    record : mapping
        With `set`, `table_4_signs` (`agree`, `of`), `findings` (`hold`, `of`) and `rmse` by table.
    note : str
        What the reader must know of this set.
    """
    signs, findings, errors = (_numbers(record, name) for name in ("table_4_signs", "findings", "rmse"))
    return ReproductionScore(
        parameters=str(record["set"]),
        signs_agree=int(signs["agree"]),
        signs_of=int(signs["of"]),
        findings_hold=int(findings["hold"]),
        findings_of=int(findings["of"]),
        errors=errors,
        note=note,
    )


def case_publication(engine: Engine) -> Publication:
    """What an engine's case says was published; nothing where it says nothing.

    The central run is scored, under every set of parameters, for a case of the `cge` engine that has its study's
    findings.

    Raises
    ------
    AnalysisError
        If a table that the case names cannot be read.
    """
    grids = case_grids(engine)
    if engine.name != "cge" or not case_folder(engine).joinpath("findings.toml").is_file():
        return Publication(grids)
    runs = [(reproduce(engine.case, parameters), note) for parameters, note in IN_SAMPLE.items()]
    scores = tuple(score_from_record(run.as_json(), note) for run, note in runs)
    return Publication(grids, scores, tuple(line for run, _ in runs for line in run.unexplained))


def case_grids(engine: Engine) -> tuple[PublishedGrid, ...]:
    """The tables of effects that a case names in its `grids.csv`.

    Each line names a `file` of the case with the columns `scenario` and `value`, `where` (`column=label`) to keep of
    it, the `output` that it prints, the output's dimensions that stand in the `column` and in the `row`, a `title` and
    the `place` in the publication.

    Raises
    ------
    AnalysisError
        If a column or a file is missing.
    """
    folder = case_folder(engine)
    table = folder.joinpath("grids.csv")
    if not table.is_file():
        return ()
    frame = _read(table)
    _need(frame, GRID_COLUMNS, str(table))
    records = [{str(name): str(value) for name, value in row.items()} for row in frame.to_dict("records")]
    return tuple(_grid(folder, record) for record in records)


def _grid(folder: Traversable, record: Mapping[str, str]) -> PublishedGrid:
    source = file_of(folder, record["file"], "grids.csv")
    frame = _read(source)
    _need(frame, ("scenario", "value", record["column"], record["row"]), str(source))
    column, _, label = record["where"].partition("=")
    if label:
        _need(frame, (column,), str(source))
        frame = frame.loc[frame[column] == label, :]
    values = grid_values(frame, column=record["column"], row=record["row"])
    return PublishedGrid(record["title"], record["place"], record["output"], values)


def case_folder(engine: Engine) -> Traversable:
    """The folder of an engine's case, bundled or the user's."""
    folder = Path(engine.case)
    return folder if folder.is_dir() else resources.files("cordillera.data").joinpath("cases", engine.case)


def _read(source: Traversable) -> pd.DataFrame:
    return table_from_text(case_text(source), str(source))


def _need(frame: pd.DataFrame, columns: tuple[str, ...], origin: str) -> None:
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise AnalysisError(f"{origin} lacks the column(s) {', '.join(missing)}; it has {', '.join(frame.columns)}.")


def _numbers(record: Mapping[str, object], name: str) -> dict[str, float]:
    part = record[name]
    if not isinstance(part, Mapping):
        raise AnalysisError(f"The record of a reproduction has {part!r} under {name!r}; it must be a table of numbers.")
    return {str(key): float(value) for key, value in part.items()}
