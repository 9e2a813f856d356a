"""One ssh to one host, and what it says."""

import subprocess
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import IO

_LAST_LINES = 12
_LINE_LENGTH = 300


class SshError(RuntimeError):
    """There is no ssh on this machine."""


class Session:
    """A running ssh, whose standard input stays open for as long as the other side shall work.

    Parameters
    ----------
    command : sequence of str
        The program and its arguments; no shell of this machine reads them.
    order : bytes
        What goes to the other side, a line shorter than a pipe holds.

    Raises
    ------
    SshError
        If there is no such program.
    """

    def __init__(self, command: Sequence[str], order: bytes) -> None:
        self._last: deque[str] = deque(maxlen=_LAST_LINES)
        try:
            # In a session of its own: Ctrl-C is for the driver, and nothing can be asked on its terminal.
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except FileNotFoundError:
            message = f"There is no {command[0]!r} on this machine. Install the client of OpenSSH."
            raise SshError(message) from None
        self._listener = threading.Thread(target=self._listen, name="ssh-session", daemon=True)
        self._listener.start()
        with suppress(BrokenPipeError):
            self._input.write(order + b"\n")
            self._input.flush()

    @property
    def running(self) -> bool:
        """Whether ssh has not ended."""
        return self._process.poll() is None

    @property
    def words(self) -> str:
        """The last lines that ssh or the other side said, or the exit code if they said nothing."""
        if not self.running:
            self._listener.join(1.0)
        return "\n".join(self._last) or f"nothing, exit code {self._process.returncode}"

    def release(self) -> None:
        """Let the other side end, without waiting for it."""
        with suppress(OSError):
            self._input.close()

    def end(self, seconds: float) -> None:
        """Wait until it has ended, at most so long, and no longer in any case."""
        self.release()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def _input(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._last.append(line.decode(errors="replace").rstrip()[:_LINE_LENGTH])
