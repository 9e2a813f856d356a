import os
import subprocess
import sys
from pathlib import Path

import pytest
from cordillera.cluster import LocalBackend, SerialBackend, local
from cordillera.sweeps import (
    Job,
    Progress,
    Returned,
    VersionError,
    WorkError,
    open_store,
    run_study,
    study_from_text,
    verify,
    versions,
)
from fragile_engine import study_text


def test_two_workers_give_the_bits_of_the_serial_loop(tmp_path: Path) -> None:
    study = study_from_text(study_text(32, "ishigami"))
    seen: list[Progress] = []
    run_study(study, tmp_path / "local.zarr", LocalBackend(2), progress=seen.append, unit_blocks=2)
    run_study(study, tmp_path / "serial.zarr", SerialBackend(), unit_blocks=8)
    report = verify(tmp_path / "local.zarr", tmp_path / "serial.zarr")
    assert report.sound
    assert report.compared == report.units == 16
    assert seen[0].done == 0
    assert {state.workers for state in seen[1:]} == {2}
    assert (seen[-1].done, seen[-1].solved_here, seen[-1].runs) == (320, 320, 320)
    done = [state.done for state in seen]
    assert done == sorted(done)


def test_an_error_of_a_run_reaches_the_driver_with_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAGILE_RAISE_ABOVE", "3.0")
    with pytest.raises(WorkError, match="ArithmeticError: draw with a sum of"):
        run_study(study_from_text(study_text(16)), tmp_path / "a.zarr", LocalBackend(1))
    assert not (tmp_path / "a.zarr" / "driver.json").exists()
    assert not open_store(tmp_path / "a.zarr").complete_units().all()


def test_a_script_without_a_guard_starts_one_sweep_only(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from fragile_engine import study_text\n"
        "from cordillera.cluster import LocalBackend\n"
        "from cordillera.sweeps import run_study, study_from_text\n"
        "print('begun')\n"
        "store = run_study(study_from_text(study_text(16, 'ishigami')), 'a.zarr', LocalBackend(1))\n"
        "print(store.complete_units().all(), 'script.py' in __file__)\n"
    )
    ran = subprocess.run([sys.executable, script.name], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("begun\nTrue True\n", "")


def test_a_worker_with_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "versions", lambda: versions() | {"numba": "0.1"})
    with pytest.raises(VersionError, match=r"numba .* \(driver: 0.1\)"):
        run_study(study_from_text(study_text(16, "ishigami")), tmp_path / "a.zarr", LocalBackend(1))


@pytest.mark.parametrize("threads", [1, 2])
def test_a_worker_computes_in_as_many_threads_as_it_is_given(tmp_path: Path, threads: int) -> None:
    study = study_from_text(study_text(16, "ishigami"))
    run_study(study, tmp_path / "a.zarr", SerialBackend())
    before = dict(os.environ)

    def threads_of_numba(url: str, units: tuple[int, ...]) -> int:
        import numba

        return numba.get_num_threads()

    with LocalBackend(1, threads=threads).open(Job(study, str(tmp_path / "a.zarr"))) as crew:
        crew.submit(0, threads_of_numba, "", (0,))
        assert crew.wait(60.0) == [Returned(0, threads)]
    assert os.environ.get("NUMBA_NUM_THREADS") in (before.get("NUMBA_NUM_THREADS"), "1")
