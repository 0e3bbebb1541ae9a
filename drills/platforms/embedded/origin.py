"""The HLS origin of one site: takes pushed segments, serves a live playlist.

GET /live/ROOM/index.m3u8, GET /live/ROOM/NUMBER.ts, PUT /ingest/ROOM/NUMBER.ts, GET /healthz. A push is accepted only
for a room whose metadata, encoder parameters included, this site's own API has.
"""

import asyncio
import logging
import re
import sys

from aiohttp import web
from disarray import Disarray
from knowledge import Knowledge
from playlist import Stored, Window
from program import options, run
from rooms import NewestSegment
from serving import CORS, http_client, http_server
from throttle import Throttle
from wiring import inside, peer_of, url, way

from switchdrill.clock import now_ns
from switchdrill.platform.resolved import read_resolved

MAX_ROOMS = 100
_LIVE = re.compile(r"/live/([A-Za-z0-9_.-]+)/(?:(index\.m3u8)|(\d{1,15})\.ts)")
_INGEST = re.compile(r"/ingest/([A-Za-z0-9_.-]+)/(\d{1,15})\.ts")
_PLAYLIST_HEADERS = {**CORS, "Content-Type": "application/vnd.apple.mpegurl", "Cache-Control": "no-cache"}
_SEGMENT_HEADERS = {**CORS, "Content-Type": "video/mp2t", "Cache-Control": "max-age=30"}


class Origin:
    """Answers requests; below aiohttp's router, because hundreds of viewers ask twice a second."""

    def __init__(self, knowledge: Knowledge, site: str, disarray: Disarray) -> None:
        self._knowledge = knowledge
        self._site = site
        self._disarray = disarray
        self._throttle = Throttle(lambda: disarray.what("capacity", site))
        self._windows: dict[str, Window] = {}
        self._reports: set[asyncio.Task[None]] = set()
        self._log = logging.getLogger("origin")

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if request.method in ("GET", "HEAD"):
            return self._live(path)
        if request.method == "PUT":
            return await self._ingest(request, path)
        if request.method == "OPTIONS":
            return web.Response(status=204, headers=CORS)
        return web.Response(status=405, headers=CORS)

    def _live(self, path: str) -> web.Response:
        found = _LIVE.fullmatch(path)
        if found is None:
            return web.Response(text="ok\n") if path == "/healthz" else _missing("there is nothing here")
        room, is_playlist, number = found.groups()
        if not self._throttle.lets_pass():
            return web.Response(status=503, text="this origin is at its limit\n", headers=CORS)
        if self._knowledge.is_served_elsewhere(room):
            return _missing("no CDN node of this site serves this room")
        window = self._windows.get(room)
        if window is None:
            return _missing("no segment of this room has arrived here")
        if is_playlist:
            return web.Response(body=window.text(), headers=_PLAYLIST_HEADERS)
        data = window.segment(int(number))
        if data is None:
            return _missing("this segment is not here, or not any more")
        return web.Response(body=data, headers=_SEGMENT_HEADERS)

    async def _ingest(self, request: web.BaseRequest, path: str) -> web.Response:
        found = _INGEST.fullmatch(path)
        if found is None:
            return _missing("segments are put to /ingest/ROOM/NUMBER.ts")
        room, number = found.group(1), int(found.group(2))
        try:
            duration_ms = int(request.headers["X-Duration-Ms"])
            started_ns = int(request.headers["X-Started-Ns"])
            date = request.headers["X-Program-Date-Time"]
        except (KeyError, ValueError):
            return web.Response(status=400, text="X-Duration-Ms, X-Started-Ns and X-Program-Date-Time are expected\n")
        if not 0 < duration_ms < 60_000 or "\n" in date or len(date) > 40:
            return web.Response(status=400, text="a duration in ms and an ISO date are expected\n")
        data = await request.read()
        reason = await self._knowledge.why_not(room)
        if reason:
            return web.Response(status=403, text=f"{reason}\n")
        if not data or len(data) % 188:
            return web.Response(status=400, text="whole MPEG-TS packets are expected\n")
        if self._disarray.what("playlist-frozen", self._site):
            return web.Response(status=204)
        window = self._windows.get(room)
        if window is None:
            if len(self._windows) == MAX_ROOMS:
                return web.Response(status=403, text="too many rooms\n")
            window = self._windows[room] = Window()
            self._log.info("room %s: the first segment is %d", room, number)
        before = window.newest
        if window.add(Stored(sequence=number, data=data, duration_ms=duration_ms, date=date)):
            if before is not None and number != before + 1:
                self._log.warning("room %s: a gap, %d follows %d", room, number, before)
            self._report(room, NewestSegment(sequence=number, started_ns=started_ns))
        return web.Response(status=204)

    def _report(self, room: str, newest: NewestSegment) -> None:
        task = asyncio.create_task(self._knowledge.report(room, newest))
        self._reports.add(task)
        task.add_done_callback(self._reports.discard)


def _missing(reason: str) -> web.Response:
    return web.Response(status=404, text=f"{reason}\n", headers=CORS)


def main(argv: list[str] | None = None) -> int:
    parser = options(__doc__)
    parser.add_argument("--site", required=True, help="the site's own name, as in the platform file")
    asked = parser.parse_args(argv)

    async def serve(stop: asyncio.Event) -> None:
        platform = read_resolved(asked.platform)
        site = asked.site
        peer_of(platform, site)
        place = inside(platform, f"{site}.origin--viewers")
        async with http_client(keeps_connections=True) as session:
            api = url(way(platform, f"{site}.api--{site}.origin"))
            knowledge = Knowledge(session, api, site=site, address=platform.sites[site].address)
            origin = Origin(knowledge, site, Disarray(asked.platform.resolve().parent))
            server = web.Server(origin.answer, access_log=None)
            async with http_server(web.ServerRunner(server, shutdown_timeout=0.2), place):
                logging.getLogger("origin").info("site %s at %s:%d since %d ns", site, *place, now_ns())
                await stop.wait()

    return run(serve)


if __name__ == "__main__":
    sys.exit(main())
