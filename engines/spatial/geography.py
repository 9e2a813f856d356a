"""Locations and trade kernels of a world at two resolutions: every place by itself, or the region among groups."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ..interface import Steps
from .fine_costs import (
    Costs,
    FineCosts,
    blocks_after_cut,
    blocks_after_field,
    field_of,
    kernel_of,
    local_cost,
    put_costs,
)
from .grouped_costs import GroupedCosts, costs_of_region, put_region, scale_costs
from .grouping import Grouping, grouped_locations
from .infrastructure import CostCoefficients
from .locations import Locations
from .metric import Metric
from .policy import Change, field_after
from .product import LANES, Product, fine_product, grouped_product
from .reuse import Reused
from .shelf import FineShelf, GroupedShelf
from .world import Project, World, income_with_gradient, locations

Floats = NDArray[np.float64]


class CostDraw(NamedTuple):
    """What a draw says about costs: theta Upsilon, the part of the own cell, and the cost coefficients."""

    power: float
    within: float
    coefficients: CostCoefficients


class Kernel(NamedTuple):
    """A trade kernel, its diagonal, (location,), and its product with lanes."""

    matrix: NDArray[np.floating]
    own: Floats
    product: Product


class Geography(Protocol):
    """A resolution: `lanes` draws of one kernel are solved together, and `region` selects the region's locations."""

    @property
    def world(self) -> World:
        """The places that locations are made of."""
        ...

    @property
    def project(self) -> Project:
        """The line and its region."""
        ...

    @property
    def central(self) -> CostCoefficients:
        """Cost coefficients of the default draw."""
        ...

    @property
    def lanes(self) -> int:
        """How many draws are solved together."""
        ...

    @property
    def region(self) -> slice | NDArray[np.intp]:
        """The places of the region among the locations."""
        ...

    def prepare(self, progress: Steps | None) -> None:
        """Have the costs of the central draw ready."""
        ...

    def seconds_to_prepare(self) -> float:
        """About how long one core needs for that; 0 once it is done on this machine."""
        ...

    def locations(self, tilt: Floats) -> Locations:
        """Locations at the income gradients of each lane."""
        ...

    def baseline(self, costs: CostDraw) -> Kernel:
        """The kernel without a project."""
        ...

    def policy(self, base: Kernel, costs: CostDraw, changes: Sequence[Change]) -> Kernel:
        """The kernel once a project has made its changes."""
        ...

    def refusal(self, costs: CostDraw, scenarios: Sequence[tuple[Change, ...]]) -> str:
        """Why the resolution cannot solve a draw; empty if it can."""
        ...


@dataclass(frozen=True, eq=False)
class FineGeography:
    """Every place is a location; costs are solved from every place when they are first asked for.

    `open_costs` gives the costs between places under some coefficients; `central` are those of the default draw.
    `own_cell_kept` says that a policy leaves the cost of a good within its own cell as it is.
    """

    world: World
    project: Project
    metric: Metric
    open_costs: FineShelf
    central: CostCoefficients
    lanes: int = LANES
    own_cell_kept: bool = True
    memory: Reused = field(default_factory=Reused, repr=False)

    @property
    def region(self) -> NDArray[np.intp]:
        """The places of the region."""
        return self.project.region

    def prepare(self, progress: Steps | None) -> None:
        """Solve the costs between all places, or find them in the cache."""
        self.open_costs(self.central, progress)

    def seconds_to_prepare(self) -> float:
        """About how long one core needs to solve the costs between all places."""
        return self.open_costs.seconds()

    def locations(self, tilt: Floats) -> Locations:
        """Every place, at the income gradients of each lane."""
        return locations(self.world, income_with_gradient(self.world, tilt))

    def baseline(self, costs: CostDraw) -> Kernel:
        """The kernel without a project."""
        fine = self.open_costs(costs.coefficients)
        matrix = self.memory.take(fine.integral.shape, fine.integral.dtype.type)
        return _fine_kernel(kernel_of(fine, costs.power, costs.within, matrix))

    def policy(self, base: Kernel, costs: CostDraw, changes: Sequence[Change]) -> Kernel:
        """The kernel after the changes; only pairs of places whose cost moves are computed."""
        if not changes:
            return base
        fine = self.open_costs(costs.coefficients)
        matrix = self.memory.take(base.matrix.shape, base.matrix.dtype.type)
        for start, block in self._blocks(fine, costs.coefficients, changes):
            put_costs(base.matrix, matrix, fine.integral[start : start + len(block)], block, start, costs.power)
        if not self.own_cell_kept:
            _scale_own(matrix, own_cost_ratio(self.world, self.project, costs.coefficients, changes), costs.power)
        return _fine_kernel(matrix)

    def _blocks(
        self, fine: FineCosts, coefficients: CostCoefficients, changes: Sequence[Change]
    ) -> Iterator[tuple[int, Costs]]:
        if self.world.terrain is not None:
            return blocks_after_field(fine, field_after(self.world, self.project, coefficients, changes))
        (cut,) = changes
        return blocks_after_cut(fine, self.project.cells(cut.unfinished_only), cut.amount)

    def refusal(self, costs: CostDraw, scenarios: Sequence[tuple[Change, ...]]) -> str:
        """Why a change makes no sense, or needs the infrastructure that a world does not have."""
        for change in (change for changes in scenarios for change in changes):
            if change.kind == "cost_cut" and not change.amount < 1.0:
                return f"cost_cut is {change.amount:g}; a cell keeps some of its cost, so it must be below 1"
            if change.kind != "cost_cut" and not 0.0 <= change.amount <= 1.0:
                return f"crossing is {change.amount:g}; a line takes a share of a cell, from 0 to 1"
            if self.world.terrain is None and change.kind != "cost_cut":
                return "a world with path integrals of its own has no roads to add to; only its costs can be cut"
            if self.world.terrain is None and change.amount < 0.0:
                return "a world with path integrals of its own does not say how to go round a line that gets dearer"
        return ""


