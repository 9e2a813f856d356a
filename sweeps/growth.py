"""A store under a newer wording of its study: other claims and names, or more samples of a nested design."""

import json
from datetime import UTC, datetime

from . import schema
from .design import block_count, block_rows
from .environment import environment
from .hierarchy import StoreNotFoundError, UnfinishedStoreError, consolidate, create_store, open_store
from .origin import recorded_origin
from .store import Store
from .study import Study, record_differences
from .unit import Layout


class StudyMismatchError(ValueError):
    """The store holds the numbers of another study."""


def ready_store(study: Study, address: str, unit_blocks: int | None) -> Store:
    """The store of a study, open for writing: made if there is none, grown or renamed as the study says if there is."""
    try:
        store = open_store(address, writable=True)
    except (StoreNotFoundError, UnfinishedStoreError):
        made = {
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "environment": environment(),
        }
        return create_store(study, study.build_engine(), address, unit_blocks=unit_blocks, origin=made)
    assert_same_study(store, study)
    return adopt(store, study)


def assert_same_study(store: Store, study: Study) -> None:
    """Check that a study would give the numbers that the store holds.

    Raises
    ------
    StudyMismatchError
        If it would not; the message names each part that differs.
    """
    if store.identity == study.identity:
        return
    different = record_differences(json.loads(str(store.attrs["record"])), study.record)
    listed = "\n".join(f"  {line}" for line in different[:20])
    more = f"\n  and {len(different) - 20} more" if len(different) > 20 else ""
    message = (
        f"The store at {store.url} holds another study than {study.name!r}. They differ in:\n{listed}{more}\n"
        "Give a new store for this study, or put the study back as it was."
    )
    raise StudyMismatchError(message)


def adopt(store: Store, study: Study) -> Store:
    """Take over the wording of a study that has the store's identity, and its samples where there are more.

    Parameters
    ----------
    store : Store
        Open for writing, under the driver's lock.
    study : Study
        Of the same identity. With fewer samples than the store's it changes nothing: no run is dropped.

    Returns
    -------
    Store
        The store as it is now; every unit that was complete still is.
    """
    if study.design.nested and study.design.samples < store.samples:
        study = study.with_samples(store.samples)
    layout = Layout(block_rows(study), block_count(study), store.layout.unit_blocks)
    wanted = {
        "title": study.name,
        "study": study.text,
        "study_origin": recorded_origin(study, store.url),
        "study_files": json.dumps(dict(study.files)),
        "samples": study.design.samples,
    }
    short = [path for path in _paths(store) if _length(store, path) != _wanted_length(store, path, layout)]
    if not short and all(store.attrs.get(name) == value for name, value in wanted.items()):
        return store
    # The attributes first: where the resizing stops half-way, the next driver sees what it was to be.
    store.root.update_attributes(wanted)
    for path in short:
        array = store.array(path)
        axis = 1 if schema.SCENARIO in _dims(store, path) else 0
        shape = list(array.shape)
        shape[axis] = _wanted_length(store, path, layout)
        array.resize(tuple(shape))
    consolidate(store.root)
    return open_store(store.url, writable=True, study=study)


def _paths(store: Store) -> list[str]:
    """Arrays that grow; `status/outcome` last, as its length says that all have grown."""
    results = [f"results/{name}" for name in store.outputs]
    kept = ["status/residual", "status/iterations", "status/seconds", schema.ENVIRONMENT]
    return ["design/unit", "design/value", *results, *kept, schema.OUTCOME]


def _dims(store: Store, path: str) -> tuple[str, ...]:
    return tuple(str(name) for name in store.array(path).metadata.dimension_names or ())  # pyright: ignore


def _length(store: Store, path: str) -> int:
    return store.array(path).shape[1 if schema.SCENARIO in _dims(store, path) else 0]


def _wanted_length(store: Store, path: str, layout: Layout) -> int:
    return layout.units if path == schema.ENVIRONMENT else layout.rows
