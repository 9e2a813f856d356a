"""The smallest change of one factor that turns a verdict, found on the rows that a Saltelli design has anyway."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..sweeps.distribution import Choice
from ..sweeps.factor import index_names
from .sample import SweepResults, factor_columns, independent_rows


@dataclass(frozen=True, slots=True)
class Flip:
    """Two stored draws that differ in one factor (or group) alone, and in the verdict.

    Parameters
    ----------
    factor : str
        The factor, or group, that differs.
    distance : float
        How much of the factor's distribution lies between the two values, from 0 to 1; for a group the largest of its
        members. A factor without an order counts as 1.
    holds_draw, fails_draw : int
        The draws in which the claim holds and fails.
    holds_values, fails_values : mapping of str to float
        The values of the factor, or of the group's members, in the two draws.
    share : mapping of str to float
        For every factor, the share of the design's one-factor changes that turn the verdict.
    towards : {"fails", "holds"}
        The rarer verdict, which the change leads to.
    """

    factor: str
    distance: float
    holds_draw: int
    fails_draw: int
    holds_values: Mapping[str, float]
    fails_values: Mapping[str, float]
    share: Mapping[str, float]
    towards: str = "fails"

    @property
    def moves(self) -> list[tuple[str, float, float]]:
        """What has to move: the factor, from where, and to where."""
        start, end = self.holds_values, self.fails_values
        if self.towards == "holds":
            start, end = end, start
        return [(name, value, end[name]) for name, value in start.items() if value != end[name]]

    @property
    def effect(self) -> str:
        """What the change is enough for."""
        return f"is enough to make it {self.towards.removesuffix('s')}"

    @property
    def words(self) -> str:
        """The change in a sentence."""
        moves = ", ".join(f"{name} from {start:.3g} to {end:.3g}" for name, start, end in self.moves)
        crossed = "" if self.distance >= 1 else f" ({100 * self.distance:.2g} % of its distribution)"
        return f"Moving {moves}{crossed}, all else equal, {self.effect}."


def smallest_flip(store: SweepResults, holds: NDArray[np.bool_], known: NDArray[np.bool_]) -> Flip | None:
    """The pair of rows A and AB_i (with second order also B and BA_i) nearest to each other whose verdicts differ.

    Parameters
    ----------
    store : Store
        A sweep with a Sobol design.
    holds, known : (draw,) bool
        The verdict in each draw, and whether there is one.

    Returns
    -------
    Flip or None
        None if no change of one factor turns the verdict.
    """
    unit, value = store.unit_design().values, store.design().values
    start, end, crossed = _pairs(store)
    both = known[start] & known[end]
    turned = both & (holds[start] != holds[end])
    names = list(index_names(store.study.factors))
    share = {name: float(turned[crossed == i].sum() / max(both[crossed == i].sum(), 1)) for i, name in enumerate(names)}
    if not turned.any():
        return None
    step = np.abs(unit[start] - unit[end])
    for column, factor in enumerate(store.study.factors):
        if isinstance(factor.distribution, Choice):
            # The order in which choices were written is no measure of how far apart they are.
            step[:, column] = value[start, column] != value[end, column]
    distance = np.where(turned, step.max(axis=1), np.inf)
    nearest = int(distance.argmin())
    pair = (start[nearest], end[nearest]) if holds[start[nearest]] else (end[nearest], start[nearest])
    name = names[crossed[nearest]]
    members = {store.study.factors[column].name: column for column in factor_columns(store.study)[name]}
    yes, no = ({member: float(value[draw, column]) for member, column in members.items()} for draw in pair)
    used = independent_rows(store)
    used = used[known[used]]
    towards = "holds" if 2 * holds[used].sum() < len(used) else "fails"
    return Flip(name, float(distance[nearest]), int(pair[0]), int(pair[1]), yes, no, share, towards)


def _pairs(store: SweepResults) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Rows that differ in one factor alone: the first, the second, and the number of the factor."""
    groups = len(index_names(store.study.factors))
    first = np.arange(store.outcome().sizes["draw"] // store.block_rows)[:, None] * store.block_rows
    factor = np.arange(groups)[None, :]
    start, end = [np.repeat(first, groups, axis=1)], [first + 1 + factor]
    if store.study.design.second_order:
        start.append(np.repeat(first + store.block_rows - 1, groups, axis=1))
        end.append(first + 1 + groups + factor)
    crossed = np.broadcast_to(np.concatenate([factor] * len(start), axis=1), (len(first), groups * len(start)))
    return np.concatenate(start, axis=1).ravel(), np.concatenate(end, axis=1).ravel(), crossed.ravel()
