"""What a case says was published."""

from dataclasses import replace
from pathlib import Path

import cordillera
import pytest
from cordillera.analysis import AnalysisError
from cordillera.analysis.publication import case_publication, score_from_record
from cordillera.engines import Engine

GRIDS = "file,where,output,column,row,title,place\ntables/four.csv,kind=change,growth,region,row,Signs,Table 4\n"
TABLE = "scenario,region,row,kind,value\nboom,coast,crops,change,0.43\nboom,coast,crops,level,3.05\n"


def engine_of(folder: Path) -> Engine:
    return replace(cordillera.engine("ishigami"), case=str(folder))  # pyright: ignore


def test_a_case_without_tables_has_none(tmp_path: Path) -> None:
    assert case_publication(engine_of(tmp_path)).grids == ()
    assert case_publication(cordillera.engine("ishigami")).grids == ()


def test_a_table_is_read_where_the_case_names_it(tmp_path: Path) -> None:
    tmp_path.joinpath("tables").mkdir()
    tmp_path.joinpath("grids.csv").write_text(GRIDS, encoding="utf-8")
    tmp_path.joinpath("tables", "four.csv").write_text(TABLE, encoding="utf-8")
    (grid,) = case_publication(engine_of(tmp_path)).grids
    assert (grid.output, grid.title, grid.place) == ("growth", "Signs", "Table 4")
    assert grid.values.dims == ("scenario", "region", "row")
    assert grid.values.item() == 0.43


def test_a_table_that_is_not_there_is_named(tmp_path: Path) -> None:
    tmp_path.joinpath("grids.csv").write_text(GRIDS, encoding="utf-8")
    with pytest.raises(AnalysisError, match=r"tables/four\.csv"):
        case_publication(engine_of(tmp_path))


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    tmp_path.joinpath("grids.csv").write_text("file,output\nx.csv,y\n", encoding="utf-8")
    with pytest.raises(AnalysisError, match=r"lacks the column.*place"):
        case_publication(engine_of(tmp_path))


def test_a_record_without_its_tables_is_refused() -> None:
    with pytest.raises(AnalysisError, match="table_4_signs"):
        score_from_record({"set": "inferred", "table_4_signs": 177, "findings": {}, "rmse": {}})
