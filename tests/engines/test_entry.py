import pytest
from cordillera.data import CaseError
from cordillera.engines import Shock, entry

SHOCK = {"parameter": "tariff", "change": "times", "value": 0.5}


def test_a_shock_keeps_what_is_given_and_takes_the_defaults_for_the_rest() -> None:
    given = SHOCK | {"value": "cut", "region": "coast", "sectors": ["food"], "last_year": 3, "complement": True}

    assert entry.shock(SHOCK) == Shock("tariff", "times", 0.5)
    assert entry.shock(given) == Shock("tariff", "times", "cut", "coast", ("food",), last_year=3, complement=True)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"parameter": 3}, "'parameter'"),
        ({"change": "double"}, "'double'"),
        ({"value": True}, "'value'"),
        ({"sectors": "food"}, "'sectors'"),
        ({"sectors": ["food", 1]}, "'sectors'"),
        ({"first_year": 1.5}, "'first_year'"),
        ({"complement": "yes"}, "'complement'"),
        ({"reigon": "coast"}, "'reigon'"),
    ],
)
def test_a_wrong_entry_of_a_shock_is_named(wrong: dict[str, object], named: str) -> None:
    with pytest.raises(CaseError, match=named):
        entry.shock(SHOCK | wrong)


def test_an_entry_that_is_missing_is_named() -> None:
    with pytest.raises(CaseError, match="'years' of the case is missing"):
        entry.whole_number({}, "years")


def test_tables_within_a_list_are_named_by_their_position() -> None:
    with pytest.raises(CaseError, match=r"'shocks\[1\]'"):
        entry.tables({"shocks": [SHOCK, 1]}, "shocks")
