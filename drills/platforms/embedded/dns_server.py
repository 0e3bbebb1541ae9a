"""Serves DNS over UDP and TCP on one address; what the answers are is somebody else's business."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
from wiring import Place

from switchdrill.errors import CouldNotStart

MAX_WAITING = 1000
"""UDP questions that are being answered at one time; more are not heard."""
MAX_CONNECTIONS = 200
TCP_IDLE_S = 5.0

Answerer = Callable[[dns.message.Message], Awaitable[dns.message.Message]]


@asynccontextmanager
async def dns_server(answerer: Answerer, place: Place) -> AsyncIterator[None]:
    """Answer while the context is open. CouldNotStart when the port is taken."""
    loop = asyncio.get_running_loop()
    host, port = place
    try:
        transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(answerer), local_addr=place)
        try:
            server = await asyncio.start_server(_Streams(answerer).serve, host, port)
        except OSError:
            transport.close()
            raise
    except OSError as problem:
        raise CouldNotStart(
            f"can't listen on {host}:{port}", because=problem.strerror, now="end the process that holds it"
        ) from problem
    try:
        yield
    finally:
        transport.close()
        server.close()


async def reply_to(wire: bytes, answerer: Answerer, *, over_udp: bool) -> bytes | None:
    """The answer's bytes, cut short with TC over UDP when it is too long; None when nothing can be said."""
    try:
        query = dns.message.from_wire(wire, ignore_trailing=True)
    except dns.exception.DNSException:
        return _format_error(wire)
    if query.flags & dns.flags.QR:
        return None  # an answer is no question; replying to it could go on for ever
    if query.opcode() != dns.opcode.QUERY:
        response = dns.message.make_response(query)
        response.set_rcode(dns.rcode.NOTIMP)
    elif len(query.question) != 1:
        response = dns.message.make_response(query)
        response.set_rcode(dns.rcode.FORMERR)
    else:
        response = await answerer(query)
    limit = max(512, query.payload if query.edns >= 0 else 512) if over_udp else 65535
    return response.to_wire(max_size=limit, prefer_truncation=True)


def _format_error(wire: bytes) -> bytes | None:
    """FORMERR with the question's own id, when there is at least a header of a question."""
    if len(wire) < 12 or wire[2] & 0x80:
        return None
    return wire[:2] + bytes([0x80 | wire[2] & 0x79, int(dns.rcode.FORMERR)]) + bytes(8)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer
        self._tasks: set[asyncio.Task[None]] = set()
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)  # it is one, though not by inheritance (3.11)

    def datagram_received(self, data: bytes, addr: tuple[str | int, int]) -> None:
        if len(self._tasks) < MAX_WAITING:
            task = asyncio.create_task(self._reply(data, addr))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _reply(self, data: bytes, addr: tuple[str | int, int]) -> None:
        reply = await reply_to(data, self._answerer, over_udp=True)
        if reply is not None and self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(reply, addr)


class _Streams:
    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer
        self._open = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: questions with their length before them, one after the other."""
        self._open += 1
        try:
            while self._open <= MAX_CONNECTIONS:
                async with asyncio.timeout(TCP_IDLE_S):
                    length = int.from_bytes(await reader.readexactly(2), "big")
                    reply = await reply_to(await reader.readexactly(length), self._answerer, over_udp=False)
                    if reply is None:
                        return
                    writer.write(len(reply).to_bytes(2, "big") + reply)
                    await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            return  # the client has gone, or is silent
        finally:
            self._open -= 1
            writer.close()
