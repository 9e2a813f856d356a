"""How far the region among groups is from every place of the world: the table `resolution.csv` of a corridor case.

`python benchmarks/resolution.py --draws 6 --coefficient-draws 2 --out resolution.csv` solves the central draw, some
draws of the bundled study, and some in which the coefficients of transport costs differ as well, at both resolutions. A
draw with other coefficients takes minutes, since the costs of the whole world are solved anew for it.
"""

import argparse
import csv
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import xarray as xr
from cordillera import engine
from cordillera.analysis.headline import Headline, case_headlines
from cordillera.engines import Engine
from cordillera.engines.spatial.infrastructure import COEFFICIENTS
from cordillera.sweeps import read_study, sample

STUDY = "corridor-returns"
COLUMNS = ("item", "label", "scenario", "draw", "full", "region", "difference_percent")
# Coefficients are drawn between these multiples of their defaults.
LOW, HIGH = 0.7, 1.4


def draws(model: Engine, count: int, with_coefficients: int) -> Iterator[tuple[str, dict[str, float]]]:
    """The central draw, then base points of the study's design, then some with other cost coefficients."""
    yield "central", {}
    study = read_study(STUDY)
    names = [factor.name for factor in study.factors]
    rows = sample(study, 0, count + with_coefficients).value
    points = rows.reshape(count + with_coefficients, -1, rows.shape[1])[:, 0]
    generator = np.random.default_rng(1)
    for number, point in enumerate(points, start=1):
        values = dict(zip(names, point.tolist(), strict=True))
        if number <= count:
            yield str(number), values
            continue
        for name in COEFFICIENTS:
            values[name] = model.factors[name].default * float(np.exp(generator.uniform(np.log(LOW), np.log(HIGH))))
        yield f"{number} with other cost coefficients", values


def value_of(results: xr.Dataset, line: Headline) -> float:
    """A headline in the results of one draw."""
    return float(results[line.output].sel(dict(line.select)).sel(scenario=line.scenario))


def rows_of(lines: list[Headline], draw: str, full: xr.Dataset, region: xr.Dataset) -> Iterator[Mapping[str, object]]:
    """A row for each headline."""
    for line in lines:
        fine, grouped = value_of(full, line), value_of(region, line)
        yield {
            "item": line.id,
            "label": line.label,
            "scenario": line.scenario,
            "draw": draw,
            "full": f"{fine:.6g}",
            "region": f"{grouped:.6g}",
            "difference_percent": f"{100.0 * (grouped / fine - 1.0):.3f}",
        }


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=6)
    parser.add_argument("--coefficient-draws", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("resolution.csv"))
    options = parser.parse_args()
    fine, grouped = engine("spatial", resolution="full"), engine("spatial")
    lines = case_headlines(grouped)
    scenarios = list(grouped.scenarios)
    outputs = list(dict.fromkeys(line.output for line in lines))
    fine.prepare()
    with options.out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for draw, values in draws(grouped, options.draws, options.coefficient_draws):
            full, region = (model.solve(values, scenarios, outputs) for model in (fine, grouped))
            writer.writerows(rows_of(lines, draw, full, region))
            file.flush()
            sys.stderr.write(f"{draw}\n")


if __name__ == "__main__":
    main()
