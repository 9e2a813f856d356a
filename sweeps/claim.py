"""A claim: a statement about outputs that holds in a draw or does not.

A part takes one output under one scenario, as a level or as the difference from another scenario, at one label of its
dimensions or as the difference of two, and compares it with numbers. What dimensions are left over must all satisfy the
comparison. A claim holds where all its parts do.
"""

import math
import re
from dataclasses import dataclass
from typing import NamedTuple

import xarray as xr

Label = str | int
Selection = tuple[tuple[str, Label | tuple[Label, ...]], ...]

_NUMBER = r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)"
_ONE = re.compile(rf"\s*(>=|<=|>|<|within)\s*{_NUMBER}\s*", re.ASCII)
_TWO = re.compile(rf"\s*between\s+{_NUMBER}\s+and\s+{_NUMBER}\s*", re.ASCII)
CONDITION_FORMS = "'> x', '< x', '>= x', '<= x', 'within x' (from -x to x), 'between x and y'"


class Verdict(NamedTuple):
    """Where a claim holds, and where that is known: a failed run (NaN) may leave neither true nor false."""

    holds: xr.DataArray
    known: xr.DataArray


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison with numbers. An interval holds at its ends."""

    text: str
    low: float
    high: float
    strict: bool

    def holds(self, values: xr.DataArray) -> xr.DataArray:
        """Where `values` satisfy the condition; false where they are NaN."""
        if self.strict:
            return (values > self.low) & (values < self.high)
        return (values >= self.low) & (values <= self.high)


def condition_from_text(text: str) -> Condition:
    """Read a comparison.

    Parameters
    ----------
    text : str
        `> x`, `< x`, `>= x`, `<= x`, `within x` (from -x to x) or `between x and y`.

    Raises
    ------
    ValueError
        If it is none of these, or an interval is empty.
    """
    if two := _TWO.fullmatch(text):
        low, high = float(two[1]), float(two[2])
        if not low < high:
            raise ValueError(f"the first number ({low:g}) must be below the second ({high:g})")
        return _finite(Condition(text.strip(), low, high, False), low, high)
    if one := _ONE.fullmatch(text):
        sign, number = one[1], float(one[2])
        if sign == "within":
            if not number > 0:
                raise ValueError(f"'within' needs a positive number, not {number:g}")
            return _finite(Condition(text.strip(), -number, number, False), number)
        low, high = (number, math.inf) if sign.startswith(">") else (-math.inf, number)
        return _finite(Condition(text.strip(), low, high, not sign.endswith("=")), number)
    raise ValueError(f"must be one of {CONDITION_FORMS}")


def _finite(condition: Condition, *numbers: float) -> Condition:
    if not all(map(math.isfinite, numbers)):
        raise ValueError("its numbers must be finite")
    return condition


@dataclass(frozen=True, slots=True)
class ClaimPart:
    """One comparison.

    Parameters
    ----------
    output, scenario : str
        What is looked at.
    condition : Condition
        What it is compared with.
    relative_to : str, optional
        Another scenario, whose value is taken off.
    select : pairs of dimension and label (or labels)
        Where in the output.
    difference : two such selections, optional
        The second is taken off the first.
    """

    output: str
    scenario: str
    condition: Condition
    relative_to: str | None = None
    select: Selection = ()
    difference: tuple[Selection, Selection] | None = None

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The scenarios that it needs."""
        return (self.scenario,) if self.relative_to is None else (self.scenario, self.relative_to)

    def value(self, dataset: xr.Dataset) -> xr.DataArray:
        """The quantity that is compared, with the dimensions (draw, ...) that are left over."""
        values = dataset[self.output]
        amount = values.sel(scenario=self.scenario, drop=True)
        if self.relative_to is not None:
            amount = amount - values.sel(scenario=self.relative_to, drop=True)
        amount = _select(amount, self.select)
        if self.difference is not None:
            amount = _select(amount, self.difference[0]) - _select(amount, self.difference[1])
        return amount

    def verdict(self, dataset: xr.Dataset) -> Verdict:
        """Where it holds at every label left over, and where that is known."""
        amount = self.value(dataset)
        rest = [dim for dim in amount.dims if dim != "draw"]
        holds, known = self.condition.holds(amount), amount.notnull()
        fails = (known & ~holds).any(rest)
        holds = holds.all(rest)
        return Verdict(holds, holds | fails)


@dataclass(frozen=True, slots=True)
class Claim:
    """A named statement that holds where all its parts do."""

    name: str
    parts: tuple[ClaimPart, ...]

    @property
    def outputs_needed(self) -> tuple[str, ...]:
        """Names of the outputs that it looks at."""
        return tuple(dict.fromkeys(part.output for part in self.parts))

    @property
    def scenarios_needed(self) -> tuple[str, ...]:
        """Names of the scenarios that it looks at, the baseline among them if it is one."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.scenarios))

    def holds(self, dataset: xr.Dataset) -> Verdict:
        """Evaluate the claim.

        Parameters
        ----------
        dataset : xarray.Dataset
            The outputs needed, led by (scenario, draw), or by (scenario) alone for one draw.

        Returns
        -------
        Verdict
            `holds` and `known`, boolean and over (draw), or scalars for one draw. NaN makes a part unknown; a claim
            with a part that is known to fail is known to fail.
        """
        parts = [part.verdict(dataset) for part in self.parts]
        holds, known, fails = parts[0].holds, parts[0].known, parts[0].known & ~parts[0].holds
        for part in parts[1:]:
            holds = holds & part.holds
            known = known & part.known
            fails = fails | (part.known & ~part.holds)
        return Verdict(holds.rename("holds"), (known | fails).rename("known"))


def _select(array: xr.DataArray, chosen: Selection) -> xr.DataArray:
    for dim, label in chosen:
        several = isinstance(label, tuple)
        array = array.sel({dim: list(label) if several else label}, drop=not several)
    return array
