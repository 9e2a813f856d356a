import pytest
from cordillera.sweeps import VersionError, assert_same_versions, environment, versions


def test_the_environment_is_one_line_with_every_library() -> None:
    line = environment()
    assert "\n" not in line
    assert all(f"{name} {number}" in line for name, number in versions().items())


def test_the_same_versions_pass() -> None:
    assert_same_versions(dict(versions()))


def test_another_version_is_named_with_both_numbers() -> None:
    with pytest.raises(VersionError, match=r"numpy .* \(driver: 0.1\)"):
        assert_same_versions(versions() | {"numpy": "0.1"})
