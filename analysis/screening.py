"""Morris, delta, PAWN, FAST and main effects: the other measures of what an output depends on, by design."""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ..sweeps.design import FAST_HARMONICS, salib_problem
from ..sweeps.factor import index_names
from .estimator import check_seed
from .indices import DEFAULT_SEED, moves
from .kolmogorov import Distances, pawn_distances
from .portion import by_portion
from .sample import AnalysisError, Rows, SweepResults, independent_rows, output_sample, whole_blocks

# One cell of one scenario, (draw,) of the rows kept, to a figure for each factor under each name.
Measure = Callable[[NDArray[np.float64], NDArray[np.intp]], Mapping[str, NDArray[np.float64]]]
# Good draws, (draw,) bool, to the rows that a measure may use.
Choice = Callable[[NDArray[np.bool_]], NDArray[np.intp]]


def morris(
    store: SweepResults,
    output: str,
    *,
    relative_to: str | None = None,
    select: Mapping[str, object] | None = None,
    resamples: int = 100,
    seed: int = DEFAULT_SEED,
) -> xr.Dataset:
    """Mean and spread of the elementary effects of a Morris design, by SALib; a failed run drops its trajectory.

    Returns
    -------
    xarray.Dataset
        `mean`, `mean_absolute`, `mean_absolute_confidence` (half-width) and `spread` over (factor, scenario, ...), in
        the unit of the output for a move across the factor's whole range; `spread` is NaN for a group. `rows` used
        over (scenario).

    Raises
    ------
    AnalysisError
        If the design is not a Morris design.
    """
    # Imported when asked for, here and below: a driver needs none of it, and it takes a second and 50 MB.
    from SALib.analyze import morris as salib_morris

    _need(store, "morris")
    unit = store.unit_design().values
    problem = dict(salib_problem(store.study))
    levels = store.study.design.levels or 4

    def measure(values: NDArray[np.float64], rows: NDArray[np.intp]) -> dict[str, NDArray[np.float64]]:
        found = salib_morris.analyze(
            problem, unit[rows], values, num_resamples=max(resamples, 2), num_levels=levels, seed=seed
        )
        return {
            "mean": np.asarray(found["mu"], dtype=np.float64),
            "mean_absolute": np.asarray(found["mu_star"], dtype=np.float64),
            "mean_absolute_confidence": np.asarray(found["mu_star_conf"], dtype=np.float64),
            "spread": np.asarray(found["sigma"], dtype=np.float64),
        }

    names = list(index_names(store.study.factors))
    fields = ("mean", "mean_absolute", "mean_absolute_confidence", "spread")
    return _measured(store, output, relative_to, select, names, fields, measure, _of_whole_blocks(store))


def delta(
    store: SweepResults,
    output: str,
    *,
    relative_to: str | None = None,
    select: Mapping[str, object] | None = None,
    resamples: int = 10,
    seed: int = DEFAULT_SEED,
) -> xr.Dataset:
    """Borgonovo's moment-independent delta from the independent rows of any design, by SALib.

    It takes about a second a cell and scenario: `select` the cells that matter.

    Returns
    -------
    xarray.Dataset
        `delta` and `delta_confidence` (half-width) over (factor, scenario, ...), with every factor by itself; `rows`
        used over (scenario).
    """
    from SALib.analyze import delta as salib_delta

    unit = store.unit_design().values
    problem = _single(store)

    def measure(values: NDArray[np.float64], rows: NDArray[np.intp]) -> dict[str, NDArray[np.float64]]:
        with _contained(seed):
            found = salib_delta.analyze(
                problem, unit[rows], values, num_resamples=max(resamples, 2), seed=seed, method="delta"
            )
        # SALib 1.5 has one way to resample, which 1.6 calls raw.
        name = "delta_raw" if "delta_raw" in found else "delta"
        return {"delta": np.asarray(found[name]), "delta_confidence": np.asarray(found[f"{name}_conf"])}

    names, fields = _factor_names(store), ("delta", "delta_confidence")
    return _measured(store, output, relative_to, select, names, fields, measure, _of_independent_rows(store))


def pawn(
    store: SweepResults,
    output: str,
    *,
    relative_to: str | None = None,
    select: Mapping[str, object] | None = None,
    slices: int = 10,
    resamples: int = 100,
    seed: int = DEFAULT_SEED,
) -> xr.Dataset:
    """PAWN distances from the independent rows of any design; the statistics are SALib's, the confidence is added.

    Returns
    -------
    xarray.Dataset
        `median`, `median_confidence` (half-width) and `maximum` of the distance between 0 and 1, over (factor,
        scenario, ...), with every factor by itself; `rows` used over (scenario).
    """
    unit = store.unit_design().values
    names = _factor_names(store)

    def measure(values: NDArray[np.float64], rows: NDArray[np.intp]) -> dict[str, NDArray[np.float64]]:
        return pawn_distances(unit[rows], values, slices=slices, resamples=resamples, seed=seed)._asdict()

    return _measured(store, output, relative_to, select, names, Distances._fields, measure, _of_independent_rows(store))


