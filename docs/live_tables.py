"""Directives whose tables are made from the code while the documentation is built, so that they cannot go stale."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import cordillera
import typer
from cordillera.analysis.reproduction import IN_SAMPLE, UNEXPLAINED, reproduce
from cordillera.cli import app
from cordillera.console.findings import score_rows, side_by_side
from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

SETS = ("inferred", "base-year")


def table(header: Sequence[str], rows: Iterable[Sequence[object]], code: Sequence[int] = ()) -> nodes.table:
    """A table node; the columns numbered in `code` are set as code."""
    group = nodes.tgroup(cols=len(header))
    group += [nodes.colspec(colwidth=1) for _ in header]
    group += nodes.thead("", _row(header, ()))
    group += nodes.tbody("", *(_row(row, code) for row in rows))
    return nodes.table("", group, classes=["live"])


def _row(cells: Sequence[object], code: Sequence[int]) -> nodes.row:
    row = nodes.row()
    for place, cell in enumerate(cells):
        text = "" if cell is None else str(cell)
        inner = nodes.literal(text, text) if place in code and text else nodes.Text(text)
        row += nodes.entry("", nodes.paragraph("", "", inner))
    return row


class Factors(Directive):
    """`{factors} ENGINE CASE`: the factors and shock parameters of a case."""

    required_arguments = 2

    def run(self) -> list[nodes.Node]:
        engine = cordillera.engine(self.arguments[0], case=self.arguments[1])
        rows = [
            (factor.name, factor.unit, f"{factor.default:g}", f"{factor.low:g} to {factor.high:g}", factor.description)
            for factor in engine.factors.values()
        ]
        return [table(("factor", "unit", "default", "accepted", "what it is"), rows, code=(0,))]


class Outputs(Directive):
    """`{outputs} ENGINE CASE`: the outputs of a case."""

    required_arguments = 2

    def run(self) -> list[nodes.Node]:
        engine = cordillera.engine(self.arguments[0], case=self.arguments[1])
        rows = [
            (output.name, ", ".join(output.dims), output.unit, output.label, output.place)
            for output in engine.outputs.values()
        ]
        return [table(("output", "dimensions", "unit", "label", "published in"), rows, code=(0,))]


class Commands(Directive):
    """`{commands}`: every command with its arguments and options."""

    def run(self) -> list[nodes.Node]:
        group = typer.main.get_command(app)
        found: list[nodes.Node] = []
        for name, command in group.commands.items():
            title = nodes.paragraph("", "", nodes.strong("", f"cordillera {name}"))
            found += [title, nodes.paragraph("", command.help or "")]
            rows = [_parameter(parameter) for parameter in command.params if not parameter.hidden]
            if rows:
                found.append(table(("argument or option", "what it is"), rows, code=(0,)))
        return found


def _parameter(parameter: typer.core.TyperArgument | typer.core.TyperOption) -> tuple[str, str]:
    if parameter.param_type_name == "argument":
        return (parameter.metavar or parameter.name or "").upper(), parameter.help or ""
    return ", ".join(parameter.opts), parameter.help or ""


class CaseFiles(Directive):
    """`{case-files} CASE`: the tables of a bundled case, each with its columns."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        folder = Path(cordillera.__file__).parent / "data" / "cases" / self.arguments[0]
        rows = []
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".csv", ".toml"}:
                first = path.read_text(encoding="utf-8").splitlines()[0]
                columns = first.replace(",", ", ") if path.suffix == ".csv" else ""
                rows.append((path.relative_to(folder).as_posix(), columns))
        return [table(("file", "columns"), rows, code=(0,))]


class ReproductionTables(Directive):
    """`{reproduction} CASE`: the score of each parameter set, and the tables beside the published ones."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        made = [reproduce(self.arguments[0], name) for name in SETS]
        default = made[0]
        failed = [(finding.scenario, finding.statement) for finding in default.findings if not finding.holds]
        found: list[nodes.Node] = [
            _title("The score"),
            table(("", *SETS), score_rows(made)),
            *(nodes.paragraph("", f"{name} {IN_SAMPLE[name]}.") for name in SETS),
            _title(f"Findings that do not hold under {SETS[0]}"),
            table(("scenario", "finding"), failed, code=(0,)),
            _title("Unexplained"),
            nodes.bullet_list("", *(nodes.list_item("", nodes.paragraph("", line)) for line in UNEXPLAINED)),
        ]
        for name, frame in default.tables.items():
            wide = side_by_side(frame)
            found.append(_title(f"{name.replace('_', ' ').capitalize()} under {SETS[0]}: model (published)"))
            found.append(table([str(column) for column in wide.columns], wide.to_numpy().tolist()))
        return found


def _title(text: str) -> nodes.paragraph:
    return nodes.paragraph("", "", nodes.strong("", text))


def setup(application: Sphinx) -> dict[str, bool]:
    for name, directive in {
        "factors": Factors,
        "outputs": Outputs,
        "commands": Commands,
        "case-files": CaseFiles,
        "reproduction": ReproductionTables,
    }.items():
        application.add_directive(name, directive)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
