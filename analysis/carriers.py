"""Which assumptions carry each cell of an output, largest first: what `cordillera analyze` prints."""

import numpy as np
import pandas as pd
import xarray as xr

from ..engines import BASELINE
from .importance import CELL, importance, unranked_words
from .sample import AnalysisError, SweepResults

_FEW_CELLS = 3


def carriers(store: SweepResults, output: str, count: int = 3) -> pd.DataFrame:
    """The factors that matter most for each cell of an output.

    Parameters
    ----------
    store : Store
        A sweep of any design. With scenarios, their paired differences from the baseline are explained, else the
        baseline itself.
    output : str
        The output.
    count : int
        Factors listed for a cell.

    Returns
    -------
    pandas.DataFrame
        Columns `scenario`, `cell`, `factor`, `amount`, `confidence` (half-width of its 95 % interval, NaN of a measure
        without one) and `unit`, largest first within a cell. Cells that do not vary have no rows.

    Raises
    ------
    AnalysisError
        If the design has too few rows to say anything, or no cell has an index.
    """
    found = importance(store, output, relative_to=BASELINE if store.study.scenarios else None)
    total = found.indices["total"]
    spread = found.indices.get("total_confidence", xr.full_like(total, np.nan))
    rows = []
    for scenario in total["scenario"].values:
        for cell in total[CELL].values:
            at = {"scenario": scenario, CELL: cell}
            amounts, widths = total.sel(at).values, spread.sel(at).values
            order = np.argsort(-np.nan_to_num(amounts, nan=-np.inf), kind="stable")
            rows += [
                (
                    str(scenario),
                    str(cell),
                    str(total["factor"].values[i]),
                    float(amounts[i]),
                    float(widths[i]),
                    found.unit,
                )
                for i in order[:count]
                if np.isfinite(amounts[i])
            ]
    if not rows:
        raise AnalysisError(unranked_words(store, found, output))
    return pd.DataFrame(rows, columns=["scenario", "cell", "factor", "amount", "confidence", "unit"])


def outputs_of_interest(store: SweepResults) -> list[str]:
    """The outputs that a study's report or its claims name, or else those of a few cells."""
    study = store.study
    if study.report.outputs:
        return list(study.report.outputs)
    spoken = dict.fromkeys(name for claim in study.claims for name in claim.outputs_needed if name in study.outputs)
    return list(spoken) or [name for name in study.outputs if store.output(name)[0, 0].size <= _FEW_CELLS]
