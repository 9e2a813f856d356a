"""The manifest for Kubernetes in the documentation: what it says, that its commands work, and the operator's schema."""

import itertools
import json
import os
import re
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
import yaml
from cordillera.cluster import SchedulerSpec, SerialBackend, backend, cluster_from_text
from cordillera.sweeps import run_study, study_from_text, verify

PAGE = Path(__file__).parents[2] / "docs" / "cluster.md"
SCHEMA = "dask_kubernetes/operator/deployment/helm/dask-kubernetes-operator/crds/daskcluster.yaml"
STUDY = """name = "manifest"
engine = "ishigami"
scenarios = ["steeper"]
design = { method = "sobol", samples = 16, seed = 3 }
factors.x1 = { distribution = "uniform", low = -3.0, high = 3.0 }
factors.x2 = { distribution = "uniform", low = -3.0, high = 3.0 }
"""


def blocks(language: str) -> list[str]:
    """The examples in the part on Kubernetes."""
    part = PAGE.read_text(encoding="utf-8").split("### On Kubernetes", 1)[1].split("\n## ", 1)[0]
    return re.findall(rf"^```{language}\n(.*?)^```$", part, re.MULTILINE | re.DOTALL)


@pytest.fixture
def manifest() -> dict:
    (text,) = blocks("yaml")
    return yaml.safe_load(text)


def container(manifest: dict, part: str) -> dict:
    (only,) = manifest["spec"][part]["spec"]["containers"]
    return only


def words(manifest: dict, part: str) -> list[str]:
    """The command of a part, with its arguments."""
    return [*container(manifest, part)["command"], *container(manifest, part)["args"]]


def environment(manifest: dict, part: str) -> dict[str, str]:
    return {one["name"]: one["value"] for one in container(manifest, part)["env"]}


@pytest.mark.parametrize("part", ["scheduler", "worker"])
def test_keys_come_from_a_secret_and_nothing_is_said_in_plain(manifest: dict, part: str) -> None:
    (mount,) = container(manifest, part)["volumeMounts"]
    (volume,) = manifest["spec"][part]["spec"]["volumes"]
    assert mount["name"] == volume["name"]
    assert f"kubectl create secret tls {volume['secret']['secretName']} " in blocks("shell")[0]
    told = dict(itertools.pairwise(words(manifest, part)))
    # What `kubectl create secret tls` calls them.
    assert told["--tls-ca-file"] == told["--tls-cert"] == f"{mount['mountPath']}/tls.crt"
    assert told["--tls-key"] == f"{mount['mountPath']}/tls.key"
    assert "tcp://" not in " ".join(words(manifest, part))
    assert environment(manifest, part)["DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION"] == "true"


def test_a_worker_is_one_process_with_one_thread(manifest: dict) -> None:
    told = dict(itertools.pairwise(words(manifest, "worker")))
    assert (told["--nworkers"], told["--nthreads"]) == ("1", "1")


def test_the_cluster_file_reaches_the_service_of_the_manifest(manifest: dict) -> None:
    spec = cluster_from_text(blocks("toml")[0])
    assert isinstance(spec, SchedulerSpec)
    (port,) = manifest["spec"]["scheduler"]["service"]["ports"]
    # The operator names the service so.
    assert spec.address == f"tls://{manifest['metadata']['name']}-scheduler:{port['port']}"
    assert spec.address in words(manifest, "worker")
    told = dict(itertools.pairwise(words(manifest, "scheduler")))
    assert (told["--port"], told["--protocol"]) == (str(port["port"]), "tls://")
    (inside,) = container(manifest, "scheduler")["ports"]
    assert (inside["name"], inside["containerPort"]) == (port["targetPort"], port["port"])


@pytest.fixture
def as_told(manifest: dict, tmp_path: Path) -> Iterator[Path]:
    """The scheduler and a worker as the manifest starts them, here; the cluster file of the documentation for them."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])

    def here(text: str) -> str:
        text = text.replace("cordillera-scheduler", "127.0.0.1").replace("8786", port).replace("8787", "0")
        return text.replace("/certificates", str(tmp_path)).replace("$(DASK_WORKER_NAME)", "worker")

    (keys,) = [line for line in blocks("shell")[0].splitlines() if line.startswith("openssl")]
    subprocess.run(keys.split(), cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "cluster.toml").write_text(here(blocks("toml")[0]))
    started = []
    for part in ("scheduler", "worker"):
        program, *rest = [here(word) for word in words(manifest, part)]
        assert program == "dask"
        command = [sys.executable, "-m", "dask", *rest]
        variables = os.environ | environment(manifest, part)
        started.append(subprocess.Popen(command, env=variables, cwd=tmp_path, stderr=(tmp_path / part).open("wb")))
    yield tmp_path
    for process in started:
        process.terminate()
    for process in started:
        process.wait()


def test_its_commands_give_the_bits_of_the_serial_loop(as_told: Path) -> None:
    study = study_from_text(STUDY)
    run_study(study, as_told / "a.zarr", backend(str(as_told / "cluster.toml")))
    run_study(study, as_told / "serial.zarr", SerialBackend())
    report = verify(as_told / "a.zarr", as_told / "serial.zarr")
    assert report.sound
    assert report.compared == report.units


def closed(schema: dict) -> dict:
    """The schema, with no place for a key that it does not name: a slip of the pen is a fault."""
    found = {key: closed(value) if isinstance(value, dict) else value for key, value in schema.items()}
    if isinstance(found.get("properties"), dict) and found.get("type") == "object":
        found.setdefault("additionalProperties", False)
    return found


def faults(manifest: dict, schema: dict) -> list[str]:
    validator = jsonschema.Draft202012Validator(schema)
    return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(manifest)]


@pytest.mark.cluster
def test_it_has_the_form_that_the_operator_asks_for(manifest: dict, tmp_path: Path) -> None:
    # The package for its schema alone: it would bring four clients of Kubernetes.
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", tmp_path, "dask-kubernetes"]
    subprocess.run(command, check=True)
    (wheel,) = tmp_path.glob("dask_kubernetes-*.whl")
    resource = yaml.safe_load(zipfile.ZipFile(wheel).read(SCHEMA))
    (version,) = resource["spec"]["versions"]
    assert manifest["apiVersion"] == f"{resource['spec']['group']}/{version['name']}"
    assert manifest["kind"] == resource["spec"]["names"]["kind"]
    spec, schema = manifest["spec"], closed(version["schema"]["openAPIV3Schema"]["properties"]["spec"])
    assert faults(spec, schema) == []
    wrong = json.loads(json.dumps(spec))
    container({"spec": wrong}, "worker")["comand"] = ["dask"]
    del wrong["scheduler"]["service"]
    assert len(faults(wrong, schema)) == 2
