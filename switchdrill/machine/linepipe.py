"""Lines to somebody who may not be listening: never blocks, never grows, says how much was dropped."""

import os
from collections import deque

MAX_BYTES = 1 << 20


class LinePipe:
    """Writes whole lines to a descriptor that is made non-blocking; used by one thread, or one event loop.

    When the reader is slow, lines wait, up to MAX_BYTES; beyond that the newest are dropped and counted. When the
    reader is gone, everything is dropped: whoever needs to know watches his own stdin.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._is_gone = False
        self.dropped = 0
        os.set_blocking(fd, False)

    def put(self, line: bytes) -> None:
        """Write `line` (with its newline) now if there is room, else keep it for later, else drop it."""
        if self._is_gone or self._bytes + len(line) > MAX_BYTES:
            self.dropped += 1
            self.push()
            return
        self._waiting.append(line)
        self._bytes += len(line)
        self.push()

    def push(self) -> None:
        """Write what waits, as far as the reader has room."""
        while self._waiting and not self._is_gone:
            line = self._waiting[0]
            try:
                written = os.write(self._fd, line)
            except BlockingIOError:
                return
            except OSError:
                self._is_gone = True
                self.dropped += len(self._waiting)
                self._waiting.clear()
                self._bytes = 0
                return
            self._bytes -= written
            if written == len(line):
                self._waiting.popleft()
            else:
                self._waiting[0] = line[written:]
