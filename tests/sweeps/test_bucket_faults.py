"""What befalls a sweep in a bucket: a server that is away or refuses, torn objects, wrong settings."""

import json
from collections.abc import Callable
from pathlib import Path
from threading import Timer

import pytest
from command import cordillera, words
from cordillera.cluster import SerialBackend
from cordillera.sweeps import Progress, StoreUnreachableError, bucket, open_store, run_study, study_from_text, verify
from cordillera.sweeps.address import backing_store, put_object, read_object
from fragile_engine import study_text
from loopback_s3 import SECRET, Disturbance, LoopbackS3

STUDY = study_from_text(study_text(16, "ishigami"))


@pytest.fixture
def study(tmp_path: Path) -> Path:
    path = tmp_path / "survival.toml"
    path.write_text(study_text(16, "ishigami"))
    return path


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of an undisturbed run into a folder."""
    url = tmp_path_factory.mktemp("calm") / "calm.zarr"
    run(url)
    return url


def run(url: str | Path, watch: Callable[[Progress], None] | None = None) -> None:
    """Four units of forty runs."""
    run_study(STUDY, url, SerialBackend(), progress=watch, unit_blocks=4)


def assert_same_bits(url: str, calm: Path) -> None:
    report = verify(url, calm)
    assert report.sound, report
    assert report.compared == report.complete == report.units == 4


def once(action: Callable[[], None], after: int) -> Callable[[Progress], None]:
    """Do something when so many runs are done."""
    left = [action]

    def watch(state: Progress) -> None:
        if state.done >= after and left:
            left.pop()()

    return watch


def test_a_server_that_goes_away_for_a_moment_costs_nothing(calm: Path, s3: LoopbackS3) -> None:
    def leave() -> None:
        s3.end()
        Timer(1.0, s3.begin).start()

    run(s3.address(), once(leave, after=40))
    assert_same_bits(s3.address(), calm)


def test_a_server_that_fails_some_requests_costs_nothing(calm: Path, s3: LoopbackS3) -> None:
    for kind, every in {"500": 11, "503": 13, "drop": 17, "cut": 19, "lost": 23}.items():
        s3.disturbances.append(Disturbance(kind, every=every))
    run(s3.address())
    assert min(one.done for one in s3.disturbances) >= 3
    s3.disturbances.clear()
    assert_same_bits(s3.address(), calm)


def test_a_server_that_stays_away_ends_the_run_which_then_goes_on(
    calm: Path, s3: LoopbackS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket, "PATIENCE_SECONDS", 0.3)
    with pytest.raises(StoreUnreachableError, match="run the same command again"):
        run(s3.address(), once(s3.end, after=40))
    s3.begin()
    kept = int(open_store(s3.address()).complete_units().sum())
    assert 1 <= kept < 4
    # The record could not be taken away and this process still lives, so that it counts for a minute.
    s3.ahead = 65.0
    seen: list[Progress] = []
    run(s3.address(), seen.append)
    assert seen[-1].solved_here == 160 - 40 * kept
    assert_same_bits(s3.address(), calm)


def test_the_command_ends_with_3_where_the_server_stays_away_at_work(
    study: Path, s3: LoopbackS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket, "PATIENCE_SECONDS", 0.3)
    s3.disturbances.append(Disturbance("503", "PUT", part="results/"))
    command = ("run", study, "--out", s3.address(), "--cluster", "serial")
    stopped = cordillera(*command)
    assert stopped.exit_code == 3
    assert "cannot serve now (503 SlowDown). Everything written is kept; run the same command again" in words(stopped)
    s3.disturbances.clear()
    assert cordillera(*command).exit_code == 0


def test_what_cannot_be_reached_is_not_torn_and_what_is_torn_is_run_again(
    study: Path, calm: Path, s3: LoopbackS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(s3.address())
    monkeypatch.setattr(bucket, "PATIENCE_SECONDS", 0.3)
    for part in ("results/y/c", "status/outcome/c"):
        s3.disturbances[:] = [Disturbance("503", "GET", part=part)]
        with pytest.raises(StoreUnreachableError):
            verify(s3.address())
    s3.disturbances.clear()
    backing = backing_store(s3.address(), writable=True)
    for key in ("results/y/c/0/1", "results/terms/c/0/3/0"):
        whole = read_object(backing, key)
        assert whole is not None
        put_object(backing, key, whole[: len(whole) // 2])
    found = cordillera("verify", s3.address(), "--json")
    assert found.exit_code == 2
    assert json.loads(found.stdout)["complete"] == 4
    assert json.loads(found.stdout)["reopened"] == [1, 3]
    assert cordillera("run", study, "--out", s3.address(), "--cluster", "serial").exit_code == 0
    assert_same_bits(s3.address(), calm)


def no_bucket(s3: LoopbackS3, monkeypatch: pytest.MonkeyPatch) -> None:
    s3.bucket = "no-such-bucket"


def no_permission(s3: LoopbackS3, monkeypatch: pytest.MonkeyPatch) -> None:
    s3.disturbances.append(Disturbance("403"))


def no_permission_to_write(s3: LoopbackS3, monkeypatch: pytest.MonkeyPatch) -> None:
    s3.disturbances.append(Disturbance("403", "PUT"))


def no_credentials(s3: LoopbackS3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")


def no_profile(s3: LoopbackS3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")


def no_endpoint(s3: LoopbackS3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"somewhere {SECRET}")


def no_server(s3: LoopbackS3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://user:{SECRET.replace('/', '')}@127.0.0.1:9")


@pytest.mark.parametrize(
    ("fault", "code", "message"),
    [
        (no_bucket, 2, "There is no bucket 'no-such-bucket'. Check its name, or make it first."),
        (no_permission, 2, "refuses these credentials the use of bucket"),
        (no_permission_to_write, 2, "refuses these credentials the use of bucket"),
        (no_credentials, 2, "cannot be opened with these settings (NoCredentialsError). Set AWS_ACCESS_KEY_ID"),
        (no_profile, 2, "cannot be opened with these settings (ProfileNotFound). Set AWS_ACCESS_KEY_ID"),
        (no_endpoint, 2, "AWS_ENDPOINT_URL holds no address of a server. Write http://HOST:PORT"),
        (no_server, 3, "does not answer ("),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_wrong_with_the_bucket_is_told_in_one_sentence(
    fault: Callable,
    code: int,
    message: str,
    study: Path,
    s3: LoopbackS3,
    anew: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bucket, "PATIENCE_SECONDS", 0.3)
    fault(s3, monkeypatch)
    for command in (
        ("run", study, "--out", s3.address(), "--cluster", "serial"),
        ("--debug", "run", study, "--out", s3.address(), "--cluster", "serial"),
        ("status", s3.address()),
    ):
        if fault is no_permission_to_write and command[0] == "status":
            continue
        result = cordillera(*command)
        assert result.exit_code == code, result.output
        assert message in words(result)
        assert "Please report" not in result.output
        assert "--debug" in command or "Traceback" not in result.output
        assert SECRET not in result.output
        assert SECRET.replace("/", "") not in result.output


@pytest.mark.parametrize(
    "url",
    [
        "s3://KEY:hidden/secret@bucket/a.zarr",
        "s3://KEY:hidden@bucket/a.zarr",
        "s3://hidden@bucket/a.zarr",
        "s3://KEY:hidden/a.zarr",
        "s3://bucket/a.zarr?X-Amz-Signature=hidden",
        "s3://bucket/a.zarr#hidden",
        "https://user:hidden@example.org/a.zarr",
        "simplecache::s3://KEY:hidden@bucket/a.zarr",
    ],
)
def test_a_url_with_credentials_or_a_query_is_refused_and_not_repeated(url: str, study: Path) -> None:
    result = cordillera("--debug", "run", study, "--out", url, "--cluster", "serial")
    assert result.exit_code == 2, result.output
    assert "hidden" not in result.output
    assert "holds a user, a key or a query" in words(result)


@pytest.mark.parametrize("command", ["status", "verify", "report", "analyze", "cancel", "extend --samples 32"])
def test_every_command_refuses_a_url_with_credentials(command: str) -> None:
    name, *options = command.split()
    result = cordillera(name, "s3://KEY:hidden@bucket/a.zarr", *options)
    assert result.exit_code == 2, result.output
    assert "hidden" not in result.output
    assert "holds a user, a key or a query" in words(result)


def test_a_url_of_no_known_kind_is_refused(study: Path) -> None:
    result = cordillera("status", "nowhere://bucket/a.zarr")
    assert result.exit_code == 2
    assert "nowhere://bucket/a.zarr is no address of a store" in words(result)
