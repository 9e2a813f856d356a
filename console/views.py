"""How cases, studies and stores stand, as tables for a reader or as one JSON object for a program."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import xarray as xr

from .. import sweeps
from ..analysis import Results, failed_share
from ..analysis.health import unsolved_policies
from ..engines import BASELINE, REMEDY, Engine, Outcome, Switch
from ..sweeps.status import StoreStatus, read_status
from . import terminal
from .catalogue import list_cases
from .outlook import Look, outlook, outlook_record, status_record
from .panel import dashboard_words
from .terminal import duration, pace, say, show, size, write_json
from .wording import accepted_by, default_of, grouped_reasons, seconds_to_prepare

if TYPE_CHECKING:
    from ..sweeps import Study, StudyCheck
    from ..sweeps.verify import VerifyReport
    from .checkup import Finding

_ROWS_SHOWN = 20


def cases(as_json: bool) -> None:
    """The bundled cases and studies."""
    known, studies = list_cases(), sweeps.bundled_studies()
    if as_json:
        write_json({"cases": [asdict(entry) for entry in known], "studies": studies})
        return
    show("Cases", ("case", "engine", "what it is"), [(entry.name, entry.engine, entry.title) for entry in known])
    show("Studies", ("study",), [(name,) for name in studies])


def engine(model: Engine, as_json: bool) -> None:
    """The factors, scenarios, settings and outputs of a case."""
    switches: Sequence[Switch] = getattr(model, "switches", ())
    if as_json:
        write_json(
            {
                "engine": model.name,
                "case": model.case,
                "identity": model.identity,
                "numbers_version": model.numbers_version,
                "citation": model.provenance.citation,
                "licence": model.provenance.licence,
                "factors": [asdict(factor) for factor in model.factors.values()],
                "scenarios": [asdict(scenario) for scenario in model.scenarios.values()],
                "shock_parameters": dict(model.shock_parameters),
                "settings": [asdict(one) for one in switches],
                "outputs": [asdict(output) for output in model.outputs.values()],
                "coords": {name: list(labels) for name, labels in model.coords.items()},
            }
        )
        return
    say(f"{model.case}: {model.provenance.citation}")
    rows = [
        (factor.name, factor.unit, default_of(factor), accepted_by(factor), factor.description)
        for factor in model.factors.values()
    ]
    show("Factors", ("factor", "unit", "default", "accepted", "what it is"), rows)
    show("Scenarios", ("scenario", "what it is"), [(one.name, one.label) for one in model.scenarios.values()])
    show("Parameters of shocks", ("parameter", "what it is"), list(model.shock_parameters.items()))
    if switches:
        rows = [(one.name, str(one.value), one.accepted, one.meaning) for one in switches]
        show("Settings", ("setting", "now", "accepted", "what it is"), rows)
    rows = [(one.name, ", ".join(one.dims), one.unit, one.label, one.place) for one in model.outputs.values()]
    show("Outputs", ("output", "dimensions", "unit", "what it is", "published in"), rows)


def sound_case(model: Engine, as_json: bool) -> None:
    """A case that has been loaded, and has no fault therefore."""
    own = len(model.scenarios) - 1 if BASELINE in model.scenarios else len(model.scenarios)
    if as_json:
        write_json({"case": model.case, "engine": model.name, "identity": model.identity, "policies": own})
        return
    say(
        f"{model.case}: no fault. {len(model.factors)} factors, {own} policies and {len(model.outputs)} outputs, which "
        f'`cordillera describe {model.case}` lists. A study names it with case = "{model.case}".'
    )


def _policies(count: int) -> str:
    return "1 scenario" if count == 1 else f"{count} scenarios"


def check(study: "Study", found: "StudyCheck", as_json: bool) -> int:
    """What a study asks of the machine, and the draws that the model cannot take."""
    from ..cluster.local import available_cores

    cores, first = available_cores(), seconds_to_prepare(study.build_engine())
    if as_json:
        record = {"study": study.name, "identity": study.identity, "cores": cores, "seconds_to_prepare": first}
        write_json(record | asdict(found))
    else:
        rows = [
            ("draws", f"{found.draws:,} ({study.design.method})"),
            ("runs", f"{found.runs:,}: each draw under the baseline and {_policies(len(study.scenarios))}"),
            ("time", f"{duration(found.seconds / cores)} on the {cores} cores of this machine"),
            ("size", f"{size(found.size)} before compression"),
            ("memory", "the engine does not say" if found.memory is None else f"{size(found.memory)} a worker"),
            ("infeasible draws", f"{found.infeasible:,}, as far as can be told without solving them"),
        ]
        if first:
            words = f"about {duration(first / cores)} once, before the runs, for costs that they share (an estimate)"
            rows.insert(3, ("", words))
        show(study.name, ("", ""), rows)
    for line in grouped_reasons(found.reasons, found.infeasible):
        say(line)
    if found.infeasible:
        say(
            f"Error: {found.infeasible:,} of {found.draws:,} draws lie outside the model's domain. "
            "Narrow the factors that are named."
        )
    return terminal.FAULT if found.infeasible else terminal.DONE


def failures(results: Results) -> int:
    """The exit code of a sweep: whether more of its runs failed than its study allows."""
    share, allowed = failed_share(results.store), results.store.study.failures_allowed
    if share <= allowed:
        return terminal.DONE
    say(f"{share:.2%} of the runs failed and the study allows {allowed:.2%}; the report says which.")
    lines = unsolved_policies(results.store)
    for line in lines or (f"`cordillera status {results.store.url}` says what failed, and what helps.",):
        say(line)
    return terminal.TOO_MANY_FAILED


def outcome(results: Results, as_json: bool) -> int:
    """How a sweep ended."""
    status = read_status(results.store.url)
    if as_json:
        write_json(status_record(status))
    else:
        say(f"{status.url}: {status.done:,} runs, {status.failed:,} failed.")
    return failures(results)


def status(url: str, as_json: bool) -> None:
    """How a store stands now."""
    from . import jobs

    job = jobs.find(url)
    alive = job is not None and job.state is not None
    found = _status_or_job(url, alive)
    view = outlook((Look(0.0, found, job),))
    if as_json:
        write_json(outlook_record(view))
        return
    _show_status(found, job.words if job else "", alive)
    for failure in view.failures:
        terminal.state(f"{failure.runs:,} {failure.outcome}: {failure.remedy}")
    if found is not None and found.torn:
        units = "1 unit" if found.torn == 1 else f"{found.torn:,} units"
        terminal.state(
            f"{units} of it cannot be read and counted as not run; `cordillera verify {url}` names the damage."
        )
    if words := dashboard_words(view):
        terminal.state(f"Dashboard: {words}")
    for words in view.warnings:
        terminal.state(words)


def _status_or_job(url: str, alive: bool) -> StoreStatus | None:
    """How a store stands; None if its driver has yet to make it."""
    try:
        return read_status(url)
    except (sweeps.StoreNotFoundError, sweeps.UnfinishedStoreError):
        if alive:
            return None
        raise


def _show_status(found: StoreStatus | None, job: str, alive: bool) -> None:
    if found is None:
        terminal.state(f"{job}. There is no store yet.")
        return
    words = f"{found.name}: {found.done:,} of {found.runs:,} runs, {found.failed:,} failed"
    if found.driving and found.driver:
        words += f", {pace(found.rate)}" if found.rate else ""
        words += f", {duration(found.seconds_left)} left" if found.seconds_left else ""
        words += f". Driven by {found.driver.who}."
    elif found.done < found.runs and alive:
        words += ". Nobody drives it yet."
    elif found.done < found.runs:
        words += ". Nobody drives it; `cordillera run` or `submit` with the same study goes on."
    else:
        words += ". Complete."
    words += f" {job}." if job else ""
    terminal.state(words)


def replay(dataset: xr.Dataset, as_json: bool) -> int:
    """One draw, solved again, and the exit code: a fault if other bits come back."""
    names = [str(name) for name in dataset.data_vars if "same_bits" in dataset[name].attrs]
    same = {name: int(dataset[name].attrs["same_bits"]) for name in names}
    values = {
        str(name): float(value) for name, value in zip(dataset["factor"].values, dataset["value"].values, strict=True)
    }
    states = {
        str(name): Outcome(int(code))
        for name, code in zip(dataset["scenario"].values, dataset["outcome"].values, strict=True)
    }
    differing, changed = [name for name, verdict in same.items() if verdict == 0], list(dataset.attrs["changed"])
    code = terminal.FAULT if differing else terminal.DONE
    if as_json:
        outputs = {name: dataset[name].values.tolist() for name in names}
        outcomes = {name: state.name for name, state in states.items()}
        write_json(
            {
                "draw": dataset.attrs["draw"],
                "values": values,
                "outcome": outcomes,
                "same_bits": same,
                "changed": changed,
                "outputs": outputs,
            }
        )
        return code
    show(f"Draw {dataset.attrs['draw']}", ("factor", "value"), list(values.items()))
    rows = [
        (name, state.name, float(dataset["residual"].sel(scenario=name)), int(dataset["iterations"].sel(scenario=name)))
        for name, state in states.items()
    ]
    show("Runs", ("scenario", "outcome", "residual", "iterations"), rows)
    for state in sorted({state for state in states.values() if state is not Outcome.SOLVED}):
        say(f"{state.name}: {REMEDY[state]}")
    for line in changed:
        say(f"Changed since the store was made: {line}.")
    if -1 in same.values():
        say("The store has no such run yet.")
    elif differing:
        why = "" if changed else "; `cordillera report` says with what versions and processor the store was made"
        say(f"Error: Not the stored bits: {', '.join(differing)}{why}.")
    else:
        say("The stored bits come back.")
    return code


def verification(found: "VerifyReport", as_json: bool) -> int:
    """What is torn, lost or different in a store."""
    if as_json:
        write_json(asdict(found) | {"sound": found.sound})
        return terminal.DONE if found.sound else terminal.FAULT
    say(f"{found.url}: {found.complete} of {found.units} units have run.")
    for damage in found.damages[:_ROWS_SHOWN]:
        place = "the labels" if damage.unit is None else f"unit {damage.unit}"
        say(f"Error: {damage.array} of {place}: {damage.message}")
    if len(found.damages) > _ROWS_SHOWN:
        say(f"and {len(found.damages) - _ROWS_SHOWN} more; with --json all are listed.")
    if found.reopened:
        units = "1 damaged unit counts" if len(found.reopened) == 1 else f"{len(found.reopened)} damaged units count"
        say(f"{units} as not run now; `cordillera run` with the same study repairs them.")
    if found.unmarked:
        say(f"Error: The damaged units could not be marked as not run: {found.unmarked}. Verify where you may write.")
    if any(damage.unit is None for damage in found.damages):
        say("Labels cannot be computed again: put their objects back from a copy, or run the study into a new store.")
    if found.against is not None:
        say(f"{found.compared} units compared with {found.against}.")
        for one in found.differences:
            if one.units:
                say(f"Error: {one.array} differs in {one.units} units, by {one.largest:.3g} of a value or less.")
            else:
                say(f"Error: The stores hold different studies: their {one.array} are not the same.")
    if found.sound:
        say(
            "Sound: every checksum and every object is right"
            + (", and the bits are the same." if found.against else ".")
        )
    return terminal.DONE if found.sound else terminal.FAULT


def checkup(found: "Sequence[Finding]", as_json: bool) -> int:
    """What was found on this machine and on workers, and what to do about it."""
    well = not any(finding.remedy for finding in found)
    if as_json:
        write_json({"well": well, "findings": [asdict(finding) for finding in found]})
    else:
        rows = [(finding.what, finding.found, finding.remedy) for finding in found]
        show("This machine and its workers", ("", "", ""), rows)
        say("All is well." if well else "Something is not well; the last column says what to do.")
    return terminal.DONE if well else terminal.FAULT
