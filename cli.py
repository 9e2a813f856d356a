"""The command line: each command reads its arguments, calls the library and shows what came back."""

import logging
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from typer.core import TyperGroup

# The library is imported inside the commands: models, Dask and figures take seconds, for which `--help` must not wait.
from .console import terminal
from .forking import begin

HEADLINE_STUDIES = ("peru-divergence", "corridor-returns")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output and nothing else there.")]
A_STUDY, RESULTS, CASES, MACHINES = "A study", "Its results", "Cases", "Machines"

StudyName = Annotated[
    str, typer.Argument(metavar="STUDY", help="A bundled study, which `cordillera cases` lists, or a TOML file.")
]
CaseName = Annotated[
    str,
    typer.Argument(metavar="CASE", help="A bundled case, which `cordillera cases` lists, or a folder or .xlsx file."),
]
StoreName = Annotated[
    str,
    typer.Argument(metavar="STORE", help="What `run --out` made: a folder, or an address such as s3://bucket/a.zarr."),
]
Set = Annotated[str | None, typer.Option("--set", help="The parameter set; the default set of the case if left out.")]
Cluster = Annotated[
    str,
    typer.Option(
        help="Where the work runs: local (worker processes on this machine), serial (this process alone), or the path "
        "of a cluster file."
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(min=1, help="How many worker processes; one a core, or as the cluster file says, if left out."),
]
Outputs = Annotated[list[str] | None, typer.Option("--output", help="Only this output; may be given several times.")]
Mix = Annotated[
    bool,
    typer.Option(
        "--mix",
        help="Go on with a store that other versions or another processor began, though the last digits differ.",
    ),
]
RunLimit = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS",
        help="How long a run may hang before it is ended and recorded as TIMED_OUT; 600 if left out. Not for serial.",
    ),
]


class Commands(TyperGroup):
    """The commands; here, in one place, what they raise becomes words and an exit code."""

    def invoke(self, ctx: typer.Context) -> object:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort):
            raise
        except KeyboardInterrupt:
            terminal.say("Interrupted. What is written is kept; the same command goes on.")
            raise typer.Exit(terminal.STOPPED) from None
        except Exception as error:
            # A fault in the arguments has an exit code, and typer tells it better than we could.
            if hasattr(error, "exit_code"):
                raise
            code = terminal.tell(error, debug=bool(ctx.params.get("debug")))
            raise typer.Exit(code) from None


app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def main() -> NoReturn:
    """The entry point of `cordillera`."""
    # Queues end a job so; like Ctrl-C, it gives the store back and ends the workers.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # Processes that this one starts import nothing from the folder where it was started, as this one does not.
    os.environ.setdefault("PYTHONSAFEPATH", "1")
    terminal.tell_warnings()
    # Where one of many reads has failed, those that it was gathered with are dropped, which asyncio tells at the end.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    app(prog_name="cordillera")
    sys.exit(terminal.DONE)


def _begin_workers(cluster: str) -> None:
    """Let what workers of this machine are forked from import its libraries while this process imports its own."""
    if cluster == "local":
        begin()


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("cordillera"))
        raise typer.Exit


