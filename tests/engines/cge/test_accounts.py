"""The labelled matrix: it balances row by row, and holds every published total."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cordillera.data import read_case
from cordillera.engines.cge.accounts import AccountMatrix, account_matrix
from cordillera.engines.cge.build import Economy
from cordillera.engines.cge.published import PUBLISHED, PublishedTotal, cell_table, published_totals, totals_table
from cordillera.engines.cge.settings import read_settings

TWO_VALLEYS = str(Path(__file__).parents[2] / "cases" / "two-valleys")
MATRICES = [("peru-2002", 0), ("peru-2002", 7), (TWO_VALLEYS, 0), (TWO_VALLEYS, 2)]


@pytest.fixture(scope="module", params=MATRICES, ids=["peru-0", "peru-7", "valleys-0", "valleys-2"])
def written(request: pytest.FixtureRequest) -> tuple[Economy, AccountMatrix, list[PublishedTotal]]:
    name, number = request.param
    case = read_case(name)
    economy = Economy(case, read_settings(case, None, {}))
    matrix = economy.matrix(number)
    labelled = account_matrix(economy.sets, economy.totals, matrix, economy.calibrated(matrix))
    return economy, labelled, published_totals(economy.sets, case.tables, labelled.accounts)


Written = tuple[Economy, AccountMatrix, list[PublishedTotal]]


def test_every_account_receives_what_it_pays(written: Written) -> None:
    assert written[1].imbalance.abs().max() < 1e-9


def test_the_matrix_is_square_with_one_label_an_account(written: Written) -> None:
    economy, labelled, _ = written
    sectors = len(economy.sets.sectors)
    assert labelled.frame.shape == (2 * (2 * sectors + 2 + 5 + 2 + 4 + 4),) * 2
    assert labelled.frame.index.is_unique
    assert list(labelled.frame.index) == list(labelled.frame.columns) == list(labelled.accounts["account"])


def test_only_saving_is_ever_negative(written: Written) -> None:
    frame = written[1].frame
    rows, columns = np.nonzero(frame.to_numpy() < 0.0)
    assert {frame.index[row].split()[-1] for row in rows} <= {"savings"}
    assert {frame.columns[column].split()[-1] for column in columns} <= {
        "government",
        "regional_linkages",
        "rest_of_world",
    }


def test_every_published_total_is_held_within_rounding_and_documented_scaling(written: Written) -> None:
    _, labelled, totals = written
    table = totals_table(labelled, totals).set_index("total")
    flows = table[table.index.str.contains(" from ")]
    assert (flows["difference"].abs() < 0.5).all()
    # Value added and spending are scaled to the matrix of flows, which other figures miss a little.
    assert (table["difference"].abs() <= 2e-3 * table["published"].abs() + 1e-9).all()
    assert (table["source"].str.len() > 0).all()


def test_the_cells_add_up_to_the_matrix_and_say_where_they_belong(written: Written) -> None:
    _, labelled, totals = written
    cells = cell_table(labelled, totals)
    rebuilt = cells.pivot(index="receives", columns="pays", values="value").fillna(0.0)
    pd.testing.assert_frame_equal(
        rebuilt.reindex(index=labelled.frame.index, columns=labelled.frame.columns, fill_value=0.0),
        labelled.frame,
        check_exact=True,
        check_names=False,
    )
    outside = cells[cells["within"] == ""]
    # The two trade margins are the one thing of which no total is printed.
    assert (outside["receives"].str.contains(" margins ") | outside["pays"].str.contains(" margins ")).all()


def test_a_cell_is_published_where_it_is_all_of_a_total(written: Written) -> None:
    economy, labelled, totals = written
    cells = cell_table(labelled, totals).set_index(["receives", "pays"])
    one, two = economy.sets.regions
    assert cells["status"][f"{one} savings", f"{one} government"] == PUBLISHED
    assert cells["status"][f"{two} taxes direct_tax", f"{two} households urban"] == PUBLISHED
    assert cells["status"][f"{one} factors capital", f"{one} regional_linkages"] == PUBLISHED
    assert (cells["status"] == PUBLISHED).sum() < 30