def fast(
    store: SweepResults,
    output: str,
    *,
    relative_to: str | None = None,
    select: Mapping[str, object] | None = None,
    resamples: int = 100,
    seed: int = DEFAULT_SEED,
) -> xr.Dataset:
    """First-order and total indices of a FAST design, by SALib.

    A search curve cannot miss a point: one failed run leaves the scenario without indices.

    Returns
    -------
    xarray.Dataset
        `first`, `total` and their half-widths `first_confidence`, `total_confidence`, over (factor, scenario, ...);
        `rows` used over (scenario). SALib's authors take the half-widths for indicative only.

    Raises
    ------
    AnalysisError
        If the design is not a FAST design.
    """
    from SALib.analyze import fast as salib_fast

    _need(store, "fast")
    keys = {"first": "S1", "total": "ST", "first_confidence": "S1_conf", "total_confidence": "ST_conf"}
    problem = _single(store)

    def measure(values: NDArray[np.float64], rows: NDArray[np.intp]) -> dict[str, NDArray[np.float64]]:
        with _contained(seed):
            found = salib_fast.analyze(problem, values, M=FAST_HARMONICS, num_resamples=max(resamples, 2), seed=seed)
        return {name: np.asarray(found[key]) for name, key in keys.items()}

    return _measured(store, output, relative_to, select, _factor_names(store), tuple(keys), measure, _all_or_none)


def main_effects(
    store: SweepResults,
    output: str,
    *,
    relative_to: str | None = None,
    select: Mapping[str, object] | None = None,
) -> xr.Dataset:
    """Main effects of a two-level fractional factorial design, by SALib: high end less low end of each factor.

    The contrasts need every point: one failed run leaves the scenario without effects.

    Returns
    -------
    xarray.Dataset
        `effect` over (factor, scenario, ...), the mean over the points with the factor at its high end less that with
        it at its low end, in the unit of the output, and `size`, its magnitude; `rows` used over (scenario).

    Raises
    ------
    AnalysisError
        If the design is not a factorial design.
    """
    from SALib.analyze import ff

    _need(store, "factorial")
    unit, names = store.unit_design().values, _factor_names(store)

    def measure(values: NDArray[np.float64], rows: NDArray[np.intp]) -> dict[str, NDArray[np.float64]]:
        # SALib fills the problem up with dummy factors, in place, and gives half of the step between the ends.
        effect = 2.0 * np.asarray(ff.analyze(_single(store), unit[rows], values)["ME"][: len(names)])
        return {"effect": effect, "size": np.abs(effect)}

    return _measured(store, output, relative_to, select, names, ("effect", "size"), measure, _all_or_none)


def _need(store: SweepResults, method: str) -> None:
    if store.study.design.method != method:
        message = (
            f'The analysis {method!r} needs a design with method = "{method}"; this study\'s is '
            f"{store.study.design.method!r}. Use delta or pawn, which take any design."
        )
        raise AnalysisError(message)


def _factor_names(store: SweepResults) -> list[str]:
    return [factor.name for factor in store.study.factors]


def _single(store: SweepResults) -> dict[str, object]:
    """SALib's problem with every factor by itself."""
    return {name: value for name, value in salib_problem(store.study).items() if name != "groups"}


def _of_whole_blocks(store: SweepResults) -> Choice:
    def choose(good: NDArray[np.bool_]) -> NDArray[np.intp]:
        return np.flatnonzero(np.repeat(whole_blocks(store, good), store.block_rows))

    return choose


def _all_or_none(good: NDArray[np.bool_]) -> NDArray[np.intp]:
    return np.arange(len(good)) if good.all() else np.arange(0)


def _of_independent_rows(store: SweepResults) -> Choice:
    used = independent_rows(store)

    def choose(good: NDArray[np.bool_]) -> NDArray[np.intp]:
        return used[good[used]]

    return choose


def _measured(
    store: SweepResults,
    output: str,
    relative_to: str | None,
    select: Mapping[str, object] | None,
    names: list[str],
    fields: Sequence[str],
    measure: Measure,
    choose: Choice,
) -> xr.Dataset:
    """A measure of every cell under every scenario; NaN where the cell does not vary."""
    sample = output_sample(store, output, relative_to, select)

    def measured(rows: Rows) -> dict[str, NDArray]:
        chosen = choose(rows.solved)
        values = rows.values[chosen].astype(np.float64)
        figures = {name: np.full((len(names), values.shape[1]), np.nan) for name in fields}
        for cell in np.flatnonzero(moves(values, rows)):
            for name, figure in measure(values[:, cell], chosen).items():
                figures[name][:, cell] = figure
        return {**figures, "rows": np.asarray(len(chosen))}

    found = by_portion(sample, measured)
    shape = (len(names), len(found), *sample.shape)
    variables = {
        name: (["factor", "scenario", *sample.dims], np.stack([part[name] for part in found], axis=1).reshape(shape))
        for name in fields
    }
    used = [int(part["rows"]) for part in found]
    coords = {"factor": names, "scenario": sample.scenarios, **sample.coords}
    return xr.Dataset({**variables, "rows": (["scenario"], used)}, coords=coords, attrs=sample.attrs)


@contextmanager
def _contained(seed: int) -> Iterator[None]:
    """SALib seeds numpy's global generator, resets the warning filters and talks; leave everything as it was."""
    check_seed(seed)
    state, formatting = np.random.get_state(), warnings.formatwarning  # noqa: NPY002
    try:
        with warnings.catch_warnings(record=True):
            yield
    finally:
        np.random.set_state(state)  # noqa: NPY002
        warnings.formatwarning = formatting
