"""The hosts that a driver keeps at work through ssh: one session each, started again when it ends."""

import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace

from ..sweeps import OutOfWorkersError
from .ssh_session import Session, SshError

_LOOK_SECONDS = 1.0
_STEADY_SECONDS = 300.0
_WAITS = (1.0, 5.0, 25.0, 125.0)
_END_SECONDS = 20.0


class HostWarning(UserWarning):
    """A host takes no part, or no part any more."""


@dataclass(frozen=True, slots=True)
class HostState:
    """One host as the driver sees it.

    Parameters
    ----------
    name : str
        As in the cluster file.
    start : int
        Which session this is, from 1.
    since : float
        When it began.
    joined : bool
        Whether a worker of this session came up.
    known : bool
        Whether one of any session did.
    brief : int
        Sessions in a row that did not last.
    due : float or None
        When the next one begins; None while one runs, or if none will.
    words : str
        What the last one said that ended.
    gone : bool
        Whether the host is given up.
    """

    name: str
    start: int = 0
    since: float = 0.0
    joined: bool = False
    known: bool = False
    brief: int = 0
    due: float | None = 0.0
    words: str = ""
    gone: bool = False


def begun(host: HostState, now: float) -> HostState:
    """The host with a new session."""
    return replace(host, start=host.start + 1, since=now, joined=False, due=None)


def joined(host: HostState) -> HostState:
    """The host with workers that came up."""
    return replace(host, joined=True, known=True)


def ended(host: HostState, now: float, words: str) -> HostState:
    """The host without its session, to have another one later or none.

    Parameters
    ----------
    host : HostState
        As it was.
    now : float
        Seconds on any clock, the same as of `begun`.
    words : str
        What the session said.
    """
    lasted = host.joined and now - host.since >= _STEADY_SECONDS
    brief = 0 if lasted else host.brief + 1
    # A host that never had a worker is not going to have one; one that had may be starting anew.
    gone = brief > len(_WAITS) or not host.known
    due = None if gone else now + _WAITS[max(brief - 1, 0)]
    return replace(host, joined=False, brief=brief, words=words, gone=gone, due=due)


class Hosts:
    """Keeps a session with each host while it is at work.

    Parameters
    ----------
    names : sequence of str
        The hosts.
    begin : callable
        Starts a session, by the place of the host and the name that its workers shall have.
    workers : callable
        Names of the workers that are there; those of the session `a` are `a` or `a-0`, `a-1` and so on.
    """

    def __init__(
        self, names: Sequence[str], begin: Callable[[int, str], Session], workers: Callable[[], Set[str]]
    ) -> None:
        self._begin, self._workers = begin, workers
        self._states = [HostState(name) for name in names]
        self._sessions: dict[int, Session] = {}
        self._told: set[str] = set()
        self._fault: Exception | None = None
        self._over = threading.Event()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Start the sessions, keep them up, and end them on leaving."""
        thread = threading.Thread(target=self._tend, name="ssh-hosts", daemon=True)
        try:
            self._look(time.monotonic())
            thread.start()
            yield
            self._tell_of_late_ones()
        finally:
            self._over.set()
            if thread.ident is not None:
                thread.join()
            for session in self._sessions.values():
                session.release()
            deadline = time.monotonic() + _END_SECONDS
            for session in self._sessions.values():
                session.end(max(0.0, deadline - time.monotonic()))

    def check(self) -> None:
        """Warn of each host that is given up, once, and raise if none is left.

        Raises
        ------
        OutOfWorkersError
            If every host is given up; it names each with what ssh or the host said.
        """
        if self._fault is not None:
            raise self._fault
        states = list(self._states)
        lost = [state for state in states if state.gone]
        if len(lost) == len(states):
            told = "\n".join(f"  {state.name}: {_indented(state.words)}" for state in lost)
            message = (
                f"No host has workers. They said:\n{told}\nTry `ssh HOST` without a password, and the interpreter "
                "there. What is written is kept; the same command goes on."
            )
            raise OutOfWorkersError(message)
        for state in lost:
            self._tell(state, f"takes no part; the sweep goes on without it. {_indented(state.words)}")

    def _tell(self, state: HostState, words: str) -> None:
        if state.name not in self._told:
            self._told.add(state.name)
            warnings.warn(f"{state.name} {words}", HostWarning, stacklevel=3)

    def _tell_of_late_ones(self) -> None:
        """Name the hosts of which the work has seen nothing, which a short sweep would hide."""
        try:
            owners = _owners(self._workers())
        except OSError:
            return
        for place, state in enumerate(list(self._states)):
            if not state.known and label(place, state.start) not in owners:
                words = f"It said: {_indented(state.words)}" if state.gone else "See if `ssh` reaches it."
                self._tell(state, f"had no worker when the work was done. {words}")

    def _tend(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            try:
                self._look(time.monotonic())
            except OSError:
                # No process to be had, or a scheduler that is busy: there is another look.
                continue
            except SshError as error:
                self._fault = error
                return

    def _look(self, now: float) -> None:
        """Bring every state up to date, and begin the sessions that are due."""
        owners = _owners(self._workers()) if any(map(_is_awaited, self._states)) else set()
        for place, state in enumerate(self._states):
            if _is_awaited(state) and label(place, state.start) in owners:
                self._states[place] = state = joined(state)
            session = self._sessions.get(place)
            if session is not None and not session.running:
                del self._sessions[place]
                self._states[place] = state = ended(state, now, session.words)
            if state.due is not None and state.due <= now:
                self._sessions[place] = self._begin(place, label(place, state.start + 1))
                self._states[place] = begun(state, now)


def label(place: int, start: int) -> str:
    """The name of the workers of a session, which no other session ever has."""
    return f"h{place}.{start}"


def _is_awaited(host: HostState) -> bool:
    """Whether a session runs of which no worker has come up."""
    return host.due is None and not (host.joined or host.gone)


def _owners(workers: Set[str]) -> Set[str]:
    """The sessions that workers belong to: `a-1` to `a`."""
    return workers | {name.rpartition("-")[0] for name in workers}


def _indented(words: str) -> str:
    return words.replace("\n", "\n    ")
