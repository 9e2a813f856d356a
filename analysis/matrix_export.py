"""The social accounting matrix of a case for a spreadsheet, with what is published in it and what is reconstructed."""

from collections.abc import Iterator
from os import PathLike
from pathlib import Path

import pandas as pd

from ..data import read_case
from ..data.workbook import Row, write_csv, write_workbook
from ..engines.cge.accounts import AccountMatrix, account_matrix
from ..engines.cge.build import Economy
from ..engines.cge.published import PUBLISHED, RECONSTRUCTED, cell_table, published_totals, totals_table
from ..engines.cge.settings import read_settings

FORMS = (".xlsx", ".csv")


def write_matrix(
    case: str, number: int, path: str | PathLike[str], *, parameters: str | None = None
) -> tuple[Path, ...]:
    """Write a balanced matrix as a labelled square table that a spreadsheet opens.

    Parameters
    ----------
    case : str
        A bundled case, a folder or a workbook.
    number : int
        0 for the central matrix, else a numbered one.
    path : path
        An .xlsx file gets everything as sheets: `matrix`, `accounts`, `totals`, `cells` and `about`. A .csv file gets
        the matrix, and others beside it, named after it, the rest.
    parameters : str, optional
        A parameter set of the case; the default set if left out.

    Returns
    -------
    tuple of Path
        The files.

    Raises
    ------
    CaseError
        If the case has faults.
    InfeasibleMatrixError
        If the number has no matrix; the message names the constraint.
    ValueError
        If the file is of another kind, or the number negative.
    """
    out = Path(path)
    if out.suffix.lower() not in FORMS:
        raise ValueError(
            f"{out}: a matrix is written as {' or '.join(FORMS)}, not {out.suffix or 'without a suffix'!r}."
        )
    if number < 0:
        raise ValueError(f"The number of a matrix must not be negative, not {number}.")
    loaded = read_case(case)
    economy = Economy(loaded, read_settings(loaded, parameters, {}))
    matrix = economy.matrix(number)
    labelled = account_matrix(economy.sets, economy.totals, matrix, economy.calibrated(matrix))
    totals = published_totals(economy.sets, loaded.tables, labelled.accounts)
    about = [
        ("case", loaded.meta["title"]),
        ("matrix", f"number {number}" if number else "the central one, number 0"),
        ("unit", f"million {loaded.meta['currency']} of {loaded.meta['base_year']}"),
        ("reading", "rows receive, columns pay"),
        (PUBLISHED, "the cell is a published total by itself"),
        (RECONSTRUCTED, "the cell is balanced inside the published totals that it is listed with"),
        ("citation", loaded.meta["citation"]),
        ("licence", loaded.meta["licence"]),
        *(("note", note) for note in loaded.meta.get("notes", ())),  # type: ignore[attr-defined]
    ]
    sheets: dict[str, list[Row]] = {
        "matrix": list(_square(labelled)),
        "accounts": list(_rows(_accounts(labelled))),
        "totals": list(_rows(totals_table(labelled, totals))),
        "cells": list(_rows(cell_table(labelled, totals))),
        "about": [("key", "value"), *about],
    }
    if out.suffix.lower() == ".xlsx":
        write_workbook(out, sheets)
        return (out,)
    files = {name: out if name == "matrix" else out.with_name(f"{out.stem}-{name}{out.suffix}") for name in sheets}
    for name, file in files.items():
        write_csv(file, sheets[name])
    return tuple(files.values())


def _square(labelled: AccountMatrix) -> Iterator[Row]:
    """The matrix with the names of its accounts in the first row and column; cells without a flow are left blank."""
    names = list(labelled.frame.columns)
    yield ["receives / pays", *names]
    for name, row in zip(names, labelled.frame.to_numpy(), strict=True):
        yield [name, *(float(value) if value else None for value in row)]


def _accounts(labelled: AccountMatrix) -> pd.DataFrame:
    received, paid = labelled.frame.sum(axis=1).to_numpy(), labelled.frame.sum(axis=0).to_numpy()
    return labelled.accounts.assign(receives=received, pays=paid, difference=received - paid)


def _rows(frame: pd.DataFrame) -> Iterator[Row]:
    yield list(frame.columns)
    yield from frame.itertuples(index=False, name=None)
