"""The scheduler of a sweep, in the driver's own process, which workers on other machines reach."""

import logging

from distributed import Scheduler, SpecCluster
from distributed.security import Security

from .local import LOOPBACK


def scheduler(security: Security | None, interface: str | None) -> SpecCluster:
    """A scheduler without workers, to be opened as a context.

    Parameters
    ----------
    security : Security or None
        Keys for TLS; without them anybody who reaches the port runs code.
    interface : str or None
        The network where it listens; workers are told the address with the default route if None.
    """
    options = {
        "protocol": "tcp://" if security is None else "tls://",
        "security": security,
        "interface": interface,
        "port": 0,
        "dashboard_address": f"{LOOPBACK}:0",
    }
    return SpecCluster(
        workers={},
        scheduler={"cls": Scheduler, "options": options},
        security=security,
        silence_logs=logging.CRITICAL,  # pyright: ignore[reportArgumentType]
    )
