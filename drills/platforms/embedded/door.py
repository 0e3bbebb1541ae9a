"""A door for ordinary players: one address that always leads to the site that DNS names now.

A browser or ffplay can't be told to use another resolver, and 127.n has no name. So this door resolves through an
operator's resolver on every request, playlist or segment, and passes on what the site that it was given has. No address
names a site: players take a number that comes back under another address for a broken stream. GET / shows a browser
how to watch and leads a player to the playlist; ?operator=NAME picks the operator.
"""

import asyncio
import logging
import re
import sys

import aiohttp
import dns.asyncquery
import dns.exception
import dns.message
import dns.rdatatype
from aiohttp import web
from door_page import stream_page, where_page
from program import options, run
from serving import CORS, TROUBLE, app_runner, ask, http_client, http_server
from wiring import Settings, settings_of

from switchdrill.errors import BadInput
from switchdrill.platform.address import split_endpoint
from switchdrill.platform.model import Entry, Platform
from switchdrill.platform.resolved import read_resolved

DNS_TIMEOUT_S = 1.0
FETCH_TIMEOUT_S = 1.0
"""A segment lasts as long: one that takes longer can't be played anyway, and a player that hears so asks again."""
READY_TIMEOUT_S = 0.4
"""Whoever asks whether we are ready waits half a second."""
READY_SEGMENTS = 3
"""What players want before they begin."""
_SEGMENT_LINE = re.compile(rb"^(?!#)(\S+)$", re.MULTILINE)
_DISCONTINUITY_LINE = re.compile(rb"^#EXT-X-DISCONTINUITY.*\n", re.MULTILINE)


