"""Ctrl-C that is not lost: Python drops an interrupt that comes up while an object is being taken away."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def remembered_interrupts() -> Iterator[Callable[[], None]]:
    """Within, an interrupt is raised as ever and remembered as well.

    Only signals that raise KeyboardInterrupt by Python's own handler are remembered, and only in the main thread, which
    is the one that they reach.

    Yields
    ------
    callable
        Raises KeyboardInterrupt if one has come, for whoever is still at work then.
    """
    come: list[int] = []

    def remember(number: int, frame: FrameType | None) -> None:
        come.append(number)
        raise KeyboardInterrupt

    def look() -> None:
        if come:
            raise KeyboardInterrupt

    numbers = []
    if threading.current_thread() is threading.main_thread():
        handled = (signal.SIGINT, signal.SIGTERM)
        numbers = [number for number in handled if signal.getsignal(number) is signal.default_int_handler]
    for number in numbers:
        signal.signal(number, remember)
    try:
        yield look
    finally:
        for number in numbers:
            signal.signal(number, signal.default_int_handler)
