"""A sweep in a bucket: the commands, a driver that is killed, workers of Dask, and the bits of a run into a folder."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import cordillera, words
from cordillera.cluster import SerialBackend
from cordillera.sweeps import NotAStoreError, StoreNotFoundError, open_store, read_status, run_study, study_from_text
from cordillera.sweeps.address import backing_store, read_object
from cordillera.sweeps.bucket import BucketStore, sync
from fragile_engine import study_text
from loopback_s3 import KEY, SECRET, LoopbackS3
from survival import start_driver, wait_until

UNITS, RUNS_OF_UNIT = 16, 40


@pytest.fixture
def study(tmp_path: Path) -> Path:
    path = tmp_path / "survival.toml"
    path.write_text(study_text(16, "ishigami"))
    return path


@pytest.fixture
def drivers() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Drivers that a test started; whatever is left of them is ended."""
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()


def finished_units(url: str) -> int:
    try:
        return int(open_store(url).complete_units().sum())
    except (StoreNotFoundError, NotAStoreError):
        return 0


def assert_same_bits(url: str, folder: Path) -> None:
    result = cordillera("verify", url, "--against", folder, "--json")
    record = json.loads(result.stdout)
    assert result.exit_code == 0, record
    assert record["compared"] == record["complete"] == record["units"]


def everything(url: str) -> bytes:
    """All that is stored under an address, names and bytes."""
    backing = backing_store(url, writable=False)
    assert isinstance(backing, BucketStore)

    async def keys() -> list[str]:
        return [key async for key in backing.list()]

    return b"\n".join(key.encode() + (read_object(backing, key) or b"") for key in sync(keys()))


def test_every_command_works_on_a_bucket_and_none_tells_the_credentials(
    study: Path, tmp_path: Path, s3: LoopbackS3, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    url, folder = s3.address(), tmp_path / "a.zarr"
    said = []
    for out in (url, folder):
        said.append(cordillera("run", study, "--out", out, "--cluster", "serial"))
        said.append(cordillera("extend", out, "--samples", "32", "--cluster", "serial"))
    assert_same_bits(url, folder)
    state = cordillera("status", url, "--json")
    assert json.loads(state.stdout)["done"] == 32 * 5 * 2
    here, there = (cordillera("analyze", out, "--json") for out in (folder, url))
    assert there.stdout.replace(url, str(folder)) == here.stdout
    page = tmp_path / "report.html"
    said += [state, there, cordillera("report", url, "--out", page), cordillera("replay", url, "3")]
    assert [result.exit_code for result in said] == [0] * len(said), [result.output for result in said]
    pages = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    written = everything(url) + pages + caplog.text.encode() + "".join(result.output for result in said).encode()
    for secret in (KEY, SECRET):
        assert secret.encode() not in written


def test_a_second_driver_is_refused_and_a_killed_one_is_resumed(
    tmp_path: Path, s3: LoopbackS3, drivers: list[subprocess.Popen[bytes]]
) -> None:
    url = s3.address()
    drivers.append(start_driver(url, "serial", pause=0.02))
    wait_until(lambda: finished_units(url) >= 2)
    study = tmp_path / "survival.toml"
    study.write_text(study_text(64))
    refused = cordillera("run", study, "--out", url, "--cluster", "serial")
    assert refused.exit_code == 2
    assert f"Another driver works on this store: process {drivers[0].pid} on {os.uname().nodename}" in words(refused)
    assert read_status(url).driving
    drivers[0].kill()
    drivers[0].wait()
    kept = finished_units(url)
    assert 2 <= kept < UNITS
    assert not read_status(url).driving
    seconds = open_store(url).status("seconds").values
    resumed = cordillera("run", study, "--out", url, "--cluster", "serial")
    assert resumed.exit_code == 0, resumed.output
    again = open_store(url).status("seconds").values
    assert (again == seconds).sum() == kept * RUNS_OF_UNIT, "no written unit may be solved again"
    run_study(study_from_text(study_text(64)), tmp_path / "calm.zarr", SerialBackend())
    assert_same_bits(url, tmp_path / "calm.zarr")


def test_workers_of_dask_write_to_a_bucket(
    tmp_path: Path, s3: LoopbackS3, drivers: list[subprocess.Popen[bytes]]
) -> None:
    # In a process of its own, whose workers have its environment and not that of an earlier test.
    drivers.append(start_driver(s3.address(), "local"))
    assert drivers[0].wait() == 0
    assert drivers[0].stderr is not None
    assert drivers[0].stderr.read() == b"", "nor is anything said of connections that are left open"
    run_study(study_from_text(study_text(64)), tmp_path / "calm.zarr", SerialBackend())
    assert_same_bits(s3.address(), tmp_path / "calm.zarr")
    assert read_status(s3.address()).driver is None


def test_the_requests_of_a_unit_are_as_many_as_the_documentation_says(study: Path, s3: LoopbackS3) -> None:
    counts = []
    for blocks in (16, 1):
        s3.requests.clear()
        url = s3.address(f"{blocks}.zarr")
        store = run_study(study_from_text(study.read_text()), url, SerialBackend(), unit_blocks=blocks)
        s3.requests = [request for request in s3.requests if "driver.json" not in request[1]]
        counts.append(s3.counts())
    more = {method: (counts[1][method] - counts[0][method]) / 15 for method in counts[0]}
    # Two of the design, five of the status, and the outputs; the status is read at first, before the work and after it.
    assert more == {"PUT": 2 + 5 + len(store.outputs), "GET": 3.0, "LIST": 0.0}
