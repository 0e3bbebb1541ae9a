"""HTTP in and out: a server on one address, and a client whose every question has a time-out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from aiohttp import web
from wiring import Place

from switchdrill.errors import CouldNotStart

CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*", "Access-Control-Allow-Methods": "*"}
TROUBLE = (aiohttp.ClientError, TimeoutError, OSError)
"""What an unreachable, slow or broken other side raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back, read to the end."""

    status: int
    body: bytes


@asynccontextmanager
async def http_server(runner: web.BaseRunner, place: Place) -> AsyncIterator[None]:
    """Serve while the context is open. CouldNotStart when the port is taken."""
    host, port = place
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port, backlog=1024).start()
        except OSError as problem:
            raise CouldNotStart(
                f"can't listen on {host}:{port}", because=problem.strerror, now="end the process that holds it"
            ) from problem
        yield
    finally:
        await runner.cleanup()


def app_runner(app: web.Application) -> web.AppRunner:
    return web.AppRunner(app, access_log=None, shutdown_timeout=0.2, handle_signals=False)


@asynccontextmanager
async def http_client(*, keeps_connections: bool) -> AsyncIterator[aiohttp.ClientSession]:
    """`keeps_connections` False: every question tests the whole way, connecting included."""
    connector = aiohttp.TCPConnector(limit=50, force_close=not keeps_connections)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


async def ask(
    session: aiohttp.ClientSession, method: str, url: str, *, within_s: float, json: str | None = None
) -> Reply:
    """One question, read to the end. Raises one of TROUBLE when there is no whole answer in time."""
    headers = {"Content-Type": "application/json"} if json is not None else None
    timeout = aiohttp.ClientTimeout(total=within_s)
    data = json.encode() if json is not None else None
    async with session.request(method, url, data=data, headers=headers, timeout=timeout) as response:
        return Reply(status=response.status, body=await response.read())
