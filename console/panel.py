"""A sweep on a terminal: a bar, what there is to know in rows, and warnings; or all of it in one line."""

from datetime import datetime, timedelta

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from .outlook import Outlook, Stage, clock
from .terminal import duration, pace
from .visible import visible

_BAR_WIDTH = 50
_SOON_SECONDS = 20 * 3600.0


def panel(view: Outlook, now: datetime) -> RenderableType:
    """All that is known, for a person who looks on."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, words in rows(view, now):
        table.add_row(name, Text(visible(words)))
    parts: list[RenderableType] = [_heading(view)]
    if view.found is not None:
        bar = Table.grid()
        bar.add_row(ProgressBar(total=view.found.runs, completed=view.found.done, width=_BAR_WIDTH))
        parts.append(bar)
    parts.append(table)
    parts += [Text(visible(f"Warning: {words}"), style="yellow") for words in view.warnings]
    return Group(*parts)


def _heading(view: Outlook) -> Text:
    if view.found is None:
        return Text("There is no store yet.", style="bold")
    return Text.assemble((visible(view.found.name), "bold"), "  ", (visible(view.found.url), "dim"))


def rows(view: Outlook, now: datetime) -> list[tuple[str, str]]:
    """What is known, each with its name."""
    found, told = view.found, []
    if found is not None:
        share = f"{found.done / found.runs:.0%}" if found.runs else ""
        counts = f"{found.done:,} of {found.runs:,} ({share}), {found.complete:,} of {found.units:,} units"
        told.append(("runs", counts))
    if view.stage is Stage.RUNNING:
        told += [("rate", _rate_words(view)), ("time left", _time_left(view, now))]
    if view.progress is not None:
        told.append(("workers", _workers(view)))
        if view.progress.batch_seconds:
            told.append(("last batches", ", ".join(f"{seconds:.3g} s" for seconds in view.progress.batch_seconds)))
    if found is not None and found.driver is not None and found.driving:
        driver = found.driver
        words = f"process {driver.process} on {driver.host} ({driver.backend}), since {clock(driver.started)}"
        heard = "" if found.silent is None else f", heard of {duration(max(found.silent, 0.0))} ago"
        told.append(("driver", words + heard))
    if view.job is not None:
        told.append(("job", view.job.words))
    if dashboard_words(view):
        told.append(("dashboard", dashboard_words(view)))
    return told + [("failed", f"{one.runs:,} {one.outcome}: {one.remedy}") for one in view.failures]


def dashboard_words(view: Outlook) -> str:
    """Where the dashboard is; empty if there is none."""
    if view.progress is None or view.progress.link is None or view.found is None or view.found.driver is None:
        return ""
    return f"{view.progress.link} on {view.found.driver.host}"


def _rate_words(view: Outlook) -> str:
    words = []
    if view.recent is not None:
        words.append(f"{pace(view.recent)} over the last {duration(view.window)}")
    if view.overall is not None:
        words.append(f"{pace(view.overall)} since the driver began")
    return ", ".join(words) or "not known yet"


def _time_left(view: Outlook, now: datetime) -> str:
    left = view.seconds_left
    if left is None:
        return "not known yet"
    at = f", until about {now + timedelta(seconds=left):%H:%M}" if left < _SOON_SECONDS else ""
    return f"{duration(left)}{at}"


def _workers(view: Outlook) -> str:
    assert view.progress is not None
    words, before = f"{view.progress.workers:,}", view.workers_before
    if before is not None and before != view.progress.workers:
        change = view.progress.workers - before
        words += f", {abs(change):,} {'more' if change > 0 else 'fewer'} than {duration(view.window)} ago"
    if view.progress.lost:
        words += f"; units lost their worker {view.progress.lost:,} times"
    return words


def line(view: Outlook, now: datetime) -> str:
    """The same in one line, for a log."""
    found, parts = view.found, []
    if found is None:
        parts.append("there is no store yet")
    else:
        failed = f"{found.failed:,} failed"
        if view.failures:
            failed += f" ({', '.join(f'{one.runs:,} {one.outcome}' for one in view.failures)})"
        parts += [f"{found.name}: {found.done:,} of {found.runs:,} runs", failed]
    if view.progress is not None:
        parts.append("1 worker" if view.progress.workers == 1 else f"{view.progress.workers:,} workers")
        rate = view.recent or view.overall
        parts += [pace(rate)] if rate else []
    if view.seconds_left is not None:
        parts.append(f"{duration(view.seconds_left)} left")
    if view.job is not None:
        parts.append(view.job.words)
    if view.stage in (Stage.COMPLETE, Stage.GONE):
        parts.append("complete" if view.stage is Stage.COMPLETE else "nobody drives it")
    warnings = "".join(f". Warning: {words.rstrip('.')}" for words in view.warnings)
    return f"{now:%H:%M:%S} {', '.join(parts)}{warnings}"
