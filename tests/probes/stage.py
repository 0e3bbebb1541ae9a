"""A small platform of the tests' own: two HLS sites, a ledger and DNS on loopback, all of it misbehaving on demand.

Real sockets, real H.264 segments with marks; it runs in a thread, so that a test can turn its knobs.
"""

import asyncio
import io
import socket
import threading
from collections import deque
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

import av
import dns.flags
import dns.message
import dns.rcode
import dns.rrset
from aiohttp import web

from switchdrill import mark
from switchdrill.clock import NS_PER_S, boot_id, now_ns
from switchdrill.interval import Interval

Returned = TypeVar("Returned")
ROOM = "room1"
HTTP_PORT = 18080
DNS_PORT = 18053
WIDTH, HEIGHT, RATE = 320, 64, 10
WINDOW = 5


def encode(
    room: str, *, first: int, pictures: int, ended_ns: int, with_mark: bool = True, site: int = mark.EVERY_SITE
) -> bytes:
    """An MPEG-TS segment whose last picture was captured at `ended_ns`."""
    out = io.BytesIO()
    with av.open(out, "w", format="mpegts") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "ultrafast", "tune": "zerolatency"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(pictures):
            frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
            luma = bytearray([60 + (first + number) % 100]) * frame.planes[0].buffer_size
            if with_mark:
                captured_ns = ended_ns - (pictures - 1 - number) * NS_PER_S // RATE
                drawn = mark.Mark(
                    room_crc=mark.crc(room),
                    site=site,
                    frame=first + number,
                    captured_ns=captured_ns,
                    boot_crc=mark.crc(boot_id()),
                )
                mark.draw(drawn, luma, frame.planes[0].line_size)
            frame.planes[0].update(bytes(luma))
            for plane in (frame.planes[1], frame.planes[2]):
                plane.update(bytes([128]) * plane.buffer_size)
            frame.pts, frame.time_base = first + number, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


@dataclass
class Site:
    """One site's knobs. They are read by the loop's thread, and set by the test."""

    name: str
    address: str
    how: str = "good"
    """good, hang, hang_segment, reset, cut, status500, slow, broken, wrong_room, no_mark, no_segment, garbage,
    short, own_mark."""
    is_frozen: bool = False
    """No new segment arrives."""
    ledger: int = 200
    """The status that a record gets; 0: it is stored, and no answer is ever given."""
    segments: dict[str, deque[tuple[int, bytes]]] = field(default_factory=dict)
    stored: list[str] = field(default_factory=list)
    waiting: int = 0
    asked: int = 0


