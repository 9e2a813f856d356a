"""Speed, memory and accuracy of the spatial model, beside the plain fixed point that published code iterates.

`python benchmarks/spatial.py` solves the built-in case on every place of the world and among groups and prints, with
`--json` as one object:

full_path_seconds                   20 years of one draw, its kernel ready
full_runs_per_minute_shared_kernel  runs where eight draws share a kernel
counterfactual_seconds              a policy on a stored baseline, its costs and kernel included, the second of two
milliseconds_by_cells               a product of the kernel with eight draws, by the number of cells
region_runs_per_minute              runs of a sweep among groups on all cores, start of the workers left out
region_cells, region_error          locations, and the largest error among the means over the corridor
products_20_years                   uses of the kernel
ratio_numpy_fixed_point             time of the plain iteration in NumPy over ours, same kernel, years and tolerance
peak_mb                             peak memory of this process before the plain iteration

The costs of the world are solved first if this machine has none in its cache.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from cordillera import engine
from cordillera.cluster import backend
from cordillera.engines.spatial import SpatialEngine
from cordillera.engines.spatial.calibration import calibrate
from cordillera.engines.spatial.dynamics import period_equation, settle, simulate
from cordillera.engines.spatial.engine import CALIBRATED, SOLVED, Lanes
from cordillera.engines.spatial.geography import CostDraw, Kernel
from cordillera.engines.spatial.infrastructure import COEFFICIENTS, CostCoefficients
from cordillera.engines.spatial.innovation import log_technology_next
from cordillera.engines.spatial.parameters import exponents, parameters_of
from cordillera.engines.spatial.policy import Change
from cordillera.engines.spatial.product import LANES, fine_product
from cordillera.sweeps import read_study, run_study

STUDY = "corridor-returns"
CUT = Change("cost_cut", False, 0.35)
COMPARED = ("income_gap", "population_gap", "utility_gap", "productivity_gap")


def central(model: SpatialEngine) -> CostDraw:
    """Costs of the default draw."""
    default = {name: factor.default for name, factor in model.factors.items()}
    coefficients = CostCoefficients(*(default[name] for name in COEFFICIENTS))
    return CostDraw(default["theta"] * default["upsilon"], default["within_cell"], coefficients)


def calibrated(model: SpatialEngine, kernel: Kernel, lanes: int) -> Lanes:
    """Draws that differ in congestion, calibrated."""
    values = {name: np.full(lanes, factor.default) for name, factor in model.factors.items()}
    values["lambda"] = values["lambda"] + np.linspace(0.0, 0.05, lanes)
    p = parameters_of(values)
    e = exponents(p)
    world = model.geography.locations(np.zeros(lanes))
    start = np.zeros((len(world.land), lanes))
    return Lanes(p, e, world, calibrate(p, e, world, kernel.product, start, CALIBRATED))


def plain_fixed_point(lanes: Lanes, matrix: np.ndarray, years: int) -> float:
    """Seconds of the iteration x -> T(x) in NumPy, each year from the last one, to the same residual."""
    p, e, world, found = lanes
    given = found.fundamentals
    # A library's product of float32 and float64 would copy the kernel each time.
    matrix = matrix.astype(np.float64)
    began = time.perf_counter()
    technology, density = given.log_technology, np.log(world.density)
    x = given.log_migration_cost + p.omega * np.log(world.people_next)
    for _ in range(years):
        technology = log_technology_next(p, technology, density, world.cells)
        equation = period_equation(p, e, given, technology)
        residual = np.inf
        while residual > SOLVED:
            image = (np.log(matrix @ np.exp(equation.c + equation.right * x)) - equation.b) / equation.left
            residual = float(np.abs(equation.left * (image - x)).max())
            x = image
        density, _ = settle(p, e, given, x)
    return time.perf_counter() - began


def apart(size: int) -> np.ndarray:
    """Vectors of as many draws as are solved together, no two alike, (cell, draw)."""
    return np.ones((size, 1)) + np.arange(LANES)


def product_growth(matrix: np.ndarray) -> dict[str, float]:
    """Milliseconds of a product with a quarter, a half and all of the cells."""
    found = {}
    for part in (4, 2, 1):
        size = len(matrix) // part
        product, vectors = fine_product(np.ascontiguousarray(matrix[:size, :size])), apart(size)
        product(vectors)
        began = time.perf_counter()
        for _ in range(3):
            product(vectors)
        found[str(size)] = round(1000.0 * (time.perf_counter() - began) / 3.0, 2)
    return found


def full_resolution(result: dict[str, object], years: int) -> dict[str, np.ndarray]:
    """Measure every place of the world; returns the means over the corridor for comparison."""
    model: SpatialEngine = engine("spatial", resolution="full")  # type: ignore[assignment]
    model.prepare(lambda done, steps: sys.stderr.write(f"\rcosts: {done} of {steps}"))
    costs = central(model)
    kernel = model.geography.baseline(costs)
    for vectors in (np.ones((len(kernel.own), 1)), apart(len(kernel.own))):
        kernel.product(vectors)
    one = calibrated(model, kernel, 1)
    began = time.perf_counter()
    base = simulate(
        one.parameters, one.exponents, one.world, one.calibration.fundamentals, kernel.product, years, SOLVED
    )
    path_seconds = time.perf_counter() - began
    result["full_path_seconds"] = path_seconds
    result["products_20_years"] = int(base.products[0])
    # The memory of a policy's kernel is there from the second on, as in a sweep.
    model.geography.policy(kernel, costs, (CUT,))
    began = time.perf_counter()
    after = model.geography.policy(kernel, costs, (CUT,))
    simulate(one.parameters, one.exponents, one.world, one.calibration.fundamentals, after.product, years, SOLVED, base)
    result["counterfactual_seconds"] = time.perf_counter() - began
    del after
    began = time.perf_counter()
    many = calibrated(model, kernel, 8)
    simulate(many.parameters, many.exponents, many.world, many.calibration.fundamentals, kernel.product, years, SOLVED)
    result["full_runs_per_minute_shared_kernel"] = 8 * 60.0 / (time.perf_counter() - began)
    result["milliseconds_by_cells"] = product_growth(kernel.matrix)
    result["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result["ratio_numpy_fixed_point"] = plain_fixed_point(one, kernel.matrix, years) / path_seconds
    del kernel
    return central_means(model)


def central_means(model: SpatialEngine) -> dict[str, np.ndarray]:
    """Mean gaps over the corridor of the central draw."""
    solved = model.solve({}, ["major_road", "cost_cut"], COMPARED)
    return {name: solved[name].sel(place="corridor").values[1:] for name in COMPARED}


def region_resolution(result: dict[str, object], samples: int) -> dict[str, np.ndarray]:
    """Measure the region among groups."""
    model: SpatialEngine = engine("spatial")  # type: ignore[assignment]
    model.prepare()
    result["region_cells"] = len(model.geography.locations(np.zeros(1)).land)
    study = read_study(STUDY).with_samples(samples)
    with tempfile.TemporaryDirectory() as folder:
        first: list[float] = []

        def watch(state: object) -> None:
            if state.solved_here and not first:  # type: ignore[attr-defined]
                first.extend((time.perf_counter(), state.solved_here))  # type: ignore[attr-defined]

        store = run_study(study, Path(folder, "region.zarr"), backend("local"), progress=watch)
        seconds = time.perf_counter() - first[0]
        result["region_runs_per_minute"] = 60.0 * (store.runs - first[1]) / seconds
    return central_means(model)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--years", type=int, default=20)
    parser.add_argument("--samples", type=int, default=64, help="base points of the sweep among groups")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result: dict[str, object] = {}
    fine = full_resolution(result, options.years)
    grouped = region_resolution(result, options.samples)
    result["region_error"] = max(float(np.abs(grouped[name] / fine[name] - 1.0).max()) for name in COMPARED)
    rounded = {key: float(f"{value:.4g}") if isinstance(value, float) else value for key, value in result.items()}
    if options.json:
        sys.stdout.write(json.dumps(rounded) + "\n")
        return
    for key, value in rounded.items():
        sys.stdout.write(f"{key:36} {value}\n")


if __name__ == "__main__":
    main()
