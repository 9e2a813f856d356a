"""What is let in from a store: root attributes of the right form, arrays of the types, sizes and codecs of ours.

A store may come from anybody. Nothing of it is run or unpickled, and what is not as it was written is named.
"""

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import zarr
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, Json, ValidationError
from zarr.abc.codec import Codec
from zarr.codecs import (
    BloscCodec,
    BytesCodec,
    Crc32cCodec,
    GzipCodec,
    ShardingCodec,
    VLenUTF8Codec,
    ZstdCodec,
)
from zarr.errors import ArrayNotFoundError, GroupNotFoundError

from ..engines import Outcome

_CODECS = (BloscCodec, BytesCodec, Crc32cCodec, GzipCodec, ShardingCodec, VLenUTF8Codec, ZstdCodec)
# What readers of metadata raise on metadata that is none; other errors come from the disk or the network.
UNREADABLE = (
    ArithmeticError,
    ArrayNotFoundError,
    AssertionError,
    AttributeError,
    GroupNotFoundError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
# What a read of a torn or cut object raises: the checksum, the decompressor, or the length of the buffer.
TORN = (ValueError, RuntimeError, OSError)
_MOST_LABELS = 10_000_000
_MOST_SAMPLES = 2**40
_REMEDY = "Put the file back from a copy, or run the study into a new store."

# Numbers, or texts.
FLOAT, WHOLE, TEXT = "f", "iu", "T"


class NotAStoreError(ValueError):
    """What stands at this address is not a complete store of Cordillera, or of a later format."""


class DamagedStoreError(NotAStoreError):
    """A store of which a part that everything depends on is not as it was written."""


class RootAttributes(BaseModel):
    """The attributes of the root on which the reading of a store depends; lists and tables are JSON in a text."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")

    study: str
    study_origin: str
    study_files: Json[dict[str, str]]
    identity: str
    record: Json[dict[str, object]]
    outputs: Json[list[str]]
    dimensions: Json[list[str]]
    samples: int = Field(ge=1, le=_MOST_SAMPLES)
    unit_blocks: int = Field(ge=1, le=_MOST_SAMPLES)
    notes: Json[list[str]] = []


def read_attributes(address: str, attributes: Mapping[str, object]) -> RootAttributes:
    """The attributes of a root, checked.

    Raises
    ------
    DamagedStoreError
        If one is missing or of another form; the message names each.
    """
    try:
        return RootAttributes.model_validate(dict(attributes))
    except (ValidationError, RecursionError) as error:
        faults = error.errors(include_url=False) if isinstance(error, ValidationError) else []
        named = ", ".join(dict.fromkeys(str(fault["loc"][0]) for fault in faults)) or "nested too deeply"
        message = f"The attributes of the store at {address} are damaged: {named}. {_REMEDY}"
        raise DamagedStoreError(message) from error


def read_array(
    address: str,
    root: zarr.Group,
    path: str,
    kinds: str,
    dims: tuple[str, ...] | None,
    longest: Callable[[str], int],
) -> zarr.Array:
    """One array of a store, not yet read, if it is one that a store has.

    Parameters
    ----------
    address, path : str
        The store and the array.
    kinds : str
        Kinds of numpy's types that it may have; `T` is text.
    dims : tuple of str or None
        Its dimensions; None for an output, which begins with scenario and draw.
    longest : callable
        How long a dimension may be; a chunk may be twice as long.

    Raises
    ------
    DamagedStoreError
        If it is missing, its metadata cannot be read, or it is of another type, size or codec.
    """
    try:
        found = root[path]
        if not isinstance(found, zarr.Array):
            raise TypeError("is no array")
        _check(found, kinds, dims, longest)
    except NotAStoreError:
        raise
    except UNREADABLE as error:
        if isinstance(error, KeyError) and error.args == (path,):
            message = f"The array {path} of the store at {address} is missing. {_REMEDY}"
        else:
            message = f"The array {path} of the store at {address} is damaged: {_words(error)}. {_REMEDY}"
        raise DamagedStoreError(message) from error
    return found


def _check(array: zarr.Array, kinds: str, dims: tuple[str, ...] | None, longest: Callable[[str], int]) -> None:
    named = tuple(str(name) for name in array.metadata.dimension_names or ())  # pyright: ignore[reportAttributeAccessIssue]
    if len(named) != len(array.shape) or (named[:2] != ("scenario", "draw") if dims is None else named != dims):
        raise ValueError(f"its dimensions are {', '.join(named) or 'not named'}")
    kind = array.dtype.kind
    if kind not in kinds:
        raise TypeError(f"its type is {array.dtype}")
    shards = array.shards or array.chunks
    for name, length, shard in zip(named, array.shape, shards, strict=True):
        most = longest(name)
        if length > most or not 1 <= shard <= 2 * max(most, 1):
            raise ValueError(f"{name} has {length} entries in pieces of {shard}, where there are {most}")
    for codec in _unpacked(array.metadata.codecs):  # pyright: ignore[reportAttributeAccessIssue]
        if not isinstance(codec, _CODECS):
            raise TypeError(f"it is packed by {type(codec).__name__}, which no store is")


def _unpacked(codecs: Iterable[Codec]) -> Iterable[Codec]:
    for codec in codecs:
        yield codec
        if isinstance(codec, ShardingCodec):
            yield from _unpacked(codec.codecs)
            yield from _unpacked(codec.index_codecs)


def label_limit(_: str) -> int:
    """The most labels of a dimension."""
    return _MOST_LABELS


def read_labels(address: str, dim: str, array: zarr.Array) -> NDArray:
    """The labels of a dimension, whole numbers or texts.

    Raises
    ------
    DamagedStoreError
        If they cannot be read, or one is blank or stands there twice, as where their object is lost.
    """
    words = ""
    try:
        read = np.asarray(array[:])
    except TORN as error:
        read, words = np.zeros(0), f" ({_words(error)})"
    labels = read if read.dtype.kind in WHOLE else np.array(read.tolist(), dtype=np.str_)
    if words or len(np.unique(labels)) < len(labels) or (labels.dtype.kind == "U" and (labels == "").any()):
        message = f"The labels of {dim!r} in the store at {address} are lost or damaged{words}. {_REMEDY}"
        raise DamagedStoreError(message)
    return labels


def known_outcomes(address: str, outcomes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Outcomes, if there is nothing else among them.

    Raises
    ------
    DamagedStoreError
        If one is none of this version.
    """
    if outcomes.size and outcomes.max() > max(Outcome):
        message = (
            f"The store at {address} has runs with the outcome {outcomes.max()}, which this version does not know. "
            "Use the version of Cordillera that made it."
        )
        raise DamagedStoreError(message)
    return outcomes


def _words(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
