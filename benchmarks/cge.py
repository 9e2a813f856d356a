"""How fast the two-region model is solved, beside what a user would pick instead.

`python benchmarks/cge.py` prints a table, with `--json` one object: runs a second on one core (a run is one scenario
path of ten years; calibration and all outputs included, kernels and data warm), how many times faster than CasADi with
IPOPT on the full system and than `scipy.optimize.root` on the condensed one, how many of many draws need or exceed the
fallbacks, and the seconds that compiling takes on a machine that has never compiled.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import cordillera
from cordillera.engines.cge.engine import CgeEngine
from cordillera.engines.cge.solver import TOLERANCE

try:
    from peers import CondensedModel, FullModel
except ModuleNotFoundError as missing:
    sys.exit(f"The peers need {missing.name}: pip install '.[bench]'")
from runs import Bench, shares

SPREAD, WIDE = 0.3, 0.5
# Draws of one timing of the engine; the median of several timings counts.
TIMED_DRAWS, TIMINGS = 80, 5
COLD = """
import time
began = time.perf_counter()
import cordillera
engine = cordillera.engine("cge", case="peru-2002")
engine.solve(scenarios=list(engine.scenarios))
print(time.perf_counter() - began)
"""


def runs_per_second(bench: Bench, draws: int) -> float:
    """Runs a second through the engine's own door."""
    sample = bench.draws(draws, SPREAD)
    bench.engine.solve_draws(sample, bench.policies)
    rates = []
    for _ in range(TIMINGS):
        began = time.perf_counter()
        solution = bench.engine.solve_draws(sample, bench.policies)
        rates.append(solution.outcome.size / (time.perf_counter() - began))
    return statistics.median(rates)


def seconds_of_peers(bench: Bench, draws: int) -> tuple[float, float]:
    """Seconds of one run with CasADi and IPOPT, and with SciPy: the baseline and a policy of a few draws."""
    full, condensed = FullModel(bench), CondensedModel(bench)
    groups = bench.groups(bench.draws(8, SPREAD))[0][:2]
    cases = [(group, lane) for lane in range(draws) for group in groups]
    full.run(*cases[0])
    timed = [(full.run(group, lane), condensed.run(group, lane)) for group, lane in cases]
    return statistics.median(t for t, _ in timed), statistics.median(t for _, t in timed)


def cold_compile_seconds() -> float:
    """What a first start in an empty kernel folder takes longer than the second."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "NUMBA_CACHE_DIR": folder}
        command = [sys.executable, "-c", COLD]
        cold, warm = (
            float(subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout)
            for _ in range(2)
        )
    return cold - warm


def measure(draws: int, peers: int) -> dict[str, float | int]:
    """Everything, by the names of the printed object."""
    engine = cordillera.engine("cge", case="peru-2002")
    if not isinstance(engine, CgeEngine):
        message = f"The engine `cge` is {type(engine).__name__}, which this benchmark does not know."
        raise TypeError(message)
    bench = Bench(engine)
    rate = runs_per_second(bench, min(TIMED_DRAWS, draws))
    casadi, scipy = seconds_of_peers(bench, peers)
    # Timed again afterwards, so that a machine that has become slower or faster does not favour either.
    rate = statistics.mean([rate, runs_per_second(bench, min(TIMED_DRAWS, draws))])
    fallback_share, not_converged = shares(bench.groups(bench.draws(draws, WIDE)), TOLERANCE)
    return {
        "runs_per_second_per_core": round(rate, 1),
        "spread": SPREAD,
        "ratio_casadi_ipopt": round(casadi * rate, 1),
        "ratio_scipy_condensed": round(scipy * rate, 1),
        "draws": draws,
        "spread_not_converged": WIDE,
        "fallback_share": fallback_share,
        "not_converged": not_converged,
        "cold_compile_seconds": round(cold_compile_seconds(), 1),
    }


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one object and nothing else")
    parser.add_argument("--draws", type=int, default=2000, help="draws solved for the shares, a multiple of 8")
    parser.add_argument("--peers", type=int, default=3, help="draws solved by CasADi and SciPy, at most 8")
    chosen = parser.parse_args()
    if chosen.draws < 8 or chosen.draws % 8:
        parser.error(f"--draws is {chosen.draws}; runs go eight at a time: choose a multiple of 8.")
    if not 1 <= chosen.peers <= 8:
        parser.error(f"--peers is {chosen.peers}; choose 1 to 8.")
    found = measure(chosen.draws, chosen.peers)
    if chosen.json:
        print(json.dumps(found))
    else:
        width = max(map(len, found))
        print("\n".join(f"{name:{width}}  {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
