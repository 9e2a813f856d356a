"""What a sweep costs beside the runs themselves.

`python benchmarks/sweep.py` prints, with `--json` as one object:

overhead_share                  what design, store and driver add to a plain serial loop over the same draws
scaling_2_workers               how much faster two local workers are than one, the start of their processes included
scaling_2_workers_over_serial   the same beside the serial backend, which starts no process and opens every matrix once
driver_peak_mb                  peak memory of the process that drives, in which the plain loop solves the model too
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from cordillera.cluster import backend
from cordillera.engines import Draws
from cordillera.sweeps import Study, block_count, bundled_studies, read_study, run_study, sample


def seconds_of_plain_loop(study: Study, unit_blocks: int) -> float:
    """Solve every draw of the study in one process, unit by unit, keeping nothing."""
    engine = study.build_engine()
    names = tuple(factor.name for factor in study.factors)
    began = time.perf_counter()
    for first in range(0, block_count(study), unit_blocks):
        rows = sample(study, first, min(first + unit_blocks, block_count(study))).value
        engine.solve_draws(Draws(names, rows), list(study.scenarios), study.outputs)
    return time.perf_counter() - began


def seconds_of_serial_sweep(study: Study, url: Path, unit_blocks: int) -> float:
    """The same through the store and the serial driver."""
    began = time.perf_counter()
    run_study(study, url, backend("serial"), unit_blocks=unit_blocks)
    return time.perf_counter() - began


def seconds_of_local_sweep(study: Study, folder: Path, workers: int, unit_blocks: int, repeats: int) -> float:
    """The same with local workers, the start of their processes and the opening of every matrix included; the best."""
    seconds = []
    for repeat in range(repeats):
        began = time.perf_counter()
        run_study(study, folder / f"{workers}-{repeat}.zarr", backend("local", workers), unit_blocks=unit_blocks)
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--study", choices=bundled_studies(), default="peru-divergence")
    parser.add_argument("--samples", type=int, help="base points of the study, a power of two; its own if left out")
    parser.add_argument("--repeats", type=int, default=1, help="sweeps with workers, of which the fastest counts")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    study = read_study(options.study)
    if options.samples is not None:
        study = study.with_samples(options.samples)
    study.build_engine().prepare()
    unit_blocks = max(1, study.design.samples // 32)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Matrices are opened in the first sweep of a process, and kept.
        first = seconds_of_serial_sweep(study, folder / "first.zarr", unit_blocks)
        loop = seconds_of_plain_loop(study, unit_blocks)
        serial = seconds_of_serial_sweep(study, folder / "serial.zarr", unit_blocks)
        one, two = (seconds_of_local_sweep(study, folder, workers, unit_blocks, options.repeats) for workers in (1, 2))
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = {
        "overhead_share": round(serial / loop - 1.0, 4),
        "scaling_2_workers": round(one / two, 3),
        "scaling_2_workers_over_serial": round(first / two, 3),
        "driver_peak_mb": round(kilobytes / 1024, 1),
    }
    if options.json:
        sys.stdout.write(json.dumps(result) + "\n")
        return
    for key, value in result.items():
        sys.stdout.write(f"{key:30} {value}\n")


if __name__ == "__main__":
    main()