@app.callback()
def options(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where in the program an error arose; before the command's name.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Run a policy model thousands of times and see how far its headline results can be trusted.

    To begin: `cordillera headline`, or a study of your own: `check STUDY`, `run STUDY --out STORE`, `report STORE`.
    """


@app.command(rich_help_panel=A_STUDY)
def headline(
    out: Annotated[Path, typer.Option(help="The folder for the stores and the report.")] = Path("headline"),
    cluster: Cluster = "local",
    workers: Workers = None,
) -> None:
    """Run the bundled studies, which takes some minutes, and write one report that opens offline."""
    _begin_workers(cluster)
    from .analysis.report import write_report
    from .console import views
    from .sweeps import read_study
    from .verbs import run as run_study

    code, stores = terminal.DONE, []
    for name in HEADLINE_STUDIES:
        study = read_study(name)
        place = out / f"{study.name}.zarr"
        with terminal.progress(study.name) as watch:
            results = run_study(study, place, cluster=cluster, workers=workers, progress=watch)
        stores.append(results.store)
        code = max(code, views.failures(results))
    terminal.say("Writing the report ...")
    terminal.say(f"The report: {write_report(stores, out / 'report.html')}")
    raise typer.Exit(code)


@app.command(rich_help_panel=CASES)
def cases(json: Json = False) -> None:
    """List the bundled cases and studies."""
    from .console import views

    views.cases(json)


@app.command(rich_help_panel=CASES)
def describe(case: CaseName, json: Json = False) -> None:
    """Show the factors, scenarios and outputs of a case: the names that a study is written with."""
    from .console import views
    from .console.catalogue import load_case

    views.engine(load_case(case), json)


@app.command(rich_help_panel=CASES)
def reproduce(
    case: CaseName = "peru-2002",
    parameters: Annotated[
        str | None, typer.Option("--set", help="The parameter set of a `cge` case; its default if left out.")
    ] = None,
    resolution: Annotated[str | None, typer.Option(help="The resolution of a `spatial` case: full or region.")] = None,
    out: Annotated[Path | None, typer.Option(help="A folder for the tables as CSV; not written if left out.")] = None,
    json: Json = False,
) -> None:
    """Solve a case once, with every factor at its default, and set it beside the published tables, with a score."""
    from .console import corridor
    from .console.reproduction import reproduction
    from .data import case_engine

    if case_engine(case) == "spatial":
        corridor.reproduction(case, resolution, parameters, out, json)
    else:
        reproduction(case, resolution, parameters, out, json)


@app.command(rich_help_panel=CASES)
def matrix(
    case: CaseName,
    out: Annotated[Path, typer.Option(help="An .xlsx file, or a .csv file with others beside it.")],
    number: Annotated[int, typer.Option(min=0, help="Which one: 0 is the central one, the others have noise.")] = 0,
    parameters: Set = None,
) -> None:
    """Write a balanced social accounting matrix, with what is published in it, for a spreadsheet."""
    from .console import matrices

    matrices.write(case, number, out, parameters)


@app.command("matrices", rich_help_panel=CASES)
def draw_matrices(
    case: CaseName,
    count: Annotated[int | None, typer.Option(min=1, help="How many; what the case says if left out.")] = None,
    parameters: Set = None,
    json: Json = False,
) -> None:
    """Draw numbered matrices into your cache, where studies find them as levels of the factor `matrix`."""
    from .console import matrices

    matrices.draw(case, count, parameters, json)


@app.command(rich_help_panel=CASES)
def template(
    case: CaseName,
    out: Annotated[Path, typer.Option(help="A new folder, or an .xlsx file.")],
) -> None:
    """Copy the tables of a case as a starting point for your own."""
    from .data.template import write_template

    files = write_template(case, out)
    terminal.say(f"Written: {files[0] if len(files) == 1 else out}. `cordillera describe {out}` checks it.")


@app.command(rich_help_panel=A_STUDY)
def check(
    study: Annotated[
        str,
        typer.Argument(
            metavar="STUDY",
            help="A bundled study, which `cordillera cases` lists, or a TOML file; or a case (a folder or workbook).",
        ),
    ],
    cluster: Annotated[
        str | None, typer.Option(help="See also whether workers there (local, or a cluster file) have the memory.")
    ] = None,
    json: Json = False,
) -> None:
    """Look for faults and infeasible draws, and say how long a study takes and how much it stores; nothing is run."""
    from .cluster import backend, fitted
    from .console import views
    from .console.catalogue import is_case, load_case
    from .sweeps import check_study, read_study

    if is_case(study):
        views.sound_case(load_case(study), json)
        return
    asked = read_study(study)
    if cluster is not None:
        fitted(backend(cluster), asked)
    raise typer.Exit(views.check(asked, check_study(asked), json))


@app.command(rich_help_panel=A_STUDY)
def run(
    study: StudyName,
    out: Annotated[str, typer.Option(help="The store: a new one, or one of the same study to go on with.")],
    cluster: Cluster = "local",
    workers: Workers = None,
    run_limit: RunLimit = None,
    mix: Mix = False,
    json: Json = False,
) -> None:
    """Run a study, or go on with it where it was stopped."""
    _begin_workers(cluster)
    from .cluster import backend, fitted, within_walltime
    from .console import views
    from .sweeps import read_study
    from .verbs import run as run_study

    asked = read_study(study)
    place = fitted(backend(cluster, workers), asked)
    with terminal.counted(f"{asked.name}: what its runs share") as told:
        asked.build_engine().prepare(told)
    with terminal.progress(asked.name) as bar, within_walltime(out, bar) as watch:
        results = run_study(asked, out, cluster=place, mix=mix, run_limit=run_limit, progress=watch)
    raise typer.Exit(views.outcome(results, json))


@app.command(rich_help_panel=A_STUDY)
def status(
    store: StoreName,
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on showing it until the sweep ends; with --json, an object a line.")
    ] = False,
    json: Json = False,
) -> None:
    """Say how a sweep stands, who drives it and what failed, from any machine that sees the store."""
    if follow:
        from .console.follow import follow as look_on

        raise typer.Exit(look_on(store, json))
    from .console import views

    views.status(store, json)


@app.command(rich_help_panel=A_STUDY)
def submit(
    study: StudyName,
    cluster: Annotated[str, typer.Option(help="The cluster file of a queue.")],
    out: Annotated[str, typer.Option(help="The store: a new one, or one of the same study to go on with.")],
    run_limit: RunLimit = None,
    mix: Mix = False,
    json: Json = False,
) -> None:
    """Hand a study to a queueing system, with all that drives it, and leave; once it has ended, again to go on."""
    from .cluster import submit as hand_over
    from .console import jobs
    from .sweeps import read_study

    record = hand_over(read_study(study), study, out, cluster, mix=mix, run_limit=run_limit)
    jobs.submitted(record, out, json)


@app.command(rich_help_panel=A_STUDY)
def cancel(store: StoreName, json: Json = False) -> None:
    """End the job that was submitted for a store; what is written is kept."""
    from .console import jobs

    jobs.cancelled(store, json)


@app.command(rich_help_panel=A_STUDY)
def extend(
    store: StoreName,
    samples: Annotated[int, typer.Option(min=1, help="Base points to have: a power of two above what it has.")],
    cluster: Cluster = "local",
    workers: Workers = None,
    run_limit: RunLimit = None,
    mix: Mix = False,
    json: Json = False,
) -> None:
    """Double a Sobol study, once or more, and keep every run that it has."""
    from .cluster import backend, fitted
    from .console import views
    from .sweeps import extend as extend_store
    from .verbs import open_store

    place = fitted(backend(cluster, workers), open_store(store).store.study)
    with terminal.progress(store) as watch:
        extend_store(store, samples, place, progress=watch, mix=mix, run_limit=run_limit)
    raise typer.Exit(views.outcome(open_store(store), json))


@app.command(rich_help_panel=RESULTS)
def replay(
    store: StoreName,
    draw: Annotated[int, typer.Argument(metavar="DRAW", min=0, help="The number of the draw, counted from 0.")],
    json: Json = False,
) -> None:
    """Solve one draw of a store again and say whether the stored bits come back."""
    from .console import views
    from .sweeps.replay import replay as solve_again

    raise typer.Exit(views.replay(solve_again(store, draw), json))


@app.command(rich_help_panel=RESULTS)
def analyze(store: StoreName, output: Outputs = None, json: Json = False) -> None:
    """Print the headline results, how often each claim holds, and which factors carry the variance."""
    from .console import findings
    from .verbs import open_store

    findings.analysis(open_store(store), output, json)


@app.command(rich_help_panel=RESULTS)
def report(
    stores: Annotated[list[str], typer.Argument(metavar="STORE", help="One store or several.")],
    out: Annotated[Path, typer.Option(help="The page, or a folder for it.")] = Path("report.html"),
) -> None:
    """Write the report: one HTML page that opens offline, with the data behind every figure."""
    from .analysis.caveats import missing_words
    from .analysis.report import write_report
    from .sweeps import assert_apart, open_store

    sweeps = [open_store(store) for store in stores]
    for sweep in sweeps:
        assert_apart(out, sweep.url)
        if missing := missing_words(sweep):
            terminal.say(f"{sweep.url}: {missing}")
    terminal.say(f"The report: {write_report(sweeps, out)}")


@app.command(rich_help_panel=RESULTS)
def export(
    store: StoreName,
    out: Annotated[Path, typer.Option(help="The file (netcdf, xlsx) or folder (csv, parquet).")],
    form: Annotated[str, typer.Option("--format", help="netcdf, csv, parquet or xlsx.")] = "csv",
    output: Outputs = None,
) -> None:
    """Write the numbers of a store for another program."""
    from .analysis.caveats import missing_words
    from .analysis.export import export as write
    from .sweeps import assert_apart, open_store

    sweep = open_store(store)
    assert_apart(out, sweep.url)
    made = write(sweep, form, out, output)
    if missing := missing_words(sweep):
        terminal.say(missing)
    for name in made.left_out:
        terminal.say(f"Left out, too large for a spreadsheet: {name}.")
    terminal.say(f"Written: {', '.join(map(str, made.files))}")


@app.command(rich_help_panel=RESULTS)
def verify(
    store: StoreName,
    against: Annotated[str | None, typer.Option(help="Another store, to be compared bit by bit.")] = None,
    json: Json = False,
) -> None:
    """Read everything in a store and name what is torn, lost or different."""
    from .console import views
    from .sweeps.verify import verify as read_all

    raise typer.Exit(views.verification(read_all(store, against), json))


@app.command(rich_help_panel=CASES)
def corridor(
    line: Annotated[Path, typer.Argument(metavar="LINE", help="A GeoJSON file.")],
    out: Annotated[Path, typer.Option(help="A new folder for the case and a study of it.")],
    mode: Annotated[
        str | None,
        typer.Option(
            metavar="MODE",
            help="road, rail or water; if left out, what the property `mode` of the file says, and a road if there is "
            "none.",
        ),
    ] = None,
    region: Annotated[
        str, typer.Option(help="ISO codes of the countries it is judged by, with commas; those it crosses if left out.")
    ] = "",
    within: Annotated[
        float, typer.Option(min=1.0, help="Degrees from the line that the region reaches at most.")
    ] = 20.0,
    json: Json = False,
) -> None:
    """Make a case of a road, railway or waterway anywhere in the world, without a line of Python."""
    from .console import corridor as corridors

    corridors.make(line, out, mode, region, within, json)


@app.command(rich_help_panel=MACHINES)
def doctor(cluster: Cluster = "local", workers: Workers = None, json: Json = False) -> None:
    """Look at this machine and at the workers of a cluster: whether they start, solve and write."""
    from .console import views
    from .console.checkup import examine

    raise typer.Exit(views.checkup(examine(cluster, workers), json))
