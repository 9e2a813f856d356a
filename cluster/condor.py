"""The submit description of HTCondor, which is no shell script but names a program and its arguments."""

import re
from collections.abc import Mapping
from importlib import import_module

_HELD, _RUNNING, _IDLE = 5, 2, 1
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")
# The states by their numbers, in words, for `condor_q`.
STATE = '{"PENDING", "RUNNING", "REMOVED", "COMPLETED", "HELD", "RUNNING", "SUSPENDED"}[JobStatus - 1]'


def description(header: Mapping[str, object], log: str, walltime: int, again: bool, commands: str) -> str:
    """The text that `condor_submit` reads.

    Parameters
    ----------
    header : mapping of str to object
        Settings of dask-jobqueue and of a cluster file, one a line.
    log : str
        The file where the job writes what it says.
    walltime : int
        Seconds after which a job is taken out, as one is that HTCondor holds.
    again : bool
        Whether a job that was put off its machine may start on another.
    commands : str
        What a shell is to do.

    Raises
    ------
    ValueError
        If a command cannot stand on one line.
    """
    if _UNPRINTABLE.search(commands):
        message = f"{commands!r} has a character that HTCondor cannot be told; rename the file that has it."
        raise ValueError(message)
    ends = [f"JobStatus == {_HELD}", f"(JobStatus == {_RUNNING} && time() - EnteredCurrentStatus > {walltime})"]
    ends += [] if again else [f"(JobStatus == {_IDLE} && NumJobStarts > 0)"]
    quote = import_module("dask_jobqueue.htcondor").quote_arguments
    settings = {
        "universe": "vanilla",
        "getenv": "True",
        "should_transfer_files": "NO",
        "transfer_executable": "False",
        "output": log,
        "error": log,
        **header,
        "periodic_remove": " || ".join(ends),
        "executable": "/bin/sh",
        # HTCondor fills in what follows a dollar sign.
        "arguments": f'"{quote(["-c", commands])}"'.replace("$", "$(DOLLAR)"),
    }
    return "".join(f"{name} = {value}\n" for name, value in settings.items()) + "queue\n"