def own_cost_ratio(world: World, project: Project, coefficients: CostCoefficients, changes: Sequence[Change]) -> Floats:
    """Cost of crossing each place's own cell after some changes over that before them, (place,)."""
    if world.terrain is not None:
        after = field_after(world, project, coefficients, changes)
        return local_cost(world, after) / local_cost(world, field_of(world, coefficients))
    ratio = np.ones(world.size)
    for cut in changes:
        ratio[project.cells(cut.unfinished_only)] *= 1.0 - cut.amount
    return ratio


def _scale_own(matrix: NDArray[np.floating], ratio: Floats, power: float) -> None:
    """Move the costs of the own cell of the first locations of a kernel, in place."""
    single = np.arange(len(ratio))
    matrix[single, single] *= ratio**-power


def _fine_kernel(matrix: NDArray[np.floating]) -> Kernel:
    return Kernel(matrix, matrix.diagonal().astype(np.float64), fine_product(matrix))


@dataclass(frozen=True, eq=False)
class GroupedGeography:
    """The region place by place among groups.

    `open_costs` gives the costs of the groups, which are polynomials through a few computed ones under the
    coefficients `central`; `bounds` of the exponent, `withins` and `largest` say how far they reach. `own_cell_kept` as
    in `FineGeography`; nothing changes within a group.
    """

    world: World
    project: Project
    grouping: Grouping
    open_costs: GroupedShelf
    central: CostCoefficients
    metric: Metric
    bounds: tuple[float, float]
    withins: tuple[float, float]
    largest: Mapping[str, float]
    lanes: int = 1
    own_cell_kept: bool = True

    @property
    def costs(self) -> GroupedCosts:
        """Costs between groups."""
        return self.open_costs()

    @property
    def region(self) -> slice:
        """The places of the region, which stand first."""
        return slice(0, self.grouping.singles)

    def prepare(self, progress: Steps | None) -> None:
        """Read the costs between groups, or make them from those between all places."""
        self.open_costs(progress)

    def seconds_to_prepare(self) -> float:
        """About how long one core needs to make the costs between groups, and those of the world where need be."""
        return self.open_costs.seconds()

    def locations(self, tilt: Floats) -> Locations:
        """Places of the region and groups, at the income gradients of each lane."""
        return grouped_locations(self.world, self.grouping, income_with_gradient(self.world, tilt))

    def baseline(self, costs: CostDraw) -> Kernel:
        """The kernel without a project."""
        if costs.coefficients != self.central:
            return _grouped_kernel(self._solve_region(costs, ()))
        return _grouped_kernel(np.exp(-costs.power * self.costs.log_costs(costs.power, costs.within)))

    def policy(self, base: Kernel, costs: CostDraw, changes: Sequence[Change]) -> Kernel:
        """The kernel after the changes."""
        if not changes:
            return base
        if costs.coefficients != self.central:
            matrix = self._solve_region(costs, changes)
        else:
            (change,) = changes
            matrix = self.costs.changed(base.matrix, costs.power, change.kind, change.unfinished_only, change.amount)
        if not self.own_cell_kept:
            ratio = own_cost_ratio(self.world, self.project, costs.coefficients, changes)
            _scale_own(matrix, ratio[self.project.region], costs.power)
        return _grouped_kernel(matrix)

    def refusal(self, costs: CostDraw, scenarios: Sequence[tuple[Change, ...]]) -> str:
        """Why a draw needs full resolution."""
        remedy = 'use the setting resolution = "full"'
        low, high = self.bounds
        if not low <= costs.power <= high:
            return f"theta times upsilon is {costs.power:g}; groups are known from {low:g} to {high:g}: {remedy}"
        least, most = self.withins
        if not least <= costs.within <= most:
            return f"within_cell is {costs.within:g}; groups are known from {least:g} to {most:g}: {remedy}"
        for changes in scenarios:
            if len(changes) > 1 and costs.coefficients == self.central:
                return f"a scenario makes {len(changes)} changes at once; groups know one at a time: {remedy}"
            for change in changes:
                most = self.largest[change.kind]
                if not 0.0 <= change.amount <= most:
                    return f"{change.kind} is {change.amount:g}; groups are known from 0 to {most:g}: {remedy}"
        return ""

    def _solve_region(self, costs: CostDraw, changes: Sequence[Change]) -> Floats:
        """The kernel with costs from the places of the region solved anew, under other coefficients."""
        matrix = np.exp(-costs.power * self.costs.log_costs(costs.power, costs.within))
        after = field_after(self.world, self.project, costs.coefficients, changes)
        # Without the project, by which distant groups hardly come nearer to each other.
        before, known = (field_of(self.world, each) for each in (costs.coefficients, self.central))
        scale_costs(matrix, self.world, before, known, costs.power)
        integral = costs_of_region(self.world, self.project, after, self.metric)
        put_region(matrix, self.costs, self.grouping, integral, costs.power, costs.within)
        single = np.arange(len(self.project.region))
        own = local_cost(self.world, before)[self.project.region]
        matrix[single, single] = (costs.within * own) ** -costs.power
        return matrix


def _grouped_kernel(matrix: NDArray[np.floating]) -> Kernel:
    return Kernel(matrix, matrix.diagonal().astype(np.float64), grouped_product(matrix))
