"""Ctrl-C, SIGTERM and a lost terminal all end a drill the same way; nothing of that kind ends its healing."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from switchdrill.text import _

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _ask_for_patience(_number: int, _frame: FrameType | None) -> None:
    with suppress(OSError, ValueError):  # a terminal that is gone must not end the healing
        sys.stderr.write("\n" + _("healing what was broken; this ends by itself in a moment") + "\n")


@contextmanager
def abort_on_signals() -> Iterator[None]:
    """While a drill runs, each of the signals raises KeyboardInterrupt."""
    with _handled_by(_interrupt):
        yield


@contextmanager
def healing_in_peace() -> Iterator[None]:
    """While something is healed, each of the signals only says so."""
    with _handled_by(_ask_for_patience):
        yield


@contextmanager
def _handled_by(handler: "signal._HANDLER") -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number in _SIGNALS:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
