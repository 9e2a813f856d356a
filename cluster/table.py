"""The keys of a cluster file as pydantic models.

Nothing in such a file is run: names and extra options of a queue are held to a list, and paths are only ever quoted.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, ValidationInfo, field_validator, model_validator

from ..sweeps.fault import shown
from ..sweeps.specification import Table
from .directive import check_directive
from .quantity import read_bytes, read_seconds
from .specification import LocalSpec, QueueKind, QueueSpec, SchedulerSpec, SerialSpec
from .ssh_table import SshTable
from .word import checked_name, checked_path

_LARGEST_CREW = 100_000
_LARGEST_JOB = 1024
_ADDRESS = re.compile(r"(?:tls|tcp)://(?:[A-Za-z0-9][A-Za-z0-9._-]{0,252}|\[[0-9A-Fa-f:]{2,45}\]):\d{1,5}", re.ASCII)
_LOOPBACK = re.compile(r"tcp://(?:127(?:\.\d{1,3}){3}|localhost|\[::1\]):")


class SerialTable(Table):
    """`kind = "serial"`."""

    kind: Literal["serial"]

    def spec(self) -> SerialSpec:
        """The value."""
        return SerialSpec()


class LocalTable(Table):
    """`kind = "local"`."""

    kind: Literal["local"]
    workers: Annotated[int, Field(ge=1, le=_LARGEST_CREW)] | None = None

    def spec(self) -> LocalSpec:
        """The value."""
        return LocalSpec(self.workers)


class WorkersTable(Table):
    """`workers = { least = 4, most = 64 }`."""

    least: Annotated[int, Field(ge=1, le=_LARGEST_CREW)] = 1
    most: Annotated[int, Field(ge=1, le=_LARGEST_CREW)]

    @model_validator(mode="after")
    def _in_order(self) -> "WorkersTable":
        if self.least > self.most:
            raise ValueError(f"'least' is {self.least}, which is more than 'most', {self.most}")
        return self


class QueueTable(Table):
    """The keys of a queueing system."""

    kind: QueueKind
    workers: Annotated[
        Annotated[int, Field(ge=1, le=_LARGEST_CREW), Tag("number")] | Annotated[WorkersTable, Tag("bounds")],
        Discriminator(lambda given: "bounds" if isinstance(given, dict) else "number"),
    ]
    walltime: str
    queue: str | None = None
    account: str | None = None
    cores: Annotated[int, Field(ge=1, le=_LARGEST_JOB)] = 1
    memory: str = "2 GB"
    driver_walltime: str | None = None
    driver_memory: str = "2 GB"
    patience: str = "1-00:00:00"
    directives: list[str] = Field(default_factory=list)
    interface: str | None = None
    local_directory: str | None = None
    shared_directory: str | None = None
    insecure: bool = False

    @field_validator("workers", mode="before")
    @classmethod
    def _bounds(cls, given: object) -> object:
        if isinstance(given, dict) and (not {"most"} <= set(given) <= {"least", "most"}):
            raise ValueError("write a number, or { least = 4, most = 64 }; 'least' may be left out")
        return given

    @field_validator("queue", "account", "interface")
    @classmethod
    def _plain_name(cls, name: str | None) -> str | None:
        return checked_name(name)

    @field_validator("queue")
    @classmethod
    def _no_queue(cls, name: str | None, earlier: ValidationInfo) -> str | None:
        if name is not None and earlier.data.get("kind") == "htcondor":
            raise ValueError("HTCondor has no queues; leave this out, or choose machines with 'requirements = ...'")
        return name

    @field_validator("local_directory", "shared_directory")
    @classmethod
    def _absolute_path(cls, path: str | None) -> str | None:
        return checked_path(path)

    @field_validator("walltime", "driver_walltime", "patience")
    @classmethod
    def _time(cls, text: str | None) -> str | None:
        if text is not None:
            read_seconds(text)
        return text

    @field_validator("directives")
    @classmethod
    def _directives(cls, directives: list[str], earlier: ValidationInfo) -> list[str]:
        faults = [words for one in directives if (words := check_directive(earlier.data["kind"], one))]
        if faults:
            raise ValueError(" ".join(faults))
        return directives

    @field_validator("memory", "driver_memory")
    @classmethod
    def _memory(cls, text: str) -> str:
        read_bytes(text)
        return text

    def spec(self) -> QueueSpec:
        """The value, its texts read."""
        least, most = (1, self.workers) if isinstance(self.workers, int) else (self.workers.least, self.workers.most)
        return QueueSpec(
            kind=self.kind,
            workers=most,
            least_workers=least,
            cores=min(self.cores, most),
            memory=read_bytes(self.memory),
            walltime=read_seconds(self.walltime),
            driver_memory=read_bytes(self.driver_memory),
            driver_walltime=read_seconds(self.driver_walltime or self.walltime),
            patience=read_seconds(self.patience),
            queue=self.queue,
            account=self.account,
            directives=tuple(self.directives),
            interface=self.interface,
            local_directory=self.local_directory,
            shared_directory=self.shared_directory,
            insecure=self.insecure,
        )


class SchedulerTable(Table):
    """`kind = "scheduler"`."""

    kind: Literal["scheduler"]
    address: str
    tls_ca_file: str | None = None
    tls_cert: str | None = None
    tls_key: str | None = None
    patience: str = "00:10:00"
    insecure: bool = False

    @field_validator("address")
    @classmethod
    def _address(cls, address: str) -> str:
        if not _ADDRESS.fullmatch(address):
            raise ValueError(f"{shown(address)} is not an address; write tls://HOST:PORT")
        return address

    @field_validator("tls_ca_file", "tls_cert", "tls_key")
    @classmethod
    def _absolute_path(cls, path: str | None) -> str | None:
        return checked_path(path)

    @field_validator("patience")
    @classmethod
    def _time(cls, text: str) -> str:
        read_seconds(text)
        return text

    @model_validator(mode="after")
    def _secured(self) -> "SchedulerTable":
        given = [name for name in ("tls_ca_file", "tls_cert", "tls_key") if getattr(self, name) is not None]
        secured = self.address.startswith("tls://")
        if secured and len(given) < 3:
            raise ValueError("tls:// needs all of 'tls_ca_file', 'tls_cert' and 'tls_key'")
        if not secured and given:
            raise ValueError(f"{', '.join(given)} mean nothing with tcp://; write tls://")
        if not (secured or self.insecure or _LOOPBACK.match(self.address)):
            raise ValueError(
                "tcp:// to another machine lets anybody on the way run code; use tls://, or 'insecure = true'"
            )
        return self

    def spec(self) -> SchedulerSpec:
        """The value, its texts read."""
        return SchedulerSpec(self.address, self.tls_ca_file, self.tls_cert, self.tls_key, read_seconds(self.patience))


ClusterTable = SerialTable | LocalTable | QueueTable | SchedulerTable | SshTable
TABLES: Mapping[str, type[ClusterTable]] = {
    "serial": SerialTable,
    "local": LocalTable,
    "scheduler": SchedulerTable,
    "ssh": SshTable,
    "slurm": QueueTable,
    "pbs": QueueTable,
    "sge": QueueTable,
    "lsf": QueueTable,
    "htcondor": QueueTable,
}
