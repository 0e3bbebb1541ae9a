"""Words for a terminal, a pipe or a log that may be gone, full, or unread: none of that holds a drill up.

A terminal that was stopped with Ctrl-S takes nothing more, and whoever writes to it waits. While something is broken
nobody may wait for that.
"""

import io
import os
import queue
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from switchdrill.clock import NS_PER_S, now_ns, pause

MOST_WAITING = 1000
SETTLE_S = 2.0


class Speaker:
    """Says things in a thread of its own; what finds no room, or nobody, is dropped."""

    def __init__(self, stream: TextIO | None) -> None:
        """None: nobody listens, as after `2>&-`."""
        self._stream = stream
        self._descriptor = _own_descriptor(stream)
        self._waiting: queue.Queue[str] = queue.Queue(MOST_WAITING)
        self._thread: threading.Thread | None = None

    @property
    def is_terminal(self) -> bool:
        with suppress(ValueError, OSError):
            return self._stream is not None and self._stream.isatty()
        return False

    def say(self, text: str) -> None:
        """Never waits."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="speaker", daemon=True)
            self._thread.start()
        with suppress(queue.Full):
            self._waiting.put_nowait(text)

    def settle(self) -> None:
        """Wait until all is said; 2 s at most, for a reader that reads nothing."""
        until_ns = now_ns() + int(SETTLE_S * NS_PER_S)
        while self._waiting.unfinished_tasks and now_ns() < until_ns:
            pause(0.005)

    def _run(self) -> None:
        while True:
            text = self._waiting.get()
            with suppress(OSError, ValueError):
                self._write(text)
            self._waiting.task_done()

    def _write(self, text: str) -> None:
        if self._stream is None:
            return
        if self._descriptor is None:
            self._stream.write(text)
            self._stream.flush()
            return
        # Past the stream's own buffer: a thread that hangs in there would keep the interpreter from ending.
        data = text.encode(self._stream.encoding or "utf-8", "backslashreplace")
        while data:
            data = data[os.write(self._descriptor, data) :]


def _own_descriptor(stream: TextIO | None) -> int | None:
    """None: it has none, as what a test captures."""
    try:
        return None if stream is None else stream.fileno()
    except (OSError, ValueError, AttributeError):
        return None


def open_standard_streams() -> None:
    """Where `>&-` closed one of the three, open the void there: else the next file that is opened gets its number, and
    whoever writes to it writes into that file.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            while (opened := os.open(os.devnull, os.O_RDWR)) < descriptor:
                pass
            if opened > descriptor:
                os.dup2(opened, descriptor)
                os.close(opened)
    sys.stdin = sys.stdin or os.fdopen(0, "r", closefd=False)
    sys.stdout = sys.stdout or os.fdopen(1, "w", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", closefd=False)


@contextmanager
def patient_output() -> Iterator[None]:
    """Within it, a reader that is gone (`| head -1`) or a disk that is full is no error of whoever prints; and a
    terminal that can't show a character gets its number.
    """
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _patient(sys.stdout), _patient(sys.stderr)
    try:
        yield
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
        sys.stdout, sys.stderr = before


def _patient(stream: TextIO) -> TextIO:
    descriptor = _own_descriptor(stream)
    if descriptor is None:
        return stream
    stream.flush()
    raw = io.BufferedWriter(_Patient(descriptor, "w", closefd=False))
    return io.TextIOWrapper(raw, encoding=stream.encoding, errors="backslashreplace", line_buffering=True)


class _Patient(io.FileIO):
    def write(self, data: object) -> int:  # any buffer
        try:
            return super().write(data)  # type: ignore[arg-type]
        except OSError:
            return len(data)  # type: ignore[arg-type]
