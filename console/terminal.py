"""What the command line shows: tables, progress, JSON, and faults in words."""

import json
import math
import sys
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO, runtime_checkable

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.table import Table
from rich.text import Text

from .visible import visible, visible_json

if TYPE_CHECKING:
    from ..sweeps import Progress as SweepProgress
    from ..sweeps import Watcher

DONE, TOO_MANY_FAILED, FAULT, STOPPED = 0, 1, 2, 3
_PIPE_WIDTH = 140
_SHOULD_GO_ON = ("OutOfWorkersError", "LockLostError", "WalltimeError", "StoreUnreachableError")
_REPORT = (
    "This is a fault of Cordillera. Please report it with the output of the same command with --debug before its name."
)


def screen() -> Console:
    """Where results go; wide enough for a table when nobody looks."""
    console = Console(highlight=False, emoji=False)
    return console if console.is_terminal else Console(highlight=False, emoji=False, width=_PIPE_WIDTH)


def margin() -> Console:
    """Where messages and progress go, so that standard output holds results only."""
    return Console(stderr=True, highlight=False, emoji=False)


def say(message: str) -> None:
    """A line of news."""
    margin().print(visible(message), markup=False, soft_wrap=True)


def state(message: str) -> None:
    """A line of results."""
    screen().print(visible(message), markup=False, soft_wrap=True)


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], note: str = "") -> None:
    """A table on standard output; columns that hold numbers only are set flush right."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for place, name in enumerate(columns):
        numeric = all(isinstance(row[place], int | float) for row in rows)
        table.add_column(Text(visible(name)), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(visible(_cell(value))) for value in row))
    console = screen()
    console.print(Text(visible(title), style="bold"))
    console.print(table if rows else "none")
    if note:
        console.print(Text(visible(note), style="dim"))
    console.print()


def write_json(record: Mapping[str, object]) -> None:
    """One object on standard output; numbers that JSON does not have become null."""
    sys.stdout.write(visible_json(json.dumps(plain(record), indent=2, ensure_ascii=False, allow_nan=False)) + "\n")


@runtime_checkable
class SupportsItem(Protocol):
    """A number of numpy, told apart without loading numpy."""

    def item(self) -> object: ...


def plain(value: object) -> object:
    """A value of numpy, pandas or ours as JSON holds it."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, str) or value is None:
        return value
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    if isinstance(value, SupportsItem):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, bool | int | float) else str(value)


def named_column() -> TextColumn:
    """The name of what a bar follows, which may hold brackets and braces."""
    return TextColumn("{task.description}", markup=False)


class _Rate(ProgressColumn):
    """Runs a second, failures and time left, as the driver counts them."""

    def render(self, task: Task) -> Text:
        state: SweepProgress | None = task.fields.get("state")
        if state is None:
            return Text("starting")
        parts = [pace(state.rate)]
        parts.append(f"{state.failed:,} failed")
        parts.append("1 worker" if state.workers == 1 else f"{state.workers} workers")
        if state.seconds_left:
            parts.append(f"{duration(state.seconds_left)} left")
        return Text(" · ".join(parts), no_wrap=True)


@contextmanager
def progress(name: str) -> Iterator["Watcher"]:
    """A bar that follows a sweep; where nobody looks, a line at each tenth of it."""
    console = margin()
    if not console.is_terminal:
        yield _with_link(_milestones(name), say)
        return
    columns = (
        named_column(),
        BarColumn(bar_width=None),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f}"),
        _Rate(),
    )
    with Progress(*columns, console=console, expand=True) as bar:
        task = bar.add_task(visible(name), total=1, state=None)
        yield _with_link(
            lambda state: bar.update(task, completed=state.done, total=state.runs, state=state),
            lambda words: bar.console.print(visible(words), markup=False, soft_wrap=True),
        )


def _with_link(watch: "Watcher", tell: Callable[[str], None]) -> "Watcher":
    """A watcher that also says where the dashboard is, once there is one."""
    told: str | None = None

    def watch_and_tell(state: "SweepProgress") -> None:
        nonlocal told
        if state.link is not None and state.link != told:
            told = state.link
            tell(f"Dashboard: {told}")
        watch(state)

    return watch_and_tell