class Door:
    """The requests of players."""

    def __init__(self, platform: Platform, settings: Settings, session: aiohttp.ClientSession) -> None:
        self._platform = platform
        self._settings = settings
        self._session = session
        self._entry = _playlist_entry(platform, settings.room)

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/", self._home)
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/where", self._where)
        app.router.add_get("/live.m3u8", self._playlist)
        app.router.add_get(r"/live/{operator}/{number:\d{1,15}}.ts", self._segment)
        return app

    async def _healthz(self, _request: web.Request) -> web.Response:
        """200 only when a player could begin: the first operator's playlist has enough segments."""
        operator = next(iter(self._platform.operators))
        try:
            async with asyncio.timeout(READY_TIMEOUT_S):
                body = await self._fetched(await self._resolved(operator), self._entry.path)
        except TimeoutError:
            return web.Response(status=503, text="no playlist in time\n")
        except web.HTTPException as problem:
            return web.Response(status=503, text=problem.text)
        count = len(_SEGMENT_LINE.findall(body))
        if count < READY_SEGMENTS:
            return web.Response(status=503, text=f"{count} of {READY_SEGMENTS} segments\n")
        return web.Response(text="ok\n")

    async def _home(self, request: web.Request) -> web.Response:
        """The page for who asks for one, as browsers do; players ask for anything and are led to the playlist."""
        operator = self._operator(request)
        playlist = f"/live.m3u8?operator={operator}"
        headers = {**CORS, "Vary": "Accept"}
        host, port = split_endpoint(self._settings.door)
        home = f"http://{host}:{port}"
        if "text/html" not in request.headers.get("Accept", ""):
            text = f"the stream is at {home}{playlist}\n"
            return web.Response(status=302, text=text, headers={**headers, "Location": playlist})
        page = stream_page(self._platform, operator=operator, stream=f"{home}{playlist}", home=home)
        return web.Response(text=page, content_type="text/html", headers=headers)

    async def _where(self, request: web.Request) -> web.Response:
        operator = self._operator(request)
        try:
            site = await self._resolved(operator)
            says = f"{operator} → {site} {self._platform.sites[site].title}"
        except web.HTTPException as problem:
            says = f"{operator} → {problem.text or 'nowhere'}"
        return web.Response(text=where_page(says), content_type="text/html")

    async def _playlist(self, request: web.Request) -> web.Response:
        operator = self._operator(request)
        site = await self._resolved(operator)
        body = _for_players(await self._fetched(site, self._entry.path), operator)
        headers = {**CORS, "Cache-Control": "no-cache", "X-Site": site}
        return web.Response(body=body, content_type="application/vnd.apple.mpegurl", headers=headers)

    async def _segment(self, request: web.Request) -> web.Response:
        """From the site that is named now, whichever site's playlist named the segment: both have the same."""
        site = await self._resolved(self._known(request.match_info["operator"]))
        folder = self._entry.path.rpartition("/")[0]
        body = await self._fetched(site, f"{folder}/{request.match_info['number']}.ts")
        return web.Response(body=body, content_type="video/mp2t", headers={**CORS, "X-Site": site})

    def _operator(self, request: web.Request) -> str:
        return self._known(request.query.get("operator", next(iter(self._platform.operators))))

    def _known(self, operator: str) -> str:
        if operator not in self._platform.operators:
            known = ", ".join(self._platform.operators)
            raise web.HTTPNotFound(text=f"there is no operator of that name; there are {known}\n", headers=CORS)
        return operator

    async def _resolved(self, operator: str) -> str:
        """The site that this operator's resolver names now."""
        resolver = self._platform.operators[operator].resolver
        if resolver is None:
            raise web.HTTPNotFound(text=f"operator {operator} has no resolver\n", headers=CORS)
        host, port = split_endpoint(resolver)
        query = dns.message.make_query(self._entry.name, dns.rdatatype.A)
        try:
            response = await dns.asyncquery.udp(query, host, timeout=DNS_TIMEOUT_S, port=port)
        except (dns.exception.DNSException, OSError) as problem:
            raise web.HTTPBadGateway(text=f"the resolver does not answer: {problem}\n", headers=CORS) from problem
        addresses = [record.to_text() for rrset in response.answer for record in rrset]
        for site in filter(None, map(self._platform.site_at, addresses)):
            return site
        raise web.HTTPBadGateway(text=f"the resolver names no site: {addresses}\n", headers=CORS)

    async def _fetched(self, site: str, path: str) -> bytes:
        """What the site has. Never 4xx when it has not: players retry a 5xx, and give up for good at a 404."""
        url = f"http://{self._platform.sites[site].address}:{self._entry.port}{path}"
        try:
            reply = await ask(self._session, "GET", url, within_s=FETCH_TIMEOUT_S)
        except TROUBLE as problem:
            text = f"site {site} does not answer: {type(problem).__name__}\n"
            raise web.HTTPGatewayTimeout(text=text, headers={**CORS, "X-Site": site}) from problem
        if reply.status != 200:
            text = f"site {site} answers {reply.status}\n"
            raise web.HTTPGatewayTimeout(text=text, headers={**CORS, "X-Site": site})
        return reply.body


def _playlist_entry(platform: Platform, room: str) -> Entry:
    for entry in platform.entries.values():
        if entry.room == room:
            return entry
    raise BadInput(f"the platform file has no entry for room {room!r}")


def _for_players(playlist: bytes, operator: str) -> bytes:
    """A site's playlist with addresses that lead back here, and without its discontinuities.

    A site marks a gap in what reached it. The other may have none there, and a strict player gives up when the count
    changes at a switch. All time stamps come from one clock, so there is no break that a player has to know of.
    """
    lines = _DISCONTINUITY_LINE.sub(b"", playlist)
    return _SEGMENT_LINE.sub(f"live/{operator}/".encode() + rb"\1", lines)


def main(argv: list[str] | None = None) -> int:
    asked = options(__doc__).parse_args(argv)

    async def serve(stop: asyncio.Event) -> None:
        platform = read_resolved(asked.platform)
        settings = settings_of(platform)
        place = split_endpoint(settings.door)
        async with (
            http_client(keeps_connections=False) as session,
            http_server(app_runner(Door(platform, settings, session).app()), place),
        ):
            logging.getLogger("door").info("at http://%s:%d/", *place)
            await stop.wait()

    return run(serve)


if __name__ == "__main__":
    sys.exit(main())