class Stage:
    """Everything, at `net`.*; `address_of` says where each resolver sends its viewers. Up inside a `with` block."""

    def __init__(self, net: str, *, segment_s: float) -> None:
        self.segment_s = segment_s
        self.net = net
        self.sites = {"a": Site("a", f"{self.net}.1.1"), "b": Site("b", f"{self.net}.2.1")}
        self.resolvers = {"telecom": f"{self.net}.0.11", "unicom": f"{self.net}.0.12", "authority": f"{self.net}.0.1"}
        self.address_of = dict.fromkeys(self.resolvers, self.sites["a"].address)
        self.dns_how = dict.fromkeys(self.resolvers, "good")
        """good, silent, servfail, empty, garbage, truncated."""
        self.ttl_s = 1
        self.dns_asked = dict.fromkeys(self.resolvers, 0)
        self._loop = asyncio.new_event_loop()
        self._pool = ThreadPoolExecutor(1)
        self._runners: dict[str, web.AppRunner] = {}
        self._listeners: dict[str, web.TCPSite] = {}
        self._servers: list[asyncio.Server] = []
        self._transports: list[asyncio.DatagramTransport] = []
        self._thread = threading.Thread(target=self._loop.run_forever, name="stage", daemon=True)
        self._publishing: asyncio.Task[None] | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            self._call(self._start())
        except BaseException:  # whatever ends it, no thread and no socket is left behind
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def refuse(self, name: str) -> Interval:
        """Close the site's listener and its connections; when that was."""
        return self._call(self._refuse(name))

    def listen(self, name: str) -> Interval:
        """Open the site's listener again; when that was."""
        return self._call(self._listen(name))

    def set(self, name: str, how: str) -> int:
        """Turn a site's knob; the instant."""
        self.sites[name].how = how
        return now_ns()

    def resolve_to(self, site: str, *operators: str) -> int:
        for operator in operators or tuple(self.resolvers):
            self.address_of[operator] = self.sites[site].address
        return now_ns()

    def _call(self, what: Coroutine[None, None, Returned]) -> Returned:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(30)

    def _end(self) -> None:
        self._call(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()
        self._pool.shutdown()

    async def _start(self) -> None:
        for operator, address in self.resolvers.items():
            transport, _protocol = await self._loop.create_datagram_endpoint(
                lambda operator=operator: _Dns(self, operator), local_addr=(address, DNS_PORT)
            )
            self._transports.append(transport)
            self._servers.append(await asyncio.start_server(self._dns_tcp, address, DNS_PORT))
        for site in self.sites.values():
            await self._listen(site.name)
        await self._publish_one(0, now_ns())
        self._publishing = asyncio.create_task(self._publish())

    async def _stop(self) -> None:
        if self._publishing is not None:
            self._publishing.cancel()
        for transport in self._transports:
            transport.close()
        for server in self._servers:
            server.close()
        for name in list(self._runners):
            await self._refuse(name)
        rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def _listen(self, name: str) -> Interval:
        site = self.sites[name]
        app = web.Application()
        app.router.add_get("/live/room1/{file}", partial(self._media, site))
        app.router.add_get("/health", partial(self._health, site))
        app.router.add_post("/gifts", partial(self._gift, site))
        runner = self._runners[name] = web.AppRunner(app, shutdown_timeout=0.0, handler_cancellation=True)
        await runner.setup()
        listener = web.TCPSite(runner, site.address, HTTP_PORT, backlog=1024)
        before_ns = now_ns()
        await listener.start()
        return Interval(lo=before_ns, hi=now_ns())

    async def _refuse(self, name: str) -> Interval:
        before_ns = now_ns()
        runner = self._runners.pop(name, None)
        if runner is not None:
            for listener in list(runner.sites):
                await listener.stop()
            await runner.cleanup()
        return Interval(lo=before_ns, hi=now_ns())

    async def _publish(self) -> None:
        start_ns = now_ns()
        number = 1
        while True:
            due_ns = start_ns + int(number * self.segment_s * NS_PER_S)
            await asyncio.sleep(max(0.0, (due_ns - now_ns()) / NS_PER_S))
            await self._publish_one(number, due_ns)
            number += 1

    async def _publish_one(self, number: int, due_ns: int) -> None:
        pictures = int(self.segment_s * RATE)
        for kind, room, with_mark in (("good", ROOM, True), ("wrong_room", "room2", True), ("no_mark", ROOM, False)):
            data = await self._loop.run_in_executor(
                self._pool,
                lambda room=room, with_mark=with_mark: encode(
                    room, first=number * pictures, pictures=pictures, ended_ns=due_ns, with_mark=with_mark
                ),
            )
            for site in self.sites.values():
                if not site.is_frozen:
                    site.segments.setdefault(kind, deque(maxlen=WINDOW)).append((100 + number, data))

    async def _media(self, site: Site, request: web.Request) -> web.StreamResponse:
        site.asked += 1
        name = request.match_info["file"]
        if site.how == "hang" or (site.how == "hang_segment" and name != "index.m3u8"):
            await self._for_ever(site)
        if site.how == "slow":
            await asyncio.sleep(0.15)
        if site.how == "status500":
            return web.Response(status=500, text="no")
        kind = site.how if site.how in site.segments else "good"
        held = list(site.segments[kind])
        body = _playlist(held, self.segment_s) if name == "index.m3u8" else _segment(held, name)
        if body is None or (site.how == "no_segment" and name != "index.m3u8"):
            return web.Response(status=404)
        if site.how == "garbage" and name == "index.m3u8":
            body = b"<html>welcome</html>"
        if site.how == "broken" and name != "index.m3u8":
            body = body[: 188 * 3] + bytes(len(body) - 188 * 3)
        if site.how == "short" and name != "index.m3u8":
            body = encode(ROOM, first=0, pictures=int(self.segment_s * RATE) // 2, ended_ns=now_ns())
        if site.how == "own_mark" and name != "index.m3u8":
            number = list(self.sites).index(site.name) + 1
            pictures = int(self.segment_s * RATE)
            body = encode(ROOM, first=0, pictures=pictures, ended_ns=now_ns(), site=number)
        if site.how in ("reset", "cut"):
            return await _half(request, body, site.how)
        return web.Response(body=body)

    async def _health(self, site: Site, request: web.Request) -> web.Response:
        if site.how == "hang":
            await self._for_ever(site)
        return web.Response(status=503 if site.how == "status500" else 200, text="ok")

    async def _gift(self, site: Site, request: web.Request) -> web.Response:
        record = await request.json()
        if site.ledger in (0, 200, 500):
            site.stored.append(record["id"])
        if site.ledger == 0:
            await self._for_ever(site)
        return web.json_response({}, status=site.ledger)

    async def _for_ever(self, site: Site) -> None:
        site.waiting += 1
        try:
            await asyncio.sleep(3600)
        finally:
            site.waiting -= 1

    def answer(self, operator: str, wire: bytes, *, over_tcp: bool = False) -> bytes | None:
        """The DNS answer that `operator`'s resolver gives now."""
        how = self.dns_how[operator]
        self.dns_asked[operator] += 1
        if how == "silent":
            return None
        if how == "garbage":
            return b"no dns at all, by no means"
        query = dns.message.from_wire(wire)
        reply = dns.message.make_response(query)
        if how == "servfail":
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif how == "truncated" and not over_tcp:
            reply.flags |= dns.flags.TC
        elif how != "empty":
            name = query.question[0].name
            reply.answer.append(dns.rrset.from_text(name, self.ttl_s, "IN", "A", self.address_of[operator]))
        return reply.to_wire()

    async def _dns_tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = writer.get_extra_info("sockname")[0]
        operator = next(name for name, where in self.resolvers.items() if where == address)
        with suppress(asyncio.IncompleteReadError):
            size = int.from_bytes(await reader.readexactly(2), "big")
            reply = self.answer(operator, await reader.readexactly(size), over_tcp=True)
            if reply is not None:
                writer.write(len(reply).to_bytes(2, "big") + reply)
        writer.close()


class _Dns(asyncio.DatagramProtocol):
    def __init__(self, stage: Stage, operator: str) -> None:
        self._stage = stage
        self._operator = operator

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = self._stage.answer(self._operator, data)
        if reply is not None:
            self._transport.sendto(reply, addr)


def _playlist(held: list[tuple[int, bytes]], segment_s: float) -> bytes:
    lines = ["#EXTM3U", "#EXT-X-VERSION:3", f"#EXT-X-TARGETDURATION:{max(1, round(segment_s))}"]
    lines.append(f"#EXT-X-MEDIA-SEQUENCE:{held[0][0] if held else 0}")
    for number, _data in held:
        lines += [f"#EXTINF:{segment_s:.3f},", f"{number}.ts"]
    return ("\n".join(lines) + "\n").encode()


def _segment(held: list[tuple[int, bytes]], name: str) -> bytes | None:
    return next((data for number, data in held if f"{number}.ts" == name), None)


async def _half(request: web.Request, body: bytes, how: str) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": str(len(body))})
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    transport = request.transport
    if transport is not None:
        if how == "reset":
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            transport.abort()
        else:
            transport.close()
    return response
