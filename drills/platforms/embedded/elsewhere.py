"""A dependency of a site that is, wrongly, the other site's: its requests are answered there, or not at all."""

import aiohttp
from aiohttp import web
from disarray import Disarray
from serving import CORS, TROUBLE, ask

WITHIN_S = 1.5


class Elsewhere:
    """Passes requests on to the other site."""

    def __init__(self, disarray: Disarray, *, site: str, peer_url: str, session: aiohttp.ClientSession) -> None:
        self._disarray = disarray
        self._site = site
        self._peer_url = peer_url
        self._session = session

    def is_asked(self, dependency: str) -> bool:
        """Whether this dependency is misplaced."""
        return self._disarray.what("dependency-misplaced", self._site) == dependency

    async def answer(self, request: web.Request) -> web.Response:
        """As the other site answers; 503 when it does not: stored or not, nobody knows."""
        body = (await request.read()).decode(errors="replace") or None
        try:
            reply = await ask(
                self._session, request.method, f"{self._peer_url}{request.path_qs}", within_s=WITHIN_S, json=body
            )
        except TROUBLE as problem:
            reason = f"the database, at the other site, does not answer: {type(problem).__name__}"
            return web.json_response({"reason": reason}, status=503, headers=CORS)
        return web.Response(body=reply.body, status=reply.status, content_type="application/json", headers=CORS)
