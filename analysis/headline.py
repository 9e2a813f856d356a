"""Every published headline beside the model's central value, its band, and what carries most of it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd

from .. import data
from ..engines import BASELINE, Engine, Scenario, SolveError, UnknownNameError
from ..sweeps import Study
from .bands import QUANTILES, good_rows, moments_of, quantiles_of
from .case_file import case_text, table_from_text
from .headline_carrier import CarrierOf, headline_carriers
from .indices import DEFAULT_SEED
from .sample import AnalysisError, Rows, SweepResults, independent_rows, output_sample, sampling_weights

COLUMNS = (
    "id",
    "label",
    "output",
    "scenario",
    "relative_to",
    "select",
    "published",
    "unit",
    "table",
    "page",
    "format_decimals",
)


@dataclass(frozen=True, slots=True)
class Headline:
    """One published number that a case names as a headline.

    Parameters
    ----------
    id, label : str
        Short name, and what it says in words.
    output, scenario : str
        Where the model has it.
    relative_to : str, optional
        The scenario from which it is a difference.
    select : mapping of str to str
        Labels of the output's dimensions.
    published : float
        The printed number, in `unit`.
    table, page : str
        Where it is printed.
    decimals : int
        How it is printed.
    """

    id: str
    label: str
    output: str
    scenario: str
    relative_to: str | None
    select: Mapping[str, str]
    published: float
    unit: str
    table: str
    page: str
    decimals: int


def read_headlines(text: str, origin: str) -> list[Headline]:
    """The headlines of a case from the text of its `headlines.csv`.

    Parameters
    ----------
    text : str
        A CSV with the columns `COLUMNS`; `select` is `dimension=label`, several joined by semicolons.
    origin : str
        What the text is called in messages.

    Raises
    ------
    AnalysisError
        If a column is missing or a cell cannot be read; all faults at once, each with its line.
    """
    frame = table_from_text(text, origin)
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        message = f"{origin} lacks the column(s) {', '.join(missing)}; it must have {', '.join(COLUMNS)}."
        raise AnalysisError(message)
    headlines, faults = [], []
    for line, row in enumerate(frame.to_dict("records"), start=2):
        cells = {str(name): str(value).strip() for name, value in row.items()}
        try:
            headlines.append(_headline(cells))
        except ValueError as fault:
            faults.append(f"line {line} ({cells['id']}): {fault}")
    if faults:
        raise AnalysisError(f"{origin} has faults.\n" + "\n".join(faults))
    return headlines


def case_headlines(engine: Engine) -> list[Headline]:
    """The headlines of an engine's case, bundled or a folder of the user's; none if it has no `headlines.csv`."""
    folder = Path(engine.case)
    source = folder if folder.is_dir() else resources.files(data).joinpath("cases", engine.case)
    table = source.joinpath("headlines.csv")
    return read_headlines(case_text(table), str(table)) if table.is_file() else []


def headline_table(
    store: SweepResults,
    engine: Engine,
    headlines: list[Headline] | None = None,
    *,
    resamples: int = 100,
    seed: int = DEFAULT_SEED,
) -> pd.DataFrame:
    """The published headlines beside the model.

    Parameters
    ----------
    store : Store
        A sweep of any design.
    engine : Engine
        The study's engine, which is solved once at its defaults for the central values.
    headlines : list of Headline, optional
        Those of the engine's case if left out.
    resamples, seed : int
        Of the confidence of the indices.

    Returns
    -------
    pandas.DataFrame
        A row for every headline that the sweep has: `id`, `label`, `output`, `scenario`, `relative_to`, `select`,
        `published`, `central` (the model at its defaults), `mean`, `standard_deviation`, `q05`, `q25`, `q50`, `q75`,
        `q95` (of a quadrature those of the normal law with its moments), `probability_of_sign` (share of the
        independent draws with the sign of the published number, NaN where that is 0 or the design is a quadrature),
        `inside` (whether the published number lies between q05 and q95), `carried_by` (the factor that matters most by
        the measure of the design, see `importance`) with `carried_share` and `carried_confidence` where that is a
        total-order index, `rows`, `failed`, `unit`, `table`, `page`, `decimals`. `attrs["skipped"]` maps the id of
        every other headline to the reason.
    """
    wanted = case_headlines(engine) if headlines is None else headlines
    outcome = store.outcome()
    rows: dict[str, Rows] = {}
    skipped: dict[str, str] = {}
    for line in wanted:
        lacking = _left_out(store.study, line)
        if lacking:
            skipped[line.id] = lacking
            continue
        try:
            sample = output_sample(store, line.output, line.relative_to, line.select, outcome)
            found = sample.rows(line.scenario)
            if found.values.shape[1] != 1:
                left = ", ".join(sample.dims)
                raise AnalysisError(f"select leaves {left} open; a headline is one number.")
            rows[line.id] = found
        except (AnalysisError, UnknownNameError) as error:
            skipped[line.id] = str(error)
    kept = [line for line in wanted if line.id not in skipped]
    central = _central(engine, store.study.scenarios, kept)
    carrier = headline_carriers(store, resamples, seed)
    records = [_record(store, line, rows[line.id], central[line.id], carrier) for line in kept]
    table = pd.DataFrame.from_records(records)
    table.attrs["skipped"] = skipped
    return table


def _left_out(study: Study, line: Headline) -> str:
    """What a headline needs and the study leaves out, in words; nothing if it has all."""
    if line.output not in study.outputs:
        return f"the study does not keep the output {line.output}"
    known = {BASELINE, *(scenario.name for scenario in study.scenarios)}
    unknown = [name for name in (line.scenario, line.relative_to) if name and name not in known]
    return f"the study does not run the policy {unknown[0]}" if unknown else ""


def headline_questions(table: pd.DataFrame) -> list[tuple[str, Mapping[str, list[str]]]]:
    """The output of every line of a `headline_table`, and the labels at which it is taken."""
    if not len(table):
        return []
    pairs = zip(table["output"], table["select"], strict=True)
    return [(str(output), {dim: [label] for dim, label in _selection(str(select)).items()}) for output, select in pairs]


def _headline(cells: Mapping[str, str]) -> Headline:
    """One row of the table; a ValueError says which cell is wrong."""
    numbers: dict[str, float] = {}
    for name in ("published", "format_decimals"):
        try:
            numbers[name] = float(cells[name])
        except ValueError:
            raise ValueError(f"{name} is {cells[name]!r}, which is not a number") from None
    return Headline(
        id=cells["id"],
        label=cells["label"],
        output=cells["output"],
        scenario=cells["scenario"],
        relative_to=cells["relative_to"] or None,
        select=_selection(cells["select"]),
        published=numbers["published"],
        unit=cells["unit"],
        table=cells["table"],
        page=cells["page"],
        decimals=int(numbers["format_decimals"]),
    )


def _selection(text: str) -> dict[str, str]:
    """Labels by dimension; a ValueError says how they are written."""
    select = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        dimension, separator, label = part.partition("=")
        if not separator:
            raise ValueError(f"select is {text!r}; write dimension=label, several joined by semicolons")
        select[dimension.strip()] = label.strip()
    return select


def _central(engine: Engine, policies: Sequence[Scenario], lines: Sequence[Headline]) -> dict[str, float]:
    """The model's own value of each headline, at its defaults; NaN if a run that it needs does not solve."""
    outputs = list(dict.fromkeys(line.output for line in lines))
    values: dict[str, float] = {}
    try:
        solved = engine.solve({}, policies, outputs)
    except SolveError:
        # Lines that need fewer policies may have their values still.
        by_need: dict[tuple[Scenario, ...], list[Headline]] = {}
        for line in lines:
            needed = tuple(policy for policy in policies if policy.name in (line.scenario, line.relative_to))
            by_need.setdefault(needed, []).append(line)
        for needed, some in by_need.items():
            if len(needed) < len(policies):
                values |= _central(engine, needed, some)
            else:
                values |= {line.id: math.nan for line in some}
        return values
    for line in lines:
        amount = solved[line.output].sel(scenario=line.scenario)
        if line.relative_to is not None:
            amount = amount - solved[line.output].sel(scenario=line.relative_to)
        for dimension, label in line.select.items():
            amount = amount.isel({dimension: int(np.argmax(amount[dimension].values.astype(str) == label))})
        values[line.id] = float(amount)
    return values


