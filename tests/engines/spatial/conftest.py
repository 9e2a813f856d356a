"""Worlds to test laws on: one made of numbers alone, made-up globes, and the bundled corridor among groups."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import cordillera
import numpy as np
import pytest
import xarray as xr
from cordillera.engines import Scenario
from cordillera.engines.spatial import SpatialEngine, dataset_engine
from cordillera.engines.spatial.accounts import Accounts, accounts
from cordillera.engines.spatial.build import list_factors
from cordillera.engines.spatial.calibration import Calibration, Fundamentals, calibrate
from cordillera.engines.spatial.dynamics import Path as YearPath
from cordillera.engines.spatial.dynamics import simulate
from cordillera.engines.spatial.engine import CALIBRATED, SOLVED
from cordillera.engines.spatial.geography import CostDraw
from cordillera.engines.spatial.infrastructure import COEFFICIENTS, CostCoefficients
from cordillera.engines.spatial.locations import Locations
from cordillera.engines.spatial.parameters import PARAMETERS, Parameters, exponents, parameters_of
from cordillera.engines.spatial.policy import changes_of

# The small globe.
ROWS, COLUMNS = 12, 24


@dataclass(frozen=True, repr=False)
class Model:
    """Locations and a kernel of float64, multiplied by numpy and solved to the last digits."""

    parameters: Parameters
    world: Locations
    kernel: np.ndarray
    tolerance: float = 1e-13

    def product(self, vectors: np.ndarray) -> np.ndarray:
        return self.kernel @ vectors

    def calibration(self, start: np.ndarray | None = None) -> Calibration:
        p = self.parameters
        zeros = np.zeros((len(self.kernel), len(p.theta)))
        start = zeros if start is None else start
        return calibrate(p, exponents(p), self.world, self.product, start, self.tolerance)

    def path(self, given: Fundamentals, years: int = 8, reference: YearPath | None = None) -> YearPath:
        p = self.parameters
        return simulate(p, exponents(p), self.world, given, self.product, years, self.tolerance, reference)

    def accounts(self, given: Fundamentals, path: YearPath) -> Accounts:
        p = self.parameters
        return accounts(p, exponents(p), self.world, given, path, self.kernel.diagonal(), slice(None))

    def solved(self, years: int = 8) -> Accounts:
        """The accounts of all places along the path from the base year."""
        given = self.calibration().fundamentals
        return self.accounts(given, self.path(given, years))

    def under(self, **changes: object) -> "Model":
        """The same with a part changed."""
        return replace(self, **changes)


@dataclass(frozen=True, repr=False)
class Run:
    """A path of an engine's world with what it was solved from; every location, not the region alone.

    `first_kernel` holds in the base year, `kernel` from then on.
    """

    parameters: Parameters
    world: Locations
    first_kernel: np.ndarray
    kernel: np.ndarray
    given: Fundamentals
    path: YearPath
    levels: Accounts


def published(**changes: float) -> Parameters:
    """The published parameters in one lane, some of them changed."""
    factors = list_factors()
    assert set(changes) <= set(PARAMETERS)
    return parameters_of({name: np.array([changes.get(name, factors[name].default)]) for name in PARAMETERS})


def made_up_model(places: int = 25, seed: int = 3, **changes: float) -> Model:
    """Places on a square with costs that grow with distance."""
    draw = np.random.default_rng(seed)
    point = draw.uniform(0.0, 5.0, (places, 2))
    distance = np.hypot(*(point[:, None] - point).T)
    cost = 0.4 + distance + np.abs(draw.normal(0.0, 0.2, (places, places)))
    p = published(**changes)

    def column(values: np.ndarray) -> np.ndarray:
        return values[:, None]

    people = np.exp(draw.normal(12.0, 1.0, places))
    following = people * np.exp(draw.normal(0.0, 0.02, places))
    world = Locations(
        land=column(draw.uniform(0.2, 1.0, places)),
        people=column(people),
        people_next=column(following * people.sum() / following.sum()),
        income=column(np.exp(draw.normal(8.5, 0.6, places))),
        utility=column(np.exp(draw.normal(0.0, 0.5, places))),
        cells=column(draw.integers(1, 6, places).astype(float)),
    )
    power = float(p.theta[0] * p.upsilon[0])
    return Model(p, world, np.maximum(cost, cost.T) ** -power)


def made_up_globe(rows: int = ROWS, columns: int = COLUMNS, seed: int = 5) -> xr.Dataset:
    """Continents, people and roads on a grid; the middle row is land."""
    draw = np.random.default_rng(seed)
    shape = rows, columns
    noise = draw.normal(size=shape)
    smooth = noise + np.roll(noise, 1, 1) + np.roll(noise, -1, 1) + np.roll(noise, 1, 0)
    land = np.where(smooth > 0.3, draw.uniform(0.3, 1.0, shape), 0.0)
    land[rows // 2] = np.maximum(land[rows // 2], 0.5)
    people = np.where(land > 0, np.exp(draw.normal(12.0, 1.2, shape)), 0.0)
    major = draw.uniform(0.0, 0.3, shape)
    layers = {
        "land": land,
        "population_0": people,
        "population_1": people * np.exp(draw.normal(0.0, 0.01, shape)),
        "income": np.where(land > 0, np.exp(draw.normal(8.0, 0.7, shape)), 0.0),
        "rail": draw.uniform(0.0, 0.2, shape),
        "major_road": major,
        "other_road": draw.uniform(0.0, 1.0, shape) * (1.0 - major) * 0.6,
        "water": np.where(land > 0, draw.uniform(0.0, 0.2, shape), 1.0),
        "country": np.where(np.arange(columns) < columns // 2, "west", "east") + np.zeros(shape, "<U1"),
    }
    return xr.Dataset({name: (("latitude", "longitude"), values) for name, values in layers.items()})


def listed_world(draw: np.random.Generator, cost: np.ndarray) -> xr.Dataset:
    """Places in a list that bring their own costs, (place, place)."""
    count = len(cost)
    people = np.exp(draw.normal(11.0, 1.0, count))
    columns = {
        "land": draw.uniform(0.3, 1.0, count),
        "population_0": people,
        "population_1": people * np.exp(draw.normal(0.0, 0.01, count)),
        "income": np.exp(draw.normal(8.0, 0.5, count)),
    }
    return xr.Dataset(
        {name: ("place", values) for name, values in columns.items()} | {"cost": (("place", "there"), cost)}
    )


def line_and_region(globe: xr.Dataset, shift: int = 0) -> tuple[list[int], list[int]]:
    """Six cells of the middle row, and the land within two rows and three columns of them."""
    rows, columns = globe.sizes["latitude"], globe.sizes["longitude"]
    land = globe["land"].values
    middle = rows // 2
    line = [middle * columns + (column + shift) % columns for column in range(5, 11)]
    around = [(row, (column + shift) % columns) for row in range(middle - 2, middle + 3) for column in range(2, 14)]
    return line, [row * columns + column for row, column in around if land[row, column] > 0]


def globe_engine(globe: xr.Dataset, shift: int = 0, **settings: object) -> SpatialEngine:
    line, region = line_and_region(globe, shift)
    return dataset_engine(globe, line, region, **settings)


def run_of(engine: SpatialEngine, values: Mapping[str, float] | None = None, scenario: Scenario | None = None) -> Run:
    """The path of a draw under a scenario, or under the baseline."""
    draw = {name: factor.default for name, factor in engine.factors.items()} | dict(values or {})
    p = parameters_of({name: np.full(engine.geography.lanes, value) for name, value in draw.items()})
    e = exponents(p)
    costs = CostDraw(
        draw["theta"] * draw["upsilon"], draw["within_cell"], CostCoefficients(*(draw[name] for name in COEFFICIENTS))
    )
    kernel = engine.geography.baseline(costs)
    world = engine.geography.locations(np.full(len(p.theta), draw["income_gradient"] - engine.income_gradient))
    start = np.zeros((len(world.land), len(p.theta)))
    given = calibrate(p, e, world, kernel.product, start, CALIBRATED).fundamentals
    path = simulate(p, e, world, given, kernel.product, engine.years, SOLVED)
    first = kernel.matrix.astype(np.float64)
    if scenario is not None:
        kernel = engine.geography.policy(kernel, costs, changes_of(scenario, draw))
        path = simulate(p, e, world, given, kernel.product, engine.years, SOLVED, path)
    levels = accounts(p, e, world, given, path, kernel.own, slice(None))
    return Run(p, world, first, kernel.matrix.astype(np.float64), given, path, levels)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the costs of made-up worlds."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def with_own_cache(cache: Path) -> Iterator[None]:
    """What is solved for a whole module keeps its costs in that folder, too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(cache))
        yield


