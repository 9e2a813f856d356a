"""Costs of a case on disk: those of a whole world in the cache, those of groups with the case or in the cache."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...data.archive import cache_folder, cached_matrix, load_archive, read_archive, save_archive
from ..interface import Steps
from .aggregation import CENTRAL_WITHIN, Family, group_costs
from .fine_costs import FineCosts, Floats, all_costs, field_of, given_costs, local_cost
from .grouped_costs import Change, GroupedCosts, chebyshev_nodes
from .grouping import Grouping
from .infrastructure import CostCoefficients
from .metric import Kind, Metric
from .policy import Change as PolicyChange
from .policy import field_after
from .world import Project, World

# Rises when the same world gives other costs.
COSTS_VERSION = 1
# Rises when the same costs of a world give others between groups.
GROUPS_VERSION = 2
# theta Upsilon at which costs between groups are computed, and at which their changes are.
BOUNDS = (1.2, 4.8)
POWERS = chebyshev_nodes(*BOUNDS, 5)
# Parts of the own cell that a good crosses; in between, costs are a polynomial in their logarithms.
WITHINS = (0.2, CENTRAL_WITHIN, 1.25)
WITHIN_BOUNDS = WITHINS[0], WITHINS[-1]
CHANGE_POWERS = chebyshev_nodes(*BOUNDS, 3)
AMOUNTS = {
    "cost_cut": (0.05, 0.1, 0.2, 0.3, 0.35, 0.4, 0.5),
    "crossing_other": (0.05, 0.1, 0.15, 0.2),
    "crossing_none": (0.05, 0.1, 0.15, 0.2),
}
# Seconds on one core to solve the costs from a place, and to make those between groups: for what is told beforehand.
PLACE_SECONDS, GROUP_SECONDS = 0.014, 180.0
LARGEST = {kind: max(amounts) for kind, amounts in AMOUNTS.items()}


@dataclass(frozen=True, eq=False)
class FineShelf:
    """Costs between all places of a world.

    Those under the coefficients `central` are solved once and kept, then mapped into memory. `kind` is what they are
    stored as: float32 where the world is large.
    """

    world: World
    identity: str
    metric: Metric
    central: CostCoefficients
    kind: Kind = np.float32
    opened: dict[CostCoefficients, FineCosts] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the costs that are kept are called in the cache."""
        kind = "" if self.kind is np.float32 else f"-{self.kind.__name__}"
        return f"places-{digest([COSTS_VERSION, self.identity, self.metric, list(self.central)])}{kind}"

    def seconds(self) -> float:
        """About how long one core will take to make what is kept; 0 if it is there."""
        made = self.world.cost is not None or (cache_folder() / f"{self.name}.npy").is_file()
        return 0.0 if made else PLACE_SECONDS * self.world.size

    def __call__(self, coefficients: CostCoefficients, progress: Steps | None = None) -> FineCosts:
        """The costs under some coefficients; only the last ones are held."""
        if coefficients not in self.opened:
            self.opened.clear()
            self.opened[coefficients] = self._open(coefficients, progress)
        return self.opened[coefficients]

    def _open(self, coefficients: CostCoefficients, progress: Steps | None) -> FineCosts:
        if self.world.cost is not None:
            return given_costs(self.world, self.world.cost)
        field_now = field_of(self.world, coefficients)
        shape = (self.world.size, self.world.size)

        def fill(out: NDArray[np.floating]) -> None:
            all_costs(self.world, field_now, self.metric, out, progress)

        if coefficients == self.central:
            integral = cached_matrix(self.name, shape, fill, self.kind)
        else:
            # A sweep over coefficients would fill the disk.
            integral = np.empty(shape, self.kind)
            fill(integral)
        return FineCosts(self.world, integral, local_cost(self.world, field_now), field_now, self.metric)


