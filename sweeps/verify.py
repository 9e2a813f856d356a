"""Whether a store still holds what was written: every checksum, every object, every row of the design."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from os import PathLike, fspath

import numpy as np
import zarr
from numpy.typing import NDArray

from . import schema
from .address import backing_store
from .design import sample
from .hierarchy import open_store
from .lock import DriverRunningError, is_stale, read_driver
from .store import TORN, Store
from .stored import lost_objects

# Of two stores of one study these must agree to the last bit; seconds and environments need not.
_TORN = "an object of it is torn: it is not the bytes that were written"
_COMPARED = ("design/unit", "design/value", "status/residual", "status/iterations", schema.OUTCOME)


@dataclass(frozen=True, slots=True)
class Damage:
    """One array of one unit (or of no unit: a coordinate) that is not what was written."""

    unit: int | None
    array: str
    message: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One array that differs between two stores, in `units` units, relatively by at most `largest`."""

    array: str
    units: int
    largest: float


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What was found.

    Parameters
    ----------
    url : str
        The store.
    units, complete : int
        Units of the design, and those of them that have run.
    damages : tuple of Damage
        What cannot be read, is missing, or is not what the study says.
    reopened : tuple of int
        Damaged units that are marked as not run now, so that the next `run` solves them again.
    unmarked : str
        Why damaged units could not be marked so; empty if they were, or there are none.
    against : str or None
        The store that it was compared with.
    compared : int
        Units that both stores have.
    differences : tuple of Difference
        Where those units differ.
    """

    url: str
    units: int
    complete: int
    damages: tuple[Damage, ...]
    reopened: tuple[int, ...] = ()
    unmarked: str = ""
    against: str | None = None
    compared: int = 0
    differences: tuple[Difference, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing is damaged and nothing differs."""
        return not self.damages and not self.differences


def verify(
    url: str | PathLike[str], against: str | PathLike[str] | None = None, *, reopen: bool = True
) -> VerifyReport:
    """Read every chunk of every unit that has run and check it.

    Parameters
    ----------
    url : str or path
        The store.
    against : str or path, optional
        Another store of the same study; units that both have are compared to the last bit.
    reopen : bool
        Mark damaged units as not run, so that `cordillera run` repairs them.

    Returns
    -------
    VerifyReport
        Never raises for what is damaged; that is what it reports.

    Raises
    ------
    StoreNotFoundError, NotAStoreError
        If there is no store, or its metadata cannot be read.
    DriverRunningError
        If a unit should be marked as not run while a driver works on the store.

    Examples
    --------
    >>> verify("peru.zarr").sound  # doctest: +SKIP
    True
    """
    store = open_store(url)
    complete = [int(unit) for unit in np.flatnonzero(store.complete_units())]
    damages = [*_damaged_coordinates(store), *_damaged_status(store)]
    lost = {path: lost_objects(store.array(path), axis, complete) for path, axis in _parts(store).items()}
    damages += [damage for unit in complete for damage in _damaged_unit(store, unit, lost)]
    torn = tuple(sorted({damage.unit for damage in damages if damage.unit is not None}))
    unmarked = ""
    try:
        if torn and reopen:
            _reopen(store, torn)
    except OSError as error:
        # What was found is worth more than that it could not be marked.
        unmarked = error.strerror or str(error)
    marked = torn if reopen and not unmarked else ()
    report = VerifyReport(store.url, store.layout.units, len(complete), tuple(damages), marked, unmarked)
    if against is None:
        return report
    compared, differences = compare(store, open_store(against), sorted({*complete} - {*torn}))
    return replace(report, against=fspath(against), compared=compared, differences=differences)


