"""Outputs too wide for memory, a portion of their cells after the other."""

from collections.abc import Callable, Iterator, Mapping
from math import prod

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from .sample import OutputSample, Rows, sample_of

Measure = Callable[[Rows], Mapping[str, NDArray]]

# Bytes of all scenarios that are read together: a chunk of the store is unpacked again for each reading that needs it.
_READ_BYTES = 2**27
# Bytes of one scenario's draws, in double precision, that are worked on together.
_WORK_BYTES = 2**26
# The estimator takes so many cells at once; portions of a multiple of it give the same bits as the whole.
_ALIGNED_CELLS = 256


def portions(
    array: xr.DataArray, cells_at_once: int | None = None
) -> Iterator[tuple[NDArray[np.intp] | slice, xr.DataArray]]:
    """An output (scenario, draw, ...) cut along its longest dimension, each portion read when it is reached.

    Parameters
    ----------
    array : xarray.DataArray
        The output, not read yet.
    cells_at_once : int, optional
        Labels of that dimension in a portion; as many as memory has room for if left out.

    Yields
    ------
    place : (cell,) int, or slice
        Where the portion's cells lie among all cells laid in a line.
    portion : xarray.DataArray
        All scenarios and draws of these cells, in memory.
    """
    sizes = {str(name): size for name, size in array.sizes.items() if name not in ("scenario", "draw")}
    if not sizes:
        yield slice(None), array.load()
        return
    dim = max(sizes, key=lambda name: sizes[name])
    rest = prod(size for name, size in sizes.items() if name != dim)
    draws = max(array.sizes["draw"], 1)
    reading = _READ_BYTES // (array.dtype.itemsize * draws * array.sizes["scenario"] * rest)
    reading = _whole_multiple(reading, array.encoding.get("preferred_chunks", {}).get(dim, 1))
    working = cells_at_once or _whole_multiple(_WORK_BYTES // (8 * draws * rest), _ALIGNED_CELLS)
    places = np.arange(prod(sizes.values())).reshape(tuple(sizes.values()))
    axis = list(sizes).index(dim)
    for start in range(0, sizes[dim], reading):
        read = array.isel({dim: slice(start, start + reading)}).load()
        count = read.sizes[dim]
        for first in range(0, count, working):
            part = read.isel({dim: slice(first, first + working)})
            if part.sizes[dim] < count:
                # Whoever still holds this portion must not hold all that was read while more is read.
                part = part.copy()
            inside = slice(start + first, start + first + part.sizes[dim])
            yield places[(slice(None),) * axis + (inside,)].ravel(), part
        del read


def by_portion(sample: OutputSample, measure: Measure) -> list[dict[str, NDArray]]:
    """What `measure` finds of each scenario of a sample, portion by portion.

    Parameters
    ----------
    sample : OutputSample
        An output, not read yet.
    measure : callable
        From the rows of a portion to figures by name; all but single numbers have the cells as their last axis.

    Returns
    -------
    list of dict
        The figures of each scenario over all cells. A row counts as solved in every portion or in none, as it would if
        all were read at once.
    """
    solved: dict[str, NDArray[np.bool_]] = {}
    while True:
        found: dict[str, dict[str, NDArray]] = {scenario: {} for scenario in sample.scenarios}
        common: dict[str, NDArray[np.bool_]] = {}
        agreed = True
        for place, array in portions(sample.array):
            part = sample_of(array, sample.outcome, sample.relative_to)
            for scenario, figures in found.items():
                rows = part.rows(scenario, solved.get(scenario))
                before = common.setdefault(scenario, rows.solved)
                agreed = agreed and np.array_equal(before, rows.solved)
                common[scenario] = before & rows.solved
                _put(figures, measure(rows), place, prod(sample.shape))
        if agreed:
            return list(found.values())
        # A solved run without a number in a portion is none in the others either: once more, now that it is known.
        solved = common


def _put(
    figures: dict[str, NDArray], found: Mapping[str, NDArray], place: NDArray[np.intp] | slice, cells: int
) -> None:
    for name, figure in found.items():
        if figure.ndim == 0:
            figures[name] = figure
            continue
        if name not in figures:
            figures[name] = np.empty((*figure.shape[:-1], cells), dtype=figure.dtype)
        figures[name][..., place] = figure


def _whole_multiple(size: int, step: int) -> int:
    """The largest multiple of `step` within `size`; `size` itself, but at least 1, where there is none."""
    return max(size - size % step if size >= step else size, 1)
