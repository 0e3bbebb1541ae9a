"""A harmless greeting through a link: what a client of it is answered, and how long that takes.

Nobody is asked what a service speaks: greetings that servers answer without an effect are tried until one is answered.
"""

import socket
import ssl
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

from switchdrill.clock import NS_PER_MS, NS_PER_S, now_ns
from switchdrill.platform.address import split_endpoint

Reach = Literal["answered", "silent", "unreached", "refused", "reset", "closed"]

_TRY_S = 0.6
_TIMES = 5
_WHILE_S = 0.05
"""Where answers are quick, as many as come in this time: a busy machine is slow now and then."""
_QUIET_S = 0.1
"""After so much silence an answer is taken for whole."""
_LARGEST_BYTES = 1_000_000
_PADDING = b"x" * 900
"""So that there is something to slice and to count, and less than any server's limit for a header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    name: str
    port: int
    """Where servers that answer it listen by custom; 0: nowhere in particular."""
    says: bytes
    again: bytes = b""
    """Said instead, to a service that ends the connection after its answer, when the connection shall stay."""


def _client_hello() -> bytes:
    """What any client of TLS says first."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    told, says = ssl.MemoryBIO(), ssl.MemoryBIO()
    with suppress(ssl.SSLWantReadError):
        context.wrap_bio(told, says, server_hostname="switchdrill").do_handshake()
    return says.read()


