"""Queueing systems: the script of a job, and the commands that submit, list and cancel jobs.

Scripts go to the queue on its standard input and paths to its arguments, so that no shell reads a name of the user's;
what stands in a script is quoted. The headers are those of dask-jobqueue.
"""

import getpass
import re
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol

from . import condor
from .quantity import clock
from .specification import QueueKind, QueueSpec

_ANSWER_SECONDS = 120.0
_CANCELLED_AT_ONCE = 200
# The variable with the place of a task in its array.
PLACE = "SLURM_ARRAY_TASK_ID"


class QueueError(RuntimeError):
    """A queue refuses, cannot be reached, or is not installed."""


class QueueJob(Protocol):
    """What of a job of dask-jobqueue is used here."""

    job_header: str
    job_header_dict: Mapping[str, object]
    job_id_regexp: str
    submit_command: str
    cancel_command: str


@dataclass(frozen=True, slots=True)
class Form:
    """What one job asks for: `memory` in bytes, `walltime` in seconds; `again` if the queue may start it again.

    `count` jobs that differ by `PLACE` alone are submitted together, as an array.
    """

    name: str
    cores: int
    memory: int
    walltime: int
    again: bool = False
    count: int = 1


@dataclass(frozen=True, slots=True)
class _Dialect:
    """How one system names things; `{name}`, `{user}` and `{last}` are filled in.

    `array` are the options of an array, of `together` jobs at most.
    """

    job_class: str
    account: str
    log: str
    submit: tuple[str, ...]
    listing: tuple[str, ...]
    again: tuple[str, str] | None = None
    array: tuple[str, ...] = ()
    together: int = 1
    requeue: tuple[str, ...] = ()


_DIALECTS: Mapping[QueueKind, _Dialect] = {
    "slurm": _Dialect(
        "SLURMJob",
        "account",
        "{name}-{job}.log",
        ("--output={name}-%j.log", "--open-mode=append"),
        ("squeue", "--noheader", "--array", "--user={user}", "--format=%i %T"),
        again=("--no-requeue", "--requeue"),
        array=("--array=0-{last}", "--output={name}-%A_%a.log"),
        # Where nobody has changed it, the largest place is 1,000.
        together=1000,
        requeue=("scontrol", "requeue", "{job}"),
    ),
    "pbs": _Dialect("PBSJob", "account", "{name}.o{job}", ("-j", "oe"), ("qselect", "-u", "{user}")),
    "sge": _Dialect("SGEJob", "project", "{name}.o{job}", (), ("qstat", "-u", "{user}")),
    "lsf": _Dialect(
        "LSFJob",
        "project",
        "{name}-{job}.log",
        ("-o", "{name}-%J.log"),
        ("bjobs", "-noheader", "-u", "{user}", "-o", "jobid stat"),
    ),
    "htcondor": _Dialect(
        "HTCondorJob",
        "accounting_group",
        "{name}-{job}.log",
        ("-terse", "-"),
        ("condor_q", "{user}", "-autoformat", "ClusterId", condor.STATE),
    ),
}
_LISTED = re.compile(r"^\s*(\d+(?:_\d+)?)(?:\S*)(?:[ \t]+([A-Z]+)[ \t]*$)?", re.MULTILINE | re.ASCII)


def script(
    spec: QueueSpec,
    form: Form,
    command: Sequence[str],
    variables: Mapping[str, str] | None = None,
    *,
    last_words: str = "",
) -> str:
    """The script of a job that becomes `command`.

    Parameters
    ----------
    spec : QueueSpec
        The queue.
    form : Form
        What the job asks for.
    command : sequence of str
        The program and its arguments, as they are; they are quoted here.
    variables : mapping of str to str, optional
        The environment of the program, beside what the queue gives.
    last_words : str
        Further arguments that the shell reads; none of a user's words may be among them.
    """
    exports = [f"export {name}={shlex.quote(value)}" for name, value in (variables or {}).items()]
    commands = [*exports, f"exec {shlex.join(command)} {last_words}".rstrip()]
    job = _job(spec, form)
    if spec.kind == "htcondor":
        log = log_name(spec.kind, form.name, "$(ClusterId)")
        return condor.description(job.job_header_dict, log, form.walltime, form.again, "; ".join(commands))
    return "\n".join(["#!/usr/bin/env bash", job.job_header, *commands]) + "\n"


def submit(spec: QueueSpec, form: Form, content: str, folder: Path) -> list[str]:
    """Hand a script to the queue; its log comes into `folder`.

    Returns
    -------
    list of str
        The number of each job.
    """
    job = _job(spec, form)
    dialect = _DIALECTS[spec.kind]
    forms = (*dialect.submit, *(dialect.array if form.count > 1 else ()))
    options = [option.replace("{name}", form.name).replace("{last}", str(form.count - 1)) for option in forms]
    if dialect.again is not None:
        options.append(dialect.again[form.again])
    answer = _ask([*shlex.split(job.submit_command), *options], folder, content)
    found = re.search(job.job_id_regexp, answer)
    if found is None:
        message = f"{job.submit_command} gave no number of a job but {answer.strip()[:200]!r}."
        raise QueueError(message)
    # Of HTCondor, `12.0` is the first job of the submission 12, and the only one.
    number = found["job_id"].removesuffix(".0")
    return [number] if form.count == 1 else [f"{number}_{place}" for place in range(form.count)]


