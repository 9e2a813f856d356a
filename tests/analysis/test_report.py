"""The page: complete without a connection, safe with hostile names, and with the data of all it shows beside it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Protocol

import cordillera
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from cordillera.analysis.publication import Publication, score_from_record
from cordillera.analysis.report import write_report
from cordillera.engines import Engine, Outcome
from cordillera.sweeps import Study

SOBOL = 'method = "sobol"\nsamples = 16\nseed = 3'
CLAIMS = """
[[claims]]
name = "The function is positive"
output = "y"
scenario = "baseline"
holds = "> 0"

[[claims]]
name = "A steeper term changes little"
output = "y"
scenario = "steeper"
relative_to = "baseline"
holds = "within 2"
"""
REFERENCES = {"src", "href", "xlink:href", "srcset", "data", "action", "poster", "background"}


class Sweep(Protocol):
    """What the tests need of a sweep in memory."""

    study: Study
    states: xr.DataArray
    results: dict[str, xr.DataArray]


MakeSweep = Callable[..., Sweep]
MakeText = Callable[..., str]


@dataclass
class Page(HTMLParser):
    """The page as a browser finds it."""

    text: str
    figures: list[list[str]] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    handlers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "figure":
            self.figures.append([])
        for name, value in attrs:
            if name in REFERENCES:
                self.references.append(value or "")
            if name == "id":
                self.identifiers.append(value or "")
            if name.startswith("on"):
                self.handlers.append(name)
        if tag == "a" and ("class", "csv") in attrs and self.figures:
            self.figures[-1].append(dict(attrs)["href"] or "")


def report(sweeps: Sequence[Sweep], folder: Path, engine: Engine | None = None, **more: Publication) -> Page:
    """Write a report and read it."""
    lookup = {name: (lambda study, built, value=value: value) for name, value in more.items()}
    path = write_report(sweeps, folder, engine_of=lambda study: engine, **lookup)  # pyright: ignore
    return Page(path.read_text(encoding="utf-8"))


def with_tables(sweep: Sweep) -> Sweep:
    """The sweep with an output over years and one of regions and rows, from its own numbers."""
    y = sweep.results["y"]
    year = xr.DataArray([0, 1, 2, 3], dims="year", coords={"year": [0, 1, 2, 3]})
    region = xr.DataArray([1.0, 2.0], dims="region", coords={"region": ["coast", "inland"]})
    row = xr.DataArray([1.0, -1.0, 0.5], dims="row", coords={"row": ["crops", "mining", "other"]})
    path = (100.0 + (1.0 + 0.01 * y) * year * region).transpose("scenario", "draw", "year", "region")
    table = (y * region * row).transpose("scenario", "draw", "region", "row")
    path.attrs, table.attrs = {"units": "soles", "long_name": "Product"}, {"units": "%", "long_name": "Growth"}
    study = replace(sweep.study, outputs=(*sweep.study.outputs, "product", "growth"))
    results = {**sweep.results, "product": path.rename("product"), "growth": table.rename("growth")}
    return replace(sweep, study=study, results=results)  # pyright: ignore


@pytest.fixture
def case(tmp_path: Path) -> Engine:
    """An engine whose case has headlines and a published table of signs."""
    folder = tmp_path / "case"
    folder.mkdir()
    columns = "id,label,output,scenario,relative_to,select,published,unit,table,page,format_decimals"
    lines = [
        "mean,No change: value,y,baseline,,,3.5,points,1,7,2",
        "steep,Steeper: the difference,y,steeper,baseline,,-0.25,points,2,8,2",
        "first,Steeper: the first term,terms,steeper,,term=first,0.00,points,2,9,2",
        "gone,Steeper: what is not kept,absent,steeper,,,1,points,2,9,2",
    ]
    folder.joinpath("headlines.csv").write_text("\n".join([columns, *lines]), encoding="utf-8")
    grids = "file,where,output,column,row,title,place\nsigns.csv,measure=deviation,growth,region,row,Signs,Table 4\n"
    folder.joinpath("grids.csv").write_text(grids, encoding="utf-8")
    signs = "region,row,scenario,measure,value\n" + "\n".join(
        f"{region},{row},steeper,deviation,{value}"
        for region in ("coast", "inland")
        for row, value in (("crops", 0.4), ("mining", -0.2), ("other", 0.0))
    )
    folder.joinpath("signs.csv").write_text(signs, encoding="utf-8")
    return replace(cordillera.engine("ishigami"), case=str(folder))  # pyright: ignore


def test_a_study_without_claims_and_headlines_has_a_page(
    make_sweep: MakeSweep, make_text: MakeText, tmp_path: Path
) -> None:
    page = report([make_sweep(make_text(SOBOL))], tmp_path, cordillera.engine("ishigami"))
    assert len(page.figures) >= 4
    assert "nine cases out of ten" in page.text


@pytest.mark.parametrize(
    "design",
    [
        'method = "morris"\nsamples = 8\nseed = 3\nlevels = 4',
        'method = "latin"\nsamples = 80\nseed = 3',
        'method = "latin"\nsamples = 8\nseed = 3',
        'method = "fast"\nsamples = 65\nseed = 3',
        'method = "grid"\nlevels = 2',
        'method = "quadrature"\nrule = "stroud"',
        f"{SOBOL}\nsecond_order = true",
    ],
    ids=["morris", "latin", "few rows", "fast", "grid", "quadrature", "second order"],
)
def test_every_design_has_a_page(make_sweep: MakeSweep, make_text: MakeText, tmp_path: Path, design: str) -> None:
    page = report([make_sweep(make_text(design, more=CLAIMS))], tmp_path, cordillera.engine("ishigami"))
    assert "The function is positive" in page.text
    assert "The assumptions" in page.text


@pytest.mark.parametrize(
    ("design", "head"),
    [
        ('method = "grid"\nlevels = 4', "Range of the points"),
        ('method = "factorial"', "Range of the points"),
        ('method = "quadrature"\nrule = "stroud"', "Mean ± standard deviation"),
    ],
)
def test_points_that_somebody_has_set_are_not_called_draws(
    make_sweep: MakeSweep, make_text: MakeText, tmp_path: Path, case: Engine, design: str, head: str
) -> None:
    failed = [("steeper", 3, Outcome.NO_CONVERGENCE)]
    for broken in ([], failed):
        sweep = with_tables(make_sweep(make_text(design, more=CLAIMS), failed=broken))
        page = report([sweep], tmp_path / str(len(broken)), case)
        text = page.text.partition('id="how-to-read"')[0].partition("The study file")[0]
        assert head in text
        wrong = r"independent draws|Wilson|in 100 draws|of the draws|largest share of the variance"
        assert re.findall(wrong, text) == []
    assert ("Up to 1 failed point" in text) == ("quadrature" not in design)


def test_a_search_curve_that_has_lost_points_shows_no_empty_charts(
    make_sweep: MakeSweep, make_text: MakeText, tmp_path: Path
) -> None:
    text = make_text('method = "fast"\nsamples = 65\nseed = 3', more=CLAIMS)
    page = report([make_sweep(text, failed=[("baseline", 3, Outcome.NO_CONVERGENCE)])], tmp_path)
    assert "a search curve cannot miss a point" in page.text
    assert "what carries the uncertainty" not in page.text
    assert "are left out here" not in page.text


def test_the_page_refers_to_nothing_outside_its_folder(
    make_sweep: MakeSweep, make_text: MakeText, tmp_path: Path, case: Engine
) -> None:
    page = report([with_tables(make_sweep(make_text(SOBOL, more=CLAIMS)))], tmp_path / "out", case)
    assert [each for each in page.references if not each.startswith(("#", "report_data/"))] == []
    assert page.tags.isdisjoint({"script", "link", "iframe", "object", "embed", "base", "form", "img"})
    assert page.handlers == []
    assert re.findall(r"url\((?!#)|@import|https?:", page.text) == []


def test_every_figure_has_its_data_beside_the_page(
    make_sweep: MakeSweep, make_text: MakeText, tmp_path: Path, case: Engine
) -> None:
    page = report([with_tables(make_sweep(make_text(SOBOL, more=CLAIMS)))], tmp_path / "out", case)
    assert len(page.figures) >= 9
    assert all(len(links) == 1 for links in page.figures)
    files = [tmp_path / "out" / links[0] for links in page.figures]
    assert len(set(files)) == len(files)
    assert all(len(pd.read_csv(path)) > 0 for path in files)
    assert {path.name for path in files} == {path.name for path in (tmp_path / "out" / "report_data").iterdir()}


def test_headlines_stand_on_the_page_with_what_carries_them(
    make_sweep: MakeSweep, make_text: MakeText, tmp_path: Path, case: Engine
) -> None:
    page = report([make_sweep(make_text(SOBOL, more=CLAIMS))], tmp_path / "out", case)
    assert "−0.25" in page.text
    assert "Table&nbsp;2" in page.text.replace("\u00a0", "&nbsp;")
    assert "Of three published results" in page.text
    assert "cannot show: 1 (the study does not " in page.text
    table = pd.read_csv(tmp_path / "out" / "report_data" / "test-headlines.csv")
    assert list(table["id"]) == ["mean", "steep", "first"]


def test_a_published_table_becomes_a_map_of_signs(
    make_sweep: MakeSweep, make_text: MakeText, tmp_path: Path, case: Engine
) -> None:
    sweep = with_tables(make_sweep(make_text(SOBOL)))
    page = report([sweep], tmp_path / "out", case)
    table = pd.read_csv(tmp_path / "out" / "report_data" / "test-signs-growth.csv")
    effect = sweep.results["growth"].sel(scenario="steeper") - sweep.results["growth"].sel(scenario="baseline")
    used = effect.values.reshape(16, 5, 2, 3)[:, [0, -1]].reshape(-1, 2, 3)
    shown = table[(table["region"] == "inland") & (table["row"] == "mining")]["share"].item()
    assert shown == pytest.approx(np.mean(used[:, 1, 1] < 0))
    assert table[table["row"] == "other"]["share"].isna().all()
    assert "Of 4 published signs" in page.text


def test_scores_of_the_reproduction_name_their_set(make_sweep: MakeSweep, make_text: MakeText, tmp_path: Path) -> None:
    record = {
        "set": "base-year",
        "table_4_signs": {"agree": 160, "of": 206},
        "findings": {"hold": 20, "of": 32},
        "rmse": {"table_3": 0.49},
    }
    published = Publication(scores=(score_from_record(record, "base year alone"),), unexplained=("what is left",))
    engine = cordillera.engine("ishigami")
    page = report([make_sweep(make_text(SOBOL))], tmp_path, engine, publication_of=published)
    for text in ("base-year", "160 of 206", "20 of 32", "0.49", "what is left"):
        assert text in page.text


def test_hostile_names_are_shown_and_not_obeyed(make_sweep: MakeSweep, make_text: MakeText, tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script>"
    sweep = make_sweep(make_text(SOBOL, more=CLAIMS))
    study = sweep.study
    claims = tuple(replace(claim, name=f"{hostile}{place}") for place, claim in enumerate(study.claims))
    scenarios = tuple(replace(each, label=f'" onload="x" {hostile}') for each in study.scenarios)
    settings = replace(study.report, title=hostile, notes=(hostile,))
    study = replace(
        study, name=hostile, description=hostile, claims=claims, scenarios=scenarios, report=settings, text=hostile
    )
    page = report([replace(sweep, study=study)], tmp_path, cordillera.engine("ishigami"))  # pyright: ignore
    assert "script" not in page.tags
    assert page.handlers == []
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text


def test_a_text_that_looks_like_a_formula_is_neutralised(
    make_sweep: MakeSweep, make_text: MakeText, tmp_path: Path
) -> None:
    sweep = make_sweep(make_text(SOBOL, more=CLAIMS))
    names = ('=HYPERLINK("x")', "-1+1")
    claims = tuple(replace(claim, name=name) for claim, name in zip(sweep.study.claims, names, strict=True))
    sweep = replace(sweep, study=replace(sweep.study, claims=claims))  # pyright: ignore
    report([sweep], tmp_path)
    table = pd.read_csv(tmp_path / "report_data" / "test-conclusions.csv")
    assert list(table["conclusion"]) == ['\'=HYPERLINK("x")', "'-1+1"]
    assert table["share"].dtype == np.float64


def test_two_stores_share_a_page_and_no_identifier(make_sweep: MakeSweep, make_text: MakeText, tmp_path: Path) -> None:
    sweeps = [with_tables(make_sweep(make_text(SOBOL, more=CLAIMS))), make_sweep(make_text(SOBOL))]
    page = report(sweeps, tmp_path, cordillera.engine("ishigami"))
    assert len(set(page.identifiers)) == len(page.identifiers)
    assert {"test", "test-2"} <= set(page.identifiers)


def test_runs_that_failed_or_are_missing_are_announced(
    make_sweep: MakeSweep, make_text: MakeText, tmp_path: Path
) -> None:
    gone = [("steeper", draw, Outcome.NO_CONVERGENCE) for draw in range(10)]
    missing = [(name, draw, Outcome.NOT_RUN) for name in ("baseline", "steeper") for draw in range(40, 80)]
    page = report([make_sweep(make_text(SOBOL, more=CLAIMS), failed=[*gone, *missing])], tmp_path)
    assert "This sweep is not finished: 80 of 160 runs" in page.text
    assert "10 of 80 runs failed" in page.text
    assert "above the study&#39;s limit of 1 %" in page.text


def test_a_store_in_which_nothing_has_run_has_a_page(
    make_sweep: MakeSweep, make_text: MakeText, tmp_path: Path
) -> None:
    missing = [(name, draw, Outcome.NOT_RUN) for name in ("baseline", "steeper") for draw in range(80)]
    page = report([with_tables(make_sweep(make_text(SOBOL, more=CLAIMS), failed=missing))], tmp_path)
    assert "160 of 160 runs are still to be made" in page.text
    assert "None of the 160 runs of this sweep has been made" in page.text
    assert "What to do" not in page.text


def test_the_page_may_be_a_file_of_any_name(make_sweep: MakeSweep, make_text: MakeText, tmp_path: Path) -> None:
    path = write_report([make_sweep(make_text(SOBOL))], tmp_path / "new" / "peru.html", engine_of=lambda study: None)
    assert path == tmp_path / "new" / "peru.html"
    assert path.stat().st_size < 1_000_000
    assert (tmp_path / "new" / "peru_data").is_dir()


def test_a_report_on_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one store"):
        write_report([], tmp_path)
