"""What a report knows of a corridor's region."""

import cordillera
import numpy as np
import pytest
from cordillera.analysis.region import region_of


@pytest.fixture(scope="module")
def region():
    return region_of(cordillera.engine("spatial"))


def test_a_region_has_the_cells_of_the_engine_and_the_people_of_the_first_year(region):
    engine = cordillera.engine("spatial")
    assert region.cells == tuple(engine.coords["cell"])
    world, places = engine.geography.world, engine.geography.project.region
    np.testing.assert_allclose(region.people, world.people[places])
    assert region.corridor == tuple(world.labels(engine.geography.project.corridor))
    np.testing.assert_allclose(region.centres[:, 0], world.latitude[engine.geography.project.corridor])


def test_every_place_of_a_result_has_its_words(region):
    engine = cordillera.engine("spatial")
    assert set(engine.coords["place"]) <= set(region.words)
    assert set(engine.coords["area"]) <= set(region.words)
    assert region.words["home"] == "the region without MEX"
    assert "CRI, GTM, HND, MEX, NIC, PAN, SLV (country codes of ISO 3166)" in region.words["region"]
    assert region.title("mexico_city") == "Mexico City"
    assert region.title("poorest_20") == "Poorest 20"


def test_names_are_explained_in_a_sentence_and_unknown_ones_left_out(region):
    assert region.explained(["home", "coast"]) == "Home is the region without MEX."
    assert region.explained(["coast"]) == ""


def test_another_model_has_no_region():
    assert region_of(None) is None
    assert region_of(cordillera.engine("ishigami")) is None
