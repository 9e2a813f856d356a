"""Making and opening the Zarr hierarchy of a store."""

import json
import tomllib
import warnings
from collections.abc import Mapping
from os import PathLike, fspath
from pathlib import Path

import zarr
from zarr.core.sync import sync
from zarr.errors import ZarrUserWarning

from ..data.writing import errors_named
from ..engines import Engine
from . import schema
from .address import PARTIAL, backing_store, is_empty
from .admission import UNREADABLE, DamagedStoreError, NotAStoreError, RootAttributes, read_attributes
from .design import block_count, block_rows
from .fault import StudyError
from .origin import recorded_origin, restored_origin
from .reading import study_from_text
from .store import Store
from .study import Study, canonical_json
from .unit import Layout, choose_unit_blocks, run_bytes

FORMAT = 1
DRIVER = "driver.json"


class StoreNotFoundError(FileNotFoundError):
    """There is nothing at this address."""


class UnfinishedStoreError(NotAStoreError):
    """A store that was begun, or that began to grow, and was left before all of its arrays were ready."""


class CaseGoneError(FileNotFoundError):
    """A store whose case is not where its study says."""


class StoreExistsError(FileExistsError):
    """Something stands already where a store was to be made."""


def create_store(
    study: Study,
    engine: Engine,
    url: str | PathLike[str],
    *,
    unit_blocks: int | None = None,
    origin: Mapping[str, str] | None = None,
) -> Store:
    """Make an empty store, sized for the study's samples.

    Parameters
    ----------
    study : Study
        What to compute.
    engine : Engine
        The study's engine, whose outputs and labels the store takes over.
    url : str or path
        A folder, or any address that zarr opens.
    unit_blocks : int, optional
        Blocks of a unit, a power of two; chosen from the engine's declared cost if left out.
    origin : mapping of str to str, optional
        When, where and with what it is made, recorded as attributes.

    Raises
    ------
    StoreExistsError
        If something stands there already.
    SchemaError
        If an output cannot be laid out.
    """
    address = fspath(url)
    backing = backing_store(address, writable=True)
    begun = not is_empty(backing, DRIVER)
    if begun and not _is_unfinished(address, study):
        message = f"Something stands already at {address}. Give another path, or open it with `open_store`."
        raise StoreExistsError(message)
    scenarios = schema.scenario_names(study.scenarios)
    factors = tuple(factor.name for factor in study.factors)
    layout = _layout(study, engine, len(scenarios), unit_blocks)
    labels = schema.coordinates(engine, study.outputs, scenarios, factors)
    attributes = (
        _attributes(study, engine, layout, address) | {"dimensions": json.dumps(list(labels))} | dict(origin or {})
    )
    titles = {
        schema.SCENARIO: json.dumps({scenario.name: scenario.label for scenario in study.scenarios}),
        schema.FACTOR: json.dumps({name: engine.factors[name].description for name in factors}),
    }
    with errors_named(address, PARTIAL):
        # Never with `overwrite`, which would sweep away the lock of the driver that makes the store.
        # With its attributes at once: a root without them would look like something else to the next driver.
        root = zarr.open_group(backing, mode="r+") if begun else zarr.create_group(backing, attributes=attributes)
        if begun:
            root.update_attributes(attributes)
        for dim, values in labels.items():
            schema.create_coordinate(root, dim, values, {"labels": titles[dim]} if dim in titles else {})
        for array in schema.arrays(engine, study.outputs, scenarios, factors, layout):
            array.create(root)
        consolidate(root)
    return open_store(address, writable=True)


def open_store(url: str | PathLike[str], *, writable: bool = False, study: Study | None = None) -> Store:
    """Open a store that exists.

    Parameters
    ----------
    url : str or path
        A folder, or any address that zarr opens.
    writable : bool
        Whether units may be written.
    study : Study, optional
        The store's study where it is at hand, which saves reading it from the store.

    Raises
    ------
    StoreNotFoundError
        If there is nothing there.
    NotAStoreError
        If it is something else.
    UnfinishedStoreError
        If not all of it was made.
    CaseGoneError
        If its case is not where it was.
    """
    address = fspath(url)
    root = _open_group(address, writable)
    attributes = dict(root.attrs)
    unfinished = f"The store at {address} was not made to its end. Run `cordillera run` again with the same study."
    if not _has_outcome(root, address):
        raise UnfinishedStoreError(unfinished)
    read = read_attributes(address, attributes)
    if study is None:
        study = _stored_study(read, address)
    try:
        study = study.with_samples(read.samples) if study.design.nested else study
        layout = Layout(block_rows(study), block_count(study), read.unit_blocks)
    except ValueError as error:
        message = f"The attributes of the store at {address} are damaged: {error}"
        raise DamagedStoreError(message) from error
    store = Store(address, study, layout, attributes, root)
    if not writable and store.array(schema.OUTCOME).shape[1] != layout.rows:
        raise UnfinishedStoreError(unfinished)
    return store