def _record(
    store: SweepResults, line: Headline, rows: Rows, central: float, carrier: CarrierOf
) -> dict[str, str | float | int | bool]:
    """One row of the table of headlines."""
    weights = sampling_weights(store)
    values = rows.values[good_rows(store, rows)].astype(np.float64)
    levels, mean, spread = np.full(len(QUANTILES), np.nan), math.nan, math.nan
    if len(values):
        levels = quantiles_of(values, np.array(QUANTILES), weights)[:, 0]
        mean, spread = moments_of(values, weights)[:, 0]
    signed = line.published != 0 and len(values) > 0 and weights is None
    name, share, confidence = carrier(line, rows)
    return {
        "id": line.id,
        "label": line.label,
        "output": line.output,
        "scenario": line.scenario,
        "relative_to": line.relative_to or "",
        "select": "; ".join(f"{dimension}={label}" for dimension, label in line.select.items()),
        "published": line.published,
        "central": central,
        "mean": float(mean),
        "standard_deviation": float(spread),
        **{f"q{round(100 * level):02d}": float(value) for level, value in zip(QUANTILES, levels, strict=True)},
        "probability_of_sign": float(np.mean(np.sign(values) == np.sign(line.published))) if signed else math.nan,
        "inside": bool(levels[0] <= line.published <= levels[-1]),
        "carried_by": name,
        "carried_share": share,
        "carried_confidence": confidence,
        "rows": len(values),
        "failed": int(rows.failed[independent_rows(store)].sum()),
        "unit": line.unit,
        "table": line.table,
        "page": line.page,
        "decimals": line.decimals,
    }
