"""Results of a case at two resolutions."""

from dataclasses import replace

import cordillera
import pytest
from cordillera.analysis import AnalysisError
from cordillera.analysis.report import write_report
from cordillera.analysis.resolution import case_resolution, read_resolution, resolution_sentence

HEAD = "item,label,scenario,draw,full,region,difference_percent\n"
ROWS = (
    "income,Income of the coast,steeper,central,5.0,5.1,2.0\n"
    "people,People of the coast,steeper,central,7.0,6.93,-1.0\n"
    "income,Income of the coast,steeper,1,4.0,4.12,3.0\n"
    "income,Income of the coast,steeper,2,4.0,3.8,-5.0\n"
    "people,People of the coast,steeper,1,6.0,6.0,\n"
)


def test_the_sentence_names_the_largest_difference_of_either_sign():
    text = resolution_sentence(read_resolution(HEAD + ROWS, "resolution.csv"))
    assert "In the central run no result differs by more than 2.0 % (“Income of the coast”)" in text
    assert "over 2 other draws no result differs by more than 5.0 %" in text


def test_the_sentence_is_silent_on_draws_that_are_not_there():
    text = resolution_sentence(read_resolution(HEAD + ROWS.split("income,Income of the coast,steeper,1")[0], "x"))
    assert text.endswith("(“Income of the coast”).")


def test_faults_of_the_table_are_named_with_their_line():
    with pytest.raises(AnalysisError, match="lacks the column"):
        read_resolution("item,label\n", "resolution.csv")
    with pytest.raises(AnalysisError, match=r"line 3: region is 'much'"):
        read_resolution(f"{HEAD}a,A,steeper,central,1,1,0\na,A,steeper,1,1,much,0\n", "resolution.csv")


def test_the_page_has_a_section_where_the_case_has_the_table(make_sweep, make_text, tmp_path):
    folder = tmp_path / "case"
    folder.mkdir()
    engine = replace(cordillera.engine("ishigami"), case=str(folder))
    assert case_resolution(engine) is None
    store = make_sweep(make_text('method = "sobol"\nsamples = 8\nseed = 3'))
    bare = write_report([store], tmp_path / "bare", engine_of=lambda study: engine)
    assert "resolution can be trusted" not in bare.read_text(encoding="utf-8")
    folder.joinpath("resolution.csv").write_text(HEAD + ROWS, encoding="utf-8")
    page = write_report([store], tmp_path / "out", engine_of=lambda study: engine).read_text(encoding="utf-8")
    assert "How far the region&#39;s resolution can be trusted" in page
    row = page[page.index('<th scope="row">Income of the coast') :]
    assert [f">{text}</td>" in row[:600] for text in ("5.00", "5.10", "2.0", "5.0")] == [True] * 4
    assert (tmp_path / "out" / "report_data" / "test-resolution.csv").is_file()
