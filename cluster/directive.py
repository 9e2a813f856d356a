"""Which options a cluster file may hand to a queue.

Only such as choose machines, priority or mail: an option that runs a program, writes a file or sets a variable would
let a cluster file do what its reader does not expect.
"""

import re
from collections.abc import Mapping

_LONG = re.compile(r"--([a-z][a-z-]*)(?:=[\w.,:@+*()\[\]/&|!=-]{1,500})?", re.ASCII)
_SHORT = re.compile(r"-([A-Za-z]+)(?: [\w.,:@+*()\[\]/=<>!][\w.,:@+*()\[\]/=<>!-]{0,500}){0,2}", re.ASCII)

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
}


def check_directive(kind: str, directive: str) -> str | None:
    """What is wrong with an extra option of a queue; None if nothing is.

    Examples
    --------
    >>> check_directive("slurm", "--qos=long")
    """
    dash = "--" if kind == "slurm" else "-"
    match = (_LONG if kind == "slurm" else _SHORT).fullmatch(directive)
    if match is not None and match[1] in ALLOWED[kind]:
        return None
    form = "--name=value" if kind == "slurm" else "-name value"
    allowed = ", ".join(dash + name for name in ALLOWED[kind])
    return f"{directive[:80]!r} may not be given here. Allowed as {form}, without quotes: {allowed}."
