import cordillera
import numpy as np
import pytest
from cordillera.analysis import AnalysisError, bands, headline_table, sobol
from cordillera.analysis.headline import case_headlines, read_headlines
from cordillera.engines import Outcome, SolveError

SOBOL = 'method = "sobol"\nsamples = 64\nseed = 3'
HEAD = "id,label,output,scenario,relative_to,select,published,unit,table,page,format_decimals\n"
LEVEL = "level,The value,y,steeper,,,3.5,points,3,11,2\n"
THIRD = "third,The third term,terms,steeper,baseline,term=third,-0.2,points,4,14,1\n"


@pytest.fixture
def engine():
    return cordillera.engine("ishigami")


def test_a_row_has_the_band_of_its_cell(make_sweep, make_text, engine):
    store = make_sweep(make_text(SOBOL))
    table = headline_table(store, engine, read_headlines(HEAD + THIRD, "headlines.csv"))
    row = table.iloc[0]
    band = bands(store, "terms", relative_to="baseline", select={"term": "third"}).sel(scenario="steeper")
    assert row[["q05", "q25", "q50", "q75", "q95"]].to_numpy(dtype=float) == pytest.approx(band.values)
    values = store.output("terms").sel(term="third").values.reshape(2, 64, 5)[:, :, [0, 4]]
    assert row["probability_of_sign"] == pytest.approx((values[1] - values[0] < 0).mean())
    assert row["central"] == 0.0
    assert row["rows"] == 128


def test_a_row_names_the_factor_with_the_largest_total_index(make_sweep, make_text, engine):
    store = make_sweep(make_text(SOBOL))
    table = headline_table(store, engine, read_headlines(HEAD + LEVEL, "headlines.csv"))
    indices = sobol(store, "y").sel(scenario="steeper")
    assert table["carried_by"][0] == str(indices["factor"].values[indices["total"].values.argmax()])
    assert table["carried_share"][0] == pytest.approx(indices["total"].max().item())
    assert table["inside"][0]


def test_the_central_value_is_the_engine_at_its_defaults(make_sweep, make_text, engine):
    line = "level,The value,y,steeper,,,3.5,points,3,11,2\n"
    table = headline_table(make_sweep(make_text(SOBOL)), engine, read_headlines(HEAD + line, "headlines.csv"))
    assert table["central"][0] == pytest.approx(engine.solve({}, ["steeper"])["y"].sel(scenario="steeper").item())


def test_rows_that_the_sweep_does_not_have_are_skipped_and_reported(make_sweep, make_text, engine):
    store = make_sweep(make_text(SOBOL).replace("[design]", 'outputs = ["terms"]\n[design]', 1))
    boom = "boom,Another,terms,boom,,term=first,1,points,3,11,2\n"
    cell = "cell,No such cell,terms,steeper,,term=fourth,1,points,3,11,2\n"
    wide = "wide,All terms,terms,steeper,,,1,points,3,11,2\n"
    text = HEAD + LEVEL + THIRD + boom + cell + wide
    table = headline_table(store, engine, read_headlines(text, "headlines.csv"))
    assert list(table["id"]) == ["third"]
    assert table.attrs["skipped"]["level"] == "the study does not keep the output y"
    assert table.attrs["skipped"]["boom"] == "the study does not run the policy boom"
    assert "no term 'fourth'" in table.attrs["skipped"]["cell"]
    assert "leaves term open" in table.attrs["skipped"]["wide"]


def test_a_published_zero_has_no_sign(make_sweep, make_text, engine):
    line = THIRD.replace("-0.2", "0.00")
    table = headline_table(make_sweep(make_text(SOBOL)), engine, read_headlines(HEAD + line, "headlines.csv"))
    assert np.isnan(table["probability_of_sign"][0])


def test_failed_draws_are_counted(make_sweep, make_text, engine):
    store = make_sweep(make_text(SOBOL), failed=[("steeper", 0, Outcome.NO_CONVERGENCE)])
    table = headline_table(store, engine, read_headlines(HEAD + LEVEL, "headlines.csv"))
    assert (table["rows"][0], table["failed"][0]) == (127, 1)


