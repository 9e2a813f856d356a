"""The engine for tests of survival, in reach of this process and of its children."""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

PLUGINS = str(Path(__file__).parents[1] / "plugins")


if TYPE_CHECKING:
    from loopback_s3 import LoopbackS3

_NUMBERS = count()


@pytest.fixture(scope="session")
def s3_server() -> Iterator["LoopbackS3"]:
    """An S3 server on the loopback interface, on a port of its own."""
    # Here, since only these tests need it and it takes a second.
    from loopback_s3 import LoopbackS3

    server = LoopbackS3()
    server.begin()
    yield server
    server.end()


@pytest.fixture
def s3(s3_server: "LoopbackS3", monkeypatch: pytest.MonkeyPatch) -> Iterator["LoopbackS3"]:
    """The server with a new bucket, undisturbed, and an environment with the credentials for it."""
    from loopback_s3 import fake_credentials

    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    for name, value in fake_credentials(s3_server.url).items():
        monkeypatch.setenv(name, value)
    s3_server.make_bucket(f"sweeps-{next(_NUMBERS)}")
    s3_server.calm()
    yield s3_server
    s3_server.calm()


@pytest.fixture
def anew() -> Iterator[None]:
    """No connection of an earlier test: fsspec keeps them by their arguments, among which the environment is not."""
    from s3fs import S3FileSystem

    S3FileSystem.clear_instance_cache()
    yield
    S3FileSystem.clear_instance_cache()


@pytest.fixture(autouse=True)
def plugins_for_children(monkeypatch: pytest.MonkeyPatch) -> None:
    inherited = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(part for part in (PLUGINS, inherited) if part))