@pytest.fixture(autouse=True)
def own_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))


@pytest.fixture(scope="session")
def corridor() -> SpatialEngine:
    """The bundled case, its region among groups."""
    return cordillera.engine("spatial", case="pacific-corridor", resolution="region")


@pytest.fixture(scope="session")
def globe() -> xr.Dataset:
    """A made-up globe of 12 by 24 cells."""
    return made_up_globe()


@pytest.fixture(scope="session")
def small(globe: xr.Dataset) -> SpatialEngine:
    """That globe as an engine."""
    return globe_engine(globe)


@pytest.fixture(scope="session")
def make_globe() -> Callable[..., xr.Dataset]:
    """`made_up_globe`, by size and seed."""
    return made_up_globe


@pytest.fixture(scope="session")
def make_list() -> Callable[..., xr.Dataset]:
    """`listed_world`, from a generator of random numbers and costs."""
    return listed_world


@pytest.fixture(scope="session")
def make_engine() -> Callable[..., SpatialEngine]:
    """`globe_engine`, an engine with a line along the middle row."""
    return globe_engine


@pytest.fixture(scope="session")
def make_model() -> Callable[..., Model]:
    """`made_up_model`, by size, seed and parameters."""
    return made_up_model


@pytest.fixture(scope="session")
def make_run() -> Callable[..., Run]:
    """`run_of`, a path of an engine."""
    return run_of


@pytest.fixture(scope="session")
def make_parameters() -> Callable[..., Parameters]:
    """`published`, the published parameters."""
    return published


@pytest.fixture(scope="session")
def line_of() -> Callable[..., tuple[list[int], list[int]]]:
    """`line_and_region`, the cells of a line and of its region."""
    return line_and_region
