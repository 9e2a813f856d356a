"""The keys of a cluster file for hosts that are reached through ssh."""

import re
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from ..sweeps.fault import shown
from ..sweeps.specification import Table
from .quantity import read_seconds
from .specification import SshHost, SshSpec
from .word import checked_name, checked_path

_MOST_HOSTS = 1000
_MOST_WORKERS = 1024
_HOST = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}|[0-9A-Fa-f:]{2,45}", re.ASCII)
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]{0,99}", re.ASCII)
_PROGRAM = re.compile(r"(?:~/|/)[A-Za-z0-9_./+@-]{1,4000}", re.ASCII)


class SshTable(Table):
    """`kind = "ssh"`."""

    kind: Literal["ssh"]
    hosts: Annotated[list[str], Field(min_length=1, max_length=_MOST_HOSTS)]
    workers: Annotated[int, Field(ge=1, le=_MOST_WORKERS)] | dict[str, int] | None = None
    user: str | None = None
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    identity_file: str | None = None
    remote_python: str | None = None
    interface: str | None = None
    local_directory: str | None = None
    patience: str = "00:10:00"
    insecure: bool = False

    @field_validator("hosts")
    @classmethod
    def _hosts(cls, hosts: list[str]) -> list[str]:
        # A name that began with a dash would be an option of ssh.
        wrong = [shown(host) for host in hosts if not _HOST.fullmatch(host)]
        if wrong:
            raise ValueError(
                f"{', '.join(wrong)}: a host is a name or an address, such as node1; 'user' and 'port' apart"
            )
        if len(set(hosts)) < len(hosts):
            raise ValueError("a host stands here twice; give it more 'workers'")
        return hosts

    @field_validator("workers")
    @classmethod
    def _workers(cls, workers: int | dict[str, int] | None, earlier: ValidationInfo) -> int | dict[str, int] | None:
        if isinstance(workers, dict):
            strangers = [shown(name) for name in workers if name not in earlier.data.get("hosts", workers)]
            if strangers:
                raise ValueError(f"{', '.join(strangers)} is not among 'hosts'")
            if any(not 1 <= count <= _MOST_WORKERS for count in workers.values()):
                raise ValueError(f"a host has 1 to {_MOST_WORKERS} workers; leave it out of 'hosts' for none")
        return workers

    @field_validator("user")
    @classmethod
    def _user(cls, name: str | None) -> str | None:
        if name is not None and not _USER.fullmatch(name):
            raise ValueError(f"{shown(name)} is not a user: letters, digits and any of _.@- after the first")
        return name

    @field_validator("interface")
    @classmethod
    def _interface(cls, name: str | None) -> str | None:
        return checked_name(name)

    @field_validator("identity_file", "local_directory")
    @classmethod
    def _absolute_path(cls, path: str | None) -> str | None:
        return checked_path(path)

    @field_validator("remote_python")
    @classmethod
    def _program(cls, path: str | None) -> str | None:
        # The shell of the host reads it.
        if path is not None and not _PROGRAM.fullmatch(path):
            raise ValueError(f"{shown(path)}: begin with / or ~/, then letters, digits and any of _./+@-")
        return path

    @field_validator("patience")
    @classmethod
    def _time(cls, text: str) -> str:
        read_seconds(text)
        return text

    def spec(self) -> SshSpec:
        """The value, its texts read."""
        workers = self.workers
        return SshSpec(
            hosts=tuple(
                SshHost(host, workers.get(host) if isinstance(workers, dict) else workers) for host in self.hosts
            ),
            patience=read_seconds(self.patience),
            user=self.user,
            port=self.port,
            identity_file=self.identity_file,
            remote_python=self.remote_python,
            interface=self.interface,
            local_directory=self.local_directory,
            insecure=self.insecure,
        )