def compare(store: Store, other: Store, units: list[int]) -> tuple[int, tuple[Difference, ...]]:
    """Compare the blocks of complete `units` with those that another store has.

    Returns
    -------
    int, tuple of Difference
        Units compared, and the arrays that differ. Stores of different layout or outputs are compared by rows and by
        the outputs that both keep.
    """
    pairs = {
        "scenarios": (store.scenarios, other.scenarios),
        "factors": (store.factors, other.factors),
        "rows of a block": (store.block_rows, other.block_rows),
    }
    apart = tuple(Difference(name, 0, math.inf) for name, (own, others) in pairs.items() if own != others)
    if apart:
        return 0, apart
    arrays = [*_COMPARED, *(f"results/{name}" for name in store.outputs if name in other.outputs)]
    # Rows that the other store has: its units may be of another size.
    there = (other.outcomes() != 0).all(axis=0)
    common = [unit for unit in units if _has_rows(there, store.layout.rows_of(unit))]
    found = []
    for path in arrays:
        gaps = [gap for unit in common if (gap := _gap(store, other, path, unit)) is not None]
        if gaps:
            found.append(Difference(path, len(gaps), max(gaps)))
    return len(common), tuple(found)


def _has_rows(there: NDArray[np.bool_], rows: slice) -> bool:
    return rows.stop <= len(there) and bool(there[rows].all())


def _gap(store: Store, other: Store, path: str, unit: int) -> float | None:
    """Largest relative difference of one array over a unit; None if the bits are the same."""
    mine, theirs = (np.asarray(_read(one, path, store.layout.rows_of(unit))) for one in (store, other))
    if mine.shape == theirs.shape and mine.tobytes() == theirs.tobytes():
        return None
    if mine.shape != theirs.shape or (np.isnan(mine) != np.isnan(theirs)).any():
        return float("inf")
    scale = np.maximum(np.maximum(np.abs(mine), np.abs(theirs)), np.finfo(np.float64).tiny)
    return float(np.nanmax(np.abs(mine - theirs) / scale, initial=0.0))


def _read(store: Store, path: str, rows: slice) -> NDArray:
    array = store.array(path)
    return np.asarray(array[rows] if path.startswith("design/") else array[:, rows])


def _damaged_coordinates(store: Store) -> Iterator[Damage]:
    for name in store.dimensions:
        array = store.array(name)
        # A coordinate is one shard.
        yield from _damage(array, name, None, slice(None), 0, lost_objects(array, 0, [0]).get(0))


def _damaged_status(store: Store) -> Iterator[Damage]:
    """Units whose status is there but cannot be read, which count as not run."""
    for unit in store.torn_units():
        yield Damage(unit, schema.OUTCOME, _TORN)


def _parts(store: Store) -> dict[str, int]:
    """The arrays of a unit beside its outcome, each with the axis along which units follow."""
    numbers = [*(f"results/{name}" for name in store.outputs), "status/residual", "status/iterations", "status/seconds"]
    return dict.fromkeys(numbers, 1) | {"design/unit": 0, "design/value": 0}


def _damaged_unit(store: Store, unit: int, lost: Mapping[str, Mapping[int, str]]) -> Iterator[Damage]:
    rows = store.layout.rows_of(unit)
    found = [
        damage
        for path, axis in _parts(store).items()
        for damage in _damage(store.array(path), path, unit, rows, axis, lost[path].get(unit))
    ]
    yield from found
    if not any(damage.array.startswith("design/") for damage in found):
        blocks = store.layout.blocks_of(unit)
        made = sample(store.study, blocks.start, blocks.stop)
        for path, expected in (("design/unit", made.unit), ("design/value", made.value)):
            if np.asarray(store.array(path)[rows]).tobytes() != expected.tobytes():
                yield Damage(unit, path, "these are not the rows that the study gives")


def _damage(
    array: zarr.Array, path: str, unit: int | None, rows: slice, axis: int, missing: str | None
) -> Iterator[Damage]:
    try:
        array[(slice(None),) * axis + (rows,)]
    except TORN:
        yield Damage(unit, path, _TORN)
        return
    if missing is not None:
        yield Damage(unit, path, f"the object {missing} is missing")


def _reopen(store: Store, units: tuple[int, ...]) -> None:
    driver = read_driver(backing_store(store.url, writable=False))
    if driver is not None and not is_stale(backing_store(store.url, writable=False), driver):
        message = (
            f"Units {', '.join(map(str, units[:10]))} of {store.url} are damaged, but a driver works on the store: "
            f"{driver.who}. Verify again when it has ended."
        )
        raise DriverRunningError(message)
    writable = open_store(store.url, writable=True, study=store.study)
    for unit in units:
        writable.reopen_unit(unit)
