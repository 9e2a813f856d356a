"""Whether a worker makes the bits that a store already holds, when its libraries or processor are others."""

from dataclasses import dataclass

import numpy as np

from ..engines import Draws, Outcome
from .batch import Workplace, workplace
from .environment import environment


class MixedEnvironmentError(RuntimeError):
    """This environment makes other bits than those in the store."""


@dataclass(frozen=True, slots=True)
class Consistency:
    """What a worker found.

    Parameters
    ----------
    environment : str
        The worker's own.
    others : tuple of str
        Other environments that wrote units of the store; none is looked at if this one wrote some too, since their
        numbers stand side by side already.
    differing : tuple of str
        Outputs of a check draw whose bits differ from those that one of the others stored.
    """

    environment: str
    others: tuple[str, ...]
    differing: tuple[str, ...]


def check_consistency(url: str, units: tuple[int, ...]) -> Consistency:
    """Solve one draw of each other environment anew, among the complete `units`, and compare the bits."""
    place, mine = workplace(url), environment()
    stored = np.asarray(place.store.array("status/environment")[:])
    first_unit: dict[str, int] = {}
    for unit in units:
        first_unit.setdefault(str(stored[unit]), unit)
    if mine in first_unit:
        return Consistency(mine, (), ())
    differing = {name: None for unit in first_unit.values() for name in _differing(place, unit)}
    return Consistency(mine, tuple(first_unit), tuple(differing))


def _differing(place: Workplace, unit: int) -> list[str]:
    """Outputs that differ for the first draw of a unit that solved under every scenario."""
    store = place.store
    solved = np.flatnonzero((store.outcome_of(unit) == Outcome.SOLVED).all(axis=0))
    if not len(solved):
        return []
    row = store.layout.rows_of(unit).start + int(solved[0])
    values = np.asarray(store.array("design/value")[row : row + 1])
    study = store.study
    solution = place.engine.solve_draws(Draws(store.factors, values), study.scenarios, study.outputs)
    return [
        name
        for name in store.outputs
        if solution.outputs[name][:, 0].tobytes() != store.output(name)[:, row].values.tobytes()
    ]
