"""Hosts in network namespaces, each on a cable to a bridge, and cables that can be pulled. Needs root and iproute2."""

import os
import subprocess
import sys
from dataclasses import dataclass, field

_NETWORK = "10.213.77"
HEAD = f"{_NETWORK}.1"


@dataclass
class Network:
    """A head with the address `HEAD`, and hosts by name.

    Parameters
    ----------
    hosts : tuple of str
        Names of a few letters.
    """

    hosts: tuple[str, ...]
    prefix: str = field(default_factory=lambda: f"c{os.getpid() % 100_000}")

    def __post_init__(self) -> None:
        self._ip("netns", "add", self._space("head"))
        self._within("head", "link", "set", "lo", "up")
        self._within("head", "link", "add", "bridge", "type", "bridge")
        self._within("head", "address", "add", f"{HEAD}/24", "dev", "bridge")
        self._within("head", "link", "set", "bridge", "up")
        for number, host in enumerate(self.hosts, 2):
            space = self._space(host)
            self._ip("netns", "add", space)
            self._within("head", "link", "add", host, "type", "veth", "peer", "name", "cable", "netns", space)
            self._within("head", "link", "set", host, "master", "bridge", "up")
            self._within(host, "address", "add", f"{_NETWORK}.{number}/24", "dev", "cable")
            self._within(host, "link", "set", "lo", "up")
            self._within(host, "link", "set", "cable", "up")

    def on(self, host: str) -> tuple[str, ...]:
        """What a command begins with that runs on a host, or on the `head`."""
        return ("ip", "netns", "exec", self._space(host))

    def cut(self, *hosts: str) -> None:
        """Pull cables: nobody is told, packets are lost."""
        for host in hosts:
            self._within("head", "link", "set", host, "nomaster")

    def mend(self, *hosts: str) -> None:
        """Plug them in again."""
        for host in hosts:
            self._within("head", "link", "set", host, "master", "bridge")

    def reaches(self, host: str) -> bool:
        """Whether a host has a way to the head now."""
        probe = f"import socket; socket.create_connection(('{HEAD}', 9), 1)"
        told = subprocess.run(
            [*self.on(host), sys.executable, "-c", probe], check=False, capture_output=True, text=True
        )
        return "ConnectionRefusedError" in told.stderr

    def end(self) -> None:
        for host in ("head", *self.hosts):
            subprocess.run(["ip", "netns", "delete", self._space(host)], check=False)

    def _space(self, host: str) -> str:
        return f"{self.prefix}-{host}"

    def _within(self, host: str, *words: str) -> None:
        self._ip("-netns", self._space(host), *words)

    @staticmethod
    def _ip(*words: str) -> None:
        subprocess.run(["ip", *words], check=True)
