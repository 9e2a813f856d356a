"""Networks that fall apart between driver, scheduler and the hosts of workers, and come together again.

Needs root and Debian's `iproute2`. Every host is a network namespace; the store lies on a disk that all of them see, so
a host that is cut off goes on writing what it holds while others are given the same units.
"""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dask_site import Site
from network import HEAD, Network
from survival import UNITS, assert_kept, assert_same_as, finished_units, times_of, wait_for_work, wait_until

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]

HOSTS = ("one", "two")
GIVEN_UP = "marked as failed because 1 workers died"
# Seconds of a cut; after how many a scheduler gives up a worker that is silent, and anybody one who does not answer.
SHORT, LONG = 2.0, 25.0
PATIENT, HASTY = ("60s", "60s"), ("5s", "12s")


@pytest.fixture
def network() -> Iterator[Network]:
    net = Network((*HOSTS, "driver"))
    yield net
    net.end()


@pytest.fixture
def site(
    request: pytest.FixtureRequest, tmp_path: Path, network: Network, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    """A scheduler on the head, and what starts workers on hosts."""
    silence, answer = getattr(request, "param", HASTY)
    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL", silence)
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP", answer)
    place = Site(tmp_path, HEAD)
    place.scheduler(network.on("head"))
    yield place
    place.end()


class Workers:
    """A worker on every host, begun anew when it ends, as a service manager would."""

    def __init__(self, site: Site, network: Network) -> None:
        self.site, self.network = site, network
        self.held: dict[str, subprocess.Popen[bytes]] = {}
        self.begun = 0
        self.tend()

    def tend(self) -> None:
        for host in HOSTS:
            if host not in self.held or self.held[host].poll() is not None:
                self.begun += 1
                self.held[host] = self.site.worker(f"{host}-{self.begun}", self.network.on(host), pause=0.1)


@pytest.fixture
def driver(tmp_path: Path, site: Site, network: Network, start: Callable) -> subprocess.Popen[bytes]:
    return start(tmp_path / "a.zarr", site.cluster_file(), network.on("driver"))


def play(workers: Workers, driver: subprocess.Popen[bytes], url: Path, cut: tuple[str, ...], seconds: float) -> None:
    """Cut hosts off once work has begun, for so long, and wait for the driver's end."""
    network = workers.network
    wait_for_work(driver, url)
    before = times_of(url)
    network.cut(*cut)
    assert not any(network.reaches(host) for host in cut)
    time.sleep(seconds)
    assert finished_units(url) < UNITS or len(cut) == 1
    network.mend(*cut)
    # A neighbour may have to be asked for a second time.
    wait_until(lambda: all(network.reaches(host) for host in cut), 10.0)

    def over() -> bool:
        workers.tend()
        return driver.poll() is not None

    wait_until(over, 240.0)
    assert driver.returncode == 0, driver.communicate()[1].decode()
    assert_kept(before, url)


@pytest.mark.parametrize("site", [PATIENT], indirect=True, ids=["patient"])
def test_a_short_cut_of_any_host_costs_nothing(
    calm: Path, tmp_path: Path, driver: subprocess.Popen[bytes], site: Site, network: Network
) -> None:
    workers = Workers(site, network)
    play(workers, driver, tmp_path / "a.zarr", (*HOSTS, "driver"), SHORT)
    assert_same_as(calm, tmp_path / "a.zarr")
    assert workers.begun == len(HOSTS), "no worker has been begun anew"
    assert GIVEN_UP not in site.log("scheduler")


def test_the_work_of_a_host_that_is_cut_off_is_done_by_the_others(
    calm: Path, tmp_path: Path, driver: subprocess.Popen[bytes], site: Site, network: Network
) -> None:
    workers = Workers(site, network)
    play(workers, driver, tmp_path / "a.zarr", ("one",), LONG)
    assert_same_as(calm, tmp_path / "a.zarr")
    assert GIVEN_UP in site.log("scheduler")


def test_when_all_hosts_are_cut_off_the_driver_waits_and_workers_come_back(
    calm: Path, tmp_path: Path, driver: subprocess.Popen[bytes], site: Site, network: Network
) -> None:
    workers = Workers(site, network)
    play(workers, driver, tmp_path / "a.zarr", HOSTS, LONG)
    assert_same_as(calm, tmp_path / "a.zarr")
    assert workers.begun > len(HOSTS), "they were given up, and others came"


def test_a_driver_that_is_cut_off_from_its_scheduler_takes_up_its_work_again(
    calm: Path, tmp_path: Path, driver: subprocess.Popen[bytes], site: Site, network: Network
) -> None:
    workers = Workers(site, network)
    play(workers, driver, tmp_path / "a.zarr", ("driver",), LONG)
    assert_same_as(calm, tmp_path / "a.zarr")
    assert site.log("scheduler").count("Receive client connection") >= 2, "it has lost its scheduler and found it again"
    assert workers.begun == len(HOSTS)
