"""A million draws, thousands of workers, stores of many gigabytes: what each costs and what limits it.

`python benchmarks/scale.py` prints, with `--json` as one object, the numbers of the page on scale of the documentation,
in about ten minutes; it writes 10 GB and deletes them. Each part has a process of its own, so that a peak of memory is
that of the part alone; `--only` names parts that begin so, of which one may read the store of another.

- `plan_*`: the driver of a sweep, and of one of which four units are left, for 8 thousand and for a million
  draws under two scenarios. Runs are declared to take a millisecond, which decides the units, and take none. Then
  indices of its outputs, and what planning reads of 32,768 units.
- `case_*`: the driver of the bundled studies.
- `overhead`: one local worker against a plain loop over the same draws, runs of 5 ms of processor time.
- `design_*`: a block of the design by its position, and designs of 100,000 rows that are made whole.
- `limits`: what a task asks of the scheduler and a unit of the store, and what follows for 10,000 workers.
- `analysis_*`: bands and indices of a map, for some draws and cells, four times the draws and four times the cells.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import psutil
from cordillera.analysis import bands, sobol
from cordillera.cluster import backend
from cordillera.engines import Draws
from cordillera.sweeps import (
    Progress,
    Store,
    Study,
    create_store,
    open_store,
    read_study,
    run_study,
    sample,
    study_from_text,
)
from scale_engine import BUSY, FACTORS, study_text
from scale_limits import limits

Numbers = dict[str, float]

_LAST_UNITS = 4
_SECONDS_OF_A_RUN = 0.005
# A unit of a plan of a million such runs.
_UNIT_BLOCKS = 64
_ROWS = 100_000


def peak_megabytes() -> float:
    """The most memory that this process has held."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10), 1)


class Watch:
    """The times at which a driver told how it stands: first when the work is planned, then at work."""

    def __init__(self) -> None:
        self.began = time.perf_counter()
        self.told: list[float] = []
        self.processor: list[float] = []
        self.workers_processor: list[float] = []
        self.last: Progress | None = None

    def __call__(self, progress: Progress) -> None:
        """Note the time."""
        self.told.append(time.perf_counter() - self.began)
        self.processor.append(time.process_time())
        times = [process.cpu_times() for process in psutil.Process().children(recursive=True)]
        self.workers_processor.append(sum(each.user + each.system for each in times))
        self.last = progress


def watched(study: Study, url: Path, unit_blocks: int | None = None) -> tuple[Store, Watch]:
    """Run a study with one local worker."""
    watch = Watch()
    return run_study(study, url, backend("local", 1), progress=watch, unit_blocks=unit_blocks), watch


def plan(samples: int, folder: Path) -> Numbers:
    """The driver of a sweep whose runs take no time."""
    store, watch = watched(study_from_text(study_text(samples)), folder / f"{samples}.zarr")
    units = store.layout.units
    objects = sum(path.is_file() for path in (folder / f"{samples}.zarr").glob("*/*/c/**/*"))
    return {
        "draws": store.layout.rows,
        "units": units,
        "objects_of_a_unit": round(objects / units, 2),
        "planning_seconds": round(watch.told[0], 2),
        "driver_ms_of_a_unit": round(1e3 * (watch.processor[-1] - watch.processor[1]) / units, 2),
        "driver_peak_mb": peak_megabytes(),
    }


def resume(samples: int, folder: Path) -> Numbers:
    """The driver of that sweep when all but its last units are written."""
    store = open_store(folder / f"{samples}.zarr", writable=True)
    for unit in range(store.layout.units - _LAST_UNITS, store.layout.units):
        store.reopen_unit(unit)
    _, watch = watched(store.study, folder / f"{samples}.zarr")
    return {
        "planning_seconds": round(watch.told[0], 2),
        "seconds": round(watch.told[-1], 2),
        "driver_peak_mb": peak_megabytes(),
    }


def overhead(samples: int, folder: Path) -> Numbers:
    """A sweep against a plain loop, by processor time and by the clock; other programs are felt in the latter."""
    os.environ[BUSY] = str(_SECONDS_OF_A_RUN)
    study = study_from_text(study_text(samples, run_seconds=_SECONDS_OF_A_RUN))
    engine = study.build_engine()
    began, processor = time.perf_counter(), time.process_time()
    for first in range(0, samples, _UNIT_BLOCKS):
        rows = sample(study, first, first + _UNIT_BLOCKS).value
        engine.solve_draws(Draws(FACTORS, rows), study.scenarios, study.outputs)
    loop, processor = time.perf_counter() - began, time.process_time() - processor
    store, watch = watched(study, folder / "overhead.zarr", _UNIT_BLOCKS)
    working = watch.last.seconds if watch.last else np.nan
    return {
        "loop_processor_seconds": round(processor, 2),
        "share_of_processor_time": round(
            (watch.workers_processor[-1] - watch.workers_processor[1]) / processor - 1.0, 4
        ),
        "loop_seconds": round(loop, 2),
        "share_by_the_clock": round(working / loop - 1.0, 4),
        "share_outside_the_runs": round(working / float(store.status("seconds").sum()) - 1.0, 4),
        "start_seconds": round(watch.told[-1] - working, 2),
    }


