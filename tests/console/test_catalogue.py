"""The bundled cases and their engines."""

from pathlib import Path

import pytest
from cordillera.console.catalogue import list_cases, load_case
from cordillera.data import CaseError


def test_every_bundled_case_has_an_engine_and_a_title() -> None:
    entries = {entry.name: entry for entry in list_cases()}
    assert entries["peru-2002"].engine == "cge"
    assert all(entry.title for entry in entries.values())


def test_the_function_is_a_case_of_its_own() -> None:
    assert load_case("ishigami").name == "ishigami"


def test_a_case_that_does_not_exist_is_named_with_those_that_do(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="peru-2002"):
        load_case(str(tmp_path / "atlantis"))
