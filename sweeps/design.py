"""Designs: which draws a study makes, as rows of the unit cube and in factor units.

A block is the rows that belong together: of `sobol` the D + 2 (or 2 D + 2) rows of one base point, D counting groups;
of `morris` the D + 1 rows of a trajectory; of `fast` a whole curve; elsewhere one row. Any range of blocks, made alone,
has the rows that it has in the whole. Only `sobol` is nested: N base points are the first half of 2 N.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

from .distribution import Choice, Distribution, Empirical
from .factor import StudyFactor, index_names
from .quadrature import quadrature_unit
from .study import DesignSpec, Study

FAST_HARMONICS = 4
Transform = Callable[[NDArray[np.float64]], NDArray[np.float64]]


class UnitSample(NamedTuple):
    """Rows of a design: `unit` (row, factor) in [0, 1] and `value`, of the same shape, in factor units."""

    unit: NDArray[np.float64]
    value: NDArray[np.float64]


def salib_problem(study: Study) -> dict[str, object]:
    """The study as SALib's analyses want it: names, bounds of the unit cube, and groups if there are any."""
    return _problem(study.factors)


def block_rows(study: Study) -> int:
    """Rows of one block."""
    method, groups = study.design.method, len(index_names(study.factors))
    if method == "sobol":
        return 2 * groups + 2 if study.design.second_order else groups + 2
    if method == "morris":
        return groups + 1
    return study.design.samples if method == "fast" else 1


def block_count(study: Study) -> int:
    """Blocks of the whole design."""
    return len(study.factors) if study.design.method == "fast" else study.design.samples


def sample(study: Study, first_block: int, last_block: int) -> UnitSample:
    """The rows of blocks `first_block` to `last_block`, the last one excluded.

    Parameters
    ----------
    study : Study
        The study whose design is made.
    first_block, last_block : int
        0 <= first_block <= last_block <= `block_count(study)`.

    Returns
    -------
    UnitSample
        `unit` and `value`, ((last_block - first_block) * `block_rows(study)`, factor) float64.

    Raises
    ------
    IndexError
        If the range lies outside the design.
    """
    if not 0 <= first_block <= last_block <= block_count(study):
        message = f"Blocks {first_block} to {last_block} lie outside the design's {block_count(study)} blocks."
        raise IndexError(message)
    if study.design.method == "csv":
        value = np.array(study.design.table[first_block:last_block], dtype=np.float64)
        value = value.reshape(last_block - first_block, len(study.factors))
        laws = [factor.distribution.cumulative for factor in study.factors]
        return UnitSample(_by_column(laws, value), value)
    unit = _unit_rows(study, first_block, last_block)
    return UnitSample(unit, _by_column([factor.distribution.inverse for factor in study.factors], unit))


def independent_rows(study: Study) -> NDArray[np.bool_]:
    """Which rows of a block are draws of their own: of `sobol` the first and the last, of `morris` the first.

    Returns
    -------
    (row,) bool
        The others repeat coordinates of these.
    """
    rows = np.ones(block_rows(study), dtype=bool)
    if study.design.method == "sobol":
        rows[1:-1] = False
    if study.design.method == "morris":
        rows[1:] = False
    return rows


def row_count(factors: tuple[StudyFactor, ...], spec: DesignSpec) -> int:
    """Rows of a `factorial`, `grid`, `csv` or `quadrature` design, whose size follows from its other settings."""
    if spec.method == "factorial":
        return 2 * _contrast_order(len(factors))
    if spec.method == "grid":
        return int(np.prod([len(_axis(factor.distribution, spec.levels or 0)) for factor in factors], dtype=object))
    if spec.method == "quadrature":
        return len(quadrature_unit(tuple(factor.distribution for factor in factors), spec.rule or "stroud"))
    return len(spec.table) if spec.method == "csv" else spec.samples


def _problem(factors: tuple[StudyFactor, ...], grouped: bool = True) -> dict[str, object]:
    names = [factor.name for factor in factors]
    problem: dict[str, object] = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0] for _ in names]}
    if grouped and any(factor.group for factor in factors):
        problem["groups"] = [factor.index_name for factor in factors]
    return problem


