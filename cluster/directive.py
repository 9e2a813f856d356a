"""Which options a cluster file may hand to a queue.

Only such as choose machines, priority or mail: an option that runs a program, writes a file or sets a variable would
let a cluster file do what its reader does not expect.
"""

import re
from collections.abc import Mapping

_LONG = re.compile(r"--([a-z][a-z-]*)(?:=[\w.,:@+*()\[\]/&|!=-]{1,500})?", re.ASCII)
_SHORT = re.compile(r"-([A-Za-z]+)(?: [\w.,:@+*()\[\]/=<>!][\w.,:@+*()\[\]/=<>!-]{0,500}){0,2}", re.ASCII)
_SETTING = re.compile(r"([a-z_]+) = [\w.,:@+*()\[\]/=<>!&|?\"' -]{1,500}", re.ASCII)
_SHORT_FORM = ("-", _SHORT, "-name value, without quotes")
_FORMS = {
    "slurm": ("--", _LONG, "--name=value, without quotes"),
    "htcondor": ("", _SETTING, "name = value"),
}

ALLOWED: Mapping[str, tuple[str, ...]] = {
    "slurm": (
        "cluster-constraint",
        "comment",
        "constraint",
        "contiguous",
        "exclude",
        "exclusive",
        "gres",
        "hint",
        "licenses",
        "mail-type",
        "mail-user",
        "nice",
        "nodelist",
        "priority",
        "qos",
        "reservation",
        "switches",
        "threads-per-core",
        "tmp",
        "wckey",
    ),
    "pbs": ("a", "l", "m", "M", "p", "P"),
    "sge": ("l", "m", "M", "p", "pe", "R"),
    "lsf": ("G", "m", "R", "sla", "sp", "U", "x"),
    "htcondor": (
        "accounting_group_user",
        "concurrency_limits",
        "nice_user",
        "notification",
        "notify_user",
        "priority",
        "rank",
        "requirements",
    ),
}


def check_directive(kind: str, directive: str) -> str | None:
    """What is wrong with an extra option of a queue; None if nothing is.

    Examples
    --------
    >>> check_directive("slurm", "--qos=long")
    """
    dash, pattern, form = _FORMS.get(kind, _SHORT_FORM)
    match = pattern.fullmatch(directive)
    if match is not None and match[1] in ALLOWED[kind]:
        return None
    allowed = ", ".join(dash + name for name in ALLOWED[kind])
    return f"{directive[:80]!r} may not be given here. Allowed as {form}: {allowed}."
