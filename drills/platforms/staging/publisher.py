"""The encoder at the venue: draws a picture, encodes it once, publishes it over RTMP to the sites in PUBLISH_TO.

Dual publish sends every site the same pictures, so all are marked as everybody's. Paced on CLOCK_MONOTONIC. In disorder
(`encoder-parameters`) it codes in another way from its next second on, over the same connections.
"""

import logging
import signal
import sys
import threading
from pathlib import Path

import coding
import disarray
from encoder import Encoder
from feed import Feed
from flv import Tag
from given import setting
from instants import date, now_ns
from loops import start_log
from picture import FRAMES_PER_SECOND, chroma, luma

from switchdrill.mark import EVERY_SITE, Mark, crc

NS_PER_MS = 1_000_000
NS_PER_S = 1_000_000_000
FRAME_MS = 1000 // FRAMES_PER_SECOND
PARCEL = 5
"""Pictures that are sent together: each write is a packet that everybody on the way pays for. A key picture, with which
a segment ends, is the last of its parcel; the muxer hands it out with the sound after it, one picture later."""
BEHIND_MS = 300
"""Further behind than this (the program was stopped), pictures are left out up to the next full second."""
WRONG = {"resolution": coding.WRONG["resolution"], "gop": coding.Coding(key_every_s=2)}
"""nginx cuts at key pictures only: were they as rare as in the sibling platform, playlists would stand still."""
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Camera:
    """Draws the picture of an instant."""

    def __init__(self, *, room: str, site: int, strides: tuple[int, ...]) -> None:
        self._room_crc = crc(room)
        self._site = site
        self._boot_crc = crc(BOOT_ID.read_text(encoding="ascii").strip())
        self._strides = strides
        self._colours = (-1, b"", b"")

    def picture(self, number: int) -> tuple[bytes, bytes, bytes]:
        """Picture `number` since the start, as it is now."""
        second, in_second = divmod(number, FRAMES_PER_SECOND)
        mark = Mark(
            room_crc=self._room_crc,
            site=self._site,
            frame=number,
            captured_ns=now_ns(),
            boot_crc=self._boot_crc,
        )
        if self._colours[0] != second:
            self._colours = (second, *chroma(second, self._strides[1]))
        today = date().astimezone()
        brightness = luma(mark, date=today, frame_in_second=in_second, stride=self._strides[0])
        return brightness, self._colours[1], self._colours[2]


def publish(feeds: list[Feed], *, room: str, site: int, stop: threading.Event) -> None:
    """Draw, encode and offer to every feed, until `stop`."""
    encoder = Encoder()
    camera = Camera(room=room, site=site, strides=encoder.strides)
    # From its second 1 on: AAC begins before its first sound, and a muxer shifts what would be negative.
    number = FRAMES_PER_SECOND
    began_ns = now_ns() - NS_PER_S
    parcel: list[Tag] = []
    while not stop.is_set():
        elapsed_ms = (now_ns() - began_ns) // NS_PER_MS
        if elapsed_ms - number * FRAME_MS > BEHIND_MS:
            number = (elapsed_ms // 1000 + 1) * FRAMES_PER_SECOND
            logging.getLogger("publisher").warning("a gap: pictures were left out")
        if stop.wait(max(0, number * FRAME_MS - elapsed_ms) / 1000):
            return
        if number % FRAMES_PER_SECOND == 0:
            wanted = WRONG.get(disarray.what("encoder-parameters"), coding.AS_PROMISED)
            if wanted != encoder.coding:
                parcel += encoder.finish()
                encoder = Encoder(wanted, tone=encoder.tone)
        parcel += encoder.picture(number * FRAME_MS, camera.picture(number))
        if number % PARCEL == 1:
            for feed in feeds:
                feed.offer(parcel)
            parcel = []
        number += 1


def main() -> int:
    start_log()
    room = setting("ROOM")
    places = {"a": setting("PLACE_A"), "b": setting("PLACE_B")}
    named = [name.strip() for name in setting("PUBLISH_TO").split(",") if name.strip()]
    sites = [site for site in places if site in named]
    if not sites or len(sites) != len(set(named)):
        sys.stderr.write(f"publisher.py: PUBLISH_TO is {','.join(named)}; the sites are {','.join(places)}\n")
        return 1
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    feeds = []
    for site in sites:
        host, _colon, port = places[site].rpartition(":")
        stream = f"{room}?key={setting('STREAM_KEY')}"
        feeds.append(Feed(name=site, place=(host, int(port)), stream=stream, stop=stop))
    for feed in feeds:
        feed.start()
    publish(feeds, room=room, site=EVERY_SITE if len(sites) > 1 else list(places).index(sites[0]), stop=stop)
    return 0


if __name__ == "__main__":
    sys.exit(main())
