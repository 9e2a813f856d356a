"""What every engine offers: factors, scenarios, outputs and one door, `solve`."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol, cast, runtime_checkable

import numpy as np
import xarray as xr
from numpy.typing import NDArray

BASELINE = "baseline"


# Called with steps done and steps in all.
Steps = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Factor:
    """One uncertain input of an engine. `low` and `high` bound the values that the model accepts, in `unit`.

    A categorical factor has `levels`; its value in a draw is the index of a level.
    """

    name: str
    unit: str
    default: float
    low: float
    high: float
    description: str
    source: str
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """One named array that a run returns; `dims` are those after (scenario, draw)."""

    name: str
    dims: tuple[str, ...]
    unit: str
    label: str
    place: str = ""
    dtype: Literal["float64", "float32"] = "float64"


@dataclass(frozen=True, slots=True)
class Shock:
    """One change of one parameter of a model.

    Parameters
    ----------
    parameter : str
        A name that the engine lists in `shock_parameters`.
    change : {"add", "times", "set"}
        How `value` acts on the parameter.
    value : float, or str
        A number in the parameter's unit, or the name of a factor whose value is taken in each draw.
    region : str, optional
        Label of the region; everywhere if left out.
    sectors : tuple of str
        Codes or names of groups of sectors (or cells); all if empty.
    first_year, last_year : int
        The years in which the shock acts, both included.
    scale : float, or str
        The share of the change that is made, a number or the name of a factor; 1 makes it in full.
    complement : bool
        Take one minus `value`, so that a factor that is a cut can serve `times`.
    """

    parameter: str
    change: Literal["add", "times", "set"]
    value: float | str
    region: str | None = None
    sectors: tuple[str, ...] = ()
    first_year: int = 1
    last_year: int = 10_000
    scale: float | str = 1.0
    complement: bool = False


@dataclass(frozen=True, slots=True)
class Scenario:
    """One policy: a named list of shocks."""

    name: str
    label: str
    shocks: tuple[Shock, ...] = ()
    description: str = ""


class Draws(NamedTuple):
    """Rows of a design: `values` is (draw, factor) float64, its columns named by `factors`."""

    factors: tuple[str, ...]
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Solution:
    """What a solve returns. Every array is led by (scenario, draw), `baseline` first.

    `outputs` maps the name of an output to its array; `outcome` is uint8 (values of `Outcome`),
    `residual` float64 (the largest relative residual), `iterations` int32. Where a run has not been
    solved its numbers are NaN.
    """

    scenarios: tuple[str, ...]
    outputs: Mapping[str, NDArray[np.floating]]
    outcome: NDArray[np.uint8]
    residual: NDArray[np.float64]
    iterations: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a case comes from, for the store and the report."""

    citation: str
    licence: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Switch:
    """A structural setting of an engine: its value now, the values that it may have, in words, and what it means."""

    name: str
    value: float | str | bool
    accepted: str
    meaning: str


@runtime_checkable
class Engine(Protocol):
    """A model with its case loaded. Engines hold no state that a solve changes.

    An engine may also have `memory`, a `Memory`: what a worker must have is then looked at before a sweep begins; and
    `whole_host`, True if one run uses every core there is, so that a host is better left to one worker; and
    `shock_faults`, a method that is given a `Shock` and returns what is wrong with where, when and by how much it acts,
    in words by key: a study is then told of it when it is read; and `switches`, the settings that a study may give it.
    """

    @property
    def name(self) -> str:
        """The name that `cordillera.engine` knows it by."""
        ...

    @property
    def case(self) -> str:
        """Name of the case that is loaded."""
        ...

    @property
    def numbers_version(self) -> int:
        """Rises when the same input gives other numbers."""
        ...

    @property
    def identity(self) -> str:
        """Hash of what decides the numbers: the case and the settings."""
        ...

    @property
    def run_seconds(self) -> float:
        """About how long one run takes on one core."""
        ...

    @property
    def factors(self) -> Mapping[str, Factor]:
        """Uncertain inputs by name."""
        ...

    @property
    def scenarios(self) -> Mapping[str, Scenario]:
        """The case's own policies by name, without the baseline."""
        ...

    @property
    def shock_parameters(self) -> Mapping[str, str]:
        """What a shock may change, each with its unit."""
        ...

    @property
    def outputs(self) -> Mapping[str, Output]:
        """Arrays that a run can return, by name."""
        ...

    @property
    def coords(self) -> Mapping[str, Sequence[str] | Sequence[int]]:
        """Labels of every dimension of the outputs."""
        ...

    @property
    def provenance(self) -> Provenance:
        """Where the case comes from."""
        ...

    def prepare(self, progress: Steps | None = None) -> None:
        """Make what takes long and is kept on this machine, telling steps done and steps in all; mostly nothing."""
        ...

    def solve_draws(
        self, draws: Draws, scenarios: Sequence[Scenario], outputs: Sequence[str] | None = None
    ) -> Solution:
        """Solve every draw under the baseline and under each scenario.

        Parameters
        ----------
        draws : Draws
            Factors that are not among its columns keep their defaults.
        scenarios : sequence of Scenario
            Without the baseline, which is always solved and comes first.
        outputs : sequence of str, optional
            The outputs wanted; all if left out.
        """
        ...

    def solve(
        self,
        values: Mapping[str, float] | None = None,
        scenarios: Sequence[str | Scenario] = (),
        outputs: Sequence[str] | None = None,
    ) -> xr.Dataset:
        """Solve one draw and return its outputs as a labelled Dataset."""
        ...

    def infeasible(self, draws: Draws, scenarios: Sequence[Scenario] = ()) -> dict[int, str]:
        """Rows that the model cannot solve under the baseline or a scenario, each with the condition that it breaks."""
        ...


class Memory(NamedTuple):
    """Bytes that a process needs to solve a batch: in all, and how much of it the processes of a host share."""

    process: int
    shared: int = 0


def memory_of(engine: Engine) -> Memory | None:
    """What an engine declares as `memory`, a table and not a measurement; None if it does not say."""
    declared = getattr(engine, "memory", None)
    return declared if isinstance(declared, Memory) else None


def uses_whole_host(engine: Engine) -> bool:
    """Whether one run of an engine uses every core of its host."""
    return getattr(engine, "whole_host", False) is True


def shock_faults_of(engine: Engine, shock: Shock) -> Mapping[str, str] | None:
    """What an engine finds wrong with where, when and by how much a shock acts, by key; None if it does not say."""
    asked = getattr(engine, "shock_faults", None)
    return cast(Mapping[str, str], asked(shock)) if callable(asked) else None


class UnknownNameError(KeyError):
    """A name that the engine does not have."""

    def __str__(self) -> str:
        return str(self.args[0])


def unknown(kind: str, name: str, allowed: Sequence[str]) -> UnknownNameError:
    """An error that names what was asked for, the nearest allowed name, and all of them."""
    near = difflib.get_close_matches(name, allowed, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    listed = ", ".join(sorted(allowed)[:40]) + (f" and {len(allowed) - 40} more" if len(allowed) > 40 else "")
    return UnknownNameError(f"Unknown {kind} {name!r}.{hint} Known: {listed}.")