def _unit_rows(study: Study, first: int, last: int) -> NDArray[np.float64]:
    spec, factors = study.design, study.factors
    if first == last:
        return np.empty((0, len(factors)))
    if spec.method == "sobol":
        return _saltelli(factors, spec, first, last)
    size = block_rows(study)
    if spec.method == "grid":
        return _grid(factors, spec.levels or 0, first, last)
    return _whole(factors, spec)[first * size : last * size].copy()


@lru_cache(maxsize=2)
def _whole(factors: tuple[StudyFactor, ...], spec: DesignSpec) -> NDArray[np.float64]:
    """All rows of a design whose rows depend on each other; it is cut into blocks, which must not change it."""
    if spec.method == "quadrature":
        unit = quadrature_unit(tuple(factor.distribution for factor in factors), spec.rule or "stroud")
    else:
        unit = _salib_rows(factors, spec)
    unit = np.clip(unit, 0.0, 1.0)
    unit.setflags(write=False)
    return unit


def _salib_rows(factors: tuple[StudyFactor, ...], spec: DesignSpec) -> NDArray[np.float64]:
    """Rows of a design of SALib's."""
    # Imported when asked for: every worker imports this module, and the rows of a Sobol study need none of it.
    from SALib.sample import fast_sampler, ff, latin
    from SALib.sample import morris as morris_sampler

    if spec.method == "morris":
        return morris_sampler.sample(_problem(factors), spec.samples, num_levels=spec.levels or 4, seed=spec.seed)
    if spec.method == "latin":
        # SALib gives the factors of a group one common column here, which would make them one factor.
        return latin.sample(_problem(factors, grouped=False), spec.samples, seed=spec.seed)
    if spec.method == "fast":
        return fast_sampler.sample(_problem(factors, grouped=False), spec.samples, M=FAST_HARMONICS, seed=spec.seed)
    # SALib fills up to a power of two with dummy factors, which come last.
    return ff.sample(_problem(factors, grouped=False))[:, : len(factors)]


def _saltelli(factors: tuple[StudyFactor, ...], spec: DesignSpec, first: int, last: int) -> NDArray[np.float64]:
    """Rows of the base points `first` to `last`: A, then A with each group from B, (B with each from A), then B."""
    count = len(factors)
    # As SALib does it: given as `rng`, the same number would seed another scramble.
    sequence = scipy.stats.qmc.Sobol(d=2 * count, scramble=True, seed=spec.seed)  # pyright: ignore[reportCallIssue]
    # `fast_forward(0)` would run off the front of the sequence.
    if first:
        sequence.fast_forward(first)
        base = sequence.random(last - first)
    else:
        # Asked for a number that is not a power of two, the sequence warns; the part of a power of two does not.
        base = sequence.random(1 << (last - 1).bit_length())[:last]
    own, other = base[:, :count], base[:, count:]
    rows = [own]
    members = [[factor.index_name == name for factor in factors] for name in index_names(factors)]
    rows += [np.where(member, other, own) for member in members]
    if spec.second_order:
        rows += [np.where(member, own, other) for member in members]
    rows.append(other)
    return np.stack(rows, axis=1).reshape(-1, count)


def _grid(factors: tuple[StudyFactor, ...], levels: int, first: int, last: int) -> NDArray[np.float64]:
    """Rows of the full grid, the last factor running fastest."""
    axes = [_axis(factor.distribution, levels) for factor in factors]
    index = np.unravel_index(np.arange(first, last), [len(axis) for axis in axes])
    return np.stack([axis[i] for axis, i in zip(axes, index, strict=True)], axis=1)


def _axis(distribution: Distribution, levels: int) -> NDArray[np.float64]:
    """Points of one factor of a grid: all of a discrete law, otherwise evenly spaced probabilities, ends included."""
    if isinstance(distribution, Choice | Empirical):
        return distribution.cumulative(np.array(list(dict.fromkeys(distribution.values))))
    return np.linspace(0.0, 1.0, levels)


def _contrast_order(count: int) -> int:
    return 1 << (count - 1).bit_length()


def _by_column(functions: Sequence[Transform], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    # Each column is copied to be contiguous: the bits of a value must not depend on how the rows lie in memory.
    columns = [function(np.ascontiguousarray(rows[:, i])) for i, function in enumerate(functions)]
    return np.stack(columns, axis=1)
