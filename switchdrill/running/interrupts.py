"""Ctrl-C, SIGTERM and a lost terminal all end a drill the same way; nothing of that kind ends its healing."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from switchdrill.machine.terminal import Speaker
from switchdrill.text import _, marked

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_IGNORABLE = (signal.SIGINT, signal.SIGHUP)
"""Where whoever started us ignores one of these (nohup, a job in the background), so do we."""

_HEALING = marked("healing what was broken; this ends by itself in a moment")

_Handler = Callable[[int, FrameType | None], None]


def _patience_please(said: str) -> _Handler:
    speaker = Speaker(sys.stderr)

    def ask(_number: int, _frame: FrameType | None) -> None:
        speaker.say(f"\n{said}\n")

    return ask


@contextmanager
def abort_on_signals() -> Iterator[None]:
    """While a drill runs, the first of the signals raises KeyboardInterrupt, with its name; the others only get told:
    no second one may come between the first and the healing.
    """
    ask = _patience_please(_(_HEALING))

    def interrupt(number: int, _frame: FrameType | None) -> None:
        _set(ask)
        raise KeyboardInterrupt(signal.Signals(number).name)

    with _handled_by(interrupt):
        yield


@contextmanager
def healing_in_peace() -> Iterator[None]:
    """While something is healed, each of the signals only says so."""
    with _handled_by(_patience_please(_(_HEALING))):
        yield


@contextmanager
def ending_in_peace() -> Iterator[None]:
    """While a run is closed, judged and reported, each of the signals only says so."""
    with _handled_by(_patience_please(_("closing and judging the run; this ends by itself in a moment"))):
        yield


def end_in_peace() -> None:
    """From here to the end of the process: it was interrupted, and is on its way out."""
    _set(_patience_please(_("ending; a moment")))


def end_deaf() -> None:
    """In the last moment: Python takes its handlers away before it ends, and then a signal would be its exit code."""
    _set(signal.SIG_IGN)


@contextmanager
def _handled_by(handler: _Handler) -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    is_ours = _set(handler)
    try:
        yield
    finally:
        for number, old in before.items() if is_ours else ():
            signal.signal(number, old)


def _set(handler: _Handler | signal.Handlers) -> bool:
    """False: only the main thread may, and this is another."""
    if threading.current_thread() is not threading.main_thread():
        return False
    for number in _SIGNALS:
        if number not in _IGNORABLE or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, handler)
    return True
