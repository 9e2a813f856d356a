"""Interrupts that come at a bad moment."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest
from cordillera.sweeps.interrupt import remembered_interrupts


@pytest.fixture(autouse=True)
def python_s_own_handlers() -> Iterator[None]:
    """Whatever a library has put in their place when it was imported."""
    before = {number: signal.signal(number, signal.default_int_handler) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


class Interrupted:
    """Is interrupted while it is taken away, where Python drops what is raised."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __del__(self) -> None:
        os.kill(os.getpid(), self.number)
        # The handler runs between two of these.
        sum(range(100))
        sum(range(100))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_that_python_drops_is_raised_at_the_next_look(number: int) -> None:
    with remembered_interrupts() as look:
        look()
        dropped = Interrupted(number)
        del dropped
        with pytest.raises(KeyboardInterrupt):
            look()
    assert signal.getsignal(number) is signal.default_int_handler


def test_an_interrupt_is_raised_where_it_comes() -> None:
    with pytest.raises(KeyboardInterrupt), remembered_interrupts():
        os.kill(os.getpid(), signal.SIGINT)
        sum(range(100))
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_handler_of_somebody_else_is_left_alone() -> None:
    came: list[int] = []
    signal.signal(signal.SIGINT, lambda number, frame: came.append(number))
    with remembered_interrupts() as look:
        os.kill(os.getpid(), signal.SIGINT)
        sum(range(100))
        look()
    assert came == [signal.SIGINT]


def test_a_thread_beside_the_main_one_changes_no_handler() -> None:
    found = []

    def work() -> None:
        with remembered_interrupts() as look:
            look()
            found.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [signal.getsignal(signal.SIGINT)]
