"""One front of the relay: listens where a resolver is asked, over UDP and TCP, and asks the resolver itself."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import cast

from switchdrill.errors import CouldNotStart
from switchdrill.text import _
from switchdrill_faults.names.acting import Active, Verdict, judge
from switchdrill_faults.names.rule import Rule

Place = tuple[str, int]
MAX_WAITING = 5000
"""Answers that a rule holds back at one time; more are not delayed."""
MAX_CONNECTIONS = 200
TCP_IDLE_S = 10.0
IDS = 1 << 16
HEADER = 12


class Front:
    """What is laid at one front, and the questions that pass it."""

    def __init__(self, upstream: Place) -> None:
        self.upstream = upstream
        self.laid: list[Active] = []
        self._numbers = count()

    def lay(self, rule: Rule) -> None:
        """Fine when it is there: then it stays as it is, with what it has counted."""
        if all(active.rule.id != rule.id for active in self.laid):
            self.laid.append(Active(rule))

    def lift(self, id: str) -> bool:
        """What it holds back is sent at once. False: it was not there."""
        found = [active for active in self.laid if active.rule.id == id]
        self.laid = [active for active in self.laid if active.rule.id != id]
        for active in found:
            for send in list(active.waiting.values()):
                send()
        return bool(found)

    def send_later(self, verdict: Verdict, send: Callable[[], None]) -> None:
        """After the verdict's delay, or when the rule behind it is taken away."""
        active = verdict.held_by
        if active is None or len(active.waiting) >= MAX_WAITING:
            send()
            return
        waiting, number = active.waiting, next(self._numbers)

        def due() -> None:
            if waiting.pop(number, None) is not None:
                timer.cancel()
                send()

        waiting[number] = due
        timer = asyncio.get_running_loop().call_later(verdict.delay_s, due)


@asynccontextmanager
async def listening(front: Front, place: Place) -> AsyncIterator[None]:
    """Relay while the context is open. CouldNotStart when the port is taken."""
    loop = asyncio.get_running_loop()
    asking = _Asking()
    try:
        behind, _asked = await loop.create_datagram_endpoint(lambda: asking, remote_addr=front.upstream)
        before, _heard = await loop.create_datagram_endpoint(lambda: _Datagrams(front, asking), local_addr=place)
        server = await asyncio.start_server(_Streams(front).serve, *place)
    except OSError as problem:
        raise CouldNotStart(
            _("can't listen on {place}").format(place=f"{place[0]}:{place[1]}"),
            because=problem.strerror,
            now=_("end the process that holds it"),
        ) from problem
    try:
        yield
    finally:
        server.close()
        before.close()
        behind.close()


class _Asking(asyncio.DatagramProtocol):
    """The one socket towards the resolver: questions under numbers of ours, so that each answer finds its asker."""

    def __init__(self) -> None:
        self._waiting: dict[int, tuple[bytes, Callable[[bytes], None]]] = {}
        self._next = 0
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def ask(self, wire: bytes, answered: Callable[[bytes], None]) -> None:
        """`answered` with the answer, once; never when there is none. An old question that still waits after 65,536
        others is forgotten.
        """
        self._next = (self._next + 1) % IDS
        self._waiting[self._next] = (wire[:2], answered)
        if self._transport is not None:
            self._transport.sendto(self._next.to_bytes(2, "big") + wire[2:])

    def datagram_received(self, data: bytes, addr: tuple[str | int, int]) -> None:  # noqa: ARG002  # asyncio's
        found = self._waiting.pop(int.from_bytes(data[:2], "big"), None)
        if found is not None:
            own, answered = found
            answered(own + data[2:])


class _Datagrams(asyncio.DatagramProtocol):
    """The socket that clients ask."""

    def __init__(self, front: Front, asking: _Asking) -> None:
        self._front, self._asking = front, asking
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str | int, int]) -> None:
        if len(data) < HEADER:
            return
        verdict = judge(data, "udp", self._front.laid)
        if verdict.is_dropped:
            return
        if verdict.answer is not None:
            answer = verdict.answer
            self._front.send_later(verdict, lambda: self._send(answer, addr))
        elif verdict.held_by is None:
            self._asking.ask(data, lambda answer: self._send(answer, addr))
        else:
            self._asking.ask(data, lambda answer: self._front.send_later(verdict, lambda: self._send(answer, addr)))

    def _send(self, answer: bytes, addr: tuple[str | int, int]) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(answer, addr)


class _Streams:
    """Connections of clients, each with one of its own to the resolver once that is asked."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._open = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Questions with their length before them, one after the other."""
        self._open += 1
        behind: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        try:
            while self._open <= MAX_CONNECTIONS:
                async with asyncio.timeout(TCP_IDLE_S):
                    wire = await _read(reader)
                verdict = judge(wire, "tcp", self._front.laid)
                if verdict.is_dropped:
                    continue
                answer = verdict.answer
                if answer is None:
                    behind = behind or await asyncio.open_connection(*self._front.upstream)
                    async with asyncio.timeout(TCP_IDLE_S):
                        await _write(behind[1], wire)
                        answer = await _read(behind[0])
                await self._wait(verdict)
                await _write(writer, answer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            return  # one of both has gone, or is silent
        finally:
            self._open -= 1
            for each in (writer, *(behind or ())[1:]):
                with contextlib.suppress(OSError):
                    each.close()

    async def _wait(self, verdict: Verdict) -> None:
        due = asyncio.Event()
        self._front.send_later(verdict, due.set)
        await due.wait()


async def _read(reader: asyncio.StreamReader) -> bytes:
    return await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))


async def _write(writer: asyncio.StreamWriter, wire: bytes) -> None:
    writer.write(len(wire).to_bytes(2, "big") + wire)
    await writer.drain()