def sobol_blocks(samples: int, folder: Path) -> Numbers:
    """A unit of 64 blocks at the front and at the end of a sequence."""
    study = study_from_text(study_text(samples))
    places = {"first_ms": 0, "middle_ms": samples // 2, "last_ms": samples - _UNIT_BLOCKS}
    sample(study, 0, 1)
    found = {}
    for name, place in places.items():
        began = time.process_time()
        for _ in range(20):
            sample(study, place, place + _UNIT_BLOCKS)
        found[name] = round(1e3 * (time.process_time() - began) / 20, 2)
    return found


def whole_design(method: str, folder: Path) -> Numbers:
    """The first rows that a process asks of a design of 100,000 rows, which makes all of them."""
    files = {"rows.csv": _table()} if method == "csv" else {}
    text = study_text(_ROWS // (len(FACTORS) + 1 if method == "morris" else 1), method=method)
    sample(study_from_text(study_text(1)), 0, 1)
    before, began = peak_megabytes(), time.process_time()
    sample(study_from_text(text, files=files), 0, 8)
    return {"seconds": round(time.process_time() - began, 2), "mb": round(peak_megabytes() - before, 1)}


def _table() -> str:
    """The rows of a CSV design."""
    rows = np.random.default_rng(1).random((_ROWS, len(FACTORS)))
    return "\n".join([",".join(FACTORS), *(",".join(map(repr, row)) for row in rows.tolist())])


def many_units(samples: int, folder: Path) -> Numbers:
    """What planning reads of a store of as many units as a plan of hundreds of hours has."""
    study = study_from_text(study_text(samples))
    store = create_store(study, study.build_engine(), folder / "many.zarr", unit_blocks=samples // 2**15)
    began = time.perf_counter()
    store.outcomes()
    return {"units": store.layout.units, "reading_seconds": round(time.perf_counter() - began, 2)}


def case_driver(name: str, folder: Path) -> Numbers:
    """The driver of a bundled study, of as few draws as it takes."""
    watched(read_study(name).with_samples(2), folder / f"{name}.zarr")
    return {"driver_peak_mb": peak_megabytes()}


def million_indices(samples: int, output: str, folder: Path) -> Numbers:
    """Indices of one of the outputs of the sweep of a million draws."""
    store = open_store(folder / f"{samples}.zarr")
    began = time.perf_counter()
    sobol(store, output, relative_to="baseline")
    return {"seconds": round(time.perf_counter() - began, 1), "peak_mb": peak_megabytes()}


def analysis(samples: int, cells: int, measure: str, folder: Path) -> Numbers:
    """Bands or indices of the difference that the policy makes to a map."""
    url = folder / f"map-{samples}-{cells}.zarr"
    if measure == "making":
        watched(study_from_text(study_text(samples, cells=cells)), url)
        return {}
    store = open_store(url)
    before, began = peak_megabytes(), time.perf_counter()
    found = {"bands": bands, "sobol": sobol}[measure](store, "map", relative_to="baseline")
    return {
        "gigabytes": round(store.array("results/map").nbytes / 2**30, 2),
        "seconds": round(time.perf_counter() - began, 1),
        "result_mb": round(found.nbytes / 2**20, 1),
        "peak_before_mb": before,
        "peak_mb": peak_megabytes(),
    }


_SMALL, _LARGE = 2**10, 2**17
_MAPS = {"base": (256, 100_000), "draws_4": (1024, 100_000), "cells_4": (256, 400_000)}
PARTS: dict[str, Callable[[Path], Numbers]] = {
    "plan_small": partial(plan, _SMALL),
    "plan_million": partial(plan, _LARGE),
    "plan_million_resumed": partial(resume, _LARGE),
    "plan_million_number": partial(million_indices, _LARGE, "total"),
    "plan_million_table": partial(million_indices, _LARGE, "parts"),
    "plan_many_units": partial(many_units, _LARGE),
    **{f"case_{name}": partial(case_driver, name) for name in ("peru-divergence", "corridor-returns")},
    "overhead": partial(overhead, 512),
    "design_sobol": partial(sobol_blocks, 2**20),
    **{f"design_{method}": partial(whole_design, method) for method in ("latin", "morris", "csv")},
    "limits": limits,
    **{
        f"analysis_{name}_{measure}": partial(analysis, *size, measure)
        for name, size in _MAPS.items()
        for measure in ("making", "bands", "sobol")
    },
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="the start of a part's name")
    parser.add_argument("--folder", type=Path, help="where one part, named in full, works; for the processes of parts")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.folder:
        sys.stdout.write(json.dumps(PARTS[options.only](options.folder)) + "\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        found = {name: _apart(name, folder) for name in PARTS if name.startswith(options.only)}
    result = {f"{name}_{key}": value for name, numbers in found.items() for key, value in numbers.items()}
    if options.json:
        sys.stdout.write(json.dumps(result) + "\n")
        return
    for key, value in result.items():
        sys.stdout.write(f"{key:56} {value}\n")


def _apart(name: str, folder: str) -> Numbers:
    """One part in a process of its own, whose workers find the engine of the benchmark."""
    here = str(Path(__file__).parent)
    paths = os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH")]))
    command = [sys.executable, __file__, "--only", name, "--folder", folder]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": paths}, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
