import subprocess
import sys
from pathlib import Path

import pytest
from cordillera.cluster import SerialBackend
from cordillera.sweeps import RunLimitError, create_store, run_study, study_from_text
from cordillera.sweeps.limit import checked_run_limit, longest_solve
from fragile_engine import study_text

ENDING = (
    "import sys, time; from itertools import repeat; from cordillera.sweeps.limit import ending_this_process\n"
    "with ending_this_process(0.2): {block}\n"
    "time.sleep(0.4); print('alive')"
)
WORKING = (
    "import sys; from cordillera.sweeps import Job, open_store, prepare, solve_batch\n"
    "job = Job(open_store(sys.argv[1]).study, sys.argv[1], run_limit=0.2, expendable=True)\n"
    "prepare(job); solve_batch(job.url, (0,)); print('alive')"
)


@pytest.mark.parametrize(("block", "code", "said"), [("sum(repeat(0))", 1, ""), ("pass", 0, "alive\n")])
def test_a_process_ends_in_a_block_that_lasts_even_where_no_thread_has_a_turn(block: str, code: int, said: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", ENDING.format(block=block)], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (code, said, "")


@pytest.mark.parametrize(("hang_above", "code", "complete"), [("-inf", 1, False), ("inf", 0, True)])
def test_a_worker_that_may_be_lost_ends_with_a_solve_that_never_does(
    hang_above: str, code: int, complete: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = study_from_text(study_text(8))
    store = create_store(study, study.build_engine(), tmp_path / "a.zarr", unit_blocks=1)
    monkeypatch.setenv("FRAGILE_HANG_ABOVE", hang_above)
    ended = subprocess.run([sys.executable, "-c", WORKING, store.url], capture_output=True, text=True, check=False)
    assert ended.returncode == code, ended.stderr
    assert bool(store.complete_units()[0]) == complete


def test_a_solve_may_take_what_its_runs_are_said_to_take_many_times_and_one_that_hangs() -> None:
    assert longest_solve(60.0, runs=1, run_seconds=1e-6) == pytest.approx(60.0)
    assert longest_solve(60.0, runs=2000, run_seconds=0.01) == pytest.approx(60.0 + 400.0)


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf")])
def test_a_limit_that_is_no_time_is_refused_before_anything_is_made(seconds: float, tmp_path: Path) -> None:
    with pytest.raises(RunLimitError, match=str(seconds)):
        run_study(study_from_text(study_text(8, "ishigami")), tmp_path / "a.zarr", SerialBackend(), run_limit=seconds)
    assert not (tmp_path / "a.zarr").exists()


def test_a_limit_beyond_what_timers_take_is_a_very_long_one() -> None:
    assert checked_run_limit(1e300) == pytest.approx(1e8)
    assert longest_solve(1e8, runs=10**9, run_seconds=1e9) == pytest.approx(1e8)