@dataclass(frozen=True, eq=False)
class GroupedShelf:
    """Costs between groups: those that come with the case, else those in the cache, else made from all places.

    `file` is the case's own; `lent` that of the case whose world it takes, shared where the cells are the same.
    """

    fine: FineShelf
    project: Project
    grouping: Grouping
    central: CostCoefficients
    file: Path
    identity: str
    lent: Path | None = None
    opened: list[GroupedCosts] = field(default_factory=list)

    def __call__(self, progress: Steps | None = None) -> GroupedCosts:
        """The costs."""
        if not self.opened:
            self.opened.append(self._open(progress))
        return self.opened[0]

    @property
    def files(self) -> list[Path]:
        """Where the costs may be."""
        return [file for file in (self.file, self.lent, self.cached) if file is not None]

    @property
    def cached(self) -> Path:
        """Where costs that do not come with the case are kept."""
        return cache_folder() / f"groups-{self.identity}.npz"

    def seconds(self) -> float:
        """About how long one core will take to make the costs; 0 if they are there."""
        for file in self.files:
            if file.is_file() and str(read_archive(file, ("identity",)).get("identity")) == self.identity:
                return 0.0
        return GROUP_SECONDS + self.fine.seconds()

    def _open(self, progress: Steps | None) -> GroupedCosts:
        for file in self.files:
            stored = load_archive(file, self.identity)
            if stored is not None:
                return unpacked(stored)
        made = packed(self.make(progress), self.identity)
        save_archive(self.cached, made)
        # As they are stored, so that this process has the numbers of all later ones.
        return unpacked(made)

    def make(self, progress: Steps | None = None) -> GroupedCosts:
        """Compute the costs from those of all places."""
        costs = self.fine(self.central, progress)
        return group_costs(
            costs, self.grouping, POWERS, np.array(WITHINS), CHANGE_POWERS, self._families(costs.world), progress
        )

    def _families(self, world: World) -> Iterator[tuple[Family, Iterable[Floats]]]:
        for unfinished in (False, True) if self.project.has_both_stretches else (False,):
            for kind, amounts in AMOUNTS.items():
                if self.project.mode != "road" and kind == "crossing_none":
                    continue
                changes = [PolicyChange(kind, unfinished, amount) for amount in amounts]
                fields = [field_after(world, self.project, self.central, [change]) for change in changes]
                yield Family(kind, unfinished, amounts), fields


def packed(costs: GroupedCosts, identity: str) -> dict[str, NDArray]:
    """Costs between groups as arrays for an archive."""
    singles = len(costs.log_local)
    lower = np.tril_indices(costs.size)
    far = (lower[0] >= singles) | (lower[1] >= singles)
    by_within = costs.log_cost[:, lower[0][far], lower[1][far]].reshape(len(costs.withins), len(costs.powers), -1)
    by_within = by_within.astype(np.float32)
    central = by_within[_central(costs.withins)]
    arrays = {
        "identity": np.array(identity),
        "powers": costs.powers,
        "withins": costs.withins,
        "change_powers": costs.change_powers,
        "near": costs.log_cost[0][np.tril_indices(singles, -1)].astype(np.float32),
        "far": central,
        # Half precision is enough for a difference, as it is for a gain, and the file is half as large.
        "far_apart": (np.delete(by_within, _central(costs.withins), axis=0) - central).astype(np.float16),
        "log_local": costs.log_local,
        "log_weight": costs.log_weight,
    }
    for (kind, unfinished), change in costs.changes.items():
        stem = f"{kind}.{int(unfinished)}"
        arrays[f"{stem}.amounts"], arrays[f"{stem}.pair"] = change.amounts, change.pair
        arrays[f"{stem}.gain"] = change.gain.astype(np.float16)
    return arrays


def unpacked(arrays: dict[str, NDArray]) -> GroupedCosts:
    """Costs between groups from the arrays of an archive."""
    powers, singles = arrays["powers"], len(arrays["log_local"])
    size = singles + round((np.sqrt((2 * singles + 1) ** 2 + 8 * arrays["far"].shape[1]) - (2 * singles + 1)) / 2)
    apart = np.insert(arrays["far_apart"].astype(np.float32), _central(arrays["withins"]), 0.0, axis=0)
    log_cost = np.zeros((len(apart) * len(powers), size, size), np.float32)
    row, column = np.tril_indices(size)
    far = (row >= singles) | (column >= singles)
    log_cost[:, row[far], column[far]] = (arrays["far"] + apart).reshape(len(log_cost), -1)
    row, column = np.tril_indices(singles, -1)
    log_cost[:, row, column] = arrays["near"]
    whole = log_cost + np.tril(log_cost, -1).swapaxes(1, 2)
    stems = [name.removesuffix(".pair") for name in arrays if name.endswith(".pair")]
    changes = {
        (stem.split(".")[0], stem.endswith(".1")): Change(
            arrays[f"{stem}.amounts"], arrays[f"{stem}.pair"], arrays[f"{stem}.gain"].astype(np.float32)
        )
        for stem in stems
    }
    return GroupedCosts(
        powers, arrays["withins"], arrays["change_powers"], whole, arrays["log_local"], arrays["log_weight"], changes
    )


def _central(withins: Floats) -> int:
    """The place of the central part of the own cell."""
    return int(np.argmin(np.abs(withins - CENTRAL_WITHIN)))


def digest(content: object) -> str:
    """A short hash of plain values."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:24]
