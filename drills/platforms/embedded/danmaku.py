"""Danmaku: messages that go round among the viewers of a room, at both sites, best effort."""

import asyncio
import logging
import uuid

import aiohttp
from aiohttp import WSMsgType, web
from pydantic import Field, ValidationError
from serving import TROUBLE, ask

from switchdrill.platform.model import Name
from switchdrill.yamlfile import Strict

READER_QUEUE = 100
"""Messages that may wait for one reader; a slower one is dropped."""
FORWARD_QUEUE = 1000
FORWARD_BATCH = 100
FORWARD_TIMEOUT_S = 0.7
MAX_READERS = 5000
MAX_MESSAGE_BYTES = 4096


class Said(Strict):
    """What a viewer sends."""

    sender: str = Field(default="", max_length=100)
    text: str = Field(max_length=1000)


class Message(Said):
    """What everybody gets. `site`, `session` and `number` name it; numbers count up by one within a session."""

    room: Name
    site: str
    session: str
    number: int


class Forwarded(Strict):
    """Messages on their way to the other site."""

    messages: list[Message]


class Danmaku:
    """One site's readers, and the way to the other site."""

    def __init__(self, *, site: str, peer_url: str, session: aiohttp.ClientSession) -> None:
        self._site = site
        self._url = f"{peer_url}/danmaku"
        self._http = session
        self._log = logging.getLogger(f"{site}.api")
        self._session = uuid.uuid4().hex[:8]
        self._number = 0
        self._readers: dict[str, set[_Reader]] = {}
        self._forward: asyncio.Queue[Message] = asyncio.Queue(FORWARD_QUEUE)
        self._lost = 0

    async def join(self, request: web.Request) -> web.StreamResponse:
        """One viewer's WebSocket, until he leaves or is too slow."""
        room = request.match_info["room"]
        if sum(map(len, self._readers.values())) >= MAX_READERS:
            return web.Response(status=503, text="too many readers\n")
        socket = web.WebSocketResponse(max_msg_size=MAX_MESSAGE_BYTES, heartbeat=30, timeout=0.5)
        await socket.prepare(request)
        reader = _Reader(socket, request.transport)
        self._readers.setdefault(room, set()).add(reader)
        writing = asyncio.create_task(reader.write())
        try:
            async for frame in socket:
                if frame.type == WSMsgType.TEXT:
                    self._said(room, frame.data)
        finally:
            writing.cancel()
            self._leave(room, reader)
        return socket

    def forwarded(self, body: bytes) -> None:
        """Messages from the other site, for our readers only. ValidationError when they are none."""
        for message in Forwarded.model_validate_json(body).messages:
            self._spread(message)

    async def run(self) -> None:
        """Forward what was said here, for ever; what can't be delivered is lost, and counted."""
        while True:
            batch = [await self._forward.get()]
            while len(batch) < FORWARD_BATCH and not self._forward.empty():
                batch.append(self._forward.get_nowait())
            body = Forwarded(messages=batch).model_dump_json()
            try:
                reply = await ask(self._http, "POST", self._url, within_s=FORWARD_TIMEOUT_S, json=body)
                delivered = reply.status == 200
            except TROUBLE:
                delivered = False
            if not delivered:
                self._lost += len(batch)
            elif self._lost:
                self._log.warning("danmaku: %d message(s) did not reach the other site", self._lost)
                self._lost = 0

    async def close(self) -> None:
        """Send every reader away."""
        readers = [reader for room in self._readers.values() for reader in room]
        await asyncio.gather(*(reader.socket.close(code=1001) for reader in readers), return_exceptions=True)

    def _said(self, room: str, text: str) -> None:
        try:
            said = Said.model_validate_json(text)
        except ValidationError:
            return  # nobody's business
        self._number += 1
        message = Message(
            room=room, site=self._site, session=self._session, number=self._number, sender=said.sender, text=said.text
        )
        self._spread(message)
        if self._forward.full():
            self._lost += 1
        else:
            self._forward.put_nowait(message)

    def _spread(self, message: Message) -> None:
        text = message.model_dump_json()
        for reader in list(self._readers.get(message.room, ())):
            if reader.queue.full():
                self._log.warning("danmaku: dropped a reader that is %d messages behind", READER_QUEUE)
                self._leave(message.room, reader)
                reader.hang_up()
            else:
                reader.queue.put_nowait(text)

    def _leave(self, room: str, reader: "_Reader") -> None:
        readers = self._readers.get(room, set())
        readers.discard(reader)
        if not readers:
            self._readers.pop(room, None)


class _Reader:
    """One viewer's WebSocket and what waits for it."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self.socket = socket
        self.queue: asyncio.Queue[str] = asyncio.Queue(READER_QUEUE)
        self._transport = transport

    async def write(self) -> None:
        """Send what is queued, until the connection is gone."""
        try:
            while True:
                await self.socket.send_str(await self.queue.get())
        except (ConnectionError, aiohttp.ClientError):
            return  # the reading side sees it, too, and ends

    def hang_up(self) -> None:
        """At once: a reader that does not read would not read a goodbye either."""
        if self._transport is not None:
            self._transport.abort()
