"""Lines on the map and cluster files from somebody else: every one is read or refused in words, soon."""

import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from cordillera.cluster import cluster_from_text, reading
from cordillera.cluster.reading import ClusterFileError
from cordillera.data.line import LineError, read_line
from hypothesis import given
from hypothesis import strategies as st
from mutation import DIGITS, contents, fuzzing, trees

LINE: dict[str, Any] = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"mode": "road"},
            "geometry": {"type": "LineString", "coordinates": [[-98.2, 19.0], [-97.9, 19.1, 3]]},
        },
        {
            "type": "Feature",
            "properties": None,
            "geometry": {
                "type": "GeometryCollection",
                "geometries": [{"type": "MultiLineString", "coordinates": [[[1, 2], [3, 4]]]}],
            },
        },
    ],
}
QUEUE = {
    "kind": "slurm", "workers": 4, "walltime": "1:00:00", "queue": "q", "account": "a", "cores": 2, "memory": "2 GB",
    "patience": "1-00:00:00", "directives": ["--qos=long"], "interface": "eth0", "local_directory": "/tmp",
    "shared_directory": "~/x", "insecure": False,
}  # fmt: skip
CLUSTERS = (
    QUEUE,
    QUEUE | {"kind": "lsf", "directives": ["-G name"]},
    {"kind": "ssh", "hosts": ["a", "b"], "workers": {"a": 3}, "user": "u", "port": 22, "identity_file": "/k"},
    {"kind": "scheduler", "address": "tls://h:8786", "tls_ca_file": "/a", "tls_cert": "/b", "tls_key": "/c"},
)
COUNTS = (200, pytest.param(5000, marks=pytest.mark.slow))


def is_line(path: Path, content: bytes) -> bool:
    path.write_bytes(content)
    try:
        return bool(read_line(path).cells)
    except LineError as error:
        assert str(path) in str(error)
        return False


def as_json(tree: object) -> bytes:
    try:
        return json.dumps(tree).encode()
    except ValueError:
        # Python writes no integer of so many digits; a file may hold one.
        return f'{{"type": {DIGITS}}}'.encode()


def cluster(tree: dict[str, object]) -> bool:
    with patch.object(reading.tomllib, "loads", lambda _: tree):
        try:
            cluster_from_text("")
        except ClusterFileError as error:
            assert error.faults
            return False
    return True


def test_what_is_tampered_with_is_sound(tmp_path: Path) -> None:
    assert is_line(tmp_path / "a.geojson", as_json(LINE))
    assert all(cluster(dict(tree)) for tree in CLUSTERS)


@pytest.mark.parametrize("count", COUNTS)
def test_a_line_of_any_tree_or_bytes_is_read_or_refused(count: int, tmp_path: Path) -> None:
    @fuzzing(count)
    @given(st.one_of(trees(LINE).map(as_json), contents(as_json(LINE))))
    def holds(content: bytes) -> None:
        is_line(tmp_path / "a.geojson", content)

    holds()


def nested(start: bytes, end: bytes, depth: int) -> bytes:
    return start * depth + b"{}" + end * depth


@pytest.mark.parametrize("depth", [100, 450, 900, 100_000])
@pytest.mark.parametrize(
    ("start", "end"),
    [
        (b'{"type": "Feature", "geometry": ', b"}"),
        (b'{"type": "Feature", "features": [', b"]}"),
        (b'{"type": "LineString", "coordinates": [', b"]}"),
        (b"[", b"]"),
    ],
)
def test_a_line_of_any_depth_is_refused(start: bytes, end: bytes, depth: int, tmp_path: Path) -> None:
    assert not is_line(tmp_path / "a.geojson", nested(start, end, depth))
    assert not is_line(tmp_path / "a.geojson", b'{"type": "x", "features": ' + nested(start, end, depth) + b"}")


@pytest.mark.parametrize("number", ["1e400", "NaN", "-Infinity", DIGITS, "360.5", '"1"', "true", "null"])
def test_a_coordinate_that_is_none_is_refused(number: str, tmp_path: Path) -> None:
    text = f'{{"type": "LineString", "coordinates": [[{number}, 1.0], [1.0, 2.0]]}}'
    assert not is_line(tmp_path / "a.geojson", text.encode())


def test_a_line_that_would_take_hours_is_refused(tmp_path: Path) -> None:
    there_and_back = [[-179.0, -89.0], [0.0, 89.0], [179.0, -89.0]] * 30_000
    content = json.dumps({"type": "LineString", "coordinates": there_and_back}).encode()
    (tmp_path / "a.geojson").write_bytes(content)
    with pytest.raises(LineError, match="a hundred times the globe"):
        read_line(tmp_path / "a.geojson")


def test_a_device_is_no_line(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").symlink_to("/dev/zero")
    with pytest.raises(LineError, match="is not a file"):
        read_line(tmp_path / "a.geojson")


@pytest.mark.parametrize("count", COUNTS)
def test_a_cluster_of_any_tables_is_read_or_refused(count: int) -> None:
    @fuzzing(count)
    @given(st.sampled_from(CLUSTERS).flatmap(trees))
    def holds(tree: dict[str, object]) -> None:
        cluster(tree)

    holds()


@pytest.mark.parametrize("key", ["walltime", "memory", "patience"])
@pytest.mark.parametrize(
    "text", [DIGITS, f"{DIGITS} GB", "1e400 GB", "nan", "-1", "٣:00:00", "1:2:3:4", "9999999-00:00:00", ""]
)
def test_a_quantity_that_is_none_is_refused(key: str, text: str) -> None:
    assert not cluster(QUEUE | {key: text})


@pytest.mark.parametrize("text", ["kind = 0x" + "f" * 6000, f"kind = {DIGITS}", "kind = " + "[" * 5000])
def test_a_kind_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ClusterFileError):
        cluster_from_text(text)


@pytest.mark.parametrize(
    ("tree", "key", "value"),
    [
        (QUEUE, "queue", "a\n#SBATCH --wrap=id"),
        (QUEUE, "account", "-x"),
        (QUEUE, "account", "$(id)"),
        (QUEUE, "interface", "e;id"),
        (QUEUE, "directives", ["--wrap=id"]),
        (QUEUE, "directives", ["--qos=a\nid"]),
        (QUEUE, "directives", ["--export=LD_PRELOAD=/x"]),
        (QUEUE, "shared_directory", "relative"),
        (QUEUE, "local_directory", "/a\nid"),
        (CLUSTERS[2], "hosts", ["-oProxyCommand=id"]),
        (CLUSTERS[2], "user", "-x"),
        (CLUSTERS[2], "remote_python", "/bin/sh -c id"),
        (CLUSTERS[2], "remote_python", "~/$(id)"),
        (CLUSTERS[3], "address", "tcp://elsewhere:8786"),
        (CLUSTERS[3], "tls_key", None),
    ],
)
def test_nothing_in_a_cluster_file_is_run(tree: dict[str, object], key: str, value: object) -> None:
    assert not cluster({**tree, key: value} if value is not None else {k: v for k, v in tree.items() if k != key})
