import pytest
from cordillera.sweeps import VersionError, assert_same_versions, environment, summarized, versions


def test_the_environment_is_one_line_with_every_library() -> None:
    line = environment()
    assert "\n" not in line
    assert all(f"{name} {number}" in line for name, number in versions().items())


def test_the_same_versions_pass() -> None:
    assert_same_versions(dict(versions()))


def test_another_version_is_named_with_both_numbers() -> None:
    with pytest.raises(VersionError, match=r"numpy .* \(driver: 0.1\)"):
        assert_same_versions(versions() | {"numpy": "0.1"})


def test_environments_are_told_apart_by_what_they_do_not_share() -> None:
    words = summarized({"python 3.12; numpy 2.4; x86_64; abacus": 12, "python 3.12; numpy 2.3; x86_64; slide rule": 1})
    assert words == "python 3.12; x86_64; 12 units: numpy 2.4, abacus; 1 unit: numpy 2.3, slide rule"
    assert summarized({environment(): 4}) == environment()
    assert summarized({}) == ""