def test_another_design_has_bands_without_a_carrier(make_sweep, make_text, engine):
    store = make_sweep(make_text('method = "latin"\nsamples = 50\nseed = 1'))
    table = headline_table(store, engine, read_headlines(HEAD + LEVEL, "headlines.csv"))
    assert table["carried_by"][0] == ""
    assert np.isfinite(table["q50"][0])


def test_a_case_without_headlines_has_an_empty_table(make_sweep, make_text, engine):
    table = headline_table(make_sweep(make_text(SOBOL)), engine)
    assert len(table) == 0
    assert table.attrs["skipped"] == {}


def test_the_faults_of_a_table_are_named_together():
    text = HEAD + LEVEL.replace("3.5", "high") + THIRD.replace("term=third", "third")
    with pytest.raises(AnalysisError, match=r"line 2 \(level\): published is 'high'") as fault:
        read_headlines(text, "headlines.csv")
    assert "line 3 (third): select is 'third'" in str(fault.value)


def test_a_missing_column_is_named():
    with pytest.raises(AnalysisError, match=r"lacks the column\(s\) page"):
        read_headlines(HEAD.replace("page,", ""), "headlines.csv")


def test_several_labels_are_read():
    line = LEVEL.replace("steeper,,,", "steeper,,region=coast; year = 10,")
    (headline,) = read_headlines(HEAD + line, "headlines.csv")
    assert headline.select == {"region": "coast", "year": "10"}


class Case:
    """An engine as far as its case goes."""

    def __init__(self, case):
        self.case = case


def test_a_case_of_the_user_is_read_from_its_folder(tmp_path):
    (tmp_path / "headlines.csv").write_text(HEAD + LEVEL)
    assert [line.id for line in case_headlines(Case(str(tmp_path)))] == ["level"]


def test_the_bundled_case_names_its_headlines():
    headlines = case_headlines(Case("peru-2002"))
    assert len(headlines) >= 25
    assert len({line.id for line in headlines}) == len(headlines)


def test_a_policy_that_cannot_be_solved_takes_no_other_central_value_along(make_sweep, make_text, engine):
    lines = "base,Base,y,baseline,,,3.5,points,3,11,2\n" + "level,Steeper,y,steeper,,,3.5,points,3,11,2\n"

    class Stuck:
        """The engine, with one policy that it cannot solve."""

        def __getattr__(self, name):
            return getattr(engine, name)

        def solve(self, values, scenarios, outputs):
            if scenarios:
                raise SolveError("no equilibrium")
            return engine.solve(values, scenarios, outputs)

    table = headline_table(make_sweep(make_text(SOBOL)), Stuck(), read_headlines(HEAD + lines, "headlines.csv"))
    assert table["central"][0] == pytest.approx(engine.solve({}, [], ["y"])["y"].sel(scenario="baseline").item())
    assert np.isnan(table["central"][1])


@pytest.mark.parametrize(
    ("design", "shared"),
    [
        ('method = "fast"\nsamples = 129\nseed = 1', True),
        ('method = "morris"\nsamples = 40\nseed = 1', False),
        ('method = "latin"\nsamples = 256\nseed = 1', False),
        ('method = "grid"\nlevels = 5', False),
    ],
)
def test_every_design_that_can_names_what_carries_a_row(make_sweep, make_text, engine, design, shared):
    # One factor decides each of two rows, so that every measure must name it.
    text = LEVEL + LEVEL.replace("level,", "base,", 1).replace("steeper", "baseline")
    store = make_sweep(make_text(design), lambda unit, scenario: unit[:, scenario])
    table = headline_table(store, engine, read_headlines(HEAD + text, "headlines.csv"))
    assert list(table["carried_by"]) == ["x2", "x1"]
    assert np.isfinite(table["carried_share"]).tolist() == [shared, shared]
    if shared:
        assert table["carried_share"].to_numpy() == pytest.approx([1.0, 1.0], abs=0.02)


def test_a_quadrature_names_no_carrier(make_sweep, make_text, engine):
    store = make_sweep(make_text('method = "quadrature"'))
    table = headline_table(store, engine, read_headlines(HEAD + LEVEL, "headlines.csv"))
    assert table["carried_by"][0] == ""
