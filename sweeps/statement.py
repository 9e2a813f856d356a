"""Claims as a study writes them: their tables, and the frozen values made of them."""

from collections.abc import Mapping, Sequence

from pydantic import ValidationInfo, field_validator

from ..engines import BASELINE, Engine
from .claim import Claim, ClaimPart, Label, Selection, condition_from_text
from .fault import Fault, StudyError, nearest, shown, unknown_fault
from .specification import Name, Table, joined, validated

# What may stand once beside `all`.
_SHARED = ("output", "scenario", "relative_to")
_ANY = condition_from_text("> 0")


class PartTable(Table):
    """One comparison of a claim."""

    output: Name
    scenario: Name
    holds: Name
    relative_to: Name | None = None
    select: object = None
    difference: object = None

    @field_validator("relative_to")
    @classmethod
    def _another_scenario(cls, relative_to: str | None, earlier: ValidationInfo) -> str | None:
        if relative_to is not None and relative_to == earlier.data.get("scenario"):
            raise ValueError(f"{relative_to!r} is the scenario itself; the difference is zero")
        return relative_to


class AllTable(Table):
    """A claim of several parts; what stands beside `all` holds for every part that does not say otherwise."""

    name: Name
    all: list[object]
    output: Name | None = None
    scenario: Name | None = None
    relative_to: Name | None = None


class NameTable(Table):
    """The name of a claim."""

    name: Name


def claim_from_table(table: Mapping[str, object], path: str = "claim") -> Claim:
    """A claim from a table of a TOML file, unchecked against any engine.

    Parameters
    ----------
    table : mapping
        `name`, and either the keys of one part or `all`, a list of parts, beside which `output`, `scenario` and
        `relative_to` may stand once for all of them.
    path : str
        Where it stands, for the message.

    Raises
    ------
    StudyError
        With every fault in it.
    """
    faults: list[Fault] = []
    claim = read_claim(table, path, faults)
    if faults or claim is None:
        raise StudyError(path, faults)
    return claim


def read_claim(raw: object, path: str, faults: list[Fault]) -> Claim | None:
    """A claim, or None with its faults appended."""
    if not isinstance(raw, Mapping):
        faults.append(Fault(path, f"must be a table, not {shown(raw)}"))
        return None
    table = dict(raw)
    if "all" in table:
        several = validated(AllTable, table, path, faults)
        listed = table["all"] if isinstance(table["all"], list) else []
        if table["all"] == []:
            faults.append(Fault(joined(path, "all"), "is empty; give at least one part"))
        shared = {key: table[key] for key in _SHARED if isinstance(table.get(key), str)}
        parts = [
            _part({**shared, **part} if isinstance(part, Mapping) else part, joined(path, "all", i), faults)
            for i, part in enumerate(listed)
        ]
        name = several.name if several else None
    else:
        # The name is taken out first: the part below then lists its own keys only.
        title = validated(NameTable, {"name": table.pop("name")} if "name" in table else {}, path, faults)
        parts = [_part(table, path, faults)]
        name = title.name if title else None
    kept = tuple(part for part in parts if part is not None)
    return Claim(name, kept) if name and kept and len(kept) == len(parts) else None


def check_claim(
    claim: Claim, path: str, engine: Engine, scenarios: Sequence[str], outputs: Sequence[str]
) -> list[Fault]:
    """What a claim says that the study or its engine does not have."""
    faults: list[Fault] = []
    several = len(claim.parts) > 1
    for i, part in enumerate(claim.parts):
        _check_part(part, joined(path, "all", i) if several else path, engine, scenarios, outputs, faults)
    return faults


def _part(raw: object, path: str, faults: list[Fault]) -> ClaimPart | None:
    table = validated(PartTable, raw, path, faults)
    if table is None:
        return None
    try:
        condition = condition_from_text(table.holds)
    except ValueError as error:
        faults.append(Fault(joined(path, "holds"), f"{shown(table.holds)}: {error}"))
        # Something to go on with, so that what else is wrong with the part is told with it.
        condition = _ANY
    before = len(faults)
    select = _selection(table.select, joined(path, "select"), faults) if table.select is not None else ()
    difference = _difference(table.difference, joined(path, "difference"), faults)
    if difference:
        for dim, _ in select:
            if dim in dict(difference[0]):
                faults.append(
                    Fault(joined(path, "select", dim), "stands in 'difference' too; leave it out of one of them")
                )
    if len(faults) > before:
        return None
    return ClaimPart(table.output, table.scenario, condition, table.relative_to, select, difference)


def _difference(raw: object, path: str, faults: list[Fault]) -> tuple[Selection, Selection] | None:
    if raw is None:
        return None
    if not isinstance(raw, list) or len(raw) != 2:
        words = 'must be two tables, such as [{ region = "coast" }, { region = "inland" }]'
        faults.append(Fault(path, f"{words}, not {shown(raw)}"))
        return None
    first, second = (_selection(item, joined(path, i), faults, single=True) for i, item in enumerate(raw))
    if {dim for dim, _ in first} != {dim for dim, _ in second}:
        faults.append(Fault(path, f"both tables must name the same dimensions, not {shown(raw)}"))
    elif first and first == second:
        faults.append(Fault(path, f"takes a label from itself: {shown(raw)}"))
    return first, second


def _selection(raw: object, path: str, faults: list[Fault], single: bool = False) -> Selection:
    """A table of dimension and label; a list of labels where `single` is not asked."""
    if not isinstance(raw, Mapping) or not raw:
        faults.append(Fault(path, f"must be a table of dimension and label, not {shown(raw)}"))
        return ()
    chosen: list[tuple[str, Label | tuple[Label, ...]]] = []
    for dim, label in raw.items():
        if _is_label(label):
            chosen.append((str(dim), label))
        elif not single and isinstance(label, list) and label and all(map(_is_label, label)):
            chosen.append((str(dim), tuple(label)))
        else:
            allowed = "a label" if single else "a label or a list of labels"
            faults.append(Fault(joined(path, str(dim)), f"must be {allowed}, not {shown(label)}"))
    return tuple(chosen)


def _is_label(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool))


def _check_part(
    part: ClaimPart, path: str, engine: Engine, scenarios: Sequence[str], outputs: Sequence[str], faults: list[Fault]
) -> None:
    run = [BASELINE, *scenarios]
    for key, name in (("scenario", part.scenario), ("relative_to", part.relative_to)):
        if name is not None and name not in run:
            faults.append(unknown_fault(joined(path, key), "scenario", name, run))
    if part.output not in engine.outputs:
        faults.append(unknown_fault(joined(path, "output"), "output", part.output, list(engine.outputs)))
        return
    if part.output not in outputs:
        words = f"{part.output!r} is not kept; add it to 'outputs' ({', '.join(outputs) or 'none'})"
        faults.append(Fault(joined(path, "output"), words))
    dims = engine.outputs[part.output].dims
    places = [("select", part.select)]
    if part.difference:
        places += [("difference[0]", part.difference[0]), ("difference[1]", part.difference[1])]
    for key, chosen in places:
        for dim, label in chosen:
            here = joined(path, key, dim)
            if dim not in dims:
                faults.append(unknown_fault(here, "dimension", dim, list(dims)))
                continue
            known = list(engine.coords[dim])
            for one in label if isinstance(label, tuple) else (label,):
                if one not in known:
                    words = f"unknown {dim} {shown(one)}.{nearest(one, [str(item) for item in known])}"
                    faults.append(Fault(here, words))