_GREETINGS = (
    Greeting(
        name="HTTP",
        port=80,
        says=b"GET / HTTP/1.0\r\nUser-Agent: switchdrill\r\nX-Padding: " + _PADDING + b"\r\n\r\n",
        again=b"GET / HTTP/1.1\r\nHost: switchdrill\r\nUser-Agent: switchdrill\r\nX-Padding: " + _PADDING + b"\r\n\r\n",
    ),
    Greeting(name="Redis", port=6379, says=b"PING\r\n"),
    Greeting(name="PostgreSQL", port=5432, says=struct.pack("!II", 8, 80877103)),
    Greeting(name="RTMP", port=1935, says=b"\x03" + bytes(8) + b"x" * 1528),
    Greeting(name="TLS", port=443, says=_client_hello()),
    Greeting(name="a line", port=0, says=b"switchdrill\n"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came back of one greeting."""

    how: Reach
    first_ms: float = 0.0
    """Until the first byte of the answer; the connection was there before."""
    whole_ms: float = 0.0
    got: int = 0
    has_ended: bool = False
    """The other side ended the connection, in good order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """How a link answers while nothing is wrong with it."""

    greeting: Greeting
    first_ms: float
    whole_ms: float
    got: int
    ends: bool
    """Its answer is followed by the end of the connection."""
    bytes_per_s: float = 0.0
    """What passed one connection, where that was asked for."""

    def repeated(self) -> bytes:
        """What can be said again and again over one connection."""
        return self.greeting.again if self.ends and self.greeting.again else self.greeting.says


def baseline(endpoint: str, *, speaks_at: int, pours_s: float = 0.0) -> Baseline | None:
    """The first greeting that is answered at `endpoint`, and its fastest answer; None: none is.

    `speaks_at` is the port of the service behind it: the greeting that belongs there is tried first.
    """
    for greeting in sorted(_GREETINGS, key=lambda each: each.port != speaks_at):
        first = heard(endpoint, greeting.says, within_s=_TRY_S)
        if first.how != "answered":
            continue
        whole = Baseline(
            greeting=greeting,
            first_ms=first.first_ms,
            whole_ms=first.whole_ms,
            got=first.got,
            ends=first.has_ended,
        )
        others = _others(endpoint, whole)
        answers = [each for each in (first, *others) if each.how == "answered"]
        # The first one waited for what might still come, so its whole time is no measure.
        wholes = [each.whole_ms for each in answers[1:]] or [first.first_ms]
        poured_before = poured(endpoint, whole, until_bytes=_LARGEST_BYTES, within_s=pours_s) if pours_s else None
        return replace(
            whole,
            first_ms=min(each.first_ms for each in answers),
            whole_ms=min(wholes),
            bytes_per_s=poured_before.bytes_per_s if poured_before else 0.0,
        )
    return None


def _others(endpoint: str, whole: Baseline) -> list[Heard]:
    until_ns = now_ns() + int(_WHILE_S * NS_PER_S)
    found: list[Heard] = []
    while len(found) < _TIMES or now_ns() < until_ns:
        found.append(again(endpoint, whole, within_s=_TRY_S))
    return found


def again(endpoint: str, before: Baseline, *, within_s: float) -> Heard:
    """The greeting of the baseline once more, over a connection of its own."""
    until = _LARGEST_BYTES if before.ends else before.got
    return heard(endpoint, before.greeting.says, within_s=within_s, until_bytes=until)


def heard(endpoint: str, says: bytes, *, within_s: float, until_bytes: int = 0) -> Heard:
    """Say it over a new connection, and read to the connection's end, or `until_bytes`; 0: until it is quiet.

    Everything is read: a client that leaves in the middle of an answer may wedge a Toxiproxy.
    """
    try:
        client = socket.create_connection(reachable(endpoint), timeout=within_s)
    except TimeoutError:
        return Heard(how="unreached")
    except ConnectionRefusedError:
        return Heard(how="refused")
    except OSError:
        return Heard(how="unreached")
    with client:
        begun_ns = now_ns()
        got, first_ns, how = 0, 0, "silent"
        has_ended = False
        try:
            client.sendall(says)
            for data in _received(client, begun_ns, within_s, until_quiet=not until_bytes):
                first_ns = first_ns or now_ns()
                got += len(data)
                if not data:
                    has_ended = True
                    break
                if (until_bytes and got >= until_bytes) or got >= _LARGEST_BYTES:
                    break
        except ConnectionResetError:
            how = "reset"
        except OSError:  # a pipe that broke while we spoke
            how = "closed"
        if has_ended and not got:
            how = "closed"
        if got and how in ("silent", "closed"):
            how = "answered"
        return Heard(
            how=how,  # type: ignore[arg-type]  # one of Reach
            first_ms=(first_ns - begun_ns) / NS_PER_MS if first_ns else 0.0,
            whole_ms=(now_ns() - begun_ns) / NS_PER_MS,
            got=got,
            has_ended=has_ended,
        )


def fastest_ms(endpoint: str, before: Baseline, *, times: int, within_s: float) -> float | None:
    """The shortest of several answers; None when one of them does not come."""
    answers = [again(endpoint, before, within_s=within_s) for _time in range(times)]
    return min(each.first_ms for each in answers) if all(each.how == "answered" for each in answers) else None


def closed_ms(endpoint: str, *, within_s: float) -> float | None:
    """How long it takes until the other side's end follows ours: through a proxy, the way there and back."""
    try:
        with socket.create_connection(reachable(endpoint), timeout=within_s) as client:
            begun_ns = now_ns()
            client.shutdown(socket.SHUT_WR)
            for data in _received(client, begun_ns, within_s, until_quiet=False):
                if not data:
                    return (now_ns() - begun_ns) / NS_PER_MS
    except OSError:
        pass
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Poured:
    """What passed one connection that was greeted again and again."""

    sent: int
    got: int
    was_closed: bool
    ms: float

    @property
    def bytes_per_s(self) -> float:
        """In the busier direction."""
        return 1000 * max(self.sent, self.got) / self.ms


def poured(endpoint: str, before: Baseline, *, until_bytes: int, within_s: float) -> Poured:
    """Greet over one connection until `until_bytes` were said and as many heard, or it is closed, or time is over."""
    says = before.repeated()
    sent = got = 0
    was_closed = False
    begun_ns = now_ns()
    try:
        with socket.create_connection(reachable(endpoint), timeout=within_s) as client:
            while min(sent, got) < until_bytes:
                left_s = within_s - (now_ns() - begun_ns) / NS_PER_S
                if left_s <= 0:
                    break
                client.settimeout(left_s)
                client.sendall(says)
                sent += len(says)
                data = client.recv(65536)
                got += len(data)
                was_closed = not data
                if was_closed:
                    break
    except TimeoutError:
        pass
    except OSError:
        was_closed = True
    return Poured(sent=sent, got=got, was_closed=was_closed, ms=(now_ns() - begun_ns) / NS_PER_MS)


def reachable(endpoint: str) -> tuple[str, int]:
    """What listens everywhere is knocked at on this machine."""
    host, port = split_endpoint(endpoint)
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port  # noqa: S104  # looked up, not bound to


def _received(client: socket.socket, begun_ns: int, within_s: float, *, until_quiet: bool) -> Iterator[bytes]:
    """What comes, until the time is over or, after the first, nothing more does; an empty one is the end."""
    has_begun = False
    while True:
        left_s = within_s - (now_ns() - begun_ns) / NS_PER_S
        if left_s <= 0:
            return
        client.settimeout(min(left_s, _QUIET_S) if until_quiet and has_begun else left_s)
        try:
            data = client.recv(65536)
        except TimeoutError:
            return
        has_begun = True
        yield data
        if not data:
            return
