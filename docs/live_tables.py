"""Directives whose tables are made from the code while the documentation is built, so that they cannot go stale."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar

import cordillera
import pandas as pd
import typer
from cordillera.analysis.corridor_reproduction import MATCH_FACTOR, reproduce_corridor
from cordillera.analysis.reproduction import IN_SAMPLE, reproduce
from cordillera.cli import app
from cordillera.console.reproduction import score_rows, side_by_side
from cordillera.engines import Factor
from cordillera.engines.spatial.parameters import CONDITIONS
from docutils import nodes
from docutils.parsers.rst import Directive, directives
from sphinx.application import Sphinx

SETS = ("inferred", "base-year")
PACKAGE = Path(cordillera.__file__).parent
# Levels of a factor that are listed one by one.
_FEW = 4
# What a choice moves in a corridor study: heading, output, scenario, labels.
MOVED = (
    ("income", "income_gap", "cost_cut", {"place": "corridor"}),
    ("people", "population_gap", "cost_cut", {"place": "corridor"}),
    ("utility", "utility_gap", "cost_cut", {"place": "corridor"}),
    ("trade", "openness_gap", "cost_cut", {"place": "corridor"}),
    ("poorest", "income_gap", "cost_cut", {"place": "poorest_20"}),
    ("richest", "income_gap", "cost_cut", {"place": "richest_20"}),
    ("gain", "gain", "cost_cut", {"reading": "total_gdp", "money_area": "home"}),
    ("income, road", "income_gap", "major_road", {"place": "corridor"}),
    ("gain, road", "gain", "major_road", {"reading": "total_gdp", "money_area": "home"}),
    ("mean income, road", "gain", "major_road", {"reading": "mean_income", "money_area": "home"}),
)


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
    """`{factors} ENGINE CASE`: the factors and shock parameters of a case; with `:source:`, where each comes from."""

    required_arguments = 2
    option_spec: ClassVar = {"source": directives.flag}

    def run(self) -> list[nodes.Node]:
        engine = cordillera.engine(self.arguments[0], case=self.arguments[1])
        header = ["factor", "unit", "default", "accepted", "what it is"]
        rows = [
            [factor.name, factor.unit, *_default_and_range(factor), factor.description]
            for factor in engine.factors.values()
        ]
        if "source" in self.options:
            header.append("source")
            rows = [[*row, factor.source] for row, factor in zip(rows, engine.factors.values(), strict=True)]
        return [table(header, rows, code=(0,))]


def _default_and_range(factor: Factor) -> tuple[str, str]:
    if factor.levels:
        few = len(factor.levels) <= _FEW
        allowed = ", ".join(factor.levels) if few else f"{factor.levels[0]} to {factor.levels[-1]}"
        return factor.levels[int(factor.default)], allowed
    return f"{factor.default:g}", f"{factor.low:g} to {factor.high:g}"


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


class Conditions(Directive):
    """`{conditions}`: the conditions under which the spatial model has one equilibrium, as the engine tests them."""

    def run(self) -> list[nodes.Node]:
        return [table(("condition", "it must be that"), [(name, words) for name, words, _ in CONDITIONS])]


class Sources(Directive):
    """`{sources} CASE`: columns of the table of sources of a case."""

    required_arguments = 1
    option_spec: ClassVar = {"columns": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        listed = pd.read_csv(PACKAGE / "data" / "cases" / self.arguments[0] / "sources.csv", keep_default_na=False)
        chosen = self.options["columns"].split()
        return [table([name.replace("_", " ") for name in chosen], listed[chosen].to_numpy().tolist(), code=(0,))]


class CaseFiles(Directive):
    """`{case-files} CASE`: the tables of a bundled case, each with its columns."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        folder = PACKAGE / "data" / "cases" / self.arguments[0]
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
        beyond = [
            (row["policy"], row["region"], f"{row['growth']:.2f}", f"{row['difference']:+.2f}")
            for row in default.unpublished.to_dict("records")
        ]
        found: list[nodes.Node] = [
            _title("The score"),
            table(("", *SETS), score_rows(made)),
            *(nodes.paragraph("", f"{name} {IN_SAMPLE[name]}.") for name in SETS),
            _title(f"Findings that do not hold under {SETS[0]}"),
            table(("scenario", "finding"), failed, code=(0,)),
            _title("Unexplained"),
            nodes.bullet_list("", *(nodes.list_item("", nodes.paragraph("", line)) for line in default.unexplained)),
            _title(f"Policies without a published result under {SETS[0]}: growth of the product, % a year"),
            table(("policy", "region", "growth", "points from the baseline"), beyond),
        ]
        for name, frame in default.tables.items():
            wide = side_by_side(frame)
            found.append(
                _title(f"{name.replace('_', ' ').capitalize()} under {SETS[0]}: model (published, difference)")
            )
            found.append(table([str(column) for column in wide.columns], wide.to_numpy().tolist()))
        return found


