"""The commands on social accounting matrices: one written for a spreadsheet, many drawn for a sweep."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from ..analysis.matrix_export import write_matrix
from ..engines.cge.drawn import DrawnMatrices, draw_matrices
from .terminal import margin, named_column, say, show, write_json
from .visible import visible


def write(case: str, number: int, out: Path, parameters: str | None) -> None:
    """Write a matrix and say where."""
    files = write_matrix(case, number, out, parameters=parameters)
    say(f"Written: {', '.join(map(str, files))}")


def draw(case: str, count: int | None, parameters: str | None, as_json: bool) -> None:
    """Draw numbered matrices into the user's cache, with the numbers that have none."""
    with _counted(f"matrices of {case}") as watch:
        drawn = draw_matrices(case, count, watch, parameters=parameters)
    if as_json:
        write_json(_record(drawn))
        return
    say(f"{len(drawn.numbers):,} balanced matrices, {drawn.made:,} of them new: {drawn.file}")
    say(f"{len(drawn.infeasible):,} of {max(drawn.numbers):,} numbers have none and are passed over.")
    if drawn.infeasible:
        show("Numbers without a matrix", ("number", "constraint"), list(drawn.infeasible.items()))


def _record(drawn: DrawnMatrices) -> dict[str, object]:
    return {
        "matrices": len(drawn.numbers),
        "made": drawn.made,
        "numbers": drawn.numbers,
        "infeasible": {str(number): reason for number, reason in drawn.infeasible.items()},
        "file": drawn.file,
    }


@contextmanager
def _counted(name: str) -> Iterator[Callable[[int, int], None]]:
    """A bar; where nobody looks, nothing."""
    columns = (named_column(), BarColumn(bar_width=None), MofNCompleteColumn(), TimeRemainingColumn())
    console = margin()
    with Progress(*columns, console=console, expand=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(visible(name), total=None)
        yield lambda found, wanted: bar.update(task, completed=found, total=wanted)