def _stored_study(read: RootAttributes, address: str) -> Study:
    """The study of a store, which needs its case where that was."""
    origin = restored_origin(read.study_origin, address)
    try:
        return study_from_text(read.study, origin, read.study_files)
    except StudyError as error:
        if not any(fault.path == "case" for fault in error.faults):
            raise
        place = Path(origin).parent / str(tomllib.loads(read.study).get("case", ""))
        if place.exists():
            raise
        message = (
            f"The case of the store at {address} is no more at {place}. Put it back there, or the store and the folder "
            "of its study as they lay to each other: without its case a store cannot be shown."
        )
        raise CaseGoneError(message) from error


def consolidate(root: zarr.Group) -> None:
    """Copy all metadata into the root, so that opening reads one object and lists nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ZarrUserWarning)
        zarr.consolidate_metadata(root.store, path=root.path)


def _open_group(address: str, writable: bool) -> zarr.Group:
    missing = f"There is no store at {address}. Check the path, or make one with `cordillera run`."
    backing = backing_store(address, writable=False)
    try:
        if is_empty(backing, DRIVER):
            raise StoreNotFoundError(missing)
        mode = "r+" if writable else "r"
        root = zarr.open_group(
            backing_store(address, writable=writable), mode=mode, zarr_format=3, use_consolidated=False
        )
        found = root.attrs.get("format")
    except StoreNotFoundError:
        raise
    except (*UNREADABLE, NotADirectoryError) as error:
        if sync(backing.exists(f"{schema.OUTCOME}/zarr.json")):
            message = (
                f"The object zarr.json of the store at {address} is lost or damaged. Put it back from a copy, or run "
                "the study into a new store."
            )
            raise DamagedStoreError(message) from error
        message = f"{address} is not a store of Cordillera. Give the path of a store."
        raise NotAStoreError(message) from error
    if found != FORMAT:
        message = (
            f"{address} has the store format {found!r} and this version reads format {FORMAT}. "
            "Give the path of a store, or use the version of Cordillera that made it."
        )
        raise NotAStoreError(message)
    return root


def _has_outcome(root: zarr.Group, address: str) -> bool:
    try:
        return schema.OUTCOME in root
    except UNREADABLE as error:
        message = f"The metadata of {schema.OUTCOME} of the store at {address} are damaged: {error}. Put them back."
        raise DamagedStoreError(message) from error


def _is_unfinished(address: str, study: Study) -> bool:
    """Whether a store of this very study was begun there and not made to its end."""
    try:
        root = _open_group(address, writable=False)
    except NotAStoreError:
        return False
    return root.attrs.get("identity") == study.identity and not _has_outcome(root, address)


def _layout(study: Study, engine: Engine, scenarios: int, unit_blocks: int | None) -> Layout:
    rows, blocks = block_rows(study), block_count(study)
    runs = rows * scenarios
    chosen = unit_blocks or choose_unit_blocks(
        blocks, engine.run_seconds * runs, run_bytes(engine, study.outputs) * runs
    )
    return Layout(rows, blocks, chosen)


def _attributes(study: Study, engine: Engine, layout: Layout, address: str) -> dict[str, str | int]:
    return {
        "format": FORMAT,
        "title": study.name,
        "study": study.text,
        "study_origin": recorded_origin(study, address),
        "study_files": json.dumps(dict(study.files)),
        "identity": study.identity,
        "record": canonical_json(study.record),
        "outputs": json.dumps(list(study.outputs)),
        "samples": study.design.samples,
        "block_rows": layout.block_rows,
        "unit_blocks": layout.unit_blocks,
        "unit_rows": layout.unit_rows,
        "engine": engine.name,
        # As the study calls it: the engine of a case of the user's knows its whole path.
        "case": study.case,
        "numbers_version": engine.numbers_version,
        "citation": engine.provenance.citation,
        "licence": engine.provenance.licence,
        "notes": json.dumps(list(engine.provenance.notes)),
    }