def _milestones(name: str) -> "Watcher":
    told = -1

    def watch(state: "SweepProgress") -> None:
        nonlocal told
        tenth = 10 * state.done // max(state.runs, 1)
        if tenth > told:
            told = tenth
            left = "" if not state.seconds_left else f", {duration(state.seconds_left)} left"
            say(f"{name}: {state.done:,} of {state.runs:,} runs, {state.failed:,} failed{left}")

    return watch


@contextmanager
def counted(name: str) -> Iterator[Callable[[int, int], None]]:
    """A bar that follows a long computation of so many steps; where nobody looks, a line at each tenth of it."""
    console = margin()
    if not console.is_terminal:
        told = -1

        def watch(done: int, steps: int) -> None:
            nonlocal told
            tenth = 10 * done // steps
            if tenth != told:
                told = tenth
                say(f"{name}: {done:,} of {steps:,}")

        yield watch
        return
    columns = (named_column(), BarColumn(bar_width=None), TextColumn("{task.completed:,.0f} of {task.total:,.0f}"))
    with Progress(*columns, console=console, expand=True, transient=True) as bar:
        # Shown with the first step: mostly there is nothing to wait for.
        task = bar.add_task(visible(name), total=1, visible=False)
        yield lambda done, steps: bar.update(task, completed=done, total=steps, visible=True)


def pace(rate: float) -> str:
    """Runs a second, or a minute where they are few, as a person says it."""
    if rate >= 10:
        return f"{rate:,.0f} runs/s"
    return f"{rate:.1f} runs/s" if rate >= 0.5 or rate == 0 else f"{60 * rate:.1f} runs/min"


def duration(seconds: float) -> str:
    """A time as a person says it."""
    if seconds < 1:
        return "less than 1 s"
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 100 else f"{minutes / 60:.1f} h"


def size(count: float) -> str:
    """A number of bytes as a person says it."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def tell_warnings() -> None:
    """Have warnings that the library gives shown as words, without the place in the program where they arose."""
    package, usual = __name__.split(".")[0], warnings.showwarning

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        if category.__module__.split(".")[0] == package:
            say(f"Warning: {message}")
        else:
            usual(message, category, filename, lineno, file, line)

    warnings.showwarning = show


def tell(error: Exception, debug: bool) -> int:
    """Say what went wrong on standard error.

    Returns
    -------
    int
        The exit code.
    """
    if debug:
        traceback.print_exception(error)
    if isinstance(error, OSError) and error.errno is not None:
        # Imported when asked for: its package loads pandas, for which `--help` must not wait.
        from ..data.system import system_words

        _fault(system_words(error))
    elif _is_in_our_words(error):
        _fault(str(error))
    elif _is_of_a_store(error):
        words = str(error).rstrip(".")
        _fault(f"A store cannot be read: {words}. `cordillera verify` names what is torn or lost in it.")
    elif isinstance(error, MemoryError):
        _fault("The memory is not enough. Use fewer workers (--workers) or fewer outputs.")
    else:
        _fault(f"{type(error).__name__}: {error}\n{_REPORT}")
    return STOPPED if type(error).__name__ in _SHOULD_GO_ON else FAULT


def _is_in_our_words(error: Exception) -> bool:
    """Whether a `raise` of ours made it, which says what, which and what to do; others speak to no user."""
    package = __name__.split(".")[0]
    if type(error).__module__.split(".")[0] == package:
        return True
    last = traceback.extract_tb(error.__traceback__)[-1]
    return Path(last.filename).is_relative_to(Path(__file__).parents[1]) and (last.line or "").startswith("raise ")


def _is_of_a_store(error: Exception) -> bool:
    """Whether zarr raised it over what it read: a checksum, a decompressor, the length of a buffer."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return bool(frames) and frames[-1].f_globals.get("__name__", "").split(".")[0] in ("zarr", "numcodecs")


def _fault(message: str) -> None:
    margin().print(Text.assemble(("Error: ", "bold red"), visible(message)), soft_wrap=True)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return "–" if math.isnan(value) else f"{value:.4g}"
    return str(value)
