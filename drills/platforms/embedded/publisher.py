"""The encoder at the venue: draws a picture, encodes it, pushes every 1 s segment to the sites.

Dual publish sends the same segments to both sites, so their playlists agree. Which sites, and along which links, says
the platform file (settings.publish_to, links publisher--SITE.origin). Paced on CLOCK_MONOTONIC.
"""

import logging
import signal
import sys
import threading

from coding import AS_PROMISED, WRONG
from disarray import Disarray
from encoder import Encoder, Segment
from loops import start_log
from picture import FRAMES_PER_SECOND, chroma, luma
from program import options, told
from push import Pusher
from wiring import serving_sites, settings_of, way

from switchdrill import clock
from switchdrill.clock import NS_PER_S
from switchdrill.errors import BadInput
from switchdrill.mark import EVERY_SITE, Mark, crc
from switchdrill.platform.model import Platform
from switchdrill.platform.resolved import read_resolved

BEHIND_NS = 300_000_000
"""Further behind than this (the process was stopped), the rest of the second is given up: a gap, not a slow picture."""


class Camera:
    """Makes one second's segment after another, in real time."""

    def __init__(self, *, room: str, site: int, disarray: Disarray, stop: threading.Event) -> None:
        self._room_crc = crc(room)
        self._site = site
        self._boot_crc = crc(clock.boot_id())
        self._anchor = clock.anchor()
        self._stop = stop
        self._disarray = disarray
        self._encoder = Encoder()

    def second(self, sequence: int) -> Segment | None:
        """The segment of second `sequence`; None when we were stopped, or fell too far behind."""
        coding = WRONG.get(self._disarray.what("encoder-parameters"), AS_PROMISED)
        if coding != self._encoder.coding:
            self._encoder = Encoder(coding)
        encoder = self._encoder
        encoder.begin(sequence)
        date = self._anchor.date(sequence * NS_PER_S).astimezone()
        u, v = chroma(sequence, encoder.strides[1])
        started_ns = 0
        for number in range(FRAMES_PER_SECOND):
            due_ns = sequence * NS_PER_S + number * NS_PER_S // FRAMES_PER_SECOND
            if self._stop.wait(max(0, due_ns - clock.now_ns()) / NS_PER_S):
                return None
            captured_ns = clock.now_ns()
            if captured_ns - due_ns > BEHIND_NS:
                encoder.finish()
                return None
            started_ns = started_ns or captured_ns
            mark = Mark(
                room_crc=self._room_crc,
                site=self._site,
                frame=sequence * FRAMES_PER_SECOND + number,
                captured_ns=captured_ns,
                boot_crc=self._boot_crc,
            )
            picture = luma(mark, date=date, frame_in_second=number, stride=encoder.strides[0])
            encoder.picture(number, (picture, u, v))
        return Segment(
            sequence=sequence,
            data=encoder.finish(),
            started_ns=started_ns,
            date=date.isoformat(timespec="milliseconds"),
        )


def publish(platform: Platform, sites: list[str], disarray: Disarray) -> None:
    """Push to `sites` until SIGTERM."""
    log = logging.getLogger("publisher")
    room = settings_of(platform).room
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    pushers = [Pusher(site=site, room=room, place=way(platform, f"publisher--{site}.origin")) for site in sites]
    for pusher in pushers:
        pusher.start()
    marked = EVERY_SITE if len(sites) > 1 else serving_sites(platform).index(sites[0])
    camera = Camera(room=room, site=marked, disarray=disarray, stop=stop)
    log.info("room %s to %s", room, " and ".join(sites))
    sequence = 0
    while not stop.is_set():
        current = clock.now_ns() // NS_PER_S
        # The next second; the present one only when its first picture is still due.
        late_ns = clock.now_ns() - current * NS_PER_S
        following = current if late_ns < BEHIND_NS and current > sequence else current + 1
        if sequence and following != sequence + 1:
            log.warning("a gap: %d follows %d", following, sequence)
        segment = camera.second(following)
        sequence = following
        for pusher in pushers:
            if segment is not None:
                pusher.offer(segment)


def main(argv: list[str] | None = None) -> int:
    parser = options(__doc__)
    parser.add_argument("--publish-to", help="site names with commas between them, instead of the platform file's")
    asked = parser.parse_args(argv)

    def action() -> None:
        platform = read_resolved(asked.platform)
        named = asked.publish_to.split(",") if asked.publish_to else settings_of(platform).publishes_to()
        sites = [site for site in serving_sites(platform) if site in named]
        if not sites or len(sites) != len(set(named)):
            raise BadInput(f"--publish-to names {', '.join(named)}; the sites are {', '.join(serving_sites(platform))}")
        publish(platform, sites, Disarray(asked.platform.resolve().parent))

    start_log()
    return told(action)


if __name__ == "__main__":
    sys.exit(main())