def most_together(kind: QueueKind) -> int:
    """How many jobs one submission may make."""
    return _DIALECTS[kind].together


def list_jobs(kind: QueueKind, user: str | None = None) -> dict[str, str]:
    """The jobs of a user, or of this one, that wait or run, each with its state where the queue tells it."""
    command = [part.replace("{user}", user or getpass.getuser()) for part in _DIALECTS[kind].listing]
    # LSF calls it an error if there are none.
    answer = _ask(command, Path.cwd(), none_is_an_error=kind != "lsf")
    return {number: state or "in the queue" for number, state in _LISTED.findall(answer)}


def cancel(kind: QueueKind, jobs: Sequence[str]) -> None:
    """Cancel jobs; those that have ended already do not matter."""
    program = _job_class(kind).cancel_command
    for first in range(0, len(jobs), _CANCELLED_AT_ONCE):
        _ask([*shlex.split(program), *jobs[first : first + _CANCELLED_AT_ONCE]], Path.cwd(), none_is_an_error=False)


def can_requeue(kind: QueueKind) -> bool:
    """Whether a job of one's own can be started again under its number."""
    return bool(_DIALECTS[kind].requeue)


def requeue(kind: QueueKind, job: str) -> None:
    """End a job that runs and have it wait again, under the same number."""
    _ask([part.replace("{job}", job) for part in _DIALECTS[kind].requeue], Path.cwd())


def log_name(kind: QueueKind, name: str, job: str) -> str:
    """The file in the folder of the submission where the queue writes what a job says."""
    return _DIALECTS[kind].log.format(name=name, job=job)


def _ask(command: Sequence[str], folder: Path, content: str | None = None, *, none_is_an_error: bool = True) -> str:
    try:
        asked = subprocess.run(
            command,
            cwd=folder,
            input=content or "",
            capture_output=True,
            text=True,
            timeout=_ANSWER_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        message = f"There is no {command[0]!r} on this machine. Give the command where the queue's own commands work."
        raise QueueError(message) from None
    except (OSError, subprocess.TimeoutExpired) as error:
        message = f"The queue does not answer {command[0]!r}: {error}"
        raise QueueError(message) from error
    if asked.returncode and none_is_an_error:
        words = (asked.stderr or asked.stdout).strip()
        message = f"The queue refuses {command[0]!r} with exit code {asked.returncode}: {words[:1000]}"
        raise QueueError(message)
    return asked.stdout


def _job_class(kind: QueueKind) -> type[QueueJob]:
    """The class of dask-jobqueue; this says which extra to install if it is missing."""
    try:
        modules = import_module("dask_jobqueue.core"), import_module(f"dask_jobqueue.{kind}")
    except ImportError:
        message = f"The queue {kind!r} needs dask-jobqueue. Install it: pip install dask-jobqueue cryptography."
        raise QueueError(message) from None
    return getattr(modules[1], _DIALECTS[kind].job_class)


def _job(spec: QueueSpec, form: Form) -> QueueJob:
    if spec.kind == "htcondor":
        return _condor_job(spec, form)
    minutes = -(-form.walltime // 60)
    walltime = clock(60 * minutes).removesuffix(":00") if spec.kind == "lsf" else clock(form.walltime)
    # Everything is given, so that nothing is taken from a configuration file of dask-jobqueue.
    options = {
        "name": form.name,
        "job_name": form.name,
        "queue": spec.queue,
        "walltime": walltime,
        "cores": form.cores,
        "processes": 1,
        "memory": f"{form.memory} B",
        "job_extra_directives": list(spec.directives),
        "job_directives_skip": (),
        "job_script_prologue": [],
        "worker_extra_args": [],
        _DIALECTS[spec.kind].account: spec.account,
    }
    return _job_class(spec.kind)(**options)


def _condor_job(spec: QueueSpec, form: Form) -> QueueJob:
    settings = dict(setting.split(" = ", 1) for setting in spec.directives)
    if spec.account is not None:
        settings[_DIALECTS[spec.kind].account] = spec.account
    options = {
        "name": form.name,
        "cores": form.cores,
        "processes": 1,
        "memory": f"{form.memory} B",
        # It must be named here, and is left out below: HTCondor has a size of its own.
        "disk": "1 B",
        "job_directives_skip": ("MY.DaskWorkerDisk", "RequestDisk"),
        "job_extra_directives": settings,
        "job_script_prologue": [],
        "worker_extra_args": [],
        "submit_command_extra": [],
        "cancel_command_extra": [],
    }
    return _job_class(spec.kind)(**options)
