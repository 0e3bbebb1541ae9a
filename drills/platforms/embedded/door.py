"""A door for ordinary players: one address that always leads to the site that DNS names now.

A browser or ffplay can't be told to use another resolver, and 127.n has no name. So this door resolves through an
operator's resolver on every playlist request, fetches the playlist from the site it was given, and passes it on with
segment addresses that lead back here, pinned to that site. GET / says how to watch; ?operator=NAME picks the operator.
"""

import asyncio
import html
import logging
import re
import sys

import aiohttp
import dns.asyncquery
import dns.exception
import dns.message
import dns.rdatatype
from aiohttp import web
from program import options, run
from serving import CORS, TROUBLE, app_runner, ask, http_client, http_server
from wiring import Settings, load, settings_of

from switchdrill.errors import BadInput
from switchdrill.platform.model import Entry, Platform, split_endpoint

DNS_TIMEOUT_S = 1.0
FETCH_TIMEOUT_S = 2.0
_SEGMENT_LINE = re.compile(rb"^(?!#)(\S+)\s*$", re.MULTILINE)


class Door:
    """The requests of players."""

    def __init__(self, platform: Platform, settings: Settings, session: aiohttp.ClientSession) -> None:
        self._platform = platform
        self._settings = settings
        self._session = session
        self._entry = _playlist_entry(platform, settings.room)

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/", self._page)
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/where", self._where)
        app.router.add_get("/live.m3u8", self._playlist)
        app.router.add_get("/at/{site}/{segment}", self._segment)
        return app

    async def _healthz(self, _request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def _playlist(self, request: web.Request) -> web.Response:
        site = await self._resolved(self._operator(request))
        body = await self._fetched(site, self._entry.path)
        text = _SEGMENT_LINE.sub(f"at/{site}/".encode() + rb"\1", body)
        headers = {**CORS, "Cache-Control": "no-cache", "X-Site": site}
        return web.Response(body=text, content_type="application/vnd.apple.mpegurl", headers=headers)

    async def _segment(self, request: web.Request) -> web.Response:
        site, segment = request.match_info["site"], request.match_info["segment"]
        if site not in self._platform.sites or not re.fullmatch(r"\d{1,15}\.ts", segment):
            raise web.HTTPNotFound(headers=CORS)
        folder = self._entry.path.rpartition("/")[0]
        body = await self._fetched(site, f"{folder}/{segment}")
        return web.Response(body=body, content_type="video/mp2t", headers=CORS)

    async def _where(self, request: web.Request) -> web.Response:
        """One line that a page can show beside the picture; it loads itself again every second."""
        operator = self._operator(request)
        try:
            site = await self._resolved(operator)
            says = f"{operator} → {site} {self._platform.sites[site].title}"
        except web.HTTPException as problem:
            says = f"{operator} → {problem.text or 'nowhere'}"
        return _html(f'<meta http-equiv="refresh" content="1"><p>{html.escape(says)}</p>')

    async def _page(self, request: web.Request) -> web.Response:
        operator = self._operator(request)
        host, port = split_endpoint(self._settings.door)
        address = f"http://{host}:{port}/live.m3u8?operator={operator}"
        others = " ".join(f'<a href="/?operator={name}">{name}</a>' for name in self._platform.operators)
        return _html(
            f"<h1>{html.escape(self._platform.title or self._platform.id)}</h1>"
            f'<iframe src="/where?operator={operator}" width="640" height="40" style="border:0"></iframe>'
            f'<p><video src="/live.m3u8?operator={operator}" width="640" height="360" controls autoplay muted></video>'
            f"<p>No picture? This browser does not play HLS by itself. Watch with a player:</p>"
            f"<pre>ffplay -fflags nobuffer '{address}'\nvlc '{address}'\nmpv '{address}'</pre>"
            f"<p>or give that address to hls.js. As seen through the resolver of: {others}</p>"
        )

    def _operator(self, request: web.Request) -> str:
        name = request.query.get("operator", next(iter(self._platform.operators)))
        if name not in self._platform.operators:
            known = ", ".join(self._platform.operators)
            raise web.HTTPNotFound(text=f"there is no operator of that name; there are {known}\n", headers=CORS)
        return name

    async def _resolved(self, operator: str) -> str:
        """The site that this operator's resolver names now."""
        host, port = split_endpoint(self._platform.operators[operator].resolver)
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
        url = f"http://{self._platform.sites[site].address}:{self._entry.port}{path}"
        try:
            reply = await ask(self._session, "GET", url, within_s=FETCH_TIMEOUT_S)
        except TROUBLE as problem:
            text = f"site {site} does not answer: {type(problem).__name__}\n"
            raise web.HTTPGatewayTimeout(text=text, headers={**CORS, "X-Site": site}) from problem
        if reply.status != 200:
            text = f"site {site} answers {reply.status}\n"
            raise web.HTTPBadGateway(text=text, headers={**CORS, "X-Site": site})
        return reply.body


def _playlist_entry(platform: Platform, room: str) -> Entry:
    for entry in platform.entries.values():
        if entry.room == room:
            return entry
    raise BadInput(f"the platform file has no entry for room {room!r}")


def _html(body: str) -> web.Response:
    text = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>live</title><body>{body}</body></html>'
    return web.Response(text=text, content_type="text/html")


def main(argv: list[str] | None = None) -> int:
    asked = options(__doc__).parse_args(argv)

    async def serve(stop: asyncio.Event) -> None:
        platform = load(asked.platform)
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
