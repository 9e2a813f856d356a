"""Signs of a published table against the draws: how often the model moves each number the way that was printed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from .bands import QUANTILES, bands, good_rows
from .sample import AnalysisError, SweepResults, output_sample, sampling_weights


@dataclass(frozen=True, slots=True)
class PublishedGrid:
    """A published table of effects that an output of the model reproduces.

    Parameters
    ----------
    title, place : str
        What the table shows, and where it stands ("Table 4, page 14").
    output : str
        The output whose paired difference from `relative_to` the table prints.
    values : (scenario, column, row) float
        The printed numbers; the names of the last two dimensions are dimensions of the output, the last one is laid
        down the page. NaN where nothing is printed.
    relative_to : str
        The scenario from which the differences are taken.
    threshold : float
        A number that is not larger than this has no sign to agree with.
    labels : mapping of str to str
        Labels as printed; the model's own in words where there is none.
    """

    title: str
    place: str
    output: str
    values: xr.DataArray
    relative_to: str = "baseline"
    threshold: float = 0.005
    labels: tuple[tuple[str, str], ...] = ()


def grid_values(frame: pd.DataFrame, column: str, row: str, value: str = "value") -> xr.DataArray:
    """The values of a `PublishedGrid` from a long table with a column `scenario` and one for each dimension.

    Labels keep the order in which they first appear.

    Raises
    ------
    ValueError
        If a cell is given twice.
    """
    dims = ["scenario", column, row]
    if frame.duplicated(dims).any():
        twice = frame.loc[frame.duplicated(dims), dims].iloc[0].tolist()
        raise ValueError(f"The published table gives the cell {twice} twice; leave one row of it.")
    order = {name: list(dict.fromkeys(frame[name])) for name in dims}
    series = frame.set_index(dims)[value].astype(np.float64)
    index = pd.MultiIndex.from_product([order[name] for name in dims], names=dims)
    shape = [len(order[name]) for name in dims]
    return xr.DataArray(series.reindex(index).to_numpy().reshape(shape), dims=dims, coords=order)


def sign_agreement(store: SweepResults, grid: PublishedGrid) -> xr.Dataset:
    """The share of the independent draws whose effect has the published sign, for every cell of a published table.

    Parameters
    ----------
    store : Store
        A sweep that keeps the output.
    grid : PublishedGrid
        The table; scenarios that the sweep does not have are left out.

    Returns
    -------
    xarray.Dataset
        `share` in [0, 1], `published` and the model's `low`, `median`, `high` (5, 50 and 95 in 100), over (scenario,
        column, row); NaN where there is no published number, no sign or no draw, and in a
        quadrature, whose points are no sample. `rows` used over (scenario).

    Raises
    ------
    AnalysisError
        If the sweep and the table have no scenario in common, or labels that differ.
    """
    names = [str(name) for name in grid.values.dims[1:]]
    select = {name: [str(label) for label in grid.values[name].values] for name in names}
    sample = output_sample(store, grid.output, grid.relative_to, select)
    scenarios = [str(name) for name in grid.values["scenario"].values if name in sample.scenarios]
    if not scenarios:
        raise AnalysisError(f"The sweep has none of the scenarios of {grid.place}.")
    published = grid.values.sel(scenario=scenarios).transpose("scenario", *sample.dims)
    levels = (QUANTILES[0], 0.5, QUANTILES[-1])
    quantiles = bands(store, grid.output, relative_to=grid.relative_to, quantiles=levels, select=select)
    quantiles = quantiles.sel(scenario=scenarios).drop_vars(["rows", "failed"])
    shares, counts = [], []
    for scenario in scenarios:
        rows = sample.rows(scenario)
        good = good_rows(store, rows)
        sign = np.sign(published.sel(scenario=scenario).values).ravel()
        same = np.sign(rows.values[good]) == sign
        shares.append(
            same.mean(axis=0) if len(good) and sampling_weights(store) is None else np.full(sign.size, np.nan)
        )
        counts.append(len(good))
    share = published.copy(data=np.stack(shares).reshape(published.shape))
    parts = {name: quantiles.isel(quantile=place, drop=True) for place, name in enumerate(("low", "median", "high"))}
    printed = np.abs(published) > grid.threshold
    found = {"published": published, "share": share.where(printed), **parts, "rows": ("scenario", counts)}
    return xr.Dataset(found).transpose("scenario", *names)
