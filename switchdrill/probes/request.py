"""One HTTP exchange over a connection of its own: made for it, closed after it, never retried."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import quote

import aiohttp
from yarl import URL

from switchdrill.probes.answer import BadStatus, Unreadable

MAX_BODY = 64 * 1024 * 1024
"""A larger answer is no playlist, no segment and no health page."""
HTTP_PORT = 80
_AS_IT_IS = "%/:=&?~+!$,;'@()*[]"

Headers = Mapping[str, Sequence[str]]
"""Of an answer: name in lower case -> its values, one for each time that it stands there."""
Arrived = Callable[[int, Headers], None]
"""Told the status and the headers as soon as they are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to connect, what to call it, and from where."""

    address: str
    port: int
    host: str
    """The Host header."""
    source: str | None = None
    """An address of this machine; None: whichever it takes."""


def place_at(address: str, name: str, port: int, *, source: str | None = None) -> Place:
    return Place(address=address, port=port, host=name if port == HTTP_PORT else f"{name}:{port}", source=source)


class Web:
    """The prober's HTTP client: one session for each address that it asks from."""

    def __init__(self) -> None:
        self._sessions: dict[str | None, aiohttp.ClientSession] = {}

    async def get(self, place: Place, path: str, arrived: Arrived) -> bytes:
        """The whole body of a 2xx answer; `arrived` is told as soon as it begins. BadStatus otherwise."""
        session = self._session(place.source)
        async with session.get(_url(place, path), headers={"Host": place.host}, allow_redirects=False) as response:
            return await _body(response, arrived)

    async def post(self, place: Place, path: str, body: bytes, arrived: Arrived) -> bytes:
        """As `get`, with a JSON body to send."""
        headers = {"Host": place.host, "Content-Type": "application/json"}
        session = self._session(place.source)
        async with session.post(_url(place, path), headers=headers, data=body, allow_redirects=False) as response:
            return await _body(response, arrived)

    async def close(self) -> None:
        for session in self._sessions.values():
            await session.close()

    def _session(self, source: str | None) -> aiohttp.ClientSession:
        """No keep-alive, no cookies, no redirects, no proxy, no limit on connections: the prober has its own bounds."""
        if source not in self._sessions:
            local = None if source is None else (source, 0)
            self._sessions[source] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(force_close=True, limit=0, local_addr=local),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
                headers={"User-Agent": "switchdrill-prober", "Accept-Encoding": "identity"},
            )
        return self._sessions[source]


@asynccontextmanager
async def web() -> AsyncIterator[Web]:
    """Closed afterwards."""
    client = Web()
    try:
        yield client
    finally:
        await client.close()


def _url(place: Place, path: str) -> URL:
    address = f"[{place.address}]" if ":" in place.address else place.address
    # What is escaped already stays as it is; only what may not stand in a request line is escaped.
    return URL(f"http://{address}:{place.port}{quote(path, safe=_AS_IT_IS)}", encoded=True)


async def _body(response: aiohttp.ClientResponse, arrived: Arrived) -> bytes:
    names = {name.lower() for name in response.headers}
    arrived(response.status, {name: response.headers.getall(name) for name in names})
    parts = []
    size = 0
    async for part in response.content.iter_any():
        parts.append(part)
        size += len(part)
        if size > MAX_BODY:
            raise Unreadable(f"more than {MAX_BODY} bytes")
    if not 200 <= response.status < 300:
        raise BadStatus(response.status)
    return b"".join(parts)
