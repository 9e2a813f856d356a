"""What a task asks of the scheduler and the driver, and a unit of a disk or an object store."""

import logging
import shutil
import subprocess
import sys
import time
from collections import Counter
from contextlib import AbstractContextManager
from pathlib import Path
from unittest import mock

import dask.config
from cordillera.cluster.local import SETTINGS
from cordillera.sweeps import BatchReport, Job, create_store, prepare, solve_batch, study_from_text
from cordillera.sweeps.ledger import Finished, Ledger, Submit, Workforce, decide
from distributed import Client, LocalCluster
from scale_engine import study_text
from zarr.storage import LocalStore

WORKERS = 10_000
# Stated by Amazon for one prefix of S3, and taken for a busy shared file system; neither is measured here.
PUTS_A_SECOND = 3_500
FILE_OPERATIONS_A_SECOND = 20_000
_TASKS = 2_000
_FEW, _MANY = 4, 20


def limits(folder: Path) -> dict[str, float]:
    """Measured costs of a task and of a unit, and the seconds that either must last for so many workers."""
    scheduler, ledger = scheduler_seconds(), ledger_seconds()
    gets, puts, writing = requests(folder / "requests.zarr")
    found = {
        "scheduler_ms_of_a_task": round(1e3 * scheduler, 3),
        "ledger_ms_of_a_task": round(1e3 * ledger, 3),
        "gets_of_a_unit": gets,
        "puts_of_a_unit": puts,
        "writing_ms_of_a_unit": round(1e3 * writing, 1),
        "least_task_seconds_by_driver_and_scheduler": round(WORKERS * (scheduler + ledger), 1),
        "least_unit_seconds_by_object_store": round(WORKERS * puts / PUTS_A_SECOND, 1),
    }
    if shutil.which("strace") is None:
        return found
    operations = (_file_operations(folder, _MANY) - _file_operations(folder, _FEW)) / (_MANY - _FEW)
    return found | {
        "file_operations_of_a_unit": round(operations, 1),
        "least_unit_seconds_by_file_system": round(WORKERS * operations / FILE_OPERATIONS_A_SECOND, 1),
    }


def scheduler_seconds() -> float:
    """Processor seconds of a task that does nothing, in the process of client and scheduler."""
    with (
        dask.config.set(SETTINGS),
        LocalCluster(n_workers=1, threads_per_worker=1, silence_logs=logging.CRITICAL) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        client.submit(int, key="first", pure=False).result()
        began = time.process_time()
        client.gather([client.submit(int, key=f"task-{i}", pure=False) for i in range(_TASKS)])
        return (time.process_time() - began) / _TASKS


def ledger_seconds() -> float:
    """Processor seconds to decide on a task that has finished, with the tasks of all the workers in flight."""
    ledger, actions = decide(Ledger(tuple(range(60 * WORKERS)), seconds=50.0, timed=10), Workforce(WORKERS))
    numbers = [action.task.number for action in actions if isinstance(action, Submit)][:_TASKS]
    began = time.process_time()
    for number in numbers:
        ledger, _ = decide(ledger, Finished(number, 30.0))
    return (time.process_time() - began) / len(numbers)


def requests(url: Path) -> tuple[float, float, float]:
    """Requests to read and to write of a unit, and the seconds that its writing takes."""
    counts: Counter[str] = Counter()
    _prepared(url)
    # The first unit of a process also opens the arrays.
    solve_batch(str(url), (0,))
    with _counting("get", counts), _counting("set", counts):
        report = solve_batch(str(url), tuple(range(1, 1 + _FEW)))
    return counts["get"] / _FEW, counts["set"] / _FEW, report.writing_seconds / _FEW


def _counting(name: str, counts: Counter[str]) -> AbstractContextManager[object]:
    method = getattr(LocalStore, name)

    def counted(*args: object, **settings: object) -> object:
        counts[name] += 1
        return method(*args, **settings)

    return mock.patch.object(LocalStore, name, counted)


def _prepared(url: Path) -> None:
    study = study_from_text(study_text(2**13))
    create_store(study, study.build_engine(), url)
    prepare(Job(study, str(url)))


def _file_operations(folder: Path, units: int) -> int:
    """System calls with the name of a file that a process makes which writes so many units."""
    summary = folder / f"calls-{units}.txt"
    traced = ["strace", "-f", "-c", "-e", "trace=%file", "-o", str(summary)]
    subprocess.run([*traced, sys.executable, __file__, str(folder / f"{units}.zarr"), str(units)], check=True)
    total = summary.read_text().strip().splitlines()[-1].split()
    return int(total[3])


def write_units(url: Path, units: int) -> BatchReport:
    """Make a store and write some of its units."""
    _prepared(url)
    return solve_batch(str(url), tuple(range(units)))


if __name__ == "__main__":
    write_units(Path(sys.argv[1]), int(sys.argv[2]))
