"""How single things read on the command line: what a factor accepts, and why draws are infeasible."""

import re
from collections.abc import Sequence
from typing import cast

from ..engines import Engine, Factor

_DRAWS_NAMED, _LEVELS_SHOWN = 6, 4
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


def default_of(factor: Factor) -> float | str:
    """The default of a factor, a level by its name."""
    return factor.levels[int(factor.default)] if factor.levels else factor.default


def accepted_by(factor: Factor) -> str:
    """The ends of a factor, or its levels: a few by name, many by the first and the last."""
    if not factor.levels:
        return f"{factor.low:g} to {factor.high:g}"
    if len(factor.levels) <= _LEVELS_SHOWN:
        return " or ".join(factor.levels)
    return f"{factor.levels[0]} to {factor.levels[-1]} ({len(factor.levels)} levels)"


def grouped_reasons(reasons: Sequence[tuple[int, str]], infeasible: int) -> list[str]:
    """Why draws are infeasible, one line for those that differ in nothing but numbers.

    Parameters
    ----------
    reasons : sequence of (int, str)
        Draws and why each is infeasible; the first of them all.
    infeasible : int
        How many there are in all.
    """
    alike: dict[str, list[tuple[int, str]]] = {}
    for row, reason in reasons:
        alike.setdefault(_NUMBER.sub("#", reason), []).append((row, reason))
    lines = []
    for (row, reason), *others in alike.values():
        named = ", ".join(str(other) for other, _ in others[: _DRAWS_NAMED - 1])
        more = f" and {len(others) - _DRAWS_NAMED + 1} more" if len(others) >= _DRAWS_NAMED else ""
        lines.append(f"Draw {row}: {reason}." + (f" Alike in draws {named}{more}." if others else ""))
    if infeasible > len(reasons):
        lines.append(f"These are the first {len(reasons)} of {infeasible:,} infeasible draws.")
    return lines


def seconds_to_prepare(model: Engine) -> float:
    """About how long one core needs for what all runs share and is not there yet; 0 if an engine does not say."""
    asked = getattr(model, "seconds_to_prepare", None)
    return float(cast(float, asked())) if callable(asked) else 0.0
