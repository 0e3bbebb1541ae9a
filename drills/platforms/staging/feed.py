"""The way from the encoder to one site: its own connection, queue and thread of its own. A lost one hinders nobody."""

import logging
import queue
import threading

from flv import AUDIO, VIDEO, Tag
from rtmp import Publishing

MOST_WAITING = 15
"""Parcels of five pictures and their sound, three seconds: a site that is further behind begins anew."""
AGAIN_S = 0.5
LOOK_S = 0.5


class Feed(threading.Thread):
    """Publishes to one site and never gives up."""

    def __init__(self, *, name: str, place: tuple[str, int], stream: str, stop: threading.Event) -> None:
        super().__init__(name=f"feed-{name}", daemon=True)
        self._place = place
        self._stream = stream
        self._stop_asked = stop
        self._log = logging.getLogger(f"publisher.{name}")
        self._queue: queue.Queue[list[Tag]] = queue.Queue(MOST_WAITING)
        self._is_connected = threading.Event()
        self._setup: dict[int, Tag] = {}

    def offer(self, tags: list[Tag]) -> None:
        """Never waits: what does not fit is lost, and the connection begins anew."""
        self._setup.update({tag.kind: tag for tag in tags if tag.is_setup})
        if not self._is_connected.is_set():
            return
        try:
            self._queue.put_nowait(tags)
        except queue.Full:
            self._is_connected.clear()

    def run(self) -> None:
        said = ""
        while not self._stop_asked.is_set():
            try:
                self._publish()
                problem = "it is too far behind"
            except OSError as trouble:
                problem = str(trouble) or type(trouble).__name__
            self._is_connected.clear()
            if problem != said:
                self._log.warning("not publishing: %s", problem)
            said = problem
            self._stop_asked.wait(AGAIN_S)

    def _publish(self) -> None:
        """One connection: what a decoder needs first, then from a key picture on. Returns when it fell behind."""
        publishing = Publishing(self._place, application="live", stream=self._stream)
        try:
            self._log.info("publishing to %s:%d", *self._place)
            self._empty()
            self._is_connected.set()
            first_ms: int | None = None
            while self._is_connected.is_set() and not self._stop_asked.is_set():
                try:
                    tags = self._queue.get(timeout=LOOK_S)
                except queue.Empty:
                    continue
                if first_ms is None:
                    at = next((at for at, tag in enumerate(tags) if tag.is_key_picture), None)
                    if at is None:
                        continue
                    first_ms, tags = tags[at].at_ms, tags[at:]
                    publishing.send(self._needed_first(), begins_ms=first_ms)
                publishing.send(tags, begins_ms=first_ms)
        finally:
            publishing.close()

    def _needed_first(self) -> list[Tag]:
        order = [kind for kind in self._setup if kind not in (VIDEO, AUDIO)] + [VIDEO, AUDIO]
        return [self._setup[kind] for kind in order if kind in self._setup]

    def _empty(self) -> None:
        for _tags in range(MOST_WAITING):
            try:
                self._queue.get_nowait()
            except queue.Empty:
                return
