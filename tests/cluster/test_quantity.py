import pytest
from cordillera.cluster.quantity import clock, read_bytes, read_seconds
from hypothesis import given
from hypothesis import strategies as st


@given(st.integers(60, 999 * 3600))
def test_a_time_that_is_written_is_read_back(seconds: int) -> None:
    assert read_seconds(clock(seconds)) == seconds


@pytest.mark.parametrize(("text", "seconds"), [("00:01:00", 60), ("1-00:00:00", 86400), ("100:00:00", 360000)])
def test_times(text: str, seconds: int) -> None:
    assert read_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "60", "01:00", "00:00:59", "00:60:00", "-1:00:00", "１0:00:00", "01:00:00\n"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"HH:MM:SS|less than a minute"):
        read_seconds(text)


@pytest.mark.parametrize(
    ("text", "count"), [("2 GB", 2 * 10**9), ("1.5GiB", 3 * 2**29), ("512 MB", 512 * 10**6), ("1 TB", 10**12)]
)
def test_sizes(text: str, count: int) -> None:
    assert read_bytes(text) == count


@pytest.mark.parametrize("text", ["", "2", "2 gb", "-2 GB", "1 MB", "1e9 GB", "nan GB", "2  GB"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"such as 4 GB|less than the"):
        read_bytes(text)
