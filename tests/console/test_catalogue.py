"""The bundled cases and their engines."""

import json
from pathlib import Path

import pytest
from command import cordillera
from cordillera.console.catalogue import list_cases, load_case
from cordillera.data import CaseError
from cordillera.engines import engine


def test_every_bundled_case_has_an_engine_and_a_title() -> None:
    entries = {entry.name: entry for entry in list_cases()}
    assert entries["peru-2002"].engine == "cge"
    assert all(entry.title for entry in entries.values())


def test_the_function_is_a_case_of_its_own() -> None:
    assert load_case("ishigami").name == "ishigami"


def test_a_case_that_does_not_exist_is_named_with_those_that_do(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="peru-2002"):
        load_case(str(tmp_path / "atlantis"))


@pytest.mark.parametrize("case", ["peru-2002", "pacific-corridor"])
def test_settings_are_described_by_the_names_and_values_that_a_study_gives(case: str) -> None:
    described = json.loads(cordillera("describe", case, "--json").stdout)
    settings = {one["name"]: one for one in described["settings"]}
    assert set(settings) >= {"peru-2002": {"migrant_self", "profit_deflator"}, "pacific-corridor": {"own_cell"}}[case]
    # What is described is what is taken: each value now, given anew, changes nothing.
    same = engine(described["engine"], case, **{name: one["value"] for name, one in settings.items()})
    assert same.identity == described["identity"]
    assert all(one["accepted"] and one["meaning"] for one in settings.values())
