"""What ssh starts on a host: Dask workers that are told everything on standard input and end when it ends.

The driver holds the other end of that input. Whatever happens to the driver, to ssh or to the connection, the input
ends with it. Keys come that way too and are never a file that stays.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import dask.config
from distributed.cli.dask_worker import main as dask_worker

_GRACE_SECONDS = 10.0


def main() -> None:
    """Read one line of JSON, `settings` of Dask and `arguments` of its workers, and be those workers."""
    line = sys.stdin.buffer.readline()
    if not line:
        return
    order = json.loads(line)
    # The whole session ends together; sshd has made it one already.
    with suppress(OSError):
        os.setsid()
    threading.Thread(target=_end_with_input, daemon=True).start()
    dask.config.set(order["settings"])
    arguments = [*order["arguments"], *own_address(os.environ)]
    if order["local_directory"] is not None:
        arguments += ["--local-directory", str(Path(order["local_directory"]).expanduser())]
    dask_worker(arguments)


def own_address(environment: Mapping[str, str]) -> list[str]:
    """Where the workers listen: at the address of this host by which ssh came.

    Parameters
    ----------
    environment : mapping of str to str
        Holds `SSH_CONNECTION` as sshd sets it: address and port of the client, then those of the host.
    """
    parts = environment.get("SSH_CONNECTION", "").split()
    if len(parts) != 4:
        return []
    return ["--host", f"[{parts[2]}]" if ":" in parts[2] else parts[2]]


def _end_with_input() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