class CorridorTables(Directive):
    """`{corridor-reproduction} CASE`: printed numbers beside the model under every scenario, and the findings."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        found = reproduce_corridor(self.arguments[0], "region")
        scenarios = list(dict.fromkeys(found.table["scenario"]))
        keys = ["label", "reading", "unit"]
        rows = []
        for labels, group in found.table.groupby(keys, sort=False):
            by_scenario = group.set_index("scenario")
            printed = dict.fromkeys(_number(value) for value in by_scenario["published"].dropna())
            cells = [f"{_number(row['model'])}{_mark(row)}" for row in by_scenario.loc[scenarios].to_dict("records")]
            rows.append((*labels[:2], " / ".join(printed), *cells, labels[2]))
        held = sum(finding.holds for finding in found.findings)
        failed = [(one.scenario, one.statement) for one in found.findings if not one.holds]
        return [
            table(("result", "reading", "printed", *scenarios, "unit"), rows),
            nodes.paragraph(
                "",
                f"*: the sign of the printed number and within a factor of {MATCH_FACTOR:g} of it; +: the sign alone. "
                "Two printed numbers belong to the two scenarios in this order.",
            ),
            _title(f"Findings in words that hold: {held} of {len(found.findings)}. Those that do not:"),
            table(("scenario", "finding"), failed, code=(0,)),
        ]


def _mark(row: dict) -> str:
    return "*" if row["within_factor"] is True else "+" if row["sign_agrees"] is True else ""


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


class Sensitivity(Directive):
    """`{sensitivity} ENGINE CASE`: what single choices move, one a line as `words: factor = value, setting = value`."""

    required_arguments = 2
    has_content = True

    def run(self) -> list[nodes.Node]:
        engine = cordillera.engine(self.arguments[0], case=self.arguments[1])
        scenarios = list(dict.fromkeys(scenario for _, _, scenario, _ in MOVED))
        outputs = list(dict.fromkeys(output for _, output, _, _ in MOVED))
        rows = []
        for line in self.content:
            words, _, choices = line.partition(":")
            chosen = [[part.strip() for part in choice.split("=")] for choice in choices.split(",") if choice.strip()]
            values = {name: float(value) for name, value in chosen if name in engine.factors}
            settings = {name: _plain(value) for name, value in chosen if name not in engine.factors}
            asked = cordillera.engine(self.arguments[0], case=self.arguments[1], **settings) if settings else engine
            solved = asked.solve(values, scenarios, outputs)
            moved = (float(solved[name].sel(scenario=policy, **labels)) for _, name, policy, labels in MOVED)
            rows.append((words.strip(), *(f"{value:.2f}" for value in moved)))
        return [table(("choice", *(heading for heading, *_ in MOVED)), rows)]


def _plain(text: str) -> str | float:
    """A number, or the text that is none."""
    try:
        return float(text)
    except ValueError:
        return text


def _title(text: str) -> nodes.paragraph:
    return nodes.paragraph("", "", nodes.strong("", text))


def setup(application: Sphinx) -> dict[str, bool]:
    for name, directive in {
        "factors": Factors,
        "outputs": Outputs,
        "commands": Commands,
        "case-files": CaseFiles,
        "reproduction": ReproductionTables,
        "conditions": Conditions,
        "sources": Sources,
        "corridor-reproduction": CorridorTables,
        "sensitivity": Sensitivity,
    }.items():
        application.add_directive(name, directive)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
