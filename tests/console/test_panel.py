"""A sweep as rows and as one line."""

import io
from dataclasses import replace
from datetime import UTC, datetime

from cordillera.console.outlook import Look, outlook
from cordillera.console.panel import line, panel, rows
from cordillera.sweeps import DriverRecord, Progress, StoreStatus
from rich.console import Console

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
BEAT = "2026-11-25T12:00:00.000+00:00"
PROGRESS = Progress(
    1000, 600, 3, 500, 250.0, workers=6, lost=4, batch_seconds=(28.0, 31.0), link="http://127.0.0.1:4000/status"
)
DRIVER = DriverRecord("token", "node1", "place", 7, 1.0, BEAT, BEAT, "slurm", PROGRESS)
STORE = StoreStatus(
    "a", "id", "a.zarr", 1000, 600, 3, 10, 6, {"SOLVED": 597, "INFEASIBLE": 3}, {"x": 1}, DRIVER, True, 2.0
)
BEFORE = replace(STORE, done=300, driver=replace(DRIVER, progress=replace(PROGRESS, workers=8)))
VIEW = outlook([Look(0.0, BEFORE), Look(120.0, STORE)])


def test_the_rows_say_what_is_known() -> None:
    said = dict(rows(VIEW, NOW))
    assert said["runs"] == "600 of 1,000 (60%), 6 of 10 units"
    assert said["rate"] == "2.5 runs/s over the last 2 min, 2.0 runs/s since the driver began"
    assert said["time left"] == "3 min, until about 12:02"
    assert said["workers"] == "6, 2 fewer than 2 min ago; units lost their worker 4 times"
    assert said["last batches"] == "28 s, 31 s"
    assert said["driver"].startswith("process 7 on node1 (slurm), since ")
    assert said["driver"].endswith("heard of 2 s ago")
    assert said["dashboard"] == "http://127.0.0.1:4000/status on node1"
    assert said["failed"].startswith("3 INFEASIBLE: ")
    assert "job" not in said


def test_of_a_sweep_that_nobody_drives_only_the_counts_are_said() -> None:
    gone = outlook([Look(0.0, replace(STORE, driver=None, driving=False, silent=None))])
    assert list(dict(rows(gone, NOW))) == ["runs", "failed"]


def test_one_line_says_the_same() -> None:
    assert line(VIEW, NOW) == (
        "12:00:00 a: 600 of 1,000 runs, 3 failed (3 INFEASIBLE), 6 workers, 2.5 runs/s, 3 min left"
    )
    silent = replace(STORE, silent=30.0)
    assert ". Warning: The driver has been silent since " in line(outlook([Look(0.0, silent)]), NOW)
    assert line(outlook([Look(0.0, None, fault="away")]), NOW).startswith("12:00:00 there is no store yet. Warning: ")


def test_a_name_of_somebody_else_moves_no_cursor_and_is_no_markup() -> None:
    nasty = replace(STORE, name="[bold]a\x1b[2J[/]", driver=replace(DRIVER, host="\x1b[31mnode"))
    screen = io.StringIO()
    Console(file=screen, width=120).print(panel(outlook([Look(0.0, nasty)]), NOW))
    assert "\x1b" not in screen.getvalue()
    assert "[bold]a\\x1b[2J[/]" in screen.getvalue()
