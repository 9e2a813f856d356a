"""A sweep followed until it ends: looked at again and again, and shown as it changes."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from rich.live import Live

from ..sweeps import NotAStoreError, StoreNotFoundError, StoreUnreachableError, UnfinishedStoreError
from ..sweeps.status import read_status
from . import jobs
from .outlook import Look, Outlook, Stage, kept, outlook, outlook_record
from .panel import line, panel
from .terminal import DONE, STOPPED, plain, say, screen, state
from .visible import visible_json

SECONDS_BETWEEN = 2.0
_LONGEST_BETWEEN = 60.0
# A look reads the state of every run, which takes its time where a sweep is large or far away.
_TIMES_A_LOOK = 10.0
# Controllers of queues are slow and many ask them.
SECONDS_OF_AN_ANSWER = 30.0

Shown = Callable[[Outlook], None]


def follow(url: str, as_json: bool) -> int:
    """Show how a store stands until its sweep ends, nobody drives it any more, or Ctrl-C.

    Returns
    -------
    int
        The exit code: 0 if the sweep is complete or the view was left, 3 if it was given up.
    """
    view = None
    try:
        with _shown(as_json) as show:
            for view in _outlooks(url):
                show(view)
    except KeyboardInterrupt:
        say("The sweep goes on without this view.")
        return DONE
    assert view is not None
    if view.stage is Stage.COMPLETE:
        return DONE
    say(what_to_type(url, view))
    return STOPPED


def what_to_type(url: str, view: Outlook) -> str:
    """What goes on with a sweep that nobody drives."""
    left = "" if view.found is None else f" and {view.found.runs - view.found.done:,} runs are left"
    if view.job is None:
        return f"No driver is at work{left}. `cordillera run STUDY --out {url}`, with the same study, goes on."
    words = f"Its job has ended; the log: {view.job.record.log}."
    if not view.job.asked:
        words = f"The queue of job {view.job.record.job} cannot be asked from here; look there whether it waits."
    again = f"`cordillera submit STUDY --cluster FILE --out {url}`, with the same study, goes on."
    return f"No driver is at work{left}. {words} {again}"


def _outlooks(url: str) -> Iterator[Outlook]:
    """How the sweep stands, every few seconds until it ends."""
    looks: tuple[Look, ...] = ()
    asked, job = float("-inf"), None
    while True:
        began = time.monotonic()
        if began - asked >= SECONDS_OF_AN_ANSWER:
            asked, job = began, jobs.find(url)
        looks = kept(looks, _look(url, began, job, bool(looks)))
        view = outlook(looks)
        yield view
        if view.stage in (Stage.COMPLETE, Stage.GONE):
            return
        spent = time.monotonic() - began
        time.sleep(min(max(SECONDS_BETWEEN, _TIMES_A_LOOK * spent), _LONGEST_BETWEEN))


def _look(url: str, at: float, job: jobs.StoreJob | None, again: bool) -> Look:
    """A look now; a store that could be read before and cannot now is away for a while, or about to grow."""
    try:
        return Look(at, read_status(url), job)
    except (StoreNotFoundError, UnfinishedStoreError):
        if job is not None and job.state is not None:
            return Look(at, None, job)
        raise
    except (OSError, StoreUnreachableError, NotAStoreError) as error:
        if not again:
            raise
        return Look(at, None, job, str(error))


@contextmanager
def _shown(as_json: bool) -> Iterator[Shown]:
    """Where it is shown: one place of a terminal that is drawn anew, or a line for every change."""
    console = screen()
    if as_json:
        yield _if_changed(_write_line)
    elif not console.is_terminal:
        yield _if_changed(_say_line)
    else:
        with Live(console=console, auto_refresh=False) as live:
            yield lambda view: live.update(panel(view, datetime.now().astimezone()), refresh=True)


def _if_changed(write: Shown) -> Shown:
    """Write only what says more than the time that went by."""
    last: object = None

    def show(view: Outlook) -> None:
        nonlocal last
        found, progress = view.found, view.progress
        counts = None if found is None else (found.done, found.failed, found.runs)
        now = (view.stage, counts, progress and progress.workers, view.job and view.job.words, view.warnings)
        if now != last:
            last = now
            write(view)

    return show


def _write_line(view: Outlook) -> None:
    record = json.dumps(plain(outlook_record(view)), ensure_ascii=False, allow_nan=False)
    sys.stdout.write(visible_json(record) + "\n")
    sys.stdout.flush()


def _say_line(view: Outlook) -> None:
    state(line(view, datetime.now().astimezone()))
