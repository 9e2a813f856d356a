import pytest
from cordillera.cluster import LocalBackend, SerialBackend, UnknownBackendError, backend


def test_backends_come_by_name() -> None:
    assert backend("serial") == SerialBackend()
    assert backend("local", 3) == LocalBackend(3)
    assert backend() == LocalBackend()


@pytest.mark.parametrize(
    ("name", "workers", "words"),
    [
        ("lokal", None, "no backend 'lokal'. Known: serial, local"),
        ("serial", 4, "'serial' is one process, not 4"),
        ("local", 0, "cannot run on 0 workers"),
    ],
)
def test_a_place_that_cannot_be_is_refused(name: str, workers: int | None, words: str) -> None:
    with pytest.raises(UnknownBackendError, match=words):
        backend(name, workers)
