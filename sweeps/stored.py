"""An array of a store as xarray reads it: what is asked for, when it is used, or an error that names what is lost."""

from collections.abc import Callable, Iterable, Sequence
from itertools import product

import numpy as np
import xarray as xr
import zarr
from numpy.typing import NDArray
from xarray.backends import BackendArray
from xarray.core import indexing
from zarr.abc.store import Store as Backing
from zarr.core.sync import sync

from .admission import TORN, DamagedStoreError


class StoredArray(BackendArray):
    """An array of a store, read piece by piece.

    Parameters
    ----------
    url : str
        The store, for messages.
    array : zarr.Array
        The array.
    lost : callable
        The lost objects of complete units, by unit; asked before anything is read.
    """

    def __init__(self, url: str, array: zarr.Array, lost: Callable[[], dict[int, str]]) -> None:
        self.shape, self.dtype = array.shape, array.dtype
        self._url, self._array, self._lost = url, array, lost

    def __getitem__(self, key: indexing.ExplicitIndexer) -> NDArray:
        """What xarray asks for."""
        return indexing.explicit_indexing_adapter(key, self.shape, indexing.IndexingSupport.OUTER, self._read)

    def labelled(self) -> xr.Variable:
        """The array with its dimensions and attributes, not yet read."""
        named = self._array.metadata.dimension_names  # pyright: ignore[reportAttributeAccessIssue]
        dims = [str(dim) for dim in named or ()]
        encoding = {"preferred_chunks": dict(zip(dims, self._array.chunks, strict=True))}
        return xr.Variable(dims, indexing.LazilyIndexedArray(self), dict(self._array.attrs), encoding)

    def read(self) -> NDArray:
        """All of it.

        Raises
        ------
        DamagedStoreError
            If an object of a complete unit is lost, whose rows would read as the fill value, or one is torn.
        """
        return self._read((slice(None),) * len(self.shape))

    def _read(self, where: tuple) -> NDArray:
        for unit, key in self._lost().items():
            raise self._damaged(f"unit {unit} has run, but its object {key} is missing")
        try:
            return np.asarray(self._array.oindex[where])
        except TORN as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise self._damaged("an object of it is torn") from error

    def _damaged(self, what: str) -> DamagedStoreError:
        return DamagedStoreError(
            f"The array {self._array.path} of the store at {self._url} is damaged: {what}. Give `cordillera verify "
            f"{self._url}`, which marks damaged units as not run, then `cordillera run` with the same study, which "
            "solves them again."
        )


def lost_objects(array: zarr.Array, axis: int, units: Sequence[int]) -> dict[int, str]:
    """The first object of each unit that is not there, by unit; its rows would read as the fill value.

    Parameters
    ----------
    array : zarr.Array
        An array in shards of one unit along `axis`.
    units : sequence of int
        Units of which all should be there.
    """
    shards = array.shards or array.chunks
    counts: list[Iterable[int]] = [range(-(-length // size)) for length, size in zip(array.shape, shards, strict=True)]
    encoding = array.metadata.chunk_key_encoding  # pyright: ignore[reportAttributeAccessIssue]
    there = sync(_keys(array.store_path.store, f"{array.path}/"))
    lost: dict[int, str] = {}
    for unit in units:
        counts[axis] = (unit,)
        keys = (f"{array.path}/{encoding.encode_chunk_key(place)}" for place in product(*counts))
        if (missing := next((key for key in keys if key not in there), None)) is not None:
            lost[int(unit)] = missing
    return lost


async def _keys(backing: Backing, prefix: str) -> frozenset[str]:
    return frozenset([key async for key in backing.list_prefix(prefix)])
