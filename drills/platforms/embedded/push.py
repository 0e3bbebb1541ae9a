"""Pushes segments to one site: a thread of its own, a short queue, time-outs, so that no site delays another."""

import contextlib
import http.client
import logging
import threading
from collections import deque

from encoder import Segment
from wiring import Place

from switchdrill.clock import NS_PER_S, now_ns

QUEUE_SIZE = 3
FRESH_NS = 2_500_000_000
"""A segment that could not be delivered within this time is dropped: viewers want the newest."""
TIMEOUT_S = 1.0
AGAIN_S = 0.2


class Pusher:
    """Delivers in order, tries again while a segment is fresh, and says so when it drops one."""

    def __init__(self, *, site: str, room: str, place: Place) -> None:
        self._site = site
        self._room = room
        self._place = place
        self._log = logging.getLogger(f"publisher -> {site}")
        self._waiting: deque[Segment] = deque()
        self._changed = threading.Condition()
        self._connection: http.client.HTTPConnection | None = None
        self._trouble = ""
        self._thread = threading.Thread(target=self._run, name=f"push-{site}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def offer(self, segment: Segment) -> None:
        """Hand over without waiting; the oldest is dropped when the queue is full."""
        with self._changed:
            if len(self._waiting) == QUEUE_SIZE:
                self._log.warning("dropped %d: the queue is full", self._waiting.popleft().sequence)
            self._waiting.append(segment)
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting:
                    self._changed.wait()
                segment = self._waiting.popleft()
            self._deliver(segment)

    def _deliver(self, segment: Segment) -> None:
        useless_ns = segment.started_ns + NS_PER_S + FRESH_NS
        while now_ns() < useless_ns:
            trouble = self._put(segment)
            if trouble != self._trouble:
                self._log.warning("%s", trouble or f"goes on with {segment.sequence}")
                self._trouble = trouble
            if not trouble:
                return
            threading.Event().wait(AGAIN_S)
        self._log.warning("dropped %d: %s", segment.sequence, self._trouble or "too old")

    def _put(self, segment: Segment) -> str:
        """One attempt; what went wrong, or nothing. A kept connection may be dead meanwhile."""
        connection = self._connection or http.client.HTTPConnection(*self._place, timeout=TIMEOUT_S)
        self._connection = None
        try:
            connection.request(
                "PUT",
                f"/ingest/{self._room}/{segment.sequence}.ts",
                body=segment.data,
                headers={
                    "Content-Type": "video/mp2t",
                    "X-Duration-Ms": "1000",
                    "X-Program-Date-Time": segment.date,
                    "X-Started-Ns": str(segment.started_ns),
                },
            )
            response = connection.getresponse()
            said = response.read(1000)
        except (OSError, http.client.HTTPException) as problem:
            with contextlib.suppress(OSError):
                connection.close()
            return f"can't push: {type(problem).__name__} {problem}".strip()
        self._connection = connection
        if response.status // 100 == 2:
            return ""
        return f"refused: {response.status} {said.decode(errors='replace').strip()}"
